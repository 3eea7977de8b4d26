// What the queue shows of what it knows: segments, filters, groups and their order. No drawing.

const MINUTE = 60_000;
export const SEGMENTS = [
  ["due", "Due now"],
  ["mine", "Mine"],
  ["unassigned", "Unassigned"],
  ["breached", "Breached"],
  ["new", "New"],
  ["all", "All open"],
];

/** overdue, soon (within 5 minutes), later, paused; ended for what a search finds beyond the open leads. */
export function groupOf(lead, now) {
  if (lead.ended) return "ended";
  if (lead.snoozed || !lead.clock || lead.clock.state === "paused") return "paused";
  const left = lead.clock.due - now;
  if (left <= 0) return "overdue";
  return left <= 5 * MINUTE ? "soon" : "later";
}

/** Whether a lead belongs to a segment. */
export function inSegment(lead, segment, me, now) {
  const group = groupOf(lead, now);
  if (segment === "due") return group === "overdue" || group === "soon";
  if (segment === "mine") return lead.owner === me;
  if (segment === "unassigned") return !lead.owner;
  if (segment === "breached") return group === "overdue";
  if (segment === "new") return !lead.viewed && !lead.contacted;
  return true;
}

/** How many leads each segment holds under the other filters. */
export function counts(leads, filter, me, now) {
  const found = Object.fromEntries(SEGMENTS.map(([key]) => [key, 0]));
  for (const lead of leads) {
    if (!inSelects(lead, filter)) continue;
    for (const [key] of SEGMENTS) if (inSegment(lead, key, me, now)) found[key] += 1;
  }
  return found;
}

export function inSelects(lead, filter) {
  return (!filter.form || lead.form === filter.form) && (!filter.source || lead.source === filter.source);
}

/** Urgent first, then what is due first; the waiting ones by what is due back, then by their last event. */
function before(a, b) {
  if (a.urgent !== b.urgent) return a.urgent ? -1 : 1;
  const dueA = a.snoozed ?? a.clock?.due ?? Infinity;
  const dueB = b.snoozed ?? b.clock?.due ?? Infinity;
  if (dueA !== dueB) return dueA - dueB;
  return b.last.at - a.last.at || (a.id < b.id ? -1 : 1);
}

/** The groups in order, each a list of ids: {overdue, soon, later, paused, ended}. */
export function arrange(leads, filter, me, now) {
  const groups = { overdue: [], soon: [], later: [], paused: [], ended: [] };
  for (const lead of leads) {
    if (inSelects(lead, filter) && inSegment(lead, filter.segment, me, now)) groups[groupOf(lead, now)].push(lead);
  }
  for (const key of Object.keys(groups)) groups[key] = groups[key].sort(before).map((lead) => lead.id);
  return groups;
}

/** The filters as the address keeps them. */
export function readFilter(search) {
  const asked = new URLSearchParams(search);
  const segment = SEGMENTS.some(([key]) => key === asked.get("show")) ? asked.get("show") : "all";
  return { segment, form: asked.get("form") || "", source: asked.get("source") || "", text: "" };
}

/** Put the filters into the address, leaving out what is usual; a name or number that was typed stays out of it. */
export function keepFilter(filter) {
  const address = new URL(window.location.href);
  const values = { show: filter.segment === "all" ? "" : filter.segment, form: filter.form, source: filter.source };
  for (const [name, value] of Object.entries(values)) {
    if (value) address.searchParams.set(name, value);
    else address.searchParams.delete(name);
  }
  window.history.replaceState(window.history.state, "", address);
}

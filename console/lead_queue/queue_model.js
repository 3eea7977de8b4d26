// What the queue shows of what it knows: segments, filters, groups and their order. No drawing.
import { inAlarm, waitsForSomebody } from "../parts/urgent.js";

const MINUTE = 60_000;
export const SEGMENTS = [
  ["due", "Due now"],
  ["overdue", "Overdue"],
  ["mine", "Mine"],
  ["unassigned", "Unassigned"],
  ["unread", "Unread"],
  ["new", "New"],
  ["all", "All open"],
];
const RENAMED = { breached: "overdue" }; // links that were copied before

/** When something is due for a lead: its clock, which may be that of a task; null while nothing is. */
export function dueOf(lead) {
  if (lead.snoozed || lead.ended) return null;
  return lead.clock && lead.clock.state !== "paused" ? lead.clock.due : null;
}

const late = (lead, now) => dueOf(lead) !== null && dueOf(lead) <= now;

/** urgent until a person has reached the patient, overdue, soon (within 5 minutes), later, paused; ended for what only a search finds. */
export function groupOf(lead, now) {
  if (lead.ended) return "ended";
  if (inAlarm(lead)) return "urgent";
  const due = dueOf(lead);
  if (due === null) return "paused";
  if (late(lead, now)) return "overdue";
  return due - now <= 5 * MINUTE ? "soon" : "later";
}

/** Whether a lead belongs to a segment. */
export function inSegment(lead, segment, me, now) {
  if (segment === "due") return ["urgent", "overdue", "soon"].includes(groupOf(lead, now));
  if (segment === "overdue") return late(lead, now);
  if (segment === "mine") return lead.owner === me;
  if (segment === "unassigned") return !lead.owner;
  if (segment === "unread") return lead.unread > 0;
  if (segment === "new") return !lead.viewed && !lead.contacted;
  return true;
}

/** How many leads each segment holds under the other filters. */
export function counts(leads, filter, me, now) {
  const found = Object.fromEntries(SEGMENTS.map(([key]) => [key, 0]));
  for (const lead of leads) {
    if (!inSelects(lead, filter, me)) continue;
    for (const [key] of SEGMENTS) if (inSegment(lead, key, me, now)) found[key] += 1;
  }
  return found;
}

export function inSelects(lead, filter, me) {
  return (!filter.owner || lead.owner === me) && (!filter.form || lead.form === filter.form) && (!filter.source || lead.source === filter.source);
}

/** Urgent first, of these what nobody acknowledged; then what is due first; the waiting ones by what is due back, then by their last event. */
function before(a, b) {
  if (a.urgent !== b.urgent) return a.urgent ? -1 : 1;
  if (waitsForSomebody(a) !== waitsForSomebody(b)) return waitsForSomebody(a) ? -1 : 1;
  const dueA = a.snoozed ?? a.clock?.due ?? Infinity;
  const dueB = b.snoozed ?? b.clock?.due ?? Infinity;
  if (dueA !== dueB) return dueA - dueB;
  return b.last.at - a.last.at || (a.id < b.id ? -1 : 1);
}

/** The groups in order, each a list of ids, the urgent ones whatever filter is on: {urgent, overdue, soon, later, paused, ended}. */
export function arrange(leads, filter, me, now) {
  const groups = { urgent: [], overdue: [], soon: [], later: [], paused: [], ended: [] };
  for (const lead of leads) {
    if (inAlarm(lead)) groups.urgent.push(lead);
    else if (inSelects(lead, filter, me) && inSegment(lead, filter.segment, me, now)) groups[groupOf(lead, now)].push(lead);
  }
  for (const key of Object.keys(groups)) groups[key] = groups[key].sort(before).map((lead) => lead.id);
  return groups;
}

/** The filters as the address keeps them. */
export function readFilter(search) {
  const asked = new URLSearchParams(search);
  const show = RENAMED[asked.get("show")] || asked.get("show");
  const segment = SEGMENTS.some(([key]) => key === show) ? show : "all";
  return { segment, owner: asked.get("owner") === "me" ? "me" : "", form: asked.get("form") || "", source: asked.get("source") || "" };
}

/** The same for the address, without what is usual. A name or number that was typed stays out of it. */
export const filterAddress = (filter) => ({ show: filter.segment === "all" ? "" : filter.segment, owner: filter.owner, form: filter.form, source: filter.source });

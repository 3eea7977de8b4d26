// Which conversation stands in which list of the inbox, in what order, and how many each list counts. No drawing.
import { inAlarm, waitsForSomebody } from "../parts/urgent.js";

export const TABS = [
  ["needs", "Needs reply", "The patient wrote last"],
  ["mine", "Mine", "Your conversations; the number is of those that wait for an answer"],
  ["unassigned", "Unassigned", "Nobody's; the number is of those that wait for an answer"],
  ["snoozed", "Snoozed", "Put aside until a moment, or until the patient writes"],
  ["failed", "Failed", "Our last text did not arrive, in the last 30 days"],
  ["done", "Done", "Done until the patient writes again. The lead stays open, its clocks run"],
  ["all", "All", "Every conversation"],
];
const KNOWN = new Set(TABS.map(([tab]) => tab));
export const PAGE = 60;
export const MOST = 600;

/** Whether a row belongs to a list. `people`: only where a person wrote, patient or staff; what is urgent belongs to each. */
export function inList(row, { tab, people }, me) {
  if (inAlarm(row)) return true;
  if (people && !row.spoken) return false;
  if (tab === "all") return true;
  if (tab === "done") return !!row.done;
  if (row.done) return false;
  if (tab === "needs") return row.waits;
  if (tab === "snoozed") return !!row.snoozed;
  if (tab === "failed") return row.failed;
  if (row.snoozed || !row.spoken) return false;
  return tab === "mine" ? row.owner === me : !row.owner;
}

const dueOf = (row) => (row.clock && row.clock.state !== "paused" ? row.clock.due : Infinity);
const newer = (a, b) => b.at - a.at || (a.id < b.id ? 1 : -1);

/** Urgent ones first, then who waits longest against the clock, then what was said last. */
export function before(a, b, tab) {
  if (inAlarm(a) !== inAlarm(b)) return inAlarm(a) ? -1 : 1;
  if (inAlarm(a)) return waitsForSomebody(b) - waitsForSomebody(a) || a.urgentSince - b.urgentSince;
  if (tab === "snoozed") return a.snoozed - b.snoozed || newer(a, b);
  if (tab === "done") return b.done - a.done || newer(a, b);
  if (tab === "failed") return newer(a, b);
  if (a.waits !== b.waits) return a.waits ? -1 : 1;
  if (!a.waits) return newer(a, b);
  const [dueA, dueB] = [dueOf(a), dueOf(b)];
  return dueA === dueB ? a.since - b.since || newer(a, b) : dueA - dueB;
}

/** The rows of a list, in order. */
export function listed(rows, filter, me) {
  return [...rows].filter((row) => inList(row, filter, me)).sort((a, b) => before(a, b, filter.tab));
}

/** How many each list counts, null for none. `sums`: the row of counts, as pushed. */
export function counts(sums, me) {
  if (!sums) return {};
  const waiting = Object.values(sums.waiting).reduce((all, one) => all + one, 0);
  return { needs: waiting, mine: sums.waiting[me] || 0, unassigned: sums.waiting[""] || 0, snoozed: sums.snoozed, failed: sums.failed };
}

/** Whether the pushed rows are all of a list. */
export function isWhole({ tab, people }, found, sums) {
  if (!sums || people) return false;
  return sums.pushed[tab] !== undefined && found[tab] <= sums.pushed[tab];
}

/** The filter as the address keeps it, and back. */
export function readFilter(search) {
  const asked = new URLSearchParams(search);
  return { tab: KNOWN.has(asked.get("show")) ? asked.get("show") : "all", people: asked.get("people") === "1" };
}
export const filterAddress = ({ tab, people }) => ({ show: tab === "all" ? "" : tab, people: people ? "1" : "" });

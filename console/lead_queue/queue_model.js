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
  ["review", "Review"], // for managers: cold ones that nobody spoke to
  ["all", "All open"],
];
// How many rows of a group are shown before its rest is folded.
export const FOLDS = { urgent: 60, fresh: 8, overdue: 60, soon: 60, later: 12, paused: 8, ended: 60 };
const NEW_SHOWN = 20;
const FAR = 60; // rows
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

const isNew = (lead) => !lead.viewed && !lead.contacted;

/** Whether a lead belongs to a segment. */
export function inSegment(lead, segment, me, now) {
  if (segment === "due") return ["urgent", "overdue", "soon"].includes(groupOf(lead, now));
  if (segment === "overdue") return late(lead, now);
  if (segment === "mine") return lead.owner === me;
  if (segment === "unassigned") return !lead.owner;
  if (segment === "unread") return lead.unread > 0;
  if (segment === "new") return isNew(lead);
  if (segment === "review") return !!lead.review;
  return true;
}

/** How many leads each segment holds under the other filters; `groups` count leads that are not among `leads`. */
export function counts(leads, filter, me, now, groups = null) {
  const found = Object.fromEntries(SEGMENTS.map(([key]) => [key, 0]));
  if (groups) return countGroups(found, groups, filter, me);
  for (const lead of leads) {
    if (!inSelects(lead, filter, me)) continue;
    for (const [key] of SEGMENTS) if (inSegment(lead, key, me, now)) found[key] += 1;
  }
  return found;
}

/** What the database counted, by owner, form and source. */
function countGroups(found, groups, filter, me) {
  for (const group of groups) {
    if (!inSelects(group, filter, me)) continue;
    for (const key of ["all", "due", "overdue", "unread", "new", "review"]) found[key] += group[key] || 0;
    if (group.owner === me) found.mine += group.all;
    if (!group.owner) found.unassigned += group.all;
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

/**
 * The groups in order, each a list of ids, the urgent ones whatever filter is on: {urgent, fresh, overdue, soon, later, paused, ended}.
 * `fresh` are the newest forms that would be folded away or far down, the newest first: however much stands before them, nobody has to look for them.
 */
export function arrange(leads, filter, me, now) {
  const groups = { urgent: [], fresh: [], overdue: [], soon: [], later: [], paused: [], ended: [] };
  for (const lead of leads) {
    if (inAlarm(lead)) groups.urgent.push(lead);
    else if (inSelects(lead, filter, me) && inSegment(lead, filter.segment, me, now)) groups[groupOf(lead, now)].push(lead);
  }
  for (const key of Object.keys(groups)) groups[key].sort(before);
  lift(groups);
  for (const key of Object.keys(groups)) groups[key] = groups[key].map((lead) => lead.id);
  return groups;
}

function lift(groups) {
  const all = ["overdue", "soon", "later", "paused"];
  const newest = all.flatMap((key) => groups[key]).filter(isNew).sort((a, b) => b.created - a.created).slice(0, NEW_SHOWN);
  const far = farDown(groups, all);
  groups.fresh = newest.filter((lead) => far.has(lead));
  const lifted = new Set(groups.fresh);
  for (const key of all) groups[key] = groups[key].filter((lead) => !lifted.has(lead));
}

/** What is folded away, or stands so far down that nobody gets there. */
function farDown(groups, keys) {
  const far = new Set();
  let above = groups.urgent.length;
  for (const key of keys) {
    groups[key].forEach((lead, place) => { if (place >= FOLDS[key] || above + place >= FAR) far.add(lead); });
    above += Math.min(groups[key].length, FOLDS[key]);
  }
  return far;
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

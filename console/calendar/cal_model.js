// What the calendar's rows mean at a moment: states in words, counts, gaps. Pure; moments are product milliseconds.
import { time } from "./cal_wall.js";
import { wallOf, wallWords } from "../parts/wall_time.js";

export const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const HERE_STILL = 3 * 60 * MINUTE; // who arrived and was not completed by then has gone
const ASKED_WITHIN = 2 * DAY; // within it a visit that nobody confirmed needs a hand
export const FILTERS = [["", "All"], ["arrived", "Arrived"], ["late", "Late"], ["unconfirmed", "Not confirmed"]];
export const VIEWS = [["day", "Day"], ["week", "Week"], ["list", "List"]];
export const HOLDS = { link: "Held online", widget: "Held online", staff: "Held by staff", offer: "Offered", ask: "Asked to move here" };

export const isDay = (text) => /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(`${text}T12:00:00Z`));

/** 'Tue, Nov 24' of a day. */
export const dayWords = (day) => new Date(`${day}T12:00:00Z`).toLocaleDateString("en-US", { weekday: "short", month: "short", day: "numeric", timeZone: "UTC" });

/** '2:14': the hour says by itself which half of the day it is. */
export const short = (moment) => time(moment).replace(/ [AP]M$/, "");
export const dollars = (cents) => `$${Math.round(cents / 100).toLocaleString("en-US")}`;

/** '50 min', '1 h', '1 h 50'. */
export function lasts(ms) {
  const minutes = Math.round(ms / MINUTE);
  const hours = Math.floor(minutes / 60);
  if (!hours) return `${minutes} min`;
  return minutes % 60 ? `${hours} h ${minutes % 60}` : `${hours} h`;
}

/** '3:12': minutes and seconds that are left. */
export function countdown(ms) {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  return seconds >= 3600 ? lasts(ms) : `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** '9 to 6', '9 to 5:30' of stretches of one day. */
export function shiftWords(spans) {
  if (!spans.length) return "off";
  const plain = (moment) => short(moment).replace(":00", "");
  return `${plain(spans[0][0])} to ${plain(spans.at(-1)[1])}`;
}

/** Rows by kind, each in order. */
export function sorted(rows) {
  const found = { frame: null, provider: [], place: [], visit: [], hold: [], block: [], freed: [], asked: [], waits: [], waiting: [] };
  for (const row of rows.values()) {
    if (row.kind === "frame") found.frame = row;
    else found[row.kind]?.push(row);
  }
  found.provider.sort((a, b) => a.at - b.at);
  found.place.sort((a, b) => a.at - b.at);
  for (const kind of ["asked", "waits"]) found[kind].sort((a, b) => a.turn - b.turn);
  for (const kind of ["visit", "hold", "block", "freed"]) found[kind].sort((a, b) => a.start - b.start || (a.id < b.id ? -1 : 1));
  return found;
}

/** Holds that keep anything at a moment. */
export const live = (holds, at) => holds.filter((one) => one.expires > at);

/** Times that came free and can still be offered: open ones, and those that nobody has taken since. */
export function freedAhead(rows, at) {
  const taken = (one) => rows.visit.some((visit) => visit.staff === one.staff && visit.state !== "no_show" && visit.start < one.end && visit.end > one.start);
  return rows.freed.filter((one) => one.start > at && (one.state === "open" || !taken(one)));
}

/** The time that came free which a held offer is of. */
export const freedUnder = (rows, hold) => hold?.of === "offer" && rows.freed.find((one) => one.staff === hold.staff && one.start === hold.start);

/** How a time that came free stands: {words, until}: with whom an offer is, and when that ends. */
export function freedState(rows, one) {
  const asked = rows.asked.filter((person) => person.slot === one.id);
  const offered = asked.find((person) => person.state === "offered");
  if (offered) return { words: `Offered to ${offered.name.split(" ")[0]}`, until: offered.until };
  if (one.state !== "open") return { words: one.why || "Offered to nobody" };
  return { words: asked.some((person) => person.state === "in_turn") ? "Waits to be offered" : "Nobody waits for it" };
}

/** Whether its patient has come, whoever said so. */
export const isHere = (visit) => visit.state === "attended";

/** What a visit says: {code, words, icon, tone}. `asked`: the time it was asked to move to, if it was. */
export function stateOf(visit, at, asked = null) {
  if (visit.state === "no_show") return { code: "no_show", words: "No-show", icon: "alert", tone: "red" };
  if (isHere(visit)) return came(visit, at);
  if (at >= visit.end) return { code: "unmarked", words: "Not marked yet", icon: "clock", tone: "amber", late: true };
  if (at >= visit.start + MINUTE) return { code: "late", words: `Late ${lasts(Math.floor((at - visit.start) / MINUTE) * MINUTE)}`, icon: "clock", tone: "amber", late: true };
  if (asked) {
    return asked.expires > at ? { code: "asked", words: `Asked: ${time(asked.start)}?`, icon: "text", tone: "machine" } : { code: "silent", words: `No answer to ${time(asked.start)}`, icon: "question", tone: "plain", unsure: true };
  }
  if (visit.confirmed) return { code: "confirmed", words: "Confirmed", icon: "check", tone: "sure" };
  if (visit.start - at < ASKED_WITHIN && visit.made < visit.start - DAY) return { code: "unconfirmed", words: "Not confirmed", icon: "question", tone: "plain", unsure: true };
  return { code: "booked", words: visit.walkIn ? "Walk-in" : "", icon: visit.walkIn ? "walk" : "", tone: "sure" };
}

function came(visit, at) {
  if (visit.done) return { code: "done", words: visit.value ? `Done, ${dollars(visit.value)}` : "Done", icon: "check", tone: "grey" };
  if (at > visit.end + HERE_STILL) return { code: "came", words: "Came", icon: "check", tone: "grey" };
  if (visit.inRoom) return { code: "in_room", words: `In room, ${short(visit.inRoom)}`, icon: "door", tone: "here", here: true };
  return { code: "arrived", words: `Arrived ${short(visit.arrived)}`, icon: "arrived", tone: "here", here: true };
}

/** The newest question about a move of each visit that is ahead, by the visit's id. */
export function questions(holds) {
  const found = new Map();
  for (const one of holds) if (one.of === "ask" && (!found.has(one.visit) || found.get(one.visit).made < one.made)) found.set(one.visit, one);
  return found;
}

/** Whether a visit is among those that a filter shows. */
export function fits(state, filter) {
  if (filter === "arrived") return !!state.here;
  if (filter === "late") return !!state.late;
  return filter === "unconfirmed" ? !!state.unsure : true;
}

export function counts(visits, states) {
  return Object.fromEntries(FILTERS.map(([key]) => [key, visits.filter((one) => fits(states.get(one.id), key)).length]));
}

/** Stretches of a shift from `at` on that nothing takes, LEAST long and longer. */
export function gaps(shifts, busy, at, least = 30 * MINUTE) {
  const found = [];
  for (const [start, end] of shifts) {
    let from = Math.max(start, at);
    for (const [begins, ends] of busy) {
      if (begins < end && begins - from >= least) found.push([from, Math.min(begins, end)]);
      if (ends > from) from = ends;
    }
    if (end - from >= least) found.push([from, end]);
  }
  return found;
}

/** What is kept of each resource ('staff:..', 'room:..', 'device:..'): visits with clean-up, blocks, live holds; in order. */
export function busyOf(rows, at) {
  const found = new Map();
  const add = (resource, span) => found.set(resource, [...(found.get(resource) || []), span]);
  for (const one of [...rows.visit.filter((v) => v.state !== "no_show" || v.kept), ...live(rows.hold, at)]) {
    for (const resource of resourcesOf(one)) add(resource, one.kept || [one.start, one.end]);
  }
  for (const one of rows.block) add(one.resource, [one.start, one.end]);
  for (const spans of found.values()) spans.sort((a, b) => a[0] - b[0]);
  return found;
}

export function resourcesOf(row) {
  return [`staff:${row.staff}`, row.room && `room:${row.room}`, row.device && `device:${row.device}`].filter(Boolean);
}

/** Which of several that overlap stands where: by id, [lane, of how many]. */
export function lanes(rows) {
  const found = new Map();
  let group = [];
  let until = 0;
  const settle = () => {
    const wide = Math.max(0, ...group.map(([, lane]) => lane + 1));
    for (const [row, lane] of group) found.set(row.id, [lane, wide]);
  };
  for (const row of [...rows].sort((a, b) => a.start - b.start)) {
    if (row.start >= until) { settle(); group = []; }
    const taken = new Set(group.filter(([other]) => other.end > row.start).map(([, lane]) => lane));
    let lane = 0;
    while (taken.has(lane)) lane += 1;
    group.push([row, lane]);
    until = Math.max(until, row.end);
  }
  settle();
  return found;
}

/** Minutes that a moment's wall shows since midnight. */
export function wallMinutes(moment, zone) {
  const [hours, minutes] = wallOf(moment, zone).wall.split(":").map(Number);
  return hours * 60 + minutes;
}

/** The whole hours, as moments, between which everything of a day stands. Counted in real time: a day may have 23 or 25. */
export function hoursShown(rows) {
  const { frame } = rows;
  const HOUR = 60 * MINUTE;
  const starts = [...frame.open, ...rows.provider.flatMap((one) => one.shifts), ...rows.visit.map((one) => [one.start, one.end])];
  const within = starts.filter(([start]) => start >= frame.since && start < frame.until);
  if (!within.length) return [frame.since + 9 * HOUR, frame.since + 17 * HOUR];
  const first = Math.min(...within.map(([start]) => start));
  const last = Math.min(frame.until, Math.max(...within.map(([, end]) => end)));
  return [frame.since + Math.floor((first - frame.since) / HOUR) * HOUR, frame.since + Math.ceil((last - frame.since) / HOUR) * HOUR];
}

/** '9 AM' */
export const hourWords = (moment, zone) => wallWords(wallOf(moment, zone).wall).replace(":00", "");

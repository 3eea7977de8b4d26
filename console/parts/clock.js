// Product time in the browser, and the words and shapes of SLA clocks. Moments are product milliseconds.
import { s } from "./dom.js";

let base = { now: Date.now(), at: performance.now(), speed: 1 };
const tickers = new Set();
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Take the server's time from a message. */
export function setTime(now, speed) {
  base = { now, at: performance.now(), speed: speed || 1 };
}

/** The present moment as the server counts it. */
export function now() {
  return base.now + (performance.now() - base.at) * base.speed;
}

/** Product seconds for each real second. */
export const speed = () => base.speed;

/** Call `fn(now)` about once a second, more often when time runs faster. Returns how to stop. */
export function onTick(fn) {
  tickers.add(fn);
  return () => tickers.delete(fn);
}

let last = 0;
setInterval(() => {
  if (base.speed === 1 && Math.floor(now() / 1000) === last) return;
  last = Math.floor(now() / 1000);
  for (const fn of [...tickers]) fn(now());
}, 250);

let zone = "America/New_York";
const formats = new Map();

/** Times are the clinic's. */
export function setZone(name) {
  if (name && name !== zone) {
    zone = name;
  }
}

function format(moment, key, options, where = zone) {
  const full = `${where} ${key}`;
  if (!formats.has(full)) formats.set(full, new Intl.DateTimeFormat("en-US", { timeZone: where, ...options }));
  return formats.get(full).format(moment).replace(/\u202f/g, " ");
}

/** '2:14 PM' */
export const time = (moment) => format(moment, "time", { hour: "numeric", minute: "2-digit" });
/** 'Mon' */
export const weekday = (moment) => format(moment, "weekday", { weekday: "short" });
/** 'Aug 4' */
export const date = (moment) => format(moment, "date", { month: "short", day: "numeric" });
const dayKey = (moment) => format(moment, "day", { year: "numeric", month: "2-digit", day: "2-digit" });

/** Whether two moments fall on one day of the clinic. */
export const sameDay = (a, b) => dayKey(a) === dayKey(b);

/** '2:14 PM' today, 'Mon 2:14 PM' within six days, else 'Aug 4, 2:14 PM'. */
export const when = (moment, at = now()) => wallIn("").when(moment, at);

/** Words of moments on a location's wall: {time, weekday, date, sameDay, when}. A time names the zone where that is not the clinic's: '1:14 PM CST', unless it is to be `plain`. `name` '' is the clinic's. */
export function wallIn(name, { plain = false } = {}) {
  const where = name || zone;
  const part = (key, options) => (moment) => format(moment, key, options, where);
  const named = where === zone || plain ? {} : { timeZoneName: "short" };
  const wall = {
    time: part(`time ${"timeZoneName" in named}`, { hour: "numeric", minute: "2-digit", ...named }),
    weekday: part("weekday", { weekday: "short" }),
    date: part("date", { month: "short", day: "numeric" }),
    sameDay: (a, b) => day(a) === day(b),
    when: (moment, at = now()) => `${wall.sameDay(moment, at) ? "" : Math.abs(moment - at) < 6 * DAY ? `${wall.weekday(moment)} ` : `${wall.date(moment)}, `}${wall.time(moment)}`,
  };
  const day = part("day", { year: "numeric", month: "2-digit", day: "2-digit" });
  return wall;
}

/** '6 min', '2 h 10', '3 days': how long something took or lasts. */
export function span(ms) {
  const minutes = Math.max(0, Math.floor(ms / MINUTE));
  if (minutes < 1) return "under 1 min";
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours >= 24) return hours < 48 ? "1 day" : `${Math.floor(hours / 24)} days`;
  return minutes % 60 ? `${hours} h ${String(minutes % 60).padStart(2, "0")}` : `${hours} h`;
}

/** '3 s ago', '2 min ago', 'just now'. */
export function ago(moment, at = now()) {
  const ms = at - moment;
  if (ms < 5_000) return "just now";
  return ms < MINUTE ? `${Math.floor(ms / 1000)} s ago` : `${span(ms)} ago`;
}

const NEVER = Date.UTC(9000, 0, 1); // core/domain/hours.py: an open hour that never comes

/** The words of a running clock: 'Due in 3:12', 'Due in 38 min', 'Due 4:30 PM', 'Due Mon 10:00 AM', 'Overdue 6 min'. */
export function dueWords(due, at = now()) {
  if (due >= NEVER) return "Due never: no open hours";
  const left = due - at;
  if (left <= 0) return `Overdue ${span(Math.max(MINUTE, -left))}`;
  if (left < 15 * MINUTE) {
    const seconds = Math.ceil(left / 1000);
    return `Due in ${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  }
  if (left < HOUR) return `Due in ${Math.ceil(left / MINUTE)} min`;
  return `Due ${when(due, at)}`;
}

const MINUTES = (count) => `${count} ${count === 1 ? "minute" : "minutes"}`;

/** The same as one says it aloud: 'due in 1 minute', 'overdue 2 hours 10 minutes', 'due Mon 10:00 AM'. */
export function spokenDue(due, at = now()) {
  if (due >= NEVER) return "due never, no hour is open";
  const left = due - at;
  if (left > HOUR) return `due ${when(due, at)}`;
  if (left > 0) return left < MINUTE ? "due in less than a minute" : `due in ${MINUTES(Math.floor(left / MINUTE))}`;
  const minutes = Math.max(1, Math.floor(-left / MINUTE));
  const hours = Math.floor(minutes / 60);
  if (hours >= 24) return `overdue ${span(-left)}`;
  const rest = hours ? `${hours === 1 ? "1 hour" : `${hours} hours`}${minutes % 60 ? ` ${MINUTES(minutes % 60)}` : ""}` : MINUTES(minutes);
  return `overdue ${rest}`;
}

/** within, approaching or breached; paused when it stands still. `clock`: {due, target, warn, state} in milliseconds, `warn`: how much is gone when it approaches, half without it. */
export function stateOf(clock, at = now()) {
  if (clock.state === "paused") return "paused";
  const left = clock.due - at;
  if (left <= 0) return "breached";
  return left <= clock.target - (clock.warn || clock.target / 2) ? "approaching" : "within";
}

const LAST_PART = 0.2;

/** Whether four fifths of a running clock are gone and it can still be kept. */
export const isNearlyDue = (clock, at = now()) => clock.state !== "paused" && clock.due > at && clock.due - at <= clock.target * LAST_PART;

/** How much of the target is left, 1 to 0. */
export function leftOf(clock, at = now()) {
  return Math.max(0, Math.min(1, (clock.due - at) / clock.target));
}

function arc(fraction, radius) {
  const turn = Math.min(0.9999, Math.max(0, fraction)) * 2 * Math.PI;
  const x = 12 + radius * Math.sin(turn);
  const y = 12 - radius * Math.cos(turn);
  return { x: x.toFixed(2), y: y.toFixed(2), large: turn > Math.PI ? 1 : 0 };
}

// What is over, and what is planned again, have a sign in the ring: a tick, a stroke, a bar, a turning arrow.
const MARKS = {
  booked: "m7.600 12.300 3 3 5.800-6.300",
  disqualified: "M7.800 16.200l8.400-8.400",
  closed: "M8 12h8",
  again: "M8.200 9.800a4.500 4.500 0 1 1-.4 4.200M8 6.600v3.400h3.400",
};

/** The shape of a state, 20 px: open ring, wedge, full disc with a mark, two bars. Words beside it say the same. */
export function shape(state, fraction = 1, size = 20) {
  const svg = s("svg", { viewBox: "0 0 24 24", width: size, height: size, class: `shape ${state}`, "aria-hidden": "true" });
  if (state === "breached") {
    svg.append(s("circle", { cx: 12, cy: 12, r: 10.5, class: "mark" }));
    svg.append(s("path", { d: "M12 6.2v7", class: "on", "stroke-width": 2.6, "stroke-linecap": "round" }));
    svg.append(s("circle", { cx: 12, cy: 17.3, r: 1.5, class: "on-fill" }));
  } else if (MARKS[state]) {
    svg.append(s("circle", { cx: 12, cy: 12, r: 9.6, class: "ring" }));
    svg.append(s("path", { d: MARKS[state], class: "ring", "stroke-width": 2.2, "stroke-linecap": "round", "stroke-linejoin": "round" }));
  } else if (state === "paused") {
    svg.append(s("circle", { cx: 12, cy: 12, r: 9.6, class: "ring" }));
    svg.append(s("path", { d: "M9.6 8.4v7.2M14.4 8.4v7.2", class: "ring", "stroke-width": 2.2, "stroke-linecap": "round" }));
  } else if (state === "approaching") {
    const to = arc(fraction, 7.2);
    svg.append(s("circle", { cx: 12, cy: 12, r: 9.6, class: "tint ring" }));
    svg.append(s("path", { d: `M12 12V4.8A7.2 7.2 0 ${to.large} 1 ${to.x} ${to.y}Z`, class: "mark" }));
  } else {
    const to = arc(fraction, 9.2);
    svg.append(s("circle", { cx: 12, cy: 12, r: 9.2, class: "track" }));
    svg.append(s("path", { d: `M12 2.8A9.2 9.2 0 ${to.large} 1 ${to.x} ${to.y}`, class: "ring", "stroke-width": 3.2, "stroke-linecap": "round" }));
  }
  return svg;
}

/** Redraw a shape only where the eye would see a difference. */
export function reshape(holder, clock, at = now(), size = 20) {
  const state = stateOf(clock, at);
  const fraction = leftOf(clock, at);
  const key = `${state}${state === "within" || state === "approaching" ? Math.round(fraction * 48) : ""}`;
  if (holder.dataset.shape === key) return state;
  holder.dataset.shape = key;
  holder.replaceChildren(shape(state, fraction, size));
  return state;
}

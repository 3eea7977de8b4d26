// What the SLA board and the wall display share: which rows count, their order, bars, counts and figures.
import { h, put, say } from "../parts/dom.js";
import { count } from "../parts/pages.js";
import { dueWords, isNearlyDue, now, reshape, span, stateOf, time, when } from "../parts/clock.js";

const ORDER = { breached: 0, approaching: 0, within: 0, paused: 1 };
export const STATES = ["breached", "approaching", "within", "paused"];

/** Whether a clock, or a group of clocks, stands on a list: "" is what people owe a patient now, without outcomes. */
export const onList = (list, kind) => (kind ? list === kind : list !== "outcome");

/** Rows of a topic by what they are, narrowed to a location, a form and a team. */
export function sort(rows, place, form, team = "") {
  const all = [...rows.values()];
  const clocks = all.filter((row) => row.kind === "clock" && (!place || row.location === place) && (!form || row.form === form) && (!team || row.team === team));
  clocks.sort((a, b) => ORDER[stateOf(a)] - ORDER[stateOf(b)] || b.urgent - a.urgent || a.due - b.due);
  return {
    clocks,
    day: rows.get(`day:${place}:${form}`) || null,
    staff: all.filter((row) => row.kind === "staff" && (!place || row.location === place)),
    groups: counted(rows.get("rest")?.groups, place, form, team),
    page: rows.get("rest")?.page || 0,
  };
}

/** What the database counted of a location, a form and a team, where more clocks run than are pushed; else null. */
function counted(groups, place, form, team) {
  return groups ? groups.filter((group) => (!place || group.location === place) && (!form || group.form === form) && (!team || group.team === team)) : null;
}

/** How many clocks there are of a kind ('', first, reply, outcome). */
export function howMany(found, kind) {
  if (!found.groups) return found.clocks.filter((row) => onList(row.list, kind)).length;
  return found.groups.filter((group) => onList(group.kind, kind)).reduce((sum, group) => sum + STATES.reduce((all, state) => all + group[state], 0), 0);
}

/** For the wall: danger, then what can still be kept, due soonest; then what is overdue, and what is paused. */
export function savableFirst(clocks, at = now()) {
  const place = (row) => (row.urgent ? 0 : { paused: 3, breached: 2 }[stateOf(row, at)] || 1);
  return [...clocks].sort((a, b) => place(a) - place(b) || a.due - b.due);
}

/** '3:42', or '1 h 05' from an hour on. */
export function minutes(seconds) {
  const whole = Math.round(seconds);
  if (whole >= 3600) return span(whole * 1000);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** '0.6 s', '14 s', '2:10'. */
export function seconds(value) {
  if (value < 0.05) return "under 0.1 s";
  if (value < 9.95) return `${value.toFixed(1)} s`;
  return value < 99.5 ? `${Math.round(value)} s` : minutes(value);
}

/** Per cent from 20 on, counts below. */
export function share(part, of) {
  return of < 20 ? `${part} of ${of}` : `${Math.round((100 * part) / of)}%`;
}

export function initials(name) {
  const words = name.split(/\s+/);
  return (words[0][0] + (words.length > 1 ? words.at(-1)[0] : "")).toUpperCase();
}

/** The words of a clock, paused ones included. */
export function words(row, at = now()) {
  if (row.state !== "paused") return dueWords(row.due, at);
  if (row.waits) return `Paused, ${span(row.due - row.paused)} left`;
  return row.back ? `Back ${when(row.back, at)}` : `Paused, ${span(row.due - row.paused)} left`;
}

/** How much of the target is gone (0 to 1), and how far past it (0 to a half, more does not fit). */
export function gone(row, at = now()) {
  const left = row.due - (row.state === "paused" ? row.paused : at);
  return {
    inside: Math.max(0, Math.min(1, 1 - left / row.target)),
    beyond: Math.max(0, Math.min(0.5, -left / row.target)),
  };
}

/** A clock bar: the target stands at two thirds of it. */
export function bar() {
  const inside = h("i", { class: "inside" });
  const beyond = h("i", { class: "beyond" });
  return { root: h("span", { class: "bar", "aria-hidden": "true" }, inside, beyond, h("i", { class: "goal" })), inside, beyond };
}

/** Draw the second: shape, words and bar of one row. Returns its state. */
export function tickRow(row, parts, size) {
  const at = now();
  const state = reshape(parts.shape, row, at, size);
  const share = gone(row, at);
  say(parts.words, words(row, at));
  if (parts.root.dataset.state !== state) parts.root.dataset.state = state;
  parts.root.classList.toggle("nearly", isNearlyDue(row, at));
  parts.bar.inside.style.width = `${((share.inside * 200) / 3).toFixed(1)}%`;
  parts.bar.beyond.style.width = `${((share.beyond * 200) / 3).toFixed(1)}%`;
  return state;
}

/** How many clocks stand in each state, and the one that says most about it. `groups`: what the database counted, if not all are here. */
export function tally(clocks, groups) {
  const at = now();
  let nearly = 0;
  const found = Object.fromEntries(STATES.map((state) => [state, { count: 0, first: null }]));
  for (const row of clocks) {
    const entry = found[stateOf(row, at)];
    entry.count += 1;
    entry.first = entry.first || row;
    nearly += isNearlyDue(row, at);
  }
  if (groups) for (const state of STATES) found[state].count = groups.reduce((sum, group) => sum + group[state], 0);
  const { breached, approaching, within } = found;
  breached.about = breached.first ? `oldest ${span(at - breached.first.due)}` : "nothing is late";
  approaching.about = nearly ? `${nearly} nearly due` : approaching.first ? "over half gone" : "none close";
  within.about = within.first ? dueWords(within.first.due, at).replace("Due ", "next ") : "none running";
  found.paused.about = found.paused.count ? (found.paused.first?.waits ? "on the patient" : "snoozed") : "none";
  return found;
}

/** Four counts with their shapes. */
export function counts(size) {
  const names = { breached: "Overdue", approaching: "Approaching", within: "Within", paused: "Paused" };
  const cells = STATES.map((state) => {
    const shape = h("span", { class: "shape-holder" });
    const figure = h("b", {}, "0");
    const about = h("span", { class: "about" });
    const root = h("div", { class: `count ${state}` }, shape, figure, h("span", { class: "what" }, h("strong", {}, names[state]), about));
    return { state, root, shape, figure, about };
  });
  const still = { breached: { due: 0 }, approaching: { due: 30 }, within: { due: 75 }, paused: { due: 0 } };
  for (const cell of cells) {
    const state = cell.state === "paused" ? "paused" : "running";
    reshape(cell.shape, { ...still[cell.state], target: 100, state }, 0, size);
  }
  return {
    root: h("div", { class: "counts", role: "group", "aria-label": "Clocks by state" }, cells.map((cell) => cell.root)),
    draw(found) {
      for (const cell of cells) {
        say(cell.figure, count(found[cell.state].count));
        cell.figure.classList.toggle("long", found[cell.state].count > 999);
        say(cell.about, found[cell.state].about);
        cell.root.classList.toggle("any", found[cell.state].count > 0);
      }
    },
  };
}

/** The day's figures in words: [value, rest of the line] each. */
export function figures(day, data) {
  const goal = minutes(data.median_goal);
  const median = day?.median ?? null;
  const weekday = new Intl.DateTimeFormat("en-US", { weekday: "long", timeZone: data.zone }).format(now());
  const before = day?.week_due ? `, last ${weekday} ${share(day.week_on_time, day.week_due)}` : "";
  const few = day && day.due < 20;
  return {
    median: median === null ? ["none yet", `goal ${goal}`] : [minutes(median), `average ${minutes(day.average)}, goal ${goal}`],
    onTime: day?.due
      ? [share(day.on_time, day.due), `${few ? "" : `${day.on_time} of ${day.due}, `}goal ${Math.round(data.on_time_goal * 100)}%${before}`]
      : ["none yet", `goal ${Math.round(data.on_time_goal * 100)}%${before}`],
    talk: day?.talk_median == null ? ["none yet", "until the two have spoken"]
      : [minutes(day.talk_median), `of ${day.talks}, on time ${share(day.talk_on_time, day.talk_due)}`],
    automatic: day?.automatic == null ? ["none yet", "machine, counted apart"] : [seconds(day.automatic), "machine, counted apart"],
  };
}

const PILLAR = 78; // px, the tallest bar
const HOUR_LINE = 22; // px, the hours under the bars
const hourName = (hour) => String(((hour + 11) % 12) + 1);

/** Median by hour as bars; those over the goal hatched. */
export function hours(day, data) {
  const found = (day?.hours || []).slice(-9);
  if (!found.length) return [h("p", { class: "muted small" }, "Appears with the first contact of the day.")];
  const goal = data.median_goal;
  const most = Math.max(...found.map(([, value]) => value));
  const top = Math.max(goal * 1.25, Math.min(goal * 2, most));
  const high = (value) => Math.round(Math.max(3, (PILLAR * Math.min(value, top)) / top));
  const columns = found.map(([hour, value, many]) => {
    const tall = high(value) > 26 && value <= goal;
    return h("div", { class: "column", title: `${hourName(hour)} ${hour < 12 ? "AM" : "PM"}: median ${minutes(value)} of ${many}` },
      h("span", { class: `pillar${value > goal ? " over" : ""}`, style: `height:${high(value)}px` }, h("span", { class: tall ? "in" : "on" }, minutes(value))),
      h("span", { class: "hour" }, hourName(hour)));
  });
  const sentence = `Median by hour: ${found.map(([hour, value]) => `${hourName(hour)} o'clock ${minutes(value)}`).join(", ")}. Goal ${minutes(goal)}.`;
  return [h("div", { class: "pillars", role: "img", "aria-label": sentence }, h("i", { class: "goal-line", style: `bottom:${HOUR_LINE + high(goal)}px` }), columns)];
}

/** Who is on shift, with their load. */
export function shifts(staff) {
  if (!staff.length) return [h("p", { class: "muted small" }, "Nobody who takes leads is on shift now.")];
  const notes = { break: "break", busy: "in room" };
  return staff.map((person) =>
    h("div", { class: `person${person.full ? " full" : ""}` },
      h("span", { class: "initials", "aria-hidden": "true" }, initials(person.name)),
      h("span", { class: "who" }, person.name, notes[person.status] && h("span", { class: "muted" }, ` ${notes[person.status]}`), person.full && h("b", { class: "is-full" }, " full"),
        !person.told && h("span", { class: "untold", title: "Gets leads and hears of none: no way of alerts leads to them" }, "Not alerted")),
      h("span", { class: "load", "aria-hidden": "true" }, h("i", { style: `width:${Math.min(100, (100 * person.load) / Math.max(1, person.capacity))}%` })),
      h("span", { class: "of" }, `${person.load} of ${person.capacity}`)));
}

/** Put new children only where they differ: a figure that stays must not flicker under a pointer. */
export function refresh(holder, key, make) {
  if (holder.dataset.key === key) return;
  holder.dataset.key = key;
  put(holder, make());
}

export { time };

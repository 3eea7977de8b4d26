// The week as a picture: people down, days across, the present as a line; hatched where a location is open and nobody is on.
import { h, put, say, show } from "../parts/dom.js";
import { now, date, weekday, when } from "../parts/clock.js";
import { icon } from "../parts/icons.js";
import { wallOf } from "../parts/wall_time.js";
import { letDrag } from "./dragging.js";
import { briefSpan, clockWords, minutesOf, spanWords, spansWords, usualWords } from "./spans.js";
import { standing } from "./standing.js";

const NOON = 12 * 3_600_000;
const MOVES = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

export const initials = (name) => {
  const words = name.split(/\s+/);
  return (words[0][0] + (words.length > 1 ? words.at(-1)[0] : "")).toUpperCase();
};

/** `pick(personId, day, spans?)` opens a day to change it, with other shifts than it has where one was dragged; `person(id)` a person; either may be null where that is nobody's to do. */
export function makeWeek({ zone, pick, person }) {
  const days = h("div", { class: "days-choice", role: "group", "aria-label": "Day" });
  const grid = h("div", { class: "week", role: "grid", "aria-label": "Shifts of the week", onkeydown: moved });
  const legend = h("p", { class: "muted small legend" });
  const node = h("section", { class: "week-box" }, days, grid, legend);
  let shown = null; // {week, people, places}
  let chosen = ""; // on a phone one day at a time
  let at = [0, 0]; // the cell that the arrows stand on
  let held = false; // an end of a shift is under the hand: nothing is drawn anew

  const percent = (minutes) => ((Math.min(Math.max(minutes, shown.week.first), shown.week.last) - shown.week.first) / (shown.week.last - shown.week.first)) * 100;
  const today = () => wallOf(now(), zone).day;
  const wide = (day) => (day.day === chosen ? " chosen" : "");

  function bar(kind, span, words, label) {
    const one = h("span", { class: `span ${kind}`, title: `${label}${spanWords(span)}` }, words);
    one.style.left = `${percent(span[0]).toFixed(2)}%`;
    one.style.width = `${Math.max(0.8, percent(span[1]) - percent(span[0])).toFixed(2)}%`;
    return one;
  }
  function shift(row, day, span) {
    const words = h("span", {}, briefSpan(span));
    const one = bar("shift", span, words, "");
    const other = day.planned.filter((planned) => planned[0] !== span[0] || planned[1] !== span[1]);
    // What leave has cut is no end that can be moved.
    if (pick && row.active && other.length < day.planned.length) {
      letDrag(one, words, span, { scale: () => shown.week, held: hold, changed: (moved) => pick(row.id, day.day, [...other, moved].sort((a, b) => a[0] - b[0])) });
    }
    return one;
  }
  function hold(yes) {
    held = yes;
    if (!yes) setTimeout(() => draw(), 0);
  }
  function nowLine(day) {
    if (day !== today()) return null;
    const minutes = minutesOf(wallOf(now(), zone).wall);
    if (minutes < shown.week.first || minutes > shown.week.last) return null;
    const line = h("i", { class: "now-line", "aria-hidden": "true" });
    line.style.left = `${percent(minutes).toFixed(2)}%`;
    return line;
  }
  function told(row, day) {
    const off = day.off.length ? `, time off ${spansWords(day.off)}` : "";
    const call = day.call.length ? ", on call" : "";
    return `${row.name}, ${dayName(day.day)}: ${spansWords(day.shifts)}${off}${call}`;
  }
  const dayName = (day) => `${weekday(Date.parse(`${day}T12:00:00Z`))}, ${date(Date.parse(`${day}T12:00:00Z`))}`;

  function cell(row, day, line, column) {
    const parts = [
      ...day.off.map((span) => bar("off", span, "Time off", "Time off, ")),
      ...day.shifts.map((span) => shift(row, day, span)),
      day.call.some(([from, to]) => from > 0 || to === 1440) && h("span", { class: "call", title: `On call, ${spansWords(day.call)}` }, icon("phone", 13)),
    ];
    return h("div", {
      class: `cell${day.day === today() ? " today" : ""}${day.own ? " own" : ""}${day.call.length ? " calls" : ""}${wide(day)}`, role: "gridcell", tabindex: line === at[0] && column === at[1] ? 0 : -1,
      "aria-label": told(row, day), "data-line": line, "data-column": column,
      onclick: pick && row.active ? () => pick(row.id, day.day) : null, onfocus: () => { at = [line, column]; },
    }, parts, nowLine(day.day));
  }
  function callWords(row) {
    const turn = row.calls.find(([from, to]) => from <= now() && now() < to);
    return turn ? `${row.title}, on call until ${when(turn[1])}` : "";
  }
  function personRow(row, line) {
    const face = [h("span", { class: "initials", "aria-hidden": "true" }, initials(row.name)), h("span", { class: "names" }, h("b", {}, row.name), h("span", { class: "muted" }, callWords(row) || `${row.title}, ${row.at}`))];
    const named = person ? h("button", { type: "button", class: "who", title: `Open ${row.name}`, onclick: () => person(row.id) }, face) : h("span", { class: "who" }, face);
    return h("div", { class: "line", role: "row", "aria-label": row.name }, h("div", { class: "head", role: "rowheader" }, named), row.days.map((day, column) => cell(row, day, line, column)));
  }
  /** A gap, with how many forms usually come in it where that is known. */
  function gap(row, day, span) {
    const known = usualOf(row, day).find(([from, to]) => from === span[0] && to === span[1]);
    const one = bar("gap", span, known ? h("span", { class: "usual" }, `${known[2]} ${known[2] === 1 ? "form" : "forms"}`) : "", `Nobody at ${row.name}, `);
    if (known) one.title += `: ${usualWords(known, day.day)}`;
    return one;
  }
  const usualOf = (row, day) => shown.usual?.[row.slug]?.[day.day] || [];
  function placeRow(row) {
    return h("div", { class: "line place", role: "row" },
      h("div", { class: "head", role: "rowheader" }, h("b", {}, `Nobody at ${row.name}`)),
      row.days.map((day) => h("div", { class: `cell${wide(day)}`, role: "gridcell", "aria-label": gapWords(row, day) },
        day.open.length ? day.gaps.map((span) => gap(row, day, span)) : h("span", { class: "muted small closed" }, "closed"))));
  }
  const gapWords = (row, day) => (!day.open.length ? `${row.name} is closed` : day.gaps.length ? `Nobody at ${row.name}: ${day.gaps.map(spanWords).join(", ")}${usualOf(row, day).map((one) => `; ${usualWords(one, day.day)}`).join("")}` : `${row.name} is covered`);

  function headRow() {
    return h("div", { class: "line names-of-days", role: "row" }, h("div", { class: "head muted small", role: "columnheader" }, "Person"),
      shown.week.days.map((day) => h("div", { class: `cell${day.day === today() ? " today" : ""}${wide(day)}`, role: "columnheader" }, label(day))));
  }
  const label = (day) => `${weekday(day.from + NOON)} ${Number(day.day.slice(8))}${day.day === today() ? ", today" : ""}`;

  function moved(event) {
    const step = MOVES[event.key];
    const on = event.target.closest?.(".cell[data-line]");
    if (!on) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      on.click();
    } else if (step) {
      const next = grid.querySelector(`.cell[data-line="${at[0] + step[0]}"][data-column="${at[1] + step[1]}"]`);
      event.preventDefault();
      event.stopPropagation();
      if (!next) return;
      on.tabIndex = -1;
      next.tabIndex = 0;
      next.focus();
    }
  }
  function draw(next = shown) {
    shown = next;
    if (!shown || held) return;
    const known = shown.week.days.some((day) => day.day === chosen);
    if (!known) chosen = shown.week.days.find((day) => day.day === today())?.day || shown.week.days[0].day;
    put(days, shown.week.days.map((day) => h("button", { type: "button", class: "segment", "aria-pressed": String(day.day === chosen), onclick: () => { chosen = day.day; draw(); } }, label(day).slice(0, 6))));
    const focused = grid.contains(grid.getRootNode().activeElement);
    put(grid, headRow(), shown.people.map(personRow), shown.places.map(placeRow), !shown.people.length && h("p", { class: "muted empty" }, "Nobody works here."));
    if (focused) grid.querySelector('.cell[tabindex="0"]')?.focus();
    say(legend, `Each day from ${clockWords(shown.week.first)} to ${clockWords(shown.week.last)}. Hatched: open, and nobody who takes leads is on shift, with how many forms usually come then. Dashed: time off. Receiver: on call. Dot: a date of its own.`);
  }
  return { node, draw };
}

/** Who is on now: status, until when, how much each carries; then who comes next. */
export function makeRightNow({ person }) {
  const list = h("div", { class: "now-list" });
  const next = h("p", { class: "muted small" });
  const node = h("section", { class: "right-now" }, h("h2", {}, "Right now"), list, next);

  function line(row, at) {
    const here = standing(row, at);
    return h("div", { class: "now-row" }, h("span", { class: "initials", "aria-hidden": "true" }, initials(row.name)),
      person ? h("button", { type: "button", class: "b quiet name", onclick: () => person(row.id) }, row.name) : h("span", { class: "name" }, row.name),
      !row.told && row.takes && h("span", { class: "lacks", title: "No way of alerts leads to them: nobody tells them of a new lead" }, icon("warning", 15), "no alerts"),
      h("span", { class: `standing ${here.status}` }, here.words), h("span", { class: "muted until" }, here.detail),
      h("span", { class: `load${row.takes && row.load >= row.capacity ? " full" : ""}` }, row.takes ? `${row.load} of ${row.capacity}` : ""));
  }
  return {
    node,
    draw(people) {
      const at = now();
      const on = people.filter((row) => row.active && standing(row, at).on);
      const coming = people.filter((row) => row.active && !standing(row, at).on && row.ahead.length).sort((a, b) => a.ahead[0][0] - b.ahead[0][0])[0];
      put(list, on.map((row) => line(row, at)), !on.length && h("div", { class: "note amber" }, icon("warning"), h("span", {}, "Nobody is on shift now. New leads wait for who comes next.")));
      show(next, !!coming);
      say(next, coming ? `Next: ${coming.name}, ${standing(coming, at).detail}` : "");
    },
  };
}

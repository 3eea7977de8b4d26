// A date and a time as fields one types into, a month to look at, and the usual choices; on one wall, named where it is not the clinic's.
import { h, put, say, show } from "./dom.js";
import { icon } from "./icons.js";
import { wallIn } from "./clock.js";
import { makeField } from "./fields.js";
import { dayAfter, dayWords, closedWords, isoAt, judge, monthAfter, monthGrid, monthWords, readDay, readWall, wallOf, wallWords } from "./wall_time.js";

const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

/** '11/26/2026' */
const typedDay = (day) => `${Number(day.slice(5, 7))}/${Number(day.slice(8))}/${day.slice(0, 4)}`;

/**
 * `zone`: of the wall. `now()`: the present moment. `min`, `max`: moments. `wall`: a location's `hours` by
 * weekday (0 Monday), [['09:00', '17:00']], and `shut`: {'2026-11-26': 'holiday'}. `choices`: [[words, moment]]. `value`: a moment.
 * Gives {node, value: {moment, iso} or null, error(words), check(), focus(), within(wall)}; `onchange(value)` at each change.
 */
export function makeDateTime({ zone, now, min, max, wall: place = {}, choices = [], value, label = "When", onchange = () => {} }) {
  const rules = { zone, min, max, hours: place.hours, closed: place.shut };
  const today = () => wallOf(now(), rules.zone).day;
  const touch = window.matchMedia("(pointer: coarse)").matches;
  const start = wallOf(value ?? now(), zone);
  let shown = start.day; // the day whose month is on the screen, and that the arrows stand on
  let second = false; // which of two equal wall times

  const date = makeField({ kind: "text", name: "date", label: "Date", placeholder: "11/26/2026", onchange: typed });
  const time = makeField({ kind: "text", name: "time", label: "Time", placeholder: "2:30 PM", onchange: typed });
  // A phone's own wheels are better than anything drawn here.
  if (touch) {
    date.input.type = "date";
    time.input.type = "time";
  }
  const title = h("b", { class: "month-name", role: "status" });
  const grid = h("table", { class: "month", role: "grid", onkeydown: moved });
  const turn = (words, sign, months) => h("button", { class: "b quiet", type: "button", "aria-label": words, onclick: () => { shown = monthAfter(shown, months); draw(); } }, icon(sign, 16));
  const month = h("div", { class: "month-box", hidden: touch }, h("div", { class: "month-head" }, turn("Month before", "back", -1), title, turn("Month after", "forward", 1)), grid);
  const which = h("div", { class: "which", role: "group", "aria-label": "Which of the two", hidden: true });
  const said = h("p", { class: "when-said", role: "status" });
  const wrong = h("p", { class: "field-error", role: "alert", hidden: true });
  const usual = h("div", { class: "usual" }, choices.map(([words, moment]) => h("button", { class: "b", type: "button", onclick: () => { write(moment); changed(); } }, words)));
  const node = h("div", { class: "when-box", role: "group", "aria-label": label }, usual, h("div", { class: "when-fields" }, date.node, time.node), which, said, wrong, month);

  const day = () => (touch ? date.value : readDay(date.value, today()));
  const wall = () => (touch ? time.value : readWall(time.value));

  function write(moment) {
    const at = wallOf(moment, rules.zone);
    shown = at.day;
    second = false;
    date.value = touch ? at.day : typedDay(at.day);
    time.value = touch ? at.wall : wallWords(at.wall);
  }
  function typed() {
    second = false;
    if (day()) shown = day();
    changed();
  }
  function changed() {
    draw();
    onchange(read());
  }
  function found() {
    if (!day() || !wall()) return null;
    return judge(day(), wall(), rules, second);
  }
  function read() {
    const it = found();
    return it && !it.error ? { moment: it.moment, iso: isoAt(it.moment, rules.zone) } : null;
  }
  function draw() {
    const it = found();
    wrong.hidden = true;
    date.error(date.value && !day() ? "This is no date. Type it like 11/26/2026." : "");
    time.error(time.value && !wall() ? "This is no time. Type it like 2:30 PM." : "");
    if (it?.error) error(it.error);
    const there = it && !it.error;
    say(said, there ? `${dayWords(day())}, ${wallIn(rules.zone).time(it.moment)}${it.note ? `, ${it.note}` : ""}` : "");
    said.classList.toggle("amber", !!(there && it.note));
    show(which, !!it && it.moments.length > 1);
    put(which, it && it.moments.length > 1 && [h("span", { class: "small" }, "This hour comes twice: clocks go back."),
      ["The first", "The second"].map((words, at) => h("button", { class: "b", type: "button", "aria-pressed": String(second === !!at), onclick: () => { second = !!at; changed(); } }, words))]);
    drawMonth();
  }
  function error(words) {
    show(wrong, !!words);
    put(wrong, words && icon("alert", 15), words && h("span", {}, words));
  }

  // ---- the month

  const outside = (one) => (min && dayAfter(one, 1) <= wallOf(min, zone).day) || (max && one > wallOf(max, zone).day);
  function cell(one) {
    const why = closedWords(one, "", rules);
    const barred = outside(one);
    const other = one.slice(0, 7) !== shown.slice(0, 7);
    return h("td", { role: "gridcell", "aria-selected": String(one === day()) },
      h("button", { class: ["month-day", other && "other", why && "closed", one === today() && "today"].filter(Boolean).join(" "), type: "button", tabindex: one === shown ? 0 : -1, "data-day": one, "aria-disabled": barred ? "true" : null,
        "aria-label": [dayWords(one), why, one === today() && "today"].filter(Boolean).join(", "), title: why || null, onclick: () => take(one) }, Number(one.slice(8))));
  }
  function drawMonth() {
    const held = grid.contains(node.getRootNode().activeElement);
    say(title, monthWords(shown));
    grid.setAttribute("aria-label", monthWords(shown));
    put(grid, h("thead", {}, h("tr", {}, DAYS.map((name) => h("th", { scope: "col", abbr: name }, name.slice(0, 2))))),
      h("tbody", {}, monthGrid(shown).map((week) => h("tr", {}, week.map(cell)))));
    if (held) grid.querySelector(`[data-day="${shown}"]`)?.focus();
  }
  function take(one) {
    if (outside(one)) return error("That day is out of reach. Choose another.");
    shown = one;
    second = false;
    date.value = typedDay(one);
    if (!time.value && rules.hours?.length !== 0) time.value = wallWords(opening(one));
    return changed();
  }
  /** When that day opens, or nine: a day alone is half an answer. */
  const opening = (one) => rules.hours?.[(new Date(`${one}T12:00Z`).getUTCDay() + 6) % 7]?.[0]?.[0] || "09:00";
  function moved(event) {
    const to = STEPS[event.key] ? dayAfter(shown, STEPS[event.key])
      : { PageUp: monthAfter(shown, -1), PageDown: monthAfter(shown, 1), Home: monthGrid(shown).find((week) => week.includes(shown))[0], End: monthGrid(shown).find((week) => week.includes(shown))[6] }[event.key];
    if (!to) return;
    event.preventDefault();
    event.stopPropagation();
    shown = to;
    drawMonth();
    grid.querySelector(`[data-day="${to}"]`)?.focus();
  }

  if (value) write(value);
  draw();
  return {
    node,
    get value() {
      return read();
    },
    /** Whether nothing was entered at all. */
    get empty() {
      return !date.value && !time.value;
    },
    error,
    /** Whether it can be sent; says what is missing. */
    check() {
      if (!date.value) date.error("Choose a day.");
      if (!time.value) time.error("Choose a time.");
      return !!read();
    },
    write,
    /** The wall and the hours of another location count from now on. */
    within(other) {
      Object.assign(rules, { zone: other.zone || rules.zone, hours: other.hours, closed: other.shut });
      draw();
    },
    focus: () => date.focus(),
  };
}

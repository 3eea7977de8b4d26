// One person's one day: shifts by number, for this date or for every such weekday, with what it leaves uncovered.
import { h, put, show } from "../parts/dom.js";
import { icon } from "../parts/icons.js";
import { dayWords, weekdayOf } from "../parts/wall_time.js";
import { minutesOf, outside, overlapping, spanWords, usualWords, wallOfMinutes } from "./spans.js";

const NAMES = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/** `spans`: the shifts to begin with, where they are not the day's own. `others`: the shifts of everybody else who covers the location on that day; `open`: when it is open. */
export function makeShiftForm({ row, day, spans: dragged, place, others, act, done, person }) {
  const mine = row.days.find((one) => one.day === day);
  const always = h("input", { type: "radio", name: "how", value: "always" });
  const once = h("input", { type: "radio", name: "how", value: "once", checked: true });
  const periods = h("div", { class: "periods" });
  const said = h("div", { class: "note amber", role: "status", hidden: true });
  const wrong = h("p", { class: "field-error", role: "alert", hidden: true });
  const save = h("button", { class: "b large primary", type: "button", onclick: () => send(read()) }, "Save shifts");
  const free = h("button", { class: "b large", type: "button", onclick: () => send([]) }, "Day off");
  const usual = h("button", { class: "b large", type: "button", onclick: () => finish(act("clear_day", { id: row.id, date: day })) }, "Back to the usual week");
  show(usual, mine.own);

  const field = (name, minutes) => h("input", { class: "field", type: "time", step: 300, "aria-label": name, value: minutes === 1440 ? "00:00" : wallOfMinutes(minutes), oninput: judge });
  function add(span = [540, 1020]) {
    const line = h("div", { class: "period" }, field("From", span[0]), h("span", {}, "to"), field("To", span[1]),
      h("button", { class: "b quiet", type: "button", "aria-label": "Remove this shift", title: "Remove this shift", onclick: () => { line.remove(); judge(); } }, icon("close", 16)));
    periods.append(line);
    judge();
  }
  function read() {
    return [...periods.children].map((line) => {
      const [from, to] = [...line.querySelectorAll("input")].map((one) => (one.value ? minutesOf(one.value) : NaN));
      return [from, to === 0 ? 1440 : to];
    });
  }
  function fault(spans) {
    if (spans.some(([from, to]) => Number.isNaN(from) || Number.isNaN(to))) return "Give each shift a beginning and an end.";
    const backwards = spans.find(([from, to]) => to <= from);
    if (backwards) return `${spanWords(backwards)} ends before it begins. What goes on past midnight ends at 12:00 AM, and goes on the next day.`;
    const two = overlapping(spans);
    return two ? `${spanWords(two[0])} and ${spanWords(two[1])} overlap. Change one, or make one shift of both.` : "";
  }
  /** What nobody covers if this is saved, said before it is. */
  function judge() {
    const spans = read();
    const words = fault(spans);
    tell(words);
    save.disabled = !!words || !spans.length;
    const counts = row.takes && place && !words;
    const left = counts ? outside(place.open, [...others, ...outside(spans, mine.off)]) : [];
    show(said, left.length > 0);
    put(said, icon("warning"), h("span", {}, `${place?.name} is open and has nobody who takes leads from ${left.map(spanWords).join(", and from ")}.${forecast(left)}`));
  }
  /** What usually comes in the gaps that stand open now and stay open. */
  function forecast(left) {
    const known = (place?.usual || []).filter(([from, to]) => left.some((span) => span[0] <= from && to <= span[1]));
    const said = known.map((one) => usualWords(one, day)).join("; ");
    return said && ` ${said[0].toUpperCase()}${said.slice(1)}.`;
  }
  function tell(words) {
    show(wrong, !!words);
    put(wrong, words && icon("alert", 15), words && h("span", {}, words));
  }
  async function send(spans) {
    const sent = spans.map(([from, to]) => `${wallOfMinutes(from)}-${wallOfMinutes(to)}`).join(",");
    await finish(act("set_shifts", { id: row.id, date: day, spans: sent, how: always.checked ? "always" : "once" }));
  }
  async function finish(answer) {
    for (const one of [save, free, usual]) one.disabled = true;
    const outcome = await answer;
    for (const one of [save, free, usual]) one.disabled = false;
    if (outcome.state === "done") return done(outcome.words);
    tell(outcome.words);
    return undefined;
  }

  for (const span of dragged || mine.planned) add(span);
  judge();
  const node = h("div", { class: "drawer-page" }, h("h2", {}, row.name), h("p", { class: "muted" }, `${dayWords(day)}, ${row.at}`),
    mine.off.length > 0 && h("div", { class: "note grey" }, icon("calendar"), h("span", {}, `Time off ${mine.off.map(spanWords).join(", ")}: no shift counts then.`)),
    h("div", { class: "field-label" }, "Shifts"), periods,
    h("button", { class: "b", type: "button", onclick: () => add(gap(read())) }, icon("plus", 16), "Add a shift"),
    h("div", { class: "chips-field", role: "radiogroup", "aria-label": "For which days" },
      h("label", { class: "chip-choice" }, once, h("span", {}, "This date only")), h("label", { class: "chip-choice" }, always, h("span", {}, `Every ${NAMES[weekdayOf(day)]}`))),
    wrong, said, h("div", { class: "dialog-do" }, save, free, usual),
    h("button", { class: "b quiet", type: "button", onclick: person }, `Time off, on call and more of ${row.name.split(" ")[0]}`));
  return { node, first: () => node.querySelector("input.field") || node.querySelector("button.b") };
}

/** A new shift after the last one. */
function gap(spans) {
  const end = Math.max(480, ...spans.map(([, to]) => to || 0));
  return end >= 1380 ? [1380, 1440] : [Math.min(end + 60, 1320), Math.min(end + 300, 1440)];
}

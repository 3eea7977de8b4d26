// Every level in the order of its minutes, above them the one that nobody can remove, and for which leads they are.
import { h, put, say, show } from "../parts/dom.js";
import { icon } from "../parts/icons.js";
import { makeMany } from "../parts/many.js";
import { makeLevel } from "./level_row.js";

const PLACE = /^levels\.(\d+)(?:\.(\w+))?$/;
const STEP = 15; // minutes after the last one, for a level that is added

/** The levels by their minutes; what is no number stays last. Pure. */
export function inOrder(levels) {
  const key = (level) => (typeof level.after_minutes === "number" || /^\d+$/.test(level.after_minutes) ? Number(level.after_minutes) : Infinity);
  return [...levels].sort((a, b) => (key(a) === key(b) ? 0 : key(a) - key(b)));
}

/** Minutes for one more: later than all there are, within a day. Pure. */
export function nextMinutes(levels) {
  const last = Math.max(0, ...levels.map((one) => Number(one.after_minutes)).filter(Number.isFinite));
  return Math.min(24 * 60, last ? last + STEP : 5);
}

/** `on`: {typed(), beside: a node, changed(body)}. Gives the fields as parts/editor.js takes them, and `underWay()`. */
export function makeFields(data, on) {
  let body = { priorities: [], levels: [] };
  let rows = []; // {level, row}, as they stand
  let closed = "";
  let wrong = [];
  let concerns = [];
  let underWay = 0;
  const sum = h("p", { class: "muted small", role: "status" });
  const priorities = makeMany({ label: "For leads of priority", options: data.priorities, onchange: () => change({ priorities: priorities.value.map(Number) }) });
  const concern = h("p", { class: "level-concern", role: "status", hidden: true });
  const owner = h("div", { class: "level fixed" }, h("span", { class: "level-place" }, icon("lock", 16)), h("div", { class: "level-words" }, h("b", {}, "At once its owner is alerted"), h("span", { class: "muted small" }, "Always: a lead that nobody hears of can't be answered. Where nobody is at work, the managers are.")));
  const list = h("ol", { class: "levels", "aria-label": "Levels" });
  const add = h("button", { class: "b", type: "button", onclick: addOne }, icon("plus", 15), "Add a level");
  const most = h("span", { class: "muted small" });
  const node = h("div", { class: "level-columns" }, h("div", { class: "level-main" }, sum, priorities.node, concern, h("div", { class: "level-frame" }, owner, list), h("div", { class: "level-add" }, add, most)), on.beside);

  const levels = () => rows.map((one) => one.level);
  function read() {
    return structuredClone({ ...body, levels: inOrder(levels()) });
  }
  function change(part) {
    body = { ...body, ...part };
    on.typed();
    on.changed(read());
  }
  function standing(level) {
    const one = { level };
    one.row = makeLevel(data, level, {
      typed(part) {
        one.level = { ...one.level, ...part };
        change({});
      },
      settled: order,
      remove() {
        rows = rows.filter((other) => other !== one);
        draw();
        change({});
        add.focus();
      },
    });
    one.row.enable(closed);
    return one;
  }
  /** Each at its place, once its minutes are typed: nothing moves under the hand before. */
  function order() {
    const sorted = inOrder(levels());
    if (sorted.every((level, at) => level === rows[at].level)) return;
    rows = sorted.map((level) => rows.find((one) => one.level === level));
    const held = node.getRootNode().activeElement;
    draw();
    held?.focus();
  }
  function addOne() {
    const one = standing({ after_minutes: nextMinutes(levels()), tell: ["manager"], does: [], unless_acknowledged: false });
    rows = [...rows, one];
    draw();
    change({});
    one.row.focus();
  }
  function draw() {
    put(list, rows.map((one) => one.row.node));
    rows.forEach((one, at) => one.row.number(at + 1));
    show(add, !closed);
    add.disabled = rows.length >= data.most;
    say(most, rows.length >= data.most ? `${data.most} levels at most` : "");
    mark();
  }
  /** Findings name levels by their order of minutes, which the rows may not stand in yet. */
  function mark() {
    const sorted = inOrder(levels());
    for (const one of rows) {
      const at = String(sorted.indexOf(one.level));
      const own = (found) => found.map((each) => [PLACE.exec(each.field), each.message]).filter(([place]) => place?.[1] === at);
      const parts = {};
      for (const [place, words] of own(wrong)) parts[place[2] || "level"] ||= words;
      one.row.errors(parts, own(concerns).map(([, words]) => words).join(" "));
    }
    const said = (found, field) => found.find((one) => one.field === field)?.message || "";
    priorities.error(said(wrong, "priorities"));
    const unwise = said(concerns, "priorities") || said(concerns, "levels");
    show(concern, !!unwise);
    put(concern, unwise && [icon("warning", 16), h("span", {}, unwise)]);
    const bars = wrong.length === 1 ? "1 thing bars publishing" : `${wrong.length} things bar publishing`;
    say(sum, wrong.length ? bars : "What happens while nobody has called or texted a new lead. Any call or text of a person ends it; so does a booking.");
  }
  function tell(found) {
    wrong = found;
    mark();
  }
  return {
    node,
    read,
    write(next) {
      body = structuredClone({ priorities: [], ...next });
      rows = inOrder(body.levels || []).map(standing);
      priorities.value = (body.priorities || []).map(String);
      draw();
      on.changed(read());
    },
    show({ problems, look }) {
      concerns = look.concerns;
      underWay = look.underWay;
      tell(problems);
    },
    errors: (found) => tell(Object.entries(found).map(([field, message]) => ({ field, message }))),
    enable(reason) {
      if (closed === reason) return;
      closed = reason;
      priorities.enable(reason);
      for (const { row } of rows) row.enable(reason);
      draw();
    },
    underWay: () => underWay,
  };
}

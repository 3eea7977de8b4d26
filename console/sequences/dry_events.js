// What the person of a dry run does meanwhile: a reply after an hour, a booking the next day.
import { h, put, show } from "../parts/dom.js";
import { icon } from "../parts/icons.js";
import { minutesOf, UNITS } from "./spans.js";

const WHAT = [["reply", "They reply"], ["contact", "They speak with us"], ["booking", "They book"], ["opt_out", "They opt out"]];
const MOST = 20;

/** Gives {node, lines(start) such as 'reply 1764100000000'}; `changed()` at each change. */
export function makeEvents(changed) {
  const list = h("ul", { class: "dry-events" });
  const add = h("button", { class: "b quiet", type: "button", onclick: () => begin() }, icon("plus", 14), "Something they do meanwhile");
  const node = h("div", {}, list, add);
  const rows = []; // {node, what, amount, unit}

  function begin() {
    const what = h("select", { class: "field", "aria-label": "What they do", onchange: changed }, WHAT.map(([code, words]) => h("option", { value: code }, words)));
    const amount = h("input", { class: "field", "aria-label": "After how long", inputmode: "numeric", maxlength: 5, value: "1", oninput: changed });
    const unit = h("select", { class: "field", "aria-label": "Unit", onchange: changed }, UNITS.map(([code, words]) => h("option", { value: code }, words)));
    unit.value = "h";
    const row = { what, amount, unit, node: h("li", { class: "dry-event" }, what, h("span", { class: "muted small" }, "after"), amount, unit,
      h("button", { class: "b quiet", type: "button", "aria-label": "Take it out", onclick: () => drop(row) }, icon("close", 15))) };
    rows.push(row);
    draw();
    what.focus();
  }
  function drop(row) {
    rows.splice(rows.indexOf(row), 1);
    draw();
    add.focus();
  }
  function draw() {
    put(list, rows.map((row) => row.node));
    show(list, rows.length > 0);
    add.disabled = rows.length >= MOST;
    changed();
  }
  show(list, false);
  return {
    node,
    lines: (start) => rows.map((row) => [row.what.value, minutesOf(`${row.amount.value.trim()}${row.unit.value}`)])
      .filter(([, minutes]) => minutes !== null).map(([what, minutes]) => `${what} ${Math.round(start + minutes * 60_000)}`),
  };
}

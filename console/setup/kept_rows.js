// Rows of what leads and rules point to: one in use keeps its code for good and is retired, a new one is named by its name and may be removed.
import { h, put, show } from "../parts/dom.js";
import { icon } from "../parts/icons.js";
import { codeOf } from "./faults.js";

/**
 * `known(code)`: whether one is in use. `words`: {retire, again, about}; `between` joins the words of a code; `forever(row)`: one that is not even retired;
 * `arrange(rows)`: the list's nodes, where rows stand in groups, and `beside(row, other)`: whether two are of one group.
 * A row is {code, retired, name(), node, enable(why)}, and where it has more to mark `marked(why)`. Gives {all, put(rows), add(row),
 * swap(row, by), buttons(row), draw(), codes(), enable(why)}.
 */
export function makeKeptRows(list, { known, typed, between, words, forever = () => false, arrange = (rows) => rows.map((row) => row.node), beside = () => true }) {
  let rows = [];
  let reason = "";

  function mark(row) {
    row.node.classList.toggle("retired", row.retired);
    put(row.retire, row.retired ? words.again : words.retire);
    row.retire.title = row.retired ? "" : words.about;
    show(row.retire, known(row.code) && !forever(row));
    show(row.remove, !known(row.code));
    row.marked?.(reason);
  }
  function draw() {
    put(list, arrange(rows));
    refresh();
  }
  /** Without putting any node anew: whoever types in one keeps the focus. */
  function refresh() {
    for (const row of rows) {
      row.enable(reason);
      for (const button of [row.retire, row.remove]) button.disabled = !!reason;
      mark(row);
    }
  }
  return {
    draw,
    get all() {
      return rows;
    },
    put(next) {
      rows = next;
      draw();
    },
    add(row) {
      rows = [...rows, row];
      draw();
      row.focus();
      typed();
    },
    /** The one before or behind it; whether there is one. */
    swap(row, by) {
      const at = rows.indexOf(row);
      let other = at + by;
      while (rows[other] && !beside(row, rows[other])) other += by;
      if (!rows[other]) return false;
      rows = rows.map((one, place) => (place === at ? rows[other] : place === other ? row : one));
      draw();
      typed();
      return true;
    },
    buttons(row) {
      row.retire = h("button", { class: "b", type: "button", onclick: () => { row.retired = !row.retired; mark(row); typed(); } });
      row.remove = h("button", { class: "b", type: "button", onclick: () => { rows = rows.filter((one) => one !== row); draw(); typed(); } }, icon("trash", 14), "Remove");
      return [row.retire, row.remove];
    },
    /** The code of each, in their order. */
    codes() {
      const taken = [];
      for (const row of rows) {
        const kept = rows.filter((other) => known(other.code)).map((other) => other.code);
        row.code = known(row.code) ? row.code : codeOf(row.name(), [...taken, ...kept], between);
        taken.push(row.code);
      }
      return taken;
    },
    enable(why) {
      reason = why;
      refresh();
    },
  };
}

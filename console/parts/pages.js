// Pages of a list that is longer than what is pushed: asked for one at a time, and again while somebody looks at them.
import { inAddress, keepInAddress } from "./address.js";
import { h, say, show } from "./dom.js";

const AGAIN_MS = 5000;
export const count = (number) => number.toLocaleString("en-US");

/**
 * `act("page", {...filter, page})` gives the rows of a page; `changed()` when other rows are to be drawn. While the whole list is
 * pushed, or the first page of all is what is asked for, `rows` is null: then the pushed rows are shown.
 */
export function makePages({ act, changed }) {
  let size = 0; // rows on a page; 0 while everything is pushed
  let number = Math.max(1, Number.parseInt(inAddress("page"), 10) || 1);
  let filter = null;
  let rows = null;
  let asked = 0;
  let timer = 0;
  const where = h("span", { class: "where", role: "status" });
  const before = h("button", { class: "b", type: "button", onclick: () => turn(number - 1) }, "Previous");
  const after = h("button", { class: "b", type: "button", onclick: () => turn(number + 1) }, "Next");
  const node = h("nav", { class: "pages", "aria-label": "Pages of the list", hidden: true }, where, before, after);

  const asks = () => size > 0 && (number > 1 || Object.values(filter || {}).some(Boolean));

  async function ask() {
    clearTimeout(timer);
    timer = 0;
    const turnOf = ++asked;
    if (!asks()) {
      if (rows) {
        rows = null;
        changed();
      }
      return;
    }
    node.setAttribute("aria-busy", "true");
    const outcome = await act("page", { ...filter, page: number });
    if (turnOf !== asked) return;
    node.removeAttribute("aria-busy");
    if (outcome.state === "done") rows = new Map(outcome.value.map((row) => [row.id, row]));
    if (rows && !rows.size && number > 1) turn(1); // what stood there has been worked off
    else changed();
  }

  function turn(to) {
    number = to;
    keepInAddress({ page: number > 1 ? String(number) : "" });
    ask();
  }

  return {
    node,
    get rows() {
      return rows;
    },
    /** Whether the pushed rows belong on this page too: the newest, whatever was asked for. */
    get first() {
      return number === 1;
    },
    /** The list changed; `next` rows are a page of it, 0 where all of it is pushed. */
    heard(next) {
      const other = next > 0 !== size > 0;
      size = next;
      if (other) ask();
      else if (asks() && !timer) timer = setTimeout(ask, AGAIN_MS);
    },
    /** What is asked for; another filter begins at its first page. */
    choose(next) {
      if (JSON.stringify(next) === JSON.stringify(filter)) return;
      if (filter) {
        number = 1;
        keepInAddress({ page: "" });
      }
      filter = next;
      rows = null;
      ask();
    },
    /** `total`: how many there are; `shown`: how many of them are on the screen. */
    draw(total, shown) {
      show(node, size > 0 && total > 0 && (number > 1 || total > shown));
      const last = Math.max(1, Math.ceil(total / (size || 1)));
      if (number === 1) say(where, `and ${count(Math.max(0, total - shown))} more`);
      else say(where, `${count((number - 1) * size + 1)} to ${count(Math.min(total, number * size))} of ${count(total)}`);
      before.disabled = number === 1;
      after.disabled = number >= last;
    },
    end: () => clearTimeout(timer),
  };
}

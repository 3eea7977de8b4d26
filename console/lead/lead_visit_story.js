// Beside the conversation: what went out and goes out for the visit on one line of time, and from when to when it was moved.
import { h, put, say, show } from "../parts/dom.js";
import { icon } from "../parts/icons.js";
import { now, time, when } from "../parts/clock.js";
import { makeRows } from "../parts/rows.js";
import { visitOf } from "./lead_visit.js";

const UNDER_WAY = new Set(["planned", "sending", "unknown"]);

/** `panel(title)` as the side builds them; `later(row)` builds the line of what is to come. Gives {node, moves, draw(rows, lead), open}; `draw` returns the ids of actions that stand here. */
export function makeVisitStory({ panel, later }) {
  const texts = panel("Texts of this visit");
  const list = h("div", { class: "laters" });
  put(texts.body, h("p", { class: "muted small" }, "They move with the visit, and none goes twice."), list);
  const rows = makeRows(list, (row) => (row.kind === "now" ? nowLine() : row.kind === "later" ? later(row) : past(row)));
  const moves = panel("Moved");
  let open = 0;

  function past(row) {
    const stopped = row.state === "stopped";
    return h("div", { class: `later visit-text ${stopped ? "stopped" : ""}` }, h("span", { class: "at" }, when(row.at)),
      h("span", {}, h("span", { class: stopped ? "struck" : "" }, row.email ? `${row.title}, by email` : row.title), h("span", { class: "muted small block" }, row.words)), icon(row.mark, 16));
  }
  function nowLine() {
    const words = h("b");
    const node = h("div", { class: "now-line", role: "separator" }, words, h("i"));
    node.tick = (at) => say(words, time(at));
    node.tick(now());
    return node;
  }
  return {
    node: texts.node,
    moves: moves.node,
    get open() {
      return open;
    },
    draw(all, lead) {
      const found = all.get("visit_story");
      const visit = visitOf(lead);
      const here = !!visit && found?.visit === visit.id && found.texts.length > 0;
      show(texts.node, here);
      const ahead = here ? found.texts.filter((one) => UNDER_WAY.has(one.state)) : [];
      open = ahead.length;
      if (here) {
        const gone = found.texts.filter((one) => !UNDER_WAY.has(one.state));
        const to_come = ahead.map((one) => ({ ...(all.get(`u:${one.id}`) || one), id: one.id }));
        rows.draw([...gone, ...(ahead.length ? [{ id: "now", kind: "now" }] : []), ...to_come]);
      }
      const list_ = visit && found?.visit === visit.id ? found.moves : [];
      show(moves.node, list_.length > 0);
      moves.heading.textContent = list_.length === 1 ? "Moved once" : list_.length === 2 ? "Moved twice" : `Moved ${list_.length} times`;
      put(moves.body, h("ul", { class: "visit-moves" }, list_.map((one) => h("li", {}, h("span", { class: "at muted" }, when(one.at)),
        h("span", {}, h("b", {}, one.from ? `${one.from} to ${one.to}` : `Set to ${one.to}`), h("span", { class: "muted small block" }, one.who), one.why && h("span", { class: "small block" }, `Why: ${one.why}`))))));
      return new Set(here ? found.texts.map((one) => one.id) : []);
    },
    tick: rows.tick,
  };
}

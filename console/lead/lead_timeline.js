// Everything that happened, newest first, and the part of it that people or the automation did.
import { h, put, show } from "../parts/dom.js";
import { icon } from "../parts/icons.js";
import { when } from "../parts/clock.js";

const KINDS = [["all", "Everything"], ["people", "People"], ["automatic", "Automatic"]];
const FEW = 12;

export function makeTimeline() {
  const buttons = KINDS.map(([kind, label]) => h("button", { class: "segment", type: "button", "aria-pressed": String(kind === "all"), onclick: () => choose(kind) }, label));
  const list = h("ol", { class: "events" });
  const none = h("p", { class: "muted small", hidden: true });
  const more = h("button", { class: "b quiet", type: "button", onclick: () => { whole = !whole; draw(); } });
  const node = h("section", { class: "timeline" },
    h("div", { class: "timeline-head" }, h("h2", {}, "Timeline"), h("div", { class: "segments", role: "group", "aria-label": "Show" }, buttons)), list, none, more);
  let items = [];
  let kind = "all";
  let whole = false;

  function choose(next) {
    kind = next;
    buttons.forEach((button, at) => button.setAttribute("aria-pressed", String(KINDS[at][0] === kind)));
    draw();
  }
  function wanted(row) {
    if (kind === "all") return true;
    return kind === "people" ? row.by !== "automatic" : row.by === "automatic";
  }
  function draw() {
    const rows = items.filter(wanted);
    put(list, (whole ? rows : rows.slice(0, FEW)).map((row) => h("li", { class: row.tone },
      h("span", { class: "at" }, when(row.at)), h("span", { class: `by-${row.by}` }, icon(row.icon, 16)),
      h("span", {}, row.words, row.until && ` until ${when(row.until)}`, row.note && row.kind !== "note" && h("span", { class: "muted" }, ` "${row.note}"`)))));
    show(none, !rows.length);
    none.textContent = kind === "people" ? "No person has done anything yet." : "Nothing happened by itself.";
    show(more, rows.length > FEW);
    more.textContent = whole ? "Show fewer" : `All ${rows.length}`;
  }
  return {
    node,
    draw(rows) {
      items = [...rows].sort((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1));
      draw();
    },
  };
}

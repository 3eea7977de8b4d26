// Above the conversation: all of it, or what was said and done since the visit was booked.
import { h, show } from "../parts/dom.js";

const KINDS = [["visit", "This visit"], ["all", "Everything"]];
const SAID = new Set(["text", "note", "event"]);

/** `conversation`: as parts/conversation.js gives it. `draw(visit, rows)`: the visit that the page is about, or null. */
export function makeCut(conversation) {
  let kind = "all";
  let booked = 0;
  const buttons = KINDS.map(([code, label]) => h("button", { class: "segment", type: "button", "aria-pressed": String(code === kind), onclick: () => choose(code) }, label));
  const node = h("div", { class: "segments", role: "group", "aria-label": "Show of the conversation", hidden: true }, buttons);
  conversation.head.append(node);

  function choose(code) {
    kind = code;
    buttons.forEach((button, at) => button.setAttribute("aria-pressed", String(KINDS[at][0] === kind)));
    conversation.from(kind === "visit" ? booked : 0);
  }
  return {
    draw(visit, rows) {
      booked = visit?.booked || 0;
      // Where nothing was said before there is nothing to choose.
      const may = !!visit && rows.some((row) => SAID.has(row.kind) && row.at < booked);
      show(node, may);
      if (!may && kind !== "all") choose("all");
    },
  };
}

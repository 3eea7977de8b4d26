// Escalation: what happens while nobody reaches out to a new lead; edited, played for one lead, counted for a month, published in versions.
import { h, put } from "../parts/dom.js";
import { makeEditor } from "../parts/editor.js";
import { toast } from "../parts/toast.js";
import { widget } from "../parts/widget.js";
import { makeFields } from "./level_fields.js";
import { makeMonth } from "./month.js";
import { makePlayed } from "./played.js";

/** What publishing means for leads whose levels are still to come. Pure. */
export function underWayWords(count) {
  const all = "They count for every lead from now on.";
  if (!count) return `${all} No lead is under way.`;
  const who = count === 1 ? "1 lead is under way: its levels come at the minutes planned for it, and each does" : `${count.toLocaleString()} leads are under way: their levels come at the minutes planned for them, and each does`;
  return `${all} ${who} what this list says of it then. A level that is gone does nothing.`;
}

export default widget("escalation/escalation", ({ root, data, act, end }) => {
  const undo = toast(root, end);
  const played = makePlayed(data, { act });
  const month = makeMonth(data, { act, read: () => fields.read() });
  const fields = makeFields(data, {
    typed: () => editor.typed(),
    beside: h("div", { class: "level-beside" }, played.node, month.node),
    changed(body) {
      played.changed(body);
      month.changed();
    },
  });
  const editor = makeEditor({
    topic: "escalation",
    noun: "list of levels",
    retires: "The levels that came with the product are used again. Versions stay, and any of them can be restored.",
    publishes: () => underWayWords(fields.underWay()),
    act, fields, edits: () => data.edits, tell: (words) => words && undo.tell(words), end,
  });
  put(root, editor.node, undo.node);
  editor.name("While nobody reaches out");
  editor.open(data.key);
  end(played.stop);
  return () => {};
}, ["datetime", "dialog", "drawer", "editor", "fields", "menu"]);

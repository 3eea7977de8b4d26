// How two versions differ, as console/parts/editor.py compares them: struck is gone, underlined is new.
import { h } from "./dom.js";

const TAGS = { gone: "del", new: "ins", same: "span" };

/** `changes`: [{label, lines: [{how, spans: [[how, words]]}]}]. Nothing differs: says so. */
export function changesNode(changes, none = "Nothing differs.") {
  if (!changes.length) return h("p", { class: "muted small" }, none);
  return h("div", { class: "changes" }, changes.map((part) =>
    h("div", { class: "change" }, h("span", { class: "muted small" }, part.label),
      h("div", { class: "change-lines" }, part.lines.map((line) =>
        h("div", { class: `change-line ${line.how}` }, line.spans.map(([how, words]) => h(TAGS[how], {}, words || "\u00b6"))))))));
}

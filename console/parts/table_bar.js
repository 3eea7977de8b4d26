// What can be done with the selected rows: how many, a button for each verb, all of them, none of them.
import { h, say, show } from "./dom.js";

/** `verbs` as makeTable takes them; `on`: {all(), none()}. Gives {node, draw(rows, able, reason)}. */
export function makeBar(verbs, on) {
  let chosen = [];
  const count = h("b", { role: "status" });
  const all = h("button", { class: "b quiet", type: "button", onclick: on.all });
  const none = h("button", { class: "b quiet", type: "button", onclick: on.none }, "Clear", h("span", { class: "key" }, "Esc"));
  const fitting = (verb) => chosen.filter((row) => !verb.fits || verb.fits(row));
  const buttons = verbs.map((verb) => h("button", { class: `b large${verb.primary ? " primary" : ""}${verb.danger ? " danger" : ""}`, type: "button", onclick: () => verb.press(fitting(verb).map((row) => row.id)) }));
  const node = h("div", { class: "t-bar", role: "toolbar", "aria-label": "Selected rows", hidden: true }, count, buttons, all, none);

  return {
    node,
    /** `able`: how many could be selected. A verb that fits none of the selected rows is not offered. */
    draw(rows, able, reason) {
      chosen = rows;
      show(node, rows.length > 0);
      say(count, `${rows.length} selected`);
      show(all, rows.length < able);
      say(all, `Select all ${able}`);
      verbs.forEach((verb, at) => {
        const fit = fitting(verb);
        say(buttons[at], verb.words(fit));
        show(buttons[at], fit.length > 0);
        buttons[at].disabled = !!reason;
        buttons[at].title = reason;
      });
    },
  };
}

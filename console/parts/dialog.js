// One question in the middle of the page, for what cannot be taken back.
// The browser's own dialog keeps the focus inside, closes on Esc and gives the focus back.
import { h, put } from "./dom.js";
import { icon } from "./icons.js";

/** Gives {node, open(title, ...content), close()}. Add `node` to the page once. */
export function makeDialog() {
  const title = h("h2", { id: `dialog-${Math.random().toString(36).slice(2)}` });
  const body = h("div", { class: "dialog-body" });
  const node = h("dialog", { class: "dialog", "aria-labelledby": title.id, onclick: outside, onkeydown: (event) => event.stopPropagation() },
    h("div", { class: "dialog-box" },
      h("header", { class: "dialog-head" }, title, h("button", { class: "b quiet", type: "button", "aria-label": "Close", onclick: () => node.close() }, icon("close"))),
      body));

  function outside(event) {
    if (event.target === node) node.close();
  }
  return {
    node,
    open(words, ...content) {
      put(title, words);
      put(body, content);
      if (!node.open) node.showModal();
      (body.querySelector("[autofocus]") || body.querySelector("textarea, input, select"))?.focus();
    },
    close: () => node.close(),
  };
}

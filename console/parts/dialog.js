// What floats above the page and wants an answer: one question in the middle, or a long look at the right.
// The browser's own dialog keeps the focus inside, closes on Esc and gives the focus back.
import { h, put } from "./dom.js";
import { icon } from "./icons.js";

/** `side`: at the right, as tall as the window. Gives {node, open(title, ...content), close(), isOpen}. Add `node` to the page once. */
export function makeDialog({ side = false, onclose = () => {} } = {}) {
  const title = h("h2", { id: `dialog-${Math.random().toString(36).slice(2)}` });
  const body = h("div", { class: "dialog-body" });
  const node = h("dialog", { class: side ? "dialog side" : "dialog", "aria-labelledby": title.id, onclose, onclick: outside, onkeydown: (event) => event.stopPropagation() },
    h("div", { class: "dialog-box" },
      h("header", { class: "dialog-head" }, title, h("button", { class: "b quiet", type: "button", "aria-label": "Close", onclick: () => node.close() }, icon("close"))),
      body));

  function outside(event) {
    if (event.target === node) node.close();
  }
  return {
    node,
    get isOpen() {
      return node.open;
    },
    open(words, ...content) {
      put(title, words);
      put(body, content);
      if (!node.open) node.showModal();
      (body.querySelector("[autofocus]") || body.querySelector("textarea, input, select"))?.focus();
    },
    close: () => node.close(),
  };
}

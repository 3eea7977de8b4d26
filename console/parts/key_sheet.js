// All shortcuts of a page in the middle of the window: always in sight, whatever it is scrolled to. ? opens and closes it.
import { h } from "./dom.js";
import { icon } from "./icons.js";

/** `keySheet(root, title, lines)`: lines are [[keys], what they do]. Gives {toggle(), close(), open}. */
export function keySheet(root, title, lines) {
  const close = h("button", { class: "b quiet", type: "button", "aria-label": "Close", title: "Close, Esc", onclick: () => node.close() }, icon("close"));
  const node = h("dialog", { class: "key-sheet", "aria-label": title, onclick: (event) => { if (event.target === node) node.close(); } },
    h("div", { class: "key-sheet-head" }, h("h2", {}, title), close),
    h("dl", {}, lines.map(([keys, words]) => [h("dt", {}, keys.map((key) => h("span", { class: "key" }, key))), h("dd", {}, words)])));
  root.append(node);
  return {
    get open() {
      return node.open;
    },
    close: () => node.close(),
    toggle() {
      if (node.open) node.close();
      else node.showModal();
    },
  };
}

// A panel over the page from the right, the whole screen on a phone. What is behind it is out of reach until it closes; the
// focus moves in and, when it closes, back to where it was. Esc closes it.
import { h, put } from "./dom.js";
import { icon } from "./icons.js";

/**
 * `drawer(root, {label, onClose})` gives {node, open, show(content, focus), close(), hold(node)}. `label` is read aloud.
 * `focus` is what gets the focus, else the drawer itself. `hold` keeps something above it, such as the undo toast.
 */
export function drawer(root, { label, onClose = () => {} }) {
  const close = h("button", { class: "b quiet drawer-close", type: "button", "aria-label": "Close", title: "Close, Esc", onclick: () => node.close() }, icon("close"));
  const body = h("div", { class: "drawer-body" });
  // The page decides what Esc closes first, a form within or the drawer: the browser's own closing is held back.
  const node = h("dialog", { class: "drawer", "aria-label": label, tabindex: "-1", oncancel: (event) => event.preventDefault(),
    onclick: (event) => { if (event.target === node) node.close(); }, onclose: closed }, close, body);
  const above = []; // [node, where it stood]
  root.append(node);

  function closed() {
    for (const [held, home] of above) home.append(held);
    onClose();
  }
  return {
    node,
    get open() {
      return node.open;
    },
    show(content, focus = null) {
      if (body.firstChild !== content) put(body, content);
      if (!node.open) node.showModal();
      for (const [held] of above) node.append(held);
      (focus || node).focus();
    },
    close: () => node.open && node.close(),
    hold(held) {
      above.push([held, held.parentElement]);
    },
  };
}

/** A drawer that one types in: what is typed are words, and no key of the page behind hears them. Esc closes it. */
export function typingDrawer(root, label, onClose) {
  const over = drawer(root, { label, onClose });
  over.node.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Escape") over.close();
  });
  return over;
}

// The undo toast: bottom centre, ten seconds, one at a time. Z takes it back; while one types, Alt+Z.
import { h, put, say } from "./dom.js";
import { undoKey } from "./keys.js";

const SECONDS = 10;

/** `toast(root, end)` gives {node, offer(words, undo), undo(), tell(words)}. */
export function toast(root, end) {
  const words = h("span");
  const left = h("span", { class: "muted" });
  const key = h("span", { class: "key" });
  const button = h("button", { class: "b", type: "button", onclick: () => undo() }, "Undo", key);
  const bar = h("div", { class: "toast", role: "status", hidden: true }, words, button, left);
  let taking = null;
  let until = 0;
  let timer = 0;
  root.append(bar);

  function hide() {
    clearInterval(timer);
    bar.hidden = true;
    taking = null;
  }
  function tick() {
    const seconds = Math.ceil((until - performance.now()) / 1000);
    if (seconds <= 0) return hide();
    say(left, taking ? `${seconds} s` : "");
    say(key, undoKey());
  }
  function raise(text, seconds) {
    hide();
    say(words, text);
    until = performance.now() + seconds * 1000;
    bar.hidden = false;
    timer = setInterval(tick, 250);
  }
  function undo() {
    const back = taking;
    hide();
    if (back) back();
    return !!back;
  }
  end(hide);
  return {
    node: bar,
    undo,
    offer(text, back) {
      raise(text, SECONDS);
      taking = back;
      button.hidden = !back;
      tick();
    },
    tell(text) {
      raise(text, 4);
      button.hidden = true;
      put(left);
    },
  };
}

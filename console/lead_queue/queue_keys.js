// Keys of the queue. They work only while nobody types; C and R are Streamlit's.
import { h } from "../parts/dom.js";

const SHEET = [
  [["J", "K"], "move"], [["Enter"], "open lead"], [["A"], "take"], [["P"], "call"], [["1-4"], "outcome"], [["T"], "text"],
  [["B"], "booked"], [["S"], "snooze"], [["X"], "disqualify"], [["N"], "show new"], [["/"], "search"], [["Z"], "undo"], [["?"], "all shortcuts"],
];

/** The shortcuts in print; a few until '?' shows them all. */
export function keySheet() {
  return h("span", { class: "sheet" }, SHEET.map(([keys, words]) =>
    h("span", { class: "hint" }, keys.map((key) => h("span", { class: "key" }, key)), words)));
}

/** Listen on the page until the returned function is called. */
export function watchKeys(on) {
  const plain = {
    j: () => on.move(1),
    k: () => on.move(-1),
    arrowdown: () => on.move(1),
    arrowup: () => on.move(-1),
    enter: on.open,
    a: on.take,
    p: on.call,
    t: () => on.form("text"),
    b: () => on.form("booked"),
    s: () => on.form("snooze"),
    x: () => on.form("disqualify"),
    n: on.showNew,
    "/": on.search,
    z: on.undo,
    "?": on.help,
  };
  function hear(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const key = event.key.toLowerCase();
    if (key === "escape") return on.escape(event.composedPath()[0]);
    if (!on.usable()) return;
    const target = event.composedPath()[0];
    // A focused button keeps Enter; arrows belong to the list only while it or nothing has the focus.
    if (key === "enter" && target.closest?.("button, a, [role=option]")) return;
    if (key.startsWith("arrow") && target !== document.body && !target.closest?.("[role=grid]")) return;
    const deed = /^[1-9]$/.test(key) ? () => on.digit(Number(key)) : plain[key];
    if (!deed) return;
    event.preventDefault();
    deed();
  }
  document.addEventListener("keydown", hear);
  return () => document.removeEventListener("keydown", hear);
}

// Keys of the inbox: which one means what, and where it may act. C and R are Streamlit's too: R runs its page once more, which changes nothing.
import { h } from "../parts/dom.js";

export const SHEET = [
  [["J", "K"], "Next and previous conversation"], [["R"], "Reply"], [["E"], "Done, or open again"], [["S"], "Snooze, or bring back"], [["Ctrl", "Enter"], "Send"], [["Alt", "N"], "Write a note"],
  [["Enter"], "Open the lead"], [["1-9"], "Choose, in an open question"], [["/"], "Search"], [["Z"], "Undo, for 10 seconds"], [["Alt", "Z"], "Undo while you write"], [["?"], "This list"], [["Esc"], "Close, or back"],
];
const FEW = [[["J", "K"], "move"], [["/"], "search"], [["?"], "all shortcuts"]];

/** A few shortcuts in print. */
export const keyHints = () => h("div", { class: "hints" }, FEW.map(([keys, words]) => h("span", { class: "hint" }, keys.map((one) => h("span", { class: "key" }, one)), words)));

/** What a key does, for `listen`. `on`: {works, sheet, asking(), pick(digit), move(step), open, reply, done, snooze, search, undo}. */
export function keyFinder(on) {
  const free = {
    j: { now: () => on.move(1) },
    k: { now: () => on.move(-1) },
    arrowdown: { now: () => on.move(1) },
    arrowup: { now: () => on.move(-1) },
    enter: { now: on.open },
    "/": { now: on.search },
    z: { act: on.undo },
  };
  const work = { e: { act: on.done }, r: { now: on.reply }, s: { now: on.snooze } };
  return (key, target) => {
    if (key === "?") return { now: on.sheet.toggle };
    if (on.sheet.open) return null;
    if (key === "enter" && target.closest?.("button, a")) return undefined;
    if (key.startsWith("arrow") && target !== document.body && !target.closest?.(".threads")) return undefined;
    if (on.asking() && key !== "z") return /^[1-9]$/.test(key) ? { act: () => on.pick(key) } : key === "enter" ? undefined : null;
    return free[key] || (on.works ? work[key] : null) || null;
  };
}

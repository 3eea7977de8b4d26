// Which key does what on the calendar. C and R are Streamlit's.
import { h } from "../parts/dom.js";

export const SHEET = [
  [["J", "K"], "Next and previous visit"], [["H"], "Arrived"], [["I"], "In the room"], [["D"], "Complete"], [["X"], "No-show"],
  [["M"], "Move; then arrows for time and person, Enter for the buttons"], [["Esc"], "Put back, or select nothing"], [["B"], "Book"], [["W"], "Walk-in"],
  [["["], "The day before"], [["]"], "The day after"], [["T"], "Today"], [["Z"], "Take back, for 10 seconds"], [["?"], "This list"],
];
const DEEDS = { h: "arrive", i: "in_room", d: "complete", x: "no_show", m: "move" };

/** The deed of a key, as the guard of `parts/keys.js` takes it. */
export function keyFinder(on) {
  return (key, target) => {
    if (key === "?") return { now: () => on.sheet.toggle() };
    if (on.sheet.open) return null;
    if (key === "arrowdown" || key === "j") return { now: () => on.walk(1) };
    if (key === "arrowup" || key === "k") return { now: () => on.walk(-1) };
    if (key === "enter" && on.moving() && !target?.closest?.("button:not(.card), a")) return { now: on.press };
    if (on.moving()) return key.length === 1 ? null : undefined;
    if (DEEDS[key]) return key === "m" || key === "d" ? { now: () => on.onVisit(DEEDS[key]) } : { act: () => on.onVisit(DEEDS[key]) };
    if (key === "b") return { now: on.book };
    if (key === "w") return { now: on.walkIn };
    if (key === "[") return { now: () => on.go(-1) };
    if (key === "]") return { now: () => on.go(1) };
    if (key === "t") return { now: on.today };
    if (key === "z") return { now: on.undo };
    return undefined;
  };
}

const hint = (key, words) => h("span", {}, h("span", { class: "key" }, key), ` ${words}`);

export function keyHints(works) {
  return [h("span", { class: "hint-keys" }, works && [hint("H", "arrived"), hint("M", "move"), hint("X", "no-show")], hint("?", "all shortcuts")), h("span", { class: "muted" }, "Dotted: clean-up, kept free by itself. Grey: not on shift.")];
}

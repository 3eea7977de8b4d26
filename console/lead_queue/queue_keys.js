// Keys of the queue: which one means what, and where it may act. They reach only a lead that is selected and in sight.
import { h } from "../parts/dom.js";

export const SHEET = [
  [["J", "K"], "Move in the list"], [["Enter"], "Open the lead"], [["A"], "Take it"], [["P"], "Call"], [["1-4"], "How the call went, once it was started"],
  [["T"], "Write a text"], [["B"], "Booked"], [["S"], "Snooze"], [["L"], "Call back or reminder"], [["H"], "Hand over"], [["X"], "Disqualify"], [["1-9"], "Choose, in an open question"],
  [["N"], "Show new leads"], [["/"], "Search"], [["Z"], "Undo, for 10 seconds"], [["Alt", "Z"], "Undo while you write"], [["?"], "This list"], [["Esc"], "Close, or back"],
];
const FEW = [[["J", "K"], "move"], [["Enter"], "open lead"], [["A"], "take"], [["/"], "search"], [["?"], "all shortcuts"]];

/** A few shortcuts in print. */
export function keyHints() {
  return h("span", { class: "sheet" }, FEW.map(([keys, words]) =>
    h("span", { class: "hint" }, keys.map((key) => h("span", { class: "key" }, key)), words)));
}

const FORMS = { t: "text", b: "booked", s: "snooze", x: "disqualify", h: "hand", l: "task" };

/**
 * What a key does, for `listen`. `on`: {works, sheet, asking(), pick(number), armed(), move(step), lead(deed), open, take, call,
 * form(name, lead), wake(lead), showNew, search, undo}. `lead(deed)` runs `deed(lead)` where the selected lead is in sight.
 */
export function keyFinder(on) {
  function digitDeed(key) {
    if (!/^[1-9]$/.test(key) || !(on.asking() || on.armed())) return null;
    return { act: () => on.pick(Number(key)) };
  }
  function workDeed(key) {
    if (!on.works) return null;
    if (key === "a") return { act: () => on.lead(on.take) };
    if (key === "p") return { act: () => on.lead(on.call) };
    if (key === "s" && on.snoozed()) return { act: () => on.lead(on.wake) };
    return FORMS[key] ? { now: () => on.lead((lead) => on.form(FORMS[key], lead)) } : null;
  }
  const free = {
    j: { now: () => on.move(1) },
    k: { now: () => on.move(-1) },
    arrowdown: { now: () => on.move(1) },
    arrowup: { now: () => on.move(-1) },
    enter: { now: () => on.lead(on.open) },
    n: { now: on.showNew },
    "/": { now: on.search },
    z: { act: on.undo },
  };
  return (key, target) => {
    if (key === "?") return { now: on.sheet.toggle };
    if (on.sheet.open) return null;
    // A focused button keeps Enter; arrows belong to the list only while it or nothing has the focus.
    if (key === "enter" && target.closest?.("button, a")) return undefined;
    if (key.startsWith("arrow") && target !== document.body && !target.closest?.("[role=grid]")) return undefined;
    // While a question is open a letter is no shortcut: only its digits answer it. Z may be pressed before its answer closed it.
    if (/^[1-9]$/.test(key) || (on.asking() && key !== "z")) return digitDeed(key);
    return free[key] || workDeed(key);
  };
}

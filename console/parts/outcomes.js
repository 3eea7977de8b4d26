// How a call went: one press each, by number once it was asked for; a wrong number asks first, in the same place.
import { h, put } from "./dom.js";

/** What a digit may choose: a chooser prints its digits on its buttons, up to nine. */
export const digit = (at) => at < 9 && h("span", { class: "key" }, at + 1);

const WRONG = "wrong_number";

/**
 * `outcomes`: [[code, words]]; `log(code)` is called with what was chosen. Gives {node, arm(on), armed, pick(number), reset(),
 * enable(why)}. Digits count only while armed: a call was started, or the question is open.
 */
export function makeOutcomes(outcomes, log) {
  const node = h("div", { class: "outcomes", role: "group", "aria-label": "How did the call go?" });
  let armed = false;
  let sure = false; // whether a wrong number is being asked about
  let why = "";

  const choice = (words, at, press, more = "") => h("button", { class: `b outcome ${more}`, type: "button", "data-choice": at + 1, disabled: !!why, title: why || null, onclick: press }, words, armed && digit(at));

  function draw() {
    if (sure) {
      put(node, h("p", { class: "outcome-ask", role: "alert" }, "Wrong number? No text goes to it any more, for every lead that has it."),
        choice("Yes, wrong number", 0, () => { reset(); log(WRONG); }), choice("No, go back", 1, () => { sure = false; draw(); }));
    } else put(node, outcomes.map(([code, words], at) => choice(words, at, () => (code === WRONG ? ask() : log(code)))));
  }
  function ask() {
    sure = true;
    draw();
  }
  function reset() {
    sure = false;
    draw();
  }
  draw();
  return {
    node,
    reset,
    get armed() {
      return armed || sure;
    },
    arm(on) {
      if (armed === on && !sure) return;
      armed = on;
      sure = false;
      draw();
    },
    pick(number) {
      const button = node.querySelector(`[data-choice="${number}"]`);
      if (button && !button.disabled) button.click();
      return !!button;
    },
    enable(reason) {
      if (why === reason) return;
      why = reason;
      draw();
    },
  };
}

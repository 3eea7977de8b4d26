// How a call went: one press each, by number once it was asked for; a wrong number asks first, in the same place.
import { h, put } from "./dom.js";

/** What a digit may choose: a chooser prints its digits on its buttons, up to nine. */
export const digit = (at) => at < 9 && h("span", { class: "key" }, at + 1);

const WRONG = "wrong_number";

/** What 'wrong number' would close, before it does: `reach` is {phone, leads, texts}, as the action `wrong_number` answers. */
export function reachWords({ phone, leads, texts }) {
  const others = leads.length > 1 ? ` Leads with it: ${leads.join(", ")}.` : "";
  const stops = texts ? ` ${texts} planned ${texts === 1 ? "text stops" : "texts stop"}.` : "";
  return `Is ${phone || "this"} a wrong number? No text goes to it any more.${stops}${others}`;
}

/**
 * `outcomes`: [[code, words]]; `log(code, confirmed)` is called with what was chosen; `reach()` resolves to what a wrong number
 * would close, or null where that was refused. Gives {node, arm(on), armed, pick(number), reset(), enable(why)}. Digits count
 * only while armed: a call was started, or the question is open.
 */
export function makeOutcomes(outcomes, log, reach) {
  const node = h("div", { class: "outcomes", role: "group", "aria-label": "How did the call go?" });
  let armed = false;
  let sure = ""; // the question about a wrong number, while it is asked
  let turn = 0; // an answer that comes after another lead was chosen is nobody's
  let why = "";

  const choice = (words, at, press, more = "") => h("button", { class: `b outcome ${more}`, type: "button", "data-choice": at + 1, disabled: !!why, title: why || null, onclick: press }, words, armed && digit(at));

  function draw() {
    if (sure) {
      put(node, h("p", { class: "outcome-ask", role: "alert" }, sure),
        choice("Yes, wrong number", 0, () => { reset(); log(WRONG, true); }), choice("No, go back", 1, reset));
    } else put(node, outcomes.map(([code, words], at) => choice(words, at, () => (code === WRONG ? ask() : log(code, false)))));
  }
  async function ask() {
    const mine = (turn += 1);
    const found = await reach();
    if (!found || mine !== turn) return;
    sure = reachWords(found);
    draw();
  }
  function reset() {
    turn += 1;
    sure = "";
    draw();
  }
  draw();
  return {
    node,
    reset,
    get armed() {
      return armed || !!sure;
    },
    arm(on) {
      turn += 1;
      if (armed === on && !sure) return;
      armed = on;
      sure = "";
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

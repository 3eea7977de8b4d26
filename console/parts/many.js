// Several of a list, as boxes in a row: with its label, its error under it, and what was chosen by code.
import { h, put, show } from "./dom.js";
import { icon } from "./icons.js";

/** `options`: [[code, words]]. Gives {node, value, error(words), enable(reason), focus()}; `onchange()` at each change. */
export function makeMany({ label, hint = "", options, onchange }) {
  const boxes = options.map(([code, words]) => h("label", { class: "chip-choice" }, h("input", { type: "checkbox", value: code, onchange: () => { error(""); onchange(); } }), h("span", {}, words)));
  const inputs = boxes.map((one) => one.firstChild);
  const wrong = h("span", { class: "field-error", role: "alert", hidden: true });
  const node = h("fieldset", { class: "many" }, h("legend", { class: "field-label" }, label), h("div", { class: "chips-field" }, boxes), hint && h("span", { class: "field-hint" }, hint), wrong);

  function error(words) {
    show(wrong, !!words);
    put(wrong, words && [icon("alert", 15), h("span", {}, words)]);
  }
  return {
    node,
    get value() {
      return inputs.filter((one) => one.checked).map((one) => one.value);
    },
    set value(codes) {
      for (const one of inputs) one.checked = codes.includes(one.value);
    },
    error,
    enable(reason) {
      for (const one of inputs) {
        one.disabled = !!reason;
        one.title = reason || "";
      }
    },
    focus: () => inputs[0].focus(),
  };
}

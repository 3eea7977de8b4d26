// When a rule holds: one line a condition, joined by 'and' or 'or', each of them 'is' or 'is not'.
import { h, put, show } from "../parts/dom.js";
import { icon } from "../parts/icons.js";

const MOST = 20;

/** What is written as a list of values: 'Google, Facebook'. Pure. */
export const splitValues = (text) => text.split(",").map((one) => one.trim()).filter(Boolean);

/** `on`: {typed({match, conditions})}. Gives {node, write(rule), errors(byField), enable(reason)}. A group of conditions within is shown, not edited. */
export function makeConditions(data, on) {
  const match = h("select", { class: "field", "aria-label": "How the conditions are joined", onchange: () => change(conditions) }, h("option", { value: "all" }, "all of these hold"), h("option", { value: "any" }, "any of these holds"));
  const lines = h("div", { class: "conditions" });
  const add = h("button", { class: "b quiet", type: "button", onclick: () => change([...conditions, { field: "group", values: [] }], true) }, icon("plus", 15), "Condition");
  const head = h("div", { class: "conditions-head" }, match);
  const always = h("p", { class: "muted" }, "Always: it holds for every lead that no rule above took.");
  const node = h("div", { class: "rule-part" }, h("span", { class: "rule-word" }, "When"), h("div", { class: "conditions-box" }, head, always, lines, add));
  let conditions = [];
  let reason = "";
  let wrong = {};

  function change(next, again = false) {
    conditions = next;
    on.typed({ match: match.value, conditions });
    if (again) draw();
  }
  const patch = (at, part, again = false) => change(conditions.map((one, place) => (place === at ? { ...one, ...part } : one)), again);

  function values(one, at) {
    const known = data.chosen[one.field];
    if (!known) return h("input", { class: "field", "aria-label": "Which", value: (one.values || []).join(", "), placeholder: data.hints[one.field] || "", disabled: !!reason, maxlength: 120, oninput: (event) => patch(at, { values: splitValues(event.target.value) }) });
    const boxes = data.options[known].map(([code, words]) => h("label", { class: "chip-choice" },
      h("input", { type: "checkbox", value: code, checked: (one.values || []).includes(code), disabled: !!reason, onchange: (event) => tick(at, code, event.target.checked) }), h("span", {}, words)));
    return h("div", { class: "chips-field", role: "group", "aria-label": "Which" }, boxes);
  }
  function tick(at, code, ticked) {
    const before = conditions[at].values || [];
    patch(at, { values: ticked ? [...before, code] : before.filter((one) => one !== code) });
  }
  function line(one, at) {
    const drop = h("button", { class: "b quiet", type: "button", disabled: !!reason, "aria-label": "Remove this condition", onclick: () => change(conditions.filter((_, place) => place !== at), true) }, icon("close", 15));
    const word = h("span", { class: "muted condition-and" }, at === 0 ? "" : match.value === "any" ? "or" : "and");
    const said = Object.entries(wrong).find(([field]) => field.startsWith(`conditions.${at}.`));
    const error = said && h("p", { class: "field-error condition-error", role: "alert" }, icon("alert", 15), h("span", {}, said[1]));
    if (one.conditions) return h("div", { class: "condition group" }, word, h("span", {}, `${one.not ? "not " : ""}(${one.conditions.length} conditions, joined by ${one.match === "any" ? "or" : "and"})`), drop);
    const what = h("select", { class: "field", "aria-label": "What it asks about", disabled: !!reason, onchange: (event) => patch(at, { field: event.target.value, values: [] }, true) }, data.fields.map(([code, words]) => h("option", { value: code, selected: code === one.field }, words)));
    const is = h("select", { class: "field", "aria-label": "Is or is not", disabled: !!reason, onchange: (event) => patch(at, { not: event.target.value === "not" }) }, h("option", { value: "" }, "is"), h("option", { value: "not", selected: one.not === true || one.not === "true" }, "is not"));
    return h("div", { class: "condition" }, word, what, is, values(one, at), drop, error);
  }
  function draw() {
    put(lines, conditions.map(line));
    show(always, !conditions.length);
    show(head, conditions.length > 1);
    show(add, !reason);
    add.disabled = conditions.length >= MOST;
    match.disabled = !!reason;
  }
  return {
    node,
    write(rule) {
      conditions = rule.conditions || [];
      match.value = rule.match || "all";
      draw();
    },
    errors(found) {
      const before = JSON.stringify(wrong);
      wrong = found;
      if (before !== JSON.stringify(found) && !lines.contains(lines.getRootNode().activeElement)) draw();
    },
    enable(why) {
      if (why === reason) return;
      reason = why;
      draw();
    },
  };
}

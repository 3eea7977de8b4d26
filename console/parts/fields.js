// Form fields for components: label, hint, the error under the field and tied to it, values kept when they are refused.
import { h, put, say, show } from "./dom.js";
import { icon } from "./icons.js";

let count = 0;

const INPUTS = {
  text: {},
  phone: { type: "tel", inputmode: "tel", autocomplete: "off" },
  email: { type: "email", inputmode: "email", autocomplete: "off", spellcheck: "false" },
  money: { inputmode: "numeric", autocomplete: "off" },
};

/** The control of a kind, and how it is read and written. */
function control(spec, id) {
  const { kind, name, options = [], rows = 4, longest, placeholder, onenter } = spec;
  const common = { id, name, maxlength: longest, placeholder, "aria-required": spec.required ? "true" : null, "aria-describedby": `${id}-hint ${id}-error` };
  if (kind === "checkbox") {
    const box = h("input", { ...common, type: "checkbox" });
    return { node: box, focus: box, read: () => box.checked, write: (value) => { box.checked = !!value; } };
  }
  if (kind === "chips") {
    const inputs = options.map(([code, words]) => h("label", { class: "chip-choice" }, h("input", { type: "radio", name: id, value: code }), h("span", {}, words)));
    const radios = inputs.map((one) => one.firstChild);
    const node = h("div", { class: "chips-field", role: "radiogroup", "aria-labelledby": `${id}-label`, "aria-describedby": common["aria-describedby"] }, inputs);
    return { node, focus: radios[0], read: () => radios.find((one) => one.checked)?.value || "", write: (value) => radios.forEach((one) => { one.checked = one.value === value; }) };
  }
  if (kind === "select") {
    const node = h("select", { ...common, class: "field" }, options.map(([code, words]) => h("option", { value: code }, words)));
    return { node, focus: node, read: () => node.value, write: (value) => { node.value = value ?? ""; } };
  }
  if (kind === "textarea") {
    const node = h("textarea", { ...common, class: "field", rows });
    return { node, focus: node, read: () => node.value, write: (value) => { node.value = value ?? ""; } };
  }
  const node = h("input", { ...common, ...INPUTS[kind], class: "field", onkeydown: onenter && ((event) => { if (event.key === "Enter" && !event.isComposing) { event.preventDefault(); onenter(); } }) });
  // Typing over an amount replaces it: 450 typed behind 225 would be 225450.
  if (kind === "money") node.addEventListener("focus", () => node.select());
  const shown = kind === "money" ? h("span", { class: "money-field" }, h("span", { "aria-hidden": "true" }, "$"), node) : node;
  return { node: shown, focus: node, read: () => node.value.trim(), write: (value) => { node.value = value ?? ""; } };
}

/**
 * One field. `kind`: text, textarea, select, chips, checkbox, money, phone, email; `options`: [[code, words]].
 * Gives {node, input, name, value, error(words), enable(reason), focus()}; `onchange(value)` is called as one types.
 */
export function makeField(spec) {
  const id = `field-${(count += 1)}`;
  const part = control(spec, id);
  const hint = h("span", { class: "field-hint", id: `${id}-hint` }, spec.hint || "");
  const wrong = h("span", { class: "field-error", id: `${id}-error`, role: "alert", hidden: true });
  const label = h(spec.kind === "chips" ? "span" : "label", { class: "field-label", id: `${id}-label`, for: spec.kind === "chips" ? null : id }, spec.label,
    spec.optional && h("span", { class: "muted" }, " (if you like)"));
  const node = h("div", { class: `field-box ${spec.kind}` }, spec.kind === "checkbox" ? [part.node, label] : [label, part.node], hint, wrong);
  show(hint, !!spec.hint);
  part.write(spec.value);
  const changed = () => { error(""); spec.onchange?.(part.read()); };
  part.node.addEventListener(["select", "chips", "checkbox"].includes(spec.kind) ? "change" : "input", changed);

  function error(words) {
    show(wrong, !!words);
    if (words) put(wrong, icon("alert", 15), h("span", {}, words));
    else put(wrong);
    for (const one of controls()) {
      if (words) one.setAttribute("aria-invalid", "true");
      else one.removeAttribute("aria-invalid");
    }
  }
  const controls = () => (part.node.matches("input, select, textarea") ? [part.node] : [...part.node.querySelectorAll("input")]);

  return {
    node,
    name: spec.name,
    input: part.focus,
    get value() {
      return part.read();
    },
    set value(value) {
      part.write(value);
    },
    error,
    hint(words) {
      say(hint, words);
      show(hint, !!words);
    },
    /** Disabled, with the reason to read; '' enables. */
    enable(reason) {
      for (const one of controls()) {
        one.disabled = !!reason;
        one.title = reason || "";
      }
    },
    focus: () => part.focus.focus(),
    get missing() {
      return spec.required && (part.read() === "" || part.read() === false) ? spec.required : "";
    },
  };
}

/**
 * Fields with one button. `send(values)` resolves to the outcome of an action: refused ones keep what was typed and
 * stand under the fields they name; the first of them gets the focus. Enter sends from every field of one line.
 */
export function makeForm({ fields: specs, verb, danger = false, send, cancel }) {
  const fields = specs.map((spec) => makeField({ ...spec, onenter: spec.onenter || (() => go()) }));
  const problem = h("div", { class: "note amber", role: "alert", hidden: true });
  const button = h("button", { class: danger ? "b large danger" : "b large primary", type: "submit" }, verb);
  const node = h("form", { class: "fields", novalidate: true, onsubmit: (event) => { event.preventDefault(); go(); } },
    fields.map((field) => field.node), problem,
    h("div", { class: "dialog-do" }, button, cancel && h("button", { class: "b large", type: "button", onclick: cancel }, "Cancel")));
  let busy = false;

  function errors(found) {
    const rest = Object.entries(found).filter(([name]) => !fields.some((field) => field.name === name));
    for (const field of fields) field.error(found[field.name] || "");
    fields.find((field) => found[field.name])?.focus();
    return rest.map(([, words]) => words).join(" ");
  }
  function tell(words) {
    show(problem, !!words);
    put(problem, words && icon("info"), words && h("span", {}, words));
  }
  async function go() {
    if (busy || button.disabled) return undefined;
    const missing = Object.fromEntries(fields.filter((field) => field.missing).map((field) => [field.name, field.missing]));
    if (Object.keys(missing).length) return errors(missing);
    busy = true;
    button.setAttribute("aria-busy", "true");
    const outcome = await send(Object.fromEntries(fields.map((field) => [field.name, field.value])));
    busy = false;
    button.removeAttribute("aria-busy");
    const named = outcome.fields && Object.keys(outcome.fields).length;
    const left = outcome.state === "done" ? errors({}) : named ? errors(outcome.fields) : (errors({}), outcome.words);
    tell(left);
    return outcome;
  }
  return {
    node,
    fields: Object.fromEntries(fields.map((field) => [field.name, field])),
    enable(reason) {
      button.disabled = !!reason;
      button.title = reason || "";
    },
  };
}

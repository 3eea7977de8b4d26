// A row of a long list: one line that says what it is, folded out into its fields, which are made when it is opened first.
import { h, put, say, show } from "../parts/dom.js";
import { icon } from "../parts/icons.js";

/**
 * `values`: what it holds. `specs()`: its fields by name, each with {node, value, error(words), enable(why), focus()}. `lay(fields)`: how they stand.
 * `told(values)`: what the line says: {title, words, chips: [text]}. `opened(row)` is called when it folds out. Gives {node, value(name), values, fields, faults(found), ...}.
 */
export function makeFolded({ values, specs, lay, told, opened = () => {}, buttons }) {
  const name = h("b", { class: "fold-name" });
  const words = h("span", { class: "muted" });
  const chips = h("span", { class: "fold-chips" });
  const wrong = h("span", { class: "fold-wrong", hidden: true });
  const lack = h("span", { class: "fold-lack", hidden: true });
  const head = h("button", { class: "fold-head", type: "button", "aria-expanded": "false", onclick: () => open(body.hidden) }, icon("down", 14), h("span", { class: "fold-told" }, name, words, chips, lack, wrong));
  const inside = h("div", { class: "fold-fields" });
  const body = h("div", { class: "fold-body", hidden: true }, inside);
  let fields = null;
  let faults = new Map();
  let reason = "";

  function open(wanted) {
    if (wanted && !fields) {
      fields = specs(current());
      put(inside, lay(fields));
      for (const field of Object.values(fields)) field.enable(reason);
      tell();
    }
    head.setAttribute("aria-expanded", String(wanted));
    row.node.classList.toggle("open", wanted);
    show(body, wanted);
    draw();
    if (wanted) opened(row);
  }
  function current() {
    return fields ? { ...values, ...Object.fromEntries(Object.entries(fields).map(([name_, field]) => [name_, field.value])) } : values;
  }
  function tell() {
    for (const [name_, field] of Object.entries(fields || {})) field.error(faults.get(name_) || "");
  }
  function draw() {
    const line = told({ ...current(), retired: row.retired });
    say(name, line.title);
    say(words, line.words);
    put(chips, line.chips.map((text) => h("span", { class: "chip" }, text)));
    // Folded, the line itself says what is wrong; unfolded, the field does.
    const first = [...faults.values()][0] || "";
    say(wrong, faults.size > 1 ? `${first} And ${faults.size - 1} more.` : first);
    show(wrong, faults.size > 0 && body.hidden);
    row.node.classList.toggle("wrong", faults.size > 0);
  }
  const row = {
    node: h("div", { class: "fold" }),
    code: values.code,
    retired: values.retired === true,
    get values() {
      return current();
    },
    name: () => current().label || "",
    read: (code) => ({ ...current(), code, retired: row.retired }),
    open,
    get isOpen() {
      return !body.hidden;
    },
    /** What keeps it from being booked, or ''. */
    lacks(said) {
      say(lack, said);
      show(lack, !!said && !row.retired);
    },
    /** `found`: words by the names of fields. */
    faults(found) {
      faults = found;
      tell();
      draw();
    },
    draw,
    focus() {
      open(true);
      fields.label.focus();
    },
    enable(why) {
      reason = why;
      for (const field of Object.values(fields || {})) field.enable(why);
      row.moves?.forEach((button) => { button.disabled = !!why; });
      draw();
    },
    marked: () => draw(),
  };
  const mine = buttons(row);
  put(row.node, h("div", { class: "fold-line" }, head, h("div", { class: "fold-do" }, mine.moves)), body);
  row.moves = mine.moves;
  body.append(h("div", { class: "fold-end" }, mine.ends));
  return row;
}

/** Faults such as 'services.3.minutes' by row and field; those of the list itself under ''. Pure. */
export function byRow(name, faults) {
  const found = new Map();
  for (const [field, words] of faults) {
    const [list, number, ...rest] = field.split(".");
    const at = list === name && number !== undefined ? Number(number) : "";
    const own = found.get(at) || new Map();
    if (!own.has(rest[0] || "label")) own.set(rest[0] || "label", words);
    found.set(at, own);
  }
  return found;
}

/** The two buttons that move a row. */
export function moveButtons(row, move) {
  const button = (by, sign) => h("button", { class: "b quiet", type: "button", "aria-label": `Move ${row.name() || "it"} ${by < 0 ? "up" : "down"}`, onclick: (event) => move(by) && event.currentTarget.focus() }, icon(sign, 14));
  return [button(-1, "up"), button(1, "down")];
}

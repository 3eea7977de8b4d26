// How long a service takes with each provider, where that is not the usual time: a box each, empty as usual.
import { h, put, show } from "../parts/dom.js";
import { icon } from "../parts/icons.js";

/** `providers`: [[id, name]]; `value`: {id: minutes}; `usual()`: the minutes of everybody else. As a field: {node, value, error(words), enable(why), focus()}. */
export function makeMinutesBy({ label, providers, usual, value, onchange }) {
  const kept = { ...value }; // of providers who are gone too: nothing is lost by looking
  const boxes = providers.map(([id, name]) => {
    const box = h("input", { class: "field", maxlength: 3, value: String(kept[id] ?? ""), "aria-label": `Minutes with ${name}`, oninput: () => { error(""); onchange(); } });
    return { id, box, node: h("label", { class: "minutes-by" }, h("span", {}, name), box) };
  });
  const wrong = h("span", { class: "field-error", role: "alert", hidden: true });
  const list = h("div", { class: "minutes-all" }, boxes.map((one) => one.node));
  const node = h("details", { class: "field-box", open: Object.keys(kept).length > 0 }, h("summary", { class: "field-label", onclick: () => hint() }, label), providers.length ? list : h("p", { class: "muted small" }, "Nobody gives treatments yet."), wrong);

  function hint() {
    for (const { box } of boxes) box.placeholder = usual() || "";
  }
  function error(words) {
    show(wrong, !!words);
    put(wrong, words && icon("alert", 15), words && h("span", {}, words));
    if (words) node.open = true;
  }
  queueMicrotask(hint); // the fields around it are made by then
  return {
    node,
    get value() {
      const now = { ...kept };
      for (const { id, box } of boxes) {
        delete now[id];
        if (box.value.trim()) now[id] = box.value.trim();
      }
      return now;
    },
    error,
    enable(why) {
      for (const { box } of boxes) {
        box.disabled = !!why;
        box.title = why || "";
      }
    },
    focus: () => boxes[0]?.box.focus(),
  };
}

// By which ways somebody is told, in the order of their choice: boxes that stand where they come, and arrows that move them.
import { h, put, say, show } from "./dom.js";
import { icon } from "./icons.js";

/**
 * `options`: [[code, words]] of all ways; `able`: codes of those that lead to them, null where that is not known.
 * Gives {node, name, value ('push,sms'), error(words), set(chosen, able)}; `changed()` after each press.
 */
export function makeWays({ name, label, hint = "", options, chosen, able = null, changed = () => {} }) {
  const words = new Map(options);
  const list = h("ol", { class: "ways" });
  const wrong = h("p", { class: "field-error", role: "alert", hidden: true });
  const said = h("span", { class: "ways-said", role: "status" });
  let order = [];
  let on = new Set();

  function set(picked, leads = able) {
    able = leads;
    order = [...picked.filter((one) => words.has(one)), ...options.map(([code]) => code).filter((code) => !picked.includes(code))];
    on = new Set(picked);
    draw();
  }
  function move(code, by) {
    const at = order.indexOf(code);
    const to = at + by;
    if (to < 0 || to >= order.length) return;
    [order[at], order[to]] = [order[to], order[at]];
    draw();
    say(said, `${words.get(code)} is number ${to + 1}`);
    (list.children[to].querySelector(`[data-by="${by}"]:enabled`) || list.children[to].querySelector(".arrow:enabled"))?.focus();
    changed();
  }
  function tick(code, box) {
    if (box.checked) on.add(code);
    else on.delete(code);
    draw();
    list.querySelector(`input[name="${name}-${code}"]`)?.focus();
    changed();
  }
  function row(code, at) {
    const box = h("input", { type: "checkbox", name: `${name}-${code}`, checked: on.has(code), onchange: (event) => tick(code, event.currentTarget) });
    const arrow = (by, symbol, verb, last) => h("button", { class: "b quiet arrow", type: "button", "data-by": String(by), "aria-label": `${words.get(code)}: ${verb}`, title: verb, disabled: last, onclick: () => move(code, by) }, icon(symbol));
    const lacks = able && on.has(code) && !able.includes(code);
    return h("li", {}, h("label", {}, box, h("span", {}, words.get(code)), lacks && h("span", { class: "muted" }, "not set up: left out")),
      arrow(-1, "earlier", "earlier", at === 0), arrow(1, "down", "later", at === order.length - 1));
  }
  function draw() {
    put(list, order.map(row));
  }

  set(chosen);
  return {
    name,
    node: h("fieldset", { class: "ways-field" }, h("legend", { class: "field-label" }, label), hint && h("p", { class: "field-hint" }, hint), list, wrong, said),
    get value() {
      return order.filter((code) => on.has(code)).join(",");
    },
    set,
    error(text) {
      show(wrong, !!text);
      put(wrong, text && icon("alert", 15), text && h("span", {}, text));
    },
  };
}

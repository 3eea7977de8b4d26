// Chooses a variable at the caret: found by its label or its name, by keys alone. Nothing of it stays in the words but the token.
import { h, put, show } from "../parts/dom.js";
import { icon } from "../parts/icons.js";

const MOST = 60;

/** `variables`: [{name, label, sample, group, health}], those that may be used now. Gives {node, open(at, chosen, left), close()}. */
export function makePicker(variables) {
  const find = h("input", { class: "field", type: "text", role: "combobox", "aria-expanded": "true", "aria-controls": "picker-list", "aria-label": "Find a value to insert", placeholder: "Find a value", autocomplete: "off", oninput: draw, onkeydown: pressed, onblur: left });
  const list = h("ul", { class: "picker-list", id: "picker-list", role: "listbox", "aria-label": "Values" });
  const condition = h("input", { type: "checkbox", onchange: () => find.focus() });
  const node = h("div", { class: "picker", hidden: true }, find, list,
    h("label", { class: "picker-condition small" }, condition, " Only if known, with other words if not"));
  let shown = [];
  let at = 0;
  let choose = () => {};
  let leave = () => {};

  function fitting() {
    const words = find.value.toLowerCase().replace(/[{}#/]/g, "").trim();
    return variables().filter((one) => !words || one.name.toLowerCase().includes(words) || one.label.toLowerCase().includes(words)).slice(0, MOST);
  }
  function item(one, index) {
    return h("li", { role: "option", id: `picker-${index}`, "aria-selected": index === at ? "true" : "false", onpointerdown: (event) => { event.preventDefault(); take(index); } },
      h("span", {}, one.label, one.health && h("span", { class: "muted small" }, icon("lock", 13), " health")), h("span", { class: "muted small" }, one.sample));
  }
  function draw() {
    at = 0;
    shown = fitting();
    if (find.value.includes("}}") && shown.length) return take(0);
    return redraw();
  }
  function redraw() {
    const children = [];
    shown.forEach((one, index) => {
      if (one.group !== shown[index - 1]?.group) children.push(h("li", { class: "picker-group muted small", role: "presentation" }, one.group));
      children.push(item(one, index));
    });
    put(list, children.length ? children : h("li", { class: "muted small", role: "presentation" }, "Nothing is called that."));
    if (shown.length) find.setAttribute("aria-activedescendant", `picker-${at}`);
    else find.removeAttribute("aria-activedescendant");
    list.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }
  function take(index) {
    const one = shown[index];
    const done = choose;
    const words = condition.checked ? `{{#if ${one.name}}}{{${one.name}}}{{else}}{{/if}}` : `{{${one.name}}}`;
    close();
    done(words);
  }
  function pressed(event) {
    event.stopPropagation();
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      at = (at + (event.key === "ArrowDown" ? 1 : -1) + shown.length) % Math.max(1, shown.length);
      redraw();
    } else if (event.key === "Enter" || event.key === "Tab") {
      event.preventDefault();
      if (shown.length) take(at);
    } else if (event.key === "Escape") {
      event.preventDefault();
      dismiss();
    }
  }
  function dismiss() {
    const done = leave;
    close();
    done();
  }
  function left(event) {
    if (!node.hidden && !node.contains(event.relatedTarget)) close();
  }
  function close() {
    show(node, false);
    choose = leave = () => {};
  }
  return {
    node,
    close,
    /** `place`: {left, top} in pixels of what holds the picker. `chosen(words)`, or `left()` where Esc closed it. */
    open(place, chosen, dismissed) {
      choose = chosen;
      leave = dismissed;
      find.value = "";
      condition.checked = false;
      node.style.left = `${place.left}px`;
      node.style.top = `${place.top}px`;
      show(node, true);
      draw();
      find.focus();
    },
  };
}

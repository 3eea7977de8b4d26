// All templates by group, with what state each is in; one tab stop, arrows move, Enter opens.
import { h, put, show } from "../parts/dom.js";
import { icon } from "../parts/icons.js";
import { when } from "../parts/clock.js";

/** 'Marketing, draft by Elena, 2:13 PM' */
export function stateOf(row) {
  if (row.draft) return `Draft by ${row.draftBy.split(" ")[0] || "somebody"}, ${when(row.draft)}`;
  if (row.retired) return "Retired";
  if (!row.number) return "Never published";
  return row.at ? `Version ${row.number}, ${when(row.at)}` : "Came with the product";
}

/** `choose(id)`; `data.groups`: [[code, words]] in their order. Gives {node, draw(rows), pick(id), order}. */
export function makeList(data, choose) {
  const find = h("input", { class: "field", type: "search", placeholder: "Find a template", "aria-label": "Find a template: its name or its words", autocomplete: "off", oninput: () => redraw(), onkeydown: (event) => { event.stopPropagation(); if (event.key === "ArrowDown") { event.preventDefault(); focusOn(order[0]); } } });
  const list = h("nav", { class: "template-list", "aria-label": "Templates", onkeydown: moved });
  const none = h("p", { class: "muted", hidden: true }, "No template is called that or says that.");
  const node = h("div", { class: "template-side" }, h("div", { class: "find-box" }, icon("search", 16), find), list, none);
  let rows = new Map();
  let chosen = "";
  let order = [];
  const buttons = new Map();

  function fits(row, words) {
    return !words || `${row.title}\n${row.id}\n${row.words}`.toLowerCase().includes(words);
  }
  function item(row) {
    const button = h("button", { type: "button", class: `template-item${row.retired ? " retired" : ""}`, tabindex: "-1", "data-id": row.id, "aria-current": row.id === chosen ? "true" : null, onclick: () => choose(row.id) },
      h("b", {}, row.title),
      h("span", { class: "muted small" }, data.classWords[row.class] || row.class, row.gaps.length ? `, no ${row.gaps.join(", no ")}` : "", row.uses ? `, used in ${row.uses}` : ""),
      (row.draft || row.retired || row.at || !row.number) && h("span", { class: row.draft ? "small drafted" : "muted small" }, stateOf(row)));
    buttons.set(row.id, button);
    return button;
  }
  function redraw() {
    const words = find.value.trim().toLowerCase();
    const held = list.getRootNode().activeElement?.dataset?.id;
    buttons.clear();
    order = [];
    const children = data.groups.map(([code, name]) => {
      const mine = [...rows.values()].filter((row) => row.group === code && fits(row, words)).sort((a, b) => a.retired - b.retired || a.place - b.place);
      order.push(...mine.map((row) => row.id));
      return mine.length ? h("section", {}, h("h3", {}, name), mine.map(item)) : null;
    });
    put(list, children);
    show(none, !order.length && rows.size > 0);
    roam();
    if (held && buttons.has(held)) buttons.get(held).focus();
  }
  function roam(id = buttons.has(chosen) ? chosen : order[0]) {
    for (const [key, button] of buttons) button.tabIndex = key === id ? 0 : -1;
  }
  function focusOn(id) {
    if (!buttons.has(id)) return;
    roam(id);
    buttons.get(id).focus();
  }
  function moved(event) {
    const at = order.indexOf(event.target.closest("[data-id]")?.dataset.id);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: order.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    focusOn(order[Math.max(0, Math.min(order.length - 1, to))]);
  }
  return {
    node,
    draw(next) {
      rows = next;
      redraw();
    },
    pick(id) {
      chosen = id;
      for (const [key, button] of buttons) {
        if (key === id) button.setAttribute("aria-current", "true");
        else button.removeAttribute("aria-current");
      }
      buttons.get(id)?.scrollIntoView({ block: "nearest" });
      roam();
    },
    get first() {
      return order[0];
    },
  };
}

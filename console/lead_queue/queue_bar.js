// Above the list: segments with live counts, form, source, and the search over every lead.
import { h, put, say } from "../parts/dom.js";
import { icon } from "../parts/icons.js";
import { SEGMENTS } from "./queue_model.js";

/** `on`: {filter(changes), search(text)}. */
export function makeBar(filter, on) {
  const numbers = Object.fromEntries(SEGMENTS.map(([key]) => [key, h("span", { class: "count" }, "0")]));
  const buttons = Object.fromEntries(SEGMENTS.map(([key, title]) => [key,
    h("button", { class: "segment", type: "button", onclick: () => on.filter({ segment: key }) }, title, numbers[key])]));
  const form = h("select", { class: "field", "aria-label": "Form", onchange: () => on.filter({ form: form.value }) });
  const source = h("select", { class: "field", "aria-label": "Source", onchange: () => on.filter({ source: source.value }) });
  let timer = 0;
  let segment = "";
  const box = h("input", { class: "field", type: "search", placeholder: "Name or phone", "aria-label": "Search every lead by name or phone",
    oninput: () => { clearTimeout(timer); timer = setTimeout(() => on.search(box.value.trim()), 300); },
    onkeydown: (event) => {
      if (event.key === "Escape") { box.value = ""; on.search(""); box.blur(); }
      if (event.key === "Enter") { clearTimeout(timer); on.search(box.value.trim()); }
    } });
  const node = h("div", { class: "bar" },
    h("div", { class: "segments", role: "group", "aria-label": "Which leads" }, Object.values(buttons)),
    h("div", { class: "selects" }, form, source, h("label", { class: "search" }, icon("search", 16), box)));

  function options(select, any, pairs, value) {
    const key = JSON.stringify(pairs);
    if (select.dataset.key !== key) {
      select.dataset.key = key;
      put(select, [["", any], ...pairs].map(([code, title]) => h("option", { value: code }, title)));
    }
    select.value = value;
  }
  return {
    node,
    focus: () => box.focus(),
    clear() {
      box.value = "";
    },
    draw(next, found, leads) {
      for (const [key] of SEGMENTS) {
        say(numbers[key], found[key]);
        buttons[key].classList.toggle("on", key === next.segment);
        buttons[key].setAttribute("aria-pressed", key === next.segment ? "true" : "false");
      }
      if (segment !== next.segment) setTimeout(() => { node.firstChild.scrollLeft = buttons[next.segment].offsetLeft - 60; }, 150);
      segment = next.segment;
      const pairs = (code, title) => [...new Map(leads.map((lead) => [lead[code], title(lead)]))].filter(([c]) => c).sort((a, b) => (a[1] < b[1] ? -1 : 1));
      options(form, "Any form", pairs("form", (lead) => lead.formName), next.form);
      options(source, "Any source", pairs("source", (lead) => lead.source[0].toUpperCase() + lead.source.slice(1).replaceAll("_", " ")), next.source);
    },
  };
}

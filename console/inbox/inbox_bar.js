// Above the list: its tabs with how many wait in each, whether what only the automation wrote is left out, and the search.
import { h, put, say } from "../parts/dom.js";
import { icon } from "../parts/icons.js";
import { count } from "../parts/pages.js";
import { TABS } from "./inbox_model.js";

const TYPING_MS = 600; // each search that finds somebody is a look at them

/** `on`: {filter(changes), search(text)}. Gives {node, draw(filter, counts), focus(), fill(text)}. */
export function makeBar(on) {
  const numbers = Object.fromEntries(TABS.map(([tab]) => [tab, h("span", { class: "count" })]));
  const buttons = Object.fromEntries(TABS.map(([tab, title, about]) => [tab,
    h("button", { class: "segment", type: "button", title: about, onclick: () => on.filter({ tab }) }, title, " ", numbers[tab])]));
  const people = h("input", { type: "checkbox", role: "switch", onchange: () => on.filter({ people: people.checked }) });
  let timer = 0;
  const box = h("input", { class: "field", type: "search", placeholder: "Name, phone or words", "aria-label": "Search by name, phone, reference, or words in texts",
    oninput: () => { clearTimeout(timer); timer = setTimeout(() => on.search(box.value.trim()), TYPING_MS); },
    onkeydown: (event) => {
      if (event.key === "Escape") { event.stopPropagation(); clear(); box.blur(); }
      if (event.key === "Enter") { clearTimeout(timer); on.search(box.value.trim()); }
    } });
  function clear() {
    clearTimeout(timer);
    box.value = "";
    on.search("");
  }
  const segments = h("div", { class: "segments", role: "group", "aria-label": "Which conversations" }, Object.values(buttons));
  const node = h("div", { class: "bar" }, segments,
    h("label", { class: "people", title: "Leave out conversations in which only the automation wrote" }, people, h("span", { class: "switch", "aria-hidden": "true" }), "Human only"),
    h("label", { class: "search" }, icon("search", 16), box, h("span", { class: "key", "aria-hidden": "true" }, "/")));
  let shown = "";
  /** Where not all fit, the chosen one is in sight; also once the counts have come and made the others wider. */
  function uncover(tab) {
    const { offsetLeft, offsetWidth } = buttons[tab];
    const now_ = `${tab} ${segments.scrollWidth}`;
    if (shown === now_ || !offsetWidth) return;
    shown = now_;
    segments.scrollLeft = Math.max(0, offsetLeft + offsetWidth - segments.clientWidth);
  }
  return {
    node,
    focus: () => box.focus(),
    clear,
    fill(text) {
      clearTimeout(timer);
      box.value = text;
    },
    draw(filter, found) {
      for (const [tab] of TABS) {
        const chosen = tab === filter.tab;
        put(numbers[tab], found[tab] !== undefined && count(found[tab]));
        buttons[tab].classList.toggle("on", chosen);
        buttons[tab].setAttribute("aria-pressed", String(chosen));
      }
      people.checked = filter.people;
      requestAnimationFrame(() => uncover(filter.tab));
    },
  };
}

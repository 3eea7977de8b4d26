// Whom something is shown for: a made-up patient, or one that is searched for, as the person who looks may see them.
import { h, put, show } from "../parts/dom.js";
import { icon } from "../parts/icons.js";

const SHORTEST = 2;
const IDLE_MS = 250;

/** `find(text)` resolves to an outcome with leads, `pick(one)` to that of choosing one, null for nobody real. Gives {node}. */
export function makePerson({ find: search, pick: choose }) {
  const find = h("input", { class: "field", type: "search", placeholder: "Find a lead by name or number", "aria-label": "Show it for a lead: name or number", autocomplete: "off", oninput: () => later(), onkeydown: pressed });
  const list = h("ul", { class: "people-list", "aria-label": "Leads that were found" });
  const button = h("button", { class: "b", type: "button", "aria-expanded": "false", onclick: () => open(panel.hidden) }, h("span", {}, "A made-up patient"), icon("down", 14));
  const panel = h("div", { class: "person-panel", hidden: true }, find, list);
  const node = h("div", { class: "person" }, h("span", { class: "muted small" }, "Shown for"), h("span", { class: "person-choice" }, button, panel));
  let timer = 0;

  function open(wide) {
    show(panel, wide);
    button.setAttribute("aria-expanded", String(wide));
    if (!wide) return button.focus();
    find.value = "";
    put(list, choice(null));
    return find.focus();
  }
  function choice(one) {
    return h("li", {}, h("button", { class: "b quiet", type: "button", onclick: () => taken(one) }, one ? one.name : "A made-up patient", one && h("span", { class: "muted small" }, one.about)));
  }
  async function taken(one) {
    const outcome = await choose(one);
    if (outcome.state !== "done") return put(list, choice(null), h("li", { class: "small", role: "alert" }, outcome.words));
    put(button, h("span", {}, one ? one.name : "A made-up patient"), icon("down", 14));
    return open(false);
  }
  function later() {
    clearTimeout(timer);
    timer = setTimeout(seek, IDLE_MS);
  }
  async function seek() {
    const text = find.value.trim();
    if (text.length < SHORTEST) return put(list, choice(null));
    const outcome = await search(text);
    if (find.value.trim() !== text) return undefined;
    const rows = outcome.state === "done" ? outcome.value : [];
    return put(list, choice(null), rows.map(choice), outcome.state !== "done" ? h("li", { class: "small", role: "alert" }, outcome.words) : !rows.length && h("li", { class: "muted small" }, "Nobody is called that."));
  }
  function pressed(event) {
    event.stopPropagation();
    if (event.key === "Escape") open(false);
  }
  return { node };
}

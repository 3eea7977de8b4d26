// Above the list: segments with live counts, form, source, and the search over every lead; on a phone, where the sidebar is
// closed, also whether the page is live, and what is overdue and unread.
import { h, put, say } from "../parts/dom.js";
import { icon } from "../parts/icons.js";
import { onStatus } from "../parts/live.js";
import { count } from "../parts/pages.js";
import { SEGMENTS } from "./queue_model.js";

const HEAD = [["overdue", "Overdue"], ["unread", "Unread"]];

/** `on`: {filter(changes), search(text), add: the button to add a lead, reviews: whether the weekly list is this person's}; `end` registers what stops with the page. */
export function makeBar(on, end) {
  const numbers = Object.fromEntries(SEGMENTS.map(([key]) => [key, h("span", { class: "count" }, "0")]));
  const buttons = Object.fromEntries(SEGMENTS.map(([key, title]) => [key,
    h("button", { class: `segment for-${key}`, type: "button", onclick: () => on.filter({ segment: key }) }, title, numbers[key])]));
  buttons.review.hidden = !on.reviews;
  const form = h("select", { class: "field", "aria-label": "Form", onchange: () => on.filter({ form: form.value }) });
  const source = h("select", { class: "field", "aria-label": "Source", onchange: () => on.filter({ source: source.value }) });
  const mine = h("button", { class: "b only-mine", type: "button", hidden: true, title: "Show everybody's", onclick: () => on.filter({ owner: "" }) }, "Only mine", icon("close", 14));
  let timer = 0;
  let segment = "";
  const box = h("input", { class: "field", type: "search", placeholder: "Find a lead", title: "Name, phone, email or reference", "aria-label": "Search every lead by name, phone, email or reference",
    oninput: () => { clearTimeout(timer); timer = setTimeout(() => on.search(box.value.trim()), 300); },
    onkeydown: (event) => {
      if (event.key === "Escape") { event.stopPropagation(); clearTimeout(timer); box.value = ""; on.search(""); box.blur(); }
      if (event.key === "Enter") { clearTimeout(timer); on.search(box.value.trim()); }
    } });
  const dot = h("span", { class: "dot" });
  const live = h("span", { role: "status" });
  const short = Object.fromEntries(HEAD.map(([key, title]) => [key, h("button", { class: "b quiet", type: "button", onclick: () => on.filter({ segment: key }) }, title, " ", h("b", {}, "0"))]));
  const segments = h("div", { class: "segments", role: "group", "aria-label": "Which leads" }, Object.values(buttons));
  const node = h("div", { class: "bar" },
    h("div", { class: "short" }, h("span", { class: "state" }, dot, live), Object.values(short)), on.add, segments,
    h("div", { class: "selects" }, mine, form, source, h("label", { class: "search" }, icon("search", 16), box)));

  end(onStatus(({ state }) => {
    dot.classList.toggle("off", state !== "live");
    say(live, state === "live" ? "Live" : state === "connecting" ? "Connecting" : "Not live");
  }));

  /** Where not all fit, the chosen one is in sight and the first that is seen is whole. */
  function uncover(chosen) {
    segments.style.paddingInlineEnd = "";
    const room = segments.clientWidth;
    if (chosen.offsetLeft + chosen.offsetWidth <= room) {
      segments.scrollLeft = 0;
      return;
    }
    const all = Object.values(buttons).filter((button) => button.offsetWidth);
    const first = all.find((button) => button.offsetLeft >= chosen.offsetLeft + chosen.offsetWidth - room) || chosen;
    segments.style.paddingInlineEnd = `${Math.max(0, first.offsetLeft + room - segments.scrollWidth)}px`;
    segments.scrollLeft = first.offsetLeft;
  }

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
    /** What stands in the search box. */
    fill(text) {
      clearTimeout(timer);
      box.value = text;
    },
    draw(next, found, leads) {
      for (const [key] of SEGMENTS) {
        say(numbers[key], count(found[key]));
        buttons[key].classList.toggle("on", key === next.segment);
        buttons[key].setAttribute("aria-pressed", key === next.segment ? "true" : "false");
      }
      for (const [key] of HEAD) {
        say(short[key].lastChild, count(found[key]));
        short[key].classList.toggle("alarm", key === "overdue" && found[key] > 0);
      }
      mine.hidden = !next.owner;
      if (segment !== next.segment) requestAnimationFrame(() => uncover(buttons[next.segment]));
      segment = next.segment;
      const pairs = (code, title) => [...new Map(leads.map((lead) => [lead[code], title(lead)]))].filter(([c]) => c).sort((a, b) => (a[1] < b[1] ? -1 : 1));
      options(form, "Any form", pairs("form", (lead) => lead.formName), next.form);
      options(source, "Any source", pairs("source", (lead) => lead.source[0].toUpperCase() + lead.source.slice(1).replaceAll("_", " ")), next.source);
    },
  };
}

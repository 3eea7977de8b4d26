// When a text goes out that is written now: a moment, what would hold it then, and whether a reply stops it.
import { h, put, say, show } from "./dom.js";
import { now, when } from "./clock.js";
import { makeDateTime } from "./datetime.js";
import { makeField } from "./fields.js";
import { icon } from "./icons.js";

const ASK_MS = 350;
const YEAR_MS = 365 * 24 * 3600_000;

/** 'Fri 9:00 AM for you, 8:00 AM there' is said by `on.there(moment)`. `data`: {zone, walls, main}; `on`: {ask(iso) resolves to an outlook or null, changed()}. */
export function makeSchedule(data, on) {
  const body = h("div");
  const outlook = h("div", { class: "hint", role: "status", hidden: true });
  const stops = makeField({ kind: "checkbox", name: "until_reply", label: "Stop it if they reply before", value: true });
  const title = h("b", { class: "small" });
  const node = h("div", { class: "schedule", role: "group", "aria-label": "Schedule", hidden: true },
    h("div", { class: "schedule-head" }, title, h("button", { class: "b quiet", type: "button", onclick: () => close() }, "Don't schedule")), body, outlook, stops.node);
  let picker = null;
  let timer = 0;
  let lead = null;

  function open(forLead, { moment = null, untilReply = true, words = "Schedule this text" } = {}) {
    lead = forLead;
    const wall = data.walls[lead.location] || data.walls[data.main];
    const choices = wall.choices.filter((one) => one.at > now()).map((one) => [one.label, one.at]);
    picker = makeDateTime({ zone: data.zone, now, min: now(), max: now() + YEAR_MS, wall, choices, value: moment ?? undefined, label: "When it goes", onchange: asked });
    say(title, words);
    stops.node.querySelector("label").textContent = `Stop it if ${lead.first} replies before`;
    stops.value = untilReply;
    put(body, picker.node);
    show(node, true);
    asked();
    if (moment === null) picker.focus();
  }
  function close() {
    clearTimeout(timer);
    picker = null;
    put(body);
    show(outlook, false);
    show(node, false);
    on.changed();
  }
  function asked() {
    clearTimeout(timer);
    show(outlook, false);
    on.changed();
    if (picker?.value) timer = setTimeout(look, ASK_MS);
  }
  async function look() {
    const asking = picker?.value;
    const found = asking && await on.ask(asking.iso);
    if (!found || picker?.value?.moment !== asking.moment) return;
    show(outlook, found.verdict !== "goes");
    if (found.verdict === "held") drawHeld(found);
    else put(outlook, icon("info", 15), h("span", {}, found.words));
  }
  function drawHeld(found) {
    const why = found.reason === "quiet_hours" ? `Quiet hours ${lead.where ? `in ${lead.where} ` : ""}until ${when(found.until)}` : found.words;
    put(outlook, icon("clock", 15), h("span", {}, `${why}. It will go ${when(found.until)}.`),
      h("button", { class: "b", type: "button", onclick: () => { picker.write(found.until); asked(); } }, `Schedule for ${when(found.until)}`));
  }
  return {
    node, open, close,
    get open_() {
      return !node.hidden;
    },
    get moment() {
      return picker?.value || null;
    },
    get untilReply() {
      return !!stops.value;
    },
    check: () => !!picker?.check(),
    error: (words) => picker?.error(words),
    end: () => clearTimeout(timer),
  };
}

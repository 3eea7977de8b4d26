// Texts that did not arrive: why and what can be done first; only rows that a resend can help are selectable.
import { h, put, say, show, typing } from "./dom.js";
import { icon } from "./icons.js";
import { follow, isLive, onStatus } from "./live.js";
import { now, onTick, sameDay, when } from "./clock.js";
import { toast } from "./toast.js";
import { widget } from "./widget.js";

const SPANS = [["today", "Today"], ["week", "Last 7 days"]];
const SEGMENTS = [["failed", "Failed"], ["unknown", "Unknown"], ["", "All"]];
const UNDER_WAY = new Set(["planned", "sending", "sent"]);

/** Whether the row still waits for somebody. */
const waits = (row) => !row.again || !UNDER_WAY.has(row.again.state);

function remember(name, value) {
  const address = new URL(window.location.href);
  address.searchParams.set(name, value);
  window.history.replaceState(window.history.state, "", address);
}

function stateChip(row) {
  if (row.again && UNDER_WAY.has(row.again.state)) {
    const gone = row.again.state === "sent";
    return h("span", { class: "state again" }, icon(gone ? "check" : "send", 15), row.again.delivered ? "Delivered" : gone ? "Sent again" : "Resending");
  }
  if (row.state === "unknown") return h("span", { class: "state unknown" }, icon("info", 15), "Unknown");
  return h("span", { class: "state failed" }, icon("alert", 15), "Failed");
}

/** What can be done, in words that may tick. */
function remedyWords(row) {
  const at = now();
  if (row.again?.state === "planned") {
    const seconds = Math.ceil((row.again.due - at) / 1000);
    if (seconds > 15) return `Leaves ${when(row.again.due, at)}`;
    return seconds > 0 ? `Leaves in ${seconds} s` : "Leaving now";
  }
  if (row.again?.state === "sending") return "On its way";
  if (row.again?.delivered) return `Delivered ${sameDay(row.again.delivered, at) ? "at " : ""}${when(row.again.delivered, at)}`;
  if (row.again?.state === "sent") return "Wait for its delivery";
  if (row.checking) return row.checking > at ? `Wait, ${Math.ceil((row.checking - at) / 1000)} s` : "Wait, checking now";
  return row.remedy;
}

export default widget("parts/resend_list", ({ root, data, act, end }) => {
  let rows = new Map();
  let loaded = false;
  let segment = data.only || "";
  let why = "";
  let template = "";
  let span = data.span;
  let done = data.done?.stamp;
  let stopFollowing = () => {};
  const chosen = new Set();
  const drawn = new Map();
  const undo = toast(root, end);

  const buttons = SEGMENTS.map(([key, name]) => {
    const figure = h("span", { class: "figure" });
    const button = h("button", { type: "button", class: "segment", "aria-pressed": String(key === segment), onclick: () => { segment = key; draw(); } }, name, figure);
    return { key, button, figure };
  });
  const spans = h("select", { class: "field", "aria-label": "Period", onchange: () => { span = spans.value; remember("span", span); listen(); } },
    SPANS.map(([value, name]) => h("option", { value, selected: value === span }, name)));
  const whys = h("select", { class: "field", "aria-label": "Reason", onchange: () => { why = whys.value; draw(); } });
  const templates = h("select", { class: "field", "aria-label": "Template", onchange: () => { template = templates.value; draw(); } });
  const every = h("input", { type: "checkbox", "aria-label": "Select all that a resend can help", onchange: () => { for (const row of visible()) if (row.resend) every.checked ? chosen.add(row.id) : chosen.delete(row.id); draw(); } });
  const head = h("div", { class: "row head" }, h("span", {}, every), ["To", "State", "Why", "What can be done", "Text", "When"].map((words) => h("span", {}, words)));
  const body = h("div", { class: "body" });
  const list = h("div", { class: "list", role: "group", "aria-label": "Texts that did not arrive" }, head, body);
  const empty = h("div", { class: "empty" });
  const bones = h("div", { class: "bones", "aria-hidden": "true" }, Array.from({ length: data.only ? data.expected : 6 }, () => h("span", { class: "bone" })));
  const go = h("button", { class: "b primary large", type: "button", onclick: open }, "Resend");
  const drop = h("button", { class: "b large", type: "button", onclick: leave }, "Drop");
  const hint = h("span", { class: "muted small" }, "Where a resend cannot help, the row says what can.");
  const foot = h("div", { class: "foot" }, go, drop, hint);
  const problem = h("div", { class: "note amber", hidden: true, role: "alert" });

  const heading = data.only
    ? [h("h2", {}, "Fate unknown"), h("p", { class: "muted lead" }, "The provider's answer was lost: these may have arrived, or not. A person decides; nobody sends them again by themselves.")]
    : [h("p", { class: "muted lead" }, "Texts that did not arrive. Nothing here is retried on its own any more.")];
  root.append(...heading,
    h("div", { class: "tools", hidden: !!data.only }, h("div", { class: "segments", role: "group", "aria-label": "Which texts" }, buttons.map((b) => b.button)), spans, whys, templates),
    problem, list, bones, empty, foot);

  function open() {
    const ids = [...chosen];
    if (ids.length) run("choose", { ids });
  }
  function leave() {
    const ids = droppable().map((row) => row.id);
    if (ids.length) run("leave", { ids });
  }
  /** Only what is unknown is a decision: a failed text is gone already. */
  const droppable = () => [...chosen].map((id) => rows.get(id)).filter((row) => row?.state === "unknown");
  async function run(action, message) {
    go.setAttribute("aria-busy", "true");
    const outcome = await act(action, message);
    go.removeAttribute("aria-busy");
    const bad = outcome.state !== "done";
    show(problem, bad);
    if (bad) put(problem, icon("info"), h("span", {}, outcome.words));
    else if (outcome.words) undo.tell(outcome.words);
    return outcome;
  }

  const all = () => [...rows.values()].sort((a, b) => b.at - a.at);
  const inFilters = (row) => (!why || row.kind === why) && (!template || row.template === template);
  const visible = () => all().filter((row) => inFilters(row) && (!segment || (row.state === segment && waits(row))));

  function choices(select, label, values, value) {
    const key = JSON.stringify([values, value]);
    if (select.dataset.key === key) return;
    select.dataset.key = key;
    put(select, [["", label], ...values.map((name) => [name, name])].map(([id, name]) => h("option", { value: id, selected: id === value }, name)));
  }

  function line(row) {
    let entry = drawn.get(row.id);
    if (!entry || entry.row !== row) {
      const box = h("input", { type: "checkbox", "aria-label": `Select the text to ${row.name}`, disabled: !row.resend, onchange: () => { box.checked ? chosen.add(row.id) : chosen.delete(row.id); draw(); } });
      const lead = `lead?lead=${encodeURIComponent(row.ref)}`;
      // What a resend cannot mend is worked at the lead: call, ask for a mobile, write it anew.
      const remedy = row.at_lead && !row.again ? h("a", { class: "remedy", href: lead }) : h("span", { class: `remedy${row.resend ? " can" : ""}` });
      const aside = [];
      if (row.again?.state === "planned") aside.push(h("button", { class: "b", type: "button", onclick: () => run("stop", { ids: [row.again.id] }) }, "Stop"));
      if (row.state === "unknown" && row.resend) aside.push(h("button", { class: "b", type: "button", title: "Mark as not to be sent", onclick: () => run("leave", { ids: [row.id] }) }, "Drop"));
      const before = row.again && !UNDER_WAY.has(row.again.state) ? h("span", { class: "muted small before" }, `Last resend: ${row.again.why}`) : null;
      const node = h("div", { class: "row" },
        h("label", { class: "pick" }, box),
        h("span", { class: "to" }, h("a", { class: "name", href: lead }, row.name), h("span", { class: "muted small" }, row.phone)),
        h("span", { class: "chip-cell" }, stateChip(row)),
        h("span", { class: "why" }, h("span", {}, row.why, row.code && h("span", { class: "muted code" }, ` ${row.code}`)), before),
        h("span", { class: "do" }, remedy, aside),
        h("span", { class: "text muted" }, row.template),
        h("span", { class: "when muted" }, when(row.at)));
      entry = { row, node, box, remedy };
      drawn.set(row.id, entry);
    }
    entry.box.checked = chosen.has(row.id);
    entry.node.classList.toggle("chosen", chosen.has(row.id));
    say(entry.remedy, remedyWords(row));
    return entry.node;
  }

  function draw() {
    for (const id of [...chosen]) if (!rows.get(id)?.resend) chosen.delete(id);
    for (const id of [...drawn.keys()]) if (!rows.has(id)) drawn.delete(id);
    const everything = all();
    choices(whys, "Any reason", [...new Set(everything.map((row) => row.kind))].sort(), why);
    choices(templates, "Any template", [...new Set(everything.map((row) => row.template))].sort(), template);
    for (const one of buttons) {
      one.button.setAttribute("aria-pressed", String(one.key === segment));
      say(one.figure, String(everything.filter((row) => inFilters(row) && waits(row) && (!one.key || row.state === one.key)).length));
    }
    const shown = visible();
    const lines = shown.map(line);
    if (lines.length !== body.children.length || lines.some((node, at) => node !== body.children[at])) put(body, lines);
    const can = shown.filter((row) => row.resend);
    every.checked = can.length > 0 && can.every((row) => chosen.has(row.id));
    every.disabled = can.length === 0;
    say(go, chosen.size ? `Resend ${chosen.size} selected` : "Resend selected");
    go.disabled = chosen.size === 0 || !isLive();
    const drops = droppable().length;
    say(drop, drops ? `Drop ${drops} of unknown fate` : "Drop");
    show(drop, drops > 0);
    drop.disabled = !isLive();
    show(bones, !loaded);
    show(list, loaded && shown.length > 0);
    show(foot, loaded && (data.only ? shown : everything).length > 0);
    show(empty, loaded && shown.length === 0 && !data.only);
    // Beside other figures that say 'none' an empty list says nothing more: it takes no place.
    if (data.only) for (const part of heading) show(part, loaded ? shown.length > 0 : data.expected > 0);
    if (data.only) return;
    const narrowed = everything.length > 0;
    const key = `${narrowed}${span}`;
    if (empty.dataset.key !== key) {
      empty.dataset.key = key;
      put(empty, h("h2", {}, narrowed ? "No text matches these filters" : span === "today" ? "Every text of today arrived" : "Every text of the last 7 days arrived"),
        h("p", { class: "muted" }, narrowed ? "There are others. Show them all to see." : "Failed texts appear here by themselves, with the reason and what can be done."),
        narrowed && h("button", { class: "b", type: "button", onclick: () => { segment = why = template = ""; draw(); } }, "Clear filters"));
    }
  }

  function listen() {
    stopFollowing();
    loaded = false;
    rows = new Map();
    draw();
    stopFollowing = follow(`resend:${span}`, (topic) => { rows = topic.rows; loaded = topic.loaded; draw(); });
  }

  function back(event) {
    if (event.key.toLowerCase() === "z" && !event.ctrlKey && !event.metaKey && !typing()) undo.undo();
  }

  listen();
  document.addEventListener("keydown", back);
  end(() => document.removeEventListener("keydown", back));
  end(() => stopFollowing());
  end(onTick(() => { for (const entry of drawn.values()) say(entry.remedy, remedyWords(entry.row)); }));
  end(onStatus(draw));
  return (next) => {
    if (!next.done || next.done.stamp === done) return;
    done = next.done.stamp;
    chosen.clear();
    draw();
    if (next.done.ids.length) undo.offer(next.done.words, () => run("stop", { ids: next.done.ids }));
    else undo.tell(next.done.words);
  };
});

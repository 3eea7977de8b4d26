// What did not arrive: why and what can be done first; only rows that a resend can help are selectable.
import { inAddress, keepInAddress, keepPlace } from "./address.js";
import { h, put, say, show } from "./dom.js";
import { icon } from "./icons.js";
import { listen } from "./keys.js";
import { follow, isLive, onStatus } from "./live.js";
import { now, onTick, sameDay, when } from "./clock.js";
import { makeTable } from "./table.js";
import { toast } from "./toast.js";
import { widget } from "./widget.js";

const SPANS = [["today", "Today"], ["week", "Last 7 days"]];
const SEGMENTS = [["failed", "Failed"], ["unknown", "Unknown"], ["", "All"]];
const UNDER_WAY = new Set(["planned", "sending", "sent"]);

/** Whether the row still waits for somebody. */
const waits = (row) => !row.again || !UNDER_WAY.has(row.again.state);

function stateChip(row) {
  if (row.again && UNDER_WAY.has(row.again.state)) {
    const gone = row.again.state === "sent";
    return h("span", { class: "state again" }, icon(gone ? "check" : "send", 15), row.again.delivered ? "Delivered" : gone ? "Sent again" : "Resending");
  }
  if (row.state === "unknown") return h("span", { class: "state unknown" }, icon("info", 15), "Unknown");
  return h("span", { class: "state failed" }, icon("alert", 15), "Failed");
}

/** What can be done, in words that may tick. */
function remedyWords(row, at = now()) {
  if (row.again?.state === "planned") {
    const seconds = Math.ceil((row.again.due - at) / 1000);
    if (seconds > 15) return `Leaves ${when(row.again.due, at)}`;
    return seconds > 0 ? `Leaves in ${seconds} s` : "Leaving now";
  }
  if (row.again?.state === "sending") return "On its way";
  if (row.again?.delivered) return `Delivered ${sameDay(row.again.delivered, at) ? "at " : ""}${when(row.again.delivered, at)}`;
  if (row.again?.state === "sent") return row.email ? "The mail server has it" : "Wait for its delivery";
  if (row.checking) return row.checking > at ? `Wait, ${Math.ceil((row.checking - at) / 1000)} s` : "Wait, checking now";
  return row.remedy;
}

function why(row) {
  const before = row.again && !UNDER_WAY.has(row.again.state);
  return h("span", { class: "why" }, h("span", {}, row.why, row.code && h("span", { class: "muted code" }, ` ${row.code}`)),
    before && h("span", { class: "muted small before" }, `Last resend: ${row.again.why}`));
}

const what = (row) => (row.email ? `Email: ${row.template}` : row.template);

const leadPage = (row) => `lead?lead=${encodeURIComponent(row.ref)}`;

/** What a resend cannot mend is worked at the lead: call, ask for a mobile, write it anew. */
function remedy(row) {
  if (row.at_lead && !row.again) return h("a", { class: "remedy", href: leadPage(row) }, remedyWords(row));
  return h("span", { class: `remedy${row.resend ? " can" : ""}` }, remedyWords(row));
}

export default widget("parts/resend_list", ({ root, data, act, end }) => {
  let rows = new Map();
  let topic = { loaded: false };
  const kept = (name) => (data.only ? "" : inAddress(name)); // on another page the list has no filters
  let segment = data.only || (SEGMENTS.some(([key]) => key === kept("state")) ? kept("state") : "");
  let kind = kept("why");
  let template = kept("template");
  let span = data.span;
  let done = data.done?.stamp;
  let stopFollowing = () => {};
  const undo = toast(root, end);

  const buttons = SEGMENTS.map(([key, name]) => {
    const figure = h("span", { class: "figure" });
    const button = h("button", { type: "button", class: "segment", "aria-pressed": String(key === segment), onclick: () => narrow({ state: key }) }, name, figure);
    return { key, button, figure };
  });
  const spans = h("select", { class: "field", "aria-label": "Period", onchange: () => { span = spans.value; keepInAddress({ span }); hear(); } },
    SPANS.map(([value, name]) => h("option", { value, selected: value === span }, name)));
  const whys = h("select", { class: "field", "aria-label": "Reason", onchange: () => narrow({ why: whys.value }) });
  const templates = h("select", { class: "field", "aria-label": "Template", onchange: () => narrow({ template: templates.value }) });
  const problem = h("div", { class: "note amber", hidden: true, role: "alert" });

  function actions(row) {
    return h("span", { class: "do" }, remedy(row),
      row.again?.state === "planned" && h("button", { class: "b", type: "button", onclick: () => run("stop", { ids: [row.again.id] }) }, "Stop"),
      row.state === "unknown" && row.resend && h("button", { class: "b", type: "button", title: "Mark as not to be sent", onclick: () => run("leave", { ids: [row.id] }) }, "Drop"));
  }
  const table = makeTable({
    label: "Texts and emails that did not arrive",
    name: (row) => `${row.name}, ${row.state}, ${row.why}`,
    columns: [
      { key: "to", name: "To", line: 1, sort: (row) => row.name, cell: (row) => h("span", { class: "to" }, h("a", { class: "name", href: leadPage(row) }, row.name), h("span", { class: "muted small" }, row.phone), h("span", { class: "muted small what" }, `${what(row)}, ${when(row.at)}`)) },
      { key: "state", name: "State", line: 1, end: true, width: "max-content", sort: (row) => row.state, cell: stateChip },
      { key: "why", name: "Why", wide: true, width: "minmax(150px, 1.4fr)", sort: (row) => row.why, cell: why },
      { key: "do", name: "What can be done", line: 3, wide: true, width: "minmax(140px, 1.1fr)", cell: actions },
      { key: "text", name: "Text", width: "minmax(100px, 0.9fr)", sort: (row) => row.template, cell: (row) => h("span", { class: "muted small" }, what(row)) },
      { key: "when", name: "When", width: "max-content", sort: (row) => row.at, cell: (row) => h("span", { class: "muted small" }, when(row.at)) },
    ],
    selectable: (row) => row.resend,
    verbs: [
      { code: "resend", primary: true, words: (fit) => `Resend ${fit.length} selected`, press: (ids) => run("choose", { ids }) },
      // Only what is unknown is a decision: a failed text is gone already.
      { code: "drop", fits: (row) => row.state === "unknown", words: (fit) => `Drop ${fit.length} of unknown fate`, press: (ids) => run("leave", { ids }) },
    ],
    empty,
    bones: data.only ? data.expected : undefined,
    hint: "Select with Space or a click. Where a resend cannot help, the row says what can.",
    tick: (row, node, at) => say(node.querySelector(".remedy"), remedyWords(row, at)),
  });

  const heading = data.only
    ? [h("h2", {}, "Fate unknown"), h("p", { class: "muted lead" }, "The provider's or the mail server's answer was lost: these may have arrived, or not. A person decides; nothing is sent again by itself.")]
    : [h("p", { class: "muted lead" }, "Texts and emails that did not arrive. Nothing here is retried on its own any more.")];
  root.append(...heading,
    h("div", { class: "tools", hidden: !!data.only }, h("div", { class: "segments", role: "group", "aria-label": "Which texts" }, buttons.map((b) => b.button)), spans, whys, templates),
    problem, table.node);

  /** Change filters, which stand in the address. */
  function narrow(changes) {
    ({ state: segment, why: kind, template } = { state: segment, why: kind, template, ...changes });
    keepInAddress({ state: segment, why: kind, template });
    draw(true);
  }
  async function run(action, message) {
    const outcome = await act(action, message);
    const bad = outcome.state !== "done";
    show(problem, bad);
    if (bad) put(problem, icon("info"), h("span", {}, outcome.words));
    else if (outcome.words) undo.tell(outcome.words);
    return outcome;
  }

  const all = () => [...rows.values()].sort((a, b) => b.at - a.at);
  const inFilters = (row) => (!kind || row.kind === kind) && (!template || row.template === template);
  const visible = () => all().filter((row) => inFilters(row) && (!segment || (row.state === segment && waits(row))));

  function choices(select, label, values, value) {
    const key = JSON.stringify([values, value]);
    if (select.dataset.key === key) return;
    select.dataset.key = key;
    put(select, [["", label], ...values.map((name) => [name, name])].map(([id, name]) => h("option", { value: id, selected: id === value }, name)));
  }
  function empty() {
    if (data.only) return h("p", { class: "muted" }, "None waits for a person: every text arrived, failed, or is on its way.");
    const narrowed = rows.size > 0;
    return [h("h2", {}, narrowed ? "No text matches these filters" : span === "today" ? "Every text of today arrived" : "Every text of the last 7 days arrived"),
      h("p", { class: "muted" }, narrowed ? "There are others. Show them all to see." : "Failed texts appear here by themselves, with the reason and what can be done."),
      narrowed && h("button", { class: "b", type: "button", onclick: () => narrow({ state: "", why: "", template: "" }) }, "Clear filters")];
  }
  /** Beside other figures that say 'none' an empty list says nothing more; what could not be read is told. */
  function takesPlace() {
    if (!data.only || topic.failed || topic.denied) return true;
    return topic.loaded ? table.order.length > 0 : data.expected > 0;
  }
  /** `anew`: the filter was changed by hand, so the order need not hold. */
  function draw(anew = false) {
    const everything = all();
    choices(whys, "Any reason", [...new Set(everything.map((row) => row.kind))].sort(), kind);
    choices(templates, "Any template", [...new Set(everything.map((row) => row.template))].sort(), template);
    for (const one of buttons) {
      one.button.setAttribute("aria-pressed", String(one.key === segment));
      say(one.figure, String(everything.filter((row) => inFilters(row) && waits(row) && (!one.key || row.state === one.key)).length));
    }
    if (anew) table.redraw(visible());
    else table.draw(visible(), topic);
    table.enable(isLive() ? "" : "Not live");
    for (const part of [...heading, table.node]) show(part, takesPlace());
  }
  const place = keepPlace(root, end);
  function hear() {
    stopFollowing();
    rows = new Map();
    topic = { loaded: false };
    draw(true);
    stopFollowing = follow(`resend:${span}`, (next) => { topic = next; rows = next.rows; draw(); place.restore(); });
  }

  hear();
  end(listen({ usable: () => root.isConnected, find: (key) => (key === "z" ? { act: undo.undo } : key.length > 1 ? undefined : null), escape: () => {}, undo: undo.undo }));
  end(() => stopFollowing());
  end(table.stop);
  end(onTick(table.tick));
  end(onStatus(() => draw()));
  return (next) => {
    if (!next.done || next.done.stamp === done) return;
    done = next.done.stamp;
    table.clear();
    if (next.done.ids.length) undo.offer(next.done.words, () => run("stop", { ids: next.done.ids }));
    else undo.tell(next.done.words);
  };
}, ["table"]);

// One lead's page: follows the topic lead:<id>, draws it, acts on record ids. What one types is never redrawn.
import { back, cameFrom, remembered } from "../parts/address.js";
import { h, put, show, typing } from "../parts/dom.js";
import { keySheet } from "../parts/key_sheet.js";
import { listen } from "../parts/keys.js";
import { makeConversation } from "../parts/conversation.js";
import { follow, isLive, onStatus, status } from "../parts/live.js";
import { onTick, time } from "../parts/clock.js";
import { makePeople } from "./lead_people.js";
import { makeHead } from "./lead_head.js";
import { makeSide } from "./lead_side.js";
import { makeCut } from "./lead_cut.js";
import { makeVisit, visitOf } from "./lead_visit.js";
import { makeTimeline } from "./lead_timeline.js";
import { makeWork } from "./lead_work.js";
import { toast } from "../parts/toast.js";
import { widget } from "../parts/widget.js";

const TONES = { lost: "blue", closed: "grey", refused: "amber", ended: "red", error: "red" };
const TABS = [["conversation", "Conversation"], ["upcoming", "Upcoming"], ["about", "About"], ["timeline", "Timeline"]];
const PAGES = { "/sla": "SLA monitor", "/lead": "Lead", "/resend": "Resend", "/unread-forms": "Unread forms" };
const SHEET = [
  [["A"], "Take it"], [["P"], "Call"], [["T"], "Write a text"], [["Ctrl", "Enter"], "Send it"], [["Alt", "N"], "Write a note"], [["B"], "Booked"], [["S"], "Snooze"],
  [["L"], "Call back or reminder"], [["H"], "Arrived, on the day of a visit; else hand over"], [["M"], "Move the visit"], [["X"], "Disqualify"], [["1-9"], "Choose, in an open question"], [["Z"], "Undo, for 10 seconds"], [["Alt", "Z"], "Undo while you write"], [["?"], "This list"], [["Esc"], "Close, or back"],
];

const values = (rows) => [...rows.values()];

function bones() {
  const bone = (width, height) => h("div", { class: "bone", style: `width:${width};height:${height}px` });
  return h("div", { class: "bones", "aria-label": "Loading" }, bone("40%", 30), bone("60%", 16), bone("100%", 44), bone("100%", 320));
}

export default widget("lead/lead", ({ root, data, act, end }) => {
  let rows = new Map();
  let lead = null;
  let drawn = false;

  const people = makePeople(root, data, { act: doIt, send, works: data.works });
  const head = makeHead(data, { act: (action, fields, refused) => doIt(action, fields, { refused: named(refused) }), look, edit: people.edit, leave: () => back(), from: PAGES[cameFrom().split("?")[0]] || "Lead queue" });
  const conversation = makeConversation(root, data, { act: doIt, look, send: (action, fields) => act(action, { id: data.lead, ...fields }) });
  const question = (which, about) => head.ask(which, about);
  const side = makeSide({ act: (action, fields, refused) => doIt(action, fields, { refused: spoken(refused) }), ask: look, question, naming: () => people.naming(lead), works: data.works, viewers: data.viewers });
  const work = makeWork(data.outcomes, { act: doIt, ask: question, works: data.works });
  const visit = makeVisit({ act: doIt, ask: question, works: data.works });
  const cut = makeCut(conversation);
  side.about.append(people.history);
  const timeline = makeTimeline();
  const tabs = h("div", { class: "tabs", role: "tablist" }, TABS.map(([id, label]) =>
    h("button", { class: "tab", type: "button", role: "tab", "data-tab": id, "aria-selected": String(id === "conversation"), onclick: () => open(id) }, label)));
  const page = h("div", { class: "lead", "data-tab": "conversation", hidden: true }, head.node, visit.node, people.notes, tabs,
    h("div", { class: "columns" },
      h("div", { class: "main" },
        conversation.node,
        work.visits,
        timeline.node),
      h("aside", { class: "side", "aria-label": "About this lead" }, side.story, side.upcoming, side.moves, work.calls, side.about)));
  const waiting = bones();
  put(root, waiting, page);
  const undo = toast(root, end);
  const sheet = keySheet(root, "Shortcuts of a lead", SHEET);

  // ---- what is shown

  function heard(topic) {
    rows = topic.rows;
    lead = rows.get("lead") || null;
    if (topic.loaded && !lead) put(waiting, h("h2", {}, "This lead is gone"), h("p", { class: "muted" }, "It was removed while you looked at it. Nothing else changed."));
    show(waiting, !lead);
    show(page, !!lead);
    if (!lead) return;
    const first = !drawn;
    drawn = true;
    head.draw({ ...lead, carded: !!visitOf(lead), task: nextTask(), wroteTo: conversation.lastWritten(rows) });
    visit.draw(lead);
    cut.draw(visitOf(lead), values(rows));
    people.draw(rows, lead);
    conversation.draw(topic, lead);
    side.draw(rows, lead);
    work.draw(lead);
    timeline.draw(values(rows).filter((row) => row.kind === "event" || row.kind === "note"));
    const open_ = side.open();
    tabs.querySelector("[data-tab=upcoming]").textContent = open_ ? `Upcoming ${open_}` : "Upcoming";
    enable();
    conversation.fit();
    if (first && remembered("ask") === "call") head.ask("call");
    if (first && remembered("ask") === "text") conversation.focus();
  }

  /** The task that is due first, as the next step takes it; what the automation planned is no task. */
  function nextTask() {
    const first = [...rows.values()].filter((row) => row.kind === "task").sort((a, b) => a.at - b.at)[0];
    return first ? { id: first.task, kind: first.what, what: first.title.split(":")[0], words: first.words, due: first.at } : null;
  }

  function open(id) {
    page.dataset.tab = id;
    for (const tab of tabs.children) tab.setAttribute("aria-selected", String(tab.dataset.tab === id));
    if (id === "conversation") {
      conversation.fit();
      conversation.down();
    }
  }

  function enable() {
    const reason = !data.works ? "Your role can look at leads, not work them" : isLive() ? "" : status.since ? `Not live since ${time(status.since)}` : "Not live";
    head.enable(reason);
    conversation.enable(reason);
    side.enable(reason);
    work.enable(reason);
    visit.enable(reason);
    people.enable(reason);
  }

  // ---- what is done

  /** Send an action about this lead; whether it was done. The page changes when the push says so. */
  async function doIt(action, fields = {}, { quiet = false, refused = null } = {}) {
    if (!lead || !isLive()) return false;
    const spin = setTimeout(() => head.busy(true), 300);
    const outcome = await act(action, { id: data.lead, ...fields });
    clearTimeout(spin);
    head.busy(false);
    if (outcome.state !== "done") {
      if (refused?.(outcome)) return false;
      head.answer(TONES[outcome.state] || "amber", outcome.words);
      head.node.scrollIntoView({ block: "nearest" });
      return false;
    }
    head.answer("", "");
    if (quiet) return true;
    if (outcome.undo) undo.offer(outcome.words, () => doIt(outcome.undo.action, outcome.undo));
    else if (outcome.words) undo.tell(outcome.words);
    return true;
  }

  /** Where a refusal is shown instead of above the page: at the fields that it names, or in words in its place. */
  const named = (show_) => show_ && ((outcome) => Object.keys(outcome.fields || {}).length > 0 && (show_(outcome.fields), true));
  const spoken = (show_) => show_ && ((outcome) => (show_(outcome.words), true));

  /** What an action looks up about this lead, or null where that was refused. */
  async function look(action, fields = {}, refused = null) {
    if (!lead || !isLive()) return null;
    const outcome = await act(action, { id: data.lead, ...fields });
    if (outcome.state === "done") return outcome.value;
    if (refused) refused(outcome.words);
    else head.answer(TONES[outcome.state] || "amber", outcome.words);
    return null;
  }

  /** As `doIt`, for forms that show themselves what was refused: resolves to the outcome. */
  async function send(action, fields = {}) {
    const outcome = await act(action, { id: data.lead, ...fields });
    if (outcome.undo) undo.offer(outcome.words, () => doIt(outcome.undo.action, outcome.undo));
    else if (outcome.state === "done") undo.tell(outcome.words);
    return outcome;
  }

  // ---- keys, only while nobody types; C and R are Streamlit's

  const asks = { b: "booked", x: "disqualify", h: "hand", l: "task" };
  const free = {
    a: { act: () => head.take() },
    p: { act: () => head.call() },
    t: { now: () => (conversation.closed() ? undo.tell(conversation.closed()) : conversation.focus()) },
    z: { act: takeLastBack },
  };
  function find(key) {
    if (key === "?") return { now: sheet.toggle };
    if (sheet.open) return null;
    if (!data.works) return undefined;
    // While a question is open a letter is no shortcut: only its digits answer it. Z may be pressed before its answer closed it.
    if (head.asking && key !== "z") return /^[1-9]$/.test(key) ? { act: () => head.pick(Number(key)) } : key === "enter" ? undefined : null;
    // Somebody who comes for a visit is marked by the key that else hands a lead over; that is in 'More' then.
    if (key === "h" && visit.arrive()) return { act: visit.arrive() };
    if (key === "m" && visit.move()) return { now: visit.move() };
    if (asks[key]) return { now: () => head.ask(asks[key]) };
    if (key === "s") return head.snoozed() ? { act: head.wake } : { now: () => head.ask("snooze") };
    return free[key] || (key.length > 1 ? undefined : null);
  }
  function takeLastBack() {
    if (!conversation.undo()) undo.undo();
  }
  function escape(event) {
    if (!root.isConnected || sheet.open || document.querySelector("[data-testid=stDialog]")) return;
    if (head.asking) head.shut();
    else if (!typing()) {
      event.preventDefault();
      back();
    }
  }
  end(listen({ usable: () => root.isConnected && !!lead && !document.querySelector("[data-testid=stDialog]"), find, escape, undo: takeLastBack,
    told: () => undo.tell("That looked like typing, so no key acted.") }));
  end(conversation.end);
  end(follow(`lead:${data.lead}`, heard));
  end(onStatus(enable));
  end(onTick((at) => { conversation.fit(); head.tick(at); conversation.tick(at); side.tick(at); work.tick(at); visit.tick(at); }));
  const sized = new ResizeObserver(() => { conversation.fit(); conversation.settle(); });
  sized.observe(root);
  end(() => sized.disconnect());
  window.addEventListener("resize", conversation.fit);
  end(() => window.removeEventListener("resize", conversation.fit));
  return () => {};
}, ["composer", "conversation", "datetime", "dialog", "drawer", "fields", "key_sheet", "lead_questions", "menu", "next_step", "schedule", "thread", "typeahead"]);

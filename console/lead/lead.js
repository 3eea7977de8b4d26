// One lead's page: follows the topic lead:<id>, draws it, acts on record ids. What one types is never redrawn.
import { back, cameFrom, remembered } from "../parts/address.js";
import { h, put, say, show, typing } from "../parts/dom.js";
import { keySheet } from "../parts/key_sheet.js";
import { listen } from "../parts/keys.js";
import { follow, isLive, onStatus, status } from "../parts/live.js";
import { now, onTick, time } from "../parts/clock.js";
import { makeComposer } from "./lead_composer.js";
import { makePeople } from "./lead_people.js";
import { makeHead } from "./lead_head.js";
import { makeSide } from "./lead_side.js";
import { makeThread } from "./lead_thread.js";
import { makeTimeline } from "./lead_timeline.js";
import { makeWork } from "./lead_work.js";
import { viewing } from "../parts/people.js";
import { toast } from "../parts/toast.js";
import { widget } from "../parts/widget.js";

const TONES = { lost: "blue", closed: "grey", refused: "amber", ended: "red", error: "red" };
const TABS = [["conversation", "Conversation"], ["upcoming", "Upcoming"], ["about", "About"], ["timeline", "Timeline"]];
const PAGES = { "/sla": "SLA monitor", "/lead": "Lead", "/resend": "Resend", "/unread-forms": "Unread forms" };
const SHEET = [
  [["A"], "Take it"], [["P"], "Call"], [["T"], "Write a text"], [["Ctrl", "Enter"], "Send it"], [["Alt", "N"], "Write a note"], [["B"], "Booked"], [["S"], "Snooze"],
  [["L"], "Call back or reminder"], [["H"], "Hand over"], [["X"], "Disqualify"], [["1-9"], "Choose, in an open question"], [["Z"], "Undo, for 10 seconds"], [["Alt", "Z"], "Undo while you write"], [["?"], "This list"], [["Esc"], "Close, or back"],
];
const MARGIN_PX = 16;
const READ_MS = 900;

/** At one moment the form comes first, then what was said, then what followed from it. */
function turn(row) {
  if (row.icon === "form") return 0;
  return row.kind === "text" || row.kind === "waiting" ? 1 : 2;
}

function bones() {
  const bone = (width, height) => h("div", { class: "bone", style: `width:${width};height:${height}px` });
  return h("div", { class: "bones", "aria-label": "Loading" }, bone("40%", 30), bone("60%", 16), bone("100%", 44), bone("100%", 320));
}

export default widget("lead/lead", ({ root, data, act, end }) => {
  let rows = new Map();
  let lead = null;
  let reading = 0;
  let drawn = false;

  const people = makePeople(root, data, { act: doIt, send, works: data.works });
  const head = makeHead(data, { act: (action, fields, refused) => doIt(action, fields, { refused: named(refused) }), look, edit: people.edit, leave: () => back(), from: PAGES[cameFrom().split("?")[0]] || "Lead queue" });
  const thread = makeThread({ works: data.works, undo: (row) => takeBack(row), whose: (row) => people.whose(row) });
  const composer = makeComposer(data, {
    send: (body) => doIt("text", { body }, { quiet: true }),
    note: (body) => doIt("note", { body }, { quiet: true }),
  });
  const question = (which, about) => head.ask(which, about);
  const side = makeSide({ act: (action, fields, refused) => doIt(action, fields, { refused: spoken(refused) }), ask: look, question, works: data.works, viewers: data.viewers });
  const work = makeWork(data.outcomes, { act: doIt, ask: question, works: data.works });
  side.about.append(people.history);
  const timeline = makeTimeline();
  const others = h("span", { class: "muted small", role: "status" });
  const card = h("div", { class: "card" }, thread.node, data.works && composer.node);
  const tabs = h("div", { class: "tabs", role: "tablist" }, TABS.map(([id, label]) =>
    h("button", { class: "tab", type: "button", role: "tab", "data-tab": id, "aria-selected": String(id === "conversation"), onclick: () => open(id) }, label)));
  const page = h("div", { class: "lead", "data-tab": "conversation", hidden: true }, head.node, people.notes, tabs,
    h("div", { class: "columns" },
      h("div", { class: "main" },
        h("section", { class: "conversation" }, h("div", { class: "conversation-head" }, h("h2", { class: "wide" }, "Conversation"), others), card),
        timeline.node),
      h("aside", { class: "side", "aria-label": "About this lead" }, work.visits, side.upcoming, work.calls, side.about)));
  const waiting = bones();
  put(root, waiting, page);
  const undo = toast(root, end);
  const sheet = keySheet(root, "Shortcuts of a lead", SHEET);

  // ---- what is shown

  function heard(topic) {
    rows = topic.rows;
    lead = rows.get("lead") || null;
    say(others, viewing(topic.who, data.me));
    if (topic.loaded && !lead) put(waiting, h("h2", {}, "This lead is gone"), h("p", { class: "muted" }, "It was removed while you looked at it. Nothing else changed."));
    show(waiting, !lead);
    show(page, !!lead);
    if (!lead) return;
    const first = !drawn;
    drawn = true;
    head.draw({ ...lead, task: nextTask(), wroteTo: lastWritten() });
    people.draw(rows, lead);
    const values = [...rows.values()];
    const said = values.filter((row) => row.kind === "text" || row.kind === "waiting" || row.thread);
    thread.draw(said.sort((a, b) => a.at - b.at || turn(a) - turn(b) || (a.id < b.id ? -1 : 1)));
    composer.show(lead);
    side.draw(rows, lead);
    work.draw(lead);
    timeline.draw(values.filter((row) => row.kind === "event" || row.kind === "note"));
    const open_ = side.open();
    tabs.querySelector("[data-tab=upcoming]").textContent = open_ ? `Upcoming ${open_}` : "Upcoming";
    enable();
    fit();
    read();
    if (first && remembered("ask") === "call") head.ask("call");
    if (first && remembered("ask") === "text") composer.focus();
  }

  /** The task that is due first, as the next step takes it; what the automation planned is no task. */
  function nextTask() {
    const first = [...rows.values()].filter((row) => row.kind === "task").sort((a, b) => a.at - b.at)[0];
    return first ? { id: first.task, kind: first.what, what: first.title.split(":")[0], words: first.words, due: first.at } : null;
  }
  /** When somebody of the clinic last wrote; a text that waits counts. */
  function lastWritten() {
    const texts = [...rows.values()].filter((row) => (row.kind === "text" && row.origin === "staff") || (row.kind === "waiting" && row.state !== "stopped"));
    return Math.max(0, ...texts.map((row) => row.at));
  }

  /** The conversation with its box is as tall as what is left of the window: Send is in sight, and the newest text. */
  function fit() {
    const scrolled = root.getRootNode().host?.closest("[data-testid=stMain]")?.scrollTop || 0;
    const top = `${Math.round(card.getBoundingClientRect().top + scrolled + MARGIN_PX)}px`;
    if (!card.offsetHeight || card.style.getPropertyValue("--top") === top) return;
    card.style.setProperty("--top", top);
    thread.settle();
  }

  function open(id) {
    page.dataset.tab = id;
    for (const tab of tabs.children) tab.setAttribute("aria-selected", String(tab.dataset.tab === id));
    if (id === "conversation") {
      fit();
      thread.down();
    }
  }

  /** Who looks at the page reads what the patient wrote. */
  function read() {
    clearTimeout(reading);
    if (!data.works || !lead?.unread || document.hidden) return;
    reading = setTimeout(() => { if (isLive() && lead?.unread) act("read", { id: data.lead }); }, READ_MS);
  }

  function enable() {
    const reason = !data.works ? "Your role can look at leads, not work them" : isLive() ? "" : status.since ? `Not live since ${time(status.since)}` : "Not live";
    head.enable(reason);
    composer.enable(reason);
    side.enable(reason);
    work.enable(reason);
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

  async function takeBack(row) {
    // The words come back into an empty box: most who take a text back want to change it.
    if (await doIt("cancel_text", { text: row.action })) composer.restore(row.body);
  }

  function lastWaiting() {
    return [...rows.values()].filter((row) => row.kind === "waiting" && row.state === "planned" && row.byId === data.me && row.due > now()).sort((a, b) => b.at - a.at)[0];
  }

  // ---- keys, only while nobody types; C and R are Streamlit's

  const asks = { b: "booked", x: "disqualify", h: "hand", l: "task" };
  const free = {
    a: { act: () => head.take() },
    p: { act: () => head.call() },
    t: { now: () => (composer.closed() ? undo.tell(composer.closed()) : composer.focus()) },
    z: { act: takeLastBack },
  };
  function find(key) {
    if (key === "?") return { now: sheet.toggle };
    if (sheet.open) return null;
    if (!data.works) return undefined;
    // While a question is open a letter is no shortcut: only its digits answer it. Z may be pressed before its answer closed it.
    if (head.asking && key !== "z") return /^[1-9]$/.test(key) ? { act: () => head.pick(Number(key)) } : key === "enter" ? undefined : null;
    if (asks[key]) return { now: () => head.ask(asks[key]) };
    if (key === "s") return head.snoozed() ? { act: head.wake } : { now: () => head.ask("snooze") };
    return free[key] || (key.length > 1 ? undefined : null);
  }
  function takeLastBack() {
    const row = lastWaiting();
    if (row) takeBack(row);
    else undo.undo();
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
  function noted(event) {
    if (!root.isConnected || !lead || !data.works || !event.altKey || !(event.key.toLowerCase() === "n" || event.code === "KeyN")) return;
    event.preventDefault();
    composer.note();
  }
  document.addEventListener("keydown", noted);
  end(() => document.removeEventListener("keydown", noted));
  for (const kind of ["focusin", "focusout"]) root.addEventListener(kind, () => thread.tick(now()));
  document.addEventListener("visibilitychange", read);
  end(() => { document.removeEventListener("visibilitychange", read); clearTimeout(reading); composer.end(); });

  // ---- quick texts: what a colleague publishes stands above this box at once

  const versions = (texts, key) => texts.map((one) => `${one[key]}:${one.version ?? one.number}`).sort().join();
  let offered = versions(data.quick, "key");
  if (data.works) end(follow("quick_texts", (topic) => {
    const newest = versions([...topic.rows.values()].filter((row) => row.number && !row.retired), "id");
    if (newest === offered) return;
    offered = newest;
    act("refresh");
  }));

  end(follow(`lead:${data.lead}`, heard));
  end(onStatus(enable));
  end(onTick((at) => { fit(); head.tick(at); thread.tick(at); composer.tick(at); side.tick(at); work.tick(at); }));
  const sized = new ResizeObserver(() => { fit(); thread.settle(); });
  sized.observe(root);
  end(() => sized.disconnect());
  window.addEventListener("resize", fit);
  end(() => window.removeEventListener("resize", fit));
  return (next) => {
    if (JSON.stringify(next.quick) !== JSON.stringify(data.quick)) composer.offer(next.quick);
    data.quick = next.quick;
  };
}, ["datetime", "dialog", "drawer", "fields", "key_sheet", "lead_questions", "menu", "next_step"]);

// One lead's conversation and the box below it, for whatever page shows one: what was said, what is written, who looks.
import { h, say, show } from "./dom.js";
import { icon } from "./icons.js";
import { now, when } from "./clock.js";
import { makeComposer } from "./composer.js";
import { follow, isLive, tellWriting } from "./live.js";
import { presence } from "./people.js";
import { makeReading } from "./reading.js";
import { makeThread } from "./thread.js";
import { whose } from "./whose.js";

const READ_MS = 900;
const MARGIN_PX = 16;

/** At one moment the form comes first, then what was said, then what followed from it. */
function turn(row) {
  if (row.icon === "form") return 0;
  return row.kind === "text" || row.kind === "waiting" ? 1 : 2;
}

/** The rows of a lead that belong to its conversation, as they are read. */
function said(rows) {
  const shown = [...rows.values()].filter((row) => row.kind === "text" || row.kind === "waiting" || row.thread);
  return shown.sort((a, b) => a.at - b.at || turn(a) - turn(b) || (a.id < b.id ? -1 : 1));
}

/**
 * `data`: as `makeComposer` takes it. `on`: {act(action, fields, {quiet, refused}) resolves to whether it was done; `quiet` tells
 * nobody of it, `refused(outcome)` may take a refusal. send(action, fields) resolves to the outcome of what nobody is told of,
 * look(action, fields) to its value or null}. The actions are those of `console/parts/thread_actions.py`.
 * The page follows `lead:<id>` and gives what it hears to `draw`; `root` is where the page's component lies.
 */
export function makeConversation(root, data, on) {
  let lead = null;
  let waits = [];
  let reading = 0;
  let since = 0; // what was said and done before is not shown: the thread cut down to a visit
  let shown = [];
  let named = false; // in a note that this person has not looked at
  let offered = ""; // which quick texts there were when the box was last given some
  const meaning = makeReading(root, data, { send: (fields) => on.send("correct_reading", fields) });
  const thread = makeThread({ works: data.works, reading: (row) => meaning.chip(row), undo: takeBack, edit: (row) => composer.edit(row), again: (row) => composer.restore(row.body),
    wrote: () => ({ at: lead?.wrote || 0, first: lead?.first || "the patient" }),
    whose: (row) => whose(row, lead, { works: data.works, say: (id) => on.act("this_is", { text: row.text, lead: id }) }) });
  const composer = makeComposer(data, {
    text: (fields, refused) => on.act("text", fields, { quiet: true, refused }),
    note: (fields) => on.act("note", fields, { quiet: true }),
    schedule: (fields, refused) => on.act("schedule", fields, { refused }),
    saveQuick: (fields, refused) => on.act("save_quick", fields, { refused }),
    saveDraft: (kind, body, revision) => (isLive() ? on.send("save_draft", { kind, body, revision }) : null),
    look: on.look,
    writing: (what) => tellWriting(`lead:${data.lead}`, what),
  });
  const pauseWords = h("span", { class: "warning-words" });
  const resume = h("button", { class: "b", type: "button", hidden: !data.works, onclick: () => on.act("resume") }, "Resume");
  const pause = h("div", { class: "note grey pause", role: "status", hidden: true }, icon("pause"), pauseWords, resume);
  const others = h("span", { class: "muted small", role: "status" });
  const card = h("div", { class: "card" }, thread.node, data.works && composer.node);
  const head = h("div", { class: "conversation-head" }, h("h2", { class: "wide" }, "Conversation"), others);
  const node = h("section", { class: "conversation" }, head, pause, card);

  /** The words come back into an empty box: most who take a text back want to change it. */
  async function takeBack(row) {
    if (await on.act("cancel_text", { text: row.action })) composer.restore(row.body);
  }
  function lastWaiting() {
    return waits.filter((row) => row.state === "planned" && row.byId === data.me && row.due > now()).sort((a, b) => b.at - a.at)[0];
  }

  /** Who looks at the page reads what the patient wrote, and the note that names them. */
  const unread = () => (data.works && lead?.unread) || named;
  function read() {
    clearTimeout(reading);
    if (!unread() || document.hidden) return;
    reading = setTimeout(() => { if (isLive() && unread()) on.send("read"); }, READ_MS);
  }

  /** The conversation with its box is as tall as what is left of the window: Send is in sight, and the newest text. */
  function fit() {
    const scrolled = root.getRootNode().host?.closest("[data-testid=stMain]")?.scrollTop || 0;
    const top = `${Math.round(card.getBoundingClientRect().top + scrolled + MARGIN_PX)}px`;
    if (!card.offsetHeight || card.style.getPropertyValue("--top") === top) return;
    card.style.setProperty("--top", top);
    thread.settle();
  }

  /** What a colleague publishes stands above this box at once. */
  function published(topic) {
    const newest = [...topic.rows.values()].filter((row) => row.number && !row.retired).map((row) => `${row.id}:${row.number}`).sort().join();
    const before = offered;
    offered = newest;
    if (before && newest !== before) on.look("compose").then((found) => found && composer.offer(found.quick));
  }
  /** Automation that waits says for whom and until when; the end comes by itself. */
  function drawPause(at) {
    const waits = lead?.paused && lead.paused.until > at;
    show(pause, !!waits);
    if (!waits) return;
    const who = lead.paused.by.split(" ")[0] || "somebody";
    say(pauseWords, `Automation paused until ${when(lead.paused.until)} ${lead.paused.why === "by_hand" ? `by ${who}` : `since ${who} took over`}.`);
  }
  /** What waits to go is shown whatever it is cut down to. */
  function cut() {
    thread.draw(since ? shown.filter((row) => row.at >= since || row.kind === "waiting") : shown);
  }
  const stop = data.works ? follow("quick_texts", published) : () => {};

  function noted(event) {
    if (!root.isConnected || !lead || !data.works || !event.altKey || !(event.key.toLowerCase() === "n" || event.code === "KeyN")) return;
    event.preventDefault();
    composer.note();
  }
  const aloud = () => thread.tick(now()); // the key that takes back differs while one types
  document.addEventListener("keydown", noted);
  document.addEventListener("visibilitychange", read);
  for (const kind of ["focusin", "focusout"]) root.addEventListener(kind, aloud);

  return {
    node, head, fit,
    /** `topic`: what `lead:<id>` says; `next`: its row of the lead. */
    draw(topic, next) {
      lead = next;
      const { who: drafts, named: unseen } = topic.rows.get("writers");
      named = unseen.includes(data.me);
      say(others, presence({ who: topic.who, writing: topic.writing, drafts }, data.me));
      const rows = said(topic.rows);
      waits = rows.filter((row) => row.kind === "waiting");
      shown = rows;
      cut();
      composer.show(lead);
      drawPause(now());
      read();
    },
    /** When somebody of the clinic last wrote, a text that waits counts; 0 for never. */
    lastWritten: (rows) => Math.max(0, ...said(rows).filter((row) => (row.kind === "text" && row.origin === "staff") || (row.kind === "waiting" && row.state !== "stopped")).map((row) => row.at)),
    /** Take back what this person wrote last and has not gone; whether there was one. */
    undo() {
      const row = lastWaiting();
      if (row) takeBack(row);
      return !!row;
    },
    /** From when on the thread is shown; 0: all of it. */
    from(moment) {
      since = moment;
      cut();
      thread.settle();
    },
    down: thread.down,
    settle: thread.settle,
    focus: composer.focus,
    /** Why no text may be written, or ''. */
    closed: composer.closed,
    enable(reason) {
      composer.enable(reason);
      resume.disabled = !!reason;
    },
    tick(at) {
      drawPause(at);
      thread.tick(at);
      composer.tick(at);
    },
    end() {
      stop();
      clearTimeout(reading);
      composer.end();
      document.removeEventListener("keydown", noted);
      document.removeEventListener("visibilitychange", read);
      for (const kind of ["focusin", "focusout"]) root.removeEventListener(kind, aloud);
    },
  };
}

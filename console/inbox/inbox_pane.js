// The conversation beside the list, or instead of it on a phone: who it is, what can be done, what was said, where one writes.
import { pageLink } from "../parts/address.js";
import { makeConversation } from "../parts/conversation.js";
import { h, put, say, show } from "../parts/dom.js";
import { icon } from "../parts/icons.js";
import { makeQuestions } from "../parts/lead_questions.js";
import { follow } from "../parts/live.js";
import { makeAlarm } from "../parts/urgent.js";
import { makeAbout } from "./inbox_about.js";

const TONES = { lost: "blue", closed: "grey", refused: "amber", ended: "red", error: "red" };
const key = (letter) => h("span", { class: "key" }, letter);

/**
 * `on`: {act(id, action, fields) resolves to the outcome, offer(outcome, back) shows its words with an undo, back(), done()}.
 * Gives {node, show(row), ...}: one conversation at a time; what is typed in another is kept as its draft.
 */
export function makePane(root, data, on) {
  let row = null;
  let lead = null;
  let talk = null; // the conversation that is open
  let unfollow = () => {};
  let asking = "";
  let why = "";
  let wanted = ""; // the conversation whose box gets the focus as soon as it is there

  const name = h("h2", { class: "pane-name" });
  const number = h("span", { class: "muted small" });
  const state = h("span", { class: "chip", hidden: true });
  const back = h("button", { class: "b quiet back", type: "button", onclick: on.back }, icon("back", 16), "Inbox");
  const call = h("a", { class: "b", hidden: true }, icon("phone"), h("span", { class: "verb" }, "Call"));
  const reply = h("button", { class: "b reply", type: "button", "aria-label": "Reply", onclick: focus }, icon("text"), h("span", { class: "verb" }, "Reply"), key("R"));
  const take = h("button", { class: "b", type: "button", hidden: true, onclick: () => act("take", { seen: row.owner }) }, icon("hand"), h("span", { class: "verb" }, "Take"));
  const done = h("button", { class: "b", type: "button", onclick: on.done });
  const snooze = h("button", { class: "b", type: "button", onclick: () => (row.snoozed ? act("unsnooze") : ask("snooze")) });
  const danger = makeAlarm(data.acknowledges, () => act("acknowledge"));
  const question = h("div", { class: "pane-question", role: "group", tabindex: "-1", hidden: true });
  const answer = h("div", { class: "pane-answer", role: "status" });
  const holder = h("div", { class: "pane-talk" });
  const about = makeAbout({ hand: () => ask("hand"), works: data.works });
  const node = h("section", { class: "pane", "aria-label": "Conversation", hidden: true },
    h("header", { class: "pane-head" }, back, h("div", { class: "pane-who" }, name, h("div", { class: "pane-facts" }, number, state)),
      h("div", { class: "pane-do" }, call, data.works && [reply, take, done, snooze])),
    danger.node, question, answer, holder);
  const questions = makeQuestions(data, { act, ask: (action, fields) => look(row.id, action, fields), shut, open: ask });

  // ---- what is done

  function told(tone, words) {
    put(answer, words && h("div", { class: `note ${tone}` }, h("span", {}, words)));
  }
  /** Do something about a conversation; whether it was done. What comes back late belongs to whom it was asked for. */
  async function doIt(id, action, fields = {}, { quiet = false, refused = null } = {}) {
    const outcome = await on.act(id, action, fields);
    const here = row?.id === id;
    if (outcome.state === "done") {
      if (here) told("", "");
      if (!quiet) on.offer(outcome, (taken) => on.act(id, taken.action, taken));
      return true;
    }
    if (here && refused?.(outcome)) return false;
    if (here) told(TONES[outcome.state] || "amber", outcome.words);
    else on.offer({ words: outcome.words });
    return false;
  }
  /** The same for the one that is open; `refused(fields)` takes what is wrong with fields. */
  function act(action, fields = {}, refused = null) {
    const named = refused && ((outcome) => Object.keys(outcome.fields || {}).length > 0 && (refused(outcome.fields), true));
    return doIt(row.id, action, fields, { refused: named });
  }
  async function look(id, action, fields = {}) {
    const outcome = await on.act(id, action, fields);
    if (outcome.state === "done") return outcome.value;
    if (row?.id === id) told(TONES[outcome.state] || "amber", outcome.words);
    return null;
  }

  function focus() {
    const closed = talk?.closed();
    if (closed) told("grey", closed);
    else if (talk) talk.focus();
    else wanted = row?.id || "";
  }

  // ---- questions: snooze, hand over

  function shut() {
    asking = "";
    question.hidden = true;
    put(question);
  }
  function ask(which) {
    if (!lead || why) return;
    asking = which;
    const { title, body } = questions[which](lead);
    put(question, h("span", { class: "ask-title" }, title), body, h("button", { class: "b", type: "button", title: "Close this question, Esc", onclick: shut }, "Close"));
    question.hidden = false;
    question.focus();
  }

  // ---- one conversation

  function leave() {
    unfollow();
    talk?.end();
    talk = lead = null;
    shut();
    told("", "");
  }
  /** Its drafts come first: what is typed before they are there would be lost, or theirs. */
  async function open(id) {
    put(holder, h("div", { class: "loading", "aria-label": "Loading" }, h("div", { class: "bone talk-bone" })));
    const found = await look(id, "open_thread");
    if (!found || row?.id !== id || talk) return;
    talk = makeConversation(root, { ...data, lead: id, compose: found.compose }, {
      act: (action, fields, how) => doIt(id, action, fields, how),
      send: (action, fields) => on.act(id, action, fields),
      look: (action, fields) => look(id, action, fields),
    });
    put(holder, talk.node);
    talk.enable(why);
    unfollow = follow(`lead:${id}`, heard);
    if (wanted === id) focus();
    wanted = "";
  }
  function heard(topic) {
    lead = topic.rows.get("lead") || null;
    if (topic.failed) told("red", `This conversation could not be read. Nothing is lost; tell an admin this reference: ${topic.failed}.`);
    if (topic.loaded && !lead) told("blue", "This lead is gone: it was removed while you looked at it.");
    if (!lead || !talk) return;
    talk.draw(topic, lead);
    about.draw(topic.rows, lead);
    head();
    talk.fit();
  }

  function head() {
    say(name, row.name);
    say(number, row.phone || "No phone number");
    const said = row.done ? `Done${row.doneBy ? ` by ${row.doneBy.split(" ")[0]}` : ""}` : row.snoozed ? "Snoozed" : "";
    say(state, said);
    show(state, !!said);
    const wrong = lead?.wrongNumber;
    show(call, !!row.dial && !wrong);
    call.href = `tel:${row.dial}`;
    call.setAttribute("aria-label", `Call ${row.name}, ${row.phone}`);
    show(take, !row.owner && row.state === "open");
    put(done, icon(row.done ? "undo" : "check"), h("span", { class: "verb" }, row.done ? "Open again" : "Done"), key("E"));
    put(snooze, icon("snooze"), key("S"));
    snooze.setAttribute("aria-label", row.snoozed ? "Bring back from snooze" : "Snooze");
    show(snooze, row.state === "open");
    enable(why);
  }
  function enable(reason) {
    why = reason;
    talk?.enable(reason);
    about.enable(reason);
    danger.enable("");
    for (const button of [reply, take, done, snooze]) {
      button.disabled = !!reason;
      button.title = reason;
    }
    if (!reason) snooze.title = row?.snoozed ? "Bring back, S" : "Snooze, S";
  }

  return {
    node,
    about: about.node,
    /** Show this conversation, null for none. One that is open already keeps what is typed. */
    show(next) {
      const other = next?.id !== row?.id;
      if (other) leave();
      row = next;
      show(node, !!row);
      show(about.node, !!row);
      if (!row) return;
      head();
      if (other) {
        about.clear(pageLink(`/lead?lead=${row.ref}`, { class: "about-open" }, "Open"), row.ref);
        open(row.id);
      }
    },
    get asking() {
      return !!asking;
    },
    ask,
    shut,
    act,
    told,
    get talk() {
      return talk;
    },
    snooze: () => snooze.click(),
    pick(digit) {
      question.querySelector(`[data-choice="${digit}"]`)?.click();
    },
    focus,
    enable,
    tick(at) {
      if (!row) return;
      danger.draw(row, at);
      talk?.tick(at);
      about.tick(at);
      talk?.fit();
    },
    fit() {
      talk?.fit();
      talk?.settle();
    },
    end: leave,
  };
}

// Above the conversation: who it is, the clock, and what can be done, each with the question it needs answered.
import { h, put, say, show } from "../parts/dom.js";
import { draftsOf } from "../parts/drafts.js";
import { icon } from "../parts/icons.js";
import { choices as numbered, makeQuestions } from "../parts/lead_questions.js";
import { isLive } from "../parts/live.js";
import { makeNextStep } from "../parts/next_step.js";
import { makeOutcomes } from "../parts/outcomes.js";
import { asksMe, takenUpWords } from "../parts/taken_up.js";
import { makeAlarm } from "../parts/urgent.js";
import { date, dueWords, now, reshape, span, stateOf, time, when } from "../parts/clock.js";

const UNANSWERED = new Set(["no_answer", "voicemail"]);
const DONE = [["treated", "Treated"], ["attended", "Came to the visit"], ["booked", "Booked"]];
const NEXT = { attended: "Arrived", treated: "Checked out" };

const key = (sign) => h("span", { class: "key" }, sign);
const dollars = (cents) => `$${Math.round(cents / 100).toLocaleString("en-US")}`;

/** `on`: {act(action, fields, refused) resolves to whether it was done, look(action, fields) to its value or null,
 * edit: a button beside who it is, leave(), from: the name of the page one came from}. */
export function makeHead(data, on) {
  const name = h("h1", { class: "name" });
  const chips = h("span", { class: "chips" });
  const facts = h("div", { class: "muted facts-line" });
  const call = h("a", { class: "b primary large", onclick: () => ask("call") }, icon("phone"), h("span", {}, "Call"), key("P"));
  const booked = h("button", { class: "b large wide", type: "button", onclick: () => ask("booked") }, icon("calendar"), "Booked", key("B"));
  const next = h("button", { class: "b large", type: "button", onclick: () => ask(next.dataset.stage) });
  const out = h("button", { class: "b large wide", type: "button", onclick: () => ask("disqualify") }, "Disqualify", key("X"));
  const snooze = h("button", { class: "b large wide", type: "button", onclick: () => (lead.snoozed ? on.act("unsnooze") : ask("snooze")) });
  const reopen = h("button", { class: "b large", type: "button", onclick: () => on.act("reopen") }, icon("undo"), "Reopen");
  const more = h("button", { class: "b large", type: "button", "aria-label": "More", title: "More: qualified, call back L, hand over H", onclick: () => ask("more") }, icon("more"));
  const takeIt = () => on.act("take", { seen: lead.owner });
  const take = h("button", { class: "b wide", type: "button", onclick: takeIt }, "Take this lead", key("A"));
  const takeShort = h("button", { class: "b large narrow", type: "button", onclick: takeIt }, "Take");
  const mark = h("span", { class: "mark" });
  const due = h("b");
  const about = h("span");
  const rest = h("span", { class: "rest" });
  const takeUp = h("button", { class: "b", type: "button", hidden: true, title: "You have seen it. It is no call: the clock runs on", onclick: () => on.act("take_up") }, icon("check"), "Acknowledge");
  const taken = h("span", { class: "rest" });
  const banner = h("div", { class: "banner", role: "status" }, mark, h("span", { class: "banner-words" }, due, " ", about, rest, taken), takeUp, take);
  const danger = makeAlarm(data.acknowledges, () => on.act("acknowledge"));
  const question = h("div", { class: "ask", hidden: true, role: "group", tabindex: "-1", "aria-label": "Question" });
  const answer = h("div", { class: "answer", role: "status" });
  const off = h("span", { class: "muted off", hidden: true }, "Wrong number");
  const buttons = h("div", { class: "head-do" }, booked, next, out, snooze, reopen, call, off, takeShort, more);
  const next_ = makeNextStep({ act: on.act, change: (task) => ask("change_task", task) });
  const back = h("button", { class: "b quiet back", type: "button", onclick: on.leave }, icon("back", 16), on.from, key("Esc"));
  const node = h("header", { class: "head" }, back,
    h("div", { class: "head-row" }, h("div", { class: "head-who" }, h("div", { class: "first" }, name, chips), h("div", { class: "facts-row" }, facts, on.edit)), buttons),
    danger.node, question, answer, banner, next_.node);
  const drafts = draftsOf(data.me);
  const more_ = makeQuestions(data, { act: on.act, ask: on.look, shut: () => shut(), open: (which) => ask(which) });
  let outcomes = null; // while it is asked how a call went
  let lead = null;
  let asking = "";
  let reason = "";

  // ---- questions, each one line under the buttons

  function shut() {
    asking = "";
    outcomes = null;
    question.hidden = true;
    put(question);
  }
  const cancel = () => h("button", { class: "b", type: "button", title: "Close this question, Esc", onclick: shut }, "Close");
  const choices = (list, press) => [numbered(list, press), cancel()];
  async function send(action, fields) {
    if (await on.act(action, fields)) shut();
  }

  function money(stage, title, label) {
    const value = h("input", { class: "field", inputmode: "numeric", "aria-label": "Value in dollars", value: lead.value ? Math.round(lead.value / 100) : "", onfocus: () => value.select() });
    const wrong = h("span", { class: "wrong", role: "alert" });
    return h("form", { class: "choices", onsubmit: (event) => {
      event.preventDefault();
      if (!/^\$?[\d,]*$/.test(value.value.trim())) return say(wrong, "Enter whole dollars, such as 450.");
      return send("stage", { stage, dollars: value.value });
    } }, h("span", {}, title), h("label", { class: "money" }, "$", value), h("button", { class: "b primary", type: "submit" }, label), cancel(), wrong);
  }
  const questions = {
    call() {
      const note = h("input", { class: "field grow", maxlength: 500, placeholder: "Add a note, if you like", "aria-label": "Note about the call",
        value: drafts.get(data.lead, "call"), oninput: () => drafts.set(data.lead, "call", note.value) });
      outcomes = makeOutcomes(data.outcomes, async (outcome, confirmed) => {
        if (!(await on.act("log_call", { outcome, confirmed, note: note.value }))) return;
        drafts.set(data.lead, "call", "");
        shut();
      }, () => on.look("wrong_number"));
      outcomes.arm(true);
      return [h("span", {}, "How did the call go?"), outcomes.node, note, cancel()];
    },
    treated: () => money("treated", "Checked out. What did it come to?", "Checked out"),
    done: () => [h("span", {}, "The visit is over?"), choices([["treated", "Checked out", "with what it came to; aftercare goes out"], ["attended", "It took place", "nothing to pay yet"]], (stage) => (stage === "treated" ? ask("treated") : send("stage", { stage })))],
    attended: () => [h("span", {}, "The patient is here for the visit?"), choices([["attended", "Arrived"]], (stage) => send("stage", { stage }))],
    disqualify: () => [h("span", {}, "Why does this lead nowhere?"), choices(data.reasons, (code) => send("disqualify", { reason: code }))],
    more() {
      const list = lead.state === "open" && getComputedStyle(booked).display === "none" ? [["booked", "Mark booked"]] : [];
      if (!lead.stages.qualified && lead.state !== "disqualified") list.push(["qualified", "Mark qualified"]);
      for (const stage of stagesAhead()) list.push([stage, NEXT[stage]]);
      list.push(["task", "Call back or reminder"], ["hand", "Give to a colleague"]);
      list.push(["missed_call", "They called, nobody picked up"]);
      if (lead.state !== "disqualified") list.push(["begin", "Begin a sequence"]);
      if (lead.state === "open") list.push(["snooze", "Snooze"], ["disqualify", "Disqualify"]);
      const at_once = { qualified: () => send("stage", { stage: "qualified" }), missed_call: () => send("missed_call") };
      return [h("span", {}, "More"), choices(list, (code) => (at_once[code] || (() => ask(code)))())];
    },
    begin() {
      const found = h("span", { class: "choices" }, h("span", { class: "muted" }, "Looking which there are"));
      on.look("sequences").then((list) => put(found, list?.length
        ? choices(list, (code) => send("begin_sequence", { sequence: code }))
        : [h("span", {}, "No sequence in use is begun by hand."), cancel()].flat()));
      return [h("span", {}, "Which sequence begins for them now?"), found];
    },
  };
  function shared(which, about) {
    const { title, body } = more_[which](lead, about);
    return [h("span", { class: "ask-title" }, title), body, cancel()].flat();
  }
  function ask(which, about = null) {
    if (!lead || reason || !(questions[which] || more_[which])) return;
    if (["booked", "snooze", "disqualify"].includes(which) && lead.state !== "open") return;
    shut();
    asking = which;
    put(question, questions[which] ? questions[which]() : shared(which, about));
    question.hidden = false;
    // Into a field, else to the question itself: a space that belongs to a word must not press a choice.
    if (which === "call") return;
    const field = question.querySelector("input");
    (field || question).focus();
    field?.select();
  }

  // ---- what stands there

  function draw(row) {
    const first = !lead;
    lead = row;
    say(name, lead.name);
    put(chips,
      lead.urgent && h("span", { class: "chip urgent" }, "Urgent"),
      lead.state === "open" && !lead.contacted && h("span", { class: "chip" }, "New"),
      lead.hot && lead.state === "open" && h("span", { class: "chip" }, icon("flame", 13), "Hot"),
      lead.vip && h("span", { class: "chip" }, icon("star", 13), "VIP"),
      lead.closed && h("span", { class: "chip" }, icon("blocked", 13), "Call only"),
      lead.state !== "open" && h("span", { class: "chip" }, lead.stateName));
    put(facts, [lead.phone || "no phone number", lead.email, lead.prefers].filter(Boolean).join(" \u00b7 "), " \u00b7 ", h("span", { class: "whole" }, `lead ${lead.ref}`));
    danger.draw(lead, now());
    if (lead.dial) call.href = `tel:${lead.dial}`;
    show(booked, lead.state === "open");
    show(out, lead.state === "open");
    show(snooze, lead.state === "open");
    put(snooze, lead.snoozed ? "Bring back" : "Snooze", key("S"));
    show(reopen, lead.state === "disqualified" || lead.state === "closed");
    show(call, !!lead.dial && !lead.wrongNumber);
    show(off, lead.wrongNumber);
    drawNext();
    if (first) shut();
    tick(now());
    enable(reason);
  }

  /** The button of the next stage comes by itself when the visit's hour has come. */
  function drawStage() {
    const [stage = ""] = stagesAhead();
    if (next.dataset.stage !== stage) put(next, icon("check"), NEXT[stage] || "");
    next.dataset.stage = stage;
    show(next, !!stage && data.works && !lead.carded);
  }

  /** What a booked lead has not reached yet. A visit that is still ahead can't have been attended. */
  function stagesAhead() {
    const waits = lead.visits.some((visit) => visit.state === "booked" && visit.at > now());
    return lead.state === "booked" && !waits && !lead.carded ? Object.keys(NEXT).filter((stage) => !lead.stages[stage]) : [];
  }

  /** What comes next, and the text of a missed call until somebody wrote after it. */
  function drawNext() {
    const last = lead.calls[0];
    const missed = lead.state === "open" && !lead.closed && !lead.wrongNumber && !!last && UNANSWERED.has(last.outcome) && Math.max(lead.wroteTo, lead.contacted || 0) <= last.at;
    next_.draw({ task: lead.task, missed: data.works && missed, wrong: "" });
  }

  /** [tone, what counts, what it is about, the rest where there is room]. */
  function about_(at) {
    const clock = lead.clock;
    const owner = lead.owner === data.me ? "You own it." : lead.owner ? `Owner ${lead.ownerName}${lead.viewed ? "." : " has not opened it."}` : "Nobody owns it.";
    if (lead.state === "disqualified") return ["grey", "Disqualified:", `${lead.reason || "no reason given"}. `, owner];
    if (lead.state === "closed") return ["grey", "Closed.", "", owner];
    if (lead.state === "booked") {
      const [stage, words] = DONE.find(([one]) => lead.stages[one]) || DONE.at(-1);
      const value = lead.value ? `, ${dollars(lead.value)}` : "";
      return ["grey", words, lead.stages[stage] ? `on ${date(lead.stages[stage])}${value}. ` : "", owner];
    }
    if (lead.snoozed) return ["grey", `Snoozed until ${when(lead.snoozed, at)}.`, "Clocks stand still. ", owner];
    if (!clock) return ["plain", lead.contacted ? `Contacted ${when(lead.contacted, at)}.` : "No clock runs.", "", owner];
    const state = stateOf(clock, at);
    const within = clock.target >= 60_000 ? span(clock.target) : "under a minute";
    if (state === "breached") return ["red", `${dueWords(clock.due, at)}.`, clock.what, ` was due ${when(clock.due, at)}, ${within} after ${clock.from}. ${owner}`];
    return [state === "approaching" ? "amber" : "plain", `${dueWords(clock.due, at)}.`, clock.what, `, within ${within} of ${clock.from}. ${owner}`];
  }

  function tick(at) {
    if (!lead) return;
    next_.tick(at);
    drawStage();
    const [tone, title, words, more_] = about_(at);
    if (banner.dataset.tone !== tone) {
      banner.dataset.tone = tone;
      banner.className = `banner ${tone}`;
    }
    // Danger stands above: what else is due is not said beside it until somebody has acknowledged it.
    show(banner, (!lead.urgentSince || lead.acknowledged) && !(lead.carded && lead.state === "booked"));
    say(due, title);
    say(about, words);
    say(rest, more_);
    const word = takenUpWords(lead, at);
    say(taken, word && ` ${word}.`);
    show(takeUp, asksMe(lead, data));
    const clock = lead.state === "open" && !lead.snoozed ? lead.clock : null;
    show(mark, !!clock);
    if (clock) reshape(mark, clock, at, 18);
    for (const button of [take, takeShort]) show(button, data.works && lead.state === "open" && lead.owner !== data.me);
  }

  function enable(why) {
    reason = why;
    danger.enable(isLive() ? "" : why);
    takeUp.disabled = !isLive();
    for (const button of [booked, next, out, snooze, reopen, more, take, takeShort]) {
      button.disabled = !!why;
      button.title = why || (button === more ? "More: qualified, call back L, hand over H" : "");
    }
    show(buttons, data.works);
    if (!data.works) for (const button of [booked, next, out, snooze, reopen, more]) button.hidden = true;
    outcomes?.enable(why);
    next_.enable(why);
    for (const button of question.querySelectorAll("[data-choice], [type=submit]")) button.disabled = !!why;
  }

  return {
    node, draw, tick, enable, ask, shut,
    get asking() {
      return asking;
    },
    call: () => !call.hidden && lead?.dial && call.click(),
    take: () => !take.hidden && !take.disabled && takeIt(),
    snoozed: () => !!lead?.snoozed,
    wake: () => on.act("unsnooze"),
    pick(number) {
      if (outcomes) return outcomes.pick(number);
      const button = question.querySelector(`[data-choice="${number}"]`);
      if (button && !button.disabled) button.click();
      return !!button;
    },
    answer(tone, words) {
      put(answer, words && h("div", { class: `note ${tone}` }, icon(tone === "blue" ? "faster" : "info"), h("span", {}, words),
        h("button", { class: "b quiet", type: "button", onclick: () => put(answer) }, "Close")));
    },
    busy(on_) {
      buttons.setAttribute("aria-busy", String(on_));
    },
  };
}

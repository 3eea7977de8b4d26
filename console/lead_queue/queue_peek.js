// The panel of the selected lead, beside the list or in the drawer: call with its outcome, last texts, the request, and what else can be done, without leaving.
import { h, put, say, show } from "../parts/dom.js";
import { icon } from "../parts/icons.js";
import { follow } from "../parts/live.js";
import { now, when } from "../parts/clock.js";
import { makeNextStep } from "../parts/next_step.js";
import { makeOutcomes } from "../parts/outcomes.js";
import { sharedWith } from "../parts/family.js";
import { viewing } from "../parts/people.js";
import { makeAlarm } from "../parts/urgent.js";
import { makeBubbles } from "./queue_bubbles.js";
import { chips, clockWords, drawShape } from "./queue_row.js";
import { makeForms } from "./queue_forms.js";

const OUTCOMES = [["talked", "Talked"], ["voicemail", "Voicemail"], ["no_answer", "No answer"], ["wrong_number", "Wrong number"]];

/** `on`: {act(lead, name, more, refused), ask(lead, name), open(id)}. Gives {node, show(lead), tick(now), enable(reason), mode(name), ...}. */
export function makePeek(data, on) {
  const name = h("b", { class: "peek-name" });
  const badges = h("span", { class: "chips" });
  const where = h("div", { class: "muted small" });
  const others = h("div", { class: "muted small", role: "status" });
  const family = h("div", { class: "small" });
  const mark = h("span", { class: "mark" });
  const words = h("b", { class: "peek-due" });
  const under = h("div", { class: "muted small" });
  const number = h("b", { class: "peek-number" });
  const call = h("a", { class: "b primary large call", onclick: () => outcomes.arm(true) }, icon("phone"), "Call", h("span", { class: "key" }, "P"));
  const outcomes = makeOutcomes(OUTCOMES, async (code, confirmed) => { if (await on.act(lead, "log_call", { outcome: code, confirmed })) outcomes.arm(false); },
    () => on.ask(lead, "wrong_number"));
  const next = makeNextStep({
    act: (action, fields) => on.act(lead, action, fields),
    change: (task) => forms.open("change_task", lead, { about: task }),
  });
  const off = h("span", { class: "muted small", hidden: true }, "Wrong number");
  const question = h("div", { class: "small" }, data.works ? "How did the call go?" : "Your role can look at leads, not work them: a call could not be recorded.");
  const texts = makeBubbles();
  const request = h("dl", { class: "request" });
  const answer = h("div", { role: "status" });
  const forms = makeForms(data, { act: (action, more, refused) => on.act(lead, action, more, refused), ask: (action, more) => on.ask(lead, action, more) });
  const buttons = {
    text: h("button", { class: "b", type: "button", onclick: () => forms.open("text", lead) }, "Text", h("span", { class: "key" }, "T")),
    booked: h("button", { class: "b", type: "button", onclick: () => forms.open("booked", lead) }, "Booked", h("span", { class: "key" }, "B")),
    snooze: h("button", { class: "b", type: "button", onclick: () => (lead.snoozed ? on.act(lead, "unsnooze") : forms.open("snooze", lead)) }, "Snooze", h("span", { class: "key" }, "S")),
    more: h("button", { class: "b", type: "button", "aria-label": "More: call back, hand over, disqualify", title: "More: call back or reminder L, hand over H, disqualify X", onclick: () => forms.open("more", lead) }, icon("more")),
  };
  const danger = makeAlarm(data.acknowledges, () => on.act(lead, "acknowledge"), "peek-danger");
  const node = h("aside", { class: "peek", hidden: true, "aria-label": "Selected lead" },
    h("div", { class: "peek-head" },
      h("div", { class: "first" }, name, badges,
        h("button", { class: "b quiet corner", type: "button", "aria-label": "Open the lead", title: "Open the lead, Enter", onclick: () => on.open(lead.id) }, icon("expand", 16))),
      where, others, family,
      h("div", { class: "peek-clock" }, mark, h("span", {}, words, under))),
    danger.node,
    h("div", { class: "peek-call" }, h("div", { class: "first" }, number, call, off), question, outcomes.node, next.node),
    h("div", { class: "peek-more" }, texts.node, request), answer, forms.node,
    h("div", { class: "peek-do" }, Object.values(buttons)));
  let lead = null;
  let unfollow = null;
  let why = "";

  function drawNext(one) {
    next.draw({ task: one.ended ? null : one.task, missed: one.missed, wrong: one.wrongNumber && !one.ended ? "Open the lead to correct its number or email." : "" });
    next.enable(why);
  }

  function drawPeek(topic) {
    const rows = [...topic.rows.values()];
    const asked = topic.rows.get("request");
    say(others, viewing(topic.who, data.me));
    put(family, asked?.family.length > 0 && sharedWith(asked.family));
    texts.draw(rows.filter((row) => row.id !== "request"));
    fit();
    texts.node.parentElement.scrollTop = texts.node.offsetHeight;
    if (!asked) return put(request);
    const facts = [
      ["Wants", lead.wants],
      ["Budget", asked.budget],
      ["Best time", asked.bestTime],
      ["Note", asked.notes],
      ["Next text", asked.next ? `Automatic, ${asked.next > now() ? when(asked.next) : "due now"}` : asked.stopped],
    ];
    put(request, facts.filter(([, value]) => value).map(([label, value]) => [h("dt", {}, label), h("dd", {}, value)]));
    policy = asked.policy ? `${asked.policy.toLowerCase()} target` : "";
  }
  let policy = "";

  /** As tall as what is left of the window below its top: its buttons are always in sight. */
  function fit() {
    if (node.closest("dialog")) {
      node.style.maxHeight = "";
      return;
    }
    const top = Math.max(24, node.getBoundingClientRect().top);
    node.style.maxHeight = `${Math.max(320, window.innerHeight - top - 16)}px`;
  }
  function tick(at) {
    if (!lead || node.hidden) return;
    fit();
    texts.tick(at);
    next.tick(at);
    const clock = clockWords(lead, at);
    const state = drawShape(mark, lead, at, 24);
    say(words, clock.words);
    words.className = `peek-due words-${state}`;
    say(under, [clock.under, lead.clock && !lead.snoozed && policy].filter(Boolean).join(", "));
  }

  return {
    node,
    get lead() {
      return lead;
    },
    forms,
    show(next, at) {
      const same = lead && next && lead.id === next.id;
      if (!same) {
        unfollow?.();
        unfollow = null;
        forms.close();
        outcomes.arm(false);
        put(answer);
        texts.draw([]);
        say(others, "");
        put(family);
        put(request);
        policy = "";
      }
      lead = next;
      node.hidden = !lead;
      if (!lead) return;
      danger.draw(lead, at);
      say(name, lead.name);
      put(badges, chips(lead));
      say(where, `Lead ${lead.ref} \u00b7 in at ${when(lead.created, at)} \u00b7 ${lead.place}`);
      say(number, lead.phone || "No phone number");
      const callable = data.works && !!lead.dial && !lead.wrongNumber; // a call that cannot be recorded helps nobody
      show(call, callable);
      show(off, lead.wrongNumber);
      show(question, !lead.wrongNumber);
      show(outcomes.node, !lead.wrongNumber);
      drawNext(lead);
      call.href = `tel:${lead.dial}`;
      buttons.text.title = lead.callOnly ? "Call only: T says why" : "";
      buttons.snooze.firstChild.textContent = lead.snoozed ? "Bring back" : "Snooze";
      if (!same) {
        unfollow = follow(`peek:${lead.id}`, drawPeek);
        forms.reopen(lead);
      }
      tick(at);
    },
    tick,
    outcomes,
    /** Start the call, and ask how it went. False where no number is known. */
    call() {
      if (!call.hidden) call.click();
      return !call.hidden;
    },
    answer(tone, text, actions = []) {
      put(answer, text && h("div", { class: `note ${tone}` }, h("span", {}, text), actions));
    },
    busy(on_) {
      node.setAttribute("aria-busy", on_ ? "true" : "false");
    },
    enable(reason, alarm = reason) {
      danger.enable(alarm);
      for (const button of Object.values(buttons)) {
        button.disabled = !!reason;
        if (reason) button.title = reason;
      }
      outcomes.enable(reason);
      forms.enable(reason);
      next.enable(reason);
      why = reason;
    },
    end() {
      unfollow?.();
    },
  };
}

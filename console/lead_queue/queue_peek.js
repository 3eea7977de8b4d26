// The panel beside the list: call with its outcome, last texts, the request, and what else can be done, without leaving.
import { h, put, say, show } from "../parts/dom.js";
import { icon } from "../parts/icons.js";
import { follow } from "../parts/live.js";
import { now, when } from "../parts/clock.js";
import { chips, clockWords, drawShape } from "./queue_row.js";
import { makeForms } from "./queue_forms.js";

export const OUTCOMES = [["talked", "Talked"], ["voicemail", "Voicemail"], ["no_answer", "No answer"], ["wrong_number", "Wrong number"]];

function bubble(text) {
  const by = { automatic: "Automatic", staff: text.by || "Staff", patient: "" }[text.origin];
  const facts = [by, text.status && `${text.status} ${when(text.at)}`, !text.status && when(text.at),
    text.understood && `understood as "${text.understood}"`].filter(Boolean).join(" \u00b7 ");
  const failed = text.status === "failed" || text.status === "not delivered";
  return [
    h("div", { class: `bubble ${text.origin}` }, text.body),
    h("div", { class: `facts from-${text.origin}${failed ? " failed" : ""}` }, text.origin === "automatic" && icon("robot", 14), facts,
      failed && text.code && h("span", { class: "muted" }, ` ${text.code}`)),
  ];
}

/** `on`: {act(lead, name, more), open(id), close()}. Gives {node, show(lead), tick(now), enable(reason), mode(name), ...}. */
export function makePeek(data, on) {
  const name = h("b", { class: "peek-name" });
  const badges = h("span", { class: "chips" });
  const where = h("div", { class: "muted small" });
  const mark = h("span", { class: "mark" });
  const words = h("b", { class: "peek-due" });
  const under = h("div", { class: "muted small" });
  const number = h("b", { class: "peek-number" });
  const call = h("a", { class: "b primary large call" }, icon("phone"), "Call", h("span", { class: "key" }, "P"));
  const outcomes = OUTCOMES.map(([code, title], at) =>
    h("button", { class: "b outcome", type: "button", onclick: () => on.act(lead, "log_call", { outcome: code }) }, title, h("span", { class: "key" }, at + 1)));
  const question = h("div", { class: "small" }, data.works ? "How did the call go?" : data.closed || "Your role can look at leads, not work them: a call could not be recorded.");
  const texts = h("div", { class: "texts" });
  const request = h("dl", { class: "request" });
  const answer = h("div", { role: "status" });
  const forms = makeForms(data, { act: (action, more) => on.act(lead, action, more) });
  const buttons = {
    text: h("button", { class: "b", type: "button", onclick: () => forms.open("text", lead) }, "Text", h("span", { class: "key" }, "T")),
    booked: h("button", { class: "b", type: "button", onclick: () => forms.open("booked", lead) }, "Booked", h("span", { class: "key" }, "B")),
    snooze: h("button", { class: "b", type: "button", onclick: () => (lead.snoozed ? on.act(lead, "unsnooze") : forms.open("snooze", lead)) }, "Snooze", h("span", { class: "key" }, "S")),
    more: h("button", { class: "b", type: "button", "aria-label": "More: hand over, disqualify", onclick: () => forms.open("more", lead) }, icon("more")),
  };
  const node = h("aside", { class: "peek", hidden: true, "aria-label": "Selected lead" },
    h("div", { class: "peek-head" },
      h("div", { class: "first" }, name, badges,
        h("button", { class: "b quiet corner", type: "button", "aria-label": "Open the lead", title: "Open the lead, Enter", onclick: () => on.open(lead.id) }, icon("expand", 16))),
      where,
      h("div", { class: "peek-clock" }, mark, h("span", {}, words, under))),
    h("div", { class: "peek-call" }, h("div", { class: "first" }, number, call), question, h("div", { class: "outcomes" }, outcomes)),
    h("div", { class: "peek-more" }, texts, request), answer, forms.node,
    h("div", { class: "peek-do" }, Object.values(buttons)));
  let lead = null;
  let unfollow = null;

  function drawPeek(topic) {
    const rows = [...topic.rows.values()];
    const asked = topic.rows.get("request");
    put(texts, rows.filter((row) => row.id !== "request").map(bubble));
    show(texts, texts.childElementCount > 0);
    fit();
    texts.parentElement.scrollTop = texts.offsetHeight;
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
    const top = Math.max(24, node.getBoundingClientRect().top);
    node.style.maxHeight = `${Math.max(320, window.innerHeight - top - 16)}px`;
  }
  function tick(at) {
    if (!lead || node.hidden) return;
    fit();
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
        put(answer);
        put(texts);
        put(request);
        policy = "";
      }
      lead = next;
      node.hidden = !lead;
      if (!lead) return;
      say(name, lead.name);
      put(badges, chips(lead));
      say(where, `Lead ${lead.ref} \u00b7 in at ${when(lead.created, at)} \u00b7 ${lead.place}`);
      say(number, lead.phone || "No phone number");
      show(call, data.works && !!lead.dial); // a call that cannot be recorded helps nobody
      call.href = `tel:${lead.dial}`;
      buttons.text.title = lead.callOnly ? "Call only: no texts to this number" : "";
      buttons.snooze.firstChild.textContent = lead.snoozed ? "Bring back" : "Snooze";
      if (!same) unfollow = follow(`peek:${lead.id}`, drawPeek);
      tick(at);
    },
    tick,
    call() {
      if (lead?.dial) call.click();
    },
    answer(tone, text, actions = []) {
      put(answer, text && h("div", { class: `note ${tone}` }, h("span", {}, text), actions));
    },
    busy(on_) {
      node.setAttribute("aria-busy", on_ ? "true" : "false");
    },
    enable(reason) {
      for (const button of [...Object.values(buttons), ...outcomes]) {
        button.disabled = !!reason || (button === buttons.text && lead?.callOnly);
        if (reason) button.title = reason;
      }
      forms.enable(reason);
    },
    end() {
      unfollow?.();
    },
  };
}

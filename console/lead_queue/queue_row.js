// One lead in the list. Built once, filled again when the push says it changed, ticked each second.
import { h, put, say, show } from "../parts/dom.js";
import { icon } from "../parts/icons.js";
import { face } from "../parts/people.js";
import { asksMe, takenUpWords } from "../parts/taken_up.js";
import { alarmSince, alarmTitle, inAlarm, waitsForSomebody } from "../parts/urgent.js";
import { dueWords, reshape, shape, spokenDue, stateOf, when } from "../parts/clock.js";

const ORIGINS = { patient: "incoming", automatic: "robot", staff: "person", blocked: "blocked" };
const BUTTONS = { take: ["hand", "Take"], call: ["phone", "Call"], text: ["text", "Text"], open: ["forward", "Open"], acknowledge: ["alert", "Acknowledge"] };

const chip = (symbol, words) => h("span", { class: "chip", title: words }, icon(symbol, 14), h("span", { class: "chip-words" }, words));

/** Urgent inverted; Hot, VIP and Call only outlined. Beside a long name they shrink to their icons; Urgent never does. */
export function chips(lead) {
  return [
    lead.urgent && h("span", { class: "chip urgent" }, "Urgent"),
    lead.hot && !lead.urgent && chip("flame", "Hot"),
    lead.vip && chip("star", "VIP"),
    lead.callOnly && chip("blocked", "Call only"),
  ].filter(Boolean);
}

/** The row's one button: an emergency is acknowledged before anything else. */
export const buttonOf = (lead) => (waitsForSomebody(lead) ? "acknowledge" : lead.button);

/** 'call again 12:30 PM', the time left out where the clock says it, with the words of who set it; '' where nothing is planned. */
function planned(lead, now) {
  if (!lead.task) return "";
  const due = lead.task.due <= now || lead.task.due === lead.clock.due || lead.task.kind === "correct_number" ? "" : ` ${when(lead.task.due, now)}`;
  return `${lead.task.what}${due}${lead.task.words ? `: ${lead.task.words}` : ""}`;
}

/** The clock's words and the line under them. */
export function clockWords(lead, now) {
  if (lead.ended) return { state: "ended", words: lead.ended, under: "" };
  if (lead.snoozed) return { state: "paused", words: `Back ${when(lead.snoozed, now)}`, under: lead.snoozedBy ? `snoozed by ${lead.snoozedBy.split(" ")[0]}` : "snoozed" };
  if (!lead.clock) return { state: "paused", words: "Paused", under: "waiting for patient" };
  if (lead.clock.state === "paused") return { state: "paused", words: "Paused", under: lead.clock.what };
  const state = stateOf(lead.clock, now);
  return { state, words: dueWords(lead.clock.due, now), under: alarmSince(lead) || planned(lead, now) || (state === "breached" && !lead.owner ? "nobody took it" : lead.clock.what) };
}

/** Draw the shape of a lead's clock into `holder`. */
export function drawShape(holder, lead, now, size) {
  if (lead.clock && !lead.snoozed && !lead.ended) return reshape(holder, lead.clock, now, size);
  const known = lead.ended ? lead.state : "paused";
  if (holder.dataset.shape !== known) {
    holder.dataset.shape = known;
    holder.replaceChildren(shape(known, 1, size));
  }
  return clockWords(lead, now).state;
}

function spokenClock(lead, words, now) {
  return lead.clock && lead.clock.state !== "paused" && !lead.snoozed && !lead.ended ? spokenDue(lead.clock.due, now) : words.toLowerCase();
}

/** `who`: {me, hands, acknowledges}; `on`: {select(id), open(id), press(id, button)}. Gives {node, fill(lead), tick(now), say(note), busy(on)}. */
export function makeRow(id, who, on) {
  const { me } = who;
  const mark = h("span", { class: "mark" });
  const words = h("b");
  const under = h("span", { class: "under" });
  const name = h("b", { class: "name" });
  const badges = h("span", { class: "chips" });
  const wants = h("span", { class: "under" });
  const last = h("span", { class: "event" });
  const source = h("span", { class: "under" });
  const owner = h("span", { class: "owner" });
  const button = h("button", { class: "b act", type: "button", tabindex: "-1", onclick: press });
  const takeUp = h("button", { class: "b quiet take-up", type: "button", tabindex: "-1", hidden: true, onclick: (event) => { event.stopPropagation(); if (takeUp.getAttribute("aria-disabled") !== "true") on.press(id, "take_up"); } }, "Acknowledge");
  const note = h("div", { class: "row-note", hidden: true, role: "status" });
  const third = h("span", { class: "third under" });
  const node = h("div", { class: "row", role: "row", tabindex: "-1", "data-id": id, onclick: choose },
    h("div", { class: "cell clock", role: "gridcell" }, mark, h("span", {}, words, under)),
    h("div", { class: "cell who", role: "gridcell" }, h("span", { class: "first" }, name, badges), wants, third),
    h("div", { class: "cell last", role: "gridcell" }, last, source),
    h("div", { class: "cell do", role: "gridcell" }, takeUp, owner, button),
    note);
  let lead = null;
  let spoken = "";

  function choose(event) {
    if (event.target.closest("button, a")) return;
    on.select(id);
  }
  function press(event) {
    event.stopPropagation();
    if (button.getAttribute("aria-disabled") === "true") return;
    on.press(id, buttonOf(lead));
  }
  function speak(clock, now) {
    // A row's name changes with the minutes, not with the seconds: screen readers would repeat it.
    const text = [lead.urgent && "urgent", lead.name, spokenClock(lead, clock.words, now), lead.ownerName ? `owner ${lead.ownerName}` : "nobody has it"].filter(Boolean).join(", ");
    if (text !== spoken) {
      spoken = text;
      node.setAttribute("aria-label", text);
    }
  }
  function tick(now) {
    const clock = clockWords(lead, now);
    const state = drawShape(mark, lead, now, 20);
    say(words, clock.words);
    if (words.className !== `words-${state}`) words.className = `words-${state}`;
    say(under, clock.under);
    speak(clock, now);
  }
  function fill(next, now) {
    lead = next;
    say(name, lead.name);
    put(badges, chips(lead));
    say(wants, [lead.wants, lead.formName].filter(Boolean).join(" \u00b7 "));
    const danger = inAlarm(lead);
    put(last, danger ? [icon("alert", 15), h("span", { class: "words" }, alarmTitle(lead))] : [icon(ORIGINS[lead.last.by] || "info", 15), h("span", { class: lead.last.quote ? "words quote" : "words" },
      lead.last.quote ? `"${lead.last.words}"` : lead.last.words)]);
    last.className = `event by-${danger ? "danger" : lead.last.by}`;
    if (danger && lead.acknowledged) say(source, `${when(lead.acknowledgedAt, now)}. Reach the patient`);
    else say(source, [when(lead.last.at, now), takenUpWords(lead, now) || lead.sourceName].filter(Boolean).join(" \u00b7 "));
    say(third, `${lead.ownerName ? (lead.owner === me ? "You" : lead.ownerName.split(" ")[0]) : "Unassigned"}${danger ? ` \u00b7 ${alarmTitle(lead)}` : lead.wants ? ` \u00b7 ${lead.wants}` : ""}`);
    put(owner, face(lead.owner, lead.ownerName, me));
    const doing = buttonOf(lead);
    show(takeUp, doing !== "acknowledge" && asksMe(lead, who));
    takeUp.setAttribute("aria-label", `Acknowledge the alert about ${lead.name}`);
    const [symbol, verb] = BUTTONS[doing];
    put(button, h("span", { class: "symbol" }, icon(symbol, 20)), h("span", { class: "verb" }, verb));
    button.classList.toggle("primary", doing === "take" || doing === "acknowledge");
    button.setAttribute("aria-label", `${verb} ${lead.name}`);
    node.classList.toggle("danger", doing === "acknowledge");
    node.classList.toggle("unread", lead.unread > 0);
    tick(now);
  }
  return {
    node,
    fill,
    tick,
    get lead() {
      return lead;
    },
    say(tone, text, actions = []) {
      put(note, text && h("div", { class: `note ${tone}` }, h("span", {}, text), actions));
      note.hidden = !text;
    },
    busy(on_) {
      button.toggleAttribute("aria-busy", on_);
      if (on_) button.append(h("span", { class: "spin" }));
      else button.querySelector(".spin")?.remove();
    },
    /** `alarm`: why this person can't acknowledge; `why`: why they can't do anything else. */
    enable(why, alarm = why) {
      const reason = lead && buttonOf(lead) === "acknowledge" ? alarm : why;
      button.setAttribute("aria-disabled", reason ? "true" : "false");
      button.title = reason;
      takeUp.setAttribute("aria-disabled", alarm ? "true" : "false");
      takeUp.title = alarm || "You have seen it. It is no call: the clock runs on";
    },
    flash() {
      node.classList.add("arrived");
      setTimeout(() => node.classList.remove("arrived"), 1200);
    },
  };
}

// One lead in the list. Built once, filled again when the push says it changed, ticked each second.
import { h, put, say } from "../parts/dom.js";
import { icon } from "../parts/icons.js";
import { face } from "../parts/people.js";
import { dueWords, reshape, shape, stateOf, when } from "../parts/clock.js";

const ORIGINS = { patient: "incoming", automatic: "robot", staff: "person", blocked: "blocked" };
const BUTTONS = { take: ["hand", "Take"], call: ["phone", "Call"], text: ["text", "Text"], open: ["forward", "Open"] };

/** Urgent inverted; Hot, VIP and Call only outlined. */
export function chips(lead) {
  return [
    lead.urgent && h("span", { class: "chip urgent" }, "Urgent"),
    lead.hot && !lead.urgent && h("span", { class: "chip" }, icon("flame", 14), "Hot"),
    lead.vip && h("span", { class: "chip" }, "VIP"),
    lead.callOnly && h("span", { class: "chip" }, icon("blocked", 14), "Call only"),
    lead.ended && h("span", { class: "chip" }, lead.ended),
  ].filter(Boolean);
}

/** The clock's words and the line under them. */
export function clockWords(lead, now) {
  if (lead.ended) return { state: "paused", words: lead.ended, under: "" };
  if (lead.snoozed) return { state: "paused", words: `Back ${when(lead.snoozed, now)}`, under: lead.snoozedBy ? `snoozed by ${lead.snoozedBy.split(" ")[0]}` : "snoozed" };
  if (!lead.clock) return { state: "paused", words: "Paused", under: "waiting for patient" };
  if (lead.clock.state === "paused") return { state: "paused", words: "Paused", under: lead.clock.what };
  const state = stateOf(lead.clock, now);
  const under = state === "breached" && !lead.owner ? "nobody took it" : lead.clock.what;
  return { state, words: dueWords(lead.clock.due, now), under };
}

/** Draw the shape of a lead's clock into `holder`. */
export function drawShape(holder, lead, now, size) {
  if (lead.clock && !lead.snoozed && !lead.ended) return reshape(holder, lead.clock, now, size);
  if (holder.dataset.shape !== "paused") {
    holder.dataset.shape = "paused";
    holder.replaceChildren(shape("paused", 1, size));
  }
  return "paused";
}

/** `on`: {select(id), open(id), press(id, button)}. Gives {node, fill(lead), tick(now), say(note), busy(on)}. */
export function makeRow(id, me, on) {
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
  const note = h("div", { class: "row-note", hidden: true, role: "status" });
  const third = h("span", { class: "third under" });
  const node = h("div", { class: "row", role: "row", tabindex: "-1", "data-id": id, onclick: choose },
    h("div", { class: "cell clock", role: "gridcell" }, mark, h("span", {}, words, under)),
    h("div", { class: "cell who", role: "gridcell" }, h("span", { class: "first" }, name, badges), wants, third),
    h("div", { class: "cell last", role: "gridcell" }, last, source),
    h("div", { class: "cell do", role: "gridcell" }, owner, button),
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
    on.press(id, lead.button);
  }
  function speak(clock) {
    // A row's name changes with the minutes, not with the seconds: screen readers would repeat it.
    const text = `${lead.name}, ${clock.words.toLowerCase().replace(/in (\d+):\d\d/, "in $1 minutes")}, ${lead.ownerName ? `owner ${lead.ownerName}` : "nobody has it"}`;
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
    speak(clock);
  }
  function fill(next, now) {
    lead = next;
    say(name, lead.name);
    put(badges, chips(lead));
    say(wants, [lead.wants, lead.formName].filter(Boolean).join(" \u00b7 "));
    put(last, icon(ORIGINS[lead.last.by] || "info", 15), h("span", { class: lead.last.quote ? "words quote" : "words" },
      lead.last.quote ? `"${lead.last.words}"` : lead.last.words));
    last.className = `event by-${lead.last.by}`;
    say(source, [when(lead.last.at, now), lead.sourceName].filter(Boolean).join(" \u00b7 "));
    say(third, `${lead.ownerName ? (lead.owner === me ? "You" : lead.ownerName.split(" ")[0]) : "Unassigned"}${lead.wants ? ` \u00b7 ${lead.wants}` : ""}`);
    put(owner, face(lead.owner, lead.ownerName, me));
    const [symbol, verb] = BUTTONS[lead.button];
    put(button, h("span", { class: "symbol" }, icon(symbol, 20)), h("span", { class: "verb" }, verb));
    button.classList.toggle("primary", lead.button === "take");
    button.setAttribute("aria-label", `${verb} ${lead.name}`);
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
    enable(reason) {
      button.setAttribute("aria-disabled", reason ? "true" : "false");
      button.title = reason;
    },
    flash() {
      node.classList.add("arrived");
      setTimeout(() => node.classList.remove("arrived"), 1200);
    },
  };
}

// One conversation in the list. Built anew when its row changed, ticked each second.
import { h, put, say } from "../parts/dom.js";
import { icon } from "../parts/icons.js";
import { inAlarm } from "../parts/urgent.js";
import { dueWords, reshape, spokenDue, stateOf, when } from "../parts/clock.js";

const ICONS = { automatic: "robot", machine: "robot", failed: "alert" };

/** '5:12', '1:05:12': since when somebody waits. */
export function waited(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (value) => String(value).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const rest = `${hours ? two(Math.floor((seconds % 3600) / 60)) : Math.floor(seconds / 60)}:${two(seconds % 60)}`;
  return hours ? `${hours}:${rest}` : rest;
}

/** 'Nina and Elena paged, not acknowledged'. */
function pagedWords(row, at) {
  const names = row.paged.map((name) => name.split(" ")[0]);
  const who = names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${names.at(-1)}` : names[0] || "Nobody could be";
  if (row.acknowledged) return `Acknowledged${row.acknowledgedBy ? ` by ${row.acknowledgedBy.split(" ")[0]}` : ""} ${when(row.acknowledgedAt, at)}. Reach the patient`;
  return `Urgent reply. ${who} paged, not acknowledged`;
}

/** `on`: {select(id), acknowledge(id), acknowledges, whyNot()}. */
function urgentRow(row, on) {
  const words = h("div", { class: "urgent-words" });
  const waits = h("b", { class: "waited", role: "timer", "aria-label": "Waiting" });
  const acknowledge = h("button", { class: "b", type: "button", onclick: (event) => { event.stopPropagation(); on.acknowledge(row.id); } }, "Acknowledge");
  const node = h("div", { class: "thread-row urgent", role: "listitem", tabindex: "-1", "data-id": row.id, onclick: () => on.select(row.id) },
    h("div", { class: "row-top" }, h("span", { class: "row-name" }, h("span", { class: "asterisk", "aria-hidden": "true" }, "\u2731"), row.name), h("span", { class: "row-at" }, when(row.at))),
    words,
    h("div", { class: "row-do" }, h("button", { class: "b open", type: "button", onclick: (event) => { event.stopPropagation(); on.select(row.id); } }, "Open"), !row.acknowledged && on.acknowledges && acknowledge, waits));
  node.tick = (at) => {
    say(words, pagedWords(row, at));
    say(waits, waited(at - row.urgentSince));
    const why = on.whyNot();
    acknowledge.disabled = !!why;
    acknowledge.title = why;
  };
  return node;
}

const folded = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

/** The text with the words that were looked for marked, as the server finds them: whole, or by three letters and more. */
function lit(text, sought) {
  const wanted = folded(sought).match(/[\p{L}\p{N}]+/gu) || [];
  const hit = (word) => wanted.some((one) => (one.length < 3 ? folded(word) === one : folded(word).startsWith(one)));
  return text.split(/([\p{L}\p{N}\p{M}]+)/u).map((part, at) => (at % 2 && hit(part) ? h("mark", {}, part) : part));
}

/** What stands at the row's end: its clock while it waits, else why it does not. */
function standing(row, mark, words, at) {
  if (row.done) return ["done", `Done${row.doneBy ? `, ${row.doneBy.split(" ")[0]}` : ""}`];
  if (row.snoozed) return ["paused", `Back ${when(row.snoozed, at)}`];
  if (row.failed || row.line.tone === "failed") return ["failed", "Failed"];
  if (!row.waits) return row.paused > at ? ["paused", "Paused"] : ["", ""];
  if (!row.clock || row.clock.state === "paused") return ["paused", row.clock ? "Paused" : "Waits"];
  reshape(mark, row.clock, at, 15);
  return [stateOf(row.clock, at), dueWords(row.clock.due, at)];
}

function usualRow(row, on) {
  const mark = h("span", { class: "mark" });
  const words = h("span", { class: "due-words" });
  const due = h("span", { class: "due" }, mark, words);
  const said = h("span", { class: "line" });
  const name = h("span", { class: "row-name" }, row.unread > 0 && h("span", { class: "dot", title: row.unread === 1 ? "1 unread text" : `${row.unread} unread texts` }), h("span", {}, row.name));
  const node = h("div", { class: `thread-row by-${row.line.by}${row.waits ? " waits" : ""}${row.done ? " is-done" : ""}${row.sought ? " is-found" : ""}`, role: "listitem", tabindex: "-1", "data-id": row.id, onclick: () => on.select(row.id) },
    h("div", { class: "row-top" }, name, h("span", { class: "row-at" }, when(row.at))),
    h("div", { class: "row-under" }, said, due));
  const symbol = ICONS[row.line.by];
  const told = `${row.line.words}${row.line.until ? ` ${when(row.line.until)}` : ""}`;
  put(said, symbol && icon(symbol, 14), h("span", {}, row.sought ? lit(told, row.sought) : told));
  said.title = said.textContent;
  let spoken = "";
  node.tick = (at) => {
    const [state, text] = standing(row, mark, words, at);
    say(words, text);
    if (due.dataset.state !== state) due.dataset.state = state;
    words.className = `due-words words-${state === "failed" ? "breached" : state || "paused"}`;
    if (!["within", "approaching", "breached"].includes(state)) mark.replaceChildren();
    const aloud = [row.name, row.unread > 0 && "unread", row.waits && row.clock && row.clock.state !== "paused" ? spokenDue(row.clock.due, at) : text, row.ownerName ? `owner ${row.ownerName}` : "nobody has it"].filter(Boolean).join(", ");
    if (aloud !== spoken) node.setAttribute("aria-label", (spoken = aloud));
  };
  return node;
}

export const buildRow = (row, on) => (inAlarm(row) ? urgentRow(row, on) : usualRow(row, on));

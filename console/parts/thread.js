// The conversation: patient left; automatic dashed right; people filled right; events in the middle; notes with a bar.
import { h, put, say, show } from "./dom.js";
import { icon } from "./icons.js";
import { date, now, sameDay, time, weekday, when } from "./clock.js";
import { undoKey } from "./keys.js";
import { makeRows } from "./rows.js";

const NEAR_PX = 80;
const day = (moment) => `${weekday(moment)}, ${date(moment)}`;

function why(row) {
  const lines = h("ul", { class: "moves", hidden: true },
    row.because && h("li", {}, icon("check", 15), h("span", {}, row.because)),
    row.why.map((move) => h("li", {}, icon(move.mark, 15), h("span", {}, `${time(move.at)} ${move.words}`, move.until && ` until ${when(move.until)}`))));
  const button = h("button", { class: "b quiet", type: "button", "aria-expanded": "false",
    onclick: () => {
      lines.hidden = !lines.hidden;
      button.setAttribute("aria-expanded", String(!lines.hidden));
    } }, "why sent");
  return [button, lines];
}

function picture(one) {
  if (one.file) return h("a", { class: "picture waits", href: `/pictures/${one.id}`, download: "" }, icon("picture"), one.words);
  if (!one.shown) return h("span", { class: `picture waits ${one.refused ? "refused" : "muted"}` }, icon(one.refused ? "alert" : "picture"), one.words);
  return h("a", { class: "picture", href: `/pictures/${one.id}`, target: "_blank", rel: "noreferrer" },
    h("img", { src: `/pictures/${one.id}`, alt: "Picture from the patient", loading: "lazy" }));
}

function text(row, on) {
  const mine = row.origin !== "patient";
  const facts = [];
  if (row.origin === "automatic") facts.push(`Automatic, ${row.name.toLowerCase()}`);
  if (row.origin === "staff" && row.by) facts.push(row.by);
  if (mine) facts.push(row.statusAt && !row.tone ? `${row.status} ${when(row.statusAt)}` : `${row.status} ${when(row.at)}`);
  else facts.push(when(row.at));
  if (row.earlier) facts.push("earlier request");
  const [button, lines] = row.why.length ? why(row) : [null, null];
  return h("div", { class: `said ${row.origin} ${row.tone}${row.machine ? " machine" : ""}` },
    row.body && h("div", { class: `bubble ${row.origin}` }, row.body),
    row.pictures.length > 0 && h("div", { class: "pictures" }, row.pictures.map(picture)),
    h("div", { class: "facts" }, row.tone === "failed" && icon("alert", 15), row.origin === "automatic" && icon("robot", 15),
      h("span", {}, facts.join(" \u00b7 ")), row.code && h("span", { class: "code" }, row.code), !mine && on.reading(row), button),
    row.todo && h("div", { class: "facts todo" }, row.todo),
    row.whose && on.whose(row),
    lines);
}

function waiting(row, on) {
  const words = h("span");
  const undo = h("button", { class: "b", type: "button", onclick: () => on.undo(row) });
  const edit = h("button", { class: "b", type: "button", hidden: true, onclick: () => on.edit(row) }, "Edit");
  const again = h("button", { class: "b", type: "button", hidden: true, onclick: () => on.again(row) }, "Use the words again");
  const pill = h("div", { class: "pill", role: "status" }, words, edit, again, undo);
  const node = h("div", { class: "said staff waiting" }, h("div", { class: "bubble staff" }, row.body), pill);
  node.tick = (at) => {
    const left = Math.ceil((row.due - at) / 1000);
    const soon = row.state === "planned" && left <= 60;
    const who = row.by ? `${row.by}: ` : "";
    if (row.state === "stopped") say(words, `Not sent: ${row.words}`);
    else if (row.scheduled && row.state !== "unknown" && left > 0) say(words, planned(row, who, on.wrote()));
    else if (row.state === "held") say(words, `Waits until ${when(row.due)}: ${row.words}`);
    else if (row.state === "unknown") say(words, "Not sure that it left, being looked up");
    else if (row.state === "planned" && left > 60) say(words, `Goes ${when(row.due)}`);
    else say(words, soon && left > 0 ? `${who}sending in ${left} s` : `${who}sending`);
    const open = row.state === "held" || (row.state === "planned" && left > 0);
    show(undo, open && on.works);
    show(edit, open && on.works && row.scheduled);
    show(again, row.state === "stopped" && row.scheduled && on.works);
    pill.classList.toggle("off", row.state === "stopped");
    const doing = soon ? `Undo ${undoKey()}` : "Cancel this text";
    if (open && undo.dataset.words !== doing) {
      undo.dataset.words = doing;
      put(undo, soon ? ["Undo", h("span", { class: "key" }, undoKey())] : "Cancel");
      undo.setAttribute("aria-label", doing);
    }
  };
  node.tick(now());
  return node;
}

/** 'Maya: goes Fri 9:00 AM, unless they reply before', and what is to be known about it by then. */
function planned(row, who, wrote) {
  const held = row.state === "held" ? ` (${row.words})` : "";
  const replied = wrote.at > row.made ? `. ${wrote.first} replied since you scheduled this` : row.untilReply ? `, unless ${wrote.first} replies before` : "";
  return `${who}${who ? "goes" : "Goes"} ${when(row.due)}${held}${replied}`;
}

/** The words of a note; whom it names stands out. */
function noted(row) {
  const names = row.mentions.map((name) => `@${name}`);
  const parts = names.length ? row.note.split(new RegExp(`(${names.map((one) => one.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|")})`)) : [row.note];
  return parts.map((part) => (names.includes(part) ? h("b", { class: "named" }, part) : part));
}

function event(row) {
  if (row.kind === "note") {
    return h("div", { class: "note-line" },
      h("div", { class: "facts" }, icon("note", 15), `Internal note \u00b7 ${row.who || "Staff"}, ${when(row.at)}`),
      h("div", { class: "words" }, noted(row)));
  }
  return h("div", { class: `happened ${row.tone}` }, h("span", { class: "middle" }, icon(row.icon, 15), `${row.words}, ${time(row.at)}`,
    row.note && h("span", { class: "muted" }, ` "${row.note}"`)));
}

/** `on`: {undo(row), edit(row), again(row), whose(row) gives the line under a text of a shared number, reading(row) what it was read as, wrote(): {at, first} of the patient's last text, works}. Gives {node, draw(rows), tick(now)}. */
export function makeThread(on) {
  const list = h("div", { class: "thread-rows" });
  const more = h("button", { class: "b newer", type: "button", hidden: true, onclick: () => down() }, icon("down", 15), "New below");
  const node = h("div", { class: "thread", role: "log", "aria-label": "Conversation", tabindex: "0" }, list, more);
  const rows = makeRows(list, (row) => {
    if (row.kind === "day") return h("div", { class: "happened day" }, h("span", { class: "middle" }, row.words));
    if (row.kind === "text") return text(row, on);
    return row.kind === "waiting" ? waiting(row, on) : event(row);
  });
  let drawn = false;

  function atEnd() {
    return node.scrollHeight - node.scrollTop - node.clientHeight < NEAR_PX;
  }
  function down() {
    more.hidden = true;
    node.scrollTop = node.scrollHeight;
  }
  let last = true; // whether the newest is in sight, as far as the reader decides it
  node.addEventListener("scroll", () => { last = atEnd(); if (last) more.hidden = true; }, { passive: true });

  function days(items) {
    const out = [];
    let last = null;
    for (const row of items) {
      if (last === null || !sameDay(last, row.at)) out.push({ id: `day:${day(row.at)}`, kind: "day", words: day(row.at) });
      last = row.at;
      out.push(row);
    }
    return out;
  }

  return {
    node,
    draw(items) {
      const stay = atEnd();
      const fresh = rows.draw(days(items));
      if (!drawn || (fresh.length && stay)) requestAnimationFrame(down);
      else if (fresh.length) more.hidden = false;
      requestAnimationFrame(() => { drawn = true; });
    },
    down,
    /** The window changed its size: who looked at the newest does so still. */
    settle() {
      if (last) node.scrollTop = node.scrollHeight;
    },
    tick: rows.tick,
  };
}

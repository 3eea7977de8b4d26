// Where staff write: a text that goes in ten seconds or at a chosen moment, or a note that is never sent.
import { h, put, say, show } from "./dom.js";
import { icon } from "./icons.js";
import { now, time, when } from "./clock.js";
import { draftsOf } from "./drafts.js";
import { makeKeptDraft } from "./kept_draft.js";
import { makeNaming } from "./quick_naming.js";
import { plain, sizeOf, sizeWords } from "./segments.js";
import { makeSchedule } from "./schedule.js";
import { makeTypeahead, quickTexts } from "./typeahead.js";

const CONVERSATION_MS = 2 * 3600_000; // who wrote just now may be answered at any hour
const LONGEST = 1600;
const FEW_CHIPS = 6;
const WRITING_MS = 3000; // so often others are told that one still writes
const KINDS = ["text", "note"];

/** '8:40 PM' on the patient's wall; `zone` is '' where it is the clinic's own. */
function clockIn(zone, moment) {
  if (!zone) return time(moment);
  return new Intl.DateTimeFormat("en-US", { timeZone: zone, hour: "numeric", minute: "2-digit" }).format(moment).replace(/\u202f/g, " ");
}

/**
 * `data`: {lead: id, me, works, zone, walls, main, compose: {quick, drafts, colleagues}} (`lead_choices.offered`, `composing.offered`).
 * `on`: {text(fields, refused), note(fields), schedule(fields, refused), saveQuick(fields) resolve to whether it was done and hand what
 * was refused to `refused(outcome)`; saveDraft(kind, body, revision) to its outcome; look(action, fields) to its value or null;
 * writing(what)}.
 */
export function makeComposer(data, on) {
  const tab = draftsOf(data.me);
  const kept = Object.fromEntries(KINDS.map((kind) => [kind, makeKeptDraft(kind, data.compose.drafts[kind],
    { get: () => tab.get(data.lead, kind), set: (words) => tab.set(data.lead, kind, words) },
    { save: on.saveDraft, told: (words) => { if (kind === mode) say(saved, words && ` \u00b7 ${words}`); }, raced: (words) => raced(kind, words) })]));
  let mode = "text";
  let reason = "";
  let lead = null;
  let busy = false;
  let edited = null; // the planned text whose words stand in the box
  let began = now();
  let toldAt = 0;
  let quick = data.compose.quick;

  const chips = h("div", { class: "quick", role: "toolbar", "aria-label": "Quick wordings" });
  const area = h("textarea", { class: "field", rows: 3, maxlength: 2000, oninput: typed, onkeydown: pressed, onblur: () => { suggestions.close(); quiet(); } });
  const size = h("span", { class: "size" });
  const saved = h("span");
  const odd = h("div", { class: "hint amber", hidden: true });
  const hours = h("div", { class: "hint", hidden: true });
  const warning = h("div", { class: "note amber", role: "alert", hidden: true });
  const sendWords = h("span", {}, "Send");
  const send = h("button", { class: "b primary large send", type: "submit" }, icon("send"), sendWords, h("span", { class: "key" }, "Ctrl \u21b5"));
  const note = h("button", { class: "b large note-switch", type: "button", "aria-pressed": "false", title: "Internal note, Alt+N", onclick: () => change(mode === "note" ? "text" : "note") },
    icon("note"), h("span", {}, "Note"));
  const later = h("button", { class: "b large note-switch", type: "button", "aria-pressed": "false", title: "Choose when it goes", onclick: () => (schedule.open_ ? schedule.close() : schedule.open(lead)) },
    icon("clock"), h("span", {}, "Schedule"));
  const closed = h("div", { class: "closed note grey", hidden: true });
  const suggestions = makeTypeahead(area, [
    quickTexts(() => quick, () => mode === "text"),
    { open: /(^|[\s(])@([\p{L}'. -]{0,30})$/u, name: "Colleagues", active: () => mode === "note", items: () => data.compose.colleagues.map(([, name]) => ({ title: name, about: "", side: "", insert: `@${name} ` })) },
  ], typed);
  const schedule = makeSchedule(data, { ask: (iso) => on.look("outlook", { moment: iso }), changed: label });
  const naming = makeNaming(() => area.value, on.saveQuick);
  const form = h("form", { class: "composer", onsubmit: (event) => { event.preventDefault(); go(); } },
    chips, hours, schedule.node, suggestions.node, area, odd, naming.node, warning,
    h("div", { class: "composer-foot" }, h("span", { class: "muted small" }, size, saved, " ", naming.button), h("span", { class: "composer-do" }, note, later, send)));
  const node = h("div", { class: "composer-box" }, closed, form);

  // ---- what is written

  function typed() {
    if (mode === "text") {
      const tidy = plain(area.value);
      if (tidy !== area.value) {
        const at = area.selectionStart;
        area.value = tidy;
        area.setSelectionRange(at, at);
      }
    }
    if (!kept[mode].words.trim()) began = now();
    kept[mode].typed(area.value);
    if (!area.value.trim()) quiet();
    else if (!toldAt || performance.now() - toldAt > WRITING_MS) {
      toldAt = performance.now();
      on.writing(mode);
    }
    suggestions.input();
    measure();
  }
  /** Others hear that one does not write any more. */
  function quiet() {
    if (toldAt) on.writing("");
    toldAt = 0;
  }
  function measure() {
    const text = area.value;
    if (mode === "note") {
      say(size, "Only staff see notes; @ names a colleague");
      show(odd, false);
    } else {
      const found = sizeOf(text);
      say(size, text.length > LONGEST ? `${text.length - LONGEST} characters too many` : `${sizeWords(text)}${found.odd.length ? ", Unicode" : ""}`);
      show(odd, found.odd.length > 0);
      if (found.odd.length) say(odd, `${found.odd.slice(0, 4).join(" ")} makes each segment 70 characters instead of 160.`);
    }
    naming.offer(mode === "text" && data.works);
    enable(reason);
  }
  function pressed(event) {
    if (suggestions.key(event)) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      go();
    } else if (event.key === "Escape") {
      event.stopPropagation();
      area.blur();
    }
  }
  function write(words) {
    area.value = words;
    measure();
  }

  // ---- what becomes of it

  async function go() {
    const body = area.value.trim();
    if (!body) return area.focus();
    if (send.disabled || busy) return undefined;
    if (schedule.open_ && mode === "text" && !schedule.check()) return undefined;
    busy = true;
    enable(reason);
    await kept[mode].settle();
    const done = await sent(body);
    busy = false;
    if (done) finish();
    measure();
    area.focus();
    return done;
  }
  function sent(body) {
    const fields = { body, draft: kept[mode].revision };
    if (mode === "note") return on.note(fields);
    if (!schedule.open_) return on.text({ ...fields, began: Math.round(began) }, refused);
    return on.schedule({ ...fields, moment: schedule.moment.iso, until_reply: schedule.untilReply, ...(edited ? { text: edited.action } : {}) }, refused);
  }
  function finish() {
    kept[mode].gone();
    quiet();
    area.value = "";
    say(saved, "");
    warn("");
    edited = null;
    if (schedule.open_) schedule.close();
    if (mode === "note") change("text");
  }
  /** The thread went on, or the moment won't do: it is said here, and the next click is a decision. */
  function refused(outcome) {
    if (outcome.state === "lost") {
      began = now();
      warn(outcome.words);
      return true;
    }
    if (outcome.fields?.at && schedule.open_) {
      schedule.error(outcome.fields.at);
      return true;
    }
    return false;
  }
  function warn(words, ...buttons) {
    show(warning, !!words);
    put(warning, icon("info"), h("span", { class: "warning-words" }, words), buttons);
  }

  // ---- another window of the same person wrote too

  async function raced(kind, words) {
    const other = (await on.look("compose"))?.drafts;
    if (!other) return warn(words);
    const theirs = other[kind]?.body;
    const settle = (mine) => () => {
      const words_ = kept[kind].settleRace(other[kind], mine);
      if (kind === mode) write(words_);
      warn("");
      area.focus();
    };
    return warn(theirs ? `${words} There it says: "${theirs.length > 120 ? `${theirs.slice(0, 120)} ...` : theirs}"` : words,
      h("button", { class: "b", type: "button", onclick: settle(true) }, "Keep what is here"),
      h("button", { class: "b", type: "button", onclick: settle(false) }, theirs ? "Take that one" : "Clear the box"));
  }

  // ---- text or note, now or later

  function change(next) {
    mode = next;
    if (mode === "note" && schedule.open_) schedule.close();
    area.value = kept[mode].words;
    say(saved, "");
    form.classList.toggle("noting", mode === "note");
    note.setAttribute("aria-pressed", String(mode === "note"));
    label();
    measure();
    area.focus();
  }
  function label() {
    if (edited && !schedule.open_) leaveEdit();
    const barred = lead?.closed && mode === "text";
    area.placeholder = mode === "note" ? "A note for colleagues, never sent" : barred ? "Call only" : `Text ${lead?.first || ""}`.trim();
    area.setAttribute("aria-label", area.placeholder);
    show(chips, mode === "text" && !lead?.closed && !schedule.open_);
    put(closed, icon("blocked"), h("span", {}, h("b", {}, "Call only. "), lead?.closed || ""));
    show(closed, !!barred);
    for (const part of [area, size, saved, send]) show(part, !barred);
    show(later, mode === "text" && !barred);
    later.setAttribute("aria-pressed", String(schedule.open_));
    tick(now());
  }
  function insert(body) {
    if (area.value.trim() && area.value.trim() !== body) area.value = `${area.value.trimEnd()} ${body}`;
    else area.value = body;
    typed();
    area.focus();
  }
  /** A planned text is changed: its words come into the box, which must be free for them. */
  function edit(row) {
    if (mode === "note") change("text");
    if (area.value.trim() && area.value.trim() !== row.body) return warn("You are writing a text. Send it or clear the box, then change the planned one.");
    schedule.open(lead, { moment: row.due, untilReply: row.untilReply, words: "Change the planned text" });
    edited = row;
    write(row.body);
    label();
    return area.focus();
  }
  /** The planned text stays as it is, and nothing of it stands in the box: sent from here it would go twice. */
  function leaveEdit() {
    edited = null;
    write("");
    kept.text.typed("");
  }

  function enable(why) {
    const back = reason && !why;
    reason = why;
    const barred = mode === "text" && !!lead?.closed;
    area.disabled = barred || !data.works;
    send.disabled = !!why || busy || barred || !lead || (mode === "text" && area.value.length > LONGEST);
    send.title = why;
    send.setAttribute("aria-busy", String(busy));
    note.disabled = later.disabled = !data.works;
    for (const chip of chips.children) chip.disabled = area.disabled;
    if (back) for (const kind of KINDS) kept[kind].save();
  }
  function tick(at) {
    const span = lead?.spans.find(([, closes]) => closes > at);
    const talking = lead?.wrote && at - lead.wrote <= CONVERSATION_MS;
    const shut = mode === "text" && !schedule.open_ && lead && !lead.closed && span && span[0] > at && !talking;
    const chosen = schedule.open_ && mode === "text";
    show(hours, !!shut);
    say(sendWords, mode === "note" ? "Keep note" : chosen ? (schedule.moment ? `${edited ? "Change to" : "Schedule"} ${when(schedule.moment.moment)}` : "Schedule") : shut ? `Send at ${time(span[0])}` : "Send");
    if (!shut) return;
    say(hours, `It is ${clockIn(lead.zone, at)} for ${lead.first}, outside texting hours${lead.where ? ` in ${lead.where}` : ""}. A text written now goes ${when(span[0])}${lead.zone ? `, ${clockIn(lead.zone, span[0])} there` : ""}.`);
  }

  // ---- quick texts

  function offer(texts) {
    quick = texts;
    const all = () => { area.focus(); area.setRangeText(area.value && !area.value.endsWith("\n") ? "\n/" : "/", area.value.length, area.value.length, "end"); typed(); };
    put(chips, texts.slice(0, FEW_CHIPS).map((one) => h("button", { class: "b chip-button", type: "button", title: one.body, onclick: () => insert(one.body) }, one.title)),
      texts.length > 0 && h("button", { class: "b chip-button all", type: "button", "aria-label": "All quick texts", title: "All quick texts, / at the start of a line", onclick: all }, "All", h("span", { class: "key" }, "/")));
    enable(reason);
  }

  offer(quick);
  area.value = kept.text.words;
  if (area.value && data.compose.drafts.text?.body === area.value) say(saved, ` \u00b7 draft saved ${when(data.compose.drafts.text.at)}`);
  for (const kind of KINDS) kept[kind].save();
  measure();
  return {
    node,
    show(next) {
      const changed = !lead || lead.closed !== next.closed || lead.first !== next.first;
      lead = next;
      if (changed) label();
      measure();
    },
    enable,
    tick,
    /** The quick texts as they are by now. */
    offer,
    edit,
    focus: () => area.focus(),
    /** Why no text may be written, or ''. */
    closed: () => (mode === "text" && lead?.closed) || "",
    restore(body) {
      if (mode === "text" && !area.value.trim()) insert(body);
    },
    note: () => change("note"),
    end() {
      quiet();
      schedule.end();
      for (const kind of KINDS) kept[kind].end();
    },
  };
}

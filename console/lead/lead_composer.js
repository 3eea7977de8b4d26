// Where staff write: a text with its size and quick wordings, or a note that is never sent. Drafts are those of the queue's panel, too.
import { h, put, say, show } from "../parts/dom.js";
import { icon } from "../parts/icons.js";
import { now, time, when } from "../parts/clock.js";
import { draftsOf } from "../parts/drafts.js";
import { plain, sizeOf, sizeWords } from "../parts/segments.js";

const IDLE_MS = 600;
const CONVERSATION_MS = 2 * 3600_000; // who wrote just now may be answered at any hour
const LONGEST = 1600;

/** '8:40 PM' on the patient's wall; `zone` is '' where it is the clinic's own. */
function clockIn(zone, moment) {
  if (!zone) return time(moment);
  return new Intl.DateTimeFormat("en-US", { timeZone: zone, hour: "numeric", minute: "2-digit" }).format(moment).replace(/\u202f/g, " ");
}

/** `on`: {send(body), note(body)} resolve to whether it was done. */
export function makeComposer(data, on) {
  const drafts = draftsOf(data.me);
  let mode = "text";
  let reason = "";
  let lead = null;
  let busy = false;
  let timer = 0;

  const chips = h("div", { class: "quick", role: "toolbar", "aria-label": "Quick wordings" });
  const area = h("textarea", { class: "field", rows: 3, maxlength: 2000, oninput: typed, onkeydown: pressed });
  const size = h("span", { class: "size" });
  const saved = h("span");
  const odd = h("div", { class: "hint amber", hidden: true });
  const hours = h("div", { class: "hint", hidden: true });
  const sendWords = h("span", {}, "Send");
  const sendKey = h("span", { class: "key" }, "Ctrl \u21b5");
  const send = h("button", { class: "b primary large send", type: "submit" }, icon("send"), sendWords, sendKey);
  const note = h("button", { class: "b large note-switch", type: "button", "aria-pressed": "false", title: "Internal note, Alt+N", onclick: () => change(mode === "note" ? "text" : "note") },
    icon("note"), h("span", {}, "Note"));
  const closed = h("div", { class: "closed note grey", hidden: true });
  const form = h("form", { class: "composer", onsubmit: (event) => { event.preventDefault(); go(); } },
    chips, hours, area, odd,
    h("div", { class: "composer-foot" }, h("span", { class: "muted small" }, size, saved), h("span", { class: "composer-do" }, note, send)));
  const node = h("div", { class: "composer-box" }, closed, form);

  function keep() {
    drafts.set(data.lead, mode, area.value);
    clearTimeout(timer);
    timer = setTimeout(() => {
      say(saved, area.value ? ` \u00b7 draft kept ${time(now())}` : "");
    }, IDLE_MS);
  }
  function typed() {
    if (mode === "text") {
      const tidy = plain(area.value);
      if (tidy !== area.value) {
        const at = area.selectionStart;
        area.value = tidy;
        area.setSelectionRange(at, at);
      }
    }
    keep();
    measure();
  }
  function measure() {
    const text = area.value;
    if (mode === "note") {
      say(size, "Only staff see notes");
      show(odd, false);
    } else {
      say(size, text.length > LONGEST ? `${text.length - LONGEST} characters too many` : sizeWords(text));
      const strange = sizeOf(text).odd;
      show(odd, strange.length > 0);
      if (strange.length) say(odd, `${strange.slice(0, 4).join(" ")} makes each segment 70 characters instead of 160.`);
    }
    enable(reason);
  }
  function pressed(event) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      go();
    } else if (event.key === "/" && mode === "text" && (area.selectionStart === 0 || area.value[area.selectionStart - 1] === "\n")) {
      event.preventDefault();
      chips.querySelector("button")?.focus();
    } else if (event.key === "Escape") {
      event.stopPropagation();
      area.blur();
    }
  }
  async function go() {
    const body = area.value.trim();
    if (!body) return area.focus();
    if (send.disabled || busy) return undefined;
    busy = true;
    enable(reason);
    const done = await (mode === "note" ? on.note(body) : on.send(body));
    busy = false;
    if (done) {
      clearTimeout(timer);
      drafts.set(data.lead, mode, "");
      area.value = "";
      say(saved, "");
      if (mode === "note") change("text");
    }
    measure();
    area.focus();
    return done;
  }
  function change(next) {
    drafts.set(data.lead, mode, area.value);
    mode = next;
    area.value = drafts.get(data.lead, mode);
    form.classList.toggle("noting", mode === "note");
    note.setAttribute("aria-pressed", String(mode === "note"));
    label();
    measure();
    area.focus();
  }
  function label() {
    const barred = lead?.closed && mode === "text";
    area.placeholder = mode === "note" ? "A note for colleagues, never sent" : barred ? "Call only" : `Text ${lead?.first || ""}`.trim();
    area.setAttribute("aria-label", area.placeholder);
    show(chips, mode === "text" && !lead?.closed);
    put(closed, icon("blocked"), h("span", {}, h("b", {}, "Call only. "), lead?.closed || ""));
    show(closed, !!barred);
    for (const part of [area, size, saved, send]) show(part, !barred);
    tick(now());
  }
  function insert(body) {
    if (area.value.trim() && area.value.trim() !== body) area.value = `${area.value.trimEnd()} ${body}`;
    else area.value = body;
    typed();
    area.focus();
  }
  function enable(why) {
    reason = why;
    const barred = mode === "text" && !!lead?.closed;
    area.disabled = barred || !data.works;
    send.disabled = !!why || busy || barred || !lead || (mode === "text" && area.value.length > LONGEST);
    send.title = why;
    send.setAttribute("aria-busy", String(busy));
    note.disabled = !data.works;
    for (const chip of chips.children) chip.disabled = area.disabled;
  }
  function tick(at) {
    const span = lead?.spans.find(([, closes]) => closes > at);
    const talking = lead?.wrote && at - lead.wrote <= CONVERSATION_MS;
    const shut = mode === "text" && lead && !lead.closed && span && span[0] > at && !talking;
    show(hours, !!shut);
    say(sendWords, mode === "note" ? "Keep note" : shut ? `Send at ${time(span[0])}` : "Send");
    if (!shut) return;
    say(hours, `It is ${clockIn(lead.zone, at)} for ${lead.first}, outside texting hours. A text written now goes ${when(span[0])}${lead.zone ? `, ${clockIn(lead.zone, span[0])} there` : ""}.`);
  }

  function offer(texts) {
    put(chips, texts.map((one) => h("button", { class: "b chip-button", type: "button", title: one.body, onclick: () => insert(one.body) }, one.title)));
    enable(reason);
  }
  offer(data.quick);
  area.value = drafts.get(data.lead, "text");
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
    focus: () => area.focus(),
    /** Why no text may be written, or ''. */
    closed: () => (mode === "text" && lead?.closed) || "",
    restore(body) {
      if (mode === "text" && !area.value.trim()) insert(body);
    },
    note: () => change("note"),
    end: () => clearTimeout(timer),
  };
}

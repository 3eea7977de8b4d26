// What the panel asks for before it acts: the text's words and why a lead is none; moments, visits and colleagues as the lead's page does.
import { h, put } from "../parts/dom.js";
import { draftsOf } from "../parts/drafts.js";
import { now } from "../parts/clock.js";
import { icon } from "../parts/icons.js";
import { choices, makeQuestions } from "../parts/lead_questions.js";
import { makeTypeahead, quickTexts } from "../parts/typeahead.js";

/** `data`: {me, reasons, ...} as `makeQuestions` takes it; `on`: {act(action, fields, refused), ask(action, fields)}. */
export function makeForms(data, on) {
  const node = h("div", { class: "peek-form", hidden: true, role: "group", tabindex: "-1" });
  const drafts = draftsOf(data.me);
  let mode = "";
  let reason = "";
  let current = null;

  function close() {
    mode = "";
    node.hidden = true;
    put(node);
  }
  async function send(action, fields) {
    if (await on.act(action, fields)) close();
  }
  const questions = makeQuestions(data, { act: on.act, ask: on.ask, shut: close, open: (name) => open(name, current) });
  const asked = (title, list, press) => [heading(title), choices(list, press)];
  function heading(title) {
    node.setAttribute("aria-label", title);
    return h("div", { class: "form-title small" }, title, h("button", { class: "b quiet", type: "button", "aria-label": `Close: ${title}`, title: "Close, Esc", onclick: close }, icon("close", 16)));
  }
  function submit(label) {
    return h("div", { class: "row-buttons" }, h("button", { class: "b primary", type: "submit" }, label));
  }
  const build = {
    text(lead) {
      if (lead.callOnly) return [heading("Call only"), h("p", {}, `No text may go to ${lead.phone || "this lead"}: the number opted out, texts do not reach it, or no consent was given. Call instead.`)];
      let given = { quick: [], drafts: {} };
      let began = now();
      const area = h("textarea", { class: "field", rows: 3, "aria-label": `Text to ${lead.name}`, value: drafts.get(lead.id, "text"), oninput: typed, onblur: () => list.close(),
        onkeydown: (event) => { if (!list.key(event) && event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); go(); } } });
      const list = makeTypeahead(area, [quickTexts(() => given.quick)], typed);
      function typed() {
        drafts.set(lead.id, "text", area.value);
        list.input();
      }
      // The quick texts for this patient, and what one had begun to write on the lead's page.
      on.ask("compose").then((found) => {
        given = found || given;
        if (!area.value && given.drafts.text) area.value = given.drafts.text.body;
      });
      async function go() {
        const body = area.value.trim();
        if (!body) return area.focus();
        const sent = await on.act("text", { body, began: Math.round(began), draft: given.drafts.text?.revision || 0 });
        began = now(); // what came between has been said: the next click is a decision
        if (sent) {
          if (drafts.get(lead.id, "text").trim() === body) drafts.set(lead.id, "text", "");
          if (current === lead && mode === "text") close();
        }
      }
      return [heading(`Text to ${lead.phone}`), h("form", { onsubmit: (event) => { event.preventDefault(); go(); } }, list.node, area,
        submit(["Send ", h("span", { class: "key" }, "Ctrl+Enter")]))];
    },
    more: () => asked("More", [["task", "Call back or reminder", "also L"], ["hand", "Hand over", "also H"], ["disqualify", "Disqualify", "also X"]], (code) => open(code, current)),
    disqualify: () => asked("Why is this no lead?", data.reasons, (code) => send("disqualify", { reason: code })),
  };

  function built(name, lead, about) {
    if (build[name]) return build[name](lead);
    const { title, body } = questions[name](lead, about);
    return [heading(title), body].flat();
  }

  /** The focus goes into a field, else to the question itself: a space that belongs to a word must not press a choice. */
  function open(name, lead, { quiet = false, about = null } = {}) {
    current = lead;
    mode = name;
    node.hidden = false;
    put(node, built(name, lead, about));
    enable(reason);
    if (quiet) return;
    const field = node.querySelector("textarea, input");
    (field || node).focus();
    if (field?.matches("input")) field.select();
  }
  function enable(why) {
    reason = why;
    for (const button of node.querySelectorAll("[type=submit], [data-choice]")) button.disabled = !!why;
  }
  return {
    node,
    open,
    close,
    enable,
    get mode() {
      return mode;
    },
    /** Show again what was being written about a lead, without taking the focus. */
    reopen(lead) {
      const kept = !lead.callOnly && drafts.get(lead.id, "text") ? "text" : drafts.get(lead.id, "booked") ? "booked" : "";
      if (kept) open(kept, lead, { quiet: true });
    },
    /** A text that was taken back: its words return to be changed, unless new ones stand there. */
    restore(lead, body, shown) {
      if (!drafts.get(lead.id, "text").trim()) drafts.set(lead.id, "text", body);
      if (shown) open("text", lead);
    },
    /** Choose by number: 1 is the first. */
    pick(number) {
      const button = node.querySelector(`[data-choice="${number}"]`);
      if (button && !button.disabled) button.click();
      return !!button;
    },
  };
}

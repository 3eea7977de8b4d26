// What the panel asks for before it acts: the text's words, until when, what it is worth, to whom, why.
import { h, put } from "../parts/dom.js";
import { draftsOf } from "../parts/drafts.js";
import { icon } from "../parts/icons.js";
import { digit } from "../parts/outcomes.js";

const SPANS = [["30m", "30 minutes"], ["1h", "1 hour"], ["3h", "3 hours"], ["tomorrow", "Tomorrow morning"]];

/** `data`: {me, colleagues, reasons}. `on.act(action, fields)` resolves to whether it was done; `on.loads()` gives leads by owner. */
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
  function choices(title, list, press) {
    return [heading(title), h("div", { class: "choices" },
      list.map(([code, label, about], at) => h("button", { class: "b", type: "button", "data-choice": at + 1, onclick: () => press(code) },
        h("span", { class: "choice-words" }, label, about && h("span", { class: "muted small" }, about)), digit(at))))];
  }
  function heading(title) {
    node.setAttribute("aria-label", title);
    return h("div", { class: "form-title small" }, title, h("button", { class: "b quiet", type: "button", "aria-label": `Close: ${title}`, title: "Close, Esc", onclick: close }, icon("close", 16)));
  }
  function submit(label) {
    return h("div", { class: "row-buttons" }, h("button", { class: "b primary", type: "submit" }, label));
  }
  function colleague(one) {
    const open = on.loads().get(one.id) || 0;
    return [one.id, one.name, [one.status, `${open} open`].filter(Boolean).join(", ")];
  }

  const build = {
    text(lead) {
      if (lead.callOnly) return [heading("Call only"), h("p", {}, `No text may go to ${lead.phone || "this lead"}: the number opted out, texts do not reach it, or no consent was given. Call instead.`)];
      const area = h("textarea", { class: "field", rows: 3, "aria-label": `Text to ${lead.name}`, value: drafts.get(lead.id, "text"),
        oninput: () => drafts.set(lead.id, "text", area.value),
        onkeydown: (event) => { if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); go(); } } });
      async function go() {
        const body = area.value.trim();
        if (!body) return area.focus();
        if (await on.act("text", { body })) {
          if (drafts.get(lead.id, "text").trim() === body) drafts.set(lead.id, "text", "");
          if (current === lead && mode === "text") close();
        }
      }
      return [heading(`Text to ${lead.phone}`), h("form", { onsubmit: (event) => { event.preventDefault(); go(); } }, area,
        submit(["Send ", h("span", { class: "key" }, "Ctrl+Enter")]))];
    },
    snooze: () => choices("Snooze for", SPANS, (code) => send("snooze", { span: code })),
    booked(lead) {
      const value = h("input", { class: "field", inputmode: "numeric", "aria-label": "Value of the visit in dollars",
        value: drafts.get(lead.id, "booked") || (lead.value ? Math.round(lead.value / 100) : ""), oninput: () => drafts.set(lead.id, "booked", value.value) });
      const go = async () => { if (await on.act("booked", { dollars: value.value })) { drafts.set(lead.id, "booked", ""); close(); } };
      return [heading("Booked. What is the visit worth?"), h("form", { class: "inline", onsubmit: (event) => { event.preventDefault(); go(); } },
        h("label", { class: "money" }, "$", value), submit("Mark booked"))];
    },
    more: () => choices("More", [["hand", "Hand over", "also H"], ["disqualify", "Disqualify", "also X"]], (code) => open(code, current)),
    hand: (lead) => choices("Hand to", data.colleagues.filter((one) => one.id !== lead.owner).map(colleague), (code) => send("reassign", { staff: code })),
    disqualify: () => choices("Why is this no lead?", data.reasons, (code) => send("disqualify", { reason: code })),
  };

  /** The focus goes into a field, else to the question itself: a space that belongs to a word must not press a choice. */
  function open(name, lead, { quiet = false } = {}) {
    current = lead;
    mode = name;
    node.hidden = false;
    put(node, build[name](lead));
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

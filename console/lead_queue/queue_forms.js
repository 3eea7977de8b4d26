// What the panel asks for before it acts: the text's words, until when, what it is worth, to whom, why.
import { h, put } from "../parts/dom.js";
import { icon } from "../parts/icons.js";

const SPANS = [["30m", "30 minutes"], ["1h", "1 hour"], ["3h", "3 hours"], ["tomorrow", "Tomorrow morning"]];

/** `data`: {colleagues, reasons}. `on.act(action, fields)` resolves to whether it was done. */
export function makeForms(data, on) {
  const node = h("div", { class: "peek-form", hidden: true });
  const drafts = new Map(); // lead id -> text being written; only in this page's memory
  let mode = "";
  let reason = "";

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
      list.map(([code, label], at) => h("button", { class: "b", type: "button", "data-choice": at + 1, onclick: () => press(code) }, label)))];
  }
  function heading(title) {
    return h("div", { class: "form-title small" }, title, h("button", { class: "b quiet", type: "button", "aria-label": "Close", title: "Close, Esc", onclick: close }, icon("close", 16)));
  }
  function submit(label) {
    return h("div", { class: "row-buttons" }, h("button", { class: "b primary", type: "submit" }, label));
  }

  const build = {
    text(lead) {
      const area = h("textarea", { class: "field", rows: 3, "aria-label": `Text to ${lead.name}`, value: drafts.get(lead.id) || "",
        oninput: () => drafts.set(lead.id, area.value),
        onkeydown: (event) => { if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); go(); } } });
      async function go() {
        if (!area.value.trim()) return area.focus();
        if (await on.act("text", { body: area.value.trim() })) {
          drafts.delete(lead.id);
          close();
        }
      }
      return [heading(`Text to ${lead.phone}`), h("form", { onsubmit: (event) => { event.preventDefault(); go(); } }, area,
        submit(["Send ", h("span", { class: "key" }, "Ctrl+Enter")]))];
    },
    snooze: () => choices("Snooze for", SPANS, (code) => send("snooze", { span: code })),
    booked(lead) {
      const value = h("input", { class: "field", inputmode: "numeric", "aria-label": "Value of the visit in dollars", value: lead.value ? Math.round(lead.value / 100) : "" });
      return [heading("Booked. What is the visit worth?"), h("form", { class: "inline", onsubmit: (event) => { event.preventDefault(); send("booked", { dollars: value.value }); } },
        h("label", { class: "money" }, "$", value), submit("Mark booked"))];
    },
    more: () => choices("More", [["hand", "Hand to a colleague"], ["disqualify", "Disqualify"]], (code) => open(code, current)),
    hand: () => choices("Hand to", data.colleagues.map((one) => [one.id, one.name]), (code) => send("reassign", { staff: code })),
    disqualify: () => choices("Why is this no lead?", data.reasons, (code) => send("disqualify", { reason: code })),
  };
  let current = null;

  function open(name, lead) {
    if (name === "text" && lead.callOnly) return;
    current = lead;
    mode = name;
    node.hidden = false;
    put(node, build[name](lead));
    enable(reason);
    node.querySelector("textarea, input, [data-choice]")?.focus();
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
    /** Choose by number: 1 is the first. */
    pick(number) {
      const button = node.querySelector(`[data-choice="${number}"]`);
      if (button && !button.disabled) button.click();
      return !!button;
    },
  };
}

// What a patient's text was read as, and a click to say that it means something else.
import { h } from "./dom.js";
import { makeDialog } from "./dialog.js";
import { icon } from "./icons.js";

/** `on.send(fields)` resolves to the outcome. Gives {chip(row)}: the words, to be corrected by who works leads. */
export function makeReading(root, data, on) {
  const dialog = makeDialog();
  const words = (code) => data.compose.meanings.find((one) => one.code === code)?.words || "something else";

  function chip(row) {
    const said = `understood as "${words(row.readAs)}"`;
    if (!data.works) return h("span", {}, said);
    return h("button", { class: "b quiet reading", type: "button", "aria-label": `Understood as ${words(row.readAs)}: correct it`, title: "Correct it", onclick: () => choose(row) }, said, icon("note", 14));
  }

  function open(title, ...content) {
    if (!dialog.node.isConnected) root.append(dialog.node);
    dialog.open(title, ...content);
  }

  /** Every other meaning; what is acted on at once stands apart, where no hand slips to it. */
  function choose(row) {
    const wrong = h("p", { class: "field-error", role: "alert" });
    const choice = (one) => h("button", { class: `b${one.grave ? " danger" : ""}`, type: "button", "data-code": one.code, onclick: () => (row.grave ? why(row, one.code) : say(row, one.code, "", wrong)) }, one.words);
    const others = data.compose.meanings.filter((one) => one.code !== row.readAs);
    open("What does it mean?", h("p", { class: "muted small" }, `It was understood as "${words(row.readAs)}".`),
      h("div", { class: "meanings" }, others.filter((one) => !one.grave).map(choice)),
      h("div", { class: "meanings" }, others.filter((one) => one.grave).map(choice)), wrong);
  }

  async function say(row, becomes, reason, wrong) {
    const outcome = await on.send({ text: row.text, seen: row.readAs, becomes, reason });
    if (outcome.state === "done") dialog.close();
    else wrong.textContent = outcome.words;
  }

  /** What opens a number again, or calls off an alarm, is said with a reason. */
  function why(row, becomes) {
    const area = h("textarea", { rows: 3, maxlength: 300, autofocus: true, "aria-label": "Why" });
    const wrong = h("p", { class: "field-error", role: "alert" });
    open("Read wrongly?", h("form", { class: "reading-why", onsubmit: (event) => { event.preventDefault(); say(row, becomes, area.value, wrong); } },
      h("p", {}, `It was understood as "${words(row.readAs)}" and acted on at once. Why does it mean "${words(becomes)}"?`),
      area, wrong,
      h("div", { class: "reading-do" }, h("button", { class: "b", type: "button", onclick: () => dialog.close() }, "Leave it"), h("button", { class: "b primary", type: "submit" }, "Correct it"))));
  }

  return { chip };
}

// All sequences: what begins each, its steps, who is under way, in which state it is.
import { h } from "../parts/dom.js";
import { when } from "../parts/clock.js";
import { makeTable } from "../parts/table.js";

const STEPS = [["text", "text", "texts"], ["email", "email", "emails"], ["call_task", "call", "calls"], ["off", "off", "off"]];

/** '6 texts, 2 calls, 1 off' */
export function stepsWords(steps) {
  const parts = STEPS.filter(([kind]) => steps[kind]).map(([kind, one, many]) => `${steps[kind]} ${steps[kind] === 1 ? one : many}`);
  return parts.join(", ") || "none yet";
}

/** 'Draft by Elena, 2:13 PM', 'Version 3, Nov 4', 'Came with the product' */
export function stateOf(row) {
  if (row.draft) return `Draft by ${row.draftBy.split(" ")[0] || "somebody"}, ${when(row.draft)}`;
  if (row.retired) return "Retired";
  if (!row.number) return "Never published";
  return row.at ? `Version ${row.number}, ${when(row.at)}` : "Came with the product";
}

export const underWay = (row) => row.underWay.reduce((total, [, people]) => total + people, 0);

/** 'the form (Consultation)' */
const begins = (row) => (row.forms.length ? `${row.begins} (${row.forms.join(", ")})` : row.begins);

/** On a phone no head says what the figure is. */
function underCell(row) {
  const people = underWay(row);
  return h("span", { class: people ? "" : "muted" }, people ? people.toLocaleString("en-US") : "nobody", h("span", { class: "on-phone" }, " under way"));
}

/** `open(id)`. Gives the table. */
export function makeList(open) {
  return makeTable({
    label: "Sequences",
    name: (row) => row.title,
    columns: [
      { key: "title", name: "Sequence", line: 1, width: "minmax(150px, 1.2fr)", sort: (row) => row.title, cell: (row) => h("b", { class: row.retired ? "muted" : "" }, row.title) },
      { key: "begins", name: "Begins with", line: 2, width: "minmax(130px, 1.2fr)", sort: (row) => row.begins, cell: (row) => h("span", { class: "muted" }, begins(row)) },
      { key: "steps", name: "Steps", line: 3, end: true, width: "minmax(110px, 1fr)", cell: (row) => h("span", { class: "muted" }, stepsWords(row.steps)) },
      { key: "under", name: "Under way", line: 1, end: true, figure: true, width: "96px", sort: underWay, cell: underCell },
      { key: "state", name: "State", line: 3, width: "minmax(150px, 1fr)", cell: (row) => h("span", { class: row.draft ? "drafted" : "muted" }, stateOf(row)) },
    ],
    open,
    empty: () => h("p", { class: "muted" }, "No sequence yet. Make the first one: it begins with a form, a booking or a visit, and says what follows by itself."),
    bones: 7,
  });
}

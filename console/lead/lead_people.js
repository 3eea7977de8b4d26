// Who is who around a lead: notes above the conversation that ask for something, and what was corrected, beside it.
import { h, put, show } from "../parts/dom.js";
import { sharedWith } from "../parts/family.js";
import { icon } from "../parts/icons.js";
import { when } from "../parts/clock.js";
import { makeMerging, profile } from "../parts/merge_dialog.js";
import { makeEditing } from "./lead_edit.js";

const FEW = 4;
const NARROW = "(max-width: 700px)";

/** `on`: {act(action, fields) for buttons, send(action, fields) for forms: resolves to the outcome; works}. Gives {edit, notes, history, draw(rows, lead), enable(reason)}. */
export function makePeople(root, data, on) {
  const editing = makeEditing(root, data, on.send);
  const merging = makeMerging(root, (fields) => on.send("merge", fields));
  const edit = h("button", { class: "b quiet edit", type: "button", hidden: !on.works, onclick: () => editing.edit(row) }, "Edit");
  const notes = h("div", { class: "people-notes" });
  const body = h("div", { class: "panel-body" });
  const history = h("section", { class: "panel" }, h("div", { class: "panel-head" }, h("h3", {}, "Corrections")), body);
  let row = null;
  let lead = null;
  let shown = "";
  let reason = "";
  let whole = false;
  let unfolded = false;

  const button = (words, press, primary = false) => on.works && h("button", { class: `b${primary ? " primary" : ""}`, type: "button", disabled: !!reason, title: reason, onclick: press }, words);
  const note = (tone, sign, words, ...buttons) => h("div", { class: `note ${tone}` }, icon(sign), h("span", { class: "people-words" }, words), h("span", { class: "people-do" }, buttons));

  function possible(pair) {
    const other = pair.sides.find((side) => side.patient !== row.patient);
    return note("blue", "person", ["May be the same person as ", profile(other), h("span", { class: "small block" }, pair.reasons)],
      button("Merge", () => merging.ask(pair, row.patient)), button("Keep apart", () => on.act("keep_apart", { pair: pair.pair })));
  }

  function drawNotes() {
    put(notes,
      lead.wrongNumber && note("amber", "alert", `Somebody else answers at ${lead.phone}. Find the right number, or write an email.`, button("Correct the number", () => editing.edit(row, "phone"))),
      row.askConsent && note("grey", "blocked", "No text may go to this number: nobody has agreed to it yet.", button("Record consent", () => editing.consent(lead))),
      row.others.length > 0 && note("grey", "person", sharedWith(row.others)),
      doubts());
  }

  /** One beside the conversation stands open; several, or one on a phone, are a line that opens: Send stays in sight. */
  function doubts() {
    const notes_ = row.possible.map(possible);
    if (notes_.length === 0 || (notes_.length === 1 && !matchMedia(NARROW).matches)) return notes_;
    const words = notes_.length === 1 ? "May be the same person as somebody else" : `May be the same person as ${notes_.length} others`;
    return h("details", { class: "note blue doubts", open: unfolded, ontoggle: (event) => { unfolded = event.target.open; } },
      h("summary", {}, words), notes_);
  }

  function correction(one) {
    const undone = one.undone ? ", taken back" : "";
    return h("li", { class: one.undone ? "muted" : "" }, icon("note", 15), h("span", {}, `${one.label} was ${one.was}, corrected by ${one.by} ${when(one.at)}${undone}`));
  }
  function merged(one) {
    return h("li", {}, icon("swap", 15), h("span", {}, `Merged with ${one.name} by ${one.by} ${when(one.at)} `,
      on.works && h("button", { class: "b quiet", type: "button", disabled: !!reason, onclick: () => on.act("unmerge", { merge: one.merge }) }, "Part again")));
  }
  function drawHistory() {
    const lines = whole ? row.corrected : row.corrected.slice(0, FEW);
    show(history, row.corrected.length + row.merged.length > 0);
    put(body, h("ul", { class: "moves" }, row.merged.map(merged), lines.map(correction)),
      row.corrected.length > FEW && h("button", { class: "b quiet", type: "button", onclick: () => { whole = !whole; drawHistory(); } }, whole ? "Show fewer" : `All ${row.corrected.length}`));
  }
  function redraw() {
    const text = JSON.stringify([row, lead.wrongNumber, lead.phone, reason]);
    if (text === shown) return;
    shown = text;
    drawNotes();
    drawHistory();
  }

  return {
    edit, notes, history,
    naming: editing.naming,
    draw(rows, next) {
      row = rows.get("people") || row;
      lead = next;
      if (row) redraw();
    },
    enable(why) {
      reason = why;
      edit.disabled = !!why;
      edit.title = why;
      if (row) redraw();
    },
  };
}

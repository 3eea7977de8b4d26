// The weekly list of cold leads that nobody spoke to: looked through by a manager, one or many at a time.
import { h } from "../parts/dom.js";
import { makeDialog } from "../parts/dialog.js";
import { makeForm } from "../parts/fields.js";
import { when } from "../parts/clock.js";
import { makeTable } from "../parts/table.js";

const many = (count) => (count === 1 ? "1 lead" : `${count} leads`);
const who = (row) => h("span", { class: "review-who" }, h("b", {}, row.name), h("span", { class: "muted" }, row.wants || row.formName));
const came = (row) => h("span", { class: "review-who" }, when(row.created), h("span", { class: "muted" }, row.sourceName));
const last = (row) => h("span", { class: "review-last" }, row.last.quote ? `"${row.last.words}"` : row.last.words);

/** `on`: {act, undo: the toast, open(id)}; `data`: {reasons}. Gives {node, draw(rows), enable(why), stop()}. */
export function makeReview(data, { act, undo, open }) {
  const dialog = makeDialog();
  const table = makeTable({
    label: "Cold leads of the week", name: (row) => `${row.name}, ${row.wants}`, open,
    columns: [
      { key: "who", name: "Lead", line: 1, width: "minmax(150px, 1.2fr)", cell: who, sort: (row) => row.name },
      { key: "came", name: "Came", line: 1, end: true, width: "minmax(110px, 0.9fr)", cell: came, sort: (row) => row.created },
      { key: "last", name: "Last", line: 2, wide: true, width: "minmax(0, 1.3fr)", cell: last },
      { key: "owner", name: "Owner", line: 3, width: "max-content", cell: (row) => row.ownerName?.split(" ")[0] || h("span", { class: "muted" }, "Nobody"), sort: (row) => row.ownerName || "" },
    ],
    verbs: [
      { code: "seen", primary: true, words: (fit) => `Seen ${fit.length}`, press: (ids) => send("review_seen", ids) },
      { code: "take", words: () => "Take up", press: (ids) => send("review_take", ids) },
      { code: "assign", words: () => "Assign", press: assign },
      { code: "close", danger: true, words: () => "Close", press: close },
    ],
    empty: () => [h("h2", {}, "Nothing to review"), h("p", { class: "muted" }, "Cold leads of this week and the last that nobody spoke to stand here until a manager has looked at them. Their sequence goes on by itself.")],
  });
  const node = h("div", { class: "review", hidden: true }, h("p", { class: "muted review-lead" }, "Cold leads of this week and the last that nobody spoke to. They alert nobody; their sequence follows them up."), table.node, dialog.node);

  async function send(action, ids, fields = {}) {
    const outcome = await act(action, { ids, ...fields });
    if (outcome.state === "done" && outcome.undo) undo.offer(outcome.words, () => send(outcome.undo.action, outcome.undo.ids));
    else if (outcome.words) undo.tell(outcome.words);
    if (outcome.state === "done") dialog.close();
    return outcome;
  }
  function ask(title, verb, field, action, ids) {
    const form = makeForm({ verb, fields: [field], send: (values) => send(action, ids, values) });
    dialog.open(title, form.node);
  }
  async function assign(ids) {
    const outcome = await act("hand_over", { id: ids[0] });
    if (outcome.state !== "done") return undo.tell(outcome.words);
    const people = outcome.value.map((one) => [one.id, `${one.name}, ${one.shift}`]);
    return ask(`Give ${many(ids.length)} to`, "Assign", { kind: "select", name: "staff", label: "Colleague", options: [["", "Choose somebody"], ...people], required: "Choose who gets them." }, "review_assign", ids);
  }
  function close(ids) {
    ask(`Close ${many(ids.length)}`, "Close", { kind: "select", name: "reason", label: "Why they lead nowhere", options: [["", "Choose a reason"], ...data.reasons], required: "Choose a reason: it shows later what could be done better." }, "review_close", ids);
  }
  return {
    node,
    draw: (rows) => table.draw([...rows].sort((a, b) => b.created - a.created)),
    enable: table.enable,
    stop: table.stop,
  };
}

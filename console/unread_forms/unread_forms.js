// Forms that could not be taken: why, in plain words, and a drawer in which each becomes a lead or is put aside.
import { pageLink } from "../parts/address.js";
import { h, put, show } from "../parts/dom.js";
import { typingDrawer } from "../parts/drawer.js";
import { icon } from "../parts/icons.js";
import { follow, isLive, onStatus } from "../parts/live.js";
import { when } from "../parts/clock.js";
import { makeTable } from "../parts/table.js";
import { toast } from "../parts/toast.js";
import { widget } from "../parts/widget.js";
import { made, makeMending } from "./mending.js";

const ROOMY = 860;
const from = (row) => h("b", {}, row.connector);
const why = (row) => h("span", {}, row.field && h("b", {}, `${row.field}: `), row.why);

export default widget("unread_forms/unread_forms", ({ root, data, act, end }) => {
  let rows = new Map();
  let mending = null;
  const begun = new Map(); // by id: what was typed stays when the drawer closes, whether by Esc or by a slip of the hand
  let handledHere = ""; // what this person has just handled or reopened leaves its table at once, though the hand is in it
  const undo = toast(root, end);
  const panel = typingDrawer(root, "Unread form", () => { mending = null; });
  const said = h("div", { class: "note amber", role: "alert", hidden: true });
  const waiting = makeTable({
    label: "Forms that wait for a person",
    name: (row) => `${row.connector}, ${row.field ? `${row.field}: ` : ""}${row.why}`,
    open,
    columns: [
      { key: "from", name: "From", line: 1, cell: from, sort: (row) => row.connector },
      { key: "why", name: "Why it waits", width: "minmax(0, 4fr)", wide: true, cell: why },
      { key: "at", name: "Since", line: 1, end: true, width: "max-content", cell: (row) => h("span", { class: "muted" }, when(row.at)), sort: (row) => row.at },
      { key: "do", name: "", line: 3, wide: true, width: "max-content", cell: (row) => h("button", { class: "b", type: "button", disabled: !isLive(), onclick: () => open(row.id) }, "Open") },
    ],
    empty: () => [h("h2", {}, "Every form was read"), h("p", { class: "muted" }, "A form that cannot be read or has a fault is kept here, so that nobody who wrote to the clinic is lost.")],
  });
  const handled = makeTable({
    label: "Handled in the last 7 days",
    name: (row) => `${row.connector}, ${row.outcome}`,
    columns: [
      { key: "from", name: "From", line: 1, cell: from },
      { key: "outcome", name: "What became of it", width: "minmax(0, 4fr)", wide: true, cell: (row) => row.outcome },
      { key: "handled", name: "When", line: 1, end: true, width: "max-content", cell: (row) => h("span", { class: "muted" }, when(row.handled)) },
      { key: "do", name: "", line: 3, wide: true, width: "max-content", cell: after },
    ],
  });
  const past = h("section", { class: "past" }, h("h2", {}, "Handled in the last 7 days"), handled.node);
  root.append(h("p", { class: "muted lead" }, "Each is a person who wrote to the clinic. Open it, correct what is wrong, and make a lead of it."), said, waiting.node, past);

  function after(row) {
    if (row.ref) return pageLink(`/lead?lead=${encodeURIComponent(row.ref)}`, {}, `Open lead ${row.ref}`);
    return row.dismissed && h("button", { class: "b", type: "button", disabled: !isLive(), onclick: () => reopen(row.id) }, "Reopen");
  }
  function tell(words) {
    show(said, !!words);
    put(said, words && [icon("info"), h("span", {}, words)]);
  }
  async function reopen(id) {
    const outcome = await act("reopen", { id });
    tell(outcome.state === "done" ? "" : outcome.words);
    if (outcome.state !== "done") return;
    undo.tell("It waits again");
    moved(id);
  }
  async function open(id) {
    const row = rows.get(id);
    if (!row || !isLive() || panel.open) return;
    const outcome = await act("open", { id, text: row.text });
    tell(outcome.state === "done" ? "" : outcome.words);
    if (outcome.state !== "done") return;
    if (!begun.has(id)) begun.set(id, makeMending(row, outcome.value, { dismissals: data.dismissals, done, act: (action, more) => send(action, id, { text: row.text, ...more }) }));
    mending = begun.get(id);
    // On a phone the field lies far below what is wrong with the form: one reads that first.
    panel.show(mending.node, window.innerWidth > ROOMY ? mending.first : null);
  }
  async function send(action, id, more) {
    const outcome = await act(action, { id, ...more });
    if (outcome.state === "done") moved(id);
    return outcome;
  }
  function done(action, outcome) {
    if (action !== "dismiss") return panel.show(made(outcome.value, () => panel.close()));
    panel.close();
    undo.offer(outcome.words, () => reopen(outcome.undo.id));
  }

  /** The push says so before the answer comes, or after it. */
  function moved(id) {
    handledHere = id;
    lay("redraw");
  }
  function heard(topic) {
    const before = rows.get(handledHere);
    rows = new Map(topic.rows);
    const mine = before && before.waits !== rows.get(handledHere)?.waits;
    lay("draw", topic);
    if (mine) lay("redraw");
  }
  function lay(how, topic) {
    const all = [...rows.values()];
    const over = all.filter((row) => !row.waits).sort((a, b) => b.handled - a.handled);
    waiting[how](all.filter((row) => row.waits).sort((a, b) => b.at - a.at), topic);
    handled[how](over, topic);
    show(past, over.length > 0);
  }
  function enable() {
    const reason = isLive() ? "" : "Not connected: nothing would be kept.";
    waiting.enable(reason);
    handled.enable(reason);
    mending?.enable(reason);
  }

  end(follow("unread", heard));
  end(onStatus(enable));
  end(waiting.stop);
  end(handled.stop);
  return () => {};
}, ["table", "drawer", "fields"]);

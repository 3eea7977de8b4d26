// Forms that look as if no person had sent them: who, what for, why they were held, and two things to do with one or many.
import { h, put, say, show } from "../parts/dom.js";
import { icon } from "../parts/icons.js";
import { follow, isLive, onStatus } from "../parts/live.js";
import { when } from "../parts/clock.js";
import { makeTable } from "../parts/table.js";
import { toast } from "../parts/toast.js";
import { widget } from "../parts/widget.js";

const who = (row) => h("span", { class: "who" }, h("b", {}, row.name), h("span", { class: "muted" }, row.phone || row.email));
const request = (row) => h("span", { class: "request" }, row.request, row.note && h("span", { class: "note-words" }, `"${row.note}"`));
const why = (row) => h("ul", { class: "why" }, row.why.map((words) => h("li", {}, words)));
const came = (row) => h("span", { class: "came muted" }, when(row.at), row.network && h("span", {}, `from ${row.network}`));

export default widget("check_these/check_these", ({ root, act, end }) => {
  let rows = new Map();
  let handled = []; // what this person has just handled leaves the table at once, though the hand is in it
  const undo = toast(root, end);
  const lead = h("p", { class: "muted lead" });
  const said = h("div", { class: "note amber", role: "alert", hidden: true });
  const table = makeTable({
    label: "Forms to check",
    name: (row) => `${row.name}, ${row.why.join(", ")}`,
    columns: [
      { key: "who", name: "Who", line: 1, width: "minmax(150px, 1.2fr)", cell: who, sort: (row) => row.name },
      { key: "request", name: "Request", wide: true, width: "minmax(0, 1.4fr)", cell: request },
      { key: "why", name: "Why it was held", wide: true, line: 3, width: "minmax(0, 1.7fr)", cell: why },
      { key: "came", name: "Came", line: 1, end: true, width: "max-content", cell: came, sort: (row) => row.at },
      { key: "do", name: "", line: 4, wide: true, width: "max-content", cell: deeds },
    ],
    verbs: [
      { code: "send_on", primary: true, words: (fit) => `Send on ${fit.length}`, press: (ids) => send("send_on", ids) },
      { code: "put_aside", words: (fit) => (fit.length === 1 ? "1 is not a patient" : `${fit.length} are no patients`), press: (ids) => send("put_aside", ids) },
    ],
    empty: () => [h("h2", {}, "Nothing to check"), h("p", { class: "muted" }, "A form that looks as if no person had sent it waits here and gets no text until somebody has looked.")],
  });
  put(root, lead, said, table.node, undo.node);

  function deeds(row) {
    return h("span", { class: "deeds" },
      h("button", { class: "b", type: "button", disabled: !isLive(), "aria-label": `Send on ${row.name}`, onclick: () => send("send_on", [row.id]) }, "Send on"),
      h("button", { class: "b quiet", type: "button", disabled: !isLive(), "aria-label": `${row.name} is not a patient`, onclick: () => send("put_aside", [row.id]) }, "Not a patient"));
  }
  function tell(words) {
    show(said, !!words);
    put(said, words && [icon("info"), h("span", {}, words)]);
  }
  async function send(action, ids) {
    if (!isLive()) return;
    const outcome = await act(action, { ids });
    tell(outcome.state === "done" ? "" : outcome.words);
    if (outcome.state !== "done") return;
    handled = ids;
    if (outcome.undo) undo.offer(outcome.words, () => send(outcome.undo.action, outcome.undo.ids));
    else undo.tell(outcome.words);
    lay("redraw");
  }
  function lay(how, topic) {
    const total = rows.get("total")?.waiting || 0;
    const list = [...rows.values()].filter((row) => row.id !== "total").sort((a, b) => a.place - b.place);
    const more = total > list.length ? ` The newest ${list.length} are shown.` : "";
    show(lead, total > 0);
    say(lead, `${total === 1 ? "1 form waits" : `${total.toLocaleString("en-US")} forms wait`}: no text was sent. Send on whoever wants something from the clinic; their first text goes and their clock starts then.${more}`);
    table[how](list, topic);
  }
  end(follow("to_check", (topic) => {
    const mine = handled.some((id) => rows.has(id) !== topic.rows.has(id));
    rows = new Map(topic.rows);
    lay("draw", topic);
    if (mine) lay("redraw");
  }));
  end(onStatus(() => {
    table.enable(isLive() ? "" : "Not connected: nothing would be kept.");
    for (const button of root.querySelectorAll(".deeds button")) button.disabled = !isLive();
  }));
  end(table.stop);
  return () => {};
}, ["table"]);

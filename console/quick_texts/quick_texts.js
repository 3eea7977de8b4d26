// Quick texts: all of them at the left, the chosen one at the right, edited by who may and read by the others.
import { h, put, show } from "../parts/dom.js";
import { icon } from "../parts/icons.js";
import { follow, isLive, onStatus } from "../parts/live.js";
import { when } from "../parts/clock.js";
import { makeEditor } from "../parts/editor.js";
import { makeTable } from "../parts/table.js";
import { toast } from "../parts/toast.js";
import { widget } from "../parts/widget.js";
import { makeFields } from "./quick_text_fields.js";

const NARROW = 760;
const FRESH = { title: "New quick text", body: "" };
const WHOM = { personal: "only you", team: "team" };

function remember(key) {
  const address = new URL(window.location.href);
  if (key) address.searchParams.set("text", key);
  else address.searchParams.delete("text");
  window.history.replaceState(window.history.state, "", address);
}

/** What the list says below a title. */
function about(row) {
  const whom = WHOM[row.scope] ? `, ${WHOM[row.scope]}` : "";
  if (row.draft) return `Draft by ${row.draftBy.split(" ")[0] || "somebody"}, ${when(row.draft)}`;
  if (row.retired) return "Retired";
  return row.at ? `Version ${row.number}, ${when(row.at)}${whom}` : "Came with the product";
}

function cell(row) {
  return h("span", { class: "quick-name" }, h("b", { class: row.retired ? "muted" : "" }, row.title),
    h("span", { class: row.draft ? "small drafted" : "muted small" }, about(row)));
}

export default widget("quick_texts/quick_texts", ({ root, data, act, end }) => {
  let rows = new Map();
  let wanted = data.text;
  /** What is one's own is one's own to change; the clinic's is the managers'. */
  const mine = (key) => (rows.get(key)?.owner ? rows.get(key).owner === data.me : data.edits);
  const undo = toast(root, end);
  const fields = makeFields(data, () => editor.typed());
  const editor = makeEditor({ topic: "quick_text", noun: "quick text", act, fields, edits: mine, tell: (words) => words && undo.tell(words), end });
  const table = makeTable({
    label: "Quick texts",
    columns: [{ key: "title", name: "Title", cell, sort: (row) => row.title, line: 1 }],
    name: (row) => `${row.title}, ${about(row)}`,
    open: choose,
    empty: () => [h("h2", {}, "No quick texts"), h("p", { class: "muted" }, "Wordings for what is written every day: with one of them staff start a text by a click.")],
  });
  const problem = h("div", { class: "note amber", role: "alert", hidden: true });
  const fresh = h("button", { class: "b large", type: "button", onclick: begin }, icon("plus"), "New quick text");
  const back = h("button", { class: "b quiet back", type: "button", onclick: () => choose("") }, icon("back", 16), "All quick texts");
  const unchosen = h("p", { class: "muted unchosen" }, "Choose one at the left.");
  const page = h("div", { class: "split" },
    h("div", { class: "split-list" }, h("p", { class: "muted lead" }, "Wordings that staff start a text of their own from. What you publish stands at once above the boxes of those it is for."), fresh, problem, table.node),
    h("div", { class: "split-one" }, back, unchosen, editor.node));
  put(root, page, undo.node);

  async function choose(id) {
    wanted = id;
    remember(id);
    table.open(id);
    page.classList.toggle("one", !!id);
    show(unchosen, !id);
    await editor.open(id);
    name();
  }
  function name() {
    const row = rows.get(wanted);
    if (row) editor.name(row.title);
  }
  async function begin() {
    fresh.disabled = true;
    const outcome = await act("new", { body: data.edits ? FRESH : { ...FRESH, scope: "personal", owner: data.me } });
    fresh.disabled = !isLive();
    show(problem, outcome.state !== "done");
    if (outcome.state !== "done") return put(problem, icon("info"), h("span", {}, outcome.words));
    await choose(outcome.value.key);
    fields.focus();
    return fields.node.querySelector("input")?.select();
  }

  end(follow("quick_texts", (topic) => {
    const before = rows;
    // Colleagues' own ones are theirs.
    rows = new Map([...topic.rows].filter(([, row]) => !row.owner || row.owner === data.me));
    table.draw([...rows.values()].sort((a, b) => a.retired - b.retired || a.place - b.place), topic);
    if (wanted && rows.has(wanted) && editor.key !== wanted) choose(wanted);
    // A draft that was discarded before it was ever published leaves nothing to show.
    else if (editor.key && before.has(editor.key) && !rows.has(editor.key)) choose("");
    else if (!wanted && topic.loaded && rows.size && root.clientWidth >= NARROW) choose(table.order[0]);
    name();
  }));
  end(onStatus(() => { fresh.disabled = !isLive(); }));
  end(table.stop);
  return () => {};
}, ["table", "fields", "menu", "dialog", "drawer", "editor"]);

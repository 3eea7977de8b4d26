// The frame around whatever is drafted and published: it saves as one types, says so, asks before it publishes, keeps what
// was typed whatever a colleague does meanwhile. The fields are the screen's.
import { h, put, say, show } from "./dom.js";
import { icon } from "./icons.js";
import { follow, isLive, onStatus } from "./live.js";
import { now, time, sameDay, when } from "./clock.js";
import { changesNode } from "./changes.js";
import { makeDialog } from "./dialog.js";
import { makeForm } from "./fields.js";
import { makeMenu } from "./menu.js";
import { makeVersions } from "./editor_versions.js";

const IDLE_MS = 600;
const EVERYBODY = () => "Everybody uses it from now on. What is under way stays on its version.";
const NOBODY = "Nobody is offered it any more. Its versions stay, and any of them can be restored.";
const AGAIN_MS = 5000; // the server was out of reach: asked again, not at once
const COMES_ROUND_MS = 5000; // what was saved here has come back by the push long before

/** 'Draft, saved 2:14 PM', 'Published, version 3', ... in words for people. Pure but for today's date. */
export function stateWords({ draft, published, dirty, saving, retired }, at = now()) {
  if (saving || dirty) return "Draft, saving";
  if (draft) return `Draft, saved ${sameDay(draft.at, at) ? time(draft.at) : when(draft.at, at)}`;
  if (retired) return `Retired, version ${published.number}`;
  if (!published) return "Not saved yet";
  return published.at ? `Published, version ${published.number}` : "As it came with the product";
}

const sorted = (object) => Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)));

/** A body as text that is equal for equal bodies: on its way to the server and back a number becomes its digits. Pure. */
export const asText = (body) => JSON.stringify(body, (_key, value) => {
  if (typeof value === "number") return String(value);
  return value && typeof value === "object" && !Array.isArray(value) ? sorted(value) : value;
});

/**
 * Whether a push of `rows` was read before our own saving at `savedAt` (product ms; 0: none is awaited). Where that must long have come
 * round (`waited`, ms) a colleague has thrown the draft away. Pure.
 */
export const isFromBefore = (rows, savedAt, waited) => savedAt > 0 && waited < COMES_ROUND_MS && rows.every((row) => row.at < savedAt);

/**
 * `topic`: the rows of console/parts/editor.py, followed as `topic:<key>`. `fields`: {node, read(), write(body), show({problems,
 * look}), errors(byField), enable(reason)}; the screen calls `typed()` at each change. `edits(key)`: whether this person may change this one.
 * `tell(words)` says what was done; `noun` is what one is called, `publishes()` what follows from publishing, `retires` what from retiring ('' where it never is), `who` may. Gives {node, open(key), typed(), key, leave()}.
 */
export function makeEditor({ topic, noun, publishes = EVERYBODY, retires = NOBODY, who = "Managers and admins", act, fields, edits, tell, end }) {
  let key = "";
  let rows = [];
  let unfollow = () => {};
  let revision = 0; // of the draft that stands in the fields; 0: of none
  let dirty = false;
  let saving = null; // the saving under way
  let timer = 0;
  let conflict = "";
  let trouble = ""; // why the last saving was refused
  let standing = ""; // the body that the fields were last filled with, or saved as
  let savedAt = 0; // when our own last saving was, until a push brings it; 0: it has
  let savedHere = 0; // the same by this page's own watch
  let wanted = "";
  let differs = false; // whether what stands there differs from what is published
  let turn = 0; // tells the answers of one text from those of the next

  const title = h("h2", { class: "editor-title" });
  const chip = h("span", { class: "chip editor-state", role: "status" });
  const versionsButton = h("button", { class: "b large", type: "button", onclick: () => versions.open(rows, may()) });
  const publishButton = h("button", { class: "b large primary", type: "button", onclick: askPublish });
  const menu = makeMenu({ label: `More about this ${noun}`, items: choices, pick: (code) => (code === "discard" ? discard() : askRetire()) });
  const problem = h("div", { class: "editor-problem", role: "alert" });
  const changes = h("section", { class: "editor-changes", hidden: true });
  const asked = makeDialog();
  const node = h("section", { class: "editor", hidden: true },
    h("header", { class: "editor-head" }, h("div", { class: "editor-name" }, title, chip), h("div", { class: "editor-do" }, versionsButton, menu.node, publishButton)),
    problem, fields.node, changes, asked.node);
  const versions = makeVersions(node, { compare: (before, after) => act("compare", { key, before, after }), restore });

  const may = () => !!key && edits(key);
  const draft = () => rows.find((row) => row.state === "draft");
  const published = () => rows.find((row) => row.state === "published");
  const kept = (of = key) => `luxe.editor.${topic}.${of}`;
  const same = (a, b) => asText(a) === asText(b);

  // ---- what stands there

  function heard(state) {
    const before = rows.length;
    const brought = [...state.rows.values()].sort((a, b) => b.number - a.number);
    // Read before our own saving: to follow it would put back what was typed over.
    if (isFromBefore(brought, savedAt, performance.now() - savedHere)) return;
    savedAt = 0;
    rows = brought;
    versions.draw(rows);
    if (!before && rows.length) return void first();
    // Saved by our own hand, or nothing typed since: what is on the screen follows.
    if (rows.length && !dirty && !saving) {
      const theirs = draft();
      const shown = theirs || published();
      if (shown && asText(shown.body) !== standing) take(shown.body);
      revision = theirs?.revision || 0;
      conflict = "";
    }
    draw();
  }
  /** What was typed and never reached the server comes back, above what stands there. */
  function first() {
    const shown = draft() || published();
    revision = draft()?.revision || 0;
    const left = JSON.parse(sessionStorage.getItem(kept()) || "null");
    take(left?.body || shown.body);
    if (left && may() && !same(left.body, shown.body)) {
      dirty = true;
      if (left.revision === revision) later();
      else conflict = "This was changed while you were away; what you had typed is still here.";
    } else sessionStorage.removeItem(kept());
    node.hidden = false;
    draw();
  }
  function take(body) {
    standing = asText(body);
    fields.write(body);
    look(body);
  }
  async function look(body) {
    const mine = turn;
    const outcome = await act("look", { key, body });
    if (mine === turn && outcome.state === "done") showSeen(outcome.value);
  }
  function showSeen(seen) {
    fields.show(seen);
    const base = published();
    differs = seen.changes.length > 0;
    put(changes, h("h3", {}, `Changes since version ${base?.number ?? ""}`), changesNode(seen.changes));
    draw();
  }
  function draw() {
    const base = published();
    const mine = draft();
    show(changes, differs && (!!mine || dirty));
    say(chip, conflict || trouble ? "Not saved" : stateWords({ draft: mine, published: base, dirty, saving: !!saving, retired: base?.retired }));
    chip.classList.toggle("draft", !!mine || dirty);
    for (const part of [menu.node, publishButton]) show(part, may());
    put(versionsButton, "Versions", h("span", { class: "muted" }, rows.length));
    put(publishButton, mine ? `Publish version ${mine.number}` : "Publish");
    const live = isLive();
    publishButton.disabled = !live || !!conflict || (!mine && !dirty);
    publishButton.title = !live ? "Not live" : conflict ? "Settle whose words stay first" : !mine && !dirty ? "Nothing has changed" : "";
    const gone = rows.length === 0;
    put(problem, trouble && h("div", { class: "note red" }, icon("alert"), h("span", {}, `Not saved: ${trouble}`)), conflict && h("div", { class: "note blue" }, icon("faster"), h("span", {}, conflict, " What you typed is kept here."),
      h("span", { class: "editor-settle" }, h("button", { class: "b", type: "button", onclick: useTheirs }, "Use theirs"), h("button", { class: "b", type: "button", onclick: keepMine }, "Keep mine"))));
    fields.enable(gone ? "It is not there any more" : may() ? "" : `${who} change this`);
  }
  function choices() {
    const mine = draft();
    const base = published();
    const list = [{ code: "discard", words: "Discard draft", icon: "undo", danger: true, reason: mine || dirty ? "" : "There is no draft" }];
    if (retires && base && !base.retired) list.push({ code: "retire", words: `Retire this ${noun}`, icon: "trash", danger: true, reason: mine || dirty ? "Publish or discard the draft first" : "" });
    return list;
  }

  // ---- saving

  function typed() {
    if (!may()) return;
    dirty = true;
    trouble = "";
    turn += 1;
    sessionStorage.setItem(kept(), JSON.stringify({ revision, body: fields.read() }));
    later();
    draw();
  }
  function later(ms = IDLE_MS) {
    clearTimeout(timer);
    timer = setTimeout(save, ms);
  }
  /** Save what was typed, after whatever is being saved; whether everything is kept now. */
  async function save() {
    clearTimeout(timer);
    if (saving) await saving;
    if (!dirty) return true;
    if (conflict || !isLive()) return false;
    saving = keep(key, fields.read());
    const done = await saving;
    saving = null;
    draw();
    return done && !dirty;
  }
  async function keep(of, body) {
    const outcome = await act("save", { key: of, body, revision });
    if (of !== key) return outcome.state === "done";
    if (outcome.state === "done") {
      revision = outcome.value.revision;
      savedAt = outcome.value.at;
      savedHere = performance.now();
      standing = asText(body);
      // Typed on meanwhile: that is saved by its own timer.
      if (same(fields.read(), body)) {
        dirty = false;
        sessionStorage.removeItem(kept());
        showSeen(outcome.value);
      }
      mend(outcome.value, body);
      return true;
    }
    if (outcome.state === "lost") conflict = outcome.words;
    else trouble = outcome.words;
    if (outcome.state === "error") later(AGAIN_MS);
    return false;
  }
  /** The push comes a moment later; the head says it at once. */
  function mend(saved, body) {
    const row = { id: `v:${saved.number}`, state: "draft", note: "", by: "", retired: false, body, ...saved };
    rows = [row, ...rows.filter((one) => one.state !== "draft")];
  }
  function useTheirs() {
    settle();
    const shown = draft() || published();
    revision = draft()?.revision || 0;
    if (shown) take(shown.body);
    draw();
  }
  function keepMine() {
    conflict = "";
    revision = draft()?.revision || 0;
    dirty = true;
    save();
  }
  function settle() {
    conflict = trouble = "";
    dirty = false;
    turn += 1;
    clearTimeout(timer);
    sessionStorage.removeItem(kept());
  }

  // ---- publishing and taking back

  function ask(words, verb, about, field, send, danger = false) {
    const form = makeForm({ verb, danger, fields: [field], cancel: asked.close, send: async (values) => {
      const outcome = await send(values);
      if (outcome.state === "done") {
        asked.close();
        tell(outcome.words);
      } else if (outcome.fields && !outcome.fields.note && Object.keys(outcome.fields).length) fields.errors(outcome.fields);
      return outcome;
    } });
    asked.open(words, h("p", { class: "muted" }, about), form.node);
  }
  const note = (label) => ({ kind: "text", name: "note", label, longest: 200, required: "Say it in a few words, for whoever looks later." });
  async function askPublish() {
    if (!(await save())) return undefined;
    const mine = draft();
    if (!mine) return undefined;
    return ask(`Publish version ${mine.number}?`, "Publish", publishes(), note("What changes?"),
      (values) => act("publish", { key, revision, note: values.note }));
  }
  function askRetire() {
    ask(`Retire "${title.textContent}"?`, "Retire", retires, note("Why?"),
      (values) => act("retire", { key, note: values.note }), true);
  }
  async function discard() {
    clearTimeout(timer);
    if (saving) await saving;
    const mine = draft();
    settle();
    if (!mine) return useTheirs();
    const outcome = await act("discard", { key, revision: mine.revision });
    if (outcome.state !== "done") {
      conflict = outcome.words;
      return draw();
    }
    savedAt = 0;
    rows = rows.filter((row) => row.state !== "draft");
    useTheirs();
    return tell(outcome.words);
  }
  async function restore(row) {
    versions.close();
    await save();
    const outcome = await act("restore", { key, number: row.number, revision: draft()?.revision || 0 });
    if (outcome.state === "done") {
      settle();
      return tell(`Version ${row.number} is the draft now`);
    }
    conflict = outcome.words;
    return draw();
  }

  // ---- one after the other

  async function open(next) {
    wanted = next;
    if (next === key) return;
    await leave();
    if (wanted !== next) return; // another one was chosen meanwhile
    key = next;
    node.hidden = true;
    if (key) unfollow = follow(`${topic}:${key}`, (state) => key === next && heard(state));
  }
  /** What was typed is saved before the next one is opened. */
  async function leave() {
    if (!key) return;
    if (dirty) await save();
    unfollow();
    unfollow = () => {};
    clearTimeout(timer);
    turn += 1;
    rows = [];
    dirty = false;
    conflict = trouble = standing = "";
    revision = savedAt = 0;
    key = "";
  }

  end(onStatus(() => { if (key && rows.length) draw(); if (isLive() && dirty && !conflict) later(); }));
  end(() => { clearTimeout(timer); unfollow(); });
  return {
    node,
    open,
    typed,
    leave,
    get key() {
      return key;
    },
    name: (words) => say(title, words),
  };
}

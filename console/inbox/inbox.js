// The inbox: follows the topic 'inbox', lists conversations, opens one beside the list and acts on record ids.
import { go, inAddress, keepInAddress, remember, remembered } from "../parts/address.js";
import { h, put, show, typing } from "../parts/dom.js";
import { keySheet } from "../parts/key_sheet.js";
import { listen } from "../parts/keys.js";
import { follow, isLive, onStatus, status } from "../parts/live.js";
import { now, onTick, time } from "../parts/clock.js";
import { makeRows } from "../parts/rows.js";
import { toast } from "../parts/toast.js";
import { inAlarm } from "../parts/urgent.js";
import { widget } from "../parts/widget.js";
import { makeBar } from "./inbox_bar.js";
import { keyFinder, keyHints, SHEET } from "./inbox_keys.js";
import { makeLists } from "./inbox_lists.js";
import { filterAddress, listed, readFilter } from "./inbox_model.js";
import { makePane } from "./inbox_pane.js";
import { buildRow } from "./inbox_row.js";
import { makeSearch } from "./inbox_search.js";
import { blank } from "./inbox_states.js";

const PHONE = 680; // pixels of the page's own width under which list and conversation take turns
const OPEN_MS = 150; // J pressed several times passes by without opening each
const HAND_MS = 2500; // after the pointer's last move in it the list may be put in order
const MARGIN_PX = 16;

function inbox({ root, data, act, end }) {
  let filter = readFilter(window.location.search);
  let topic = { loaded: false, failed: "", denied: false };
  let selected = null; // id
  let known = new Map(); // every row that was seen, so that one that left the list stays open
  let order = [];
  let awaited = inAddress("at");
  let opening = 0;
  let hand = -Infinity;
  let late = false;

  const lists = makeLists({ act, me: data.me, changed: () => layOut() });
  const finder = makeSearch(act, () => layOut(true));
  const bar = makeBar({ filter: setFilter, search: (text) => { remember({ searched: text }); finder.search(text); } });
  const undo = toast(root, end);
  const pane = makePane(root, data, { act: send, offer, back: () => leave(), done });
  const sheet = keySheet(root, "Shortcuts of the inbox", SHEET);
  const rowsOn = { select: (id) => choose(id, true), acknowledge: (id) => tellOf(id, "acknowledge"), acknowledges: data.acknowledges, whyNot: () => notLive() };
  const list = h("div", { class: "threads", role: "list", "aria-label": "Conversations" });
  const rows = makeRows(list, (row) => (row.title ? h("h3", { class: "found-title" }, row.title) : marked(buildRow(row, rowsOn), row.id)));
  const states = h("div", { class: "states" });
  const more = h("button", { class: "b quiet more-rows", type: "button", onclick: () => lists.more() }, "Show more");
  const foot = h("div", { class: "list-foot" });
  const side = h("div", { class: "side-list" }, states, list, foot);
  const nothing = h("div", { class: "nothing muted" }, "Choose a conversation. J opens the first.");
  const columns = h("div", { class: "columns" }, side, h("div", { class: "middle" }, nothing, pane.node), pane.about);
  put(root, bar.node, columns, keyHints(), undo.node);
  const phone = () => root.clientWidth < PHONE;
  const rowOf = (id) => lists.rows().get(id) || known.get(id) || null;

  // ---- what is shown

  function marked(node, id) {
    if (id === selected) node.classList.add("selected");
    return node;
  }
  function wanted() {
    if (!finder.on) return listed(lists.rows().values(), filter, data.me);
    return finder.groups(lists.rows()).flatMap(([title, found]) => [{ id: `title:${title}`, title }, ...found.map((row) => ({ ...row, id: title === "People" ? row.id : `${row.id}` }))]);
  }

  /** Nothing moves under the hand: while the pointer moves in the list only urgent ones come on top, the rest is put in order after. */
  function layOut(now_ = false) {
    const all = wanted();
    for (const row of all) if (!row.title) known.set(row.id, row);
    const held = !now_ && !finder.on && performance.now() - hand < HAND_MS && order.length > 0;
    late = held;
    const shown = held ? held_(all) : distinct(all);
    rows.draw(shown);
    order = shown.filter((row) => !row.title).map((row) => row.id);
    bar.draw(filter, lists.counts);
    drawRest(order.length);
  }
  function held_(all) {
    const fresh = all.filter((row) => inAlarm(row) && !order.includes(row.id));
    return [...fresh, ...order.map((id) => rowOf(id)).filter(Boolean)];
  }
  /** Somebody found by name and by a word stands once, where the words are. */
  function distinct(all) {
    const last = new Map(all.map((row, at) => [row.id, at]));
    return all.filter((row, at) => last.get(row.id) === at);
  }

  function drawRest(count) {
    put(states, blank({ ...topic, shown: count, filter, search: finder, filterTo: setFilter, clear: bar.clear }));
    const left = lists.left(count);
    if (finder.on) put(foot, finder.busy && h("p", { class: "muted small", role: "status" }, "Searching ..."), finder.notes());
    else put(foot, topic.loaded && count > 0 && (left === "more" ? more : h("p", { class: "muted small" }, left === "search" ? "Further down one searches: press /." : "That is all.")));
    const row = selected && rowOf(selected);
    pane.show(row || null);
    show(nothing, !row);
    columns.dataset.view = row ? "thread" : "list";
    fit();
    enable();
  }
  function fit() {
    const scrolled = root.getRootNode().host?.closest("[data-testid=stMain]")?.scrollTop || 0;
    const top = `${Math.round(columns.getBoundingClientRect().top + scrolled + MARGIN_PX)}px`;
    if (columns.offsetHeight && columns.style.getPropertyValue("--columns-top") !== top) columns.style.setProperty("--columns-top", top);
  }

  function heard(next) {
    const first = !topic.loaded;
    topic = { loaded: next.loaded, failed: next.failed, denied: next.denied };
    if (next.loaded) lists.heard(next.rows);
    layOut();
    if (first && topic.loaded) comeBack();
  }
  /** What the address and the history say was open and searched for. */
  async function comeBack() {
    const text = remembered("searched") || "";
    if (text && !finder.on) {
      bar.fill(text);
      await finder.search(text);
    }
    const ref = awaited;
    awaited = "";
    if (!ref) return;
    const row = [...lists.rows().values()].find((one) => one.ref === ref) || (await lookUp(ref));
    if (row) choose(row.id);
  }
  async function lookUp(ref) {
    const outcome = await act("names", { text: ref });
    const [row] = outcome.state === "done" ? outcome.value.rows : [];
    if (row) known.set(row.id, row);
    return row;
  }

  function setFilter(changes) {
    filter = { ...filter, ...changes };
    keepInAddress(filterAddress(filter));
    bar.clear();
    lists.choose(filter);
    layOut(true);
    side.scrollTop = 0;
  }

  // ---- one conversation

  function choose(id, step = false) {
    selected = id;
    for (const node of list.children) node.classList.toggle("selected", node.dataset.id === id);
    const address = (id && rowOf(id)?.ref) || "";
    // On a phone the conversation is a step of its own: Back leads to the list.
    if (step && phone() && id) window.history.pushState({ ...window.history.state }, "", `?${new URLSearchParams({ ...filterAddress_(), at: address })}`);
    else keepInAddress({ at: address });
    drawRest(order.length);
    list.querySelector(".selected")?.scrollIntoView({ block: "nearest" });
  }
  const filterAddress_ = () => Object.fromEntries(Object.entries(filterAddress(filter)).filter(([, value]) => value));
  function leave() {
    choose(null);
  }
  function move(step) {
    if (!order.length) return;
    const at = order.indexOf(selected);
    const next = order[Math.max(0, Math.min(order.length - 1, at < 0 ? 0 : at + step))];
    for (const node of list.children) node.classList.toggle("selected", node.dataset.id === next);
    selected = next;
    clearTimeout(opening);
    opening = setTimeout(() => choose(next), OPEN_MS);
  }

  // ---- what is done

  const notLive = () => (isLive() ? "" : status.since ? `Not live since ${time(status.since)}` : "Not live");
  const whyNot = () => (data.works ? notLive() : data.closed || "Your role can look at leads, not work them");
  function enable() {
    pane.enable(whyNot());
  }
  /** Every action names its conversation: which one is open when the answer comes makes no difference. */
  function send(id, action, fields = {}) {
    if (!isLive()) return Promise.resolve({ state: "refused", words: `${notLive()}. Nothing was changed.` });
    return act(action, { id, ...fields });
  }
  function offer(outcome, back = null) {
    const taken = outcome.undo;
    if (taken && back) undo.offer(outcome.words, async () => { const answer = await back(taken); undo.tell(answer.words || "Taken back"); });
    else if (outcome.words) undo.tell(outcome.words);
  }
  async function tellOf(id, action, fields = {}) {
    const outcome = await send(id, action, fields);
    offer(outcome, (taken) => send(id, taken.action, taken));
    return outcome.state === "done";
  }
  async function done() {
    const row = rowOf(selected);
    if (!row || whyNot()) return undo.tell(whyNot() || "No conversation is open. J opens the first.");
    if (row.done) return pane.act("reopen_thread");
    const next = order[order.indexOf(row.id) + 1] || null;
    if (!(await pane.act("done", { seen: row.spoken || 0 }))) return undefined;
    if (selected === row.id && filter.tab !== "done" && !phone()) choose(next);
    else if (phone()) leave();
    return undefined;
  }

  // ---- keys

  const onOne = (deed) => () => {
    if (!selected || !rowOf(selected)) return undo.tell("No conversation is open. J opens the first.");
    if (whyNot()) return undo.tell(`${whyNot()}.`);
    return deed();
  };
  function takeBack() {
    if (!pane.talk?.undo()) undo.undo();
  }
  const usable = () => root.isConnected && !document.querySelector("[data-testid=stDialog]");
  end(listen({
    usable,
    told: () => undo.tell("That looked like typing, so no key acted."),
    undo: takeBack,
    escape,
    find: keyFinder({ works: data.works, sheet, asking: () => pane.asking, pick: pane.pick, move, search: bar.focus, undo: takeBack,
      open: () => { const row = selected && rowOf(selected); if (row) go(`/lead?lead=${row.ref}`); },
      reply: onOne(pane.focus), done: onOne(done), snooze: onOne(pane.snooze) }),
  }));
  /** Esc closes what is on top: the shortcuts, a question, the search, the conversation. */
  function escape(event) {
    if (!usable() || sheet.open || (typing() && !event.composedPath().includes(root))) return;
    event.preventDefault();
    if (pane.asking) pane.shut();
    else if (typing()) root.getRootNode().activeElement?.blur();
    else if (finder.on) bar.clear();
    else choose(null);
  }

  list.addEventListener("pointermove", (event) => { if (event.pointerType === "mouse") hand = performance.now(); }, { passive: true });
  list.addEventListener("pointerleave", () => { hand = -Infinity; if (late) layOut(); });
  function heed() {
    if (window.location.pathname !== page) return;
    const next = readFilter(window.location.search);
    if (JSON.stringify(next) !== JSON.stringify(filter)) { filter = next; lists.choose(filter); layOut(true); }
    if (selected && !inAddress("at")) choose(null);
  }
  const page = window.location.pathname;
  window.addEventListener("popstate", heed);
  end(() => window.removeEventListener("popstate", heed));
  lists.choose(filter);
  layOut();
  end(follow("inbox", heard));
  end(onStatus(enable));
  end(onTick((at) => {
    rows.tick(at);
    pane.tick(at);
    if (late && performance.now() - hand >= HAND_MS) layOut();
  }));
  const sized = new ResizeObserver(() => { fit(); pane.fit(); });
  sized.observe(root);
  end(() => { sized.disconnect(); clearTimeout(opening); lists.stop(); pane.end(); });
  rows.tick(now());
  return heed;
}

export default widget("inbox/inbox", inbox, ["composer", "conversation", "datetime", "dialog", "fields", "key_sheet", "lead_questions", "schedule", "thread", "typeahead"]);

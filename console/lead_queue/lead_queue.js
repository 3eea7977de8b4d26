// The lead queue: follows the topic 'queue', draws it, and acts on record ids.
import { h, put, show, typing } from "../parts/dom.js";
import { follow, isLive, onStatus, status } from "../parts/live.js";
import { now, onTick, time } from "../parts/clock.js";
import { arrange, counts, keepFilter, readFilter } from "./queue_model.js";
import { makeArrivals, makeList } from "./queue_list.js";
import { makeBar } from "./queue_bar.js";
import { makePeek, OUTCOMES } from "./queue_peek.js";
import { keySheet, watchKeys } from "./queue_keys.js";
import { blank, bones } from "./queue_states.js";
import { makeSpeaker } from "./queue_speaker.js";
import { toast } from "../parts/toast.js";
import { widget } from "../parts/widget.js";

const NARROW = 860;
const REST_MS = 700;
const SORT_EACH = 5; // ticks: leads move from group to group by themselves as time passes
const TONES = { lost: "blue", closed: "grey", refused: "amber", ended: "red", error: "red" };

export default widget("lead_queue", ({ root, data, act, end }) => {
  let leads = new Map();
  let loaded = false;
  let failed = "";
  let total = 0;
  let filter = readFilter(window.location.search);
  let found = null; // rows of a search, or null
  let asked = "";
  let selected = null;
  let shown = new Set();
  let arrivals = [];
  let holding = false;
  let rest = 0;
  let ticks = 0;

  const list = makeList(data.me, { select, open, press, redraw: () => layOut() });
  const waiting = makeArrivals(() => layOut());
  const bar = makeBar(filter, { filter: setFilter, search });
  const peek = makePeek(data, { act: actOn, open });
  const states = h("div", { class: "states" });
  const hints = h("div", { class: "hints" }, keySheet(), h("span", { class: "muted" }, "Order holds still while you work in the list"));
  const speaker = makeSpeaker();
  put(root, bar.node, h("div", { class: "queue" }, h("div", { class: "side" }, waiting.node, states, list.node, hints), peek.node), speaker.node);
  const undo = toast(root, end);
  const narrow = () => root.clientWidth < NARROW;

  // ---- what is shown

  function source() {
    return found ? new Map(found.map((lead) => [lead.id, leads.get(lead.id) || lead])) : leads;
  }

  function layOut() {
    const at = now();
    const rows = source();
    const groups = arrange(rows.values(), found ? { ...filter, segment: "all" } : filter, data.me, at);
    shown = new Set(Object.values(groups).flat());
    arrivals = [];
    waiting.show([]);
    list.draw(groups, rows, at);
    if (selected && !rows.has(selected)) choose(null);
    drawRest(at);
  }

  function drawRest(at = now()) {
    const all = [...leads.values()];
    bar.draw(filter, counts(all, filter, data.me, at), all);
    show(list.node, loaded && shown.size > 0);
    show(hints, shown.size > 0);
    put(states, blank({ loaded, failed, shown: shown.size, filter, asked, found, leads: all, total, now: at, setFilter, search, bar }));
    const lead = selected && source().get(selected);
    peek.show(narrow() ? null : lead || null, at);
    enable();
  }

  function heard(topic) {
    const first = !loaded;
    const rows = new Map(topic.rows);
    total = rows.get("total")?.open ?? 0;
    rows.delete("total");
    speaker.arrived([...rows.values()].filter((lead) => !first && !leads.has(lead.id)));
    const before = leads;
    leads = rows;
    loaded = topic.loaded;
    failed = topic.failed;
    if (first || !holding) {
      layOut();
      if (!first) for (const id of leads.keys()) if (!before.has(id)) list.row(id)?.flash();
      return;
    }
    const at = now();
    list.refresh(source(), at);
    arrivals = Object.values(arrange(leads.values(), filter, data.me, at)).flat().filter((id) => !shown.has(id) && !before.has(id) || arrivals.includes(id));
    waiting.show(found ? [] : arrivals.map((id) => leads.get(id)).filter(Boolean));
    drawRest(at);
  }

  function setFilter(changes) {
    filter = { ...filter, ...changes };
    keepFilter(filter);
    layOut();
    if (selected && !shown.has(selected)) choose(null);
  }

  async function search(text) {
    if (text === asked) return;
    asked = text;
    if (text.length < 2) {
      found = null;
      return layOut();
    }
    const outcome = await act("search", { text });
    if (asked !== text) return;
    found = outcome.state === "done" ? outcome.value : [];
    layOut();
  }

  // ---- selecting and acting

  function choose(id) {
    selected = id;
    list.select(id);
    peek.show(narrow() || !id ? null : source().get(id) || null, now());
    enable();
  }

  function select(id) {
    if (narrow()) return open(id);
    choose(id);
    list.focus(id);
  }

  function open(id) {
    const lead = source().get(id);
    if (lead) act("open", { id, ref: lead.ref });
  }

  function press(id, button) {
    const lead = source().get(id);
    if (!lead) return;
    if (button === "take") return actOn(lead, "take", { seen: lead.owner });
    if (button === "open") return open(id);
    if (narrow()) {
      if (button === "call" && lead.dial) window.location.href = `tel:${lead.dial}`;
      return open(id);
    }
    choose(id);
    if (button === "call") peek.call();
    else peek.forms.open("text", lead);
  }

  /** Send an action about one lead, by its id; whether it was done. The row changes when the push says so. */
  async function actOn(lead, action, fields = {}) {
    if (!lead || !isLive()) return false;
    const spin = setTimeout(() => { list.row(lead.id)?.busy(true); peek.busy(true); }, 300);
    const outcome = await act(action, { id: lead.id, ...fields });
    clearTimeout(spin);
    list.row(lead.id)?.busy(false);
    peek.busy(false);
    if (outcome.state !== "done") {
      refuse(lead, outcome);
      return false;
    }
    list.row(lead.id)?.say("", "");
    peek.answer("", "");
    if (outcome.undo) undo.offer(outcome.words, () => takeBack(lead, outcome.undo));
    else if (outcome.words) undo.tell(outcome.words);
    return true;
  }

  async function takeBack(lead, back) {
    const outcome = await act(back.action, { id: lead.id, ...back });
    if (outcome.state === "done") undo.tell(outcome.words || "Taken back");
    else refuse(lead, outcome);
  }

  function refuse(lead, outcome) {
    const tone = TONES[outcome.state] || "amber";
    const next = outcome.state === "lost" ? [
      h("button", { class: "b", type: "button", onclick: () => open(lead.id) }, "Open lead"),
      h("button", { class: "b primary", type: "button", onclick: nextDue }, "Next due")] : [];
    if (!narrow() && selected === lead.id) peek.answer(tone, outcome.words, next);
    else list.row(lead.id)?.say(tone, outcome.words, next);
  }

  function nextDue() {
    const next = list.order.find((id) => id !== selected && source().get(id)?.clock && !source().get(id)?.owner) || list.order.find((id) => id !== selected);
    if (next) select(next);
  }

  function enable() {
    const reason = !data.works ? "Your role can look at leads, not work them" : isLive() ? "" : status.since ? `Not live since ${time(status.since)}` : "Not live";
    list.enable(reason);
    peek.enable(reason);
  }

  // ---- the hand in the list

  function hold() {
    clearTimeout(rest);
    holding = true;
  }
  function release() {
    clearTimeout(rest);
    rest = setTimeout(() => {
      const inside = list.node.matches(":hover") || list.node.contains(root.getRootNode().activeElement) || peek.node.contains(root.getRootNode().activeElement);
      if (inside) return;
      holding = false;
      layOut();
    }, REST_MS);
  }
  for (const node of [list.node, peek.node]) {
    node.addEventListener("pointerenter", (event) => event.pointerType === "mouse" && hold());
    node.addEventListener("pointerleave", release);
    node.addEventListener("focusin", hold);
    node.addEventListener("focusout", release);
  }
  list.node.addEventListener("touchstart", () => { hold(); setTimeout(release, 4000); }, { passive: true });

  // ---- keys

  const current = () => source().get(selected);
  const move = (step) => {
    const at = list.order.indexOf(selected);
    const next = list.order[Math.max(0, Math.min(list.order.length - 1, at < 0 ? 0 : at + step))];
    if (next) { choose(next); list.focus(next); }
  };
  end(watchKeys({
    usable: () => !typing() && root.isConnected,
    move,
    open: () => selected && open(selected),
    take: () => current() && actOn(current(), "take", { seen: current().owner }),
    call: () => current() && (narrow() ? press(selected, "call") : peek.call()),
    form: (name) => current() && !narrow() && peek.forms.open(name, current()),
    digit: (number) => {
      if (peek.forms.mode) return peek.forms.pick(number);
      if (current() && number <= OUTCOMES.length) actOn(current(), "log_call", { outcome: OUTCOMES[number - 1][0] });
    },
    showNew: layOut,
    search: bar.focus,
    undo: undo.undo,
    help: () => hints.classList.toggle("all"),
    escape: (target) => {
      if (!root.isConnected || (typing() && !root.contains(target))) return;
      if (peek.forms.mode) { peek.forms.close(); if (selected) list.focus(selected); }
      else if (found) { bar.clear(); search(""); }
      else { choose(null); root.getRootNode().activeElement?.blur(); }
    },
  }));

  put(states, bones());
  end(follow("queue", heard));
  end(onStatus(enable));
  end(onTick((at) => {
    list.tick(at);
    peek.tick(at);
    speaker.tick(leads.values(), data.me, at);
    ticks += 1;
    if (!holding && ticks % SORT_EACH === 0) layOut();
    else bar.draw(filter, counts([...leads.values()], filter, data.me, at), [...leads.values()]);
  }));
  const resized = new ResizeObserver(() => drawRest());
  resized.observe(root);
  end(() => resized.disconnect());
  end(() => peek.end());
  return () => {};
});

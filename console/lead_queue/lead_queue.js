// The lead queue: follows the topic 'queue', draws it, and acts on record ids.
import { inAddress, keepInAddress, keepPlace, remembered } from "../parts/address.js";
import { h, put, show, typing } from "../parts/dom.js";
import { drawer } from "../parts/drawer.js";
import { keySheet } from "../parts/key_sheet.js";
import { listen } from "../parts/keys.js";
import { inAlarm } from "../parts/urgent.js";
import { follow, isLive, onStatus, status } from "../parts/live.js";
import { now, onTick, time } from "../parts/clock.js";
import { arrange, counts, filterAddress, groupOf, readFilter } from "./queue_model.js";
import { makeAdding } from "./queue_add.js";
import { makeActs } from "./queue_acts.js";
import { hand } from "./queue_hand.js";
import { makeArrivals, makeList } from "./queue_list.js";
import { makeBar } from "./queue_bar.js";
import { makeSearch } from "./queue_search.js";
import { makePeek } from "./queue_peek.js";
import { makeReview } from "./queue_review.js";
import { keyFinder, keyHints, SHEET } from "./queue_keys.js";
import { blank, bones } from "./queue_states.js";
import { makeSpeaker } from "./queue_speaker.js";
import { toast } from "../parts/toast.js";
import { makePages } from "../parts/pages.js";
import { widget } from "../parts/widget.js";

const BESIDE = 860; // pixels of the page's own width from which the panel stands beside the list
const PHONE = 640; // under it a press on a lead opens its page
const SORT_EACH = 5; // ticks: leads move from group to group by themselves as time passes

function queue({ root, data, act, end }) {
  let leads = new Map();
  let groups = {};
  let loaded = false;
  let failed = "";
  let total = 0;
  let crowd = null; // counts of the database, where more wait than are pushed
  let filter = readFilter(window.location.search);
  let selected = null;
  let awaited = inAddress("at"); // the reference of the lead to select once it is there
  let shown = new Set();
  let arrivals = [];
  let ticks = 0;

  const undo = toast(root, end);
  const acts = makeActs({ act, list: () => list, peek: () => peek, undo, atHand: (id) => selected === id && !peek.node.hidden, nextDue });
  const list = makeList(data, { select, open: (id) => acts.open(source().get(id)), press, redraw: () => layOut() });
  const waiting = makeArrivals(() => layOut());
  const adding = makeAdding(root, data, act);
  const lookUp = makeSearch(act, () => layOut());
  const { search } = lookUp;
  const bar = makeBar({ filter: setFilter, search, add: adding.button, reviews: data.reviews }, end);
  const peek = makePeek(data, { act: acts.act, ask: acts.ask, open: (id) => acts.open(source().get(id)) });
  const pages = makePages({ act, changed: () => layOut() });
  const review = makeReview(data, { act, undo, open: (id) => select(id) });
  const states = h("div", { class: "states" });
  const hints = h("div", { class: "hints" }, keyHints(), h("span", { class: "muted" }, "Order holds still while you work in the list"));
  const speaker = makeSpeaker();
  const columns = h("div", { class: "queue" }, h("div", { class: "side" }, waiting.node, states, list.node, review.node, pages.node, hints), peek.node);
  put(root, bar.node, columns, speaker.node, undo.node);
  const over = drawer(root, { label: "Selected lead", onClose: () => { drawPeek(); if (selected && root.isConnected) list.focus(selected); } });
  over.hold(undo.node);
  const sheet = keySheet(root, "Shortcuts of the lead queue", SHEET);
  const held = hand(root, list.node, peek.node, () => layOut());
  const place = keepPlace(root, end);
  const beside = () => root.clientWidth >= BESIDE;

  // ---- what is shown

  const source = () => lookUp.over(onPage());

  /** The page that was asked for, its rows as pushed where they are; what was pushed belongs to the first page, and to any what is urgent. */
  function onPage() {
    if (!pages.rows) return leads;
    const pushed = [...leads.values()].filter((lead) => pages.first || inAlarm(lead));
    return new Map([...[...pages.rows.values()].map((row) => leads.get(row.id) || row), ...pushed].map((lead) => [lead.id, lead]));
  }
  const found = (at) => counts(leads.values(), filter, data.me, at, crowd);
  const kinds = () => crowd || [...leads.values()];

  function layOut() {
    const at = now();
    const rows = source();
    groups = arrange(rows.values(), lookUp.found ? { ...filter, segment: "all" } : filter, data.me, at);
    shown = new Set(Object.values(groups).flat());
    arrivals = [];
    waiting.show([]);
    list.draw(groups, rows, at, !!crowd && !lookUp.found);
    if (selected && !rows.has(selected)) choose(null);
    drawRest(at);
  }

  function drawRest(at = now()) {
    const counted = found(at);
    bar.draw(filter, counted, kinds());
    pages.draw(lookUp.found ? 0 : counted[filter.segment], shown.size);
    const reviews = data.reviews && loaded && filter.segment === "review" && !lookUp.found;
    show(review.node, reviews);
    show(list.node, loaded && shown.size > 0 && !reviews);
    show(hints, shown.size > 0 && !reviews);
    if (reviews) review.draw([...source().values()].filter((lead) => lead.review));
    put(states, !reviews && blank({ loaded, failed, shown: shown.size, filter, asked: lookUp.asked, found: lookUp.found, whole: lookUp.whole, leads: [...leads.values()], total, now: at, setFilter, search, bar }));
    drawPeek(at);
  }

  /** The panel stands beside the list where there is room, else in the drawer while that is open. */
  function drawPeek(at = now()) {
    const lead = (selected && source().get(selected)) || null;
    if (beside() && over.open) over.close();
    if (!over.open && peek.node.parentElement !== columns) columns.append(peek.node);
    if (over.open && !lead) over.close();
    peek.show(beside() || over.open ? lead : null, at);
    enable();
  }

  function heard(topic) {
    const first = !loaded;
    const rows = new Map(topic.rows);
    const sums = rows.get("total");
    total = sums?.open ?? 0;
    crowd = sums?.groups || null;
    rows.delete("total");
    speaker.heard([...rows.values()]);
    const before = leads;
    leads = rows;
    loaded = topic.loaded;
    failed = topic.failed;
    pages.heard(sums?.page || 0);
    if (first || !held.holding()) {
      layOut();
      // Before the first snapshot nobody is there: what the address names is still awaited then.
      if (first) { if (loaded) comeBack(); } else for (const id of leads.keys()) if (!before.has(id)) list.row(id)?.flash();
      return;
    }
    const at = now();
    list.refresh(source(), at);
    arrivals = Object.values(arrange(leads.values(), filter, data.me, at)).flat().filter((id) => !shown.has(id) && (!before.has(id) || groupOf(leads.get(id), at) === "urgent") || arrivals.includes(id));
    waiting.show(lookUp.found ? [] : arrivals.map((id) => leads.get(id)).filter(Boolean));
    drawRest(at);
  }

  /** Filter, search, selection and scroll are as they were left. */
  async function comeBack() {
    const text = remembered("searched") || "";
    bar.fill(text);
    if (text) await search(text);
    const lead = [...source().values()].find((one) => one.ref === awaited);
    awaited = "";
    if (lead && shown.has(lead.id)) {
      list.reveal(lead.id, groups);
      choose(lead.id);
    }
    place.restore();
  }

  const chosen = () => ({ ...filter, segment: filter.segment === "all" ? "" : filter.segment });

  function setFilter(changes) {
    filter = { ...filter, ...changes };
    keepInAddress(filterAddress(filter));
    pages.choose(chosen());
    layOut();
    if (selected && !shown.has(selected)) choose(null);
  }

  // ---- selecting and acting

  function choose(id) {
    selected = id;
    keepInAddress({ at: (id && source().get(id)?.ref) || "" });
    list.select(id);
    drawPeek();
  }

  function select(id) {
    if (root.clientWidth < PHONE) return acts.open(source().get(id));
    choose(id);
    if (beside()) list.focus(id);
    else inPanel(() => {});
    return undefined;
  }

  /** Do something in the panel of the selected lead; where it is not beside the list, in the drawer. */
  function inPanel(deed) {
    if (!beside()) {
      over.show(peek.node);
      drawPeek();
    }
    deed();
  }

  function press(id, button) {
    const lead = source().get(id);
    if (!lead) return undefined;
    if (button === "take") return acts.act(lead, "take", { seen: lead.owner });
    if (button === "acknowledge" || button === "take_up") return acts.act(lead, button);
    if (button === "open") return acts.open(lead);
    if (root.clientWidth < PHONE) {
      if (button === "call" && lead.dial && !lead.wrongNumber) window.location.href = `tel:${lead.dial}`;
      return acts.open(lead, button);
    }
    choose(id);
    return inPanel(() => (button === "call" ? call(lead) : peek.forms.open("text", lead)));
  }

  function call(lead) {
    inPanel(() => peek.call() || undo.tell(lead.wrongNumber ? `${lead.name}'s number is wrong. Correct it on the lead's page.` : `No phone number is known for ${lead.name}.`));
  }

  function nextDue() {
    const next = list.order.find((id) => id !== selected && source().get(id)?.clock && !source().get(id)?.owner) || list.order.find((id) => id !== selected);
    if (next) select(next);
  }

  function whyNot(may = data.works) {
    return !may ? "Your role can look at leads, not work them" : isLive() ? "" : status.since ? `Not live since ${time(status.since)}` : "Not live";
  }
  function enable() {
    list.enable(whyNot(), whyNot(data.acknowledges));
    peek.enable(whyNot(), whyNot(data.acknowledges));
    adding.enable(whyNot());
    review.enable(whyNot());
  }

  // ---- keys

  const move = (step) => {
    const at = list.order.indexOf(selected);
    const next = list.order[Math.max(0, Math.min(list.order.length - 1, at < 0 ? 0 : at + step))];
    if (!next) return;
    choose(next);
    if (!over.open) list.focus(next);
  };
  /** Only on the selected lead, and only where it can be seen: else it is brought into view, and the key is pressed again. */
  const onLead = (deed) => {
    const lead = source().get(selected);
    if (!lead) return undo.tell("No lead is selected. J selects one.");
    if (over.open || list.inSight(selected)) return deed(lead);
    list.reveal(selected, groups);
    return undo.tell(`${lead.name} was out of sight. Press the key again.`);
  };
  const working = (deed) => (lead) => (whyNot() ? undo.tell(`${whyNot()}.`) : deed(lead));
  end(listen({
    usable: () => root.isConnected && !document.querySelector("[data-testid=stDialog]"),
    told: () => undo.tell("That looked like typing, so no key acted."),
    undo: () => undo.undo(),
    find: keyFinder({
      works: data.works,
      sheet,
      asking: () => !peek.node.hidden && !!peek.forms.mode,
      armed: () => !peek.node.hidden && peek.outcomes.armed,
      snoozed: () => !!source().get(selected)?.snoozed,
      pick: (number) => (peek.forms.mode ? peek.forms.pick(number) : onLead(() => peek.outcomes.pick(number))),
      move,
      lead: onLead,
      open: (lead) => acts.open(lead),
      take: working((lead) => (lead.owner === data.me ? undo.tell("You have this lead already.") : acts.act(lead, "take", { seen: lead.owner }))),
      call: working(call),
      form: (name, lead) => working(() => inPanel(() => peek.forms.open(name, lead)))(lead),
      wake: working((lead) => acts.act(lead, "unsnooze")),
      showNew: layOut,
      search: bar.focus,
      undo: undo.undo,
    }),
    escape,
  }));

  /** Esc closes what is on top: the shortcuts, a question, the drawer, the search, the selection. */
  function escape(event) {
    if (!root.isConnected || sheet.open || (typing() && !event.composedPath().includes(root))) return;
    event.preventDefault();
    if (peek.forms.mode) {
      peek.forms.close();
      if (over.open) over.node.focus();
      else if (selected) list.focus(selected);
    } else if (peek.outcomes.armed && !peek.node.hidden) peek.outcomes.arm(false);
    else if (over.open) over.close();
    else if (lookUp.found) {
      bar.fill("");
      search("");
    } else {
      choose(null);
      root.getRootNode().activeElement?.blur();
    }
  }

  put(states, bones());
  pages.choose(chosen());
  end(follow("queue", heard));
  end(onStatus(enable));
  end(onTick((at) => {
    list.tick(at);
    peek.tick(at);
    speaker.tick(leads.values(), data.me, at);
    ticks += 1;
    heed(); // the sidebar's own link to this page changes the address without a word
    if (!held.holding() && ticks % SORT_EACH === 0) layOut();
    else bar.draw(filter, found(at), kinds());
  }));
  const resized = new ResizeObserver(() => drawRest());
  resized.observe(root);
  end(() => resized.disconnect());
  end(() => peek.end());
  end(pages.end);
  end(review.stop);
  // The address may change while the page stays: a link to 'Overdue', or Back to another filter.
  const page = window.location.pathname;
  function heed() {
    const next = readFilter(window.location.search);
    if (window.location.pathname === page && JSON.stringify(next) !== JSON.stringify(filter)) setFilter(next);
  }
  window.addEventListener("popstate", heed);
  end(() => window.removeEventListener("popstate", heed));
  return heed;
}

export default widget("lead_queue/lead_queue", queue, ["datetime", "dialog", "drawer", "fields", "key_sheet", "lead_questions", "next_step", "pages", "table", "typeahead"]);

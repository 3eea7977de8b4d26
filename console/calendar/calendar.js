// The calendar: follows a location's day or week, draws it as a day, a week or a list, and acts on record ids.
import { inAddress, keepInAddress, keepPlace } from "../parts/address.js";
import { h, put, say, show, typing } from "../parts/dom.js";
import { drawer } from "../parts/drawer.js";
import { icon } from "../parts/icons.js";
import { keySheet } from "../parts/key_sheet.js";
import { listen } from "../parts/keys.js";
import { follow, isLive, onStatus, status } from "../parts/live.js";
import { now, onTick } from "../parts/clock.js";
import { toast } from "../parts/toast.js";
import { dayAfter, wallOf, weekdayOf } from "../parts/wall_time.js";
import { widget } from "../parts/widget.js";
import { makeBooking } from "./cal_book.js";
import { makeDay } from "./cal_day.js";
import { SHEET, keyFinder, keyHints } from "./cal_keys.js";
import { makeList } from "./cal_list.js";
import { FILTERS, VIEWS, counts, dayWords as words, fits, isDay, questions, sorted, stateOf } from "./cal_model.js";
import { makeMove } from "./cal_move.js";
import { deedsOf, makePanel } from "./cal_panel.js";
import { placeWords, standAt, time, zoneHere } from "./cal_wall.js";
import { makeWeek } from "./cal_week.js";

const PHONE = 640;
const REST_MS = 500;
const BESIDE = 900; // pixels of the page's own width from which the panel stands beside the day

function calendar({ root, data, act, end }) {
  let view = VIEWS.some(([key]) => key === inAddress("view")) ? inAddress("view") : "day";
  let place = data.places.some(([slug]) => slug === inAddress("location")) ? inAddress("location") : data.main;
  let day = isDay(inAddress("day")) ? inAddress("day") : "";
  let filter = FILTERS.some(([key]) => key === inAddress("show")) ? inAddress("show") : "";
  let selected = inAddress("at");
  let moving = null; // {id, at, staff, ms, name, what, seen, fromStaff}: where a visit is about to go
  let rows = sorted(new Map());
  let loaded = false;
  let failed = "";
  let turn = 0; // of pushes: what was checked before one is checked anew
  let unfollow = () => {};
  let followed = "";
  let nowhere = false; // further away than the calendar goes, or a location that there is not
  let opened = ""; // the visit that the trail was told of last
  let telling = 0;
  let shown = null;

  const send = (name, more) => act(name, { ...more, location: place });
  standAt(data.places, place);
  const undo = toast(root, end);
  const today = () => wallOf(now(), zoneHere()).day;
  const onDay = () => day || today();
  const monday = () => dayAfter(onDay(), -weekdayOf(onDay()));
  const narrow = () => root.clientWidth > 0 && root.clientWidth < PHONE;
  const look = () => (narrow() && view === "day" ? "list" : view);
  const beside = () => root.clientWidth >= BESIDE && look() !== "week";

  const press = (symbol, text, key, deed) => h("button", { type: "button", class: "b large", hidden: !data.works, onclick: deed }, icon(symbol, 18), h("span", {}, text), key && h("span", { class: "key" }, key));
  const blockButton = press("blocked", "Block time", "", () => booking.block());
  const walkButton = press("walk", "Walk-in", "", () => booking.open({ walkIn: true, day: today() }));
  const bookButton = press("plus", "Book", "B", () => booking.open());
  bookButton.classList.add("primary");
  const views = VIEWS.map(([key, text]) => h("button", { type: "button", class: "segment", "data-view": key, onclick: () => change({ view: key }) }, text));
  const step = (count, label, symbol) => h("button", { type: "button", class: "b large step", "aria-label": label, title: label, onclick: () => go(count) }, icon(symbol, 18));
  const title = h("b", { class: "cal-title", role: "status" });
  const toToday = h("button", { type: "button", class: "b large", onclick: () => change({ day: "" }) }, "Today");
  const chips = FILTERS.map(([key, text]) => { const figure = h("span", { class: "figure" }); return { key, figure, node: h("button", { type: "button", class: "segment", "data-show": key, onclick: () => change({ filter: key }) }, text, figure) }; });
  const chipBox = h("div", { class: "segments", role: "group", "aria-label": "Which visits" }, chips.map((one) => one.node));
  const places = h("select", { class: "field", "aria-label": "Location", onchange: () => change({ place: places.value }) }, data.places.map((one) => h("option", { value: one[0] }, placeWords(one, data.zone, now()))));
  const about = h("span", { class: "muted small cal-about" });
  const hints = h("div", { class: "cal-hints" });
  const bones = h("div", { class: "cal-bones", "aria-label": "Loading" }, Array.from({ length: 6 }, () => h("i", { class: "bone" })));
  const problem = h("div", { class: "note amber", role: "alert", hidden: true });

  const move = makeMove(data, { look: (one) => send("look", about_(one)), change: (at, staff) => aim({ at, staff }), ask: askPatient, move: moveNow, back: putBack });
  const panel = makePanel(data, { deed, select, send: done, unblock: (row) => done("unblock", { block: row.id }), unask: (row) => done("unask", { hold: row.id }) });
  const dayView = makeDay(data, { select, drop: (id, at, staff) => lift(id, { at, staff }), book: (at, staff) => data.works && booking.open({ staff, at, day: onDay() }) });
  const listView = makeList({ select });
  const weekView = makeWeek(data, { act: send, place: () => place, day: (to) => change({ view: "day", day: to }), select: (row) => { change({ view: "day", day: wallOf(row.start, zoneHere()).day }); select(row.id); }, book: (wish) => booking.open(wish) });
  const booking = makeBooking(root, data, { act: send, now, day: onDay, place: () => place, people: () => rows.provider.filter((one) => one.known), places: () => rows.place, done: outcome_ });
  const main = h("div", { class: "cal-main" }, bones, problem, dayView.node, listView.node, weekView.node, hints);
  const side = h("aside", { class: "cal-side" });
  put(root, h("div", { class: "cal-top" }, h("div", { class: "cal-deeds" }, blockButton, walkButton, bookButton)),
    h("div", { class: "cal-tools" }, h("div", { class: "segments views", role: "group", "aria-label": "How it is shown" }, views), step(-1, "Before", "back"), title, step(1, "Next", "forward"), toToday, about, h("span", { class: "cal-space" }), chipBox, places),
    h("div", { class: "cal-board" }, main, side), undo.node);
  const over = drawer(root, { label: "Selected visit", onClose: () => { if (!beside() && !moving) choose(""); } });
  over.hold(undo.node);
  const sheet = keySheet(root, "Shortcuts of the calendar", SHEET);
  const held = keepPlace(root, end);

  // ---- what is shown

  function watch() {
    standAt(data.places, place);
    const key = `visits:${place}.${look() === "week" ? `${monday()}.7` : `${onDay()}.1`}`;
    if (key === followed) return;
    unfollow();
    followed = key;
    loaded = nowhere = false;
    rows = sorted(new Map());
    draw();
    unfollow = follow(key, (topic) => {
      rows = sorted(topic.rows);
      loaded = topic.loaded && !!rows.frame;
      failed = topic.failed;
      nowhere = topic.loaded && !rows.frame;
      turn += 1;
      if (moving) keepUp();
      draw();
      if (loaded) held.restore();
    });
  }
  end(() => unfollow());

  /** What somebody else did to the visit that is about to move here. */
  function keepUp() {
    const row = rows.visit.find((one) => one.id === moving.id);
    if (row && row.state === "booked" && row.start === moving.seen) return;
    if (row || wallOf(moving.seen, zoneHere()).day === onDay()) {
      undo.tell(`${moving.name} was moved or marked meanwhile.`);
      putBack();
    }
  }

  function whyNot() {
    return !data.works ? data.closed : isLive() ? "" : status.since ? `Not live since ${time(status.since)}` : "Not live";
  }
  function draw() {
    const at = now();
    const asked = questions(rows.hold);
    const states = new Map(rows.visit.map((one) => [one.id, stateOf(one, at, asked.get(one.id))]));
    shown = { rows, states, at, selected, moving, filter, turn, first: look() === "week" ? monday() : onDay(), today: onDay() === today(), works: data.works, why: whyNot(), mayMove: (row) => data.works && row.state === "booked" && !whyNot() };
    const found = counts(rows.visit, states);
    for (const chip of chips) { say(chip.figure, loaded ? String(found[chip.key]) : ""); chip.node.setAttribute("aria-pressed", String(chip.key === filter)); }
    for (const one of views) one.setAttribute("aria-pressed", String(one.dataset.view === look()));
    places.value = place;
    const week = look() === "week";
    say(title, week ? `${words(monday()).slice(5)} to ${words(dayAfter(monday(), 6)).slice(5)}` : `${words(onDay())}${onDay() === today() ? ", today" : ""}`);
    show(toToday, week ? monday() !== dayAfter(today(), -weekdayOf(today())) : onDay() !== today());
    show(chipBox, !week);
    say(about, week && loaded ? weekView.rangeWords() : "");
    show(bones, !loaded && !failed && !nowhere);
    show(problem, !!failed || nowhere);
    say(problem, nowhere ? "The calendar does not go so far, or there is no such location. Go back to today." : failed ? `The calendar could not be read. Try again; if it stays so, tell an admin this reference: ${failed}.` : "");
    show(dayView.node, loaded && look() === "day");
    show(listView.node, loaded && look() === "list");
    show(weekView.node, loaded && week);
    put(hints, loaded && !narrow() && look() === "day" && keyHints(data.works));
    if (loaded) ({ day: dayView, list: listView, week: weekView })[look()].draw(shown);
    if (loaded && week) say(about, weekView.rangeWords());
    drawPanel();
    tellOpened();
  }

  /** The trail is told whose visit is open, once somebody rests on it: J and K run past many. */
  function tellOpened() {
    const id = loaded && rows.visit.some((one) => one.id === selected) ? selected : "";
    if (id === opened) return;
    opened = id;
    clearTimeout(telling);
    if (id) telling = setTimeout(() => send("opened", { visit: id }), REST_MS);
  }
  end(() => clearTimeout(telling));

  /** Beside the day where there is room, else in the drawer while anything is selected. */
  function drawPanel() {
    const content = moving ? move.node : panel.node;
    show(side, loaded && beside());
    if (moving) move.draw(shown, moving);
    panel.draw(shown);
    if (beside()) {
      if (over.open) over.close();
      if (side.firstChild !== content) put(side, content);
    } else if (loaded && root.isConnected && (moving || (selected && known(selected)))) over.show(content);
    else if (over.open) over.close();
    for (const one of [blockButton, walkButton, bookButton]) { one.disabled = !!shown.why || !loaded; one.title = shown.why || ""; }
    booking.enable(shown.why);
  }
  const known = (id) => [...rows.visit, ...rows.hold, ...rows.block, ...rows.freed].find((one) => one.id === id);

  function change(to) {
    ({ view = view, place = place, day = day, filter = filter } = to);
    if (day === today()) day = "";
    if (to.view || to.place || to.day !== undefined) { if (!moving) selected = ""; }
    keepInAddress({ view: view === "day" ? "" : view, location: place === data.main ? "" : place, day, show: filter, at: selected });
    watch();
    draw();
  }
  const go = (count) => change({ day: dayAfter(onDay(), look() === "week" ? 7 * count : count) });

  // ---- selecting and acting

  function choose(id) {
    selected = id;
    panel.close();
    keepInAddress({ at: id });
    draw();
  }
  function select(id) {
    if (moving && id !== moving.id) putBack();
    choose(id);
    if (beside()) ({ day: dayView, list: listView })[look()]?.focus(id);
  }
  function outcome_(outcome) {
    if (outcome.state !== "done") undo.tell(outcome.words);
    else undo.offer(outcome.words, outcome.undo ? async () => { const { action, ...more } = outcome.undo; const back = await send(action, more); undo.tell(back.words); } : null);
    return outcome;
  }
  async function done(action, message) {
    return outcome_(await send(action, message));
  }

  function deed(name, row) {
    if (name === "move") return lift(row.id, {}, true);
    if (name === "complete" || name === "cancel") { if (!beside() || selected !== row.id) choose(row.id); return panel.ask(name); }
    return done(name, { visit: row.id });
  }

  // ---- moving

  function lift(id, to = {}, byKey = false) {
    const row = rows.visit.find((one) => one.id === id);
    if (moving?.id === id) return aim(to);
    if (!row || row.state !== "booked") return undo.tell("Only a visit that is still to come can be moved.");
    moving = { id, at: row.start, staff: row.staff, ms: row.end - row.start, name: row.name, what: row.what, seen: row.start, fromStaff: row.staff, ...to };
    selected = id;
    move.open(moving, shown);
    draw();
    if (byKey) undo.tell("Arrow keys choose the time and the person; Enter asks, Esc puts it back.");
    return undefined;
  }
  function aim(to) {
    if (!moving) return;
    moving = { ...moving, ...to };
    const at = wallOf(moving.at, zoneHere()).day;
    if (look() !== "week" && at !== onDay()) change({ day: at });
    else draw();
  }
  function putBack() {
    moving = null;
    move.close();
    draw();
  }
  function about_(one) {
    return { visit: one.id, at: one.at, was: one.seen, provider: one.staff };
  }
  async function settle(outcome) {
    if (outcome.state === "done") putBack();
    else { move.fail(outcome.words); turn += 1; draw(); }
    return outcome_(outcome);
  }
  async function askPatient(one) {
    return settle(await send("ask", about_(one)));
  }
  async function moveNow(one, reason) {
    return settle(await send("move", { ...about_(one), reason, from: one.fromStaff }));
  }

  // ---- keys

  const order = () => rows.visit.filter((one) => fits(shown.states.get(one.id), filter));
  function walk(count) {
    if (moving) return aim({ at: moving.at + count * data.step * 60_000 });
    const all = order();
    const at = all.findIndex((one) => one.id === selected);
    const next = all[at < 0 ? Math.max(0, all.findIndex((one) => one.end > now())) : Math.max(0, Math.min(all.length - 1, at + count))];
    return next && select(next.id);
  }
  function beyond(count) {
    const people = rows.provider.filter((one) => one.known);
    const at = people.findIndex((one) => one.staff === moving.staff);
    const next = people[Math.max(0, Math.min(people.length - 1, at + count))];
    if (next) aim({ staff: next.staff });
  }
  const onVisit = (name) => {
    const row = rows.visit.find((one) => one.id === selected);
    if (!row) return undo.tell("No visit is selected. J selects one.");
    if (whyNot()) return undo.tell(`${whyNot()}.`);
    const may = deedsOf(row, shown.states.get(row.id)).some(([one]) => one === name);
    return may ? deed(name, row) : undo.tell(`${row.name}: not for a visit that stands so.`);
  };
  const usable = () => root.isConnected && !booking.isOpen && !document.querySelector("[data-testid=stDialog]");
  end(listen({ usable, undo: undo.undo, told: () => undo.tell("That looked like typing, so no key acted."), escape,
    find: keyFinder({ sheet, walk, onVisit, moving: () => !!moving, book: () => (whyNot() ? undo.tell(`${whyNot()}.`) : booking.open()), walkIn: () => (whyNot() ? undo.tell(`${whyNot()}.`) : booking.open({ walkIn: true, day: today() })), go, today: () => change({ day: "" }), press: () => move.focus(), undo: undo.undo }) }));
  function sideways(event) {
    const count = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!count || !moving || typing() || !usable()) return;
    event.preventDefault();
    beyond(count);
  }
  document.addEventListener("keydown", sideways);
  end(() => document.removeEventListener("keydown", sideways));
  /** Esc closes what is on top: the shortcuts, a question, a move, the selection. */
  function escape(event) {
    if (!root.isConnected || sheet.open || booking.isOpen) return;
    if (panel.asking) panel.close();
    else if (moving) putBack();
    else if (selected) choose("");
    else return;
    event.preventDefault();
  }

  let minute = 0;
  end(onStatus(() => draw()));
  end(onTick((at) => {
    dayView.tick(at);
    listView.tick(at);
    panel.tick(at);
    const next = Math.floor(at / 60_000);
    const gone = rows.hold.some((one) => one.expires <= at && one.expires > at - 2000);
    if ((next !== minute || gone) && loaded) { minute = next; watch(); draw(); }
  }));
  const resized = new ResizeObserver(() => { watch(); draw(); });
  resized.observe(root);
  end(() => resized.disconnect());
  watch();
  function heed() {
    const to = isDay(inAddress("day")) ? inAddress("day") : "";
    const as = inAddress("view") || "day";
    if (root.isConnected && (to !== day || as !== view)) { day = to; view = as; watch(); draw(); }
  }
  window.addEventListener("popstate", heed);
  end(() => window.removeEventListener("popstate", heed));
  return () => {};
}

export default widget("calendar/calendar", calendar, ["drawer", "fields", "key_sheet"]);

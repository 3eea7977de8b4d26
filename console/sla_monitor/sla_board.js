// The SLA monitor: every live clock by time left, the day's figures beside it. ?wall=1 shows it for a wall.
import { inAddress, keepInAddress, keepPlace, pageLink } from "../parts/address.js";
import { h, put, say, show } from "../parts/dom.js";
import { icon } from "../parts/icons.js";
import { follow, isLive } from "../parts/live.js";
import { dueWords, now, onTick, stateOf, when } from "../parts/clock.js";
import { bar, counts, figures, hours, howMany, initials, onList, refresh, shifts, sort, tally, tickRow } from "./sla_parts.js";
import { drawWall } from "./sla_wall.js";
import { count, makePages } from "../parts/pages.js";
import { ring, sound } from "../parts/sound.js";
import { asksMe, takenUpWords } from "../parts/taken_up.js";
import { widget } from "../parts/widget.js";

const USUAL_ROWS = 60;
const SEGMENTS = [["", "To answer"], ["first", "First contact"], ["reply", "Replies"], ["outcome", "Outcomes"]];

function options(names, all, chosen) {
  return [["", all], ...Object.entries(names)].map(([value, name]) => h("option", { value, selected: value === chosen }, name));
}

function rowOf(row, takeUp) {
  const parts = {
    shape: h("span", { class: "shape-holder" }),
    words: h("span", { class: "words" }),
    bar: bar(),
    name: h("span", { class: "name" }),
    goal: h("span", { class: "goal-words" }),
    owner: h("span", { class: "owner" }),
    came: h("span", { class: "came" }),
    next: h("span", { class: "next-who" }),
    nextIn: h("b", { class: "next-in" }),
    // Within a link: what it does must not lead to the lead.
    takeUp: h("button", { class: "b quiet take-up", type: "button", tabindex: "-1", hidden: true, onclick: (event) => { event.preventDefault(); event.stopPropagation(); takeUp(row.id); } }, "Acknowledge"),
  };
  parts.root = pageLink(`/lead?lead=${encodeURIComponent(row.ref)}`, { class: "row", role: "row", tabindex: "-1" },
    h("span", { class: "left", role: "gridcell" }, parts.shape, parts.words),
    h("span", { class: "clock", role: "gridcell" }, parts.bar.root),
    h("span", { class: "lead", role: "gridcell" }, parts.name, parts.goal),
    h("span", { class: "whose", role: "gridcell" }, parts.owner, parts.takeUp),
    h("span", { class: "from", role: "gridcell" }, h("span", { class: "next" }, parts.next, parts.nextIn), parts.came));
  return parts;
}

function fillRow(row, parts, data) {
  put(parts.name, row.urgent && [h("span", { class: "chip urgent" }, "Urgent"), " "], h("b", {}, row.name), " ", h("span", { class: "muted" }, row.ref));
  say(parts.goal, row.goal);
  put(parts.owner,
    row.owner
      ? [h("span", { class: "initials", "aria-hidden": "true" }, initials(row.owner)), h("span", { class: "owner-name", title: row.owner }, asksMe(row, data, row.ownerId) ? row.owner.split(" ")[0] : row.owner)]
      : [h("span", { class: "initials nobody", "aria-hidden": "true" }, "?"), h("span", { class: "owner-name words-breached" }, "Nobody")],
    row.owner && !row.seen && row.state !== "paused" && !row.alert && h("span", { class: "tag" }, "not seen"),
    row.alert?.at && h("span", { class: "tag", title: takenUpWords(row) }, "acknowledged"));
  show(parts.takeUp, asksMe(row, data, row.ownerId));
  parts.takeUp.setAttribute("aria-label", `Acknowledge the alert about ${row.name || row.ref}`);
  say(parts.next, row.next ? row.nextWho : row.waits ? "runs on with their reply" : row.back ? "snoozed" : "");
  const form = data.forms[row.form] || row.form;
  const since = `since ${when(row.since)}`;
  put(parts.came, parts.next.textContent ? h("span", { class: "muted" }, row.next ? form : `${form}, ${since}`) : [h("span", {}, form), h("span", { class: "muted" }, since)]);
}

/** 'in 3:41', 'at 10:15 AM': when the next level is told if nobody acts. */
function nextWords(next) {
  return next <= now() ? "now" : dueWords(next).replace(/^Due (in )?/, (_, within) => (within ? "in " : "at "));
}

export default widget("sla_monitor/sla_board", ({ root, data, act, end }) => {
  if (data.wall) return drawWall({ root, data, end });
  let rows = new Map();
  let loaded = false;
  let place = data.location;
  let form = data.form;
  let team = data.team;
  let segment = SEGMENTS.some(([key]) => key === inAddress("clocks")) ? inAddress("clocks") : "";
  let all = false;
  let held = false;
  const drawn = new Map(); // id -> {parts, row}
  const states = new Map(); // id -> state, to hear the moment a clock runs out

  const buttons = SEGMENTS.map(([key, name]) => {
    const figure = h("span", { class: "figure" });
    const button = h("button", { type: "button", class: "segment", "aria-pressed": String(key === segment), onclick: () => choose(key) }, name, figure);
    return { key, button, figure };
  });
  const places = h("select", { class: "field", "aria-label": "Location", onchange: () => narrow({ location: (place = places.value) }) }, options(data.places, "All locations", place));
  const forms = h("select", { class: "field", "aria-label": "Form", onchange: () => narrow({ form: (form = forms.value) }) }, options(data.forms, "All forms", form));
  const teams = h("select", { class: "field", "aria-label": "Team", onchange: () => narrow({ team: (team = teams.value) }) }, options(data.teams, "All teams", team));
  const loud = h("button", { class: "b large", type: "button", onclick: () => { sound.on = !sound.on; if (sound.on) ring(); name(); } });
  // Who may, makes a link that stays signed in; everybody else shows the wall for as long as their own session lasts.
  const toWall = data.shares
    ? h("button", { class: "b large", type: "button", onclick: () => act("walls") }, icon("expand"), "Wall displays")
    : h("a", { class: "b large wall-link", href: "sla?wall=1" }, icon("expand"), "Wall display");
  const strip = counts(34);
  const quick = h("div", { class: "quick" });
  const lastHead = h("span", { role: "columnheader" });
  const head = h("div", { class: "row head", role: "row" }, ["Time left", "Clock", "Lead, target", "Owner"].map((words) => h("span", { role: "columnheader" }, words)), lastHead);
  const body = h("div", { class: "body", role: "rowgroup" });
  const list = h("div", { class: "list", role: "grid", "aria-label": "Clocks by time left" }, head, body);
  const empty = h("div", { class: "empty" });
  const foot = h("div", { class: "foot" });
  const pages = makePages({ act, changed: () => { held = false; draw(); } });
  const news = h("div", { class: "hidden-name", role: "status" });
  const median = h("div", { class: "fact" });
  const onTime = h("div", { class: "fact" });
  const talk = h("div", { class: "fact" });
  const machine = h("div", { class: "fact" });
  const chart = h("div", { class: "chart" });
  const crew = h("div", { class: "crew" });
  const bones = h("div", { class: "bones", "aria-hidden": "true" }, Array.from({ length: 8 }, () => h("span", { class: "bone" })));

  root.append(
    h("div", { class: "tools" }, h("div", { class: "segments", role: "group", "aria-label": "Which clocks" }, buttons.map((b) => b.button)), h("div", { class: "filters" }, places, teams, forms, loud, toWall)),
    h("div", { class: "board" },
      h("div", { class: "main" }, strip.root, quick, list, bones, empty, foot, pages.node, news),
      h("aside", { class: "side" }, median, onTime, talk, machine,
        h("div", { class: "chart-head" }, h("strong", {}, "Median by hour, minutes"), h("span", { class: "muted small" }, "dashed: goal")), chart,
        h("strong", { class: "crew-head" }, "On shift now"), crew)));

  function name() {
    put(loud, icon("bell"), sound.on ? "Sound off" : "Sound on");
    loud.setAttribute("aria-pressed", String(sound.on));
  }
  function choose(key) {
    segment = key;
    keepInAddress({ clocks: key });
    pages.choose(chosen());
    for (const one of buttons) one.button.setAttribute("aria-pressed", String(one.key === key));
    draw();
  }
  const chosen = () => ({ location: place, form, team, kind: segment });
  function narrow(changes) {
    keepInAddress(changes);
    pages.choose(chosen());
    draw();
  }
  const wanted = (row) => onList(row.list, segment);

  // Nothing moves under the hand: while the pointer or the focus is in the list its order holds.
  body.addEventListener("pointerenter", (event) => { held = event.pointerType === "mouse"; });
  body.addEventListener("pointerleave", () => { held = false; draw(); });
  body.addEventListener("focusout", () => { if (!held) draw(); });
  body.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
    if (!step) return;
    const lines = [...body.children];
    const next = lines[lines.indexOf(event.target.closest(".row")) + step];
    if (next) { event.preventDefault(); focusOn(next); }
  });
  function focusOn(line) {
    for (const other of body.children) other.tabIndex = -1;
    line.tabIndex = 0;
    line.focus();
  }
  const steady = () => held || body.matches(":focus-within");

  function line(row) {
    let entry = drawn.get(row.id);
    if (!entry) drawn.set(row.id, (entry = { parts: rowOf(row, takeUp), row: null }));
    if (entry.row !== row) fillRow(row, entry.parts, data);
    entry.row = row;
    entry.parts.root.classList.remove("over");
    tickRow(row, entry.parts, 18);
    say(entry.parts.nextIn, row.next ? nextWords(row.next) : "");
    return entry.parts.root;
  }

  async function takeUp(id) {
    const row = drawn.get(id)?.row;
    if (!row || !isLive()) return;
    const outcome = await act("take_up", { id: row.lead });
    say(news, outcome.words);
  }

  function drawList(clocks, inPages) {
    const shown = all || inPages ? clocks : clocks.slice(0, USUAL_ROWS);
    const ids = new Set(clocks.map((row) => row.id));
    if (steady()) {
      for (const row of shown) if (drawn.get(row.id)?.parts.root.isConnected) line(row);
      for (const [id, entry] of drawn) entry.parts.root.classList.toggle("over", !ids.has(id));
    } else {
      const lines = shown.map(line);
      if (lines.length !== body.children.length || lines.some((node, place) => node !== body.children[place])) put(body, lines);
      for (const id of [...drawn.keys()]) if (!ids.has(id)) drawn.delete(id);
      if (lines.length && !lines.some((node) => node.tabIndex === 0)) lines[0].tabIndex = 0;
    }
    const hidden = clocks.length - shown.length;
    show(foot, hidden > 0);
    if (hidden > 0) {
      refresh(foot, `${hidden}`, () => [h("span", { class: "muted small" }, `${hidden} more are due later`),
        h("button", { class: "b quiet", type: "button", onclick: () => { all = true; held = false; draw(); } }, `Show all ${clocks.length}`)]);
    }
  }

  function drawEmpty(found) {
    show(bones, !loaded);
    show(list, loaded && found.clocks.length > 0);
    show(empty, loaded && found.clocks.length === 0);
    const narrowed = place || form || team || segment;
    refresh(empty, String(!!narrowed), () => [
      h("h2", {}, narrowed ? "No clock matches these filters" : "No clock is running"),
      h("p", { class: "muted" }, narrowed ? "Others may be running. Show them all to see." : "A clock starts with every form and every reply. New ones appear here by themselves."),
      narrowed && h("button", { class: "b", type: "button", onclick: () => { place = form = team = ""; places.value = forms.value = teams.value = ""; keepInAddress({ location: "", form: "", team: "" }); choose(""); } }, "Clear filters")]);
  }

  function fact(holder, title, [value, rest]) {
    refresh(holder, `${value}|${rest}`, () => [h("span", { class: "title" }, title), h("span", { class: "value" }, h("b", { class: value === "none yet" ? "none" : "" }, value), " ", h("span", { class: "muted small" }, rest))]);
  }

  function drawSide(found) {
    const facts = figures(found.day, data);
    fact(median, "Median first human contact today", facts.median);
    fact(onTime, "On time today", facts.onTime);
    fact(talk, "Median first conversation today", facts.talk);
    fact(machine, "First automatic text", facts.automatic);
    refresh(quick, JSON.stringify(facts), () => ["Median today ", h("b", {}, facts.median[0]), h("span", { class: "muted" }, " · "), "On time ", h("b", {}, facts.onTime[0])]);
    refresh(chart, JSON.stringify(found.day?.hours || []), () => hours(found.day, data));
    refresh(crew, JSON.stringify(found.staff), () => shifts(found.staff));
  }

  /** Say once what ran out; ring where the person asked for it. */
  function hearAlarms(clocks) {
    const late = [];
    for (const row of clocks) {
      const state = stateOf(row);
      if (state === "breached" && states.has(row.id) && states.get(row.id) !== "breached") late.push(row);
      states.set(row.id, state);
    }
    if (!late.length) return;
    say(news, late.map((row) => `${row.name || row.ref} is overdue`).join(". "));
    if (sound.on) ring();
  }

  function draw() {
    const found = sort(rows, place, form, team);
    for (const one of buttons) say(one.figure, count(howMany(found, one.key)));
    hearAlarms(found.clocks.filter((row) => row.list !== "outcome"));
    found.clocks = found.clocks.filter(wanted);
    strip.draw(tally(found.clocks, found.groups && found.groups.filter((group) => onList(group.kind, segment))));
    if (found.groups) found.clocks = onPage(found);
    say(lastHead, found.clocks.some((row) => row.next) ? "If nobody acts" : "Form");
    drawList(found.clocks, !!found.groups);
    pages.draw(howMany(found, segment), found.clocks.length);
    drawEmpty(found);
    drawSide(found);
  }
  /** The page that was asked for, or the first of what is pushed; a clock that is pushed is shown as it is now. */
  function onPage(found) {
    if (!pages.rows) return found.clocks.slice(0, found.page);
    return [...pages.rows.values()].map((row) => rows.get(row.id) || row);
  }

  name();
  draw();
  const at = keepPlace(root, end);
  pages.choose(chosen());
  end(follow("sla", (topic) => {
    rows = topic.rows;
    loaded = topic.loaded;
    pages.heard(rows.get("rest")?.page || 0);
    draw();
    if (loaded) at.restore();
  }));
  end(pages.end);
  end(onTick(() => loaded && draw()));
  return () => {};
}, ["pages"]);

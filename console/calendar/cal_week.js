// The week: a bar for each provider, room and day; a search that frames the times which fit; who needs a hand.
import { pageLink } from "../parts/address.js";
import { h, put, say, show } from "../parts/dom.js";
import { icon } from "../parts/icons.js";
import { sameDay, time, when, zoneHere } from "./cal_wall.js";
import { dayAfter, momentsAt, wallOf } from "../parts/wall_time.js";
import { waitingFor } from "./cal_waits.js";
import { HOLDS, MINUTE, freedAhead, freedState, hourWords, live, resourcesOf, wallMinutes } from "./cal_model.js";

const PARTS = [["", "any time of day"], ["0-720", "in the morning"], ["720-1020", "in the afternoon"], ["1020-1440", "in the evening"]];
const MOST_WORDS = 3;

/** `on`: {act, place(), day(day), select(visit), book({service, staff, at, day})}. Gives {node, draw(shown), find()}. */
export function makeWeek(data, on) {
  const service = h("select", { class: "field", "aria-label": "Service", onchange: () => find() }, h("option", { value: "" }, "a service"), data.services.map((one) => h("option", { value: one.code }, `${one.name}, ${one.minutes} min`)));
  const staff = h("select", { class: "field", "aria-label": "With whom", onchange: () => find() });
  const part = h("select", { class: "field", "aria-label": "Time of day", onchange: () => find() }, PARTS.map(([value, words]) => h("option", { value }, words)));
  const words = h("span", { class: "find-words", role: "status" });
  const book = h("button", { type: "button", class: "b primary", hidden: true, onclick: () => on.book({ service: service.value, staff: fitting[0].staff, at: fitting[0].at, day: wallOf(fitting[0].at, zoneHere()).day }) });
  const bar = h("div", { class: "cal-find" }, h("span", { class: "find-what" }, icon("search", 18), "Find a time for"), service, staff, part, words, book);
  const table = h("div", { class: "cal-week", role: "table", "aria-label": "The week by provider and room" });
  const hands = h("div", { class: "cal-hands" });
  const node = h("div", {}, bar, table, hands);
  let shown = null;
  let fitting = []; // slots that do not overlap one another, in order
  let asked = "";
  let turn = 0;

  async function find() {
    const mine = (turn += 1);
    fitting = [];
    if (!service.value || !shown) return draw(shown);
    const outcome = await on.act("free", { service: service.value, location: on.place(), provider: staff.value, day: shown.first, days: 7 });
    if (mine !== turn) return undefined;
    const [from, until] = (part.value || "0-1440").split("-").map(Number);
    fitting = outcome.state === "done" ? apart(outcome.value.filter((one) => { const at = wallMinutes(one.at, zoneHere()); return at >= from && at < until; })) : [];
    say(words, outcome.state === "done" ? "" : outcome.words);
    return draw(shown);
  }
  /** Of each person's times those that could all be booked. */
  function apart(slots) {
    const until = new Map();
    return slots.filter((one) => {
      if (one.at < (until.get(one.staff) || 0)) return false;
      until.set(one.staff, one.end);
      return true;
    });
  }

  function draw(next) {
    if (!next) return;
    const key = `${next.turn}|${next.first}|${on.place()}`;
    shown = next;
    if (service.value && asked !== key) { asked = key; find(); }
    const people = shown.rows.provider.filter((one) => one.known);
    if (staff.dataset.of !== people.map((one) => one.staff).join()) {
      staff.dataset.of = people.map((one) => one.staff).join();
      put(staff, h("option", { value: "" }, "with anyone"), people.map((one) => h("option", { value: one.staff }, `with ${one.name}`)));
    }
    summary();
    const days = daysShown();
    const range = hours(days);
    put(table, headRow(days), shown.rows.provider.map((one) => row(one, days, range, true)), shown.rows.place.length > 0 && h("div", { class: "week-part", role: "row" }, h("b", { role: "cell" }, "Rooms and devices")), shown.rows.place.map((one) => row(one, days, range, false)), footRow(days));
    table.style.gridTemplateColumns = `minmax(132px, 172px) repeat(${days.length}, minmax(84px, 1fr))`;
    needs();
  }

  function summary() {
    const first = fitting[0];
    show(book, !!first && shown.works);
    if (first) {
      put(words, h("b", { class: "words-sure" }, `${fitting.length} ${fitting.length === 1 ? "time fits" : "times fit"}`), ` this week, first ${sameDay(first.at, shown.at) ? "today" : dayName(wallOf(first.at, zoneHere()).day)} ${time(first.at)} with ${first.name}`);
      say(book, `Book ${time(first.at)}`);
      book.disabled = !!shown.why;
    } else if (service.value && asked) say(words, "Nothing fits in what is left of this week.");
    else if (!service.value) say(words, "Choose a service: the times that fit are framed below.");
  }

  const dayName = (day) => new Date(`${day}T12:00:00Z`).toLocaleDateString("en-US", { weekday: "short", timeZone: "UTC" });
  const number = (day) => Number(day.slice(8));
  /** Days on which anything stands or could: a Sunday on which nobody comes is left out. */
  function daysShown() {
    return Array.from({ length: 7 }, (_, ahead) => dayAfter(shown.first, ahead)).map((day) => ({ day, since: momentsAt(day, "00:00", zoneHere())[0], until: momentsAt(dayAfter(day, 1), "00:00", zoneHere())[0] }))
      .filter(({ since, until }) => [...shown.rows.frame.open.map(([at]) => at), ...shown.rows.visit.map((one) => one.start)].some((at) => at >= since && at < until));
  }
  /** First and last minute on the wall of all these days. */
  function hours(days) {
    const spans = [...shown.rows.frame.open, ...shown.rows.visit.map((one) => [one.start, one.end])].filter(([at]) => days.some((one) => at >= one.since && at < one.until));
    if (!spans.length) return [540, 1020];
    return [Math.floor(Math.min(...spans.map(([at]) => wallMinutes(at, zoneHere()))) / 60) * 60, Math.ceil(Math.max(...spans.map(([, at]) => wallMinutes(at, zoneHere()) || 1440)) / 60) * 60];
  }
  const isToday = (one) => shown.at >= one.since && shown.at < one.until;

  const headRow = (days) => h("div", { class: "week-row week-head", role: "row" }, h("span", { role: "columnheader" }, "Provider"), days.map((one) => h("button", { type: "button", role: "columnheader", class: isToday(one) ? "today" : "", title: "Open this day", onclick: () => on.day(one.day) }, `${dayName(one.day)} ${number(one.day)}${isToday(one) ? ", today" : ""}`)));

  function row(one, days, range, person) {
    const title = person ? h("span", { class: "week-who", role: "rowheader" }, h("span", { class: "initials", "aria-hidden": "true" }, one.initials), h("span", {}, h("b", {}, one.name), h("span", { class: "under" }, one.title))) : h("span", { class: "week-who", role: "rowheader" }, one.name);
    return h("div", { class: person ? "week-row" : "week-row thin", role: "row" }, title, days.map((day) => cell(one, day, range, person)));
  }

  function cell(one, day, range, person) {
    const within = (row_) => row_.start >= day.since && row_.start < day.until;
    const mine = (row_) => within(row_) && resourcesOf(row_).includes(one.id);
    const visits = shown.rows.visit.filter(mine);
    const shifts = person ? one.shifts.filter(([at]) => at >= day.since && at < day.until) : [];
    const at = (moment) => Math.max(0, Math.min(100, ((wallMinutes(moment, zoneHere()) - range[0]) / (range[1] - range[0])) * 100));
    const place = (start, end) => `left:${at(start).toFixed(2)}%;width:${Math.max(1.2, at(end) - at(start)).toFixed(2)}%`;
    const mark = (kind, start, end, title) => h("i", { class: kind, style: place(start, end), title });
    const times = person ? fitting.filter((slot) => slot.staff === one.staff && slot.at >= day.since && slot.at < day.until) : [];
    const bars = [
      shifts.map(([start, end]) => mark("shift", start, end, "On shift")),
      shifts.slice(1).map(([start], place_) => mark("rest", shifts[place_][1], start, "Break")),
      shown.rows.block.filter((block) => block.resource === one.id && within(block)).map((block) => mark("rest", block.start, block.end, block.note)),
      live(shown.rows.hold, shown.at).filter(mine).map((hold) => mark(hold.of === "offer" ? "offer" : "hold", hold.start, hold.end, HOLDS[hold.of])),
      visits.map((visit) => { const state = shown.states.get(visit.id); return mark(`seen tone-${state.tone}${visit.end < shown.at ? " over" : ""}`, visit.start, visit.end, `${time(visit.start)} ${visit.name}${state.words ? `, ${state.words}` : ""}`); }),
      times.map((slot) => mark("fit", slot.at, slot.end, `${time(slot.at)} fits`)),
      isToday(day) && h("i", { class: "week-now", style: `left:${at(shown.at).toFixed(2)}%` })];
    return h("button", { type: "button", class: "week-cell", role: "cell", tabindex: person ? "0" : "-1", onclick: () => on.day(day.day) }, h("span", { class: "week-bar" }, bars), person && h("span", { class: times.length ? "under words-sure" : "under" }, times.length ? timesWords(times) : countWords(one, visits, shifts)));
  }
  function timesWords(times) {
    const said = times.slice(0, MOST_WORDS).map((one) => time(one.at));
    return times.length > MOST_WORDS ? `${said.join(", ")} and ${times.length - MOST_WORDS}` : said.join(", ");
  }
  function countWords(one, visits, shifts) {
    if (!visits.length) return shifts.length ? "free" : "off";
    const missed = visits.filter((visit) => visit.state === "no_show").length;
    const late = visits.filter((visit) => shown.states.get(visit.id).late).length;
    return [missed || late ? String(visits.length) : visits.length === 1 ? "1 visit" : `${visits.length} visits`, missed && `${missed} no-show`, late && `${late} late`].filter(Boolean).join(", ");
  }

  function footRow(days) {
    const hour = (minutes) => Math.round(minutes / 60);
    return h("div", { class: "week-row week-foot", role: "row" }, h("span", { role: "rowheader" }, "Shift time booked"), days.map((day) => {
      const shifts = shown.rows.provider.flatMap((one) => one.shifts).filter(([at]) => at >= day.since && at < day.until);
      const whole = shifts.reduce((sum, [start, end]) => sum + (end - start) / MINUTE, 0);
      const taken = shown.rows.visit.filter((one) => one.start >= day.since && one.start < day.until && one.state !== "no_show").reduce((sum, one) => sum + ((one.kept || [0, one.end - one.start])[1] - (one.kept || [0])[0]) / MINUTE, 0);
      return h("span", { role: "cell" }, whole ? [h("b", {}, `${Math.round((100 * taken) / whole)}%`), h("span", { class: "muted" }, ` ${hour(taken)} of ${hour(whole)} h`)] : h("span", { class: "muted" }, "nobody on"));
    }));
  }

  function needs() {
    const ahead = shown.rows.visit.filter((one) => one.state === "booked" && one.end > shown.at);
    const found = shown.rows.visit.filter((one) => { const state = shown.states.get(one.id); return state.late || state.unsure; });
    const freed = freedAhead(shown.rows, shown.at);
    put(hands, h("section", {}, h("div", { class: "hands-head" }, h("h2", {}, "Needs a hand before the week is over"), h("span", { class: "muted small" }, ahead.length ? `${found.length} of the ${ahead.length} visits still to come` : "")),
      found.length || freed.length ? [found.map(hand), freed.map(free)] : h("p", { class: "muted" }, "Nobody is late, and nobody has to be asked.")), waitingFor(shown, freed, on.select));
  }
  function freedWords(one) {
    const { words } = freedState(shown.rows, one);
    return words[0].toLowerCase() + words.slice(1);
  }
  function free(one) {
    const who = shown.rows.provider.find((person) => person.staff === one.staff);
    return h("div", { class: "week-hand" }, h("span", { class: "state words-machine" }, icon("robot", 16), h("b", {}, when(one.start, shown.at))), h("span", {}, h("b", {}, "Freed"), `, ${freedWords(one)}`, h("span", { class: "under" }, [one.what, who?.name].filter(Boolean).join(", "))),
      h("span", { class: "hand-do" }, h("button", { type: "button", class: "b", onclick: () => on.select(one) }, "Open")));
  }
  function hand(one) {
    const state = shown.states.get(one.id);
    const who = shown.rows.provider.find((person) => person.staff === one.staff);
    return h("div", { class: "week-hand" }, h("span", { class: `state words-${state.tone}` }, icon(state.icon, 16), h("b", {}, when(one.start, shown.at))), h("span", {}, pageLink(`/lead?lead=${encodeURIComponent(one.lead)}`, {}, one.name), ` ${state.words.toLowerCase()}`, h("span", { class: "under" }, [one.what, who?.name].filter(Boolean).join(", "))),
      h("span", { class: "hand-do" }, one.dial && h("a", { class: "b", href: `tel:${one.dial}` }, "Call"), h("button", { type: "button", class: "b", onclick: () => on.select(one) }, "Open")));
  }

  /** 'Each bar is 8 AM to 8 PM.' */
  function rangeWords() {
    const [from, until] = shown ? hours(daysShown()) : [0, 0];
    const clock = (minutes) => hourWords(momentsAt(shown.first, `${String(Math.floor(minutes / 60) % 24).padStart(2, "0")}:00`, zoneHere())[0], zoneHere());
    return shown?.rows.frame ? `Each bar is ${clock(from)} to ${clock(until)}. Framed: fits what you look for.` : "";
  }
  return { node, draw, rangeWords, choose: (code) => { service.value = code; find(); } };
}

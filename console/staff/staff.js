// Staff: the week of who is on when, the list of people, and a drawer for a day or a person.
import { inAddress, keepInAddress } from "../parts/address.js";
import { h, put, say, show } from "../parts/dom.js";
import { typingDrawer } from "../parts/drawer.js";
import { icon } from "../parts/icons.js";
import { follow, isLive, onStatus } from "../parts/live.js";
import { date, now, onTick } from "../parts/clock.js";
import { makeTable } from "../parts/table.js";
import { toast } from "../parts/toast.js";
import { dayAfter, wallOf, weekdayOf } from "../parts/wall_time.js";
import { widget } from "../parts/widget.js";
import { makeCopy } from "./copy_week.js";
import { makePerson } from "./person.js";
import { makeShiftForm } from "./shift_form.js";
import { standing } from "./standing.js";
import { makeRightNow, makeWeek } from "./week.js";

const MINUTE = 60_000;

export default widget("staff/staff", ({ root, data, act, end }) => {
  let rows = new Map();
  let monday = data.week;
  let place = inAddress("location");
  let view = inAddress("show") === "people" ? "people" : "week";
  let unfollow = () => {};
  let usual = {}; // by location and date, how many forms usually come in each gap
  let asked = ""; // for which gaps that was asked
  let drawn = 0; // the minute that the picture shows
  const panel = typingDrawer(root, "Staff", () => {});
  const told = toast(root, end);
  const said = h("div", { class: "note amber", role: "alert", hidden: true });

  const segment = (code, words) => h("button", { type: "button", class: "segment", "aria-pressed": String(view === code), onclick: () => turn(code) }, words);
  const segments = [segment("week", "Week"), segment("people", "People")];
  const name = h("b", { class: "week-name" });
  const step = (words, sign, days) => h("button", { class: "b large square", type: "button", "aria-label": words, title: words, onclick: () => go(days ? dayAfter(shownMonday(), days) : "") }, sign);
  const copy = h("button", { class: "b large", type: "button", onclick: () => openCopy() }, "Copy last week");
  const steps = h("div", { class: "steps" }, step("Week before", icon("back", 16), -7), name, step("Week after", icon("forward", 16), 7), step("This week", "This week", 0));
  const places = h("select", { class: "field", "aria-label": "Location", onchange: () => { place = places.value; keep(); draw(); } },
    h("option", { value: "" }, "All locations"), data.places.map(([slug, words]) => h("option", { value: slug }, words)));
  places.value = place;
  const add = data.manages && h("button", { class: "b large", type: "button", onclick: async () => tell(await act("add")) }, icon("plus", 16), "Add person");
  const person = data.plans ? openPerson : null;
  const week = makeWeek({ zone: data.zone, pick: data.plans ? openDay : null, person });
  const right = makeRightNow({ person });
  const table = makeTable({
    label: "Staff", name: (row) => `${row.name}, ${row.role}`, open: person || undefined,
    columns: [
      { key: "name", name: "Name", line: 1, width: "minmax(0, 1.3fr)", cell: (row) => [h("b", { class: row.active ? "" : "muted" }, row.name), !row.active && h("span", { class: "chip" }, "Closed")], sort: (row) => row.name },
      { key: "role", name: "Role", line: 2, width: "max-content", cell: (row) => row.role, sort: (row) => row.role },
      { key: "at", name: "Location", line: 2, end: true, width: "max-content", cell: (row) => row.at, sort: (row) => row.at },
      { key: "now", name: "Now", line: 1, end: true, width: "minmax(0, 1.2fr)", cell: (row) => now_(row), sort: (row) => standing(row).words },
      { key: "skills", name: "Trained for", line: 4, wide: true, width: "minmax(0, 1.6fr)", cell: (row) => h("span", { class: "muted" }, row.skills.join(", ") || "nothing yet") },
      { key: "languages", name: "Languages", line: 3, width: "max-content", cell: (row) => row.languages.join(", ") },
      { key: "load", name: "Open leads", line: 3, end: true, width: "max-content", cell: (row) => h("span", { class: row.takes ? "" : "muted" }, row.takes ? `${row.load} of ${row.capacity}` : "takes none"), sort: (row) => (row.takes ? row.load : -1) },
    ],
    bones: 6,
  });
  const now_ = (row) => {
    const here = standing(row);
    return h("span", { class: here.on ? `standing ${here.status}` : "muted" }, here.on ? here.words : `${here.words}${here.detail ? `, ${here.detail}` : ""}`);
  };
  const pictures = h("div", { class: "pictures" }, week.node, right.node);
  root.append(h("div", { class: "tools" }, h("div", { class: "segments" }, segments), steps, data.plans && copy, places, add), said, pictures, table.node);

  const shownMonday = () => rows.get("week")?.days[0].day || monday || mondayNow();
  const mondayNow = () => {
    const today = wallOf(now(), data.zone).day;
    return dayAfter(today, -weekdayOf(today));
  };
  function keep() {
    keepInAddress({ week: monday, location: place, show: view === "people" ? "people" : "" });
  }
  function turn(code) {
    view = code;
    keep();
    draw();
  }
  function go(day) {
    monday = day === mondayNow() ? "" : day;
    keep();
    listen();
  }
  function listen() {
    unfollow();
    unfollow = follow(monday ? `staff:${monday}` : "staff", (topic) => {
      rows = new Map(topic.rows);
      if (topic.loaded && rows.has("week")) draw(topic);
    });
  }
  const of = (kind) => [...rows.values()].filter((row) => row.kind === kind && (!place || row.slug === place)).sort((a, b) => a.place - b.place);

  function draw(topic) {
    segments.forEach((one, at) => one.setAttribute("aria-pressed", String((at === 0) === (view === "week"))));
    show(pictures, view === "week");
    show(steps, view === "week");
    show(copy, view === "week");
    show(table.node, view === "people");
    const found = rows.get("week");
    if (!found) return;
    drawn = Math.floor(now() / MINUTE);
    const days = found.days;
    say(name, `${date(days[0].from + MINUTE)} to ${date(days[6].from + MINUTE)}`);
    const people = of("person");
    week.draw({ week: found, people: people.filter((row) => row.active), places: of("place"), usual });
    lookUsual();
    right.draw(people);
    table.draw(people, topic);
    if (!topic) table.redraw(people);
  }
  /** Asked once for the gaps that stand there: it is counted from past weeks, and no push. */
  async function lookUsual() {
    const places_ = of("place");
    const key = JSON.stringify([shownMonday(), places_.map((row) => [row.slug, row.days.map((day) => day.gaps)])]);
    if (key === asked || !isLive() || !places_.some((row) => row.days.some((day) => day.gaps.length))) return;
    asked = key;
    const outcome = await act("usual", { date: shownMonday() });
    // Where nothing is known nothing is drawn anew: a hand may be on a shift.
    if (outcome.state !== "done" || JSON.stringify(outcome.value) === JSON.stringify(usual)) return;
    usual = outcome.value;
    draw();
  }
  function openCopy() {
    if (!isLive()) return;
    const name_ = data.places.find(([slug]) => slug === place)?.[1] || "All locations";
    panel.show(makeCopy({ week: shownMonday(), location: place, place: name_, act, done: (words) => { panel.close(); tell({ state: "done", words }); } }).node);
  }
  function tell(outcome) {
    const wrong = outcome.state !== "done";
    show(said, wrong);
    put(said, wrong && icon("info"), wrong && h("span", {}, outcome.words));
    if (!wrong && outcome.words) told.tell(outcome.words);
  }
  function openDay(id, day, spans = null) {
    const row = rows.get(id);
    if (!row || !isLive()) return;
    const there = rows.get(`place:${row.slug}`);
    const at = there?.days.find((one) => one.day === day);
    const others = [...rows.values()].filter((one) => one.kind === "person" && one.id !== id && one.active && one.takes && one.slug === row.slug).flatMap((one) => one.days.find((found) => found.day === day)?.shifts || []);
    const form = makeShiftForm({ row, day, spans, act, others, place: at && { name: there.name, open: at.open, usual: usual[row.slug]?.[day] || [] }, person: () => openPerson(id), done: (words) => { panel.close(); tell({ state: "done", words }); } });
    panel.show(form.node, form.first());
  }
  function openPerson(id) {
    const row = rows.get(id);
    if (row && isLive()) panel.show(makePerson({ row, data, act, done: tell }).node);
  }

  listen();
  end(() => unfollow());
  end(table.stop);
  end(onTick(() => Math.floor(now() / MINUTE) !== drawn && draw()));
  end(onStatus(() => table.enable(isLive() ? "" : "Not connected: nothing would be kept.")));
  draw();
  return () => {};
}, ["table", "drawer", "fields", "ways"]);

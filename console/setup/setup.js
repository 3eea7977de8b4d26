// Clinic: at the left what is set up, at the right one of it: the checklist, the clinic, a location's hours, the treatments, what can be booked.
import { h, put, show } from "../parts/dom.js";
import { icon } from "../parts/icons.js";
import { keepInAddress } from "../parts/address.js";
import { follow, isLive, onStatus } from "../parts/live.js";
import { when } from "../parts/clock.js";
import { makeEditor } from "../parts/editor.js";
import { toast } from "../parts/toast.js";
import { widget } from "../parts/widget.js";
import { makeFields as makeCalendar } from "./calendar_fields.js";
import { makeChecklist, openSteps } from "./checklist.js";
import { makeFields as makeClinic } from "./clinic_fields.js";
import { makeInUse } from "./in_use.js";
import { makeFields as makePackages } from "./package_fields.js";
import { makeFields as makeResources } from "./resource_fields.js";
import { makeFields as makeRules } from "./rule_fields.js";
import { makeFields as makeServices } from "./service_fields.js";
import { makeFields as makeTreatments } from "./treatment_fields.js";

const FIRST = "first";
const EVERYWHERE = () => "Forms, texts, clocks and screens use it within a second. Clocks that run keep the time they were given.";

const BOOKING = () => "Booking pages, the calendar and staff go by it within a second. Visits that are booked stay as they are.";

function about(row) {
  if (row.draft) return `Draft by ${row.draftBy.split(" ")[0] || "somebody"}, ${when(row.draft)}`;
  if (row.retired) return "Retired";
  return row.at ? `${row.about}, version ${row.number}` : row.about;
}

export default widget("setup/setup", ({ root, data, act, end }) => {
  let rows = [];
  let steps = [];
  let wanted = data.part;
  const made = []; // the fields of each, as they are made
  const inUse = makeInUse(end, () => made.forEach((fields) => fields.heard?.()));
  const undo = toast(root, end);
  const checklist = makeChecklist(data, choose);
  const frames = Object.fromEntries([
    ["clinic", "clinic", (typed) => makeClinic(data, typed, (slug) => rows.some((row) => row.kind === "calendar" && row.key === slug))],
    ["calendar", "calendar", (typed) => makeCalendar(data, typed)],
    ["treatments", "list of treatments", (typed) => makeTreatments(data, typed, (code) => inUse.has("treatments", code))],
    ["services", "list of services", (typed) => makeServices(data, typed, (code) => inUse.has("services", code), inUse.choices, firstFree), BOOKING],
    ["resources", "list of rooms and devices", (typed) => makeResources(data, typed, (code) => inUse.has("resources", code), inUse.choices), BOOKING],
    ["packages", "list of packages", (typed) => makePackages(data, typed, (code) => inUse.has("packages", code), inUse.choices), BOOKING],
    ["booking_rules", "set of booking rules", (typed) => makeRules(data, typed), BOOKING],
  ].map(([kind, noun, make, publishes = EVERYWHERE]) => {
    const fields = make(() => editor.typed());
    made.push(fields);
    const editor = makeEditor({ topic: kind, noun, publishes, retires: "", act: (verb, message) => act(`${kind}.${verb}`, message), fields, edits: () => data.edits, tell: (words) => words && undo.tell(words), end });
    return [kind, editor];
  }));
  const begin = h("div", { class: "begin", hidden: true });
  const problem = h("div", { class: "note amber", role: "alert", hidden: true });
  const list = h("nav", { class: "setup-list", "aria-label": "What is set up" });
  const back = h("button", { class: "b quiet back", type: "button", onclick: () => choose("") }, icon("back", 16), "All of it");
  const page = h("div", { class: "split" }, h("div", { class: "split-list" }, list),
    h("div", { class: "split-one" }, back, problem, begin, checklist.node, Object.values(frames).map((editor) => editor.node)));
  put(root, page, undo.node);

  function entry(id, title, words, drafted = false) {
    return h("button", { class: "setup-entry", type: "button", "aria-current": id === wanted ? "true" : null, onclick: () => choose(id) },
      h("b", {}, title), h("span", { class: drafted ? "small drafted" : "muted small" }, words));
  }
  function draw() {
    const left = openSteps(steps);
    put(list, entry(FIRST, "Before the first lead", left ? `${left} of ${steps.length} to do` : "Everything is in order", left > 0),
      rows.map((row) => entry(row.id, row.title, about(row), !!row.draft)));
    page.classList.toggle("one", !!wanted);
    show(checklist.node, wanted === FIRST);
    const row = rows.find((one) => one.id === wanted);
    for (const [kind, editor] of Object.entries(frames)) if (row?.kind !== kind) editor.open("");
    for (const [kind, editor] of Object.entries(frames)) if (row?.kind !== kind) editor.node.hidden = true;
    if (row) frames[row.kind].name(row.title);
    show(begin, !!row?.begins);
    if (row?.begins) put(begin, h("h2", {}, row.title), h("p", { class: "muted" }, "It has no hours of its own yet, and keeps those of the usual location."),
      data.edits && h("button", { class: "b large primary", type: "button", disabled: !isLive(), onclick: () => first(row) }, icon("plus"), "Give it hours of its own"));
  }
  async function choose(id) {
    wanted = id;
    keepInAddress({ part: id });
    show(problem, false);
    draw();
    const row = rows.find((one) => one.id === id);
    if (row && !row.begins) await frames[row.kind].open(row.key);
  }
  /** When a drafted service is free first, or null where that could not be asked. */
  async function firstFree(body) {
    const outcome = await act("services.first", { body });
    return outcome.state === "done" ? outcome.value : null;
  }
  async function first(row) {
    const outcome = await act(`${row.kind}.save`, { key: row.key, body: row.begins, revision: 0 });
    show(problem, outcome.state !== "done");
    if (outcome.state !== "done") put(problem, icon("info"), h("span", {}, outcome.words));
  }

  end(follow("setup", (topic) => {
    rows = [...topic.rows.values()].sort((a, b) => a.place - b.place);
    if (!topic.loaded) return;
    const row = rows.find((one) => one.id === wanted);
    if (wanted && wanted !== FIRST && !row) wanted = "";
    draw();
    if (row && !row.begins && frames[row.kind].key !== row.key) frames[row.kind].open(row.key);
  }));
  end(follow("first_lead", (topic) => {
    steps = [...topic.rows.values()].sort((a, b) => a.place - b.place);
    checklist.draw(steps);
    if (!wanted && topic.loaded && root.clientWidth >= 760) wanted = openSteps(steps) ? FIRST : rows[0]?.id || FIRST;
    draw();
    const row = rows.find((one) => one.id === wanted);
    if (row && !row.begins && frames[row.kind].key !== row.key) frames[row.kind].open(row.key);
  }));
  end(onStatus(draw));
  return () => {};
}, ["fields", "menu", "dialog", "drawer", "editor"]);

// What can be booked: a line each, in the order in which patients are offered it, folded out into its fields; at the side when it is free first.
import { h, put, say, show } from "../parts/dom.js";
import { icon } from "../parts/icons.js";
import { makeField } from "../parts/fields.js";
import { when } from "../parts/clock.js";
import { ofProblems } from "./faults.js";
import { byRow, makeFolded, moveButtons } from "./folding.js";
import { makeKeptRows } from "./kept_rows.js";
import { makeMinutesBy } from "./minutes_by.js";

const SEARCHED_FROM = 12; // rows
const ASKED_MS = 500;
const SENIORITIES = [["1", "Anybody trained for it"], ["2", "2 or more"], ["3", "3 or more"], ["4", "4 or more"], ["5", "Only the most senior"]];
const NEW = { code: "", label: "", es: "", treatment: "", kind: "treatment", minutes: "", by_provider: {}, before: "", after: "", price: "", deposit: "", needs: "", notice: "", online: true, room: "", device: "", seniority: "1", retired: false };

/**
 * `data`: {visitKinds, providers}. `known(code)`: whether one is in use, which is retired and never removed. `used()`: what is in use
 * beside it: {treatments: [[code, label]], rooms: [type], devices: [type], cleanUp, notice}. `first(body)` resolves to when it is free first.
 */
export function makeFields(data, typed, known, used, first) {
  const list = h("div", { class: "folds" });
  const wrong = h("span", { class: "field-error", role: "alert", hidden: true });
  const search = h("input", { class: "field", type: "search", placeholder: "Find a service", "aria-label": "Find a service", oninput: () => sift() });
  const count = h("span", { class: "muted small", role: "status" });
  const bar = h("div", { class: "fold-bar" }, search, count);
  const rooms = h("datalist", { id: "setup-room-types" });
  const devices = h("datalist", { id: "setup-device-types" });
  const add = h("button", { class: "b", type: "button", onclick: () => { search.value = ""; rows.add(service(NEW)); sift(); } }, icon("plus", 14), "Add a service");
  const title = h("h3", {}, "First free time");
  const told = h("div", { class: "free-first", role: "status" });
  const side = h("aside", { class: "calendar-preview" }, title, told);
  const rows = makeKeptRows(list, { known, typed: changed, between: "_", words: { retire: "Retire", again: "Offer again", about: "Nobody can book it any more; visits of before keep it" } });
  let shown = null; // the row that the side is about
  let timer = 0;
  let asked = 0;
  let reason = "";

  function changed() {
    typed();
    shown?.draw();
    later();
  }
  function specs(values) {
    const now = used();
    const one = (kind, name, label, more = {}) => makeField({ kind, name, label, value: String(values[name] ?? ""), onchange: changed, ...more });
    const others = rows.all.filter((row) => row.code && row.code !== values.code).map((row) => [row.code, row.name()]);
    const treatments = [["", "None of them"], ...now.treatments];
    if (values.treatment && !now.treatments.some(([code]) => code === values.treatment)) treatments.push([values.treatment, values.treatment]);
    const made = {
      label: one("text", "label", "Name", { longest: 60 }),
      es: one("text", "es", "In Spanish", { longest: 60 }),
      treatment: one("select", "treatment", "Treatment", { options: treatments, hint: "Its skill is what a provider needs." }),
      kind: one("select", "kind", "Kind", { options: data.visitKinds }),
      minutes: one("text", "minutes", "Minutes", { longest: 3 }),
      price: one("money", "price", "Price", { longest: 6 }),
      before: one("text", "before", "Minutes before", { longest: 3, placeholder: "0", hint: "Kept free to prepare." }),
      after: one("text", "after", "Minutes after", { longest: 3, placeholder: `${now.cleanUp}`, hint: "Empty: the clinic's clean-up." }),
      notice: one("text", "notice", "Notice, in minutes", { longest: 5, placeholder: `${now.notice}`, hint: "Patients book it no later. Empty: the clinic's." }),
      seniority: one("select", "seniority", "Seniority", { options: SENIORITIES, value: String(values.seniority || 1) }),
      room: one("text", "room", "Room for", { longest: 40, placeholder: "no room", hint: "A word that rooms have under Rooms and devices." }),
      device: one("text", "device", "Device for", { longest: 40, placeholder: "no device" }),
      needs: one("select", "needs", "Only after", { options: [["", "Nothing before it"], ...others] }),
      deposit: one("text", "deposit", "Note about a deposit", { longest: 120, optional: true, hint: "Patients read it before they book." }),
      online: makeField({ kind: "checkbox", name: "online", label: "Patients may book it by themselves", value: values.online === true || values.online === "true", onchange: changed }),
      by_provider: makeMinutesBy({ label: "Minutes that differ by provider", providers: data.providers, usual: () => made.minutes.value, value: values.by_provider || {}, onchange: changed }),
    };
    made.room.input.setAttribute("list", "setup-room-types");
    made.device.input.setAttribute("list", "setup-device-types");
    return made;
  }
  const lay = (f) => [h("div", { class: "pairs" }, f.label.node, f.es.node, f.treatment.node, f.kind.node),
    h("div", { class: "fold-numbers" }, f.minutes.node, f.price.node, f.before.node, f.after.node, f.notice.node),
    h("div", { class: "pairs" }, f.room.node, f.device.node, f.seniority.node, f.needs.node), f.deposit.node, f.by_provider.node, f.online.node];

  function service(values) {
    return makeFolded({ values, specs, lay, opened: about,
      told: (now) => ({ title: now.label || "New service", words: [now.minutes && `${now.minutes} min`, price(now.price), now.room && `room: ${now.room}`, now.device && `device: ${now.device}`].filter(Boolean).join(", "),
        chips: [now.retired && "Retired", now.online !== true && now.online !== "true" && !now.retired && "By staff only", now.needs && "After another"].filter(Boolean) }),
      buttons: (row) => ({ moves: moveButtons(row, (by) => rows.swap(row, by)), ends: rows.buttons(row) }) });
  }
  const price = (value) => (Number(value) > 0 ? `$${Number(value).toLocaleString("en-US")}` : "free of charge");

  function sift() {
    const words = search.value.trim().toLowerCase();
    let found = 0;
    for (const row of rows.all) {
      const fits = !words || [row.name(), row.values.es, row.values.treatment].some((text) => (text || "").toLowerCase().includes(words));
      found += fits;
      show(row.node, fits);
    }
    say(count, words ? `${found} of ${rows.all.length}` : `${rows.all.length} services`);
    show(bar, rows.all.length >= SEARCHED_FROM);
  }

  // ---- at the side: when the one that is open is free first, as it is drafted

  function about(row) {
    shown = row;
    later(0);
  }
  function later(ms = ASKED_MS) {
    clearTimeout(timer);
    show(side, !!shown?.isOpen);
    if (shown?.isOpen) timer = setTimeout(ask, ms);
  }
  async function ask() {
    const mine = (asked += 1);
    const row = shown;
    const found = await first(row.read(row.code || "new"));
    if (mine !== asked || !found) return;
    say(title, `First free time: ${row.name() || "new service"}`);
    put(told, found.length ? h("ul", {}, found.map((one) => h("li", {}, h("b", {}, one.place), h("span", { class: one.at ? "" : "fold-lack" }, one.at ? `${when(one.at)} with ${one.provider}` : one.why)))) : h("span", { class: "muted" }, "Shown once its fields are in order."),
      found.length > 0 && h("p", { class: "muted small" }, "As patients would find it now, with these words."));
  }

  const node = h("div", { class: "calendar-fields" },
    h("div", { class: "fields" }, rooms, devices, h("p", { class: "muted small" }, "In the order in which patients are offered them. Who may give it follows from the treatment's skill."), bar, list, wrong, add), side);
  show(side, false);

  return {
    node,
    read() {
      const codes = rows.codes();
      return { services: rows.all.map((one, number) => one.read(codes[number])) };
    },
    write(body) {
      const open = rows.all.filter((row) => row.isOpen).map((row) => row.code);
      rows.put((body.services || []).map((one) => service({ ...NEW, online: false, ...one })));
      shown = null;
      for (const row of rows.all) if (open.includes(row.code)) row.open(true);
      show(side, !!shown);
      sift();
    },
    /** What is in use beside it was read anew. */
    heard() {
      const now = used();
      put(rooms, now.rooms.map((type) => h("option", { value: type })));
      put(devices, now.devices.map((type) => h("option", { value: type })));
      rows.enable(reason);
    },
    show({ problems, look }) {
      mark(ofProblems(problems));
      rows.all.forEach((row, number) => row.lacks(look.lacks[number] || ""));
    },
    errors: (found) => mark(Object.entries(found)),
    enable(why) {
      reason = why;
      show(add, !why);
      rows.enable(why);
    },
  };

  function mark(faults) {
    const found = byRow("services", faults);
    rows.all.forEach((row, number) => row.faults(found.get(number) || new Map()));
    const own = [...(found.get("") || new Map()).values()].join(" ");
    say(wrong, own);
    show(wrong, !!own);
  }
}

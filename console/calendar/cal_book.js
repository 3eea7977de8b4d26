// Booking in a drawer: who, what, with whom, which free time. And time that is not to be booked.
import { h, put, say, show } from "../parts/dom.js";
import { typingDrawer } from "../parts/drawer.js";
import { makeField, makeForm } from "../parts/fields.js";
import { icon } from "../parts/icons.js";
import { time, zoneHere } from "./cal_wall.js";
import { momentsAt, readWall, wallOf } from "../parts/wall_time.js";

const WAIT_MS = 250;
const SHORTEST = 2;

/** `on`: {act, now(), day(), place(), people(), places(), done(outcome)}. Gives {open({walkIn, service, staff, at}), block(), enable(why)}. */
export function makeBooking(root, data, on) {
  let over = null;
  let page = null;
  let why = "";

  /** One opening is one lead: pressed twice it is the same one. */
  const request = () => `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`;

  function open({ walkIn = false, service = "", staff = "", at = 0, day = "" } = {}) {
    over ||= typingDrawer(root, "Book a visit");
    page = build({ walkIn, service, staff, at, day, request: request() });
    over.show(page.node, page.first);
  }

  function build(asked) {
    let lead = null;
    let slots = [];
    let chosen = asked.at;
    let turn = 0;
    let timer = 0;
    const title = asked.walkIn ? "Walk-in" : "Book a visit";
    const search = makeField({ kind: "text", name: "lead", label: "Who", placeholder: "Name, phone or reference", hint: asked.walkIn ? "Known already? Or fill in the fields below." : "A lead or a patient.", onchange: (text) => { clearTimeout(timer); timer = setTimeout(() => look(text), WAIT_MS); } });
    const found = h("div", { class: "found", role: "listbox", "aria-label": "Who was found" });
    const picked = h("div", { class: "picked", hidden: true });
    const fresh = asked.walkIn ? ["first_name", "last_name", "phone"].map((name) => makeField({ kind: name === "phone" ? "phone" : "text", name, label: { first_name: "First name", last_name: "Last name", phone: "Phone" }[name], longest: 80 })) : [];
    const service = makeField({ kind: "select", name: "service", label: "Service", options: data.services.map((one) => [one.code, `${one.name}, ${one.minutes} min`]), value: asked.service || data.services[0]?.code, onchange: () => refresh() });
    const staff = makeField({ kind: "select", name: "provider", label: "With", options: [["", "Anyone"], ...on.people().map((one) => [one.staff, one.name])], value: asked.staff, onchange: () => refresh() });
    const day = h("input", { class: "field", type: "date", value: asked.day || on.day(), "aria-label": "Day", onchange: () => { chosen = 0; refresh(); } });
    const times = h("div", { class: "times", role: "listbox", "aria-label": "Free times" });
    const problem = h("div", { class: "note amber", role: "alert", hidden: true });
    const button = h("button", { type: "button", class: "b large primary", onclick: send }, "Book");
    const node = h("div", { class: "drawer-page" }, h("h2", {}, title), search.node, found, picked, fresh.map((one) => one.node), service.node, staff.node,
      h("div", { class: "field-box" }, h("span", { class: "field-label" }, "When"), day), times, problem,
      h("div", { class: "dialog-do" }, button, h("button", { type: "button", class: "b large", onclick: () => over.close() }, "Cancel")));

    async function look(text) {
      if (text.trim().length < SHORTEST) return put(found);
      const mine = (turn += 1);
      const outcome = await on.act("find", { text });
      if (mine !== turn) return undefined;
      const rows = outcome.state === "done" ? outcome.value : [];
      return put(found, rows.length ? rows.map((one) => h("button", { type: "button", class: "found-one", role: "option", onclick: () => pick(one) }, h("b", {}, one.name), h("span", { class: "muted" }, [one.phone, one.ref, one.booked && "booked already"].filter(Boolean).join(", ")))) : h("p", { class: "muted small" }, "Nobody is found by that."));
    }
    function pick(one) {
      lead = one;
      put(found);
      put(picked, icon("person", 16), h("span", {}, h("b", {}, one.name), " ", h("span", { class: "muted" }, one.ref)), h("button", { type: "button", class: "b quiet", onclick: () => pick_none() }, "Change"));
      show(picked, true);
      show(search.node, false);
      for (const field of fresh) show(field.node, false);
      enable();
    }
    function pick_none() {
      lead = null;
      show(picked, false);
      show(search.node, true);
      for (const field of fresh) show(field.node, true);
      search.focus();
      enable();
    }
    async function refresh() {
      put(times, h("p", { class: "muted small" }, "Looking for free times ..."));
      const outcome = await on.act("free", { service: service.value, location: on.place(), provider: staff.value, day: day.value, now: asked.walkIn });
      slots = outcome.state === "done" ? outcome.value : [];
      if (!slots.some((one) => one.at === chosen && (!asked.staff || one.staff === asked.staff || !staff.value))) chosen = asked.walkIn ? slots[0]?.at || 0 : 0;
      draw(outcome);
    }
    const pickSlot = (at) => { chosen = at; draw(); };
    function draw(outcome = null) {
      const moments = [...new Map(slots.map((one) => [one.at, one])).values()];
      put(times, outcome && outcome.state !== "done" ? h("p", { class: "words-red" }, outcome.words) : moments.length
        ? moments.map((one) => h("button", { type: "button", role: "option", class: one.at === chosen ? "time-one chosen" : "time-one", "aria-selected": String(one.at === chosen), "data-at": one.at, onclick: () => pickSlot(one.at) }, asked.walkIn && one.at - on.now() < 60_000 ? "Now" : time(one.at), !staff.value && h("span", { class: "muted" }, one.name)))
        : h("p", { class: "muted small" }, "Nothing is free that day: person, room and clean-up must fit together. Choose another day or another person."));
      enable();
    }
    function enable() {
      const named = lead || fresh.some((one) => one.value);
      const missing = why || (!chosen ? "Choose a time" : !asked.walkIn && !named ? "Choose who it is for" : "");
      button.disabled = !!missing;
      button.title = missing;
      say(button, chosen ? `Book ${chosen - on.now() < 60_000 ? "now" : time(chosen)}` : "Book");
    }
    async function send() {
      const slot = slots.find((one) => one.at === chosen);
      const about = { service: service.value, location: on.place(), provider: staff.value || slot?.staff || "", at: chosen, walkIn: asked.walkIn };
      button.setAttribute("aria-busy", "true");
      const outcome = lead ? await on.act("book", { lead: lead.id, ...about }) : await on.act("walk_in", { request: asked.request, ...Object.fromEntries(fresh.map((one) => [one.name, one.value])), ...about });
      button.removeAttribute("aria-busy");
      for (const field of fresh) field.error(outcome.fields?.[field.name] || "");
      if (outcome.state === "done") {
        over.close();
        return on.done(outcome);
      }
      say(problem, outcome.words);
      show(problem, true);
      return refresh();
    }
    for (const field of fresh) field.input.addEventListener("input", enable);
    refresh();
    enable();
    return { node, first: search.input };
  }

  function block({ resource = "", at = 0 } = {}) {
    over ||= typingDrawer(root, "Book a visit");
    const whose = [...on.people().map((one) => [`staff:${one.staff}`, one.name]), ...on.places().map((one) => [one.id, one.name])];
    const start = wallOf(at || Math.ceil(on.now() / 900_000) * 900_000, zoneHere());
    const form = makeForm({ verb: "Block time", cancel: () => over.close(), send, fields: [
      { kind: "select", name: "resource", label: "Of whom, or which room", options: whose, value: resource || whose[0]?.[0] },
      { kind: "text", name: "day", label: "Day", value: at ? start.day : on.day(), hint: "As 2026-11-26." },
      { kind: "text", name: "starts_at", label: "From", value: start.wall, hint: "As 2:30 PM or 14:30." },
      { kind: "select", name: "minutes", label: "For", options: [["15", "15 min"], ["30", "30 min"], ["45", "45 min"], ["60", "1 h"], ["90", "1 h 30"], ["120", "2 h"], ["180", "3 h"], ["240", "4 h"], ["480", "8 h"]], value: "30" },
      { kind: "text", name: "note", label: "What for", longest: 80, placeholder: "Photo reviews" },
    ] });
    form.fields.day.input.type = "date";
    form.enable(why);
    async function send(values) {
      const [moment] = momentsAt(values.day, readWall(values.starts_at) || "", zoneHere());
      if (!moment) return { state: "refused", words: "", fields: { starts_at: "Type a time that there is on that day, such as 2:30 PM." } };
      const outcome = await on.act("block", { resource: values.resource, at: moment, minutes: values.minutes, note: values.note });
      if (outcome.state === "done") { over.close(); on.done(outcome); }
      return outcome;
    }
    over.show(h("div", { class: "drawer-page" }, h("h2", {}, "Block time"), h("p", { class: "muted" }, "Nobody can be booked then. Where somebody is expected already, it is refused."), form.node), form.fields.resource.input);
  }

  return { open, block, enable: (reason) => { why = reason; }, get isOpen() { return !!over?.node.open; } };
}

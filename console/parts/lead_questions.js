// Questions about one lead whose answer is a moment, a visit or a colleague, for the queue's panel and the lead's page.
import { h, put } from "./dom.js";
import { now, wallIn, when } from "./clock.js";
import { makeDateTime } from "./datetime.js";
import { draftsOf } from "./drafts.js";
import { makeField } from "./fields.js";
import { makeFreeTimes } from "./free_times.js";
import { digit, reachWords } from "./outcomes.js";
import { isoAt, momentsAt } from "./wall_time.js";

const HOUR_MS = 3600_000;
const YEAR_MS = 400 * 24 * HOUR_MS;
const SNOOZE_MS = 90 * 24 * HOUR_MS;
const MONTH_MS = 30 * 24 * HOUR_MS;
const SPANS = { "1h": HOUR_MS, "3h": 3 * HOUR_MS }; // counted from when one looks, not from when the page was opened
const OWN = [["call_back", "Call back"], ["reminder", "Reminder"]];
const MOMENTS = new Set(["at", "due_at", "starts_at", "date", "time"]);

/** Numbered answers: [[code, words, what stands under them]]. */
export function choices(list, press) {
  return h("div", { class: "choices" }, list.map(([code, label, about], at) =>
    h("button", { class: "b", type: "button", "data-choice": at + 1, onclick: () => press(code) },
      h("span", { class: "choice-words" }, label, about && h("span", { class: "muted small" }, about)), digit(at))));
}

/** A moment of the picker as actions take it: a day and a time on the wall of its place. */
function onTheWall({ moment, iso }, zone) {
  const [date, time] = [iso.slice(0, 10), iso.slice(11, 16)];
  return { date, time, second: momentsAt(date, time, zone).indexOf(moment) > 0 };
}

/**
 * `data`: what `lead_choices.offered` gives, with `zone` and `me`. `on`: {act(action, fields, refused) resolves to whether it was
 * done, and hands what is wrong with fields to `refused`; ask(action, fields) resolves to its value or null; shut(); open(which)}.
 * Gives questions by name, each `(lead, about)` to {title, body}.
 */
export function makeQuestions(data, on) {
  const drafts = draftsOf(data.me);
  const idOf = (lead) => lead.lead || lead.id;

  /** The zone and the week of the lead's location, its closed days and the common moments in its hours. */
  const wallFor = (lead, location = "") => data.walls[location || lead.location] || data.walls[data.main];
  async function send(action, fields, refused) {
    const done = await on.act(action, fields, refused);
    if (done) on.shut();
    return done;
  }
  const usual = (lead) => wallFor(lead).choices.map((one) => [one.label, SPANS[one.code] ? now() + SPANS[one.code] : one.at]).filter(([, at]) => at > now());
  const picker = (lead, more) => makeDateTime({ zone: wallFor(lead).zone, now, max: now() + YEAR_MS, wall: wallFor(lead), ...more });

  /** Fields around a picker with one button. `open`: the moment may be left empty. */
  function asked(lead, verb, moment, fields, press, { open = false } = {}) {
    function refused(found) {
      for (const field of fields) field.error(found[field.name] || "");
      const rest = Object.entries(found).filter(([name]) => !fields.some((field) => field.name === name));
      moment.error(rest.map(([, words]) => words).join(" "));
      if (rest.some(([name]) => MOMENTS.has(name))) moment.focus();
      else fields.find((field) => found[field.name])?.focus();
    }
    async function go(event) {
      event.preventDefault();
      const empty = open && moment.empty;
      if (!empty && !moment.check()) return;
      const values = Object.fromEntries(fields.map((field) => [field.name, field.value]));
      await press({ place: lead.location, ...values, ...(empty ? {} : onTheWall(moment.value, wallFor(lead, values.location).zone)) }, refused);
    }
    return h("form", { class: "lead-question", onsubmit: go }, moment.node, fields.length > 0 && h("div", { class: "question-fields" }, fields.map((field) => field.node)),
      h("div", { class: "row-buttons" }, h("button", { class: "b primary", type: "submit" }, verb)));
  }

  /** Free times with one button. */
  function chosen(times, verb, press, ...before) {
    const go = h("button", { class: "b primary", type: "submit" }, verb);
    const refused = (found) => times.error(Object.values(found).join(" "));
    return h("form", { class: "lead-question of-times", onsubmit: (event) => { event.preventDefault(); if (times.value) press(times.value, refused); else times.error("Choose one of the free times."); } },
      before, times.node, h("div", { class: "row-buttons" }, go));
  }
  /** A service at one of its free times. */
  function served(lead, service) {
    const place = select("location", "Place", data.places, data.walls[lead.location] ? lead.location : data.main, () => times.load());
    const provider = select("provider", "With", [["", "Anyone"], ...data.providers], "", () => times.load());
    const times = makeFreeTimes({ zone: () => wallFor(lead, place.value).zone, ask: (message) => on.ask("free_day", message), wish: () => ({ service: service(), location: place.value, provider: provider.value }) });
    times.load();
    const press = async (one, refused) => {
      if (!(await send("book_service", { service: service(), location: place.value, provider: one.provider, at: one.iso }, refused))) times.load();
    };
    return chosen(times, "Book", press, h("div", { class: "question-fields" }, place.node, provider.node));
  }
  /** Nothing is kept for it: what staff booked in another system, or on paper. */
  function noted(lead) {
    const dollars = makeField({ kind: "money", name: "dollars", label: "Value", optional: true, value: drafts.get(idOf(lead), "booked") || (lead.value ? Math.round(lead.value / 100) : ""),
      onchange: (value) => drafts.set(idOf(lead), "booked", value) });
    const moment = picker(lead, { min: now() - MONTH_MS, label: "When is the visit?" });
    const place = select("location", "Place", [["", "As requested"], ...data.places], "", (at) => moment.within(wallFor(lead, at)));
    const fields = [dollars, select("kind", "Kind", [["", "Not said"], ...data.kinds], "consultation"), place, select("provider", "With", [["", "Nobody yet"], ...data.providers])];
    const press = async (values, refused) => {
      // The rule names the amount in cents `value`; on the screen it is the dollars.
      if (await send("booked", values, ({ value, ...found }) => refused(value ? { ...found, dollars: value } : found))) drafts.set(idOf(lead), "booked", "");
    };
    return [asked(lead, "Mark booked", moment, fields, press, { open: true }), h("p", { class: "muted small" }, "Without a date the lead only counts as booked.")];
  }

  const words = (value = "") => makeField({ kind: "text", name: "words", label: "What for", optional: true, longest: 200, value, placeholder: "Wants prices for two areas" });
  const select = (name, label, options, value = "", onchange = () => {}) => makeField({ kind: "select", name, label, options, value, onchange });

  return {
    snooze: (lead) => ({ title: "Snooze until", body: choices([["30m", "In 30 minutes"], ...wallFor(lead).choices.filter((one) => one.at > now() || SPANS[one.code])
      .map((one) => [one.code, one.label, one.closed && "closed then"]), ["other", "Another time"]], (code) => (code === "other" ? on.open("snooze_at") : send("snooze", { span: code, place: lead.location }))) }),

    snooze_at: (lead) => ({ title: "Snooze until when?", body: asked(lead, "Snooze", picker(lead, { min: now(), max: now() + SNOOZE_MS }), [], (fields, refused) => send("snooze", fields, refused)) }),

    task: (lead) => ({ title: "Call back, or be reminded", body: asked(lead, "Set", picker(lead, { min: now(), choices: usual(lead) }),
      [makeField({ kind: "chips", name: "kind", label: "What", options: OWN, value: "call_back" }), words()], (fields, refused) => send("set_task", fields, refused)) }),

    /** `about`: {id, kind, what, words, due}. */
    change_task: (lead, about) => ({ title: `${about.what} ${when(about.due)}: when instead?`, body: asked(lead, "Change", picker(lead, { min: now(), choices: usual(lead), value: Math.max(about.due, now()) }),
      OWN.some(([kind]) => kind === about.kind) ? [words(about.words)] : [], (fields, refused) => send("change_task", { task: about.id, ...fields }, refused)) }),

    booked(lead) {
      const body = h("div", { class: "booking" });
      const service = select("service", "Service", [["", "Only note that it is booked"], ...data.services], "", (code) => put(body, code ? served(lead, () => service.value) : noted(lead)));
      put(body, noted(lead));
      return { title: "Booked: when, and what for?", body: [service.node, body] };
    },

    /** `about`: a visit as the lead's row has it. One that keeps a room is moved to a time that is free. */
    move_visit(lead, about) {
      const title = about.at ? `Visit ${wallIn(about.zone).when(about.at)}: when instead?` : "When is the visit?";
      const { zone } = wallFor(lead, about.slug);
      const moved = { visit: about.id, seen: about.seen };
      if (!about.service) return { title, body: asked({ ...lead, location: about.slug }, "Move", picker({ ...lead, location: about.slug }, { min: now() - MONTH_MS, value: about.at || undefined }), [], (fields, refused) => send("move_visit", { ...moved, ...fields }, refused)) };
      const wish = () => ({ service: about.service, location: about.slug, provider: about.providerId });
      const times = makeFreeTimes({ zone: () => zone, ask: (message) => on.ask("free_day", message), wish, day: Math.max(about.at, now()), whom: false });
      times.load();
      const press = (one, refused) => send("move_visit", { ...moved, place: about.slug, ...onTheWall({ moment: one.at, iso: isoAt(one.at, zone) }, zone) }, refused);
      return { title, body: [h("p", { class: "muted small" }, `Times that are free with ${about.provider || "the same provider"}, in a room for it.`), chosen(times, "Move", press)] };
    },
    cancel_visit: (_lead, about) => ({ title: "Cancel the visit. Why?", body: choices(data.cancelled, (reason) => send("cancel_visit", { visit: about.id, reason })) }),

    /** Asked for when it opens: who is there, and how much they have, changes through the day. */
    hand(lead) {
      const body = h("div", { role: "status" }, h("span", { class: "muted" }, "Looking who is there ..."));
      on.ask("hand_over").then((found) => put(body, found && (found.length
        ? choices(found.filter((one) => one.id !== lead.owner).map((one) => [one.id, one.name, about(one)]), (staff) => send("reassign", { staff }))
        : h("span", {}, "Nobody else can take a lead."))));
      return { title: "Hand to", body };
    },

    /** `about`: the call that is corrected. */
    wrong_call(_lead, about_) {
      const body = h("div", { role: "alert" });
      on.ask("wrong_number").then((reach) => put(body, reach && [h("p", {}, reachWords(reach)),
        choices([["yes", "Yes, wrong number"], ["no", "No, go back"]], (code) => (code === "yes" ? send("correct_call", { call: about_.id, outcome: "wrong_number", confirmed: true }) : on.shut()))]));
      return { title: "Correct the call", body };
    },
  };
}

/** 'until 6:00 PM, 4 of 12 leads', 'full, 12 of 12 leads'. */
function about(one) {
  const load = one.capacity ? `${one.load} of ${one.capacity} leads` : `${one.load} leads`;
  return [one.shift, one.full ? `full, ${load}` : load].filter(Boolean).join(", ");
}

// What a sequence would do for one person from one moment, with real dates: sent, held, dropped, and why. Nothing is sent.
import { h, put, say, show } from "../parts/dom.js";
import { icon } from "../parts/icons.js";
import { now } from "../parts/clock.js";
import { makeDateTime } from "../parts/datetime.js";
import { makeField } from "../parts/fields.js";
import { makePerson } from "../parts/person.js";
import { makeEvents } from "./dry_events.js";
import { makeOutcomes } from "./dry_outcomes.js";

const IDLE_MS = 700;
const AHEAD_MS = 7 * 86_400_000; // where a visit is known, a week ahead is usual
const PHONE = "(407) 555-0155";

/** `data`: {people, languages, known, zone}. `on`: {act, key(), body(), name(outcome) of its step}. Gives {node, changed(), begin(), stop()}. */
export function makeDryRun(data, on) {
  const phone = makeField({ kind: "phone", name: "phone", label: "Phone", value: PHONE, onchange: changed });
  const zip = makeField({ kind: "text", name: "zip", label: "ZIP", longest: 10, placeholder: "if known", onchange: changed });
  const language = makeField({ kind: "select", name: "language", label: "Language", options: data.languages, value: data.languages[0][0], onchange: changed });
  const transactional = makeField({ kind: "checkbox", name: "transactional", label: "Agreed to texts about their request", value: true, onchange: changed });
  const marketing = makeField({ kind: "checkbox", name: "marketing", label: "Agreed to advertising", value: true, onchange: changed });
  const made = h("div", { class: "dry-person" }, h("div", { class: "dry-row" }, phone.node, zip.node, language.node), transactional.node, marketing.node);
  const person = makePerson({ find: (text) => on.act("people", { text }), pick });
  const at = makeDateTime({ zone: data.zone, now, value: now(), label: "They enter", onchange: changed });
  const visit = makeDateTime({ zone: data.zone, now, value: now() + AHEAD_MS, label: "The visit", onchange: changed });
  const visitBox = h("div", { class: "dry-when" }, h("span", { class: "field-label" }, "The visit"), visit.node);
  const events = makeEvents(changed);
  const run = h("button", { class: "b large", type: "button", onclick: () => ask() }, "Try it");
  const problem = h("p", { class: "field-error", role: "alert", hidden: true });
  const outcomes = makeOutcomes(on);
  const node = h("section", { class: "dry" },
    h("div", { class: "dry-head" }, h("h2", {}, "Dry run"), h("span", { class: "muted small" }, "nothing is sent")),
    data.people && person.node, made, h("div", { class: "dry-when" }, h("span", { class: "field-label" }, "They enter"), at.node), visitBox, events.node,
    h("div", { class: "dialog-do" }, run), problem, outcomes.node);
  let lead = "";
  let tried = false; // whether a result stands there, which then follows what is typed
  let timer = 0;
  let turn = 0;

  async function pick(one) {
    lead = one?.id || "";
    show(made, !lead);
    changed();
    return { state: "done" };
  }
  const knowsVisit = () => (data.known[on.body().starts_on] || []).includes("visit");
  function changed() {
    show(visitBox, knowsVisit());
    if (!tried) return;
    clearTimeout(timer);
    timer = setTimeout(ask, IDLE_MS);
  }
  function given() {
    const somebody = lead ? { lead } : { phone: phone.value, zip: zip.value, language: language.value, transactional: transactional.value, marketing: marketing.value };
    return { ...somebody, at: at.value.moment, ...(knowsVisit() ? { visit: visit.value.moment } : {}) };
  }
  async function ask() {
    clearTimeout(timer);
    if (!at.check() || (knowsVisit() && !visit.check())) return;
    const mine = (turn += 1);
    const outcome = await on.act("dry_run", { key: on.key(), body: on.body(), fields: given(), events: events.lines(at.value.moment) });
    if (mine !== turn) return;
    tried = true;
    const wrong = outcome.fields || {};
    phone.error(wrong.phone || "");
    const words = outcome.state === "done" || wrong.phone ? "" : outcome.words;
    show(problem, !!words);
    put(problem, words && [icon("alert", 15), h("span", {}, words)]);
    outcomes.draw(outcome.state === "done" ? outcome.value : null);
    say(run, "Try again");
  }

  return {
    node,
    changed,
    /** Another sequence is opened: its answer is not the one that stands here. */
    begin() {
      turn += 1;
      tried = false;
      clearTimeout(timer);
      at.write(now());
      visit.write(now() + AHEAD_MS);
      outcomes.draw(null);
      show(problem, false);
      say(run, "Try it");
      changed();
    },
    stop: () => clearTimeout(timer),
  };
}

// The visit where the overdue banner would stand: when, what, with whom, how far it is, and what its next step needs.
import { h, put, say, show } from "../parts/dom.js";
import { icon } from "../parts/icons.js";
import { date, now, span, wallIn, when } from "../parts/clock.js";

const HOUR = 3_600_000;
const HERE_AROUND = 12 * HOUR; // as core/booking/rules.py
const ASKED = 24 * HOUR; // from when on one that is not confirmed wants a hand
const SOON = 15 * 60_000;

const key = (sign) => h("span", { class: "key" }, sign);
const dollars = (cents) => (cents ? `$${Math.round(cents / 100).toLocaleString("en-US")}` : "free of charge");

/** The visit that the page is about: the one ahead, or the one they are at. Null for none with a time. */
export function visitOf(lead) {
  const newest = lead.visits[0];
  const here = newest?.state === "attended" && !newest.done && ["booked", "open"].includes(lead.state);
  const counts = newest && (newest.state === "booked" || here);
  return counts && newest.at ? newest : null;
}

/** Nobody waits so long: whoever came has gone. */
export const isOver = (visit, at) => at - (visit.ends || visit.at) > HERE_AROUND;

/** Five steps: [{code, words, about, state: done, due or ahead}]; one at most is due. Pure. */
export function stepsOf(visit, at) {
  const here = visit.state === "attended";
  const gone = here && isOver(visit, at);
  const wait = here && !gone && visit.arrived ? `waits ${span(at - visit.arrived)}` : "";
  const late = at - visit.at;
  const due = gone || (visit.inRoom && at >= (visit.ends || visit.at)) ? "done"
    : visit.inRoom ? "" : here ? "room" : late >= -SOON ? "arrived" : !visit.confirmed && -late <= ASKED ? "confirmed" : "";
  const step = (code, words, done, about) => ({ code, words, about, state: code === due ? "due" : done ? "done" : "ahead" });
  return [
    step("booked", "Booked", true, `${date(visit.booked)} ${visit.bookedBy}`.trim()),
    step("confirmed", "Confirmed", !!visit.confirmed, visit.confirmed ? when(visit.confirmed, at) : here ? "not asked any more" : due === "confirmed" ? "not yet: a call helps" : "asked before the visit"),
    step("arrived", "Arrived", here, here ? (visit.arrived ? when(visit.arrived, at) : "") : due === "arrived" ? (late > 60_000 ? `${span(late)} late` : "about now") : "HERE, or press H"),
    step("room", "In room", !!visit.inRoom || gone, visit.inRoom ? when(visit.inRoom, at) : wait),
    step("done", "Done", false, gone ? "check out: value, then aftercare" : "value, then aftercare"),
  ];
}

/** `on`: {act(action, fields), ask(which, about), works}. Gives {node, draw(lead), tick(at), enable(why), keys: {h, m}}. */
export function makeVisit(on) {
  const moment = h("b", { class: "visit-when" });
  const left = h("span", { class: "muted" });
  const what = h("b");
  const about = h("span", { class: "muted" });
  const tools = h("div", { class: "visit-tools" });
  const steps = h("ol", { class: "visit-steps" });
  const node = h("section", { class: "visit-card", "aria-label": "The visit", hidden: true },
    h("div", { class: "visit-top" }, h("div", { class: "visit-part" }, moment, left), h("div", { class: "visit-part grow" }, what, about), tools), steps);
  let visit = null;
  let reason = "";
  let shown = "";

  const button = (sign, words, press, { code = "", kind = "", label = null } = {}) =>
    h("button", { class: `b ${kind}`, type: "button", disabled: !!reason, title: reason || null, "aria-label": label, onclick: press }, sign && icon(sign, 16), h("span", {}, words), code && key(code));
  const act = (verb) => on.act(verb, { visit: visit.id });
  const arrive = () => act("arrive");
  const move = () => on.ask("move_visit", visit);
  const near = (at) => Math.abs(visit.at - at) <= HERE_AROUND;

  /** What may be done, as a word each: drawn anew only when these differ. */
  function offers(at) {
    if (visit.state === "attended" && isOver(visit, at)) return ["checkout", "unattend"];
    if (visit.state === "attended") return visit.inRoom ? ["checkout", "unroom"] : ["room", "checkout-early", "unarrive"];
    const began = visit.at <= at;
    return [near(at) ? "arrive" : "", began ? "took-place" : "", began ? "no-show" : "", "move", "cancel"].filter(Boolean);
  }
  const BUTTONS = {
    arrive: () => button("check", "Arrived", arrive, { code: "H", kind: visit.at - now() < SOON ? "primary" : "" }),
    room: () => button("forward", "In room", () => act("in_room"), { kind: "primary" }),
    checkout: () => button("check", "Checked out", () => on.ask("treated"), { kind: "primary" }),
    "checkout-early": () => button("check", "Checked out", () => on.ask("treated")),
    "took-place": () => button("", "Took place", () => on.ask("done")),
    "no-show": () => button("", "No-show", () => act("no_show")),
    move: () => button("calendar", "Move", move, { code: "M" }),
    cancel: () => button("", "Cancel visit", () => on.ask("cancel_visit", visit), { kind: "danger", label: "Cancel the visit" }),
    unattend: () => button("undo", "Not arrived", () => act("not_arrived"), { kind: "quiet" }),
    unarrive: () => button("undo", "Not here yet", () => act("not_arrived"), { kind: "quiet" }),
    unroom: () => button("undo", "Still waiting", () => act("not_in_room"), { kind: "quiet" }),
  };

  function tick(at) {
    if (!visit) return;
    const length = visit.ends ? `, ${span(visit.ends - visit.at)}, ends ${wallIn(visit.zone).time(visit.ends)}` : "";
    const far = visit.at > at ? `in ${span(visit.at - at)}` : `began ${span(at - visit.at)} ago`;
    say(left, `${far}${length}`);
    const list = stepsOf(visit, at);
    const doing = on.works ? offers(at) : [];
    const text = JSON.stringify([list, doing, visit.id]);
    if (text === shown) return;
    shown = text;
    put(steps, list.map((one) => h("li", { class: one.state, "aria-current": one.state === "due" ? "step" : null }, h("span", { class: "step-sign" }, one.state === "done" ? icon("check", 14) : one.state === "due" ? icon("clock", 14) : ""),
      h("span", { class: "step-words" }, h("b", {}, one.words), h("span", {}, one.about)))));
    put(tools, doing.map((code) => BUTTONS[code]()));
  }
  return {
    node,
    draw(lead) {
      visit = visitOf(lead);
      show(node, !!visit);
      if (!visit) return;
      const wall = wallIn(visit.zone);
      say(moment, `${wall.sameDay(visit.at, now()) ? "Today" : `${wall.weekday(visit.at)}, ${wall.date(visit.at)}`}, ${wall.time(visit.at)}`);
      say(what, [visit.what || "Visit", visit.service && visit.kind && visit.kind.toLowerCase() !== visit.what.toLowerCase() && visit.kind !== "Treatment" ? visit.kind.toLowerCase() : ""].filter(Boolean).join(", "));
      const worth = visit.service ? dollars(visit.price) : visit.value ? dollars(visit.value) : "";
      say(about, [[visit.provider || "nobody named", ...visit.rooms, visit.place].join(", "), worth, visit.code && `reference ${visit.code}`].filter(Boolean).join(" \u00b7 "));
      shown = "";
      tick(now());
    },
    tick,
    enable(why) {
      reason = why;
      for (const one of tools.querySelectorAll("button")) {
        one.disabled = !!why;
        one.title = why;
      }
    },
    /** What H and M do now; undefined where they mean something else. */
    arrive: () => (visit && visit.state === "booked" && near(now()) ? arrive : undefined),
    move: () => (visit && visit.state === "booked" ? move : undefined),
  };
}

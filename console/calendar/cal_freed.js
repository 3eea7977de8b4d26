// A time that came free: who is asked in which order, who was passed over and why, and what staff do about it.
import { pageLink } from "../parts/address.js";
import { h, say } from "../parts/dom.js";
import { makeForm } from "../parts/fields.js";
import { icon } from "../parts/icons.js";
import { date, time, when } from "./cal_wall.js";
import { countdown, freedState } from "./cal_model.js";

const ENDED = { passed: "let it pass", expired: "did not answer", withdrawn: "taken back", taken: "has it" };
const first = (one) => one.name.split(" ")[0];
export const leadLink = (one) => pageLink(`/lead?lead=${encodeURIComponent(one.lead)}`, {}, one.name);

/** `on`: {send(action, message) resolves to its outcome, redraw(), whoIs(shown, staff)}. Gives {draw(row, shown), tick(at), key, shut()}. */
export function makeFreed(data, on) {
  let question = ""; // an entry's id, or "stop"
  let left = []; // [[until, node]]

  function draw(row, shown) {
    left = [];
    const asked = shown.rows.asked.filter((one) => one.slot === row.id);
    const standing = asked.find((one) => one.state === "offered");
    const by = row.by ? `${row.by} gave it up, ${when(row.freed, shown.at)}` : `Free since ${when(row.freed, shown.at)}`;
    return [
      h("div", { class: "panel-head" }, h("h2", {}, `Freed: ${time(row.start)}${row.staff ? ` with ${first({ name: on.whoIs(shown, row.staff) })}` : ""}`)),
      h("p", { class: "muted" }, `${by}. ${row.what}`),
      row.state !== "open" && h("p", { class: "note" }, icon("info", 16), h("span", {}, `${row.why || "Offered to nobody"}: no more texts about it.`)),
      asked.length ? h("ol", { class: "freed-list" }, asked.map((one) => person(one, row, standing, shown))) : h("p", { class: "muted" }, "Nobody on the waitlist waits for such a time."),
      shown.works && row.state === "open" && (question === "stop" ? stop(row, standing) : h("div", { class: "deeds" }, press("Stop offers", shown, () => ask("stop")))),
      !shown.works && h("p", { class: "muted small" }, data.closed)];
  }
  const press = (words, shown, onclick, label = null) => h("button", { type: "button", class: "b", disabled: !!shown.why, title: shown.why || null, "aria-label": label, onclick }, words);
  function ask(what) {
    question = what;
    on.redraw();
  }

  function person(one, row, standing, shown) {
    const why = one.why && `${one.why}${one.by && one.state === "next" ? `, says ${one.by}` : one.by ? ` (${one.by})` : ""}`;
    const under = `${why || `since ${date(one.since)}, ${one.wants}`}${one.callOnly ? "; calls only" : ""}`;
    return h("li", { class: `freed-one ${one.state}` }, h("span", { class: "muted turn" }, one.place ? String(one.place) : icon("close", 14)),
      h("span", { class: "freed-who" }, leadLink(one), h("span", { class: "under" }, under)),
      h("span", { class: "freed-state" }, stands(one), shown.works && deeds(one, row, standing, shown)),
      question === one.entry && jump(one, row, standing));
  }
  function stands(one) {
    if (one.state === "offered") {
      const words = h("span", { class: "words-machine" });
      left.push([one.until, words]);
      return h("span", { class: "state words-machine" }, icon(one.by ? "phone" : "robot", 14), words);
    }
    if (one.state === "next" || one.state === "in_turn") return one.until ? h("span", { class: "muted" }, `next, ${time(one.until)}`) : one.state === "next" && h("span", { class: "muted" }, "next");
    return h("span", { class: "muted" }, one.state === "skipped" ? "passed over" : ENDED[one.state] || one.state);
  }
  function deeds(one, row, standing, shown) {
    if (one.state === "offered") return [one.dial && h("a", { class: "b", href: `tel:${one.dial}`, "aria-label": `Call ${one.name}` }, "Call"),
      press("Takes it", shown, () => on.send("answer_offer", { offer: one.offer, takes: true }), `${one.name} takes it`), press("Does not", shown, () => on.send("answer_offer", { offer: one.offer, takes: false }), `${one.name} does not take it`)];
    if (one.state !== "in_turn" && one.state !== "skipped") return null;
    if (one.callOnly) return !standing && press("Call", shown, () => on.send("call_instead", { slot: row.id, entry: one.entry }), `Keep the time and call ${one.name}`);
    return question !== one.entry && press("Offer", shown, () => ask(one.entry), `Offer it to ${one.name} before their turn`);
  }

  function form(verb, words, fields, send) {
    const made = makeForm({ verb, fields, cancel: () => ask(""), send: async (values) => {
      const outcome = await send(values);
      if (outcome.state === "done") ask("");
      return outcome;
    } });
    setTimeout(() => made.node.isConnected && Object.values(made.fields)[0].focus());
    return h("div", { class: "asked-here" }, words && h("p", { class: "muted small" }, words), made.node);
  }
  const reason = (options, hint) => ({ kind: "select", name: "reason", label: "Why", options: [["", "Choose a reason"], ...options], required: hint });
  function jump(one, row, standing) {
    const words = standing ? `${first(standing)} was told that it is theirs until ${time(standing.until)}. ${first(one)} is asked after that.` : `${first(one)} gets the text now, before their turn.`;
    return form(standing ? `Ask ${first(one)} next` : `Ask ${first(one)} now`, words, [reason(data.jumped, "Choose a reason: colleagues see who was asked before their turn, and why.")],
      (values) => on.send("offer_now", { slot: row.id, entry: one.entry, ...values }));
  }
  function stop(row, standing) {
    const back = { kind: "checkbox", name: "withdraw", label: `Take it back from ${standing && first(standing)} too: an answer is told that it is gone` };
    return form("Stop offers", "", [reason(data.stopped, "Choose a reason: colleagues see why nobody is asked any more."), ...(standing ? [back] : [])], (values) => on.send("stop_offers", { slot: row.id, ...values }));
  }

  return {
    draw,
    tick(at) {
      for (const [until, words] of left) say(words, `${countdown(until - at)} left`);
    },
    get key() {
      return question;
    },
    shut() {
      question = "";
    },
  };
}

/** Times that came free, as lines that open them. `select(id)`. */
export function freedLines(shown, freed, select, whoIs) {
  return h("div", { class: "hands" }, freed.map((one) => h("button", { type: "button", class: "hand", onclick: () => select(one.id) }, h("b", {}, time(one.start)),
    h("span", {}, h("b", {}, [one.what, whoIs(shown, one.staff)].filter(Boolean).join(", ")), h("span", { class: "state words-machine" }, icon("robot", 14), freedState(shown.rows, one).words)))));
}

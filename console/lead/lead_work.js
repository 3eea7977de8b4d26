// Beside the conversation: the visits of a lead and its calls, each with what can still be done about it.
import { h, put, show } from "../parts/dom.js";
import { date, now, sameDay, time, when } from "../parts/clock.js";
import { makeMenu } from "../parts/menu.js";
import { makeRows } from "../parts/rows.js";

const dollars = (cents) => `$${Math.round(cents / 100).toLocaleString("en-US")}`;

/** 'Dec 1, 2:00 PM': a visit stays in sight long after its weekday says nothing any more. */
const moment = (at) => (sameDay(at, now()) ? `Today ${time(at)}` : `${date(at)}, ${time(at)}`);

function panel(title, list) {
  return h("section", { class: "panel" }, h("div", { class: "panel-head" }, h("h3", {}, title)), list);
}

/** `on`: {act(action, fields), ask(which, about), works}; `outcomes`: [[code, words]]. Gives {visits, calls, draw(lead), tick(at), enable(why)}. */
export function makeWork(outcomes, on) {
  const visitList = h("div", { class: "laters" });
  const callList = h("div", { class: "laters" });
  const visits = panel("Visits", visitList);
  const calls = panel("Calls", callList);
  const visitRows = makeRows(visitList, visit);
  const callRows = makeRows(callList, call);
  let why = "";

  const button = (words, press, label) => h("button", { class: "b quiet", type: "button", "aria-label": label, disabled: !!why, title: why || null, onclick: press }, words);

  /** What can be done about a visit, in the order of how often it is. */
  function doing(row) {
    if (row.state === "cancelled" || row.state === "no_show") return [button("Put back", () => on.act("put_back_visit", { visit: row.id }), "Put the visit back")];
    if (row.treated) return [button("Not treated", () => on.act("unstage", { stage: "treated" }))];
    if (row.state === "attended") return [button("Treated", () => on.ask("treated")), button("Not attended", () => on.act("unstage", { stage: "attended" }))];
    if (row.state !== "booked") return [];
    const came = row.at && row.at > now() ? [] : [button("Attended", () => on.act("stage", { stage: "attended" })), button("No-show", () => on.act("no_show", { visit: row.id }))];
    return [...came, button(row.at ? "Move" : "Set the time", () => on.ask("move_visit", row)), button("Cancel", () => on.ask("cancel_visit", row), "Cancel the visit")];
  }
  function visit(row) {
    const about = [row.kind, row.place, row.provider, row.value ? dollars(row.value) : "", row.reason, row.endedBy && row.state !== "booked" ? `marked by ${row.endedBy.split(" ")[0]}` : ""];
    const tools = h("span", { class: "visit-do" });
    const node = h("div", { class: "visit" },
      h("span", {}, h("b", {}, row.at ? moment(row.at) : "No time yet"), ` ${row.treated ? "Treated" : row.stateName}`),
      h("span", { class: "muted small" }, about.filter(Boolean).join(", ")), tools);
    // Its hour decides whether it can be attended: the buttons come by themselves.
    let past = null;
    node.tick = (at) => {
      const is = !row.at || row.at <= at;
      if (is === past || !on.works) return;
      past = is;
      put(tools, doing(row));
    };
    node.tick(now());
    return node;
  }

  function call(row) {
    const menu = makeMenu({ label: `Correct the call of ${when(row.at)}`, words: "Correct", sign: "note",
      items: () => outcomes.filter(([code]) => code !== row.outcome).map(([code, words]) => ({ code, words })),
      pick: (code) => (code === "wrong_number" ? on.ask("wrong_call", row) : on.act("correct_call", { call: row.id, outcome: code })) });
    const by = [row.by && row.by.split(" ")[0], row.correctedBy && `corrected by ${row.correctedBy.split(" ")[0]}`].filter(Boolean).join(", ");
    const node = h("div", { class: "later call-line" }, h("span", { class: "at" }, when(row.at)), h("span", {}, row.words, h("span", { class: "muted small block" }, by)), on.works && menu.node);
    menu.button.disabled = !!why;
    node.tick = (at) => show(menu.node, at < row.until);
    node.tick(now());
    return node;
  }

  return {
    visits,
    calls,
    draw(lead) {
      visitRows.draw(lead.visits.map((one) => ({ ...one, treated: one.state === "attended" && !!lead.stages.treated })));
      callRows.draw(lead.calls);
      show(visits, lead.visits.length > 0);
      show(calls, lead.calls.length > 0);
    },
    tick(at) {
      visitRows.tick(at);
      callRows.tick(at);
    },
    enable(reason) {
      why = reason;
      for (const one of [...visitList.querySelectorAll("button"), ...callList.querySelectorAll(".menu-button")]) {
        one.disabled = !!reason;
        one.title = reason;
      }
    },
  };
}

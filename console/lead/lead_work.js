// Below and beside the conversation: the visits of a lead and its calls, each with what can still be done about it.
import { h, put, show } from "../parts/dom.js";
import { now, wallIn, when } from "../parts/clock.js";
import { icon } from "../parts/icons.js";
import { makeMenu } from "../parts/menu.js";
import { makeRows } from "../parts/rows.js";
import { isOver, visitOf } from "./lead_visit.js";

const dollars = (cents) => `$${Math.round(cents / 100).toLocaleString("en-US")}`;

/** 'Dec 1, 2:00 PM': a visit stays in sight long after its weekday says nothing any more. */
const moment = (at, wall) => (wall.sameDay(at, now()) ? `Today ${wall.time(at)}` : `${wall.date(at)}, ${wall.time(at)}`);

function panel(title, list) {
  return h("section", { class: "panel" }, h("div", { class: "panel-head" }, h("h3", {}, title)), list);
}

/** `on`: {act(action, fields), ask(which, about), works}; `outcomes`: [[code, words]]. Gives {visits, calls, draw(lead), tick(at), enable(why)}. */
export function makeWork(outcomes, on) {
  const visitList = h("tbody", {});
  const callList = h("div", { class: "laters" });
  const visits = h("section", { class: "visits" }, h("h2", {}, "Visits"), h("table", { class: "visit-table" },
    h("thead", {}, h("tr", {}, ["When", "What", "With", "State", "Value"].map((words) => h("th", { scope: "col" }, words)))), visitList));
  const calls = panel("Calls", callList);
  const visitRows = makeRows(visitList, visit);
  const callRows = makeRows(callList, call);
  let why = "";

  const button = (words, press, label) => h("button", { class: "b quiet", type: "button", "aria-label": label, disabled: !!why, title: why || null, onclick: press }, words);

  /** What can be done about a visit, in the order of how often it is. What the card above offers is not offered twice. */
  function doing(row) {
    if (row.state === "cancelled" || row.state === "no_show") return [button("Put back", () => on.act("put_back_visit", { visit: row.id }), "Put the visit back")];
    if (row.done) return row.newest ? [button("Not checked out", () => on.act("unstage", { stage: "treated" }))] : [];
    if (row.carded) return [];
    if (row.state === "attended") return [button("Checked out", () => on.ask("treated")), button("Not arrived", () => on.act("not_arrived", { visit: row.id }))];
    if (row.state !== "booked") return [];
    return [button("Arrived", () => on.act("arrive", { visit: row.id })), button("No-show", () => on.act("no_show", { visit: row.id })), button("Set the time", () => on.ask("move_visit", row)), button("Cancel", () => on.ask("cancel_visit", row), "Cancel the visit")];
  }
  function stateOf(row) {
    if (row.done) return ["Checked out", "check"];
    if (row.state === "attended") return !row.carded || isOver(row, now()) ? ["Came", "check"] : [row.inRoom ? "In the room" : "Arrived", "clock"];
    if (row.state === "booked" && row.confirmed) return ["Confirmed", "check"];
    return [row.stateName, { no_show: "alert", cancelled: "close" }[row.state] || "calendar"];
  }
  function visit(row) {
    const [words, sign] = stateOf(row);
    const why = [row.reason, row.endedBy && row.state !== "booked" ? `marked by ${row.endedBy.split(" ")[0]}` : ""].filter(Boolean).join(", ");
    const worth = row.value || row.price;
    const cell = (label, ...content) => h("td", { "data-label": label }, content);
    return h("tr", { class: `visit ${row.state}` },
      cell("When", h("b", {}, row.at ? moment(row.at, wallIn(row.zone)) : "No time yet")),
      cell("What", [row.what || row.kind || "Visit", row.place].filter(Boolean).join(", ")),
      cell("With", row.provider || h("span", { class: "muted" }, "nobody named")),
      cell("State", h("span", { class: `visit-state ${row.state}` }, icon(sign, 15), words), why && h("span", { class: "muted small block" }, why), on.works && h("span", { class: "visit-do" }, doing(row))),
      cell("Value", worth ? dollars(worth) : h("span", { class: "muted" }, row.state === "booked" ? "none yet" : "none")));
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
      const newest = lead.visits.find((one) => one.state === "attended");
      visitRows.draw(lead.visits.map((one) => ({ ...one, newest: one === newest, carded: visitOf(lead)?.id === one.id })));
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

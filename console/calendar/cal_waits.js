// Who waits for a sooner time, in their order, and which freed time of the week each could be offered.
import { h } from "../parts/dom.js";
import { date, when } from "./cal_wall.js";
import { leadLink } from "./cal_freed.js";

const MOST = 7;

/** `freed`: the times of this week that can still be offered. `select(row)` opens one. */
export function waitingFor(shown, freed, select) {
  const count = shown.rows.waiting[0]?.count || 0;
  const people = shown.rows.waits.map((one) => [one, timeFor(one, shown, freed)]).sort(([, a], [, b]) => !!b - !!a);
  return h("section", {}, h("div", { class: "hands-head" }, h("h2", {}, "Waiting for a sooner time"), h("span", { class: "muted small" }, count === 1 ? "1 person" : `${count} people`)),
    people.length ? people.slice(0, MOST).map(([one, found]) => line(one, found, shown, select)) : h("p", { class: "muted" }, "Nobody waits. Patients join by the link in a text, or on their booking page."),
    count > MOST && rest(people.slice(MOST), count, shown, select));
}

/** Where somebody is asked or could be: {row, state}; undefined where no freed time is for them. */
function timeFor(one, shown, freed) {
  const asked = shown.rows.asked.filter((person) => person.entry === one.entry && (["offered", "next"].includes(person.state) || (person.state === "in_turn" && !person.why)));
  const found = asked.map((person) => ({ row: freed.find((row) => row.id === person.slot), state: person.state })).filter((pair) => pair.row);
  return found.find((pair) => pair.state === "offered") || found[0];
}

function line(one, found, shown, select) {
  const wants = [one.what, one.wants, one.moves && `has ${when(one.moves, shown.at)}`, one.callOnly && "calls only"].filter(Boolean).join(", ");
  const at = found && when(found.row.start, shown.at);
  return h("div", { class: "week-hand waits" }, h("span", {}, leadLink(one), h("span", { class: "under" }, `${wants}; since ${date(one.since)}`)),
    h("span", { class: found ? "" : "muted" }, !found ? "nothing yet" : found.state === "offered" ? `offered ${at}` : `${at} fits`),
    found && h("span", { class: "hand-do" }, h("button", { type: "button", class: "b", onclick: () => select(found.row) }, found.state === "offered" || one.callOnly || !shown.works ? "Open" : "Offer")));
}

/** Everybody further down the list, behind one press; beyond what is sent there is only their number. */
function rest(people, count, shown, select) {
  const more = h("details", {}, h("summary", { class: "muted small" }, `${count - MOST} more`), people.map(([one, found]) => line(one, found, shown, select)));
  return h("div", {}, more, count > MOST + people.length && h("p", { class: "muted small" }, `The first ${MOST + people.length} are shown.`));
}

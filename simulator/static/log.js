// The list of requests and callbacks, newest on top, bounded.

import { byId, make } from "./dom.js";
import { preciseTimeOf } from "./format.js";

const MOST_LINES = 60;

export function paintLines(lines, anew) {
  const body = byId("lines");
  if (anew) body.replaceChildren();
  body.prepend(...lines.map(rowOf).reverse());
  while (body.children.length > MOST_LINES) body.lastChild.remove();
  const empty = body.children.length === 0;
  byId("no-lines").hidden = !empty;
  body.parentElement.hidden = empty;
}

function rowOf(line) {
  const bad = line.answer === null || line.answer >= 400;
  const [method, ...rest] = line.what.split(" ");
  const asked = line.way === "in";
  const whom = line.phone ? ` ${asked ? "for" : "of"} ...${line.phone.slice(-4)}` : "";
  return make("tr", { class: bad ? "bad" : "" },
    make("td", { class: "time" }, preciseTimeOf(new Date(line.at))),
    make("td", { class: "way" }, asked ? method : "to clinic"),
    make("td", { class: "what" }, (asked ? rest.join(" ") : line.what.replace(" to clinic", "")) + whom),
    make("td", { class: "answer" }, line.answer === null ? "none" : String(line.answer)),
    make("td", { class: "code id" }, line.sid.slice(0, 6)),
    make("td", { class: "state", title: line.state }, line.state));
}

// The day as a list by time: what a phone shows, and whoever reads better in lines.
import { h, put } from "../parts/dom.js";
import { icon } from "../parts/icons.js";
import { time } from "./cal_wall.js";
import { HOLDS, countdown, fits, freedAhead, freedState, freedUnder, live } from "./cal_model.js";

/** `on`: {select(id)}. Gives {node, draw(shown), tick(at)}. */
export function makeList(on) {
  const node = h("div", { class: "cal-list", role: "group", "aria-label": "Visits by time" });
  let counting = [];

  function line(row, shown, { words, symbol, tone, code }) {
    const who = shown.rows.provider.find((one) => one.staff === row.staff);
    const room = shown.rows.place.find((one) => one.id === `room:${row.room}`);
    const where = [who?.name, room?.name].filter(Boolean).join(", ");
    const state = h("span", { class: `state words-${tone}` }, symbol && icon(symbol, 15), h("span", {}, words));
    return h("div", {}, h("button", { type: "button", class: ["cal-line", `tone-${tone}`, shown.selected === row.id && "selected"].filter(Boolean).join(" "), "data-id": row.id, "data-state": code, onclick: () => on.select(row.id) },
      h("span", { class: "line-time" }, h("b", {}, time(row.start)), h("span", { class: "muted" }, row.guessed ? "no end noted" : `to ${time(row.end)}`)),
      h("span", { class: "line-who" }, h("b", {}, row.name || HOLDS[row.of]), h("span", { class: "muted" }, [row.what, where].filter(Boolean).join(", "))), state));
  }
  function draw(shown) {
    counting = [];
    const visits = shown.rows.visit.filter((row) => fits(shown.states.get(row.id), shown.filter)).map((row) => {
      const state = shown.states.get(row.id);
      return [row, line(row, shown, { words: state.words || "Booked", symbol: state.icon, tone: state.tone, code: state.code })];
    });
    const holds = shown.filter ? [] : live(shown.rows.hold, shown.at).map((row) => {
      const made = line(row, shown, { words: "", symbol: row.of === "offer" ? "robot" : "clock", tone: row.of === "offer" ? "machine" : "held", code: row.of });
      counting.push([row, made.querySelector(".state > :last-child")]);
      return [row, made];
    });
    const blocks = shown.filter ? [] : shown.rows.block.map((row) => {
      const one = { ...row, name: row.note, what: "Blocked", staff: row.resource.replace(/^staff:/, ""), room: "" };
      return [row, line(one, shown, { words: "", symbol: "blocked", tone: "grey", code: "block" })];
    });
    const offered = new Set(live(shown.rows.hold, shown.at).map((hold) => freedUnder(shown.rows, hold)));
    const freed = shown.filter ? [] : freedAhead(shown.rows, shown.at).filter((row) => !offered.has(row)).map((row) => [row, line({ ...row, name: "Freed" }, shown, { words: freedState(shown.rows, row).words, symbol: "robot", tone: "machine", code: "freed" })]);
    const all = [...visits, ...holds, ...blocks, ...freed].sort(([a], [b]) => a.start - b.start);
    const next = all.findIndex(([row]) => row.start > shown.at);
    const lines = all.map(([, made]) => made);
    if (shown.today && next > 0) lines.splice(next, 0, h("div", { class: "list-now", role: "separator" }, h("span", { class: "now-words" }, time(shown.at))));
    put(node, lines.length ? lines : h("p", { class: "muted empty" }, shown.filter ? "No visit of this day is so." : "Nothing is booked on this day."));
    tick(shown.at);
  }
  function tick(at) {
    for (const [row, words] of counting) words.textContent = `${row.of === "offer" ? "Offered" : row.of === "ask" ? "Asked" : "Held"}, ${countdown(row.expires - at)} left`;
  }
  return { node, draw, tick, focus: (id) => node.querySelector(`[data-id="${id}"]`)?.focus() };
}

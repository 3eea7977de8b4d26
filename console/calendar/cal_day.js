// The day: providers as columns, rooms and devices as narrow ones beside them. What is dragged is not moved by it.
import { h, put, say, show } from "../parts/dom.js";
import { icon } from "../parts/icons.js";
import { time, zoneHere } from "./cal_wall.js";
import { HOLDS, MINUTE, busyOf, countdown, fits, freedAhead, freedState, freedUnder, gaps, hourWords, hoursShown, lanes, lasts, live, resourcesOf, shiftWords, short } from "./cal_model.js";

const HOUR_PX = 80;
const SNAP = 5 * MINUTE;
const SLOP = 4; // pixels: a hand that trembles selects, it does not drag

/** `on`: {select(id), drop(id, at, staff), book(at, staff)}. Gives {node, draw(shown), tick(at)}. */
export function makeDay(data, on) {
  const head = h("div", { class: "cal-head" });
  const body = h("div", { class: "cal-body" });
  const node = h("div", { class: "cal-day", role: "group", "aria-label": "The day by provider and room" }, head, body);
  const line = h("div", { class: "now-line", hidden: true, "aria-hidden": "true" }, h("span", { class: "now-words" }));
  let columns = []; // [{staff, node}]
  let from = 0;
  let until = 0;
  let rings = []; // [[row, node that counts down]]

  const top = (moment) => ((moment - from) / (60 * MINUTE)) * HOUR_PX;
  const place = (start, end, more = "") => `top:${top(start).toFixed(1)}px;height:${Math.max(16, top(end) - top(start)).toFixed(1)}px;${more}`;
  const clipped = ([start, end]) => [Math.max(start, from), Math.min(end, until)];

  function header(shown) {
    const people = shown.rows.provider.map((one) => h("div", { class: "cal-who", title: `${one.name}, ${one.title}` },
      h("span", { class: "initials", "aria-hidden": "true" }, one.initials),
      h("span", {}, h("b", {}, one.name), h("span", { class: "under" }, one.known ? shiftWords(one.shifts) : "not here now"))));
    const rooms = shown.rows.place.map((one) => h("div", { class: "cal-room", title: one.name }, one.name));
    put(head, h("div", { class: "cal-gutter" }), people, rooms);
    const grid = `52px repeat(${people.length || 1}, minmax(104px, 1fr)) repeat(${rooms.length}, 42px)`;
    head.style.gridTemplateColumns = grid;
    body.style.gridTemplateColumns = grid;
    node.style.setProperty("--cal-least", `${52 + Math.max(1, people.length) * 104 + rooms.length * 42}px`);
  }

  function draw(shown) {
    [from, until] = hoursShown(shown.rows);
    header(shown);
    rings = [];
    const busy = busyOf(shown.rows, shown.at);
    columns = shown.rows.provider.map((one) => ({ staff: one.staff, node: provider(one, shown, busy.get(one.id) || []) }));
    const rooms = shown.rows.place.map((one) => room(one, shown));
    put(body, gutter(), columns.map((one) => one.node), rooms, line);
    body.style.height = `${top(until)}px`;
    body.style.setProperty("--hour", `${HOUR_PX}px`);
    tick(shown.at);
  }

  function gutter() {
    const hours = [];
    for (let at = from; at < until; at += 60 * MINUTE) hours.push(h("span", { class: "hour-words", style: `top:${top(at)}px` }, hourWords(at, zoneHere())));
    return h("div", { class: "cal-gutter" }, hours);
  }

  function provider(one, shown, busy) {
    const mine = (row) => row.staff === one.staff;
    const visits = shown.rows.visit.filter(mine);
    const lane = lanes(visits);
    const shifts = one.shifts.map(clipped).filter(([start, end]) => end > start);
    const breaks = shifts.slice(1).map(([start], at) => [shifts[at][1], start]);
    const free = shown.works && one.known ? gaps(shifts, busy, shown.at) : [];
    return h("div", { class: one.known ? "cal-column" : "cal-column unknown", onclick: (event) => pressed(event, one) },
      shifts.map(([start, end]) => h("div", { class: "on-shift", style: place(start, end) })),
      breaks.map(([start, end]) => h("div", { class: "box blocked", style: place(start, end) }, h("span", {}, "Break"))),
      free.map((gap) => h("div", { class: "gap", style: place(...gap) }, h("span", {}, `${lasts(gap[1] - gap[0])} free`))),
      shown.rows.block.filter((row) => row.resource === one.id).map((row) => blocked(row, shown)),
      live(shown.rows.hold, shown.at).filter(mine).map((row) => held(row, shown)),
      freedAhead(shown.rows, shown.at).filter(mine).map((row) => freed(row, shown)),
      visits.flatMap((row) => [cleanUp(row), card(row, shown, lane.get(row.id))]),
      shown.moving && shown.moving.staff === one.staff && lifted(shown));
  }

  /** An empty place of somebody's column: book there. */
  function pressed(event, one) {
    if (!one.known || event.target.closest(".card, .box")) return;
    const y = event.clientY - event.currentTarget.getBoundingClientRect().top;
    on.book(snapped(y), one.staff);
  }
  const snapped = (y) => Math.round((from + (y / HOUR_PX) * 60 * MINUTE) / SNAP) * SNAP;

  const cleanUp = (row) => row.kept && row.state !== "no_show" && [
    row.kept[1] > row.end && h("div", { class: "clean-up", style: place(row.end, row.kept[1]) }),
    row.kept[0] < row.start && h("div", { class: "clean-up", style: place(row.kept[0], row.start) })];

  function card(row, shown, [lane, wide]) {
    const state = shown.states.get(row.id);
    const moving = shown.moving?.id === row.id;
    const high = top(row.end) - top(row.start);
    const size = high >= 54 ? "three" : high >= 34 ? "two" : "one";
    const dim = !fits(state, shown.filter);
    const words = [row.name, row.what, `${time(row.start)} to ${time(row.end)}`, state.words, row.guessed && "length not known, drawn with 30 minutes"].filter(Boolean).join(", ");
    const node_ = h("button", { type: "button", class: ["card", size, `tone-${state.tone}`, dim && "dim", moving && "ghost", shown.selected === row.id && "selected", row.guessed && "guessed"].filter(Boolean).join(" "),
      "data-id": row.id, "data-state": state.code, tabindex: shown.selected === row.id ? "0" : "-1", "aria-label": words, "aria-pressed": String(shown.selected === row.id), title: words,
      style: place(row.start, row.end, wide > 1 ? `left:calc(${(100 / wide) * lane}% + 4px);width:calc(${100 / wide}% - 8px)` : ""), onclick: () => on.select(row.id) },
      moving ? [h("b", {}, row.name), h("span", { class: "what" }, `was ${time(row.start)}, still theirs`)]
        : [h("b", {}, row.name), h("span", { class: "what" }, row.guessed ? `${row.what}, no end noted` : row.what), state.words && h("span", { class: "state" }, state.icon && icon(state.icon, 14), state.words)]);
    if (shown.mayMove(row)) node_.addEventListener("pointerdown", (event) => drag(event, row, shown));
    return node_;
  }

  const timed = (row, lasting) => {
    const left = h("span", {});
    rings.push([row, left]);
    return [lasting, left];
  };
  function held(row, shown) {
    const offer = row.of === "offer";
    const [, left] = timed(row);
    return h("button", { type: "button", class: ["box", offer ? "offered" : row.of === "ask" ? "asked" : "held", shown.selected === row.id && "selected"].filter(Boolean).join(" "), "data-id": row.id, tabindex: "-1", style: place(row.start, row.end), onclick: () => on.select(row.id) },
      h("b", {}, offer || row.of === "ask" ? row.name || HOLDS[row.of] : HOLDS[row.of] || "Held"), offer && h("span", { class: "what" }, row.what),
      h("span", { class: "state" }, offer ? icon("robot", 14) : h("span", { class: "ring-holder" }), offer && "Offered", row.of === "ask" && "Asked", left));
  }
  /** A time that came free, while no offer holds it. */
  function freed(row, shown) {
    if (shown.rows.hold.some((hold) => hold.expires > shown.at && freedUnder(shown.rows, hold) === row)) return null;
    return h("button", { type: "button", class: shown.selected === row.id ? "box freed selected" : "box freed", "data-id": row.id, style: place(row.start, row.end), onclick: () => on.select(row.id) },
      h("b", {}, "Freed"), h("span", { class: "what" }, row.what), h("span", { class: "state" }, freedState(shown.rows, row).words));
  }
  const blocked = (row, shown) => h("button", { type: "button", class: shown.selected === row.id ? "box blocked selected" : "box blocked", "data-id": row.id, tabindex: "-1", style: place(...clipped([row.start, row.end])), onclick: () => on.select(row.id), title: row.note }, h("span", {}, row.note));

  function room(one, shown) {
    const here = (row) => resourcesOf(row).includes(one.id);
    const who = new Map(shown.rows.provider.map((person) => [person.staff, person.initials]));
    const mark = (row, tone, more = "") => h("div", { class: `room-box tone-${tone} ${more}`, style: place(row.start, row.end), title: `${row.name || HOLDS[row.of]}, ${row.what}`, onclick: () => on.select(row.id) }, who.get(row.staff) || "?");
    return h("div", { class: "cal-column narrow" },
      shown.rows.block.filter((row) => row.resource === one.id).map((row) => blocked(row, shown)),
      live(shown.rows.hold, shown.at).filter(here).map((row) => mark(row, row.of === "offer" ? "machine" : "held")),
      shown.rows.visit.filter(here).flatMap((row) => [cleanUp(row), mark(row, shown.moving?.id === row.id ? "ghost" : shown.states.get(row.id).tone, row.state === "no_show" ? "gone" : "")]));
  }

  /** The visit where it would go. It can be dragged on. */
  function lifted(shown) {
    const { moving } = shown;
    const row = shown.rows.visit.find((one) => one.id === moving.id);
    const node_ = h("div", { class: "card lifted", style: place(moving.at, moving.at + moving.ms), "data-lifted": moving.id }, h("b", {}, moving.name), h("span", { class: "what" }, moving.what), h("span", { class: "state" }, icon("grip", 14), `${short(moving.at)} to ${time(moving.at + moving.ms)}`));
    node_.addEventListener("pointerdown", (event) => drag(event, { ...row, id: moving.id, start: moving.at, end: moving.at + moving.ms, staff: moving.staff, name: moving.name, what: moving.what }, shown));
    return node_;
  }

  function drag(event, row, shown) {
    if (event.button !== 0 || event.pointerType === "touch") return;
    const start = { x: event.clientX, y: event.clientY };
    const grip = event.clientY - event.currentTarget.getBoundingClientRect().top;
    const ms = row.end - row.start;
    const float = h("div", { class: "card lifted floating" }, h("b", {}, row.name), h("span", { class: "what" }, row.what), h("span", { class: "state" }, icon("grip", 14), h("span", {})));
    let to = null;

    function moved(next) {
      if (!float.isConnected && Math.hypot(next.clientX - start.x, next.clientY - start.y) < SLOP) return;
      next.preventDefault();
      const column = columns.filter((one) => one.staff).find((one) => { const box = one.node.getBoundingClientRect(); return next.clientX >= box.left && next.clientX < box.right; });
      if (!column) return;
      const at = Math.min(Math.max(snapped(next.clientY - grip - column.node.getBoundingClientRect().top), from), until - ms);
      to = { at, staff: column.staff };
      if (float.parentElement !== column.node) column.node.append(float);
      float.style.cssText = place(at, at + ms);
      say(float.lastChild.lastChild, `${short(at)} to ${time(at + ms)}`);
    }
    function end(drop) {
      window.removeEventListener("pointermove", moved);
      window.removeEventListener("pointerup", dropped);
      window.removeEventListener("keydown", left, true);
      float.remove();
      if (!to) return;
      // The click that follows the drop is no selection.
      window.addEventListener("click", swallow, { capture: true, once: true });
      setTimeout(() => window.removeEventListener("click", swallow, true), 0);
      if (drop && (to.at !== row.start || to.staff !== row.staff)) on.drop(row.id, to.at, to.staff);
    }
    const swallow = (click) => { click.stopPropagation(); click.preventDefault(); };
    const dropped = () => end(true);
    const left = (key) => { if (key.key === "Escape") { key.stopPropagation(); end(false); } };
    if (!shown.mayMove(row)) return;
    window.addEventListener("pointermove", moved);
    window.addEventListener("pointerup", dropped);
    window.addEventListener("keydown", left, true);
  }

  function tick(at) {
    show(line, at >= from && at < until);
    line.style.top = `${top(at)}px`;
    say(line.firstChild, short(at));
    for (const [row, left] of rings) {
      say(left, `${countdown(row.expires - at)}${row.of === "offer" || row.of === "ask" ? "" : " left"}`);
      const holder = left.parentElement.querySelector(".ring-holder");
      if (holder) holder.style.setProperty("--left", Math.max(0, (row.expires - at) / (row.expires - row.made)).toFixed(3));
    }
  }
  return { node, draw, tick, focus: (id) => body.querySelector(`.card[data-id="${id}"]`)?.focus({ preventScroll: false }) };
}

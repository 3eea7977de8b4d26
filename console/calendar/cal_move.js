// A visit that is about to move: from, to, what was checked, the very text, what goes with it. Nothing has moved yet.
import { h, put, say, show } from "../parts/dom.js";
import { icon } from "../parts/icons.js";
import { date, sameDay, time, zoneHere } from "./cal_wall.js";
import { momentsAt, readWall, wallOf, wallWords } from "../parts/wall_time.js";

const CHECKS = {
  provider: ["is free", "has somebody else then"], room: ["A room is free", "No room is free"], device: ["The device is free", "The device is taken"],
  clean_up: ["Clean-up is kept", "Clean-up would not fit"], shift: ["On shift", "Not on shift then"], open: ["Within opening hours", "The clinic is closed then"], able: ["Gives this service", "Is not trained for it"],
};
const WAIT_MS = 150;

/** `on`: {look(move) -> outcome, change(at, staff), ask(move), move(move, reason), back()}. Gives {node, open(moving, shown), draw(shown), close(), focus()}. */
export function makeMove(data, on) {
  const title = h("h2", {});
  const about = h("p", { class: "muted" });
  const from = h("span", {});
  const day = h("input", { class: "field", type: "date", "aria-label": "To which day", onchange: typed });
  const wall = h("input", { class: "field", "aria-label": "To what time", "aria-describedby": "move-wrong", autocomplete: "off", onchange: typed, onkeydown: (event) => { if (event.key === "Enter") typed(); } });
  const who = h("select", { class: "field", "aria-label": "With whom", onchange: () => on.change(moving.at, who.value) });
  const wrong = h("p", { class: "field-error", id: "move-wrong", role: "alert", hidden: true });
  const checks = h("div", { class: "checks", "aria-live": "polite" });
  const says = h("div", { class: "says" });
  const goes = h("div", { class: "goes" });
  const reason = h("input", { class: "field", "aria-label": "Why, for the timeline", placeholder: "Why, for the timeline", maxlength: 200 });
  const ask = h("button", { type: "button", class: "b primary", onclick: () => on.ask(moving) }, "Ask");
  const move = h("button", { type: "button", class: "b", onclick: () => on.move(moving, reason.value) }, "Move, no text");
  const back = h("button", { type: "button", class: "b", onclick: () => on.back() }, "Put back");
  const node = h("div", { class: "cal-card-panel moving" },
    h("div", { class: "panel-head" }, title, h("span", { class: "muted small" }, "not moved yet")), about,
    h("div", { class: "from-to" }, h("span", { class: "muted" }, "From"), from, h("span", { class: "muted" }, "To"), h("span", { class: "to-fields" }, day, wall, who)), wrong,
    checks, says, goes, reason, h("div", { class: "deeds" }, ask, move, back));
  let moving = null;
  let looked = "";
  let timer = 0;
  let turn = 0;
  let found = null;
  let why = "";

  function open(next, shown) {
    moving = next;
    reason.value = "";
    looked = "";
    found = null;
    draw(shown, next);
  }

  function draw(shown, next = moving) {
    moving = next;
    why = shown.why;
    const first = moving.name.split(" ")[0];
    say(title, `Move ${moving.name}`);
    say(about, `${moving.what}, ${Math.round(moving.ms / 60_000)} min`);
    const name = shown.rows.provider.find((one) => one.staff === moving.fromStaff)?.name || "nobody named";
    say(from, `${sameDay(moving.seen, moving.at) ? "" : `${date(moving.seen)}, `}${time(moving.seen)}, ${name}`);
    const to = wallOf(moving.at, zoneHere());
    if (node.getRootNode().activeElement !== wall) wall.value = wallWords(to.wall);
    if (node.getRootNode().activeElement !== day) day.value = to.day;
    const people = shown.rows.provider.filter((one) => one.known);
    if (who.dataset.of !== people.map((one) => one.staff).join()) {
      who.dataset.of = people.map((one) => one.staff).join();
      put(who, people.map((one) => h("option", { value: one.staff }, one.name)));
    }
    who.value = moving.staff;
    say(ask, `Ask ${first}`);
    const key = `${moving.id}|${moving.at}|${moving.staff}|${shown.turn}`;
    if (key !== looked) {
      looked = key;
      clearTimeout(timer);
      timer = setTimeout(look, WAIT_MS);
    }
    enable();
  }

  function typed() {
    const text = readWall(wall.value);
    const moments = text && day.value ? momentsAt(day.value, text, zoneHere()) : [];
    const words = !text ? "Type a time, such as 5:00 PM." : moments.length ? "" : "The clock skips this time on that day. Choose an hour later.";
    say(wrong, words);
    show(wrong, !!words);
    if (moments.length) on.change(moments[0], moving.staff);
  }

  async function look() {
    const mine = (turn += 1);
    const outcome = await on.look(moving);
    if (mine !== turn || !moving) return;
    found = outcome.state === "done" ? outcome.value : null;
    put(checks, found ? found.checks.length ? found.checks.map(check) : h("p", { class: "muted small" }, "Noted without a service: nothing is kept for it, so nothing was checked.") : h("p", { class: "words-red" }, outcome.words));
    put(says, found && (found.text ? spoken(found) : h("p", { class: "muted small" }, found.until ? "No text may go to this person now. Call them." : "Too little time is left for an answer by text. Call them.")));
    put(goes, found && found.goes.map(goesWith));
    enable();
  }

  function check([code, state]) {
    const [good, bad] = CHECKS[code];
    const name = who.selectedOptions[0]?.textContent || "The provider";
    const words = state === "ok" ? good : bad;
    return h("div", { class: `check ${state}`, "data-check": code, "data-state": state }, icon(state === "ok" ? "check" : state === "warning" ? "warning" : "alert", 16), h("span", {}, code === "provider" ? `${name} ${words}` : words));
  }
  const spoken = (one) => [h("p", { class: "muted small" }, `${moving.name.split(" ")[0]} gets, as soon as you press`), h("div", { class: "bubble automatic" }, one.text), h("p", { class: "from-machine small" }, icon("robot", 14), `Automatic, ${one.segments === 1 ? "1 segment" : `${one.segments} segments`}`),
    h("p", { class: "goes-line" }, icon("calendar", 15), `${time(moving.seen)} stays theirs, ${time(moving.at)} is held until ${time(one.until)}`)];
  const goesWith = (one) => h("p", { class: "goes-line" }, icon("swap", 15), one.then ? `${one.name} of ${when(one.due)} goes at ${when(one.then)}` : `${one.name} of ${when(one.due)} does not go any more`);
  const when = (moment) => (sameDay(moment, moving.at) ? time(moment) : `${date(moment)}, ${time(moment)}`);

  function enable() {
    const against = !!found && found.checks.some(([, state]) => state === "against");
    const still = moving.at === moving.seen && moving.staff === moving.fromStaff;
    const barred = why || (!found ? "It is being checked" : still ? "Choose another time or person" : "");
    const outside = !!found && found.checks.some(([, state]) => state === "warning");
    for (const [button, reason_] of [[move, barred || (against ? "The time is taken" : "")], [ask, barred || (against ? "The time is taken" : outside ? "Only a time that fits can be held: move it without a text" : found && !found.text ? "No text can ask" : "")]]) {
      button.disabled = !!reason_;
      button.title = reason_;
    }
    ask.classList.toggle("primary", !ask.disabled);
    move.classList.toggle("primary", ask.disabled && !move.disabled);
  }

  return {
    node,
    open,
    draw,
    close() {
      moving = null;
      turn += 1;
      clearTimeout(timer);
    },
    focus: () => (ask.disabled ? move : ask).focus(),
    fail(words) {
      say(wrong, words);
      show(wrong, !!words);
    },
  };
}

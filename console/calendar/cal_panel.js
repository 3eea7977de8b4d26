// Beside the day: what is selected and what can be done with it; with nothing selected, who needs a hand.
import { pageLink } from "../parts/address.js";
import { h, put } from "../parts/dom.js";
import { makeForm } from "../parts/fields.js";
import { icon } from "../parts/icons.js";
import { time } from "./cal_wall.js";
import { freedLines, makeFreed } from "./cal_freed.js";
import { HOLDS, countdown, freedAhead, freedUnder, isHere, lasts } from "./cal_model.js";

/** What may be done with a visit in a state, the usual one first: [action, words, key, primary]. */
export function deedsOf(visit, state) {
  if (visit.state === "no_show") return [["put_back_visit", "Put back", ""]];
  if (isHere(visit)) {
    if (visit.done) return [["not_complete", "Not completed", ""]];
    return [!visit.inRoom && ["in_room", "In room", "I", true], ["complete", "Complete", "D", !!visit.inRoom], ["not_arrived", "Not arrived", ""]].filter(Boolean);
  }
  return [["arrive", "Arrived", "H", true], ["in_room", "In room", "I"], ["complete", "Complete", "D"], state.late && ["no_show", "No-show", "X"], !visit.confirmed && !state.late && ["confirmed", "Confirmed", ""], ["move", "Move", "M"], ["cancel", "Cancel", ""]].filter(Boolean);
}

const whoIs = (shown, staff) => shown.rows.provider.find((one) => one.staff === staff)?.name || "";

/** `on`: {deed(name, row), select(id), send(action, message), unblock(row), unask(row)}. Gives {node, draw(shown), tick(at), ask(name), open}. */
export function makePanel(data, on) {
  const node = h("div", { class: "cal-card-panel" });
  let asking = ""; // complete, cancel: the question that stands under the buttons
  let drawn = "";
  let current = null;
  let of = ""; // what stands there
  let left = null;
  const freed = makeFreed(data, { send: on.send, redraw: () => current && draw(current), whoIs });

  function draw(shown) {
    current = shown;
    const found = [...shown.rows.visit, ...shown.rows.hold, ...shown.rows.block, ...shown.rows.freed].find((one) => one.id === shown.selected);
    const row = freedUnder(shown.rows, found) || found;
    const state = row?.kind === "visit" ? shown.states.get(row.id) : null;
    const needs = row ? [] : shown.rows.visit.filter((one) => { const found = shown.states.get(one.id); return found.late || found.unsure; });
    if (!row) asking = "";
    if (row?.id !== of) freed.shut();
    of = row?.id;
    const ahead = row ? [] : freedAhead(shown.rows, shown.at);
    const people = row && row.kind !== "freed" ? [] : shown.rows.asked;
    const key = JSON.stringify([row, state?.code, asking, freed.key, ahead, people, shown.why, needs.map((one) => [one.id, shown.states.get(one.id).words])]);
    if (key === drawn) return;
    drawn = key;
    left = null;
    put(node, !row ? hands(needs, ahead, shown) : row.kind === "freed" ? freed.draw(row, shown) : row.kind === "visit" ? visit(row, state, shown) : row.kind === "hold" ? held(row, shown) : blocked(row, shown));
  }

  function hands(needs, ahead, shown) {
    return [h("h2", {}, "Needs a hand"), needs.length ? h("div", { class: "hands" }, needs.map((one) => {
      const state = shown.states.get(one.id);
      return h("button", { type: "button", class: "hand", onclick: () => on.select(one.id) }, h("b", {}, time(one.start)), h("span", {}, h("b", {}, one.name), h("span", { class: `state words-${state.tone}` }, icon(state.icon, 14), state.words)));
    })) : h("p", { class: "muted" }, shown.rows.visit.length ? "Nobody is late, and nobody has to be asked." : "Nothing is booked on this day."),
    h("p", { class: "muted small" }, shown.works ? "Select a visit to mark it; drag it, or press M, to move it." : data.closed),
    ahead.length > 0 && h("h2", {}, "Freed times"), ahead.length > 0 && freedLines(shown, ahead, on.select, whoIs)];
  }

  const fact = (words, value) => value && h("div", { class: "fact" }, h("span", { class: "muted" }, words), h("span", {}, value));
  const placeOf = (shown, id) => shown.rows.place.find((one) => one.id === id)?.name || "";

  function visit(row, state, shown) {
    const where = [placeOf(shown, `room:${row.room}`), placeOf(shown, `device:${row.device}`)].filter(Boolean).join(", ");
    return [
      h("div", { class: "panel-head" }, h("h2", {}, pageLink(`/lead?lead=${encodeURIComponent(row.lead)}`, {}, row.name)), h("span", { class: "muted small" }, row.code)),
      h("p", { class: "muted" }, `${row.what}, ${row.guessed ? "length not known: drawn with 30 minutes" : lasts(row.end - row.start)}`),
      h("p", { class: `state words-${state.tone}` }, state.icon && icon(state.icon, 15), state.words || "Booked"),
      h("div", { class: "facts" }, fact("When", `${time(row.start)} to ${time(row.end)}`), fact("With", whoIs(shown, row.staff) || "Nobody named"), fact("Where", where),
        fact("Phone", row.dial ? h("a", { href: `tel:${row.dial}` }, row.callOnly ? "Call, gets no texts" : "Call") : "")),
      deeds(deedsOf(row, state), row, shown),
      asking && question(row, shown)];
  }
  function deeds(found, row, shown) {
    if (!shown.works) return h("p", { class: "muted small" }, data.closed);
    return h("div", { class: "deeds" }, found.map(([name, words, key, primary]) => h("button", { type: "button", class: primary ? "b primary" : "b", "data-deed": name, disabled: !!shown.why, title: shown.why || null, onclick: () => on.deed(name, row) }, words, key && h("span", { class: "key" }, key))));
  }

  function question(row, shown) {
    const complete = asking === "complete";
    const fields = complete
      ? [{ kind: "money", name: "dollars", label: "Value", hint: "Empty leaves it open.", value: row.price ? String(Math.round(row.price / 100)) : "" }]
      : [{ kind: "select", name: "reason", label: "Why", options: [["", "Choose a reason"], ...data.cancelled], required: "Choose a reason: it shows later what could be done better." }];
    const form = makeForm({ verb: complete ? "Complete" : "Cancel visit", danger: !complete, fields, cancel: close, send: async (values) => {
      const outcome = await on.send(complete ? "complete" : "cancel_visit", { visit: row.id, ...values });
      if (outcome.state === "done") close();
      return outcome;
    } });
    form.enable(shown.why);
    setTimeout(() => Object.values(form.fields)[0].focus());
    return h("div", { class: "asked-here" }, form.node);
  }
  function close() {
    asking = "";
    if (current) draw(current);
  }

  function held(row, shown) {
    const ask = row.of === "ask";
    left = [row, h("b", {})];
    return [h("div", { class: "panel-head" }, h("h2", {}, row.name || HOLDS[row.of]), h("span", { class: "muted small" }, "held")),
      h("p", { class: "muted" }, `${HOLDS[row.of]}. ${row.what}`),
      h("div", { class: "facts" }, fact("When", `${time(row.start)} to ${time(row.end)}`), fact("With", whoIs(shown, row.staff)), fact("Left", left[1])),
      ask && shown.works && h("div", { class: "deeds" }, h("button", { type: "button", class: "b", disabled: !!shown.why, onclick: () => on.unask(row) }, "Ask no more")),
      !ask && h("p", { class: "muted small" }, "Nobody else can take this time until it is over. Then it is free by itself.")];
  }
  function blocked(row, shown) {
    return [h("div", { class: "panel-head" }, h("h2", {}, row.note), h("span", { class: "muted small" }, "blocked")),
      h("div", { class: "facts" }, fact("When", `${time(row.start)} to ${time(row.end)}`), fact("Of", whoIs(shown, row.resource.replace("staff:", "")) || placeOf(shown, row.resource)), fact("By", row.by)),
      shown.works && h("div", { class: "deeds" }, h("button", { type: "button", class: "b", disabled: !!shown.why, onclick: () => on.unblock(row) }, "Unblock"))];
  }

  return {
    node,
    draw,
    tick(at) {
      if (left) left[1].textContent = countdown(left[0].expires - at);
      freed.tick(at);
    },
    /** Open the question under the buttons. */
    ask(name) {
      asking = name;
      if (current) draw(current);
    },
    get asking() {
      return asking;
    },
    close,
  };
}

// All phones: which are shown, in what order, and the search field above them.

import { byId } from "./dom.js";
import { plural } from "./format.js";
import { buildPhone, paintPhone } from "./phone.js";
import { ask } from "./server.js";
import { state, takePhones } from "./state.js";

const MOST_SHOWN = 24;
const views = new Map();
let order = [];
let found = null;
let searching = 0;

export function setUpRack() {
  const area = byId("phones-area");
  byId("search").addEventListener("input", () => { clearTimeout(searching); searching = setTimeout(search, 200); });
  byId("show-new").addEventListener("click", () => { reorder(); byId("rack").scrollTo(0, 0); });
  area.addEventListener("pointerleave", settle);
  area.addEventListener("focusout", () => setTimeout(settle));
}

/** `changed` as `take` returned it. */
export function paintRack(changed) {
  if (!changed) {
    reorder();
    for (const [number, view] of views) paintPhone(view, state.phones.get(number));
  } else {
    for (const number of changed) {
      const view = views.get(number);
      if (view) paintPhone(view, state.phones.get(number));
    }
    if (!sameOrder(wanted(), order)) settle();
  }
  paintCounts();
}

function wanted() {
  const all = found ? found.map((number) => state.phones.get(number)).filter(Boolean) : [...state.phones.values()];
  return all.sort((one, two) => two.touched - one.touched).slice(0, MOST_SHOWN).map((phone) => phone.number);
}

const sameOrder = (one, two) => one.length === two.length && one.every((number, at) => number === two[at]);

/** Nothing moves while the pointer or the focus is among the phones; a button offers the new order instead. */
function settle() {
  const busy = byId("rack").matches(":hover, :focus-within") && order.length > 0;
  if (!busy) reorder();
  const fresh = wanted().filter((number) => !views.has(number)).length;
  const moved = !sameOrder(wanted(), order);
  byId("show-new").hidden = !moved;
  byId("show-new").textContent = fresh ? `${plural(fresh, "new phone")}, show` : "New texts, show in order";
}

function reorder() {
  const rack = byId("rack");
  order = wanted();
  for (const [number, view] of views) {
    if (order.includes(number)) continue;
    view.element.remove();
    views.delete(number);
  }
  order.forEach((number, at) => {
    if (!views.has(number)) addView(number);
    const element = views.get(number).element;
    if (rack.children[at] !== element) rack.insertBefore(element, rack.children[at] ?? null);
  });
  for (const number of order) {
    const thread = views.get(number).thread;
    if (!views.get(number).placed) thread.scrollTop = thread.scrollHeight;
    views.get(number).placed = true;
  }
  byId("show-new").hidden = true;
  paintCounts();
}

function addView(number) {
  const view = buildPhone(state.phones.get(number));
  views.set(number, view);
  paintPhone(view, state.phones.get(number));
  view.element.classList.add("fresh");
}

function paintCounts() {
  const { phones } = state.totals;
  const empty = byId("empty");
  byId("shown").textContent = found ? `${found.length} found of ${phones}`
    : phones > order.length ? `Newest ${order.length} of ${phones.toLocaleString("en-US")}` : phones ? plural(phones, "phone") : "";
  empty.hidden = order.length > 0;
  empty.textContent = found ? "No phone with that name, number or words."
    : "No phones yet. Send a form, or add a phone, and its texts appear here.";
}

async function search() {
  const words = byId("search").value.trim();
  if (!words) {
    found = null;
  } else {
    const told = await ask(`phones?q=${encodeURIComponent(words)}`);
    takePhones(told.phones);
    found = told.phones.map((phone) => phone.number);
  }
  reorder();
  for (const [number, view] of views) paintPhone(view, state.phones.get(number));
}

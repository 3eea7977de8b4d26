// The free times of a service on one day, as the server finds them: a day, its times to choose from, and where there are none the next one.
import { h, put, say, show } from "./dom.js";
import { now, wallIn } from "./clock.js";
import { makeField } from "./fields.js";
import { wallOf } from "./wall_time.js";

/**
 * `zone()`: of the place that is wished for. `ask(message)` resolves to {times: [{at, iso, provider, name}], next, why} or null where it was refused. `wish()`: {service, location, provider, place}.
 * `whom`: whether times say with whom. Gives {node, value: a time or null, load(), error(words), focus()}; `onchange()` when another time is chosen.
 */
export function makeFreeTimes({ zone, ask, wish, day, whom = true, onchange = () => {} }) {
  let value = null;
  let turn = 0; // tells the answer to one question from that to the next
  const on = makeField({ kind: "text", name: "date", label: "Day", value: wallOf(day ?? now(), zone()).day, onchange: load });
  on.input.type = "date";
  const list = h("div", { class: "free-list", role: "radiogroup", "aria-label": "Free times" });
  const said = h("p", { class: "muted small", role: "status" });
  const wrong = h("p", { class: "field-error", role: "alert", hidden: true });
  const node = h("div", { class: "free-times" }, on.node, said, list, wrong);

  function error(words) {
    show(wrong, !!words);
    say(wrong, words || "");
  }
  function choose(one) {
    value = one;
    error("");
    for (const button of list.children) button.setAttribute("aria-checked", String(button.dataset.iso === one?.iso));
    onchange();
  }
  const time = (at) => wallIn(zone()).time(at);
  const words = (at) => `${wallIn(zone()).weekday(at)}, ${wallIn(zone()).date(at)}, ${time(at)}`;
  const first = (name) => (whom && name ? ` with ${name.split(" ")[0]}` : "");

  async function load() {
    const mine = (turn += 1);
    choose(null);
    put(list);
    say(said, on.value ? "Looking what is free ..." : "Choose a day.");
    const found = on.value ? await ask({ ...wish(), date: on.value }) : null;
    if (mine !== turn || !on.value) return;
    if (!found) return say(said, "");
    put(list, found.times.map((one) => h("button", { class: "b free-time", type: "button", role: "radio", "aria-checked": "false", "data-iso": one.iso, "aria-label": `${time(one.at)}${first(one.name)}`, onclick: () => choose(one) },
      time(one.at), whom && h("span", { class: "muted" }, one.name.split(" ")[0]))));
    if (found.times.length) return say(said, `${found.times.length} free`);
    put(said, found.why ? `Nothing is free: ${found.why}.` : "Nothing is free that day.",
      found.next && h("button", { class: "b", type: "button", onclick: () => { on.value = wallOf(found.next.at, zone()).day; load(); } }, `Next: ${words(found.next.at)}${first(found.next.name)}`));
    return undefined;
  }
  return {
    node,
    get value() {
      return value;
    },
    load,
    error,
    focus: () => on.focus(),
  };
}

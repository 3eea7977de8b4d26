// One rule as it is edited: its name, when it holds, and who is given the lead, one group of people after the other.
import { h, put, show } from "../parts/dom.js";
import { icon } from "../parts/icons.js";
import { makeField } from "../parts/fields.js";
import { makeConditions } from "./conditions.js";
import { makePool } from "./pool.js";

const MOST_POOLS = 5;

/** `on`: {typed(change), named(id, name), remove()}. Gives {node, write(rule, at), errors(byField), enable(reason), focus()}. */
export function makeRuleFields(data, on) {
  const name = makeField({ kind: "text", name: "name", label: "Name", longest: 80, onchange: (value) => on.typed({ name: value }) });
  const conditions = makeConditions(data, { typed: (change) => on.typed(change) });
  const pools = h("div", { class: "pools" });
  const another = h("button", { class: "b", type: "button", onclick: () => give([...rule.give, { strategy: "round_robin" }], rule.give.length) }, icon("plus", 15), "If none of them is free");
  const remove = h("button", { class: "b danger", type: "button", onclick: () => on.remove() }, "Remove this rule");
  const wrong = h("p", { class: "field-error", role: "alert", hidden: true });
  const node = h("section", { class: "rule-one", "aria-label": "The chosen rule" }, name.node, conditions.node, h("div", { class: "rule-part" }, h("span", { class: "rule-word" }, "Give to"), h("div", { class: "pools-box" }, pools, wrong)),
    h("div", { class: "rule-foot" }, another, h("span", { class: "muted small" }, "Skips who is off shift, on a break, full, or off the rotation."), remove));
  let rule = null;
  let reason = "";
  let shown = []; // the pools as they stand
  let unfolded = -1; // the one whose fields stand open

  function give(next, at = -1) {
    unfolded = at;
    rule = { ...rule, give: next };
    on.typed({ give: next });
    draw();
  }
  function draw() {
    shown = (rule.give || []).map((pool, at) => makePool(data, {
      typed(change) {
        rule = { ...rule, give: rule.give.map((one, place) => (place === at ? { ...one, ...change } : one)) };
        on.typed({ give: rule.give });
      },
      named: on.named,
      remove: rule.give.length > 1 ? () => give(rule.give.filter((_, place) => place !== at)) : null,
      first: at === 0,
      open: at === unfolded,
    }));
    put(pools, shown.map((one) => one.node));
    shown.forEach((one, at) => { one.write(rule.give[at]); one.enable(reason); });
    another.disabled = !!reason || rule.give.length >= MOST_POOLS;
  }
  return {
    node,
    write(next) {
      show(node, !!next);
      rule = next ? structuredClone({ give: [], ...next }) : null;
      if (!rule) return;
      unfolded = rule.give.length === 1 ? 0 : -1;
      name.value = rule.name || "";
      conditions.write(rule);
      draw();
    },
    errors(found) {
      name.error(found.name || "");
      conditions.errors(found);
      const ofGive = Object.entries(found).find(([field]) => field.startsWith("give"));
      show(wrong, !!ofGive);
      put(wrong, ofGive && [icon("alert", 15), h("span", {}, ofGive[1])]);
    },
    enable(why) {
      reason = why;
      name.enable(why);
      conditions.enable(why);
      for (const one of shown) one.enable(why);
      show(another, !why);
      show(remove, !why);
    },
    focus: () => { name.focus(); name.input.select(); },
  };
}

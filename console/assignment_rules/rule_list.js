// The rules in their order, each with its sentence, its place and its switch; the last line is locked.
import { h, put, show } from "../parts/dom.js";
import { icon } from "../parts/icons.js";

const MOST = 60;

/** `on`: {pick(at), move(from, to), turn(at, on), add()}. Gives {node, draw(rules, open), say(sentences, nobody), errors(byRule), enable(reason), live(is)}. */
export function makeRuleList(on) {
  const list = h("ol", { class: "rule-list" });
  const last = h("span", { class: "muted" });
  const add = h("button", { class: "b", type: "button", onclick: () => on.add() }, icon("plus", 15), "Add rule");
  const locked = h("div", { class: "rule locked" }, h("span", { class: "rule-place" }, icon("lock", 16)), h("div", { class: "rule-words" }, h("b", {}, "Nobody available"), last));
  const node = h("section", { class: "rules-box", "aria-label": "Rules in their order" }, h("div", { class: "rule-frame" }, list, locked), h("div", { class: "rules-do" }, add, h("span", { class: "muted small" }, "The first rule that holds decides.")));
  let rules = [];
  let sentences = [];
  let wrong = {};
  let reason = "";
  let open = 0;

  function item(rule, at) {
    const said = sentences[at] || {};
    const isOn = rule.on !== false && rule.on !== "false";
    const up = h("button", { class: "rule-move", type: "button", disabled: !!reason || at === 0, "aria-label": `${rule.name}: earlier`, onclick: () => go(at, at - 1) }, icon("up", 15));
    const down = h("button", { class: "rule-move", type: "button", disabled: !!reason || at === rules.length - 1, "aria-label": `${rule.name}: later`, onclick: () => go(at, at + 1) }, icon("up", 15));
    const pick = h("button", { class: "rule-words", type: "button", "aria-pressed": String(at === open), onclick: () => on.pick(at) },
      h("b", {}, rule.name || "(no name yet)", wrong[at] && h("span", { class: "rule-wrong" }, icon("alert", 15), h("span", { class: "hidden-name" }, "has an error"))),
      h("span", { class: "muted" }, said.when ? `${said.when}. ` : ""), h("span", {}, said.give || ""));
    const turn = h("button", { class: "switch", type: "button", role: "switch", "aria-checked": String(isOn), "aria-label": `${rule.name}: on`, disabled: !!reason, title: reason, onclick: () => on.turn(at, !isOn) }, h("span", { class: "knob" }), h("span", { class: "switch-words" }, isOn ? "On" : "Off"));
    return h("li", { class: `rule${at === open ? " opened" : ""}${isOn ? "" : " off"}` }, h("span", { class: "rule-place" }, at + 1), pick, h("span", { class: "rule-moves", hidden: !!reason }, up, down), turn);
  }
  function go(from, to) {
    on.move(from, to);
    list.children[to]?.querySelector(to < from ? ".rule-move" : ".rule-move:last-child")?.focus();
  }
  function again() {
    put(list, rules.map(item));
    add.disabled = !!reason || rules.length >= MOST;
    show(add, !reason);
  }
  return {
    node,
    draw(next, opened) {
      if (next.length !== rules.length || next.some((rule, at) => rule.name !== rules[at].name)) sentences = next.map((rule) => sentences[rules.indexOf(rule)] || sentences[rules.findIndex((one) => one.name === rule.name)]);
      rules = next;
      open = opened;
      again();
    },
    say(next, nobody) {
      sentences = next;
      put(last, nobody);
      again();
    },
    errors(next) {
      wrong = next;
      again();
    },
    enable(why) {
      if (why === reason) return;
      reason = why;
      again();
    },
    live: (is) => { add.disabled = !is || !!reason; },
  };
}

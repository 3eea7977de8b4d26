// Who gets a lead: the rules in their order at the left; the chosen one as a sentence, what if, and the last month anew at the right.
import { h, put, show } from "../parts/dom.js";
import { icon } from "../parts/icons.js";
import { isLive, onStatus } from "../parts/live.js";
import { when } from "../parts/clock.js";
import { makeEditor } from "../parts/editor.js";
import { toast } from "../parts/toast.js";
import { widget } from "../parts/widget.js";
import { makeHandOver } from "./hand_over.js";
import { makeReplay } from "./replay.js";
import { makeRuleFields } from "./rule_fields.js";
import { makeRuleList } from "./rule_list.js";
import { makeWhatIf } from "./what_if.js";

const PLACE = /^rules\.(\d+)(?:\.(.*))?$/;
const FRESH = () => ({ name: "New rule", on: true, match: "all", conditions: [], give: [{ strategy: "round_robin" }] });

/** The findings of a body by rule: {3: {"name": words}}. Pure. */
export function byRule(problems) {
  const found = {};
  for (const { field, message } of problems) {
    const place = PLACE.exec(field);
    if (place) (found[place[1]] ||= {})[place[2] || "name"] ||= message;
  }
  return found;
}

/** Another place for one of them: both ends hold. Pure. */
export function moved(rules, from, to) {
  const rest = rules.filter((_, at) => at !== from);
  const place = Math.max(0, Math.min(rest.length, to));
  return [...rest.slice(0, place), rules[from], ...rest.slice(place)];
}

export default widget("assignment_rules/assignment_rules", ({ root, data, act, end }) => {
  let body = { rules: [] };
  let open = 0;
  let wrong = {};
  const undo = toast(root, end);
  const tell = (words) => words && undo.tell(words);
  const read = () => body;
  const list = makeRuleList({
    pick: (at) => choose(at),
    move: (from, to) => { typed({ ...body, rules: moved(body.rules, from, to) }); open = Math.max(0, Math.min(body.rules.length - 1, to)); drawAll(); },
    turn: (at, on) => patch(at, { on }),
    add: () => { typed({ ...body, rules: [FRESH(), ...body.rules] }); open = 0; drawAll(); one.focus(); },
  });
  const one = makeRuleFields(data, {
    typed: (change) => patch(open, change),
    named: (id, name) => { body = { ...body, people: { ...body.people, [id]: name } }; },
    remove: () => { typed({ ...body, rules: body.rules.filter((_, at) => at !== open) }); open = Math.max(0, open - 1); drawAll(); },
  });
  const whatIf = makeWhatIf(data, { act, read });
  const replay = makeReplay({ act, read });
  const hand = data.hands ? makeHandOver(data, { act, tell }).node : null;
  const problems = h("ul", { class: "findings", hidden: true });
  const off = h("div", {});
  const node = h("div", { class: "rules-columns" },
    h("div", { class: "rules-left" }, list.node),
    h("div", { class: "rules-right" }, problems, one.node, whatIf.node, replay.node, hand));
  const fields = {
    node,
    read: () => structuredClone(body),
    write(next) {
      body = structuredClone({ ...next, rules: next.rules || [] });
      open = Math.min(open, Math.max(0, body.rules.length - 1));
      drawAll();
      whatIf.changed();
      replay.changed();
    },
    show({ problems: found, look }) {
      tellProblems(found);
      list.say(look.sentences, look.nobody);
      whatIf.changed();
      replay.changed();
    },
    errors: (found) => tellProblems(Object.entries(found).map(([field, message]) => ({ field, message }))),
    enable(reason) {
      list.enable(reason);
      one.enable(reason);
    },
  };
  const editor = makeEditor({
    topic: "rules", noun: "list of rules", publishes: () => "Every lead from now on is given out by it, in every part of the product within a second. Nobody's present leads move.",
    retires: "The rules that came with the product are used again. Versions stay, and any of them can be restored.", act, fields, edits: () => data.edits, tell, end,
  });
  put(root, off, editor.node, undo.node);
  editor.name("First match wins");
  drawOff();
  editor.open(data.key);

  function tellProblems(found) {
    wrong = byRule(found);
    one.errors(wrong[open] || {});
    list.errors(wrong);
    put(problems, found.map(({ field, message }) => {
      const place = PLACE.exec(field);
      const rule = place && body.rules[place[1]];
      const words = rule ? `${Number(place[1]) + 1}. ${rule.name}: ${message}` : message;
      return h("li", { class: "finding" }, icon("alert", 16), place ? h("button", { class: "b quiet", type: "button", onclick: () => choose(Number(place[1])) }, words) : h("span", {}, words));
    }));
    show(problems, found.length > 0);
  }
  function typed(next) {
    body = next;
    editor.typed();
  }
  function patch(at, change) {
    typed({ ...body, rules: body.rules.map((rule, place) => (place === at ? { ...rule, ...change } : rule)) });
    list.draw(body.rules, open);
  }
  function choose(at) {
    open = at;
    drawAll();
  }
  function drawAll() {
    list.draw(body.rules, open);
    one.write(body.rules[open], open);
    one.errors(wrong[open] || {});
  }
  /** Who gets no leads by the rules for now, and why: it must not be a secret. */
  function drawOff() {
    const away = data.people.filter((person) => person.off);
    put(off, away.map((person) => h("div", { class: "note amber" }, icon("alert"), h("span", {}, `${person.name} is off the rotation since ${when(person.off)}: two leads in a row were not looked at in time. Back at their first call or text to any patient.`),
      data.hands && h("button", { class: "b", type: "button", onclick: (event) => bringBack(event.target, person) }, "Bring back"))));
  }
  async function bringBack(button, person) {
    button.disabled = true;
    const outcome = await act("bring_back", { staff: person.id });
    tell(outcome.words);
    if (outcome.state === "done") person.off = null;
    drawOff();
  }
  end(onStatus(() => { list.live(isLive()); }));
  return (next) => { Object.assign(data, next); drawOff(); };
}, ["dialog", "drawer", "editor", "fields", "menu"]);

// The steps in their order, each a line in words; the one that is open has its fields below it.
import { h, put, show } from "../parts/dom.js";
import { icon } from "../parts/icons.js";
import { makeMenu } from "../parts/menu.js";
import { kindOf, mark, KIND_NAMES } from "./marks.js";
import { momentsOf } from "./scale.js";
import { momentWords } from "./spans.js";
import { makeStepFields } from "./step_fields.js";
import { onlyWords, whatWords } from "./step_words.js";

const MOST = 60;
const HANDED_DOWN = ["wait", "condition", "exit"];

/** A name that no step has: 'text-2h', 'text-2h-2'. */
export function freshName(steps, kind, offset) {
  const base = `${kind === "call_task" ? "call" : kind}-${offset.replace("-", "before-")}`;
  const taken = new Set(steps.map((one) => one.name));
  for (let turn = 1; ; turn += 1) {
    const name = turn === 1 ? base : `${base}-${turn}`;
    if (!taken.has(name)) return name;
  }
}

/**
 * `on`: {steps() as they stand, typed(steps) with the new ones, body(), others(), opened(index), reached(step)}. Gives {node, draw(), write(),
 * open(index, part), errors(byIndex), enable(reason)}.
 */
export function makeSteps(data, on) {
  const fields = makeStepFields(data, { typed: (patch) => patched(patch) });
  const add = h("button", { class: "b", type: "button", onclick: () => append() }, icon("plus", 15), "Add step");
  const order = h("button", { class: "b", type: "button", onclick: () => byTime() }, icon("clock", 15), "Order by time");
  const list = h("ol", { class: "step-list" });
  const none = h("p", { class: "muted", hidden: true }, "No step yet: add the first one.");
  const off = h("button", { class: "b", type: "button", onclick: () => patched({ on: on.steps()[open].on === false }) });
  const remove = h("button", { class: "b danger", type: "button", onclick: () => drop(open) }, "Remove");
  const doneButton = h("button", { class: "b", type: "button", onclick: () => reveal(-1) }, "Done");
  const place = h("div", { class: "step-open" }, fields.node, h("div", { class: "step-do" }, doneButton, off, remove));
  const node = h("section", { class: "steps" }, h("div", { class: "steps-head" }, h("h2", {}, "Steps"), h("span", { class: "steps-tools" }, order, add)), list, none);
  const lines = []; // as many as there are steps: {node, draw(step, at), focus(), more()}
  let open = -1;
  let wrong = {};
  let reason = "";

  // ---- lines

  function line(index) {
    const sign = h("span", { class: "step-sign" });
    const when = h("span", { class: "step-when" });
    const what = h("span", { class: "step-what" });
    const only = h("span", { class: "step-only muted" });
    const figure = h("span", { class: "step-figure muted" });
    const flag = h("span", { class: "step-wrong", hidden: true }, icon("alert", 15), h("span", { class: "hidden-name" }, "has an error"));
    const button = h("button", { class: "step-line", type: "button", "aria-expanded": "false", onclick: () => reveal(open === index ? -1 : index) }, when, sign, what, only, flag, figure);
    const menu = makeMenu({ label: `More about step ${index + 1}`, items: () => choices(index), pick: (code) => picked(code, index) });
    const row = h("li", { class: "step" }, h("div", { class: "step-head" }, button, menu.node));
    return {
      node: row,
      focus: () => button.focus(),
      more: () => menu.button.focus(),
      draw(step, at) {
        const reached = on.reached(step);
        put(when, step.kind === "wait" ? "" : momentWords(at));
        put(sign, mark(step, 20));
        put(what, h("span", { class: "hidden-name" }, `${KIND_NAMES[kindOf(step)]}: `), whatWords(data, step));
        put(only, onlyWords(data, step));
        put(figure, reached === null ? "" : reached.toLocaleString("en-US"), reached !== null && h("span", { class: "hidden-name" }, " reached it"));
        show(flag, !!wrong[index]);
        row.classList.toggle("off", step.on === false);
        row.classList.toggle("opened", index === open);
        button.setAttribute("aria-expanded", String(index === open));
        show(menu.node, !reason);
      },
    };
  }
  function draw() {
    const steps = on.steps();
    const moments = momentsOf(on.body());
    while (lines.length > steps.length) lines.pop().node.remove();
    while (lines.length < steps.length) list.append(lines[lines.push(line(lines.length)) - 1].node);
    steps.forEach((step, index) => lines[index].draw(step, moments[index].at));
    show(none, !steps.length);
    add.disabled = !!reason || steps.length >= MOST;
    add.title = steps.length >= MOST ? `A sequence has ${MOST} steps at most` : reason;
    const fixed = steps.some((step) => HANDED_DOWN.includes(step.kind));
    order.disabled = !!reason || fixed;
    order.title = fixed ? "A wait or a gate acts on all steps below it: move them by hand" : reason;
    show(order, !reason && steps.length > 1);
    show(add, !reason);
    const step = steps[open];
    if (step) put(off, step.on === false ? "Turn on" : "Turn off");
    show(off, !reason);
    show(remove, !reason);
  }

  // ---- the open one

  /** Its fields below its line, without touching the focus. */
  function fill(index) {
    open = on.steps()[index] ? index : -1;
    if (open < 0) place.remove();
    else {
      lines[open].node.append(place);
      fields.write(on.steps()[open], on.body(), on.others());
      fields.errors(wrong[open] || {});
    }
    draw();
    on.opened(open);
  }
  function reveal(index, part = "") {
    const before = open;
    fill(index);
    if (open >= 0) fields.focus(part);
    else lines[before]?.focus();
  }
  function patched(patch) {
    const steps = on.steps().map((step, index) => (index === open ? { ...step, ...patch } : step));
    on.typed(steps);
    fields.follow(steps[open]);
    draw();
  }

  // ---- more, fewer, another order

  function append() {
    const steps = on.steps();
    const last = steps.at(-1);
    const offset = last?.offset || "0m";
    const step = { name: freshName(steps, "text", offset), kind: "text", anchor: last?.anchor || on.body().starts_on, offset, useful: "2h", purpose: "transactional", template: "", conditions: [] };
    on.typed([...steps, step]);
    draw();
    reveal(steps.length);
  }
  function drop(index) {
    const steps = on.steps().filter((_, at) => at !== index);
    if (open === index) reveal(-1);
    else if (open > index) open -= 1;
    wrong = {};
    on.typed(steps);
    fill(open);
    (lines[Math.min(index, steps.length - 1)] || { focus: () => add.focus() }).focus();
  }
  function move(index, to) {
    const steps = [...on.steps()];
    const [step] = steps.splice(index, 1);
    steps.splice(to, 0, step);
    if (open >= 0) reveal(-1);
    wrong = {};
    on.typed(steps);
    draw();
    lines[to].more();
  }
  function byTime() {
    const moments = momentsOf(on.body());
    const rank = (anchor) => data.known[on.body().starts_on]?.indexOf(anchor) ?? 0;
    const sorted = on.steps().map((step, index) => ({ step, ...moments[index] }))
      .sort((a, b) => rank(a.anchor) - rank(b.anchor) || (a.at ?? 0) - (b.at ?? 0)).map((one) => one.step);
    if (open >= 0) reveal(-1);
    on.typed(sorted);
    draw();
  }
  function choices(index) {
    const step = on.steps()[index];
    return [
      { code: "up", words: "Move up", icon: "up", reason: index === 0 ? "It is the first" : "" },
      { code: "down", words: "Move down", icon: "down", reason: index === on.steps().length - 1 ? "It is the last" : "" },
      { code: "turn", words: step.on === false ? "Turn on" : "Turn off", icon: "blocked" },
      { code: "remove", words: "Remove", icon: "trash", danger: true },
    ];
  }
  function picked(code, index) {
    if (code === "up") move(index, index - 1);
    else if (code === "down") move(index, index + 1);
    else if (code === "remove") drop(index);
    else {
      on.typed(on.steps().map((step, at) => (at === index ? { ...step, on: step.on === false } : step)));
      draw();
    }
  }

  return {
    node,
    draw,
    /** Other steps came from elsewhere: what is open follows them. */
    write() {
      wrong = {};
      draw();
      if (open >= 0) fill(open);
    },
    open: reveal,
    errors(byIndex) {
      wrong = byIndex;
      if (open >= 0) fields.errors(wrong[open] || {});
      draw();
    },
    enable(why) {
      reason = why;
      fields.enable(why);
      draw();
    },
    close: () => fill(-1),
  };
}

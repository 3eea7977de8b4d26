// One sequence as the editor holds it: its picture, what it is as a whole, its steps, what bars publishing, and the dry run.
import { h, put, say, show } from "../parts/dom.js";
import { icon } from "../parts/icons.js";
import { makeDryRun } from "./dry_run.js";
import { makePicture } from "./picture.js";
import { minutesOf } from "./spans.js";
import { KINDS, namedWords } from "./step_words.js";
import { makeSteps } from "./steps.js";
import { makeWhole } from "./whole_fields.js";

const STEP_PLACE = /^steps\.(\d+)(?:\.(\w+))?$/;

/** The findings of a body by step: {3: {useful: words}}. Pure. */
export function byStep(problems) {
  const found = {};
  for (const { field, message } of problems) {
    const place = STEP_PLACE.exec(field);
    if (place) (found[place[1]] ||= {})[place[2] || "name"] ||= message;
  }
  return found;
}

/** What a person can do about it: a field of a number asks for one, whatever the body would call it. Pure. */
export function worded(problem, body) {
  const [, index, part] = STEP_PLACE.exec(problem.field) || [];
  const unread = ["offset", "useful"].includes(part) && minutesOf(body.steps?.[index]?.[part]) === null;
  return unread ? { ...problem, message: "Enter a whole number." } : problem;
}

/** '2 things bar publishing' */
export const sumWords = (problems) => (!problems.length ? "Nothing bars publishing" : problems.length === 1 ? "1 thing bars publishing" : `${problems.length} things bar publishing`);

/** `on`: {head, typed(), act, key(), others() as [[key, title]]}; `head` stands above it all. Gives the fields as parts/editor.js takes them, and what the page tells it. */
export function makeFields(data, on) {
  let body = { steps: [] };
  const picture = makePicture(data, { open: (index) => steps.open(index), ask: () => count() });
  const whole = makeWhole(data, { typed: (patch) => typed({ ...body, ...patch }) });
  const steps = makeSteps(data, {
    steps: () => body.steps || [],
    body: () => body,
    others: () => on.others(),
    typed: (next) => typed({ ...body, steps: next }),
    opened: (index) => picture.selected(index),
    reached: (step) => (reach ? picture.counted(step).reached : null),
  });
  const dry = makeDryRun(data, { act: on.act, key: on.key, body: () => body, name: ({ place }) => body.steps?.[place] && namedWords(data, body.steps[place]) });
  const sum = h("span", { class: "muted small", role: "status" });
  const findings = h("ul", { class: "findings", hidden: true });
  const warnings = h("ul", { class: "findings warnings", "aria-label": "Worth knowing before it is published", hidden: true });
  const node = h("div", { class: "sequence-fields" }, on.head, picture.node, whole.node,
    h("div", { class: "sequence-columns" }, h("div", { class: "sequence-main" }, h("div", { class: "finding-box" }, sum, findings, warnings), steps.node), dry.node));
  let reach = null;
  let asked = 0;
  let fresh = false;
  let warned = [];

  function typed(next) {
    body = next;
    picture.draw(body);
    whole.follow(body);
    dry.changed();
    on.typed();
  }
  /** The numbers beside the steps; the answers of one question never stand under the next. */
  async function count() {
    const mine = (asked += 1);
    const outcome = await on.act("reach", { key: on.key(), period: picture.period, number: picture.version });
    if (mine !== asked || outcome.state !== "done") return;
    reach = outcome.value;
    picture.reached(reach);
    steps.draw();
  }
  function said({ field, message }) {
    const place = STEP_PLACE.exec(field);
    const step = place && body.steps?.[place[1]];
    return step ? `${Number(place[1]) + 1}. ${namedWords(data, step)}: ${message}` : message;
  }
  function finding(one) {
    const { field } = one;
    const place = STEP_PLACE.exec(field);
    const words = said(one);
    const go = () => (place ? steps.open(Number(place[1]), place[2]) : whole.has(field) ? whole.open(field) : null);
    return h("li", { class: "finding" }, icon("alert", 16), place || whole.has(field) ? h("button", { class: "b quiet", type: "button", onclick: go }, words) : h("span", {}, words));
  }
  function tell(found) {
    const problems = found.map((one) => worded(one, body));
    const ofAll = problems.filter((one) => !STEP_PLACE.test(one.field)).map((one) => [one.field, one.message]);
    whole.errors(Object.fromEntries(ofAll));
    steps.errors(byStep(problems));
    say(sum, sumWords(problems));
    put(findings, problems.map(finding));
    show(findings, problems.length > 0);
  }

  return {
    node,
    read: () => structuredClone(body),
    write(next) {
      body = structuredClone({ ...next, steps: next.steps || [] });
      picture.draw(body);
      whole.write(body);
      steps.write();
      dry.changed();
      if (fresh) requestAnimationFrame(() => whole.open("title")); // not before the editor is seen
      fresh = false;
    },
    show({ problems, look }) {
      tell(problems);
      warned = problems.length ? [] : look || [];
      put(warnings, warned.map(finding));
      show(warnings, warned.length > 0);
    },
    /** What is no fault and worth a word in the question whether to publish. */
    warned: () => warned.map(said),
    errors: (found) => tell(Object.entries(found).map(([field, message]) => ({ field, message }))),
    enable(reason) {
      whole.enable(reason);
      steps.enable(reason);
    },
    /** Another sequence is opened: nothing of the one before stays. */
    begin() {
      reach = null;
      picture.reached(null);
      steps.close();
      dry.begin();
      count();
    },
    versions: picture.versions,
    /** Those that a person can be spared: [[name, words]]. */
    steps: () => (body.steps || []).filter((step) => KINDS[step.kind]).map((step) => [step.name, namedWords(data, step)]),
    /** What is opened next is new: one begins with its name. */
    greet: () => { fresh = true; },
    stop: dry.stop,
  };
}

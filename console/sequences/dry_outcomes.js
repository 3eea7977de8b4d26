// The answer of a dry run, step by step in the order of time.
import { h, put, show } from "../parts/dom.js";
import { icon } from "../parts/icons.js";
import { date, time, weekday } from "../parts/clock.js";

const NAMES = { text: "Text", email: "Email", task: "Call by a person", gate: "Gate" };
const exact = (moment) => `${weekday(moment)}, ${date(moment)} ${time(moment)}`;

/** '4 sent, 2 of them held first, 1 dropped, 2 calls'. Pure. */
export function countWords({ sent = 0, held = 0, dropped = 0, calls = 0 }) {
  const parts = [`${sent} sent`, held && `${held} held first`, dropped && `${dropped} dropped`, calls && `${calls} ${calls === 1 ? "call" : "calls"}`];
  return parts.filter(Boolean).join(", ");
}

function signOf(step) {
  if (!step.goes) return "blocked";
  if (step.waits.length) return "clock";
  return { task: "person", gate: step.leaves ? "out" : "check" }[step.what] || "check";
}

/** 'held until Mon, Nov 30 8:00 AM: outside texting hours', 'it would have waited for too long: outside texting hours' */
const waitWords = (wait) => (wait.until ? `held until ${exact(wait.until)}: ${wait.why}` : `would have waited too long: ${wait.why}`);

function became(step) {
  if (!step.goes) return `dropped: ${step.why}`;
  if (step.what === "gate") return step.leaves ? "leaves here" : "goes on";
  return "";
}

/** `on.name(outcome)` says what its step is, where it is one of the body. Gives {node, draw(answer)}, null clears. */
export function makeOutcomes(on) {
  const list = h("ol", { class: "dry-list" });
  const sum = h("p", { class: "small dry-sum", role: "status" });
  const node = h("div", { class: "dry-answer" }, list, sum);

  function line(step) {
    const name = on.name(step) || `${NAMES[step.what]} ${step.step}`;
    const own = step.place !== null;
    return h("li", { class: `dry-step ${step.goes ? (step.waits.length ? "held" : "goes") : "dropped"}` },
      h("span", { class: "dry-at" }, h("span", {}, `${weekday(step.at)}, ${date(step.at)}`), h("span", {}, time(step.at))), icon(signOf(step), 16),
      h("div", { class: "dry-what" }, h("span", {}, h("b", {}, name), !own && h("span", { class: "muted" }, ` of '${step.title}'`), became(step) && ` ${became(step)}`),
        step.waits.map((wait) => h("span", { class: "small muted" }, waitWords(wait))),
        step.words && h("details", {}, h("summary", { class: "small" }, "In these words"), h("div", { class: "bubble automatic" }, step.words))));
  }
  return {
    node,
    draw(answer) {
      show(node, !!answer);
      put(list, answer?.steps.map(line));
      put(sum, answer && countWords(answer.counts));
    },
  };
}

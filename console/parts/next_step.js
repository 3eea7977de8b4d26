// What comes next with a lead: the task that somebody or a missed call has set, and the text that belongs to a missed call.
import { h, put, show } from "./dom.js";
import { icon } from "./icons.js";
import { now, when } from "./clock.js";

const quiet = (words, press, label = words) => h("button", { class: "b quiet", type: "button", "aria-label": label, onclick: press }, words);

/**
 * `on`: {act(action, fields), change(task)}. Gives {node, draw({task, missed, wrong}), tick(at), enable(why)}. `task`: {id, kind, what, words,
 * due}; `missed`: whether the text 'missed you' may be offered; `wrong`: what to do about a wrong number, '' for a good one.
 */
export function makeNextStep(on) {
  const node = h("div", { class: "next-step", role: "group", "aria-label": "Next step", hidden: true });
  const words = h("b");
  const missed = h("button", { class: "b", type: "button", onclick: () => on.act("missed_you") }, icon("text", 16), 'Send "missed you"');
  let shown = "";
  let task = null;

  function tick(at) {
    if (!task) return;
    const due = task.due <= at ? "now" : when(task.due, at);
    const text = `${task.what.slice(0, 1).toUpperCase()}${task.what.slice(1)}${task.kind === "correct_number" ? "" : ` ${due}`}`;
    if (words.textContent !== text) words.textContent = text;
  }
  return {
    node,
    tick,
    draw(state) {
      const text = JSON.stringify(state);
      if (text === shown) return;
      shown = text;
      task = state.task;
      show(node, !!(task || state.missed || state.wrong));
      put(node,
        state.wrong && h("p", {}, icon("blocked", 16), ` The number is wrong: nobody is called or texted there. ${state.wrong}`),
        task && h("div", { class: "next-task" }, h("span", {}, words, task.words && h("span", { class: "muted small" }, ` ${task.words}`)), h("span", { class: "next-do" },
          task.kind !== "correct_number" && quiet("Change", () => on.change(task), `Change: ${task.what}`),
          quiet("Done", () => on.act("finish_task", { task: task.id }), `Done: ${task.what}`),
          quiet("Cancel", () => on.act("cancel_task", { task: task.id }), `Cancel: ${task.what}`))),
        state.missed && missed);
      tick(now());
    },
    enable(why) {
      for (const button of node.querySelectorAll("button")) {
        button.disabled = !!why;
        button.title = why;
      }
    },
  };
}

// All open leads of somebody change hands at once: to whom the rules say, or to a colleague.
import { h } from "../parts/dom.js";
import { makeForm } from "../parts/fields.js";

const BY_RULES = ["", "Whoever the rules say"];

/** `on`: {act, tell}. Gives {node}. */
export function makeHandOver(data, { act, tell }) {
  const people = data.people.map((one) => [one.id, one.name]);
  const form = makeForm({
    verb: "Hand over",
    fields: [
      { kind: "select", name: "staff", label: "All open leads of", options: [["", "Choose somebody"], ...people], required: "Choose whose leads they are." },
      { kind: "select", name: "to", label: "Go to", options: [BY_RULES, ...people] },
    ],
    async send(values) {
      const outcome = await act("hand_over", values);
      if (outcome.state === "done") tell(outcome.words);
      return outcome;
    },
  });
  const node = h("section", { class: "hand-over" }, h("h2", {}, "Hand over"), h("p", { class: "muted" }, "For who is ill, on leave, or gone. Clocks run on as they are; the new owners are told."), form.node);
  return { node };
}

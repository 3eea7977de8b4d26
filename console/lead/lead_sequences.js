// Which sequences the lead is in, and taking them out of one: asked once, since it can't be taken back.
import { h, put, show } from "../parts/dom.js";
import { date } from "../parts/clock.js";
import { makeDialog } from "../parts/dialog.js";

/** '9 steps still to come will not go.' Pure. */
export const goneWords = (steps) => (steps === 1 ? "1 step still to come will not go." : `${steps} steps still to come will not go.`);

/** `on`: {act(action, fields) resolves to whether it was done, works}. Gives {node, draw(under), enable(reason)}. */
export function makeSequences(on) {
  const dialog = makeDialog();
  const list = h("ul", { class: "in-sequences", "aria-label": "Sequences under way" });
  const node = h("div", { hidden: true }, list, dialog.node);
  let shown = "";
  let why = "";

  function ask(one) {
    const end = h("button", { class: "b large danger", type: "button", onclick: async () => {
      if (await on.act("end_sequence", { sequence: one.id })) dialog.close();
    } }, "End it for them");
    dialog.open(`End '${one.title}' for this patient?`, h("p", { class: "muted" }, `${goneWords(one.steps)} What was sent stays. This can't be taken back.`),
      h("div", { class: "dialog-do" }, end, h("button", { class: "b large", type: "button", onclick: dialog.close }, "Leave it")));
  }
  return {
    node,
    draw(under) {
      const next = JSON.stringify(under);
      if (next === shown) return;
      shown = next;
      put(list, under.map((one) => h("li", {}, h("span", {}, one.title, h("span", { class: "muted small" }, ` since ${date(one.since)}`)),
        on.works && h("button", { class: "b quiet", type: "button", disabled: !!why, "aria-label": `End the sequence ${one.title}`, onclick: () => ask(one) }, "End"))));
      show(node, under.length > 0);
    },
    enable(reason) {
      why = reason;
      for (const button of list.querySelectorAll("button")) button.disabled = !!reason;
    },
  };
}

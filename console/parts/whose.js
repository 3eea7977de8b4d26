// Whose text it is, where several people share a number.
import { h } from "./dom.js";
import { icon } from "./icons.js";

const WORDS = { guessed: "Perhaps", unclear: "Not clear whose text this is", said: "Said to be" };

/** Under a text of a shared number: who is thought to have written it, and a button for everybody else. `lead`: {lead, first}; `on`: {works, say(lead)}. */
export function whose(text, lead, on) {
  const mine = text.whose === "unclear" ? "" : ` ${lead.first}'s`;
  const move = (id, first) => h("button", { class: "b quiet", type: "button", onclick: () => on.say(id) }, `This is ${first}`);
  const own = text.whose !== "said" && move(lead.lead, lead.first);
  return h("div", { class: "facts whose" }, icon("person", 15), h("span", {}, `${WORDS[text.whose]}${mine}`),
    on.works && [own, text.others.map((one) => move(one.lead, one.first))]);
}

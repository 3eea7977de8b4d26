// The words of a box as a quick text of one's own: a title, one click.
import { h, show } from "./dom.js";
import { makeField } from "./fields.js";

const WORTH = 20; // characters: shorter words are typed as fast as they are looked up

/** `words()` gives what would be saved; `save(fields, refused)` resolves to whether it was. Gives {node, button that opens it, offer(may)}. */
export function makeNaming(words, save) {
  const title = makeField({ kind: "text", name: "title", label: "Title of the quick text", longest: 30, onenter: () => keep() });
  const box = h("div", { class: "naming-box", hidden: true }, title.node,
    h("button", { class: "b primary", type: "button", onclick: () => keep() }, "Save"), h("button", { class: "b", type: "button", onclick: () => show(box, false) }, "Cancel"));
  const button = h("button", { class: "b quiet small keep-words", type: "button", hidden: true, onclick: () => { show(box, box.hidden); if (!box.hidden) title.focus(); } }, "Save as a quick text");

  async function keep() {
    const refused = (outcome) => { title.error(outcome.words); return true; };
    if (!await save({ title: title.value, body: words() }, refused)) return;
    show(box, false);
    title.value = "";
  }
  return {
    node: box,
    button,
    offer(may) {
      const worth = may && words().trim().length > WORTH;
      show(button, worth);
      if (!worth) show(box, false);
    },
  };
}

// Two profiles that may be one person: side by side, and the question before they are merged.
import { pageLink } from "./address.js";
import { makeDialog } from "./dialog.js";
import { h } from "./dom.js";
import { makeForm } from "./fields.js";

/** One profile: its name with a link to its newest request, and what is known of it. */
export function profile(side) {
  return h("div", { class: "profile" },
    h("b", {}, side.ref ? pageLink(`/lead?lead=${side.ref}`, {}, side.name) : side.name),
    h("span", { class: "muted small block" }, [side.requests, ...side.facts].join(" \u00b7 ")));
}

/** What tells one profile of a pair from the other, beside its name. */
function apart(side, pair) {
  const other = pair.sides.find((one) => one !== side);
  return side.facts.find((fact) => !other.facts.includes(fact));
}

/** `send(fields)` merges and resolves to an outcome. Gives {ask(pair, kept)}; `kept`: the profile that stays unless one says otherwise. */
export function makeMerging(root, send) {
  const dialog = makeDialog();

  function ask(pair, kept) {
    if (!dialog.node.isConnected) root.append(dialog.node);
    const moves = h("p", { class: "muted" });
    const tell = (id) => {
      const stays = pair.sides.find((side) => side.patient === id);
      const goes = pair.sides.find((side) => side.patient !== id);
      moves.textContent = `${goes.requests} of ${goes.name} with texts, history and follow-up moves to ${stays.name}. Where the two disagree, what ${stays.name} has stays and the other is kept beside it. Consent stays with its number.`;
    };
    const form = makeForm({
      verb: "Merge",
      fields: [{ kind: "chips", name: "kept_id", label: "Which profile stays?", value: kept, onchange: tell,
        options: pair.sides.map((side) => [side.patient, [side.name, apart(side, pair)].filter(Boolean).join(", ")]) }],
      cancel: dialog.close,
      async send(values) {
        const outcome = await send({ pair: pair.pair, kept: values.kept_id });
        if (outcome.state === "done") dialog.close();
        return outcome;
      },
    });
    tell(kept);
    dialog.open("One person?", h("p", { class: "muted small" }, pair.reasons), moves, form.node);
  }
  return { ask };
}

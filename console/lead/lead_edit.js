// Correct what we know of a patient and their request, and record what was read out and agreed to: two drawers of a lead's page.
import { h, put, show } from "../parts/dom.js";
import { consentField } from "../parts/consent_field.js";
import { typingDrawer } from "../parts/drawer.js";
import { makeForm } from "../parts/fields.js";
import { icon } from "../parts/icons.js";

const texts = (count) => (count === 1 ? "1 planned text to the old one stops" : `${count} planned texts to the old one stop`);

/** A choice that is none of ours any more stands in the list too: else leaving it alone would empty it. */
function options(list, value) {
  return list.some(([code]) => code === value) ? list : [...list, [value, value]];
}

/** `send(action, fields)` resolves to an outcome. Gives {edit(row, field), consent(lead), naming(lead)}; `row`: the row 'people'. */
export function makeEditing(root, data, send) {
  let drawers = null;
  const over = () => (drawers ||= { edit: typingDrawer(root, "Edit the lead"), consent: typingDrawer(root, "Record consent") });

  function edit(row, field = "first_name") {
    const was = row.fields;
    const warning = h("div", { class: "note amber", role: "status", hidden: true });
    const warn = (value) => {
      const other = value !== was.phone;
      show(warning, other);
      if (!other) return put(warning);
      const stops = was.phone && row.planned ? `; ${texts(row.planned)}` : "";
      return put(warning, icon("info"), h("span", {}, `No text goes to the new number until consent is recorded for it, unless they agreed to texts there before${stops}.`));
    };
    const select = (name, label) => ({ kind: "select", name, label, options: options(data.edit[name], was[name]), value: was[name] });
    const form = makeForm({
      verb: "Save",
      cancel: () => over().edit.close(),
      fields: [
        { kind: "text", name: "first_name", label: "First name", longest: 80, value: was.first_name },
        { kind: "text", name: "last_name", label: "Last name", longest: 80, value: was.last_name },
        { kind: "phone", name: "phone", label: "Phone", value: was.phone, onchange: warn },
        { kind: "email", name: "email", label: "Email", value: was.email },
        { kind: "text", name: "date_of_birth", label: "Birth date", value: was.date_of_birth, placeholder: "1990-04-30" },
        { kind: "text", name: "zip", label: "ZIP code", longest: 10, value: was.zip },
        select("language", "Language"),
        select("treatment", "What they would like"),
        select("timeframe", "When"),
        select("budget", "Budget"),
        { kind: "textarea", name: "notes", label: "Notes", rows: 3, longest: 2000, value: was.notes },
      ],
      async send(values) {
        // Only what was changed here: what a colleague corrected meanwhile in another field stays.
        const changed = Object.fromEntries(Object.entries(values).filter(([name, value]) => value !== was[name]));
        const outcome = await send("correct", { changed });
        if (outcome.state === "done") over().edit.close();
        return outcome;
      },
    });
    form.fields.phone.node.append(warning);
    over().edit.show(h("div", { class: "drawer-page" }, h("h2", {}, "Edit"),
      h("p", { class: "muted small" }, "What it was before is kept, with who changed it."), form.node), form.fields[field].input);
  }

  /** A yes to words that are read out: `asks` has the drawer's `name`, the `words`, what follows, and the action to `send`. */
  function readOut(lead, asks) {
    const form = makeForm({
      verb: asks.name,
      cancel: () => over().consent.close(),
      fields: [consentField("Tick it once they agreed.")],
      async send() {
        const outcome = await send(asks.send);
        if (outcome.state === "done") over().consent.close();
        return outcome;
      },
    });
    over().consent.show(h("div", { class: "drawer-page" }, h("h2", {}, asks.name),
      h("p", {}, `Read this out to ${lead.first}:`), h("blockquote", { class: "read-out" }, asks.words),
      h("p", { class: "muted small" }, asks.follows), form.node));
  }
  const consent = (lead) => readOut(lead, {
    name: "Record consent", words: data.edit.wording, send: "record_consent",
    follows: `It opens ${lead.phone} to texts about the request, never to marketing. The words are kept with your name.`,
  });
  const naming = (lead) => readOut(lead, {
    name: "Let texts name the treatment", words: data.edit.naming, send: "allow_naming",
    follows: `It holds for ${lead.first} at ${lead.phone} alone. The words are kept with your name.`,
  });
  return { edit, consent, naming };
}

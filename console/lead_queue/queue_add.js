// Add a lead by hand: a walk-in, a caller, somebody who was sent. The form keeps what was typed until it was taken.
import { consentField } from "../parts/consent_field.js";
import { h } from "../parts/dom.js";
import { typingDrawer } from "../parts/drawer.js";
import { makeForm } from "../parts/fields.js";
import { icon } from "../parts/icons.js";

/** `data`: {add: choices}; `act` of the widget. Gives {button, enable(reason)}; the server leads on to the new lead. */
export function makeAdding(root, data, act) {
  const choices = data.add;
  const button = h("button", { class: "b add", type: "button", "aria-label": "Add lead", hidden: !data.works, onclick: open }, icon("plus", 16), h("span", { class: "add-words" }, "Add lead"));
  let over = null;
  let form = null;
  let page = null;
  let request = "";
  let reason = "";

  function open() {
    over ||= typingDrawer(root, "Add a lead");
    if (!form) begin();
    over.show(page, form.fields.first_name.input);
  }

  /** One opening is one lead: pressed twice, or sent again after a lost answer, it is the same one. */
  function begin() {
    request = `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`;
    form = makeForm({ verb: "Add lead", send, cancel: () => over.close(), fields: [
      { kind: "chips", name: "how", label: "How they came", options: choices.how, value: "walk_in" },
      { kind: "text", name: "first_name", label: "First name", longest: 80 },
      { kind: "text", name: "last_name", label: "Last name", longest: 80 },
      { kind: "phone", name: "phone", label: "Phone" },
      { kind: "email", name: "email", label: "Email", hint: "A phone number or an email address is enough." },
      { kind: "select", name: "treatment", label: "What they would like", options: choices.treatment, value: "" },
      { kind: "select", name: "timeframe", label: "When", options: choices.timeframe, value: "" },
      { kind: "select", name: "budget", label: "Budget", options: choices.budget, value: "" },
      { kind: "textarea", name: "notes", label: "Notes", rows: 3, longest: 2000 },
      { kind: "select", name: "language", label: "Language", options: choices.language, value: "" },
      { kind: "select", name: "location", label: "Location", options: choices.location, value: choices.location[0]?.[0] },
      { kind: "checkbox", name: "talked", label: "They are here, or I talked with them already", hint: "No first contact is owed then." },
      { kind: "checkbox", name: "mine", label: "I keep it", hint: "Else the rules choose who gets it.", value: true },
      consentField("", `"${choices.wording}"`),
    ] });
    page = h("div", { class: "drawer-page" }, h("h2", {}, "Add a lead"), form.node);
    form.enable(reason);
  }

  async function send(values) {
    const outcome = await act("add", { request, ...values });
    if (outcome.state === "done") {
      form = null;
      over.close();
    }
    return outcome;
  }

  return {
    button,
    enable(why) {
      reason = why;
      button.disabled = !!why;
      button.title = why;
      form?.enable(why);
    },
  };
}

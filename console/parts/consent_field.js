// Consent that is asked for aloud: a tick for the yes, beneath the words that are read out.

/** The field for `parts/fields.js`. `required`: what is said where it is not ticked; `hint`: the words, where they stand nowhere else. */
export function consentField(required = "", hint = "") {
  return { kind: "checkbox", name: "agreed", label: "I read it out, and they agreed", hint, required };
}

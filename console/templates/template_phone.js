// How a wording arrives: bubbles on a phone, the usual case, the longest and the emptiest; each once where they read the same.
import { h, put } from "../parts/dom.js";

/** `cases`: [{label, text}], a null text can't be read yet. Gives {node, draw(cases)}. */
export function makePhone({ clinic, label }) {
  const bubbles = h("div", { class: "phone-bubbles" });
  const node = h("div", { class: "phone-body", role: "group", "aria-label": label },
    h("div", { class: "phone-top" }, h("span", { class: "initials me" }, clinic.name[0]), h("span", { class: "muted small" }, clinic.phone)), bubbles);

  function draw(cases) {
    const byText = new Map();
    for (const { label: words, text } of cases) if (text) byText.set(text, [...(byText.get(text) || []), words]);
    put(bubbles, [...byText].map(([text, words]) => [h("div", { class: "bubble patient" }, text), h("span", { class: "muted small" }, words.join("; "))]),
      !byText.size && h("p", { class: "muted small" }, cases.some((one) => one.text === null) ? "Shown as soon as the wording can be read." : "Nothing is written yet."));
  }
  return { node, draw };
}

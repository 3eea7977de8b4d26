// A made-up lead, and who would be given it by the rules as they stand in the fields: who was looked at, and why not the others.
import { h, put } from "../parts/dom.js";
import { icon } from "../parts/icons.js";
import { initials } from "../parts/people.js";
import { isLive } from "../parts/live.js";

const WAIT_MS = 300;

/** 'Rules 1 to 3 do not hold.' Pure. */
export function skippedWords(place) {
  if (place === 1) return "";
  if (!place) return "No rule holds.";
  return place === 2 ? "Rule 1 does not hold." : `Rules 1 to ${place - 1} do not hold.`;
}

/** `on`: {act, read() the body}. Gives {node, changed()}. */
export function makeWhatIf(data, { act, read }) {
  const choice = (name, label, options) => h("select", { class: "field", name, "aria-label": label, onchange: changed }, options.map(([code, words]) => h("option", { value: code }, words)));
  const treatment = choice("treatment", "Treatment", [["", "Any treatment"], ...data.options.treatments]);
  const location = choice("location", "Location", data.options.locations);
  const priority = choice("priority", "Priority", data.options.priorities.map(([code, words]) => [code, `Priority ${words}`]));
  const who = choice("vip", "Patient", [["", "Not a VIP"], ["yes", "VIP"]]);
  const form = choice("form", "Form", data.options.forms);
  const language = choice("language", "Language", [["", "Any language"], ...data.options.languages]);
  const value = h("input", { class: "field", name: "value", inputmode: "numeric", maxlength: 7, placeholder: "Value, usual", "aria-label": "Value in dollars", oninput: changed });
  priority.value = "2";
  form.value = "consultation_request";
  const said = h("p", { class: "small", role: "status" });
  const lines = h("ol", { class: "considered" });
  const node = h("section", { class: "what-if" }, h("h2", {}, "What if"), h("div", { class: "what-if-row" }, treatment, location, priority, form, who, language, value), said, lines);
  let timer = 0;
  let asked = 0;

  function changed() {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT_MS);
  }
  async function ask() {
    if (!isLive()) return changed();
    const mine = (asked += 1);
    const fields = { treatment: treatment.value, location: location.value, priority: priority.value, form: form.value, vip: who.value === "yes", language: language.value, value: value.value.replace(/\D/g, "") };
    const outcome = await act("what_if", { body: read(), fields });
    if (mine !== asked) return undefined;
    if (outcome.state !== "done") {
      put(lines);
      return put(said, h("span", { class: "muted" }, outcome.words));
    }
    return draw(outcome.value);
  }
  function draw({ place, rule, by, lines: found }) {
    const holds = place ? h("b", { class: "held" }, `Rule ${place} holds: ${rule}. `) : "";
    put(said, h("span", { class: "muted" }, skippedWords(place), " "), holds, by !== rule && by && h("span", {}, `${by}.`));
    put(lines, found.map((one) => h("li", { class: one.chosen ? "considered-one chosen" : "considered-one" }, icon(one.chosen ? "check" : "close", 16), h("span", { class: "initials" }, initials(one.name)), h("span", { class: "considered-words" }, h("b", {}, one.name), `: ${one.why}`), one.chosen && h("b", { class: "takes" }, "takes it"))),
      !found.length && h("li", { class: "muted" }, "Nobody takes leads yet: switch it on for somebody under Staff."));
  }
  return { node, changed };
}

// One language of a template: its wording, the neutral one that patients get who did not ask for words about their health, and
// how both arrive.
import { h, say, show } from "../parts/dom.js";
import { icon } from "../parts/icons.js";
import { makeField } from "../parts/fields.js";
import { makePhone } from "./template_phone.js";
import { rendered } from "./template_words.js";
import { makeWording } from "./template_wording.js";

/** 'bookingUrl' on a token: 'booking link'. */
export const shortName = (name) => name.replace(/Url$/, "Link").replace(/([a-z])([A-Z0-9])/g, "$1 $2").toLowerCase();
const CASES = { usual: "Everything known", longest: "Longest values", empty: "Nothing known" };

/**
 * `data`: {variables, clinic, cents}; `language`: {code, name}. `on`: {typed(), focused(wording), braces(wording, start, end),
 * fix(edits), test(language, part)}. Gives {node, read(), write(wordings), show(seen, values), redraw(values), wordings, enable}.
 */
export function makeLanguage(data, language, on) {
  const labels = new Map(data.variables.map((one) => [one.name, shortName(one.name)]));
  const health = new Set(data.variables.filter((one) => one.kind === "health").map((one) => one.name));
  const fallbacks = Object.fromEntries(data.variables.map((one) => [one.name, one.fallback[language.code]]));
  const common = { labels, special: health, cents: data.cents };
  const body = makeWording({ ...common, field: `wordings.${language.code}.body`, label: `${language.name} wording` }, on);
  const neutral = makeWording({ ...common, field: `wordings.${language.code}.neutral`, label: `${language.name}, neutral`, hint: "For patients who did not ask for texts about their health" }, on);
  const subject = makeField({ kind: "text", name: `subject-${language.code}`, label: `${language.name} subject`, longest: 200, onchange: on.typed });
  const phone = makePhone({ clinic: data.clinic, label: `How it reads in ${language.name}` });
  const test = h("button", { class: "b", type: "button", onclick: () => send() }, icon("send", 16), "Test text to me");
  const refused = h("p", { class: "note amber", role: "alert", hidden: true });
  const node = h("section", { class: "language", "data-language": language.code, "aria-label": language.name },
    subject.node, body.node, neutral.node, h("div", { class: "language-foot" }, h("h3", {}, "How it reads"), data.tests && test), refused, phone.node);
  let email = false;
  let wide = false; // whether the neutral one stands open without need

  const tellsHealth = () => [...body.text.value.matchAll(/\{\{\s*(?:#\s*if\s+)?(\w+)\s*\}\}/g)].some(([, name]) => health.has(name));
  const needsNeutral = () => wide || !!neutral.text.value || tellsHealth();

  async function send() {
    test.disabled = true;
    const outcome = await on.test(language.code, "body");
    test.disabled = false;
    show(refused, outcome.state !== "done");
    say(refused, outcome.state === "done" ? "" : outcome.words);
  }
  function filled(values) {
    return Object.fromEntries(Object.entries(values).map(([name, given]) => [name, {
      body: body.text.value.trim() ? rendered(body.text.value, given, fallbacks, language.code) : "",
      neutral: neutral.text.value.trim() ? rendered(neutral.text.value, given, fallbacks, language.code) : "",
    }]));
  }
  function draw(texts) {
    show(neutral.node, needsNeutral());
    body.measure(email ? null : texts.longest.body);
    neutral.measure(email ? null : texts.longest.neutral);
    phone.draw(neutral.text.value.trim()
      ? [{ label: "With the patient's wish for texts about their health", text: texts.usual.body }, { label: "All other patients", text: texts.usual.neutral }, { label: "All others, nothing known", text: texts.empty.neutral }]
      : Object.entries(CASES).map(([name, label]) => ({ label, text: texts[name].body })));
  }
  return {
    node,
    code: language.code,
    wordings: [body, neutral],
    read: () => ({ body: body.text.value, neutral: neutral.text.value, ...(email && { subject: subject.value }) }),
    /** `isEmail`: it has a subject, and is no text that could be sent to a phone. */
    write(given, isEmail) {
      email = isEmail;
      subject.value = given?.subject || "";
      show(subject.node, email);
      if (data.tests) show(test, !email);
      body.text.value = given?.body || "";
      neutral.text.value = given?.neutral || "";
      wide = false;
    },
    /** As one types: `values` by case, {usual, longest, empty}. */
    redraw: (values) => draw(filled(values)),
    /** The server's answer about `words` ({body, neutral}), which may have been typed on since. */
    show(words, seen, values) {
      for (const one of [body, neutral]) {
        const part = one === body ? "body" : "neutral";
        one.show(words[part], seen.findings.filter((found) => found.field === one.field), seen.meters[one.field]);
      }
      subject.error(seen.findings.find((one) => one.field === `wordings.${language.code}.subject` && one.level === "error")?.message || "");
      wide = seen.findings.some((one) => one.field === neutral.field);
      const current = body.text.value === words.body && neutral.text.value === words.neutral;
      const exact = (name) => ({ body: seen.texts[name][body.field] ?? null, neutral: seen.texts[name][neutral.field] ?? null });
      draw(current ? Object.fromEntries(Object.keys(CASES).map((name) => [name, exact(name)])) : filled(values));
    },
    enable(reason) {
      subject.enable(reason);
      body.enable(reason);
      neutral.enable(reason);
    },
    enableTest(reason) {
      test.disabled = !!reason;
      test.title = reason || "";
    },
  };
}

// One wording of a template: its words with tokens, what it costs, what the checks say of it.
import { h, put, say, show } from "../parts/dom.js";
import { icon } from "../parts/icons.js";
import { makeChipText } from "../parts/chip_text.js";
import { sizeOf, isOdd } from "../parts/segments.js";
import { signs } from "../parts/graphemes.js";

let count = 0;

/** Places of UTF-16 for places of characters, as the server counts them. */
function places(text) {
  const found = [0];
  for (const one of text) found.push(found.at(-1) + one.length);
  return found;
}

/** The text after edits that do not overlap; places are characters. */
export function mended(text, edits) {
  const at = places(text);
  return [...edits].sort((a, b) => b.start - a.start).reduce((words, { start, end, words: instead }) => words.slice(0, at[start]) + instead + words.slice(at[end]), text);
}

function oddMarks(text) {
  const found = [];
  let start = 0;
  for (const sign of signs(text)) {
    if ([...sign].some(isOdd)) found.push({ start, end: start + sign.length, level: "warning" });
    start += sign.length;
  }
  return found;
}

const segments = (many) => `${many} ${many === 1 ? "segment" : "segments"}`;
const price = (dollars) => `$${dollars.toFixed(2)} for 100`;

/**
 * `on`: {edits, typed(), focused(wording), braces(wording, start, end), fix(edits)}. `longest()` gives the text that is paid for, or
 * null. Gives {node, field, value, insert, show(findings, meter), measure(), enable(reason)}.
 */
export function makeWording({ field, label, hint, labels, special, cents }, on) {
  const id = `wording-${(count += 1)}`;
  const text = makeChipText({ label, labels, special, described: `${id}-checks`, changed: () => { stale(); on.typed(); }, focused: () => on.focused(own), braces: (start, end) => on.braces(own, start, end) });
  const size = h("b");
  const encoding = h("span");
  const bars = h("span", { class: "meter-bars", "aria-hidden": "true" });
  const cost = h("span", { class: "meter-cost" });
  const meter = h("div", { class: "meter" }, size, encoding, bars, cost);
  const saving = h("p", { class: "saving" });
  const checks = h("ul", { class: "checks", id: `${id}-checks`, "aria-label": `Checks of ${label}` });
  const node = h("div", { class: "wording-box" },
    h("div", { class: "wording-head" }, h("span", { class: "field-label" }, label), hint && h("span", { class: "muted small" }, hint)),
    h("div", { class: "wording-frame" }, text.node, meter), saving, checks);
  let findings = [];
  let of = ""; // the words that the findings are about

  function stale() {
    if (of !== text.value) text.mark(oddMarks(text.value));
  }
  function marks() {
    const at = places(text.value);
    const starts = [0];
    for (const match of text.value.matchAll(/\r\n?|\n/g)) starts.push([...text.value.slice(0, match.index + match[0].length)].length);
    const found = findings.filter((one) => one.line && one.code !== "character").map((one) => {
      const start = starts[one.line - 1] + one.column - 1;
      return { start: at[start], end: at[Math.min(start + one.length, at.length - 1)], level: one.level };
    });
    text.mark([...found, ...oddMarks(text.value)]);
  }
  function check(one) {
    const fix = one.fix && on.edits && h("button", { class: "b quiet fix", type: "button", onclick: () => on.fix(one.fix.edits) }, one.fix.label);
    return h("li", { class: `check ${one.level}` }, icon(one.level === "error" ? "alert" : "warning", 16),
      h("span", { class: "check-words" }, h("b", {}, one.level === "error" ? "Must be changed: " : ""), one.message, one.line > 1 && h("span", { class: "muted" }, ` Line ${one.line}.`)), fix);
  }
  const own = {
    node,
    field,
    text,
    /** The text with the longest values: what is counted and paid for. */
    measure(longest) {
      show(meter, !!longest);
      show(bars, !!longest);
      if (!longest) return;
      const found = sizeOf(longest);
      say(size, `${found.units} characters`);
      say(encoding, `${segments(found.segments)} as ${found.odd.length ? "UCS-2" : "GSM-7"}`);
      put(bars, Array.from({ length: found.segments }, () => h("i")));
      bars.classList.toggle("many", found.segments > 2 || found.odd.length > 0);
      say(cost, price(found.segments * cents));
    },
    /** What the server says of the words as they were sent. */
    show(words, found, meterOf) {
      findings = found;
      of = words;
      put(checks, found.map(check));
      show(checks, found.length > 0);
      show(saving, !!meterOf && (!!meterOf.saving || meterOf.smart.encoding !== meterOf.size.encoding));
      if (meterOf) put(saving, savingWords(meterOf));
      if (words === text.value) marks();
    },
    enable: text.enable,
  };
  function savingWords(meterOf) {
    const { saving: less, smart, size: now } = meterOf;
    return [
      less && h("span", {}, `${less.plain.trim() ? `With a plain ${less.plain}` : "With a plain space"}: ${segments(less.segments)}, saves ${price(less.perHundred)}. `),
      smart.encoding !== now.encoding && h("span", { class: "muted" }, `With Smart Encoding at Twilio: ${segments(smart.segments)} as ${smart.encoding}.`),
    ];
  }
  return own;
}

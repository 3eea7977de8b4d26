// What is one sign to the eye, cut as core/messaging/characters.py does. Not Intl.Segmenter: browsers go by the newest
// Unicode, Twilio's calculator by Unicode 10.
import { GRAPHEME } from "./characters.js";

// Which classes may follow directly: Hangul (GB6 to GB8), emoji after a joiner (GB11).
const FOLLOWED_BY = {
  lead: ["lead", "vowel", "syllable", "closed"],
  vowel: ["vowel", "tail"],
  syllable: ["vowel", "tail"],
  closed: ["tail"],
  tail: ["tail"],
  joiner: ["glued", "glued_base"],
};
const ATTACHED = ["extend", "spacing", "joiner"];
const BASES = ["base", "glued_base"];
const known = new Map();

const RANGES = Object.entries(GRAPHEME).flatMap(([kind, codes]) => codes.trim().split(/\s+/).map((range) => {
  const [first, last] = range.split("-").map((code) => parseInt(code, 16));
  return { first, last: last ?? first, kind };
}));

function find(sign) {
  const code = sign.codePointAt(0);
  if (sign === "\r" || sign === "\n") return "control";
  if (code >= 0xac00 && code <= 0xd7a3) return (code - 0xac00) % 28 ? "closed" : "syllable";
  return RANGES.find((range) => range.first <= code && code <= range.last)?.kind ?? "";
}

function kindOf(sign) {
  if (!known.has(sign)) known.set(sign, find(sign));
  return known.get(sign);
}

/** A flag of two letters and a mark: the calculator lets nothing more follow. */
function isEndedFlag(kinds) {
  const rest = kinds.slice(1);
  const other = rest.findIndex((kind) => kind !== "flag");
  return other > 0 && !rest.slice(other).includes("flag") && kinds.at(-1) !== "prepend";
}

/** A tone of skin belongs to a person right before it, or with one mark between. */
function takesSkin(kinds) {
  if (kinds.at(-1) === "extend") return BASES.includes(kinds.at(-2));
  return !kinds.includes("extend") && BASES.includes(kinds.at(-1));
}

function belongs(kinds, kind) {
  const last = kinds.at(-1);
  if (last === "control" || kind === "control" || (kind !== "flag" && isEndedFlag(kinds))) return false;
  if (ATTACHED.includes(kind) || last === "prepend") return true;
  if (kind === "skin") return takesSkin(kinds);
  if (last === "flag" && kind === "flag") return kinds.length === 1;
  return FOLLOWED_BY[last]?.includes(kind) ?? false;
}

/** The text in pieces that are never cut in two. */
export function* signs(text) {
  let begun = "";
  let kinds = [];
  for (const sign of text) {
    const kind = kindOf(sign);
    if (kinds.length && !belongs(kinds, kind)) {
      yield begun;
      begun = "";
      kinds = [];
    }
    begun += sign;
    kinds.push(kind);
  }
  if (kinds.length) yield begun;
}

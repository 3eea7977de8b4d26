// A wording with its values filled in, while it is being typed: what core/messaging/templates.py makes of it, but for block
// tags that have a line to themselves. The server's own answer takes its place with the next saving.
import { pieces } from "../parts/chip_caret.js";

const NOBODY = "\ufdd0";
const NOTHING = "\ufdd1";
const INSTEAD = "\ufdd2"; // before words that stand in for a value
const GREETINGS = { en: ["Hi there", "there"], es: ["Hola", NOTHING] };

/** The block structure as nested lists; null where it is broken. */
function read(parts) {
  const root = { then: [], otherwise: null };
  const open = [root];
  for (const { words, tag } of parts) {
    const inside = tag ? words.slice(2, -2).trim() : "";
    const block = open.at(-1);
    const target = block.otherwise || block.then;
    const condition = inside.match(/^#\s*if\s+(\w+)$/);
    if (!tag) target.push(words);
    else if (condition) {
      const made = { name: condition[1], then: [], otherwise: null };
      target.push(made);
      open.push(made);
    } else if (inside === "else") {
      if (open.length === 1 || block.otherwise) return null;
      block.otherwise = [];
    } else if (/^\/\s*if$/.test(inside)) {
      if (open.length === 1) return null;
      open.pop();
    } else if (/^\w+$/.test(inside)) target.push({ variable: inside });
    else return null;
  }
  return open.length === 1 ? root.then : null;
}

function joined(nodes, values, missing) {
  return nodes.map((node) => {
    if (typeof node === "string") return node;
    if (node.variable) return values[node.variable] || missing(node.variable);
    return joined(values[node.name] ? node.then : node.otherwise || [], values, missing);
  }).join("");
}

function tidy(words, [opening, nobody]) {
  let text = words;
  if (text.includes(NOBODY)) {
    text = text.replace(/,[ \t]*\ufdd0(?=[.!?:;,]|$)/g, "").replace(/(^\s*|[.!?:\n]\s+)\ufdd0(?=[,.!])/g, `$1${opening}`).replaceAll(NOBODY, nobody);
  }
  text = text.replace(/(^\s*|[.!?\n]\s+)\ufdd2([\p{L}\p{N}_])/gu, (_, before, letter) => before + letter.toUpperCase()).replaceAll(INSTEAD, "");
  return text.replace(/,[ \t]*\ufdd1+(?=[.!?:;,\n]|$)|(?:^|(?<=\n))\ufdd1+[ \t]*|[ \t]*\ufdd1+(?=[\s,.;:!?]|$)|\ufdd1/g, "").replace(/[ \t]{2,}/g, " ").trim();
}

/** The text, or null where the wording can't be read. `fallbacks`: name to what is printed where there is no value. */
export function rendered(wording, values, fallbacks, language) {
  const nodes = read(pieces(wording));
  if (!nodes) return null;
  const missing = (name) => (fallbacks[name] ? INSTEAD + fallbacks[name] : name === "firstName" ? NOBODY : NOTHING);
  return tidy(joined(nodes, values, missing), GREETINGS[language]);
}

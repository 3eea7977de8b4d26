// Writes the tables of characters anew. FOLDER has the npm packages @unicode/unicode-10.0.0 (Unicode 10 is what Twilio's
// calculator goes by) and sms-segments-calculator.
//   node tests/oracles/characters.mjs FOLDER toml > data/characters.toml
//   node tests/oracles/characters.mjs FOLDER js   > the console's characters.js
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [folder, format] = process.argv.slice(2);
const require = createRequire(`${folder}/`);
const CLASSES = {
  control: "Control", extend: "Extend", spacing: "SpacingMark", prepend: "Prepend", flag: "Regional_Indicator",
  lead: "L", vowel: "V", tail: "T", joiner: "ZWJ", base: "E_Base", skin: "E_Modifier", glued: "Glue_After_Zwj",
  glued_base: "E_Base_GAZ",
};
const WIDTH = 116;

const hex = (code) => code.toString(16);

/** Code points in ascending order as 'a-b c d-e', in rows. */
function wrapped(codes) {
  const ranges = [];
  for (const code of codes) {
    const last = ranges.at(-1);
    if (last && last[1] + 1 === code) last[1] = code;
    else ranges.push([code, code]);
  }
  const rows = [""];
  for (const [first, last] of ranges) {
    const word = first === last ? hex(first) : `${hex(first)}-${hex(last)}`;
    if (rows.at(-1).length + word.length > WIDTH) rows.push("");
    rows[rows.length - 1] += rows.at(-1) ? ` ${word}` : word;
  }
  return rows;
}

function entry(name, rows) {
  return rows.length > 1 ? `${name} = """\n${rows.join("\n")}"""` : `${name} = "${rows[0]}"`;
}

async function graphemes() {
  const tables = {};
  for (const [name, property] of Object.entries(CLASSES)) {
    const file = `${folder}/node_modules/@unicode/unicode-10.0.0/Grapheme_Cluster_Break/${property}/code-points.mjs`;
    tables[name] = wrapped([...(await import(pathToFileURL(file))).default]);
  }
  return tables;
}

function smart() {
  const groups = new Map();
  const table = require("sms-segments-calculator/dist/libs/SmartEncodingMap.js").default;
  for (const [sign, plain] of Object.entries(table)) groups.set(plain, [...(groups.get(plain) ?? []), sign.codePointAt(0)]);
  return [...groups].map(([plain, codes]) => entry(JSON.stringify(plain), wrapped(codes.sort((a, b) => a - b))));
}

const tables = Object.entries(await graphemes());
if (format === "js") {
  console.log(`// The table [grapheme] of data/characters.toml; written by tests/oracles/characters.mjs, not by hand.
export const GRAPHEME = {
${tables.map(([name, rows]) => `  ${name}: \`\n${rows.join("\n")}\`,`).join("\n")}
};`);
} else {
  console.log(`# Characters as Twilio's segment calculator takes them; written by tests/oracles/characters.mjs, not by hand.
# Code points in hexadecimal, one or a range.

# What Smart Encoding puts in the place of characters that are not in GSM-7.
[smart_encoding]
${smart().join("\n")}

# Grapheme_Cluster_Break of Unicode 10 (UAX 29): what is not split between two segments. Hangul syllables are computed.
[grapheme]
${tables.map(([name, rows]) => entry(name, rows)).join("\n")}`);
}

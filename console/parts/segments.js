// How many segments a text fills, counted as core/messaging/segments.py does (GSM 03.38, Twilio's calculator).
import { signs } from "./graphemes.js";

const GSM = new Set("@\u00a3$\u00a5\u00e8\u00e9\u00f9\u00ec\u00f2\u00c7\n\u00d8\u00f8\r\u00c5\u00e5\u0394_\u03a6\u0393\u039b\u03a9\u03a0\u03a8\u03a3\u0398\u039e\u00c6\u00e6\u00df\u00c9 !\"#\u00a4%&'()*+,-./0123456789:;<=>?\u00a1ABCDEFGHIJKLMNOPQRSTUVWXYZ\u00c4\u00d6\u00d1\u00dc\u00a7\u00bfabcdefghijklmnopqrstuvwxyz\u00e4\u00f6\u00f1\u00fc\u00e0");
const EXTENSION = new Set("^{}\\[~]|\u20ac\f");

function parts(widths, alone, each) {
  const total = widths.reduce((sum, width) => sum + width, 0);
  if (total <= alone) return { units: total, segments: 1 };
  let count = 1;
  let used = 0;
  for (const width of widths) {
    // What is one sign is never split between two parts.
    if (used + width > each) { count += 1; used = 0; }
    used += width;
  }
  return { units: total, segments: count };
}

/** Units of each sign; one that fits no part has to be split after all. */
function widths(text, each) {
  return [...signs(text)].flatMap((sign) => (sign.length <= each ? [sign.length] : [...sign].map((one) => one.length)));
}

/** Whether a character makes the whole text count by 70. */
export const isOdd = (one) => !GSM.has(one) && !EXTENSION.has(one);

/** {units, segments, alone, odd}: `odd` are the characters that make the whole text count by 70. */
export function sizeOf(text) {
  const characters = [...text];
  const odd = [...new Set(characters.filter(isOdd))];
  if (odd.length) return { ...parts(widths(text, 67), 70, 67), alone: 70, each: 67, odd };
  return { ...parts(characters.map((one) => (EXTENSION.has(one) ? 2 : 1)), 160, 153), alone: 160, each: 153, odd };
}

/** '51 of 160 characters, 1 segment' */
export function sizeWords(text) {
  const size = sizeOf(text);
  const room = size.segments === 1 ? size.alone : size.segments * size.each;
  return `${size.units} of ${room} characters, ${size.segments} ${size.segments === 1 ? "segment" : "segments"}`;
}

/** Quotes, dashes and dots that keyboards curl, as plain signs: one curly one turns 160 characters into 70. */
export function plain(text) {
  return text.replace(/[\u2018\u2019\u201b]/g, "'").replace(/[\u201c\u201d]/g, '"').replace(/[\u2013\u2014]/g, "-").replace(/\u2026/g, "...").replace(/\u00a0/g, " ");
}

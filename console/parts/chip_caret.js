// Where the caret stands in text whose tokens are elements that can't be edited: places in the text to places in the document.
// Beside a token without words an empty holder keeps a place for the caret; it is no part of the text.
import { h } from "./dom.js";

export const TAG = /\{\{.*?\}\}/g;
export const HOLDER = "\u200b";

/** The text cut into words and tags: [{ words, tag }], `tag` whether it is one. */
export function pieces(text) {
  const found = [];
  let at = 0;
  for (const match of text.matchAll(TAG)) {
    if (match.index > at) found.push({ words: text.slice(at, match.index), tag: false });
    found.push({ words: match[0], tag: true });
    at = match.index + match[0].length;
  }
  if (at < text.length) found.push({ words: text.slice(at), tag: false });
  return found;
}

const bare = (words) => words.replaceAll(HOLDER, "");

/** What stands in the node as text. */
export function textOf(node) {
  return [...node.childNodes].map((child) => (child.dataset?.tag ? child.dataset.tag : bare(child.textContent))).join("");
}

/** Put pieces into the node; `token(tag)` makes the element of a tag. */
export function fill(node, text, token) {
  const parts = pieces(text);
  const children = [];
  parts.forEach((part, index) => {
    if (part.tag && !(parts[index - 1] && !parts[index - 1].tag)) children.push(document.createTextNode(HOLDER));
    if (part.tag) {
      const made = token(part.words);
      made.dataset.tag = part.words;
      made.contentEditable = "false";
      children.push(made);
    } else children.push(document.createTextNode(part.words));
  });
  if (!parts.length || parts.at(-1).tag) children.push(document.createTextNode(HOLDER));
  // A line break at the very end shows no line without something after it.
  if (text.endsWith("\n")) children.push(h("br"));
  node.replaceChildren(...children);
}

const length = (child) => (child.dataset?.tag ? child.dataset.tag.length : bare(child.textContent).length);

/** The place in the text of a place in the document. */
export function placeOf(node, container, offset) {
  if (container === node) return [...node.childNodes].slice(0, offset).reduce((sum, child) => sum + length(child), 0);
  let sum = 0;
  for (const child of node.childNodes) {
    if (child === container) return sum + bare(container.textContent.slice(0, offset)).length;
    if (child.contains(container)) return sum + (offset ? length(child) : 0);
    sum += length(child);
  }
  return sum;
}

/** [container, offset] of a place in the text; never within a token. */
export function pointOf(node, place) {
  let left = place;
  const children = [...node.childNodes].filter((child) => child.nodeName !== "BR");
  for (const [index, child] of children.entries()) {
    const size = length(child);
    const next = children[index + 1];
    const isText = child.nodeType === Node.TEXT_NODE;
    if (isText && (left < size || (left === size && !(next?.nodeType === Node.TEXT_NODE)))) return [child, size ? left : child.textContent.length];
    if (!isText && left < size) return [node, index + (left ? 1 : 0)];
    left -= size;
  }
  return [node, node.childNodes.length];
}

/** {start, end, focus} of what is selected, as places in the text; null where the selection is elsewhere. */
export function selected(node) {
  const root = node.getRootNode();
  const all = document.getSelection();
  let range = null;
  if (all?.getComposedRanges) [range] = all.getComposedRanges({ shadowRoots: root instanceof ShadowRoot ? [root] : [] });
  else {
    const own = root.getSelection ? root.getSelection() : all;
    range = own?.rangeCount ? own.getRangeAt(0) : null;
  }
  if (!range || !node.contains(range.startContainer) || !node.contains(range.endContainer)) return null;
  const start = placeOf(node, range.startContainer, range.startOffset);
  const end = placeOf(node, range.endContainer, range.endOffset);
  return { start, end, backward: all?.direction === "backward" };
}

/** Select from one place to another. */
export function select(node, anchor, focus = anchor) {
  document.getSelection().setBaseAndExtent(...pointOf(node, anchor), ...pointOf(node, focus));
}

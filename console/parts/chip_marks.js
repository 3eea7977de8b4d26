// Marks below words without touching them: the browser's own highlights, which leave caret, undo and spelling alone.
import { pointOf } from "./chip_caret.js";

const byNode = new Map(); // node -> [[name, range]]
const NAMES = { error: "luxe-error", warning: "luxe-warning" };

function registered(name) {
  if (!CSS.highlights.has(name)) CSS.highlights.set(name, new Highlight());
  return CSS.highlights.get(name);
}

/** Take the marks of one field away. */
export function forget(node) {
  for (const [name, range] of byNode.get(node) || []) registered(name).delete(range);
  byNode.delete(node);
}

/** Mark from one place of the text to another. A token is marked by its own class. */
export function highlight(node, start, end, level) {
  const [container, offset] = pointOf(node, start);
  const [last, stop] = pointOf(node, end);
  const token = container === node ? node.childNodes[offset] : null;
  if (token?.classList?.contains("token")) token.classList.add(level);
  if (!globalThis.CSS?.highlights) return;
  const range = document.createRange();
  range.setStart(container, offset);
  range.setEnd(last, stop);
  registered(NAMES[level]).add(range);
  byNode.set(node, [...(byNode.get(node) || []), [NAMES[level], range]]);
}

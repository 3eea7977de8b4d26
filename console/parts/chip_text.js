// A field for words with variables in them: each variable is a token, written, moved over and deleted as one sign. What it
// holds is text with tags such as {{firstName}}, however it was typed or pasted. It keeps its own steps to undo.
import { h } from "./dom.js";
import { HOLDER, fill, pieces, placeOf, pointOf, select, selected, textOf } from "./chip_caret.js";
import { forget, highlight } from "./chip_marks.js";

const TOGETHER_MS = 1000; // letters typed within it are one step back
const MOST_STEPS = 200;
const CONDITION = /^\{\{\s*(#\s*if\s+\w+|else|\/\s*if)\s*\}\}$/;
const signs = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** What a token says: the variable's label, a condition in words, else the tag as it stands. `labels`: name to label. */
export function tokenWords(tag, labels) {
  const inside = tag.slice(2, -2).trim();
  if (inside === "else") return "otherwise";
  if (/^\/\s*if$/.test(inside)) return "end if";
  const condition = inside.match(/^#\s*if\s+(\w+)$/);
  if (condition) return `if known: ${labels.get(condition[1]) || condition[1]}`;
  return labels.get(inside) || tag;
}

/**
 * `labels`: a Map from name to what its token says; `special`: a Set of those that are shown apart. `changed(text)` at each change by hand, `focused()` when it gets the focus,
 * `braces()` when somebody types '{' to choose a variable.
 * Gives {node, value, insert(words), focus(), enable(reason), mark(ranges), caret()}.
 */
export function makeChipText({ label, labels, special, described, changed, focused = () => {}, braces }) {
  let text = "";
  let steps = []; // [{text, place}] to go back to
  let undone = [];
  let typedAt = 0;
  let last = { start: 0, end: 0 };
  let composing = false;
  const node = h("div", { class: "chip-text", role: "textbox", "aria-multiline": "true", "aria-label": label, "aria-describedby": described, contenteditable: "true", spellcheck: "true",
    onbeforeinput: before, oninput: after, onkeydown: pressed, onclick: clicked, onpaste: pasted, oncopy: copied, oncut: cut, ondrop: (event) => event.preventDefault(),
    onfocus: () => focused(), onblur: leave,
    oncompositionstart: () => { composing = true; keep(); }, oncompositionend: () => { composing = false; settle(); } });

  function token(tag) {
    const words = tokenWords(tag, labels);
    const kind = CONDITION.test(tag) ? "condition" : words === tag ? "unknown" : special.has(tag.slice(2, -2).trim()) ? "special" : "";
    return h("span", { class: `token ${kind}`, title: tag }, words);
  }
  function draw(place) {
    fill(node, text, token);
    node.classList.toggle("empty", !text);
    marks();
    if (place !== undefined && node.getRootNode().activeElement === node) select(node, place);
  }
  const here = () => selected(node) || last;

  // ---- changes

  function keep(together = false) {
    const at = Date.now();
    if (!(together && at - typedAt < TOGETHER_MS && steps.length)) steps = [...steps.slice(1 - MOST_STEPS), { text, place: here().end }];
    typedAt = together ? at : 0;
    undone = [];
  }
  /** The words from one place to another become others; a token that is touched goes whole. */
  function replace(start, end, words, together = false) {
    keep(together);
    text = text.slice(0, start) + words + text.slice(end);
    draw(start + words.length);
    last = { start: start + words.length, end: start + words.length };
    changed(text);
  }
  function step(from, to) {
    const back = from.pop();
    if (!back) return;
    to.push({ text, place: here().end });
    text = back.text;
    typedAt = 0;
    draw(Math.min(back.place, text.length));
    changed(text);
  }
  /** Widened to whole tokens. */
  function whole(start, end) {
    let at = 0;
    let [from, to] = [start, end];
    for (const piece of pieces(text)) {
      const stop = at + piece.words.length;
      if (piece.tag && start > at && start < stop) from = at;
      if (piece.tag && end > at && end < stop) to = stop;
      at = stop;
    }
    return [from, to];
  }
  function before(event) {
    if (composing || event.inputType === "insertCompositionText") return;
    event.preventDefault();
    const kind = event.inputType;
    if (kind === "historyUndo") return step(steps, undone);
    if (kind === "historyRedo") return step(undone, steps);
    const { start, end } = here();
    if (kind === "insertParagraph" || kind === "insertLineBreak") return replace(...whole(start, end), "\n");
    if (kind === "insertText") return typed(event.data || "", start, end);
    if (kind === "insertReplacementText") return replaced(event);
    if (kind.startsWith("delete") && kind !== "deleteByDrag") return erase(event, kind, start, end);
    return undefined;
  }
  function typed(words, start, end) {
    if (words === "{" && braces) return braces(start, end);
    return replace(...whole(start, end), clean(words), words.length === 1 && start === end);
  }
  function replaced(event) {
    const [range] = event.getTargetRanges();
    const words = event.dataTransfer?.getData("text/plain") ?? event.data ?? "";
    const target = range ? targetOf(range) : here();
    replace(...whole(target.start, target.end), clean(words));
  }
  const targetOf = (range) => ({ start: placeOf(node, range.startContainer, range.startOffset), end: placeOf(node, range.endContainer, range.endOffset) });
  function erase(event, kind, start, end) {
    if (start !== end) return replace(...whole(start, end), "");
    const back = !kind.endsWith("Forward");
    if (/^deleteContent(Back|For)ward$/.test(kind)) return eraseSign(start, back);
    const [range] = event.getTargetRanges();
    const target = range ? targetOf(range) : { start, end };
    return target.start === target.end ? eraseSign(start, back) : replace(...whole(target.start, target.end), "");
  }
  function eraseSign(at, back) {
    const size = beside(at, back);
    if (size) replace(back ? at - size : at, back ? at : at + size, "", !isTag(at, back));
  }
  /** How long the sign or the token beside a place is; 0 at the end. */
  function beside(at, back) {
    let from = 0;
    for (const piece of pieces(text)) {
      const to = from + piece.words.length;
      if (back ? at > from && at <= to : at >= from && at < to) {
        if (piece.tag) return back ? at - from : to - at;
        const words = back ? text.slice(from, at) : text.slice(at, to);
        const cutUp = [...signs.segment(words)];
        return cutUp[back ? cutUp.length - 1 : 0].segment.length;
      }
      from = to;
    }
    return 0;
  }
  const isTag = (at, back) => pieces(text).some((piece, index, all) => {
    const from = all.slice(0, index).reduce((sum, one) => sum + one.words.length, 0);
    return piece.tag && at === (back ? from + piece.words.length : from);
  });

  // ---- what a keyboard for other scripts, or a phone, does to the document itself

  function after() {
    if (!composing) return settle();
    text = textOf(node);
    return changed(text);
  }
  function settle() {
    const place = here().end;
    text = clean(textOf(node));
    draw(Math.min(place, text.length));
    changed(text);
  }

  // ---- keys and clipboard

  function pressed(event) {
    if (event.isComposing) return;
    const command = event.ctrlKey || event.metaKey;
    if (event.key === "Escape") return;
    event.stopPropagation();
    if (command && !event.altKey && event.key.toLowerCase() === "z") {
      event.preventDefault();
      if (event.shiftKey) step(undone, steps);
      else step(steps, undone);
    } else if (command && event.key.toLowerCase() === "y") {
      event.preventDefault();
      step(undone, steps);
    } else if (command && event.key === " " && braces) {
      event.preventDefault();
      const { start, end } = here();
      braces(start, end);
    } else if ((event.key === "ArrowLeft" || event.key === "ArrowRight") && !command && !event.altKey) over(event);
  }
  /** A token is one step of the arrow keys. */
  function over(event) {
    const found = selected(node);
    if (!found || (found.start !== found.end && !event.shiftKey)) return;
    const back = event.key === "ArrowLeft";
    const focus = found.backward ? found.start : found.end;
    if (!isTag(focus, back)) return;
    event.preventDefault();
    const to = back ? focus - beside(focus, true) : focus + beside(focus, false);
    select(node, event.shiftKey ? (found.backward ? found.end : found.start) : to, to);
  }
  /** Beside the token, on the side that was hit: within it nothing can be typed. */
  function clicked(event) {
    const hit = event.target.closest(".token");
    if (!hit || !document.getSelection().isCollapsed) return;
    const children = [...node.childNodes];
    const start = placeOf(node, node, children.indexOf(hit));
    const frame = hit.getBoundingClientRect();
    select(node, event.clientX < frame.left + frame.width / 2 ? start : start + hit.dataset.tag.length);
  }
  const clean = (words) => words.replace(/\r\n?/g, "\n").replaceAll(HOLDER, "").replaceAll("\u00a0", " ");
  function pasted(event) {
    event.preventDefault();
    const { start, end } = here();
    replace(...whole(start, end), clean(event.clipboardData.getData("text/plain")));
  }
  function copied(event) {
    const { start, end } = here();
    if (start === end) return false;
    event.preventDefault();
    event.clipboardData.setData("text/plain", text.slice(start, end));
    return true;
  }
  function cut(event) {
    const { start, end } = here();
    if (copied(event)) replace(...whole(start, end), "");
  }
  function leave() {
    last = selected(node) || last;
  }

  // ---- marks

  let ranges = [];
  function marks() {
    forget(node);
    for (const { start, end, level } of ranges) highlight(node, start, end, level);
  }

  return {
    node,
    get value() {
      return text;
    },
    set value(words) {
      if (words === text) return;
      text = words;
      steps = [];
      undone = [];
      last = { start: text.length, end: text.length };
      draw(node.getRootNode().activeElement === node ? text.length : undefined);
    },
    /** At the caret, or from `start` to `end`. */
    insert(words, start = last.start, end = last.end) {
      replace(...whole(start, end), words);
      node.focus();
      select(node, last.end);
    },
    /** All of it anew, as one step that can be undone. */
    change(words) {
      replace(0, text.length, words);
    },
    focus() {
      node.focus();
      select(node, last.end);
    },
    enable(reason) {
      node.contentEditable = reason ? "false" : "true";
      if (reason) node.setAttribute("aria-readonly", "true");
      else node.removeAttribute("aria-readonly");
      node.tabIndex = 0;
      node.title = reason || "";
    },
    /** Where the caret is on the screen: {left, bottom} in pixels of the window. */
    caret() {
      const { end } = here();
      const [container, offset] = pointOf(node, end);
      const range = document.createRange();
      range.setStart(container, offset);
      const frame = range.getBoundingClientRect();
      const box = node.getBoundingClientRect();
      return frame.bottom ? { left: frame.left, bottom: frame.bottom } : { left: box.left, bottom: box.top + 28 };
    },
    /** `found`: [{start, end, level}] in UTF-16 places of the text; level error or warning. */
    mark(found) {
      ranges = found;
      marks();
    },
    stop: () => forget(node),
  };
}

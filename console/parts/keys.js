// Single keys as shortcuts, and the difference between a shortcut and somebody who types without a field:
// a word typed blindly must never become a deed on a patient.
import { typing } from "./dom.js";

const ALONE_MS = 200;
const WORDS_MS = 1000;
const NAMED = new Set(["Enter", "ArrowUp", "ArrowDown"]);

/**
 * A key that changes something waits until it has stood alone for ALONE_MS; one that follows it takes both back. After that,
 * and after any sign that is no shortcut, every key is a letter of a word until nothing was pressed for WORDS_MS.
 * `told()` is called once for each such word that held a shortcut. Moments are milliseconds.
 */
export function makeGuard({ told = () => {}, later = (fn, ms) => setTimeout(fn, ms), drop = (timer) => clearTimeout(timer) } = {}) {
  let until = -Infinity;
  let pending = null;
  let said = false;

  function word(at, held) {
    if (at >= until) said = false;
    until = at + WORDS_MS;
    if (held && !said) {
      said = true;
      told();
    }
  }
  return {
    /** Whether keys are letters of a word at this moment. */
    inWord: (at) => at < until,
    /** `deed`: {now: fn} opens or moves, {act: fn} changes something, null is no shortcut. */
    press(deed, at) {
      if (pending !== null) {
        drop(pending);
        pending = null;
        return word(at, true);
      }
      if (at < until || !deed) return word(at, !!deed);
      if (deed.now) return deed.now();
      pending = later(() => { pending = null; deed.act(); }, ALONE_MS);
      return undefined;
    },
  };
}

const isLetter = (key) => key.length === 1 && key.toLowerCase() !== key.toUpperCase();

/**
 * Listen on the page until the returned function is called. `find(key, target)` gives the deed of a key as the guard takes it:
 * null where it has none, undefined where the key stays the browser's. `escape(event)` hears Esc wherever the focus is,
 * `undo()` Alt+Z, which works while one types, too; Alt+Z and a plain Z (in `find`) are one key to who reads it on a button.
 */
export function listen({ usable, find, escape, undo, told }) {
  const guard = makeGuard({ told });
  function hear(event) {
    if (event.key === "Escape") return escape(event);
    if (event.altKey && (event.code === "KeyZ" || event.key.toLowerCase() === "z") && undo && usable(true)) {
      event.preventDefault();
      return undo();
    }
    if (event.ctrlKey || event.metaKey || event.altKey || typing() || !usable(false)) return undefined;
    if (event.key.length > 1 && !NAMED.has(event.key)) return undefined;
    const inWord = guard.inWord(event.timeStamp);
    const deed = event.repeat && !event.key.startsWith("Arrow") ? null : event.shiftKey && isLetter(event.key) ? null : find(event.key.toLowerCase(), event.composedPath()[0]);
    // A space or Enter of a word must not press the button that happens to have the focus.
    if (deed === undefined && !inWord) return undefined;
    if (deed || inWord) event.preventDefault();
    return guard.press(deed || null, event.timeStamp);
  }
  document.addEventListener("keydown", hear);
  return () => document.removeEventListener("keydown", hear);
}

/** The key that takes something back, as it works where the focus is. */
export const undoKey = () => (typing() ? "Alt+Z" : "Z");

// A list over a text box that opens on a sign: '/' at the start of a line for quick texts, '@' for colleagues.
import { h, put, show } from "./dom.js";

const MOST = 6;
let count = 0;

/** The shown ones first that begin with what was typed, then those that hold it. */
function matching(items, typed) {
  const wanted = typed.toLowerCase();
  const rank = (one) => (one.title.toLowerCase().startsWith(wanted) ? 0 : one.title.toLowerCase().includes(wanted) ? 1 : one.about.toLowerCase().includes(wanted) ? 2 : 3);
  return items.map((one) => [rank(one), one]).filter(([at]) => at < 3).sort((a, b) => a[0] - b[0]).map(([, one]) => one).slice(0, MOST);
}

/** '/' at the start of a line: quick texts as `composing.offered` gives them. */
export const quickTexts = (texts, active = () => true) => ({
  open: /(^|\n)\/([^\n/]{0,30})$/, name: "Quick texts", active, items: () => texts().map((one) => ({ title: one.title, about: one.body, side: one.scope, insert: one.body })),
});

/**
 * `signs`: [{open: what stands before the cursor, as a RegExp whose groups are what stays and what was typed; name; active(); items():
 * [{title, about, side, insert}]}]. `changed()` is called when words were put in. Gives {node, input(), key(event), close(), open}.
 */
export function makeTypeahead(area, signs, changed) {
  const id = `typeahead-${(count += 1)}`;
  const head = h("div", { class: "typeahead-head muted small" });
  const list = h("div", { role: "listbox", id, "aria-label": "Suggestions" });
  const node = h("div", { class: "typeahead", hidden: true }, head, list);
  let found = [];
  let at = 0;
  let match = null;
  let typedBefore = null;

  function input() {
    const before = area.value.slice(0, area.selectionStart);
    const sign = signs.find((one) => one.active() && one.open.test(before));
    if (!sign) return close();
    match = sign.open.exec(before);
    if (match[2] !== typedBefore) at = 0;
    typedBefore = match[2];
    found = matching(sign.items(), match[2]);
    // What has no match and goes on is a sentence, not a search.
    return found.length || !match[2].includes(" ") ? draw(sign, match[2]) : close();
  }
  function draw(sign, typed) {
    put(head, typed ? `${sign.name} matching "${typed}"` : sign.name, h("span", { class: "typeahead-keys" }, ["\u2191", "\u2193", "Enter"].map((one) => h("span", { class: "key" }, one))));
    put(list, found.length === 0 && h("div", { class: "typeahead-none muted small" }, "Nothing matches."),
      found.map((one, place) => h("div", { class: "typeahead-item", role: "option", id: `${id}-${place}`, "aria-selected": String(place === at), onmousedown: (event) => { event.preventDefault(); pick(one); } },
        h("b", {}, one.title), h("span", { class: "muted small" }, one.side), one.about && h("span", { class: "muted typeahead-about" }, one.about))));
    show(node, true);
    area.setAttribute("aria-controls", id);
    area.setAttribute("aria-expanded", "true");
    if (found.length) area.setAttribute("aria-activedescendant", `${id}-${at}`);
  }
  function close() {
    show(node, false);
    match = null;
    for (const name of ["aria-controls", "aria-expanded", "aria-activedescendant"]) area.removeAttribute(name);
  }
  function pick(one) {
    const caret = area.selectionStart;
    area.setRangeText(one.insert, caret - match[0].length + match[1].length, caret, "end");
    close();
    area.focus();
    changed();
  }
  function move(by) {
    at = (at + by + found.length) % found.length;
    [...list.children].forEach((one, place) => one.setAttribute("aria-selected", String(place === at)));
    area.setAttribute("aria-activedescendant", `${id}-${at}`);
    list.children[at].scrollIntoView({ block: "nearest" });
  }
  return {
    node, input, close,
    get open() {
      return !node.hidden;
    },
    /** Whether the key was for the list. */
    key(event) {
      if (node.hidden || event.ctrlKey || event.metaKey) return false;
      if (event.key === "Escape") close();
      else if (found.length && (event.key === "ArrowDown" || event.key === "ArrowUp")) move(event.key === "ArrowDown" ? 1 : -1);
      else if (found.length && (event.key === "Enter" || event.key === "Tab")) pick(found[at]);
      else return false;
      event.preventDefault();
      event.stopPropagation();
      return true;
    },
  };
}

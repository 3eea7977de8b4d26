// A button with a list of things to do: arrows, first letters, digits where they are printed, Esc gives the focus back.
import { h, put } from "./dom.js";
import { icon } from "./icons.js";

const TYPED_MS = 700;

/**
 * `items()` is asked at each opening: [{code, words, icon?, danger?, reason?}]; one with a `reason` stands there, greyed,
 * and says why. `pick(code)` is called after the menu has closed. `digits`: choices answer to 1 to 9, and print them.
 */
export function makeMenu({ label, words = "", sign = "more", items, pick, digits = false }) {
  const button = h("button", { class: "b menu-button", type: "button", "aria-haspopup": "menu", "aria-expanded": "false", "aria-label": label, title: label, onclick: () => (list.hidden ? open() : close()), onkeydown: pressed },
    icon(sign), words);
  const list = h("div", { class: "menu", role: "menu", "aria-label": label, hidden: true, onkeydown: moved });
  const node = h("span", { class: "menu-place", onfocusout: left }, button, list);
  let typed = "";
  let timer = 0;

  const choices = () => [...list.querySelectorAll("[role=menuitem]")];
  const focused = () => node.getRootNode().activeElement;

  function open(last = false) {
    const all = items();
    const mild = all.filter((item) => !item.danger);
    const grave = all.filter((item) => item.danger);
    // What cannot be undone stands apart, where no hand slips to it.
    put(list, mild.map((item, at) => choice(item, at)), mild.length > 0 && grave.length > 0 && h("hr", { role: "separator" }), grave.map((item, at) => choice(item, mild.length + at)));
    list.hidden = false;
    button.setAttribute("aria-expanded", "true");
    const room = list.getBoundingClientRect();
    list.classList.toggle("up", room.bottom > window.innerHeight && room.height < button.getBoundingClientRect().top);
    choices().at(last ? -1 : 0)?.focus();
  }
  function choice(item, at) {
    return h("button", { type: "button", role: "menuitem", tabindex: -1, class: item.danger ? "danger" : "", "aria-disabled": item.reason ? "true" : null, title: item.reason || null, "data-code": item.code, onclick: () => take(item) },
      item.icon && icon(item.icon, 16), h("span", { class: "menu-words" }, item.words, item.reason && h("span", { class: "menu-why" }, item.reason)),
      digits && at < 9 && h("span", { class: "key" }, at + 1));
  }
  function close(back = true) {
    if (list.hidden) return;
    list.hidden = true;
    button.setAttribute("aria-expanded", "false");
    if (back) button.focus();
  }
  function take(item) {
    if (item.reason) return;
    close();
    pick(item.code);
  }
  function left(event) {
    if (!node.contains(event.relatedTarget)) close(false);
  }
  function pressed(event) {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    event.stopPropagation();
    open(event.key === "ArrowUp");
  }
  function moved(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const all = choices();
    const at = all.indexOf(focused());
    const to = { ArrowDown: (at + 1) % all.length, ArrowUp: (at - 1 + all.length) % all.length, Home: 0, End: all.length - 1 }[event.key];
    if (event.key === "Tab") return close(false);
    // A letter here is no shortcut of the page behind.
    event.stopPropagation();
    if (event.key === "Enter" || event.key === " ") return;
    event.preventDefault();
    if (to !== undefined) all[to]?.focus();
    else if (event.key === "Escape") close();
    else if (digits && /^[1-9]$/.test(event.key)) all[Number(event.key) - 1]?.click();
    else if (event.key.length === 1) seek(event.key.toLowerCase(), all, at);
  }
  /** The next choice that begins with what was typed. */
  function seek(letter, all, at) {
    clearTimeout(timer);
    timer = setTimeout(() => { typed = ""; }, TYPED_MS);
    typed += letter;
    const from = typed.length === 1 ? at + 1 : at;
    const order = [...all.slice(from), ...all.slice(0, from)];
    order.find((one) => one.textContent.toLowerCase().startsWith(typed))?.focus();
  }

  return { node, button, open, close };
}

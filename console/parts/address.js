// The address says what a page shows: its filters and what is chosen on it. Pages are steps of the browser's history,
// so Back, Esc and a copied link lead to the same place.
import { h } from "./dom.js";

const SCROLL_MS = 150;

/** One value of the address, or ''. */
export const inAddress = (name) => new URLSearchParams(window.location.search).get(name) || "";

/** Put values into the address without a new step; an empty one leaves it. What a person typed never goes in. */
export function keepInAddress(values) {
  const address = new URL(window.location.href);
  for (const [name, value] of Object.entries(values)) {
    if (value) address.searchParams.set(name, value);
    else address.searchParams.delete(name);
  }
  if (address.href !== window.location.href) window.history.replaceState(window.history.state, "", address);
}

/** What this step of the history remembers beside its address: where it was scrolled to, what was searched for. */
export const remembered = (name) => (window.history.state || {})[name];

export function remember(values) {
  window.history.replaceState({ ...window.history.state, ...values }, "");
}

/**
 * Go to a page of the console, as one step. Streamlit is told as if the browser had gone there: its own change of page makes
 * two steps, the first without the query, and Back then ends on a lead's page without a lead. `state` is remembered there.
 */
export function go(address, state = {}) {
  const from = window.location.pathname + window.location.search;
  window.history.pushState({ from, ...state }, "", new URL(address, window.location.origin));
  window.dispatchEvent(new PopStateEvent("popstate", { state: window.history.state }));
}

/** The address that `go` was called from, or '' where one came by a link from outside. */
export const cameFrom = () => remembered("from") || "";

/** Where one came from, as it was left; else `usual`. */
export function back(usual = "/") {
  if (cameFrom()) window.history.back();
  else go(usual);
}

/** A link within the console. Another tab, by Ctrl or the middle button, is the browser's. */
export function pageLink(address, attributes, ...children) {
  const press = (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(event.currentTarget.getAttribute("href"));
  };
  return h("a", { href: address, onclick: press, ...attributes }, ...children);
}

function scrollerOf(node) {
  for (let at = node; at; at = at.parentElement || at.getRootNode().host) {
    if (at.scrollHeight > at.clientHeight && /auto|scroll/.test(getComputedStyle(at).overflowY)) return at;
  }
  return document.scrollingElement;
}

/** Keeps how far a list was scrolled; `restore()`, called once it is drawn, goes back there. */
export function keepPlace(root, end) {
  const top = remembered("top");
  const page = window.location.pathname;
  let timer = 0;
  function scrolled(event) {
    if (event.target === root || !event.target.contains?.(root.getRootNode().host)) return;
    clearTimeout(timer);
    // The page that comes next scrolls too, when this one is already gone.
    timer = setTimeout(() => { if (root.isConnected && window.location.pathname === page) remember({ top: scrollerOf(root).scrollTop }); }, SCROLL_MS);
  }
  document.addEventListener("scroll", scrolled, { capture: true, passive: true });
  end(() => { document.removeEventListener("scroll", scrolled, { capture: true }); clearTimeout(timer); });
  let restored = false;
  return {
    restore() {
      if (restored) return;
      restored = true;
      if (top) requestAnimationFrame(() => { scrollerOf(root).scrollTop = top; });
    },
  };
}

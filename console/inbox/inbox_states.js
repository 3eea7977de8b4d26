// The list when there is nothing in it, or nothing yet: says what comes next.
import { h } from "../parts/dom.js";
import { TABS } from "./inbox_model.js";

export const bones = () => h("div", { class: "loading", "aria-label": "Loading" }, Array.from({ length: 6 }, () =>
  h("div", { class: "bones" }, h("i", { class: "bone a" }), h("i", { class: "bone b2" }))));

const state = (title, words, ...buttons) => h("div", { class: "blank" }, h("h2", {}, title), h("p", { class: "muted" }, words), h("div", { class: "row-buttons" }, buttons));
const button = (words, press) => h("button", { class: "b", type: "button", onclick: press }, words);
const EMPTY = {
  needs: ["Nobody waits for an answer", "A text of a patient appears here by itself, a moment after it came."],
  mine: ["None of your conversations is open", "Whoever writes to you appears here by themselves."],
  unassigned: ["Every conversation has its owner", "What nobody owns appears here as soon as a person writes."],
  snoozed: ["Nothing is put aside", "S puts a conversation aside until a moment. It comes back then, or when the patient writes."],
  failed: ["Every text arrived", "A text that does not arrive stands here for 30 days, with the reason and what can be done."],
  done: ["Nothing is done yet", "E is for a conversation that needs nothing more. The lead stays open; a new text brings it back."],
  all: ["No conversations yet", "The first text to a patient, or from one, appears here by itself."],
};

/** The state to show in place of the list, or null. */
export function blank({ loaded, failed, denied, shown, filter, search, filterTo, clear }) {
  if (denied) return state("The inbox is not open to your role", "Ask an admin.");
  if (failed && !loaded) {
    return state("The inbox could not be loaded", `Conversations and texts are safe. Try again; if it stays so, tell an admin this reference: ${failed}.`, button("Try again", () => window.location.reload()));
  }
  if (!loaded) return bones();
  if (search.on) {
    if (shown || search.busy) return null;
    return state(`Nothing matches "${search.text}"`, "", button("Clear search", clear));
  }
  if (shown) return null;
  const [title, words] = EMPTY[filter.tab];
  const all = filter.tab === "all" && !filter.people ? [] : [button(`Show ${TABS.at(-1)[1].toLowerCase()} conversations`, () => filterTo({ tab: "all", people: false }))];
  return state(title, filter.people ? `${words} Human only is on.` : words, ...all);
}

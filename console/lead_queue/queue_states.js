// The list when there is nothing in it, or nothing yet: says what comes next.
import { h } from "../parts/dom.js";
import { dueWords } from "../parts/clock.js";
import { count } from "../parts/pages.js";
import { SEGMENTS } from "./queue_model.js";

/** Grey bones after 300 ms, of the list's own height, so that nothing jumps. */
export function bones() {
  const row = () => h("div", { class: "bones" }, h("i", { class: "bone disc" }), h("i", { class: "bone a" }), h("i", { class: "bone b2" }), h("i", { class: "bone c" }));
  return h("div", { class: "loading", "aria-label": "Loading" }, row(), row(), row(), row(), row());
}

function state(title, words, ...buttons) {
  return h("div", { class: "blank" }, h("h2", {}, title), h("p", { class: "muted" }, words), h("div", { class: "row-buttons" }, buttons));
}

const button = (words, press) => h("button", { class: "b", type: "button", onclick: press }, words);

const more = (words) => h("p", { class: "muted", role: "status" }, words, " Add more letters, or search by number, email or reference.");

/** The state to show in place of the list, or what to know of it, or null. */
export function blank({ loaded, failed, shown, filter, asked, found, whole, leads, total, now, setFilter, search, bar }) {
  if (failed && !loaded) {
    return state("The queue could not be loaded", `Leads and texts are safe. Try again; if it stays so, tell an admin this reference: ${failed}.`,
      button("Try again", () => window.location.reload()));
  }
  if (!loaded) return bones();
  if (shown) return found && !whole ? more("More leads than these may match.") : null;
  if (found && !whole) return more(`No lead among the newest matches "${asked}"; an older one may.`);
  if (found) {
    return state(`No lead matches "${asked}"`, "Searched names, phone numbers, emails and references of every lead, open and closed. Names are found by whole words or by three letters and more.",
      button("Clear search", () => { bar.fill(""); search(""); }));
  }
  if (!leads.length) {
    return state("No open leads", "New leads appear here by themselves, a moment after their form comes in.");
  }
  const all = button(`Show all open, ${count(total)}`, () => setFilter({ segment: "all", form: "", source: "" }));
  const next = leads.filter((lead) => lead.clock?.state === "running" && !lead.snoozed).sort((a, b) => a.clock.due - b.clock.due)[0];
  const then = next ? `Next: ${next.name}, ${dueWords(next.clock.due, now).replace(/^Due/, "due")}.` : "";
  if (filter.segment === "due" && !filter.form && !filter.source) return state("Nothing is due right now", `${then} New leads appear here by themselves.`, all);
  const title = SEGMENTS.find(([key]) => key === filter.segment)[1].toLowerCase();
  return state("No lead matches these filters", `Looked at ${title}${filter.form || filter.source ? " with the chosen form and source" : ""}. ${then}`, all);
}

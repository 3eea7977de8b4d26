// How people stand in lists: initials in a disc.
import { h } from "./dom.js";

/** 'JB' for 'Jordan Blake'. */
export function initials(name) {
  const words = (name || "?").trim().split(/\s+/);
  return (words[0][0] + (words.length > 1 ? words.at(-1)[0] : "")).toUpperCase();
}

/** The disc of an owner: filled for oneself, dashed where nobody has the lead. */
export function face(id, name, me) {
  if (!id) return h("span", { class: "initials nobody", title: "Nobody has this lead" }, "?");
  return h("span", { class: id === me ? "initials me" : "initials", title: name }, initials(name));
}

function said(people, verb) {
  const names = people.map(([, name]) => name.split(" ")[0]);
  if (!names.length) return "";
  return `${names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${names.at(-1)} are` : `${names[0]} is`} ${verb}`;
}

/** 'Dana is viewing', 'Dana and Jordan are viewing', '' for nobody else. `who`: [[id, name]]. */
export function viewing(who, me) {
  return said(who.filter(([id]) => id !== me), "viewing");
}

/**
 * What others do in a thread: 'Maria is writing', 'Jordan has a draft', 'Dana is viewing'; each person once, by what says most.
 * `who` as above, `writing`: [[id, text or note]], `drafts`: [[id, name]] of unsent texts.
 */
export function presence({ who, writing, drafts }, me) {
  const others = who.filter(([id]) => id !== me);
  const at = (ids) => others.filter(([id]) => ids.has(id));
  const texting = new Set(writing.filter(([, what]) => what === "text").map(([id]) => id));
  const noting = new Set(writing.filter(([, what]) => what === "note").map(([id]) => id));
  const begun = drafts.filter(([id]) => id !== me && !texting.has(id) && !noting.has(id));
  const busy = new Set([...texting, ...noting, ...begun.map(([id]) => id)]);
  const draft = begun.length ? `${begun.map(([, name]) => name.split(" ")[0]).join(", ")} ${begun.length > 1 ? "have drafts" : "has a draft"}` : "";
  return [said(at(texting), "writing"), said(at(noting), "writing a note"), draft, said(others.filter(([id]) => !busy.has(id)), "viewing")].filter(Boolean).join(" \u00b7 ");
}

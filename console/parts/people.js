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

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

/** 'Dana is viewing', 'Dana and Jordan are viewing', '' for nobody else. `who`: [[id, name]]. */
export function viewing(who, me) {
  const names = who.filter(([id]) => id !== me).map(([, name]) => name.split(" ")[0]);
  if (!names.length) return "";
  return `${names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${names.at(-1)} are` : `${names[0]} is`} viewing`;
}

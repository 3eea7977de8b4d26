// Who is under way, by version, and the way to pausing, sparing a step and ending for them.
import { h, put } from "../parts/dom.js";
import { makeGroupDrawer, people } from "./group_drawer.js";

/** 'Nobody is under way.', '212 people are under way.' */
export function underWayWords(counts) {
  const all = counts.reduce((total, [, count]) => total + count, 0);
  if (!all) return "Nobody is under way.";
  return `${people(all)} ${all === 1 ? "is" : "are"} under way.`;
}

/** What publishing means for them: '212 people who are under way finish on their version.' Pure. */
export function finishWords(counts) {
  const said = counts.map(([version, count]) => `${people(count)} on version ${version}`);
  const stay = said.length ? `Who is under way finishes on the version they began with: ${said.join(", ")}.` : "Nobody is under way.";
  return `Whoever enters from now on gets this one. ${stay}`;
}

/** `on`: {act, key(), edits, steps(), tell(words)}. Gives {node, draw(counts)}. */
export function makeUnderWay(root, data, on) {
  const group = on.edits && makeGroupDrawer(root, data, on);
  const node = h("div", { class: "under-way" });
  return {
    node,
    draw(counts) {
      const open = (...chosen) => group.open(counts.map(([version]) => version), ...chosen);
      put(node, h("span", { class: "muted small" }, underWayWords(counts)), on.edits && counts.length > 0 && [
        h("button", { class: "b", type: "button", onclick: () => open() }, "Pause, skip or end"),
        counts.map(([version, count]) => h("button", { class: "b", type: "button", onclick: () => open("end", version) }, `End it for the ${count.toLocaleString("en-US")} on version ${version}`))]);
    },
  };
}

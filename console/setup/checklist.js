// What comes before the first lead: each step with its state, where it is done, and the addresses that forms are sent to.
import { h, put } from "../parts/dom.js";
import { icon } from "../parts/icons.js";
import { pageLink } from "../parts/address.js";

const STATES = { done: ["Done", "check"], to_do: ["To do", "alert"], later: ["Later", "clock"] };

export const openSteps = (rows) => rows.filter((row) => row.state !== "done").length;

/** `data`: {ways: [[connector, address]], hosted: [address]}; `choose(part)` opens what is edited on this page. */
export function makeChecklist(data, choose) {
  const list = h("ol", { class: "first-steps" });
  const bar = h("div", { class: "first-bar", "aria-hidden": "true" });
  const words = h("p", { class: "muted" });
  const node = h("section", { class: "first" }, h("h2", {}, "Before the first lead"), words, bar, list, ways(data));

  function step(row) {
    const [said, name] = STATES[row.state];
    return h("li", { class: row.state }, h("span", { class: "first-sign" }, icon(name, 16)), h("b", {}, row.about), h("em", {}, said), h("span", { class: "first-words" }, row.words), where(row));
  }
  function where(row) {
    const part = new URLSearchParams(row.go.split("?")[1] || "").get("part");
    if (row.go.startsWith("/setup") && part) return h("button", { class: "b", type: "button", "aria-label": `Open ${row.about}`, onclick: () => choose(part) }, row.state === "done" ? "Change" : "Set up");
    if (row.go.startsWith("http")) return h("a", { class: "b", href: row.go, target: "_blank", rel: "noreferrer" }, "Send a test lead");
    return row.go ? pageLink(row.go, { class: "b" }, "Open") : h("span", {});
  }
  return {
    node,
    draw(rows) {
      const done = rows.length - openSteps(rows);
      put(words, done === rows.length ? "Everything is in order." : `${done} of ${rows.length} are done. 'luxe doctor' says the same.`);
      put(bar, rows.map((row) => h("i", { class: row.state })));
      put(list, rows.map(step));
    },
  };
}

function ways(data) {
  const found = [...data.hosted.map((address) => ["Our own form", address]), ...data.ways];
  return h("details", { class: "ways" }, h("summary", {}, "Addresses for forms"),
    h("p", { class: "muted small" }, data.ways.length ? "Link to our own forms, or let a form builder post to its address. Whoever knows such an address can send leads: keep it to yourself." : "Link to these. Addresses for form builders hold a key: an admin sees them here, and 'luxe doctor' says them."),
    h("dl", {}, found.map(([name, address]) => [h("dt", {}, name), h("dd", {}, h("code", {}, address))])));
}

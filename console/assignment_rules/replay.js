// The last month anew: how many leads each person had, and would have had by the rules as they stand in the fields.
import { h, put } from "../parts/dom.js";
import { icon } from "../parts/icons.js";

const sign = (count) => (count === 0 ? "same" : count > 0 ? `+${count}` : `\u2212${-count}`);

/** `on`: {act, read() the body}. Gives {node, changed()}: what was worked out is of before. */
export function makeReplay({ act, read }) {
  const button = h("button", { class: "b", type: "button", onclick: ask }, icon("clock", 15), "Replay the last 30 days");
  const title = h("h2", {}, "Replay");
  const found = h("div", { class: "replay-found", role: "status" }, h("p", { class: "muted" }, "How the leads of the last month would have been given out, by these rules and the hours that everybody has now."));
  const node = h("section", { class: "replay" }, h("div", { class: "replay-head" }, title, button), found);
  let of = "";

  async function ask() {
    button.disabled = true;
    button.setAttribute("aria-busy", "true");
    const body = read();
    const outcome = await act("replay", { body });
    button.removeAttribute("aria-busy");
    button.disabled = false;
    of = JSON.stringify(body);
    if (outcome.state !== "done") return put(found, h("p", { class: "muted" }, outcome.words));
    return draw(outcome.value);
  }
  function draw({ leads, rows, moved, waited, left }) {
    put(title, leads ? `Replay of the last 30 days, ${leads} ${leads === 1 ? "lead" : "leads"}` : "Replay of the last 30 days");
    if (!leads) return put(found, h("p", { class: "muted" }, "No lead came in the last 30 days."));
    const most = Math.max(1, ...rows.flatMap((row) => [row.was, row.now]));
    const width = (count) => `width: ${(100 * count) / most}%`;
    const bars = rows.map((row) => h("tr", {}, h("th", { scope: "row" }, row.name), h("td", { class: "figure muted" }, row.was),
      h("td", { class: "bars" }, h("span", { class: "bar was", style: width(row.was) }), h("span", { class: "bar now", style: width(row.now) })),
      h("td", { class: "figure" }, h("b", {}, row.now)), h("td", { class: "figure muted" }, sign(row.now - row.was))));
    return put(found, h("table", { class: "replay-table" }, h("caption", { class: "muted small" }, "Grey: as it was. Green: with these rules."),
      h("thead", { class: "hidden-name" }, h("tr", {}, ["Person", "As it was", "", "With these rules", "Difference"].map((words) => h("th", { scope: "col" }, words)))), h("tbody", {}, bars)),
    h("p", { class: "small" }, h("b", {}, "Other owner "), `${moved} of ${leads}`, h("span", { class: "gap" }), h("b", {}, "Waited for a free person "), waited, h("span", { class: "gap" }), h("b", {}, "Nobody to the end "), left));
  }
  return {
    node,
    changed() {
      if (of && of !== JSON.stringify(read())) {
        of = "";
        put(title, "Replay");
        put(found, h("p", { class: "muted" }, "The rules have changed since: replay them again."));
      }
    },
  };
}

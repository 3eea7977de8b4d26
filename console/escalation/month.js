// The last month anew: how many leads came to each level, by the levels in use and by those in the fields.
import { h, put } from "../parts/dom.js";
import { icon } from "../parts/icons.js";

const ASK = "How many leads would have come to each level: by those in use, and by those in the fields.";

/** `on`: {act, read() the body}. Gives {node, changed()}: what was counted is of before. */
export function makeMonth(data, { act, read }) {
  const button = h("button", { class: "b", type: "button", onclick: ask }, icon("clock", 15), `Count the last ${data.days} days`);
  const found = h("div", { class: "month-found", role: "status" }, h("p", { class: "muted small" }, ASK));
  const node = h("section", { class: "month-count" }, h("div", { class: "preview-head" }, h("h2", {}, "Last month"), button), found);
  let of = "";

  async function ask() {
    button.disabled = true;
    button.setAttribute("aria-busy", "true");
    const body = read();
    const outcome = await act("month", { body });
    button.removeAttribute("aria-busy");
    button.disabled = false;
    of = JSON.stringify(body);
    if (outcome.state !== "done") return put(found, h("p", { class: "muted" }, outcome.words));
    return draw(outcome.value);
  }
  function draw({ leads, rows }) {
    if (!leads) return put(found, h("p", { class: "muted" }, `No lead came in the last ${data.days} days.`));
    const most = Math.max(1, ...rows.flatMap((row) => [row.was || 0, row.now || 0]));
    const bar = (count, kind) => count !== null && h("span", { class: `month-bar ${kind}`, style: `width: ${(100 * count) / most}%` });
    const said = (count, strong = false) => (count === null ? h("span", { class: "muted" }, "no level") : strong ? h("b", {}, count) : count);
    return put(found, h("table", { class: "month-table" },
      h("caption", { class: "muted small" }, `Of ${leads.toLocaleString()} leads. Grey: levels in use. Green: in the fields.`),
      h("thead", {}, h("tr", {}, ["After", "In use", "", "In the fields"].map((words) => h("th", { scope: "col" }, words)))),
      h("tbody", {}, rows.map((row) => h("tr", {}, h("th", { scope: "row" }, `${row.minutes} min`), h("td", { class: "figure muted" }, said(row.was)), h("td", { class: "month-bars" }, bar(row.was, "was"), bar(row.now, "now")), h("td", { class: "figure" }, said(row.now, true)))))),
    h("p", { class: "muted small" }, "By today's opening hours, and each lead's priority as it stands now."));
  }
  return {
    node,
    changed() {
      if (of && of !== JSON.stringify(read())) {
        of = "";
        put(found, h("p", { class: "muted small" }, "The levels have changed since: count again."));
      }
    },
  };
}

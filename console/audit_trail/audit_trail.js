// The audit trail: four questions above, the newest lines below, earlier ones on demand.
import { keepInAddress, pageLink } from "../parts/address.js";
import { h, put, show } from "../parts/dom.js";
import { makeField } from "../parts/fields.js";
import { icon } from "../parts/icons.js";
import { when } from "../parts/clock.js";
import { makeTable } from "../parts/table.js";
import { widget } from "../parts/widget.js";

const ASKED = ["staff", "lead", "kind", "days"];
const TYPED_MS = 400;

export default widget("audit_trail/audit_trail", ({ root, data, act, end }) => {
  const given = new URLSearchParams(window.location.search);
  let lines = [];
  let turn = 0; // the answer to an earlier question must not replace that of a later one
  let wait = 0;

  const field = (name, label, options) => makeField({ kind: options ? "select" : "text", name, label, options, value: given.get(name) ?? (name === "days" ? "7" : ""), longest: 20, placeholder: options ? null : "A-1042",
    onchange: () => { window.clearTimeout(wait); wait = window.setTimeout(ask, options ? 0 : TYPED_MS); } });
  const fields = [field("staff", "Who", data.staff), field("lead", "Patient of lead"), field("kind", "What", data.kinds), field("days", "When", data.spans)];
  const answer = h("div", { role: "status" });
  const table = makeTable({
    label: "Lines of the audit trail",
    name: (row) => `${row.who}, ${row.what}`,
    columns: [
      { key: "at", name: "When", line: 1, end: true, width: "max-content", cell: (row) => h("span", { class: "muted" }, when(row.at)), sort: (row) => row.at },
      { key: "who", name: "Who", line: 1, cell: (row) => h("b", {}, row.who), sort: (row) => row.who },
      { key: "what", name: "What", width: "minmax(0, 2fr)", wide: true, cell: (row) => h("span", { class: row.alarm ? "alarming" : "" }, row.alarm && icon("alert", 15), row.what), sort: (row) => row.what },
      { key: "ref", name: "Patient", line: 3, width: "max-content", cell: (row) => (row.ref ? pageLink(`/lead?lead=${encodeURIComponent(row.ref)}`, {}, row.ref) : "") },
      { key: "where", name: "From", line: 3, end: true, cell: (row) => h("span", { class: "muted small" }, row.where) },
    ],
    empty: () => [h("h2", {}, "Nothing fits these questions"), h("p", { class: "muted" }, "Ask for a longer time, or for everybody.")],
  });
  const earlier = h("button", { class: "b large", type: "button", hidden: true, onclick: () => ask(lines.at(-1)?.id) }, "Show earlier ones");

  async function ask(before = "") {
    const values = Object.fromEntries(fields.map((one) => [one.name, one.value]));
    keepInAddress(Object.fromEntries(ASKED.map((name) => [name, values[name]])));
    const mine = (turn += 1);
    earlier.setAttribute("aria-busy", "true");
    const outcome = await act("read", { ...values, before });
    if (mine !== turn) return;
    earlier.removeAttribute("aria-busy");
    const done = outcome.state === "done";
    put(answer, !done && h("div", { class: "note amber" }, icon("info"), h("span", {}, outcome.words)));
    if (!done) return;
    lines = before ? [...lines, ...outcome.value.lines] : outcome.value.lines;
    table.draw(lines);
    table.redraw(lines);
    show(earlier, outcome.value.more);
  }

  root.append(h("div", { class: "asked" }, fields.map((one) => one.node)), answer, table.node, h("div", { class: "more" }, earlier));
  end(table.stop);
  ask();
  return () => {};
}, ["fields", "table"]);

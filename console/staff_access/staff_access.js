// Accounts: how each signs in, where it is signed in, what failed; and what an admin does about it.
import { h, put } from "../parts/dom.js";
import { icon } from "../parts/icons.js";
import { when } from "../parts/clock.js";
import { onStatus } from "../parts/live.js";
import { makeMenu } from "../parts/menu.js";
import { makeTable } from "../parts/table.js";
import { widget } from "../parts/widget.js";

const OWN = "Your own: under My account";

/** What the head of the column says, where a phone shows none. */
const phone = (words) => h("span", { class: "on-phone muted" }, words);

function items(row) {
  const own = row.me && OWN;
  const open = [
    { code: "reset_password", words: "Reset password", reason: own },
    { code: "end_sessions", words: "Sign out everywhere", reason: own || (!row.sessions && "Signed in nowhere") },
    { code: "clear_delays", words: "Clear the wait after failures", reason: !row.counted && "Nothing is counted" },
    { code: "reset_second_factor", words: "Remove second factor", reason: own || (!row.has_factor && "There is none"), danger: true },
    { code: "disable", words: "Close the account", reason: own, danger: true },
  ];
  return row.active ? open : [{ code: "enable", words: "Open the account again" }];
}

export default widget("staff_access/staff_access", ({ root, data, act, end }) => {
  const answer = h("div", { role: "status" });
  const table = makeTable({
    label: "Accounts",
    name: (row) => `${row.name}, ${row.role}`,
    columns: [
      { key: "name", name: "Name", line: 1, width: "minmax(0, 1.5fr)", cell: (row) => [h("b", { class: row.active ? "" : "muted" }, row.name), h("span", { class: "muted user" }, row.username), row.state && h("span", { class: "chip" }, row.state)], sort: (row) => row.name },
      { key: "role", name: "Role", line: 2, width: "max-content", cell: (row) => row.role, sort: (row) => row.role },
      { key: "factor", name: "Second factor", line: 2, end: true, width: "minmax(0, 1fr)", cell: (row) => h("span", { class: row.lacks ? "lacks" : "" }, row.lacks && icon("alert", 15), phone("Second factor: "), row.factor), sort: (row) => row.factor },
      { key: "last", name: "Last sign-in", line: 3, width: "max-content", cell: (row) => h("span", { class: row.last ? "" : "muted" }, phone("Last sign-in: "), row.last ? when(row.last) : "never"), sort: (row) => row.last || 0 },
      { key: "sessions", name: "Signed in", line: 3, end: true, width: "max-content", cell: (row) => h("span", { class: row.sessions ? "" : "muted" }, phone("Now: "), row.sessions === 0 ? "nowhere" : row.sessions === 1 ? "1 browser" : `${row.sessions} browsers`), sort: (row) => row.sessions },
      { key: "failures", name: "Failed in 24 h", line: 4, width: "max-content", cell: (row) => h("span", { class: row.many ? "many" : row.failures ? "" : "muted" }, row.many && icon("alert", 15), phone("Failed in 24 h: "), row.failures ? String(row.failures) : "none"), sort: (row) => row.failures },
      { key: "menu", name: "", line: 1, end: true, width: "max-content", cell: (row) => makeMenu({ label: `What to do about ${row.name}`, items: () => items(row), pick: (code) => press(code, row.id) }).node },
    ],
    bones: 5,
  });

  async function press(what, id) {
    const outcome = await act("ask", { what, id });
    put(answer, outcome.state !== "done" && h("div", { class: "note amber" }, icon("info"), h("span", {}, outcome.words)));
  }
  function draw(next) {
    // Copies: a row that is the same object is not drawn anew, and its day would stay as it was before the time was known.
    const rows = next.rows.map((row) => ({ ...row }));
    table.draw(rows);
    table.redraw(rows);
  }
  root.append(answer, table.node);
  end(table.stop);
  let shown = data;
  end(onStatus(() => draw(shown))); // days and hours are right once the server's time is known
  return (next) => draw((shown = next));
}, ["menu", "table"]);

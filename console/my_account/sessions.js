// Where one is signed in: one line for each browser, and how to sign it out from here.
import { h, put, show } from "../parts/dom.js";
import { icon } from "../parts/icons.js";
import { when } from "../parts/clock.js";
import { onStatus } from "../parts/live.js";
import { makeTable } from "../parts/table.js";
import { widget } from "../parts/widget.js";

export default widget("my_account/sessions", ({ root, data, act, end }) => {
  const answer = h("div", { role: "status" });
  const table = makeTable({
    label: "Where you are signed in",
    name: (row) => `${row.browser}, ${row.address}`,
    columns: [
      { key: "browser", name: "Browser", line: 1, width: "minmax(0, 1.2fr)", cell: (row) => [h("b", {}, row.browser), row.here && h("span", { class: "chip here" }, "This one")] },
      { key: "seen", name: "Last used", line: 3, end: true, width: "max-content", cell: (row) => h("span", {}, row.here ? "now" : when(row.seen)) },
      { key: "since", name: "Signed in", line: 2, width: "minmax(0, 1.4fr)", wide: true, cell: (row) => h("span", { class: "muted" }, `${when(row.since)}, ${row.how}`) },
      { key: "address", name: "From", line: 3, cell: (row) => h("span", { class: "muted" }, row.address) },
      { key: "end", name: "", line: 1, end: true, width: "max-content", cell: (row) => (row.here ? "" : h("button", { class: "b", type: "button", "aria-label": `Sign out ${row.browser}, ${row.address}`, onclick: (event) => press(event.currentTarget, "end", { id: row.id }) }, "Sign out")) },
    ],
    bones: 2,
  });
  const others = h("button", { class: "b large", type: "button", hidden: true, onclick: (event) => press(event.currentTarget, "end_others") }, "Sign out everywhere else");

  async function press(button, action, message) {
    button.setAttribute("aria-busy", "true");
    const outcome = await act(action, message);
    button.removeAttribute("aria-busy");
    const done = outcome.state === "done";
    put(answer, h("div", { class: done ? "note grey" : "note amber" }, icon(done ? "check" : "info"), h("span", {}, outcome.words)));
  }
  function draw(next) {
    // Copies: a row that is the same object is not drawn anew, and its day would stay as it was before the time was known.
    const rows = next.rows.map((row) => ({ ...row }));
    table.draw(rows);
    table.redraw(rows);
    show(others, next.rows.length > 2);
  }
  root.append(answer, table.node, h("div", { class: "below" }, others));
  end(table.stop);
  let shown = data;
  end(onStatus(() => draw(shown))); // days and hours are right once the server's time is known
  return (next) => draw((shown = next));
}, ["table"]);

// The versions of what is edited, at the right: who, when and why each came, compared and restored.
import { h, put } from "./dom.js";
import { when } from "./clock.js";
import { changesNode } from "./changes.js";
import { drawer } from "./drawer.js";

const STATES = { draft: "Draft", published: "In use", superseded: "" };

/** 'Elena Ruiz, Oct 28' or where it came from. */
function origin(row) {
  if (!row.by && !row.at) return "came with the product";
  return [row.by, row.at && when(row.at)].filter(Boolean).join(", ");
}

/** `on`: {compare(before, after) resolves to an outcome, restore(row)}. Gives {open(rows, edits), draw(rows), close()}. */
export function makeVersions(root, on) {
  const panel = drawer(root, { label: "Versions" });
  panel.node.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Escape") panel.close();
  });
  const list = h("ol", { class: "versions", reversed: true });
  let edits = false;
  let opened = null; // number of the version whose comparison stands open

  function item(row, rows) {
    const base = rows.find((other) => other.state === "published") || rows[0];
    const chip = STATES[row.state] && h("span", { class: "chip" }, row.retired ? "Retired" : STATES[row.state]);
    const differs = h("div", { class: "version-changes" });
    const compare = h("button", { class: "b", type: "button", "aria-expanded": "false", onclick: () => look() }, "Compare");
    async function look() {
      opened = opened === row.number ? null : row.number;
      for (const other of list.querySelectorAll(".version-changes")) put(other);
      for (const other of list.querySelectorAll("[aria-expanded]")) other.setAttribute("aria-expanded", "false");
      if (opened === null) return;
      compare.setAttribute("aria-expanded", "true");
      const [before, after] = row.number < base.number ? [row, base] : [base, row];
      const outcome = await on.compare(before.number, after.number);
      if (opened !== row.number) return;
      put(differs, h("p", { class: "muted small" }, `From version ${before.number} to version ${after.number}`),
        outcome.state === "done" ? changesNode(outcome.value) : h("div", { class: "note amber", role: "alert" }, outcome.words));
    }
    return h("li", { class: "version" },
      h("div", { class: "version-head" }, h("b", {}, `Version ${row.number}`), chip, h("span", { class: "muted small" }, origin(row))),
      row.note && h("p", { class: "small" }, row.note),
      row.restored && h("p", { class: "muted small" }, `Restored from version ${row.restored}`),
      h("div", { class: "dialog-do" }, row !== base && compare,
        edits && row.state !== "draft" && !(row.state === "published" && !row.retired) && h("button", { class: "b", type: "button", onclick: () => on.restore(row) }, "Restore as draft")),
      differs);
  }
  function draw(rows) {
    put(list, rows.map((row) => item(row, rows)));
  }
  const content = h("div", { class: "versions-panel" }, h("h2", {}, "Versions"),
    h("p", { class: "muted small" }, "A version that was published never changes. Restoring one makes a draft of it."), list);
  return {
    close: panel.close,
    draw(rows) {
      if (panel.open) draw(rows);
    },
    open(rows, may) {
      edits = may;
      opened = null;
      draw(rows);
      panel.show(content);
    },
  };
}

// A table whose rows act: keyboard, selection by record ids, sorting, and an order that holds while a hand is in it.
import { h, put, say, show } from "./dom.js";
import { icon } from "./icons.js";
import { makeBar } from "./table_bar.js";
import { arranged, between, sorted } from "./table_order.js";

const REST_MS = 700;
const BONES = 6;

/**
 * `columns`: [{key, name, cell(row), sort(row)?, width?, line?, end?, wide?, figure?}]; the first names the row and is the
 * last to be cut. `width` as in a grid. On phones a cell stands on `line` 1, 2 or 3, at its `end` or `wide` across it.
 * `name(row)` reads the row aloud. `open(id)` for Enter and click. `verbs`: [{code, words(rows), press(ids), primary?, danger?,
 * fits?(row)}] act on the selection; `selectable(row)` says what may be selected. `empty()` gives what stands there instead.
 * `bones`: how many rows are expected while they load.
 * `tick(row, node, at)` brings up to date what only time changes. Register `stop()` at the component's end.
 */
export function makeTable({ label, columns, name, open, verbs = [], selectable = () => true, empty = () => "", tick = () => {}, hint = "", bones: many = BONES }) {
  const selects = verbs.length > 0;
  const chosen = new Set();
  const drawn = new Map(); // id -> {row, node, box}
  let rows = new Map();
  let state = { loaded: false, failed: "", denied: false };
  let order = [];
  let waiting = [];
  let natural = [];
  let sort = { key: "", down: false };
  let current = null;
  let anchor = null;
  let marked = null; // the row that stands open beside the table
  let holding = false;
  let rest = 0;
  let reason = "";

  const every = h("input", { type: "checkbox", tabindex: -1, "aria-label": `Select all of ${label.toLowerCase()}`, onchange: () => selectAll(every.checked) });
  const heads = columns.map((column) => head(column));
  const headRow = h("div", { class: "t-row t-head", role: "row" }, selects && h("span", { class: "t-pick", role: "columnheader" }, every), heads);
  const body = h("div", { class: "t-body", role: "rowgroup" });
  const grid = h("div", { class: "table", role: "grid", "aria-label": label, "aria-multiselectable": selects ? "true" : null, onkeydown: pressed, onclick: clicked, onfocusin: entered },
    h("div", { class: "t-headgroup", role: "rowgroup" }, headRow), body);
  const fresh = h("button", { class: "t-fresh", type: "button", hidden: true, onclick: () => lay(true) });
  const blank = h("div", { class: "t-empty", hidden: true });
  const bones = h("div", { class: "t-bones", "aria-label": "Loading" }, Array.from({ length: many }, () => h("span", { class: "bone" })));
  const bar = makeBar(verbs, { all: () => selectAll(true), none: () => selectAll(false) });
  const foot = h("p", { class: "t-hint muted small", hidden: true }, hint);
  const node = h("div", { class: "table-box" }, fresh, grid, bones, blank, bar.node, foot);
  grid.style.setProperty("--columns", [selects && "28px", ...columns.map((column, at) => column.width || (at ? "minmax(0, 1fr)" : "minmax(max-content, 1.4fr)"))].filter(Boolean).join(" "));

  // ---- head

  function head(column) {
    const mark = h("span", { class: "t-sort", "aria-hidden": "true" });
    const inside = column.sort ? h("button", { class: "t-sorter", type: "button", tabindex: -1, onclick: () => sortBy(column) }, column.name, mark) : column.name;
    return h("span", { class: cellClass(column), role: "columnheader", "aria-sort": column.sort ? "none" : null, "data-key": column.key }, inside);
  }
  function cellClass(column) {
    return ["t-cell", column.end && "at-end", column.wide && "at-wide", column.figure && "figure"].filter(Boolean).join(" ");
  }
  /** Up, down, and back to the order of the page. */
  function sortBy(column) {
    sort = sort.key !== column.key ? { key: column.key, down: false } : sort.down ? { key: "", down: false } : { key: column.key, down: true };
    for (const one of heads) {
      if (!one.hasAttribute("aria-sort")) continue;
      const way = one.dataset.key !== sort.key ? "none" : sort.down ? "descending" : "ascending";
      one.setAttribute("aria-sort", way);
      put(one.querySelector(".t-sort"), way !== "none" && icon(sort.down ? "down" : "up", 14));
    }
    lay(true);
  }

  // ---- rows

  function line(row) {
    let entry = drawn.get(row.id);
    if (entry && entry.row === row) return entry;
    const focusedInside = entry?.node.contains(focused());
    const box = h("input", { type: "checkbox", tabindex: -1, "aria-label": `Select ${name(row)}`, disabled: !selectable(row), onchange: () => toggle(row.id, box.checked) });
    const cells = columns.map((column) => {
      const cell = h("span", { class: cellClass(column), role: "gridcell", "data-key": column.key }, column.cell(row));
      cell.style.setProperty("--row-line", column.line || 2);
      return cell;
    });
    const made = h("div", { class: "t-row", role: "row", tabindex: -1, "data-id": row.id, "aria-label": name(row) }, selects && h("label", { class: "t-pick", role: "gridcell" }, box), cells);
    for (const control of made.querySelectorAll("button, a")) control.tabIndex = -1;
    if (entry) entry.node.replaceWith(made);
    entry = { row, node: made, box };
    drawn.set(row.id, entry);
    if (focusedInside) made.focus({ preventScroll: true });
    return entry;
  }

  function lay(anew = false) {
    const list = sort.key ? sorted(natural.map((id) => rows.get(id)), columns.find((column) => column.key === sort.key).sort, sort.down).map((row) => row.id) : natural;
    ({ order, waiting } = arranged(order, list, holding && !anew));
    for (const id of [...chosen]) if (!rows.has(id) || !selectable(rows.get(id))) chosen.delete(id);
    const nodes = order.map((id) => (rows.has(id) ? line(rows.get(id)).node : drawn.get(id)?.node)).filter(Boolean);
    if (nodes.length !== body.children.length || nodes.some((one, at) => one !== body.children[at])) put(body, nodes);
    const standing = new Set(order);
    for (const id of [...drawn.keys()]) if (!standing.has(id)) drawn.delete(id);
    mark();
  }

  function mark() {
    const stop = rows.has(current) && order.includes(current) ? current : order[0];
    for (const [id, entry] of drawn) {
      const picked = chosen.has(id);
      entry.box.checked = picked;
      entry.node.classList.toggle("chosen", picked || id === marked);
      // Gone since the hand came in: it stays where it was, dimmed, until the hand is out.
      entry.node.classList.toggle("gone", !rows.has(id));
      entry.node.tabIndex = id === stop ? 0 : -1;
      if (selects) entry.node.setAttribute("aria-selected", String(picked));
      else entry.node.setAttribute("aria-current", String(id === marked));
    }
    const able = selectableIds();
    every.checked = able.length > 0 && able.every((id) => chosen.has(id));
    every.indeterminate = chosen.size > 0 && !every.checked;
    every.disabled = able.length === 0;
    bar.draw([...chosen].map((id) => rows.get(id)).filter(Boolean), able.length, reason);
    const { loaded, failed, denied } = state;
    show(bones, !loaded && !failed && !denied);
    show(grid, loaded && order.length > 0);
    show(blank, !!failed || denied || (loaded && order.length === 0));
    show(foot, !!hint && loaded && order.length > 0 && chosen.size === 0);
    show(fresh, waiting.length > 0);
    put(fresh, icon("up", 16), waiting.length === 1 ? "1 new row" : `${waiting.length} new rows`, h("span", { class: "muted" }, "Show"));
    const words = denied ? "Your role may not see these rows." : failed ? `These rows could not be read. They are tried again at the next change. Reference ${failed}.` : "";
    put(blank, words ? h("div", { class: "note amber" }, icon("info"), h("span", {}, words)) : empty());
  }

  // ---- selection: ids, never positions

  const selectableIds = () => order.filter((id) => rows.has(id) && selectable(rows.get(id)));
  function toggle(id, on = !chosen.has(id)) {
    if (!rows.has(id) || !selectable(rows.get(id))) return;
    if (on) chosen.add(id);
    else chosen.delete(id);
    anchor = id;
    mark();
  }
  function range(to) {
    const from = anchor ?? current ?? to;
    for (const id of between(order, from, to)) if (rows.has(id) && selectable(rows.get(id))) chosen.add(id);
    anchor = from;
    mark();
  }
  function selectAll(on) {
    if (on) for (const id of selectableIds()) chosen.add(id);
    else chosen.clear();
    mark();
  }

  // ---- pointer and keys

  const focused = () => node.getRootNode().activeElement;
  const rowOf = (target) => target.closest?.(".t-row[data-id]");
  function clicked(event) {
    const row = rowOf(event.target);
    if (!row || event.target.closest("button, a, input, label")) {
      if (row && event.shiftKey && event.target.closest(".t-pick")) range(row.dataset.id);
      return;
    }
    current = row.dataset.id;
    if (selects && event.shiftKey) return range(current);
    focus(current);
    if (rows.has(current)) open?.(current);
  }
  function entered(event) {
    const row = rowOf(event.target);
    if (row && current !== row.dataset.id) {
      current = row.dataset.id;
      mark();
    }
  }
  function focus(id) {
    current = id;
    mark();
    const entry = drawn.get(id);
    entry?.node.focus();
    entry?.node.scrollIntoView({ block: "nearest" });
  }
  function step(by, extend) {
    const at = order.indexOf(current);
    const next = order[Math.max(0, Math.min(order.length - 1, at < 0 ? 0 : at + by))];
    if (next === undefined) return;
    if (extend && selects) {
      anchor ??= current;
      if (chosen.size === 0) toggle(current, true);
      range(next);
    }
    focus(next);
  }
  /** Right and left walk through what stands in the row, or through the head; up from the first row leads there. */
  function along(target, by) {
    const inside = [...target.closest(".t-row").querySelectorAll("button:not(:disabled), a")].filter((one) => !one.hidden);
    const at = inside.indexOf(target.closest("button, a"));
    const next = inside[at + by];
    if (next) next.focus();
    else if (at >= 0 && by < 0) rowOf(target)?.focus();
  }
  function pressed(event) {
    const target = event.target;
    const inHead = !!target.closest(".t-head");
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (event.altKey || ((event.ctrlKey || event.metaKey) && key !== "a")) return;
    const deed = deeds(key, event, target, inHead);
    if (!deed) return;
    event.preventDefault();
    event.stopPropagation();
    deed();
  }
  function deeds(key, event, target, inHead) {
    if (event.ctrlKey || event.metaKey) return selects && (() => selectAll(true));
    if (key === "ArrowRight" || key === "ArrowLeft") return () => along(target, key === "ArrowRight" ? 1 : -1);
    if (inHead) return (key === "ArrowDown" || key === "j") && (() => focus(order[0]));
    if ((key === "ArrowUp" || key === "k") && current === order[0] && !event.shiftKey) return () => (headRow.querySelector(".t-sorter") || drawn.get(current)?.node)?.focus();
    const plain = {
      ArrowDown: () => step(1, event.shiftKey), ArrowUp: () => step(-1, event.shiftKey), j: () => step(1, event.shiftKey), k: () => step(-1, event.shiftKey),
      Home: () => focus(order[0]), End: () => focus(order.at(-1)),
      Escape: chosen.size > 0 && (() => selectAll(false)),
      " ": selects && !target.closest("button, a") && (() => toggle(current)),
      Enter: open && !target.closest("button, a, input") && (() => rows.has(current) && open(current)),
    };
    return plain[key];
  }

  // ---- the hand in the table

  function hold() {
    clearTimeout(rest);
    holding = true;
  }
  function release() {
    clearTimeout(rest);
    rest = setTimeout(() => {
      if (grid.matches(":hover") || grid.contains(focused())) return;
      holding = false;
      lay();
    }, REST_MS);
  }
  grid.addEventListener("pointerenter", (event) => event.pointerType === "mouse" && hold());
  grid.addEventListener("pointerleave", release);
  grid.addEventListener("focusin", hold);
  grid.addEventListener("focusout", release);

  return {
    node,
    chosen,
    get order() {
      return order;
    },
    /** Rows in the page's own order; `next`: {loaded, failed, denied} of their topic. */
    draw(list, next = { loaded: true, failed: "", denied: false }) {
      state = next;
      rows = new Map(list.map((row) => [row.id, row]));
      natural = list.map((row) => row.id);
      lay();
    },
    /** The filter was changed by hand: what it leaves out is gone at once. */
    redraw(list) {
      rows = new Map(list.map((row) => [row.id, row]));
      natural = list.map((row) => row.id);
      lay(true);
    },
    clear: () => selectAll(false),
    open(id) {
      marked = id;
      current = id ?? current;
      mark();
    },
    focus,
    tick(at) {
      for (const entry of drawn.values()) tick(entry.row, entry.node, at);
    },
    enable(why) {
      reason = why;
      for (const button of body.querySelectorAll("button")) {
        button.disabled = !!why;
        button.title = why;
      }
      mark();
    },
    stop: () => clearTimeout(rest),
  };
}

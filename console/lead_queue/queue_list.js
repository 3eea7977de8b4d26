// The list: groups that do not mix, rows that hold their order while somebody works in it.
import { h, put, say } from "../parts/dom.js";
import { icon } from "../parts/icons.js";
import { sameDay, time } from "../parts/clock.js";
import { FOLDS, dueOf } from "./queue_model.js";
import { makeRow } from "./queue_row.js";

const HEAD_PX = 40; // the page's own head covers so much of the top
const TITLES = { urgent: "Urgent", fresh: "New forms", overdue: "Overdue", soon: "Due in the next 5 minutes", later: "Later today", paused: "Paused", ended: "Not open any more" };

/** `on` as for a row. Gives {node, draw, tick, rows, ids, select, ...}. */
export function makeList(who, on) {
  const rows = new Map();
  const opened = new Set();
  const head = h("div", { class: "row head", role: "row" },
    ...["Due", "Lead", "Last event", "Owner"].map((title) => h("div", { class: "cell", role: "columnheader" }, title)));
  const body = h("div", { class: "groups", role: "presentation" });
  const node = h("div", { class: "list", role: "grid", "aria-label": "Leads, what is due first" }, head, body);
  let leads = new Map();
  let selected = null;
  let order = [];
  let whole = false; // of a list in pages nothing is folded
  let laid = ""; // the arrangement on the screen: nodes that are where they belong are not touched

  function rowOf(id, now) {
    let row = rows.get(id);
    if (!row) {
      row = makeRow(id, who, on);
      rows.set(id, row);
    }
    const lead = leads.get(id);
    if (lead && row.source !== lead) {
      row.source = lead;
      row.fill(lead, now);
    }
    return row;
  }

  function title(key, ids, now) {
    if (key !== "later") return TITLES[key];
    return ids.every((id) => sameDay(dueOf(leads.get(id) || {}) ?? now, now)) ? "Later today" : "Later";
  }

  function more(key, ids) {
    const rest = ids.slice(FOLDS[key]);
    const due = dueOf(leads.get(rest[0]) || {});
    const words = `${rest.length} more${due ? `, next due ${time(due)}` : ""}`;
    const open = () => {
      opened.add(key);
      on.redraw();
    };
    return h("div", { class: "more", role: "row" }, h("span", { role: "gridcell" }, words),
      h("span", { role: "gridcell" }, h("button", { class: "b quiet", type: "button", onclick: open }, "Show")));
  }

  function section(key, ids, now) {
    const shown = (whole && key !== "fresh") || opened.has(key) ? ids : ids.slice(0, FOLDS[key]);
    order.push(...shown);
    return h("div", { class: `group ${key}`, role: "rowgroup" },
      h("div", { class: "group-head", role: "row" }, h("span", { role: "gridcell" }, h("b", {}, title(key, ids, now)), " ", h("span", { class: "muted" }, ids.length))),
      shown.map((id) => rowOf(id, now).node),
      shown.length < ids.length ? more(key, ids) : null);
  }

  function mark() {
    for (const [id, row] of rows) {
      row.node.classList.toggle("selected", id === selected);
      row.node.setAttribute("aria-selected", id === selected ? "true" : "false");
      row.node.tabIndex = id === (order.includes(selected) ? selected : order[0]) ? 0 : -1;
    }
  }

  return {
    node,
    get order() {
      return order;
    },
    row: (id) => rows.get(id),
    /** Lay the groups out anew. */
    draw(groups, nextLeads, now, inPages = false) {
      leads = nextLeads;
      whole = inPages;
      const key = JSON.stringify([groups, whole, [...opened]]);
      if (key === laid) {
        for (const id of order) rowOf(id, now).node.classList.remove("gone");
        return mark();
      }
      laid = key;
      order = [];
      const focused = node.getRootNode().activeElement?.dataset?.id;
      const known = new Set(Object.values(groups).flat());
      for (const id of [...rows.keys()]) if (!known.has(id)) rows.delete(id);
      put(body, Object.entries(groups).filter(([, ids]) => ids.length).map(([key, ids]) => section(key, ids, now)));
      mark();
      if (focused && rows.has(focused)) rows.get(focused).node.focus({ preventScroll: true });
    },
    /** Fill rows again in place; a lead that is gone stays, dimmed, until the list is laid out anew. */
    refresh(nextLeads, now) {
      leads = nextLeads;
      for (const [id, row] of rows) {
        row.node.classList.toggle("gone", !leads.has(id));
        if (leads.has(id)) rowOf(id, now);
      }
    },
    tick(now) {
      for (const id of order) rows.get(id)?.tick(now);
    },
    select(id) {
      selected = id;
      mark();
    },
    focus(id) {
      rows.get(id)?.node.focus();
      rows.get(id)?.node.scrollIntoView({ block: "nearest" });
    },
    /** Whether the row stands in the window: its middle is neither above nor below. */
    inSight(id) {
      const box = rows.get(id)?.node.isConnected && rows.get(id).node.getBoundingClientRect();
      if (!box || !box.height) return false;
      const middle = (box.top + box.bottom) / 2;
      return middle > HEAD_PX && middle < window.innerHeight;
    },
    /** Bring a row into the middle of the window, out of the folded rest of its group if it is there. */
    reveal(id, groups) {
      const key = groups && Object.keys(groups).find((name) => groups[name].indexOf(id) >= FOLDS[name]);
      if (key && !opened.has(key)) {
        opened.add(key);
        on.redraw();
      }
      rows.get(id)?.node.scrollIntoView({ block: "center" });
    },
    enable(why, alarm) {
      for (const row of rows.values()) row.enable(why, alarm);
    },
  };
}

/** '1 new lead  Daniel Cho, lead capture, just now    Show N': arrivals wait until they are asked for. */
export function makeArrivals(onShow) {
  const words = h("b");
  const who = h("span", { class: "muted" });
  const node = h("button", { class: "arrivals", type: "button", hidden: true, onclick: onShow },
    icon("up", 16), words, who, h("span", { class: "show" }, "Show", h("span", { class: "key" }, "N")));
  return {
    node,
    show(leads) {
      node.hidden = leads.length === 0;
      if (!leads.length) return;
      say(words, leads.length === 1 ? "1 new lead" : `${leads.length} new leads`);
      const last = leads.at(-1);
      say(who, `${last.name}, ${last.formName.toLowerCase()}`);
    },
  };
}

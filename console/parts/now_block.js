// The end of the sidebar: what is urgent, overdue and unread, one's own share of it, whether the page is live, who is signed in.
import { pageLink } from "./address.js";
import { h, put, say, show } from "./dom.js";
import { forgetDrafts } from "./drafts.js";
import { icon } from "./icons.js";
import { follow, onStatus, status } from "./live.js";
import { date, now, onTick, shape, time, weekday } from "./clock.js";
import { widget } from "./widget.js";

function initials(name) {
  const words = name.split(/\s+/);
  return (words[0][0] + (words.length > 1 ? words.at(-1)[0] : "")).toUpperCase();
}

/** A count that leads to its list, with one's own share of it before the number. */
function makeLine(address, symbol, words) {
  const all = h("b", {}, "0");
  const mine = pageLink(`${address}&owner=me`, { class: "mine" });
  const link = pageLink(address, { class: "line" }, symbol, words);
  const node = h("div", { class: "counted" }, link, mine, all);
  return {
    node,
    /** `own`: null or undefined where nothing is the person's own. */
    fill(count, own = null, alarming = false) {
      say(all, String(count));
      link.setAttribute("aria-label", `${words} ${count}`);
      node.classList.toggle("alarm", alarming && count > 0);
      show(mine, own !== null && own !== undefined);
      say(mine, `${own} mine`);
      mine.setAttribute("aria-label", `${words}: ${own} mine`);
    },
  };
}

export default widget("parts/now_block", ({ root, data, act, end }) => {
  const mark = h("span", {});
  const lines = {
    urgent: makeLine("/", icon("alert"), "Urgent"),
    overdue: makeLine("/?show=overdue", mark, "Overdue"),
    unread: makeLine("/?show=unread", icon("unread"), "Unread"),
    forms: makeLine("/unread-forms", icon("form"), "Unread forms"),
    duplicates: makeLine("/duplicates", icon("people"), "Duplicates"),
  };
  const dot = h("span", { class: "dot" });
  const state = h("span", { role: "status" }, "Connecting");
  const made = h("div", { class: "line state demo" });
  const name = h("b");
  const role = h("span");
  const face = h("span", { class: "initials me", "aria-hidden": "true" });
  let row = null;

  async function signOut() {
    forgetDrafts();
    await fetch("/sign-out", { method: "POST" }).catch(() => null);
    act("sign_out").then(() => window.location.assign("/"));
  }

  function count() {
    const late = (dues) => dues.filter((due) => due <= now()).length;
    const share = row.shares[data.me];
    const overdue = late(row.dues);
    lines.urgent.fill(row.alarms, null, true);
    lines.overdue.fill(overdue, share && late(share.dues), true);
    lines.unread.fill(row.unread, share && share.unread);
    lines.forms.fill(row.forms);
    lines.duplicates.fill(row.duplicates);
    show(lines.urgent.node, row.alarms > 0);
    show(lines.forms.node, data.reads_forms && row.forms > 0);
    show(lines.duplicates.node, data.merges && row.duplicates > 0);
    if (mark.dataset.count !== String(!!overdue)) {
      mark.dataset.count = String(!!overdue);
      put(mark, shape(overdue ? "breached" : "within", 1, 18));
    }
  }
  function draw() {
    for (const line of Object.values(lines)) show(line.node, !!row);
    if (row) count();
    const live = status.state === "live";
    dot.classList.toggle("off", !live);
    state.classList.toggle("off-words", !live && status.state !== "connecting");
    if (live) say(state, `Live, ${time(now())}`);
    else if (status.state === "connecting") say(state, "Connecting");
    else say(state, status.since ? `Not live since ${time(status.since)}` : "Not live");
  }

  root.append(
    h("div", { class: "block" },
      Object.values(lines).map((line) => line.node),
      h("div", { class: "line state" }, dot, state),
      made,
      h("div", { class: "who" }, face, h("span", {}, name, role),
        h("button", { type: "button", title: "Sign out", "aria-label": "Sign out", onclick: signOut }, icon("out")))),
  );
  // The clinic's hours follow this time: without a word of it the day in the corner would look like a fault.
  function tellTime() {
    show(made, !!data.demo);
    if (data.demo) say(made, `${data.demo}: ${weekday(now())}, ${date(now())}`);
  }
  function update(next) {
    say(name, next.name);
    say(role, next.role);
    say(face, initials(next.name));
  }
  update(data);
  end(follow("now", (topic) => { row = topic.rows.get("now") || null; draw(); }));
  end(onStatus(draw));
  end(onTick(draw));
  end(onTick(tellTime));
  return update;
});

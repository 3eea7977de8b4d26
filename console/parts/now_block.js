// The end of the sidebar: what is urgent, overdue and unread, one's own share of it, whether the page is live, who is signed in.
import { pageLink } from "./address.js";
import { h, put, say, show } from "./dom.js";
import { forgetDrafts } from "./drafts.js";
import { icon } from "./icons.js";
import { follow, onStatus, status } from "./live.js";
import { date, now, onTick, shape, time, weekday } from "./clock.js";
import { makeStatus } from "./status.js";
import { listen, telling } from "./telling.js";
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
    /** Where the line leads from now on. */
    lead(to) {
      if (link.getAttribute("href") !== to) link.setAttribute("href", to);
    },
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

/** Asked once, quietly: whether this browser may tell of one's alerts while the console is in the background. */
function makeAsking() {
  const node = h("div", { class: "asking", hidden: true });
  const answer = async (choice) => {
    show(node, false);
    await telling.choose(choice);
  };
  node.append(icon("bell"), h("span", {}, "Tell me of my alerts on this computer, with a sound?"),
    h("div", { class: "row-buttons" },
      h("button", { class: "b", type: "button", onclick: () => answer("sound") }, "Tell me"),
      h("button", { class: "b quiet", type: "button", onclick: () => answer("off") }, "No")));
  return { node, draw: () => show(node, telling.asks) };
}

const AVAILABLE = { status: "available", until: null };

export default widget("parts/now_block", ({ root, data, act, end }) => {
  const mark = h("span", {});
  const lines = {
    urgent: makeLine("/", icon("alert"), "Urgent"),
    overdue: makeLine("/?show=overdue", mark, "Overdue"),
    unread: makeLine("/?show=unread", icon("unread"), "Unread"),
    mentions: makeLine("/", icon("note"), "Named in notes"),
    forms: makeLine("/unread-forms", icon("form"), "Unread forms"),
    check: makeLine("/check-these", icon("eye"), "Check these"),
    duplicates: makeLine("/duplicates", icon("people"), "Duplicates"),
  };
  const dot = h("span", { class: "dot" });
  const state = h("span", { role: "status" }, "Connecting");
  const made = h("div", { class: "line state demo" });
  const name = h("b");
  const role = h("span");
  const face = h("span", { class: "initials me", "aria-hidden": "true" });
  const asking = makeAsking();
  let row = null;

  // The answer of `sign_out` comes to a block that is gone: waited for, it would reload the page in the middle of the next
  // sign-in, before that one has its cookie.
  async function signOut() {
    forgetDrafts();
    act("sign_out");
    await fetch("/sign-out", { method: "POST" }).catch(() => null);
    window.location.assign("/");
  }

  function count() {
    const late = (counted) => counted.late ?? counted.dues.filter((due) => due <= now()).length;
    const share = row.shares[data.me];
    const overdue = late(row);
    lines.urgent.fill(row.alarms, null, true);
    lines.overdue.fill(overdue, share && late(share), true);
    lines.unread.fill(row.unread, share && share.unread);
    const named = row.mentions[data.me] || [];
    lines.mentions.fill(named.length);
    lines.mentions.lead(named.length ? `/lead?lead=${named[0]}` : "/");
    lines.forms.fill(row.forms);
    lines.check.fill(row.to_check);
    lines.duplicates.fill(row.duplicates);
    show(lines.urgent.node, row.alarms > 0);
    show(lines.mentions.node, named.length > 0);
    show(lines.forms.node, data.reads_forms && row.forms > 0);
    show(lines.check.node, data.checks_forms && row.to_check > 0);
    show(lines.duplicates.node, data.merges && row.duplicates > 0);
    if (mark.dataset.count !== String(!!overdue)) {
      mark.dataset.count = String(!!overdue);
      put(mark, shape(overdue ? "breached" : "within", 1, 18));
    }
  }
  const own = makeStatus({ act, standing: () => (row ? row.standing[data.me] || AVAILABLE : null), first: data.standing });

  function draw() {
    own.draw();
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
      data.told && asking.node, // first, where it is in sight: it goes with its answer
      Object.values(lines).map((line) => line.node),
      h("div", { class: "line state" }, dot, state),
      made,
      own.node,
      h("div", { class: "who" }, pageLink("/my-account", { class: "me-link", title: "My account" }, face, h("span", {}, name, role)),
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
    own.heard(next.standing);
  }
  update(data);
  end(follow("now", (topic) => { row = topic.rows.get("now") || null; draw(); }));
  end(onStatus(draw));
  if (data.told) {
    asking.draw();
    end(listen(data.me));
  }
  end(onTick(draw));
  end(onTick(tellTime));
  return update;
}, ["status"]);

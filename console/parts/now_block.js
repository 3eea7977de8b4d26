// The end of the sidebar: what is overdue and unread, whether the page is live, who is signed in.
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

export default widget("parts/now_block", ({ root, data, act, end }) => {
  const overdue = h("b", {}, "0");
  const unread = h("b", {}, "0");
  const mark = h("span", {});
  const overdueLine = pageLink("/?show=overdue", { class: "line" }, mark, "Overdue", overdue);
  const unreadLine = pageLink("/?show=unread", { class: "line" }, icon("unread"), "Unread", unread);
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

  function draw() {
    show(overdueLine, !!row);
    show(unreadLine, !!row);
    if (row) {
      const count = row.dues.filter((due) => due <= now()).length;
      say(overdue, String(count));
      overdueLine.classList.toggle("alarm", count > 0);
      if (mark.dataset.count !== String(!!count)) {
        mark.dataset.count = String(!!count);
        put(mark, count ? shape("breached", 1, 18) : shape("within", 1, 18));
      }
      say(unread, String(row.unread));
    }
    const live = status.state === "live";
    dot.classList.toggle("off", !live);
    state.classList.toggle("off-words", !live && status.state !== "connecting");
    if (live) say(state, `Live, ${time(now())}`);
    else if (status.state === "connecting") say(state, "Connecting");
    else say(state, status.since ? `Not live since ${time(status.since)}` : "Not live");
  }

  root.append(
    h("div", { class: "block" },
      overdueLine, unreadLine,
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

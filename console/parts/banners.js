// Above the title: only that a patient may be in danger, the page is not live, sending is stopped, the scheduler is late.
import { go } from "./address.js";
import { h, put, typing } from "./dom.js";
import { icon } from "./icons.js";
import { follow, isLive, onStatus, status } from "./live.js";
import { now, onTick, span, time, when } from "./clock.js";
import { askBeforeIdle } from "./idle.js";
import { widget } from "./widget.js";

const AGAIN_MS = 30_000; // a browser that keeps no cookies must not reload for ever

function notLive() {
  if (status.state === "ended") {
    return ["red", "alert", "You are signed out.", "What you typed is still here. Sign in again to go on."];
  }
  if (status.state !== "lost") return null;
  const seconds = Math.max(1, Math.ceil((status.retryAt - performance.now()) / 1000));
  const since = status.since ? `Not live since ${time(status.since)}.` : "Not live yet.";
  return ["amber", "offline", since, `Times still count down. Buttons wait until the connection is back. Trying again in ${seconds} s.`];
}

/** A patient in danger, until somebody acknowledges it. No name: this strip stands on every page. */
function urgent(row) {
  if (!row?.alarms) return null;
  const who = row.alarms === 1 ? "A patient wrote something that may be an emergency." : `${row.alarms} patients wrote something that may be an emergency.`;
  return ["urgent", "alert", who, "Look now, call, and acknowledge it in the lead queue.", "urgent"];
}

/** Since when, by whom and why, then what to do about it: for who may let texts go on, and for everybody else. */
function stopped(stop, may) {
  const told = stop.reason ? `: "${stop.reason}"` : "";
  const since = `Since ${when(stop.since)}${stop.by ? ` by ${stop.by}` : ""}${told}.`;
  const todo = may ? stop.todo : "No text leaves until a manager or an admin starts sending again. Call by hand meanwhile.";
  return ["red", "alert", stop.title, [since, stop.why, may && stop.by && stop.here ? "" : todo].filter(Boolean).join(" "), may && stop.here && stop.id];
}

function late(row) {
  if (!row || status.state !== "live") return null;
  const waits = row.first_due && now() - row.first_due > row.silent_after;
  if (!waits || (row.beat && now() - row.beat < row.silent_after * 2)) return null;
  const heard = row.beat ? `The scheduler was last heard from ${span(now() - row.beat)} ago.` : "The scheduler has not been heard from.";
  return ["red", "alert", "Automatic texts are late.", `${heard} Call and text by hand meanwhile.`];
}

async function leave() {
  await fetch("/sign-out", { method: "POST" }).catch(() => null);
  window.location.assign("/");
}

/** A page whose session is over shows no patients; only words that somebody is writing make it wait. */
function leaveWhenEnded() {
  const last = Number(sessionStorage.getItem("luxe-left") || 0);
  if (status.state !== "ended" || typing() || Date.now() - last < AGAIN_MS) return;
  sessionStorage.setItem("luxe-left", String(Date.now()));
  window.location.reload();
}

export default widget("parts/banners", ({ root, data, act, end }) => {
  const strip = h("div", { class: "strip", role: "status" });
  root.append(strip);
  let row = null;
  let stops = data.stops; // of the page's run, until the push knows better
  let pushed = false;
  let may = data.may;
  let shown = "";
  function button(id) {
    if (id === "urgent") return h("button", { class: "b", type: "button", onclick: () => go("/") }, "Open the queue");
    if (status.state === "ended") return h("button", { class: "b", type: "button", onclick: () => window.location.reload() }, "Sign in");
    return id && h("button", { class: "b", type: "button", disabled: !isLive(), onclick: () => act("resume", { id }) }, "Resume");
  }
  function draw() {
    const everything = stops.filter((stop) => stop.all).map((stop) => stopped(stop, may));
    // While sending is stopped on purpose, texts that are late are no news.
    const notes = [urgent(row), notLive(), ...everything, everything.length ? null : late(row)].filter(Boolean);
    const key = JSON.stringify([notes, status.state]);
    if (key === shown) return;
    shown = key;
    put(strip, notes.map(([tone, name, title, words, id]) =>
      h("div", { class: `note ${tone}` }, icon(name), h("span", {}, h("b", {}, title), ` ${words}`), button(id))));
  }
  end(follow("now", (topic) => { row = topic.rows.get("now") || null; draw(); }));
  end(follow("sending", (topic) => { pushed = topic.loaded; if (pushed) stops = [...topic.rows.values()]; draw(); }));
  end(onStatus(() => { draw(); leaveWhenEnded(); }));
  end(onTick(draw));
  end(askBeforeIdle(root, leave));
  return (next) => {
    if (!pushed || !isLive()) stops = next.stops;
    may = next.may;
    draw();
  };
});

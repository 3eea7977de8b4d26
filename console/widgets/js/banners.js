// Above the title: only that the page is not live, that the scheduler is late or stopped, that sending is paused.
import { h, put, typing } from "./dom.js";
import { icon } from "./icons.js";
import { follow, onStatus, status } from "./live.js";
import { now, onTick, span, time } from "./clock.js";
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

function sending(row) {
  if (!row || status.state !== "live") return null;
  if (row.paused) return ["amber", "alert", "Sending is paused.", "No text leaves until an admin switches it on. Call by hand meanwhile."];
  const waits = row.first_due && now() - row.first_due > row.silent_after;
  if (!waits || (row.beat && now() - row.beat < row.silent_after * 2)) return null;
  const heard = row.beat ? `The scheduler was last heard from ${span(now() - row.beat)} ago.` : "The scheduler has not been heard from.";
  return ["red", "alert", "Automatic texts are late.", `${heard} Call and text by hand meanwhile.`];
}

/** A page whose session is over shows no patients; only words that somebody is writing make it wait. */
function leaveWhenEnded() {
  const last = Number(sessionStorage.getItem("luxe-left") || 0);
  if (status.state !== "ended" || typing() || Date.now() - last < AGAIN_MS) return;
  sessionStorage.setItem("luxe-left", String(Date.now()));
  window.location.reload();
}

export default widget("banners", ({ root, end }) => {
  const strip = h("div", { class: "strip", role: "status" });
  root.append(strip);
  let row = null;
  let shown = "";
  function draw() {
    const notes = [notLive(), sending(row)].filter(Boolean);
    const key = JSON.stringify([notes, status.state]);
    if (key === shown) return;
    shown = key;
    put(strip, notes.map(([tone, name, title, words]) =>
      h("div", { class: `note ${tone}` }, icon(name), h("span", {}, h("b", {}, title), ` ${words}`),
        status.state === "ended" && h("button", { class: "b", type: "button", onclick: () => window.location.reload() }, "Sign in"))));
  }
  end(follow("now", (topic) => { row = topic.rows.get("now") || null; draw(); }));
  end(onStatus(() => { draw(); leaveWhenEnded(); }));
  end(onTick(draw));
});

// Above the title: only that a patient may be in danger, the page is not live, sending is stopped, the scheduler is late; and
// that leads are to be handed over, by who goes and to who comes.
import { go } from "./address.js";
import { h, put, typing } from "./dom.js";
import { icon } from "./icons.js";
import { follow, isLive, onStatus, status } from "./live.js";
import { now, onTick, span, time, when } from "./clock.js";
import { askBeforeIdle } from "./idle.js";
import { widget } from "./widget.js";

const REMIND_MS = 15 * 60_000; // before the end of one's shift
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
function stopped(stop, { may, works }) {
  const told = stop.reason ? `: "${stop.reason}"` : "";
  const since = `Since ${when(stop.since)}${stop.by ? ` by ${stop.by}` : ""}${told}.`;
  const todo = may ? stop.todo : `No text leaves until a manager or an admin starts sending again.${works ? " Call by hand meanwhile." : ""}`;
  return ["red", "alert", stop.title, [since, stop.why, may && stop.by && stop.here ? "" : todo].filter(Boolean).join(" "), may && stop.here && stop.id];
}

function late(row, { works }) {
  if (!row || status.state !== "live") return null;
  const waits = row.first_due && now() - row.first_due > row.silent_after;
  if (!waits || (row.beat && now() - row.beat < row.silent_after * 2)) return null;
  const heard = row.beat ? `The scheduler was last heard from ${span(now() - row.beat)} ago.` : "The scheduler has not been heard from.";
  return ["red", "alert", "Automatic texts are late.", `${heard} ${works ? "Call and text by hand meanwhile." : "Texts of sequences wait until it is back. Managers and admins know."}`];
}

/** A location whose calendar has no open hour: its leads' clocks never come due. */
function neverOpen(places) {
  if (!places?.length) return null;
  const who = places.length === 1 ? `${places[0]} has no open hour.` : `${places.join(", ")} have no open hour.`;
  return ["red", "alert", who, "No clock of its leads ever comes due: answer them by hand, and have a manager mend the hours on page Clinic."];
}

// What another line of this strip says already.
const SAID_ELSEWHERE = { texts_late: "late", scheduler_silent: "late", sending_stopped: "stopped" };

/** What the watch found wrong with the product itself, beside what the strip sees by itself. The runbook is for who may mend it. */
function troubles(row, shown, { may, works }) {
  return (row?.troubles || [])
    .filter((one) => !shown.has(SAID_ELSEWHERE[one.name]))
    .map((one) => ["amber", "alert", one.title, [`Since ${when(one.since)}.`, works ? one.todo : one.elsewhere, may && `Runbook: '${one.page}'.`].filter(Boolean).join(" ")]);
}

const leads = (count) => (count === 1 ? "1 lead" : `${count} leads`);

/** One's own leads, shortly before one goes, or once one has gone: until there is a hand-over. `off`: off duty by one's own word. */
function toHandOver(rows, { me, days }, off) {
  const count = rows.get("open")?.counts[me] || 0;
  const written = [...rows.values()].some((row) => row.by === me);
  if (!count || written) return null;
  if (off) return ["blue", "swap", `You are off duty and have ${leads(count)}.`, "They stay yours until a colleague takes them over.", "hand-overs"];
  const day = days.find(([from, to]) => from <= now() && now() < to);
  if (!day || day[1] - now() > REMIND_MS) return null;
  return ["blue", "swap", `Your shift ends at ${time(day[1])}: ${leads(count)} to hand over.`, "Read what is due, add a note, send it.", "hand-overs"];
}

/** What colleagues have left: to oneself, to whoever is at work at that location, and to managers what nobody wrote. */
function leftToMe(rows, { me, days, place, hands }) {
  const here = days.some(([from, to]) => from <= now() && now() < to);
  const meant = (row) => row.by && row.by !== me && (row.to === me || (!row.to && ((here && row.place === place) || (hands && row.byItself))));
  const found = [...rows.values()].filter(meant);
  if (!found.length) return null;
  const [first] = found;
  const sum = found.reduce((all, row) => all + row.count, 0);
  const who = found.length > 1 ? `${found.length} hand-overs wait: ${leads(sum)}.` : first.byItself ? `${first.byName} went off and left ${leads(first.count)}; nothing was written.` : `${first.byName} left ${leads(first.count)}${first.to ? " to you" : ""}.`;
  return ["blue", "swap", who, "Read what is due and take them over.", "hand-overs"];
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
  let left = new Map(); // hand-overs, for who works leads
  let row = null; // alarms: for who sees patients
  let watch = null; // the product itself: for everybody
  let stops = data.stops; // of the page's run, until the push knows better
  let pushed = false;
  let who = data;
  let never = data.never;
  let shown = "";
  function button(id) {
    if (id === "hand-overs") return h("button", { class: "b", type: "button", onclick: () => go("/hand-overs") }, "Hand-over");
    if (id === "urgent") return h("button", { class: "b", type: "button", onclick: () => go("/") }, "Open the queue");
    if (status.state === "ended") return h("button", { class: "b", type: "button", onclick: () => window.location.reload() }, "Sign in");
    return id && h("button", { class: "b", type: "button", disabled: !isLive(), onclick: () => act("resume", { id }) }, "Resume");
  }
  function draw() {
    const everything = stops.filter((stop) => stop.all).map((stop) => stopped(stop, who));
    // While sending is stopped on purpose, texts that are late are no news.
    const lateNote = everything.length ? null : late(watch, who);
    const said = new Set([everything.length ? "stopped" : "", lateNote ? "late" : ""]);
    const mine = row?.standing[who.me];
    const off = mine?.status === "off_duty" && !(mine.until && mine.until <= now());
    const onPage = window.location.pathname.endsWith("/hand-overs");
    const handed = onPage ? [] : [toHandOver(left, who, off), leftToMe(left, who)];
    const notes = [urgent(row), notLive(), neverOpen(never), ...everything, lateNote, ...troubles(watch, said, who), ...handed].filter(Boolean);
    const key = JSON.stringify([notes, status.state]);
    if (key === shown) return;
    shown = key;
    put(strip, notes.map(([tone, name, title, words, id]) =>
      h("div", { class: `note ${tone}` }, icon(name), h("span", {}, h("b", {}, title), h("span", { class: "more" }, ` ${words}`)), button(id))));
  }
  end(follow("now", (topic) => { row = topic.rows.get("now") || null; draw(); }));
  if (data.works_leads) end(follow("hand_overs", (topic) => { left = topic.rows; draw(); }));
  end(follow("watch", (topic) => { watch = topic.rows.get("watch") || null; draw(); }));
  end(follow("sending", (topic) => { pushed = topic.loaded; if (pushed) stops = [...topic.rows.values()]; draw(); }));
  end(onStatus(() => { draw(); leaveWhenEnded(); }));
  end(onTick(draw));
  end(askBeforeIdle(root, leave));
  return (next) => {
    if (!pushed || !isLive()) stops = next.stops;
    who = next;
    never = next.never;
    draw();
  };
});

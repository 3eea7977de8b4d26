// One socket for the whole page, whatever number of components follow topics on it.
import { now, setTime } from "./clock.js";

const DELAYS = [1000, 2000, 4000, 8000];
const SILENCE_MS = 12_000; // the server gives a sign of life each 5 s: two of them were missed
const SIGNED_OUT = 4401;
const ACTIVE_MS = 60_000;
const topics = new Map(); // key -> { rows: Map, loaded, denied, followers: Set }
const watchers = new Set();
let socket = null;
let failures = 0;
let heard = 0;
let timer = 0;
let ticketsPosted = new Set();
let opening = null;

let path = "/live";
let told = 0; // when the server last heard of a hand on this page

/**
 * `state`: connecting, live, lost, ended. `since`: when it was last live (product ms). `retryAt`: performance time.
 * `ends`: when the session ends if nobody does anything (product ms), null where it does not by itself.
 */
export const status = { state: "connecting", since: null, retryAt: 0, ends: null };

function become(state) {
  if (status.state === state) return;
  if (status.state === "live") status.since = now();
  status.state = state;
  for (const fn of [...watchers]) fn(status);
}

/** Call `fn(status)` now and at every change. Returns how to stop. */
export function onStatus(fn) {
  watchers.add(fn);
  fn(status);
  return () => watchers.delete(fn);
}

/** Whether actions may be started: what one sees is what is. */
export const isLive = () => status.state === "live";

/** Exchange a fresh sign-in's ticket for the cookie if there is one, then connect; `address` where it is not the usual. */
export async function open(ticket, address = path) {
  path = address;
  if (ticket && !ticketsPosted.has(ticket)) {
    ticketsPosted.add(ticket);
    opening = fetch("/session", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ ticket }) })
      .catch(() => null)
      .finally(() => {
        if (status.state === "ended") status.state = "connecting";
        failures = 0;
        close();
      });
  }
  if (opening) await opening;
  if (!socket && !timer && status.state !== "ended") connect();
}

function close() {
  clearTimeout(timer);
  timer = 0;
  if (socket) {
    socket.onclose = null;
    socket.close();
    socket = null;
  }
}

function connect() {
  timer = 0;
  const address = new URL(path, window.location.href);
  address.protocol = address.protocol.replace("http", "ws");
  socket = new WebSocket(address);
  heard = performance.now();
  socket.onopen = () => socket.send(JSON.stringify({ follow: [...topics.keys()] }));
  socket.onmessage = (event) => hear(JSON.parse(event.data));
  socket.onclose = (event) => lose(event.code);
}

function lose(code) {
  socket = null;
  if (code === SIGNED_OUT && failures >= 1) return become("ended");
  if (status.state !== "connecting" || failures >= 1) become("lost");
  const delay = code === SIGNED_OUT ? 700 : DELAYS[Math.min(failures, DELAYS.length - 1)];
  failures += 1;
  status.retryAt = performance.now() + delay;
  timer = setTimeout(connect, delay);
}

function hear(message) {
  heard = performance.now();
  failures = 0;
  if (message.now) setTime(message.now, message.speed);
  if (message.ends !== undefined) status.ends = message.ends;
  become("live");
  const topic = topics.get(message.topic);
  if (!topic) return;
  if (message.kind === "denied") topic.denied = true;
  else if (message.kind === "failed") topic.failed = message.code;
  else if (message.kind === "together") {
    topic.who = message.who;
    topic.writing = message.writing;
  }
  else take(topic, message);
  for (const fn of [...topic.followers]) fn(topic);
}

function take(topic, message) {
  if (message.kind === "all") topic.rows = new Map();
  for (const row of message.rows) topic.rows.set(row.id, row);
  for (const id of message.gone) topic.rows.delete(id);
  topic.changed = message.rows.map((row) => row.id);
  topic.whole = message.kind === "all";
  topic.loaded = true;
  topic.failed = "";
}

/** Follow a topic: `fn({rows: Map by id, who: [[id, name]] of all who look at the same, writing: [[id, text or note]] of those who write, loaded, denied, failed, whole, changed})` at once if known, then at every change. */
export function follow(key, fn) {
  let topic = topics.get(key);
  if (!topic) {
    topic = { rows: new Map(), who: [], writing: [], loaded: false, denied: false, failed: "", whole: false, changed: [], followers: new Set() };
    topics.set(key, topic);
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ follow: [key] }));
  }
  topic.followers.add(fn);
  if (topic.loaded || topic.denied) fn(topic);
  return () => {
    topic.followers.delete(fn);
    if (topic.followers.size || topics.get(key) !== topic) return;
    topics.delete(key);
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ unfollow: [key] }));
  };
}

/** Say to who looks at the same topic that one is writing there (`what`: text, note), or no more (''). */
export function tellWriting(key, what) {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ writing: { in: key, what } }));
}

/** Somebody is there: the session goes on. */
export function stay() {
  told = performance.now();
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ active: true }));
}

// Reading is work too: a hand on the page keeps the session, an open page alone does not.
for (const kind of ["pointerdown", "keydown", "wheel", "touchstart"]) {
  document.addEventListener(kind, () => { if (performance.now() - told > ACTIVE_MS) stay(); }, { capture: true, passive: true });
}

// A connection can be dead without saying so: a laptop that slept, a network that changed.
setInterval(() => {
  if (socket && status.state === "live" && performance.now() - heard > SILENCE_MS) {
    const dead = socket;
    dead.onclose = null;
    dead.close();
    lose(0);
  }
}, 2000);

document.addEventListener("visibilitychange", () => {
  if (!document.hidden && status.state === "lost") {
    clearTimeout(timer);
    if (!socket) connect();
  }
});

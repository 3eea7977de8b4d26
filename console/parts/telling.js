// The open console tells its person of an alert of theirs: a short sound, and a note of the desktop while no page of it is
// in sight. Asked for once, in this browser; one page of several says it. No word of it is a patient's.
import { go } from "./address.js";
import { now } from "./clock.js";
import { follow } from "./live.js";
import { ring } from "./sound.js";

const KEY = "luxe.telling", SAID = "luxe.told";
const IN_SIGHT = "luxe-in-sight";
const MOST_SAID = 60;
const BEFORE_MS = 5000; // what came while one page gave way to the next
const ANSWERS = new Set(["sound", "silent", "off"]);

/** `choice`: sound (with a note), silent (a note alone), off, or '' where nobody was asked yet. */
export const telling = {
  get able() {
    return "Notification" in window && window.isSecureContext;
  },
  get refused() {
    return this.able && Notification.permission === "denied";
  },
  get choice() {
    const kept = window.localStorage.getItem(KEY);
    return ANSWERS.has(kept) ? kept : "";
  },
  /** Whether to ask: once. */
  get asks() {
    return this.able && !this.refused && this.choice === "";
  },
  /** Keep the choice; for notes the browser asks the person itself. Resolves to what holds then. */
  async choose(choice) {
    const may = choice === "off" || (this.able && (await Notification.requestPermission()) === "granted");
    window.localStorage.setItem(KEY, may ? choice : "off");
    return this.choice;
  },
};

function said() {
  try {
    return new Map(JSON.parse(window.localStorage.getItem(SAID) || "[]"));
  } catch {
    return new Map();
  }
}

/** How much of a row is new to this browser: 'all', 'more' leads of what was said, or ''. It counts as said from now on. */
export function take(row) {
  const known = said();
  const before = known.get(row.id);
  if (before !== undefined && before >= row.leads.length) return "";
  known.set(row.id, row.leads.length);
  window.localStorage.setItem(SAID, JSON.stringify([...known].slice(-MOST_SAID)));
  return before === undefined ? "all" : "more";
}

/** One page at a time: each looks whether another has said it before. Browsers without locks (no https) may say it twice. */
function alone(name, fn) {
  return navigator.locks ? navigator.locks.request(name, fn) : fn();
}

async function inSight() {
  if (!document.hidden) return true;
  const held = navigator.locks ? (await navigator.locks.query()).held : [];
  return held.some((lock) => lock.name.startsWith(IN_SIGHT));
}

/** A page that is in sight holds a lock, so that the hidden ones know. */
function holdWhileInSight() {
  let leave = null;
  const look = () => {
    if (!navigator.locks) return;
    if (!document.hidden && !leave) {
      const mine = new AbortController();
      const ends = new Promise((resolve) => { leave = () => { mine.abort(); resolve(); leave = null; }; });
      navigator.locks.request(`${IN_SIGHT}-${Math.random()}`, { signal: mine.signal }, () => ends).catch(() => null);
    } else if (document.hidden && leave) leave();
  };
  look();
  document.addEventListener("visibilitychange", look);
  return () => {
    document.removeEventListener("visibilitychange", look);
    if (leave) leave();
  };
}

/** What stands on the note: how many leads, which, and where a click leads. */
export function words(row) {
  const [first, ...more] = row.leads;
  const title = more.length ? `${row.title}: ${row.leads.length} leads` : row.title;
  return { title, body: row.leads.join(", ") || "Open the console.", address: first && !more.length ? `/lead?lead=${first}` : "/" };
}

function note(row) {
  const { title, body, address } = words(row);
  try {
    // The same tag as a push of it: of the two one stays.
    const shown = new Notification(title, { body, tag: row.leads[0] ? `${row.leads[0]}${row.urgent ? "-urgent" : ""}` : row.id, requireInteraction: row.urgent, icon: "/favicon.png" });
    shown.onclick = () => {
      window.focus();
      go(address);
      shown.close();
    };
  } catch {
    // Phones have no notes of a page, only those of a push.
  }
}

async function tell(row) {
  const choice = telling.choice;
  if (choice !== "sound" && choice !== "silent") return;
  await alone("luxe-telling", async () => {
    const fresh = take(row);
    if (!fresh) return;
    if (fresh === "all" && choice === "sound") ring(row.urgent);
    if (!(await inSight()) && Notification.permission === "granted") note(row);
  });
}

/** Listen for what `me` is told, from now on. Returns how to stop. */
export function listen(me) {
  let since = null;
  const stopHolding = holdWhileInSight();
  const stop = follow(`told:${me}`, (topic) => {
    since ??= now() - BEFORE_MS; // only now the server's time is known
    for (const row of topic.rows.values()) if (row.at >= since) tell(row);
  });
  return () => {
    stop();
    stopHolding();
  };
}

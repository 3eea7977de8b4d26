// Alerts by push: whether this browser can, asking it once, and what the server must know to reach it.

const WORKER = "/alerts/worker.js";
const READY_MS = 10_000;

/** Why this browser can't show alerts, in words; '' where it can. `key`: the server's, '' where push is not set up. */
export function whyNot(key) {
  if (!window.isSecureContext) return "The console must be reached by https for that.";
  if (!("serviceWorker" in navigator) || !("PushManager" in window) || !("Notification" in window)) {
    return "This browser can't show alerts. On an iPhone or iPad, add the console to the Home Screen first and open it from there.";
  }
  if (!key) return "Push is not set up: whoever runs the product must give a contact address (LUXE_PUSH_CONTACT).";
  if (Notification.permission === "denied") return "This browser was told to show nothing of the console. Change that in its settings for this page, then come back.";
  return "";
}

function bytes(key) {
  const text = atob(key.replace(/-/g, "+").replace(/_/g, "/").padEnd(Math.ceil(key.length / 4) * 4, "="));
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

function sameKey(subscription, key) {
  const theirs = subscription.options?.applicationServerKey;
  if (!theirs) return true;
  const [one, other] = [new Uint8Array(theirs), bytes(key)];
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

async function subscription() {
  const registration = await navigator.serviceWorker.getRegistration(WORKER);
  return registration ? registration.pushManager.getSubscription() : null;
}

/** By which the server knows this browser; '' where it shows no alerts. */
export async function mark() {
  const found = await subscription().catch(() => null);
  if (!found) return "";
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(found.endpoint));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function active(registration) {
  if (registration.active) return Promise.resolve();
  const worker = registration.installing || registration.waiting;
  return new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error("The browser did not get ready. Try again.")), READY_MS);
    worker.addEventListener("statechange", () => worker.state === "activated" && resolve());
  });
}

/** Ask the browser; {endpoint, p256dh, auth} for the server, null where the person said no. Throws what the browser says. */
export async function turnOn(key) {
  if ((await Notification.requestPermission()) !== "granted") return null;
  const registration = await navigator.serviceWorker.register(WORKER);
  await active(registration);
  let found = await registration.pushManager.getSubscription();
  // Made for a key that the server no longer has: nothing would ever arrive.
  if (found && !sameKey(found, key)) {
    await found.unsubscribe();
    found = null;
  }
  found ??= await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(key) });
  const { endpoint, keys } = found.toJSON();
  return { endpoint, p256dh: keys.p256dh, auth: keys.auth };
}

/** Nothing reaches this browser any more, whatever the server believes. */
export async function turnOff() {
  const found = await subscription().catch(() => null);
  if (found) await found.unsubscribe().catch(() => false);
}

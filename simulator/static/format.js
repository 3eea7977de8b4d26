// Times and numbers as people read them.

let zone = "America/New_York";
let cached = new Map();

export function useZone(name) {
  if (name === zone) return;
  zone = name;
  cached = new Map();
}

function formatter(name, options) {
  if (!cached.has(name)) cached.set(name, new Intl.DateTimeFormat("en-US", { ...options, timeZone: zone }));
  return cached.get(name);
}

const TIME = { hour: "numeric", minute: "2-digit" };
const DAY = { weekday: "short", month: "short", day: "numeric" };

export const timeOf = (date) => formatter("time", TIME).format(date);
export const dayOf = (date) => formatter("day", DAY).format(date);

/** "2:05 PM" today, "Mon, Nov 23, 2:05 PM" on other days of the clinic's calendar. */
export function stampOf(date, now) {
  return dayOf(date) === dayOf(now) ? timeOf(date) : `${dayOf(date)}, ${timeOf(date)}`;
}

/** "2:14:09.910", for the list of requests. */
export function preciseTimeOf(date) {
  const parts = { hour: "numeric", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3 };
  return formatter("precise", parts).format(date).replace(/\s?[AP]M$/, "");
}

/** "+14075550114" as "(407) 555-0114"; other countries stay as they are. */
export function numberOf(e164) {
  const parts = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(e164);
  return parts ? `(${parts[1]}) ${parts[2]}-${parts[3]}` : e164;
}

/** What someone typed as E.164, or "" when it is no number we know how to read. */
export function readNumber(typed) {
  const digits = typed.replace(/[^\d+]/g, "");
  if (/^\+\d{7,15}$/.test(digits)) return digits;
  if (/^1?\d{10}$/.test(digits)) return `+1${digits.slice(-10)}`;
  return "";
}

export const plural = (count, one) => `${count.toLocaleString("en-US")} ${one}${count === 1 ? "" : "s"}`;

export const REASONS = {
  30003: "phone off or out of reach", 30004: "blocked by the person", 30005: "number not in use",
  30006: "landline", 30007: "filtered by the carrier", 30008: "reason unknown",
};

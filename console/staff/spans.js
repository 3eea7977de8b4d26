// Shifts as minutes of a day's wall, as words and as what is typed. Pure.

const pad = (number) => String(number).padStart(2, "0");
const DAY = 1440;

/** 480 as '8', 510 as '8:30', 1440 as '12': short, for a bar. */
export function brief(minutes) {
  const hour = Math.floor(minutes / 60) % 12 || 12;
  return minutes % 60 ? `${hour}:${pad(minutes % 60)}` : String(hour);
}

/** '8-4' */
export const briefSpan = ([from, to]) => `${brief(from)}-${brief(to)}`;

/** '8:00 AM' */
export function clockWords(minutes) {
  const hour = Math.floor(minutes / 60) % 24;
  return `${hour % 12 || 12}:${pad(minutes % 60)} ${hour < 12 ? "AM" : "PM"}`;
}

/** '8:00 AM to 4:00 PM' */
export const spanWords = ([from, to]) => `${clockWords(from)} to ${to === DAY ? "midnight" : clockWords(to)}`;

/** '8:00 AM to 1:00 PM and 2:00 to ...'; 'off' for none. */
export const spansWords = (spans) => (spans.length ? spans.map(spanWords).join(", ") : "off");

const NAMES = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const NOON = 720;
const EVENING = 1020;

/** 'usually 6 forms come on Saturday mornings', of [from, to, forms] on a date. */
export function usualWords([from, to, forms], day) {
  const weekday = NAMES[(new Date(`${day}T12:00:00Z`).getUTCDay() + 6) % 7];
  const part = to <= NOON ? "mornings" : from >= EVENING ? "evenings" : from >= NOON ? "afternoons" : "";
  const when = part ? `${weekday} ${part}` : `${weekday}s, ${spanWords([from, to])}`;
  return `usually ${forms === 1 ? "1 form comes" : `${forms} forms come`} on ${when}`;
}

/** '09:00-17:00' as [540, 1020]. */
export function readSpan(text) {
  const [from, to] = text.split("-").map(minutesOf);
  return [from, to];
}

/** '09:30' as 570; NaN for what is no time. */
export function minutesOf(wall) {
  const [hour, minute] = wall.split(":").map(Number);
  return hour * 60 + minute;
}

/** 570 as '09:30', midnight at the end as '24:00'. */
export const wallOfMinutes = (minutes) => (minutes === DAY ? "24:00" : `${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`);

/** What of `spans` no hole takes. */
export function outside(spans, holes) {
  let left = spans;
  for (const [from, to] of holes) left = left.flatMap(([a, b]) => [[a, Math.min(b, from)], [Math.max(a, to), b]]).filter(([a, b]) => a < b);
  return left.sort((a, b) => a[0] - b[0]);
}

/** Two of `spans` that overlap, else null. */
export function overlapping(spans) {
  const sorted = [...spans].sort((a, b) => a[0] - b[0]);
  const at = sorted.findIndex((one, place) => place > 0 && sorted[place - 1][1] > one[0]);
  return at < 0 ? null : [sorted[at - 1], sorted[at]];
}

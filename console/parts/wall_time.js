// Days and wall times of the clinic's zone, and the moments they are. Pure: the zone is an argument. A wall time that
// the change to daylight saving skips does not exist; one that it repeats is two moments.

const MINUTE = 60_000;
const DAY = 86_400_000;
const formats = new Map();
const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

const pad = (number, width = 2) => String(number).padStart(width, "0");
const utc = (day, wall) => Date.parse(`${day}T${wall}:00Z`);

/** {day: '2026-11-26', wall: '14:30'} of a moment in a zone. */
export function wallOf(moment, zone) {
  if (!formats.has(zone)) {
    formats.set(zone, new Intl.DateTimeFormat("en-CA", { timeZone: zone, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" }));
  }
  const part = Object.fromEntries(formats.get(zone).formatToParts(moment).map(({ type, value }) => [type, value]));
  return { day: `${part.year}-${part.month}-${part.day}`, wall: `${part.hour}:${part.minute}` };
}

/** Milliseconds that the zone's wall is ahead of UTC at a moment. */
function ahead(moment, zone) {
  const { day, wall } = wallOf(moment, zone);
  return utc(day, wall) - Math.floor(moment / MINUTE) * MINUTE;
}

/** Every moment at which the wall of a zone reads so: one, none in the gap of spring, two in the hour that autumn repeats. */
export function momentsAt(day, wall, zone) {
  const naive = utc(day, wall);
  const offsets = new Set([ahead(naive - DAY, zone), ahead(naive + DAY, zone)]);
  return [...offsets].map((offset) => naive - offset).filter((moment) => ahead(moment, zone) === naive - moment).sort((a, b) => a - b);
}

/** '2026-11-26T14:30:00-05:00' */
export function isoAt(moment, zone) {
  const { day, wall } = wallOf(moment, zone);
  const minutes = ahead(moment, zone) / MINUTE;
  return `${day}T${wall}:00${minutes < 0 ? "-" : "+"}${pad(Math.floor(Math.abs(minutes) / 60))}:${pad(Math.abs(minutes) % 60)}`;
}

/** The day so many days later. */
export function dayAfter(day, days) {
  return new Date(utc(day, "12:00") + days * DAY).toISOString().slice(0, 10);
}

/** The same day of another month, or its last one: a month after January 31 is February 28. */
export function monthAfter(day, months) {
  const [year, month, date] = day.split("-").map(Number);
  const first = new Date(Date.UTC(year, month - 1 + months, 1));
  const last = new Date(Date.UTC(year, month + months, 0)).getUTCDate();
  return `${pad(first.getUTCFullYear(), 4)}-${pad(first.getUTCMonth() + 1)}-${pad(Math.min(date, last))}`;
}

/** 0 Monday to 6 Sunday, as the clinic's data counts. */
export const weekdayOf = (day) => (new Date(utc(day, "12:00")).getUTCDay() + 6) % 7;

/** The weeks of a day's month, Sunday first, with the days of its neighbours that fill them. */
export function monthGrid(day) {
  const first = `${day.slice(0, 8)}01`;
  const start = dayAfter(first, -((weekdayOf(first) + 1) % 7));
  const weeks = [];
  for (let week = start; week <= first || week.slice(0, 7) === day.slice(0, 7); week = dayAfter(week, 7)) weeks.push(Array.from({ length: 7 }, (_, at) => dayAfter(week, at)));
  return weeks;
}

/** 'November 2026' */
export const monthWords = (day) => `${MONTHS[Number(day.slice(5, 7)) - 1]} ${day.slice(0, 4)}`;

/** 'Thursday, November 26, 2026' */
export function dayWords(day) {
  return new Date(utc(day, "12:00")).toLocaleDateString("en-US", { timeZone: "UTC", weekday: "long", year: "numeric", month: "long", day: "numeric" });
}

/** '2:30 PM' */
export function wallWords(wall) {
  const [hour, minute] = wall.split(":").map(Number);
  return `${hour % 12 || 12}:${pad(minute)} ${hour < 12 ? "AM" : "PM"}`;
}

/** What people type for a time, as '14:30': '2:30 pm', '2p', '14:30', '9'. '' where it is none. */
export function readWall(typed) {
  const found = /^\s*(\d{1,2})(?:[:.h ]?(\d{2}))?\s*(?:([ap])\.?\s*m?\.?)?\s*$/i.exec(typed);
  if (!found) return "";
  let hour = Number(found[1]);
  const minute = Number(found[2] || 0);
  const half = found[3]?.toLowerCase();
  if (minute > 59 || hour > 23 || (half && (hour < 1 || hour > 12))) return "";
  if (half) hour = (hour % 12) + (half === "p" ? 12 : 0);
  // Nobody is called at two in the night: '2' and '2:30' are the afternoon, '9' the morning, '02:30' what it says.
  else if (hour >= 1 && hour <= 6 && !found[1].startsWith("0")) hour += 12;
  return `${pad(hour)}:${pad(minute)}`;
}

/** What people type for a day, as '2026-11-26': '11/26', '11/26/2026', '2026-11-26', 'Nov 26', 'tomorrow'. `today` decides the year: the next such day. '' where it is none. */
export function readDay(typed, today) {
  const words = typed.trim().toLowerCase().replace(/,/g, " ").replace(/\s+/g, " ");
  if (words === "today") return today;
  if (words === "tomorrow") return dayAfter(today, 1);
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(words);
  const slashed = /^(\d{1,2})[/.](\d{1,2})(?:[/.](\d{2}|\d{4}))?$/.exec(words);
  const named = /^(?:[a-z]+ )?([a-z]{3,9}) (\d{1,2})(?: (\d{4}))?$/.exec(words);
  const month = named && MONTHS.findIndex((name) => name.toLowerCase().startsWith(named[1])) + 1;
  const [year, at, date] = iso ? iso.slice(1) : slashed ? [slashed[3], slashed[1], slashed[2]] : month ? [named[3], month, named[2]] : [];
  if (!at) return "";
  const whole = year && (String(year).length === 2 ? `20${year}` : String(year));
  const day = real(whole || today.slice(0, 4), at, date);
  if (!day || whole || day >= today) return day;
  return real(String(Number(today.slice(0, 4)) + 1), at, date);
}

/** The day where there is such a one: no February 30. */
function real(year, month, date) {
  const day = `${pad(year, 4)}-${pad(month)}-${pad(date)}`;
  const moment = utc(day, "12:00");
  return Number.isNaN(moment) || new Date(moment).toISOString().slice(0, 10) !== day ? "" : day;
}

/**
 * What stands against a day and a time: {moment, moments, error, note}. `rules`: {zone, min?, max?, hours?, closed?} with
 * moments; `hours` by weekday ([['09:00', '17:00']]), `closed` {day: why}. Closed hours are a note, no error: a call-back may be.
 */
export function judge(day, wall, rules, second = false) {
  const moments = momentsAt(day, wall, rules.zone);
  if (!moments.length) return { moments, error: `${wallWords(wall)} does not exist on ${dayWords(day)}: clocks go forward over it. Choose an hour later.` };
  const moment = moments[second ? moments.length - 1 : 0];
  if (rules.min && moment < rules.min) return { moments, moment, error: "That is past. Choose a later time." };
  if (rules.max && moment > rules.max) return { moments, moment, error: `Choose a time up to ${dayWords(wallOf(rules.max, rules.zone).day)}.` };
  return { moments, moment, error: "", note: closedWords(day, wall, rules) };
}

/** 'closed: Thanksgiving', 'closed: opens 9:00 AM', '' while open or where no hours are known. */
export function closedWords(day, wall, { hours, closed = {} }) {
  if (closed[day]) return `closed: ${closed[day]}`;
  if (!hours) return "";
  const spans = hours[weekdayOf(day)] || [];
  if (!spans.length) return "closed that day";
  if (!wall || spans.some(([opens, closes]) => opens <= wall && wall < closes)) return "";
  const next = spans.find(([opens]) => opens > wall);
  return next ? `closed: opens ${wallWords(next[0])}` : `closed: closes ${wallWords(spans.at(-1)[1])}`;
}

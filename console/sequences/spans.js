// Spans as a sequence keeps them, '5m', '2h', '14d' or '-72h' for before: as fields take them, as minutes, as words.
const MINUTES = { m: 1, h: 60, d: 1440 };
const SPAN = /^(-?)(\d{1,6})([mhd])$/;

export const UNITS = [["m", "minutes"], ["h", "hours"], ["d", "days"]];

/** {amount, unit, before} of '-72h'; what can't be read stands in `amount` as it came. */
export function readSpan(text) {
  const found = SPAN.exec(text || "");
  return found ? { amount: found[2], unit: found[3], before: found[1] === "-" } : { amount: text || "", unit: "m", before: false };
}

/** '-72h' of {amount: '72', unit: 'h', before: true}; whoever types no number hears of it from the server. */
export const writeSpan = ({ amount, unit, before }) => `${before ? "-" : ""}${amount.trim()}${unit}`;

/** Minutes, negative for before; null where it can't be read. */
export function minutesOf(text) {
  const found = SPAN.exec(text || "");
  return found ? (found[1] ? -1 : 1) * Number(found[2]) * MINUTES[found[3]] : null;
}

/** '5 min', '2 h', '1 h 30', '3 days' */
export function lengthWords(minutes) {
  const size = Math.abs(minutes);
  if (size < 60) return `${size} min`;
  if (size % 1440 === 0) return size === 1440 ? "1 day" : `${size / 1440} days`;
  const hours = Math.floor(size / 60);
  return size % 60 ? `${hours} h ${size % 60}` : `${hours} h`;
}

/** Beside a mark: '5 min', 'day 3', '3 days before', '0' at the moment itself. */
export function momentWords(minutes) {
  if (minutes === null) return "?";
  if (minutes === 0) return "0";
  if (minutes < 0) return `${lengthWords(minutes)} before`;
  return minutes >= 1440 && minutes % 1440 === 0 ? `day ${minutes / 1440}` : lengthWords(minutes);
}

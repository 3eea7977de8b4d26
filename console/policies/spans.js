// How long there is: minutes as a number and a unit, in words, and as a length to look at.
export const UNITS = [["0.0166666667", "seconds"], ["1", "minutes"], ["60", "hours"], ["1440", "days"]];
const SECONDS = UNITS[0][0];
const LONGEST = 20_160; // minutes, the length of a full bar: two weeks
const SHORTEST = 0.25;

/** [amount, unit] of minutes, the largest unit that leaves a whole number. */
export function readSpan(minutes) {
  const value = Number(minutes);
  if (minutes === "" || minutes === null || minutes === undefined || !Number.isFinite(value)) return [minutes ?? "", "1"];
  if (value === 0) return ["0", "1"];
  if (value > 0 && value < 1) return [String(Math.round(value * 600) / 10), SECONDS];
  const unit = ["1440", "60", "1"].find((one) => value % Number(one) === 0) || "1";
  // Two days are 2 days, one is 24 hours as people say it.
  return unit === "1440" && value < 2880 ? [String(value / 60), "60"] : [String(value / Number(unit)), unit];
}

/** Minutes again; what is no number stays as it was typed, for the checks to say so. */
export function writeSpan(amount, unit) {
  const value = Number(amount);
  if (!amount || !Number.isFinite(value)) return amount;
  return unit === SECONDS ? value / 60 : value * Number(unit);
}

/** '5 min', '30 s', '24 h', '3 days'. */
export function spanWords(minutes) {
  const [amount, unit] = readSpan(minutes);
  if (amount === "" || !Number.isFinite(Number(amount))) return "?";
  const words = { [SECONDS]: "s", 1: "min", 60: "h", 1440: "days" }[unit];
  const whole = Number(minutes);
  if (unit === "1" && whole > 60) return `${Math.floor(whole / 60)} h ${whole % 60} min`;
  return `${amount} ${words}`;
}

/** How much of a full bar, 0 to 1: each step of the same length doubles, so that 5 and 15 minutes differ as 5 and 15 hours do. */
export function lengthOf(minutes) {
  const value = Math.max(SHORTEST, Number(minutes) || SHORTEST);
  return Math.min(1, Math.log(value / SHORTEST) / Math.log(LONGEST / SHORTEST));
}

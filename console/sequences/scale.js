// Where the steps of a sequence stand on its line of time: three scales, minutes, the same day and days, before a visit and
// after each moment that steps count from. Pure.
import { minutesOf } from "./spans.js";

const HALF_HOUR = 30;
const DAY = 1440;
const TWO_WEEKS = 14 * DAY;
// How a band is called, and the minutes that it shows; before a visit the same, mirrored.
const BANDS = [["first half hour", 0, HALF_HOUR], ["same day", HALF_HOUR, DAY], ["two weeks", DAY, TWO_WEEKS]];
const BEFORE = ["last half hour before", "the day before", "days before"];
const CROWDED = 0.8; // of an even spacing: how near two marks may stand

/** For each step the minutes from its anchor, with the waits above it; null where its moment can't be read. */
export function momentsOf(body) {
  let waited = 0;
  return (body.steps || []).map((step) => {
    const own = minutesOf(step.offset || "0m");
    const at = own === null ? null : own + waited;
    if (step.kind === "wait" && step.on !== false && own) waited += own;
    return { anchor: step.anchor || body.starts_on, at };
  });
}

/** Places from 0 to 1 in their order, moved apart to stand `gap` from one another at least. */
export function spread(wanted, gap) {
  const places = [];
  for (const at of wanted) places.push(Math.max(at, places.length ? places.at(-1) + gap : 0));
  for (let at = places.length - 1, most = 1; at >= 0; at -= 1, most -= gap) places[at] = Math.min(places[at], most);
  return places;
}

function bandOf(at) {
  const size = Math.abs(at);
  if (at < 0) return size <= HALF_HOUR ? 0 : size <= DAY ? 1 : 2;
  return size <= HALF_HOUR ? 0 : size < DAY ? 1 : 2;
}

function placed(marks, band) {
  const [, low, high] = BANDS[band];
  const furthest = Math.max(high, ...marks.map((one) => Math.abs(one.at)));
  const wanted = marks.map((one) => {
    const share = Math.sqrt((Math.abs(one.at) - low) / (furthest - low));
    return one.at < 0 ? 1 - share : share;
  });
  const places = spread(wanted, marks.length > 1 ? CROWDED / (marks.length - 1) : 0);
  return marks.map((one, index) => ({ ...one, place: places[index] }));
}

function nameOf(band, marks, before) {
  if (before) return BEFORE[band];
  const furthest = Math.max(...marks.map((one) => one.at));
  return band === 2 && furthest > TWO_WEEKS ? `${Math.ceil(furthest / DAY)} days` : BANDS[band][0];
}

/**
 * The bands in the order of time: [{anchor, name, before, marks: [{index, at, place}]}], `place` from 0 to 1 in its band. Waits are
 * no marks: they are the distance. A step whose moment can't be read stands nowhere.
 */
export function bandsOf(body) {
  const moments = momentsOf(body);
  const marks = moments.map((one, index) => ({ ...one, index })).filter((one) => one.at !== null && body.steps[one.index].kind !== "wait");
  const anchors = [...new Set([body.starts_on, ...marks.map((one) => one.anchor)])];
  const sides = anchors.flatMap((anchor) => [[anchor, true], [anchor, false]]);
  // What comes after the first moment comes before what surrounds the visit.
  return sides.flatMap(([anchor, before]) => {
    const mine = marks.filter((one) => one.anchor === anchor && one.at < 0 === before).sort((a, b) => a.at - b.at || a.index - b.index);
    const order = before ? [2, 1, 0] : [0, 1, 2];
    return order.map((band) => ({ band, inside: mine.filter((one) => bandOf(one.at) === band) })).filter((one) => one.inside.length)
      .map(({ band, inside }) => ({ anchor, before, name: nameOf(band, inside, before), marks: placed(inside, band) }));
  });
}

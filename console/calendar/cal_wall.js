// The wall of the location that is shown: whatever the calendar says, draws and takes is on it.
import { wallIn } from "../parts/clock.js";

let zone = "";
let wall = wallIn("");

/** From here on it is that of one of `places`: [slug, name, zone]. */
export function standAt(places, slug) {
  zone = places.find(([one]) => one === slug)[2];
  wall = wallIn(zone, { plain: true });
}

export const zoneHere = () => zone;
export const time = (moment) => wall.time(moment);
export const date = (moment) => wall.date(moment);
export const sameDay = (a, b) => wall.sameDay(a, b);
export const when = (moment, at) => wall.when(moment, at);

/** 'Downtown'; 'Scottsdale, MST' where that is not the clinic's own time. */
export const placeWords = ([, name, its], clinic, at) => (its === clinic ? name : `${name}, ${wallIn(its).time(at).split(" ").at(-1)}`);

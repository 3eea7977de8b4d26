// Where somebody stands now, from what the rows say and the time: a break ends, a shift begins without any news.
import { now, when } from "../parts/clock.js";

export const STATUSES = [["available", "Available"], ["busy", "Busy"], ["break", "On a break"], ["off_duty", "Off duty"]];
const AWAY = new Set(["break", "off_duty"]);

/** What they chose, as long as it holds. */
export const statusOf = (row, at = now()) => (row.until && row.until <= at ? "available" : row.status);

/** The shift they are on, or null. */
export const shiftOf = (row, at = now()) => row.ahead.find(([from, to]) => from <= at && at < to) || null;

/** {on, status, words, detail}: on shift, what they chose, both in words. */
export function standing(row, at = now()) {
  const status = statusOf(row, at);
  const shift = shiftOf(row, at);
  const next = row.ahead.find(([from]) => from > at);
  if (!row.active) return { on: false, status, words: "Account closed", detail: "" };
  if (!shift) return { on: false, status, words: "Off", detail: next ? `back ${when(next[0], at)}` : "no shift planned" };
  const name = STATUSES.find(([code]) => code === status)?.[1] || status;
  const until = status !== "available" && row.until ? `${name} until ${when(row.until, at)}` : name;
  return { on: true, here: !AWAY.has(status), status, words: status === "off_duty" ? "Off duty today" : until, detail: `until ${when(shift[1], at)}` };
}

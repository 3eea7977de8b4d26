// Where one stands oneself, in one click on every page: available, busy, on a break, off duty; what ends by itself says when.
import { h, say, show } from "./dom.js";
import { now, sameDay, time, when } from "./clock.js";

const CHOICES = [["available", "Available", "New leads come to you"], ["busy", "Busy", "No new leads for the rest of the day"], ["break", "Break", "No new leads for 15 minutes"], ["off_duty", "Off", "Off duty for the rest of the day"]];
const MINUTES = { break: 15 };
const MINUTE = 60_000;

/** `standing()` is what the server says now, null where it tells this person nothing; `first` what it said with the page. */
export function makeStatus({ act, standing, first }) {
  let mine = first;
  let busy = false;
  const buttons = CHOICES.map(([code, words, title]) => h("button", { type: "button", title, "aria-pressed": "false", "data-status": code, onclick: () => choose(code, MINUTES[code]) }, words));
  const until = h("span", { class: "status-until", role: "status" });
  const more = h("button", { type: "button", class: "b quiet", "aria-label": "15 minutes more", title: "15 minutes more", onclick: () => choose("break", Math.min(480, Math.ceil((mine.until - now()) / MINUTE) + 15)) }, "+15 min");
  const note = h("div", { class: "status-note", hidden: true }, until, more);
  const node = h("div", { class: "status", role: "group", "aria-label": "Your status" }, h("div", { class: "status-choice" }, buttons), note);

  async function choose(status, minutes) {
    if (busy) return;
    busy = true;
    const outcome = await act("set_status", minutes ? { status, minutes } : { status });
    busy = false;
    if (outcome.state === "done") mine = { status, until: outcome.value };
    draw(outcome.state === "done" ? "" : outcome.words);
  }
  /** `wrong`: why what was pressed did not happen. */
  function draw(wrong = "") {
    mine = (!busy && standing()) || mine;
    const over = mine.until && mine.until <= now();
    const status = over ? "available" : mine.status;
    for (const one of buttons) one.setAttribute("aria-pressed", String(one.dataset.status === status));
    const told = status !== "available" && mine.until;
    const words = told ? `${status === "break" ? "Break until" : "Until"} ${sameDay(mine.until - 1, now()) && !sameDay(mine.until, now()) ? "midnight" : sameDay(mine.until, now()) ? time(mine.until) : when(mine.until)}` : "";
    if (wrong || note.dataset.wrong !== "yes") say(until, wrong || words);
    note.dataset.wrong = wrong ? "yes" : "";
    show(note, !!(wrong || words));
    show(more, !wrong && status === "break" && !!mine.until);
  }
  return { node, draw: () => draw(), heard: (told) => { if (!standing()) mine = told; draw(); } };
}

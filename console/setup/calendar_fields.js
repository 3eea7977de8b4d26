// The fields of one location's calendar: its week, its holidays, single dates; beside them how it stands, in words and as a picture.
import { h, put, say, show } from "../parts/dom.js";
import { icon } from "../parts/icons.js";
import { ofProblems, showFaults } from "./faults.js";
import { makePeriods } from "./periods.js";

const FIRST_HOUR = 6; // the picture's left edge, unless somebody opens earlier
const A_DAY = 24 * 60;
const capital = (word) => word[0].toUpperCase() + word.slice(1);

/** Two weeks, a bar for each open period; a day that is not like its weekday is marked. */
function strip(days) {
  const begins = Math.min(FIRST_HOUR * 60, ...days.flatMap((day) => day.spans.map(([from]) => from)));
  const at = (minutes) => `${(((minutes - begins) / (A_DAY - begins)) * 100).toFixed(2)}%`;
  const words = (day) => day.spans.map(([from, to]) => `${hour(from)} to ${hour(to)}`).join(" and ") || "closed";
  return h("ol", { class: "strip-days" }, days.map((day) =>
    h("li", { class: day.differs ? "differs" : "", title: `${day.day}: ${words(day)}${day.why ? ` (${day.why})` : ""}` },
      h("span", { class: "strip-day" }, day.day),
      h("span", { class: "strip-bar" }, day.spans.map(([from, to]) => h("i", { style: `left:${at(from)};right:calc(100% - ${at(to)})` })),
        !day.spans.length && h("em", {}, day.why || "Closed")),
      h("span", { class: "hidden-name" }, words(day)))));
}
function hour(minutes) {
  const full = Math.floor(minutes / 60) % 24;
  const rest = minutes % 60 ? `:${String(minutes % 60).padStart(2, "0")}` : "";
  return `${full % 12 || 12}${rest} ${full < 12 ? "AM" : "PM"}`;
}

/** `data`: {weekdays, holidays: [[name, when next]], zoneName}. `typed()` is called at each change. */
export function makeFields(data, typed) {
  const week = new Map(data.weekdays.map((day) => [day, makePeriods({ name: capital(day), changed: typed })]));
  const [first, ...others] = data.weekdays.slice(0, 5);
  const copy = h("button", { class: "b", type: "button", onclick: () => { for (const day of others) week.get(day).write(week.get(first).value); typed(); } }, icon("down", 14), "Use Monday's hours until Friday");
  const boxes = new Map(data.holidays.map(([name]) => [name, h("input", { type: "checkbox", value: name, onchange: typed })]));
  const holidays = h("div", { class: "holidays" }, data.holidays.map(([name, when]) => h("label", { class: "chip-choice" }, boxes.get(name), h("span", {}, name, h("span", { class: "muted small" }, ` ${when}`)))));
  const dates = h("div", { class: "dates" });
  const addDate = h("button", { class: "b", type: "button", onclick: () => { const one = single({ date: "", periods: [], name: "" }); singles.push(one); drawDates(); one.focus(); } }, icon("plus", 14), "Add a date");
  const weekWrong = wrongLine();
  const holidaysWrong = wrongLine();
  const datesWrong = wrongLine();
  const stands = h("p", { class: "stands" });
  const changes = h("ul", { class: "stands-changes" });
  const picture = h("div", {});
  const preview = h("aside", { class: "calendar-preview", "aria-label": "How it stands" }, stands, changes, h("h3", {}, "The next two weeks"), picture, h("p", { class: "muted small" }, `Times of ${data.zoneName.replaceAll("_", " ")}.`));
  let singles = [];
  let reason = "";

  function wrongLine() {
    return h("span", { class: "field-error", role: "alert", hidden: true });
  }
  function tell(line, words) {
    show(line, !!words);
    say(line, words);
  }
  function single(values) {
    const day = h("input", { class: "field", type: "date", "aria-label": "Date", value: values.date, onchange: typed });
    const name = h("input", { class: "field", "aria-label": "What is it called?", maxlength: 60, placeholder: "Such as Christmas Eve", value: values.name || "", oninput: typed });
    const periods = makePeriods({ name: values.date || "this date", changed: typed });
    periods.write(values.periods || []);
    const take = h("button", { class: "b quiet", type: "button", "aria-label": "Take this date away", onclick: () => { singles = singles.filter((one) => one !== made); drawDates(); typed(); } }, icon("trash", 16));
    const made = {
      node: h("div", { class: "single-date" }, day, name, periods.node, take),
      read: () => ({ date: day.value, periods: periods.value, name: name.value.trim() }),
      error: periods.error,
      focus: () => day.focus(),
      enable(why) {
        for (const one of [day, name, take]) one.disabled = !!why;
        periods.enable(why);
      },
    };
    return made;
  }
  function drawDates() {
    put(dates, singles.map((one) => one.node), !singles.length && h("p", { class: "muted small" }, "None. A date here takes the place of its weekday's hours, and of a holiday."));
    for (const one of singles) one.enable(reason);
  }
  function places() {
    const found = new Map([["week", (words) => tell(weekWrong, words)], ["holidays", (words) => tell(holidaysWrong, words)], ["days", (words) => tell(datesWrong, words)]]);
    for (const [day, periods] of week) found.set(`week.${day}`, periods.error);
    singles.forEach((one, number) => found.set(`days.${number}`, one.error));
    return found;
  }

  const node = h("div", { class: "calendar-fields" },
    h("div", { class: "fields" },
      h("section", {}, h("h3", {}, "Every week"),
        data.weekdays.map((day) => h("div", { class: "week-day" }, h("b", {}, capital(day)), week.get(day).node)), weekWrong, copy),
      h("section", {}, h("h3", {}, "Holidays"), h("p", { class: "muted small" }, "Closed on the day itself and on the weekday on which it is observed, every year."), holidays, holidaysWrong),
      h("section", {}, h("h3", {}, "Single dates"), dates, datesWrong, addDate)),
    preview);

  return {
    node,
    read: () => ({
      week: Object.fromEntries([...week].map(([day, periods]) => [day, periods.value])),
      holidays: [...boxes].filter(([, box]) => box.checked).map(([name]) => name),
      days: singles.map((one) => one.read()),
    }),
    write(body) {
      for (const [day, periods] of week) periods.write(body.week?.[day] || []);
      for (const [name, box] of boxes) box.checked = (body.holidays || []).includes(name);
      singles = (body.days || []).map(single);
      drawDates();
    },
    show({ problems, look }) {
      showFaults(places(), ofProblems(problems));
      put(stands, h("i", { class: look.open ? "dot open" : "dot" }), h("b", {}, look.now), h("span", { class: "muted" }, `, ${look.hours} hours a week`));
      put(changes, look.changes.map((words, turn) => h("li", {}, turn === 0 && h("span", { class: "muted" }, "Next: "), words)));
      put(picture, strip(look.days));
    },
    errors: (found) => showFaults(places(), Object.entries(found)),
    enable(why) {
      reason = why;
      for (const periods of week.values()) periods.enable(why);
      for (const box of boxes.values()) box.disabled = !!why;
      for (const button of [copy, addDate]) show(button, !why);
      for (const one of singles) one.enable(why);
    },
  };
}

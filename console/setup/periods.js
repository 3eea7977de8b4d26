// The periods of one day: from and to, as many as there are; none is closed.
import { h, put, say, show } from "../parts/dom.js";
import { icon } from "../parts/icons.js";

const MOST = 6;
const HOUR = 60;
const A_DAY = 24 * HOUR;
const minutesOf = (wall) => { const [hours, minutes] = wall.split(":").map(Number); return hours * HOUR + minutes; };
const wallOf = (minutes) => `${String(Math.floor(minutes / HOUR)).padStart(2, "0")}:${String(minutes % HOUR).padStart(2, "0")}`;

/** What a further period begins with: an hour behind the last one. */
function next(periods) {
  const last = periods.at(-1);
  if (!last) return "09:00-17:00";
  const end = minutesOf(last.split("-")[1]);
  const start = Math.min((Number.isFinite(end) && end ? end : 17 * HOUR) + HOUR, A_DAY - 2 * HOUR);
  return `${wallOf(start)}-${wallOf(Math.min(start + 4 * HOUR, A_DAY - 1))}`;
}

/** `name`: the day, for who hears the page. Gives {node, value, write(list), enable(reason), error(words)}. */
export function makePeriods({ name, changed }) {
  let closedTo = "";
  const list = h("div", { class: "periods" });
  const add = h("button", { class: "b quiet", type: "button", onclick: () => { draw([...read(), next(read())]); changed(); } }, icon("plus", 14), "Add hours");
  const wrong = h("span", { class: "field-error", role: "alert", hidden: true });
  const node = h("div", { class: "day-periods" }, list, add, wrong);

  function box(label, value) {
    return h("input", { class: "field time", type: "time", "aria-label": `${name}, ${label}`, value: value === "24:00" ? "00:00" : value, disabled: !!closedTo, onchange: changed, oninput: () => tell("") });
  }
  function row(period) {
    const [from, to] = period.split("-");
    const take = h("button", { class: "b quiet", type: "button", disabled: !!closedTo, "aria-label": `Take ${from} to ${to} away from ${name}`, onclick: () => { one.remove(); tidy(); changed(); } }, icon("close", 14));
    const one = h("span", { class: "period" }, box("opens", from), h("span", { class: "muted" }, "to"), box("closes", to), take);
    return one;
  }
  function tidy() {
    const none = list.querySelector(".period") === null;
    if (none) put(list, h("span", { class: "muted closed-day" }, "Closed"));
    show(add, !closedTo && list.querySelectorAll(".period").length < MOST);
  }
  function draw(periods) {
    put(list, periods.map(row));
    tidy();
    tell("");
  }
  /** Midnight at the end of a day is written 24:00. */
  function read() {
    return [...list.querySelectorAll(".period")].map((one) => {
      const [from, to] = [...one.querySelectorAll("input")].map((input) => input.value);
      return `${from}-${to === "00:00" ? "24:00" : to}`;
    });
  }
  function tell(words) {
    show(wrong, !!words);
    if (words) say(wrong, words);
    node.classList.toggle("wrong", !!words);
  }
  draw([]);
  return {
    node,
    get value() {
      return read();
    },
    write: draw,
    enable(reason) {
      closedTo = reason;
      for (const input of list.querySelectorAll("input, button")) input.disabled = !!reason;
      tidy();
    },
    error: tell,
  };
}

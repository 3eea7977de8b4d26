// The shifts of the week before, looked at before they are copied: what changes for whom, and what stands in the way.
import { h, put } from "../parts/dom.js";
import { icon } from "../parts/icons.js";
import { dayWords } from "../parts/wall_time.js";
import { readSpan, spansWords } from "./spans.js";

const words = (spans) => spansWords(spans.map(readSpan));
const CONFLICTS = { time_off: "Time off then: it stays, and no shift counts in it.", closed: "The location is closed then: left as it is." };

/** `week`: the Monday of the week that is changed. `done(words)` once it is. Gives {node}. */
export function makeCopy({ week, location, place, act, done }) {
  const list = h("ul", { class: "copied" });
  const said = h("p", { class: "muted" }, "Looking what differs.");
  const wrong = h("div", { class: "note amber", role: "alert", hidden: true });
  const copy = h("button", { class: "b large primary", type: "button", hidden: true, onclick: send }, "Copy");
  const node = h("div", { class: "drawer-page" }, h("h2", {}, "Copy last week"), h("p", { class: "muted" }, `${place}, week of ${dayWords(week)}. The usual week of each person stays as it is; only dates with hours of their own are copied.`), said, list, wrong, h("div", { class: "dialog-do" }, copy));

  function line(one) {
    return h("li", {}, h("b", {}, one.name), h("span", {}, dayWords(one.day)), h("span", { class: "muted" }, `${words(one.before)} becomes ${one.conflict === "closed" ? `${words(one.before)} still` : words(one.after)}`),
      one.conflict && h("span", { class: "conflict" }, icon("warning", 15), CONFLICTS[one.conflict]));
  }
  function fail(outcome) {
    wrong.hidden = false;
    put(wrong, icon("info"), h("span", {}, outcome.words));
  }
  async function look() {
    const outcome = await act("preview_copy", { date: week, location });
    if (outcome.state !== "done") return fail(outcome);
    const found = outcome.value;
    const many = found.filter((one) => one.conflict !== "closed").length;
    put(said, found.length ? `${many === 1 ? "1 date changes" : `${many} dates change`}.` : "Nothing differs from the week before: everybody works as usual in both.");
    put(list, found.map(line));
    put(copy, many === 1 ? "Copy 1 date" : `Copy ${many} dates`);
    copy.hidden = !many;
    return undefined;
  }
  async function send() {
    copy.disabled = true;
    const outcome = await act("copy_week", { date: week, location });
    copy.disabled = false;
    if (outcome.state !== "done") return fail(outcome);
    return done(outcome.words);
  }
  look();
  return { node };
}

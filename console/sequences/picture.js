// The picture of a sequence: its steps on a line of time in three scales, and above each how many people reached it.
import { time } from "../parts/clock.js";
import { h, put, say, show } from "../parts/dom.js";
import { mark, kindOf, KIND_NAMES } from "./marks.js";
import { bandsOf, momentsOf } from "./scale.js";
import { momentWords } from "./spans.js";
import { namedWords, whatWords } from "./step_words.js";

const TALLEST = 30; // px
const EDGE = 44; // px that a mark keeps from the edge of its band, for its words
const SLOT = 84; // px for a mark and its words

const ABOUT = "Numbers: people who reached each step. Dashed circle: automatic text. Square: a person calls. Diamond: who leaves and who stays.";

const people = (count) => (count === 1 ? "1 person" : `${count.toLocaleString("en-US")} people`);
const sum = (reasons) => reasons.reduce((total, [, count]) => total + count, 0);
/** 'the reply 40, the booking 11' */
export const reasonsWords = (reasons) => reasons.map(([words, count]) => `${words} ${count}`).join(", ");

/** What the picture shows, in a sentence. Pure. */
export function sentenceOf(body, reach) {
  const steps = body.steps || [];
  const many = `${steps.length} ${steps.length === 1 ? "step" : "steps"}`;
  if (!reach || !steps.length) return `${many} on a line of time.`;
  if (!reach.entered) return `${many} on a line of time. Nobody entered in this time.`;
  const counts = steps.map((step) => reach.steps[step.name]?.reached || 0);
  return `${many} on a line of time. ${people(reach.entered)} entered in this time: ${counts[0].toLocaleString("en-US")} reached the first step, ${counts.at(-1).toLocaleString("en-US")} the last.`;
}

/** `on`: {open(index), ask() when another period or version is chosen}. Gives {node, draw(body), reached(reach), selected(index), versions(numbers), period, version}. */
export function makePicture(data, on) {
  const period = h("select", { class: "field", "aria-label": "Who entered in", onchange: () => on.ask() }, data.periods.map(([code, words]) => h("option", { value: code }, words)));
  const version = h("select", { class: "field", "aria-label": "Version", onchange: () => on.ask() });
  const about = h("p", { class: "muted small" }, ABOUT);
  const turn = h("button", { class: "b", type: "button", "aria-pressed": "false", onclick: () => flip() }, "Show as table");
  const sentence = h("p", { class: "hidden-name", id: "picture-words" });
  const line = h("div", { class: "picture-line", role: "group", "aria-label": "Steps on a line of time", "aria-describedby": "picture-words" });
  const table = h("div", { class: "picture-table", hidden: true });
  const node = h("section", { class: "picture" },
    h("div", { class: "picture-head" }, about, h("div", { class: "picture-do" }, period, version, turn)), sentence, line, table);
  let body = { steps: [] };
  let reach = null;
  let chosen = -1;
  period.value = "30";

  function flip() {
    const asTable = table.hidden;
    show(table, asTable);
    show(line, !asTable);
    turn.setAttribute("aria-pressed", String(asTable));
    say(turn, asTable ? "Show as picture" : "Show as table");
  }
  const counted = (step) => reach?.steps[step.name] || { reached: 0, waiting: 0, left: [], dropped: [] };
  function redraw() {
    say(sentence, sentenceOf(body, reach));
    put(line, bandsOf(body).map(drawBand));
    put(table, drawTable());
  }
  function drawBand(band) {
    const anchor = data.anchors[band.anchor] || band.anchor;
    const name = band.before ? `${band.name} ${anchor}` : band.anchor === body.starts_on ? band.name : `${band.name} after ${anchor}`;
    const box = h("div", { class: "band-marks" }, band.marks.map((one) => drawMark(one)));
    const part = h("div", { class: "band" }, h("span", { class: "band-name" }, name), box);
    part.style.flex = `${band.marks.length} 1 ${band.marks.length * SLOT}px`;
    return part;
  }
  function drawMark({ index, at, place }) {
    const step = body.steps[index];
    const found = counted(step);
    const gone = sum(found.left);
    const words = whatWords(data, step);
    const bar = h("i", { class: "reach-bar" });
    bar.style.height = `${reach?.entered ? Math.max(2, Math.round((TALLEST * found.reached) / reach.entered)) : 0}px`;
    const button = h("button", { class: `step-mark${index === chosen ? " chosen" : ""}`, type: "button", title: tip(step, found), "aria-label": `${momentWords(at)}, ${namedWords(data, step)}${reach ? `, ${people(found.reached)} reached it` : ""}`, onclick: () => on.open(index) },
      h("span", { class: "reach" }, reach && step.on !== false && [bar, h("span", {}, found.reached.toLocaleString("en-US"))]),
      h("span", { class: "mark-place" }, mark(step)),
      h("b", {}, momentWords(at)),
      h("span", { class: "mark-words" }, step.on === false ? "Off" : words),
      gone > 0 && h("span", { class: "mark-left" }, `${gone.toLocaleString("en-US")} left before`));
    button.style.left = `calc(${EDGE}px + (100% - ${2 * EDGE}px) * ${place.toFixed(4)})`;
    return button;
  }
  function tip(step, found) {
    return [namedWords(data, step), found.left.length && `Left before it: ${reasonsWords(found.left)}`, found.dropped.length && `Did not go: ${reasonsWords(found.dropped)}`, found.waiting && `Still to come for ${people(found.waiting)}`].filter(Boolean).join("\n");
  }
  function drawTable() {
    const moments = momentsOf(body);
    const heads = ["When", "Step", "Reached", "Left before it", "Did not go", "Still to come"];
    return h("table", { class: "rows" }, h("caption", { class: "hidden-name" }, "How far people got"),
      h("thead", {}, h("tr", {}, heads.map((words) => h("th", { scope: "col" }, words)))),
      h("tbody", {}, (body.steps || []).map((step, index) => {
        const found = counted(step);
        const cells = [found.reached || "none", sum(found.left) ? `${sum(found.left)}: ${reasonsWords(found.left)}` : "nobody", found.dropped.length ? reasonsWords(found.dropped) : "", found.waiting || "nobody"];
        return h("tr", {}, h("td", {}, momentWords(moments[index].at)), h("th", { scope: "row" }, `${KIND_NAMES[kindOf(step)]}: ${whatWords(data, step)}`), cells.map((words) => h("td", {}, reach ? words : "")));
      })));
  }

  return {
    node,
    draw(next) {
      body = next;
      redraw();
    },
    reached(next) {
      reach = next;
      say(about, reach?.counted ? `${ABOUT} Counted at ${time(reach.counted)}.` : ABOUT);
      redraw();
    },
    selected(index) {
      chosen = index;
      redraw();
    },
    /** Those that were published, newest first. */
    versions(numbers) {
      if (numbers.join() === [...version.options].slice(1).map((one) => one.value).join()) return;
      const kept = version.value;
      put(version, h("option", { value: "0" }, "Every version"), numbers.map((one) => h("option", { value: String(one) }, `Version ${one}`)));
      version.value = numbers.map(String).includes(kept) ? kept : "0";
    },
    counted,
    get period() {
      return period.value;
    },
    get version() {
      return version.value || "0";
    },
  };
}

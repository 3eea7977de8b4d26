// One made-up lead to whom nobody reaches out, moment by moment: as a picture of the time, and in words.
import { h, put, s, show } from "../parts/dom.js";
import { now } from "../parts/clock.js";
import { makeAsking } from "../parts/asking.js";
import { makeDateTime } from "../parts/datetime.js";
import { makeField } from "../parts/fields.js";

const WIDE = 300;
const HALF = 12; // what stands at the ends of the line

/** Where each level stands on the line, 0 to 1: the minutes of opening hours, those of a long wait drawn together. Pure. */
export function placesOf(minutes) {
  const last = Math.max(1, ...minutes);
  return minutes.map((one) => Math.log1p(one / 5) / Math.log1p(last / 5));
}

/** `on`: {act}. Gives {node, changed(body), stop()}. */
export function makePlayed(data, on) {
  const priority = makeField({ kind: "select", name: "priority", label: "Priority", options: data.priorities, value: "2", onchange: () => asking.later() });
  const place = makeField({ kind: "select", name: "location", label: "Location", options: data.locations, value: data.locations[0]?.[0], onchange: () => asking.later() });
  const at = makeDateTime({ zone: data.zone, now, value: data.moments[0][1], choices: data.moments, label: "It comes", onchange: () => asking.later() });
  const intro = h("p", { class: "preview-intro" });
  const picture = h("div", { class: "played-picture" });
  const list = h("ol", { class: "played" });
  const wrong = h("p", { class: "muted", role: "status", hidden: true });
  const foot = h("p", { class: "muted small", hidden: true }, "Whoever the lead belongs to by then is not told twice. By the shifts as they are planned.");
  const node = h("section", { class: "preview", "aria-label": "Play a lead" },
    h("div", { class: "preview-head" }, h("h2", {}, "Play a lead"), h("span", { class: "muted small" }, "made up, nobody acts")),
    h("div", { class: "preview-row" }, priority.node, data.locations.length > 1 ? place.node : null), h("span", { class: "field-label" }, "It comes"), at.node, wrong, intro, picture, list, foot);
  let body = null;
  const asking = makeAsking({
    ready: () => body && at.check(),
    ask: () => on.act("play", { body, fields: { priority: priority.value, location: place.value, at: at.value.moment } }),
    draw,
  });

  function draw(outcome) {
    const done = outcome.state === "done" && !outcome.value.problem;
    const words = done ? "" : outcome.value?.problem || outcome.words;
    show(wrong, !!words);
    put(wrong, words);
    put(intro, outcome.value?.intro || "");
    show(foot, done);
    const stages = done ? outcome.value.stages : [];
    put(picture, done && drawn(stages));
    put(list, stages.map(line));
  }
  function line(stage) {
    return h("li", { class: `stage s${stage.number}` }, h("b", { class: "stage-when" }, stage.when),
      h("div", { class: "stage-words" }, stage.number > 0 && h("span", { class: "muted small" }, `Level ${stage.number}, ${stage.minutes} min`), stage.lines.map((words) => h("span", {}, words)), stage.unless && h("span", { class: "muted small" }, "Nothing of it once somebody has acknowledged")));
  }
  /** The minutes of opening hours as a line with a mark for each level. */
  function drawn(stages) {
    const marks = stages.filter((one) => one.number >= 0);
    const places = placesOf(marks.map((one) => one.minutes || 0));
    const x = (at_) => HALF + places[at_] * (WIDE - 2 * HALF);
    return s("svg", { viewBox: `0 0 ${WIDE} 44`, class: "timeline", role: "img", "aria-label": `Levels after ${marks.slice(1).map((one) => one.minutes).join(", ")} minutes of opening hours` },
      s("line", { x1: HALF, x2: WIDE - HALF, y1: 14, y2: 14, class: "timeline-line" }),
      marks.map((one, at_) => s("g", {}, s("circle", { cx: x(at_), cy: 14, r: 7, class: `timeline-mark s${one.number}` }), s("text", { x: x(at_), y: 38, "text-anchor": at_ === 0 ? "start" : at_ === marks.length - 1 ? "end" : "middle", dx: at_ === 0 ? -HALF + 2 : at_ === marks.length - 1 ? HALF - 2 : 0 }, one.number === 0 ? "at once" : `${one.minutes} min`))));
  }
  return {
    node,
    changed(next) {
      body = next;
      asking.later();
    },
    stop: asking.stop,
  };
}

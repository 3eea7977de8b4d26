// Whether texts leave, live: who sends, what waits longest, what is out, what is in doubt; and the switch for all of it.
import { h, put, say, show } from "../parts/dom.js";
import { icon } from "../parts/icons.js";
import { follow, isLive, onStatus } from "../parts/live.js";
import { now, onTick, shape, span, when } from "../parts/clock.js";
import { widget } from "../parts/widget.js";

const MARKS = { good: () => icon("checkRing"), soon: () => icon("alert"), bad: () => shape("breached", 1, 18) };

/** '0.4 s', '38 s', then as everywhere. */
const wait = (ms) => (ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : ms < 100_000 ? `${Math.round(ms / 1000)} s` : span(ms));

function sending(_row, _at, stops) {
  const first = stops.find((stop) => stop.all);
  if (first) return ["bad", "stopped", `since ${when(first.since)}`];
  if (stops.length) return ["soon", "on", stops.length === 1 ? "1 template is stopped" : `${stops.length} templates are stopped`];
  return ["good", "on", "no limit was reached"];
}

function scheduler(row, at) {
  if (!row.beat) return ["bad", "none has started", "Nothing leaves until one runs."];
  if (at - row.beat > row.silent_after) return ["bad", `silent for ${wait(at - row.beat)}`, "Start it; nothing leaves meanwhile."];
  return ["good", row.schedulers > 1 ? `${row.schedulers} running` : "running", `heard from ${wait(Math.max(0, at - row.beat))} ago`];
}

function lag(row, at) {
  if (!row.due) return ["good", "nothing waits", row.next_due ? `next ${when(row.next_due, at)}` : "nothing is planned"];
  const late = Math.max(0, at - row.due_since);
  const mark = late < row.lag[0] ? "good" : late < row.lag[1] ? "soon" : "bad";
  return [mark, wait(late), row.due === 1 ? "1 is due" : `${row.due.toLocaleString("en-US")} are due`];
}

function out(row) {
  return ["good", String(row.sending), row.sending === 1 ? "text at the provider now" : "texts at the provider now"];
}

function doubt(row) {
  const checked = row.checking ? `${row.checking} more being looked up` : "none is being looked up";
  if (row.doubtful) return ["soon", row.doubtful === 1 ? "1 waits for a person" : `${row.doubtful} wait for a person`, checked];
  return row.checking ? ["soon", `${row.checking} being looked up`, "none waits for a person"] : ["good", "none", "every text's fate is known"];
}

function gateway(row, at) {
  const last = row.last_form ? `last ${when(row.last_form, at)}` : "none since midnight";
  const today = `${many(row.forms, "form")} today`;
  if (!row.gateway) return ["bad", "none has started", "No form and no reply comes in."];
  if (at - row.gateway > 2 * row.silent_after) return ["bad", `silent for ${wait(at - row.gateway)}`, "Start it; forms and replies wait outside."];
  return ["good", today, last];
}

const many = (count, one) => `${count.toLocaleString("en-US")} ${one}${count === 1 ? "" : "s"}`;

/** Why nothing is sent at this moment, or that it is. */
function sentence(row, all, at) {
  if (all.length) return `Nothing is sent: ${all[0].title[0].toLowerCase()}${all[0].title.slice(1)}`;
  if (scheduler(row, at)[0] === "bad") return "Nothing is sent: no scheduler is at work.";
  if (lag(row, at)[0] === "bad") return "Texts leave late: the oldest that is due waits too long. The runbook says what to look at.";
  if (row.due || row.sending) return "Texts are going out.";
  if (row.next_due) return `Nothing is sent because nothing is due. The next is due ${when(row.next_due, at)}.`;
  return "Nothing is sent because nothing is planned.";
}

export default widget("delivery/delivery_strip", ({ root, data, act, end }) => {
  let rest = data; // as of the page's run; everything else comes by push
  const provider = (row) => ["good", `${many(row.texts, "text")} today`, rest.answer];
  const parts = [["Sending", sending], ["Scheduler", scheduler], ["Longest wait", lag], ["Being handed over", out],
    ["Fate unknown", doubt], ["Gateway", gateway], [rest.provider, provider], ["Database", () => rest.database]].map(([name, tell]) => {
    const mark = h("span", { class: "sign" });
    const value = h("b");
    const below = h("span", { class: "muted small" });
    const node = h("div", { class: "part" }, h("span", { class: "name" }, mark, name), value, below);
    return { node, mark, value, below, tell };
  });
  const words = h("p", { class: "sentence", role: "status" });
  const notes = h("div", { class: "notes" });
  const pause = h("button", { class: "b large danger", type: "button", onclick: () => act("pause") }, icon("pause", 18), "Pause all texts");
  const strip = h("div", { class: "parts" }, parts.map((part) => part.node));
  const bones = h("div", { class: "parts", "aria-hidden": "true" }, parts.map(() => h("span", { class: "bone" })));
  const problem = h("div", { class: "note amber", hidden: true }, icon("info"));
  let row = null;
  let stops = [];

  root.append(h("div", { class: "top" }, words, pause), problem, notes, bones, strip);

  /** What one template's breaker stopped; what stops everything stands in the banner above the title. */
  function note(stop) {
    const why = [`Since ${when(stop.since)}.`, stop.why, stop.todo].filter(Boolean).join(" ");
    return h("div", { class: "note amber" }, icon("alert"), h("span", {}, h("b", {}, stop.title), ` ${why}`),
      h("button", { class: "b", type: "button", disabled: !isLive(), onclick: () => act("resume", { id: stop.id }) }, "Let it run"));
  }

  function tick() {
    if (!row) return;
    const at = now();
    for (const part of parts) {
      const [mark, value, below] = part.tell(row, at, stops);
      if (part.mark.dataset.mark !== mark) {
        part.mark.dataset.mark = mark;
        put(part.mark, MARKS[mark]());
        part.node.className = `part ${mark}`;
      }
      say(part.value, value);
      say(part.below, below);
    }
    say(words, sentence(row, stops.filter((stop) => stop.all), at));
  }

  function draw() {
    show(bones, !row);
    show(strip, !!row);
    put(notes, stops.filter((stop) => !stop.all).map(note));
    show(pause, !stops.some((stop) => stop.id === "sending_paused"));
    pause.disabled = !isLive();
    tick();
  }

  end(follow("delivery", (topic) => {
    row = topic.rows.get("pulse") || row;
    show(problem, !!topic.failed);
    if (topic.failed) put(problem, icon("info"), h("span", {}, `These figures could not be read. They are tried again at the next change. Reference ${topic.failed}.`));
    draw();
  }));
  end(follow("sending", (topic) => { stops = [...topic.rows.values()]; draw(); }));
  end(onStatus(draw));
  end(onTick(tick));
  return (next) => { rest = next; tick(); };
});

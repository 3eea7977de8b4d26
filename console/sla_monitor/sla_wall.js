// The board for a screen on the wall: readable at five metres, references instead of names, nothing to press.
import { h, put, say } from "../parts/dom.js";
import { follow, onStatus, status } from "../parts/live.js";
import { now, onTick, time } from "../parts/clock.js";
import { count } from "../parts/pages.js";
import { bar, counts, figures, howMany, onList, refresh, savableFirst, sort, tally, tickRow } from "./sla_parts.js";

const MOST_ROWS = 7;

const firstName = (name) => name.split(/\s+/)[0];

function rowOf(row) {
  const parts = { shape: h("span", { class: "shape-holder" }), words: h("span", { class: "words" }), bar: bar() };
  parts.root = h("div", { class: "wall-row" }, h("span", { class: "left" }, parts.shape, parts.words), parts.bar.root,
    h("b", {}, row.ref), h(row.urgent ? "b" : "span", {}, row.goal.split(",").slice(0, -1).join(",")),
    h("b", { class: row.owner ? "" : "words-breached" }, row.owner ? firstName(row.owner) : "Nobody"));
  return parts;
}

/** Build the wall over the whole screen and keep it up to date. Returns the component's update. */
export function drawWall({ root, data, end }) {
  const clock = h("b", { class: "wall-time" });
  const dot = h("span", { class: "dot" });
  const state = h("span", { class: "muted" });
  const strip = counts(60);
  const list = h("div", { class: "wall-list" });
  const more = h("div", { class: "wall-more muted" });
  const median = h("span", {});
  const crew = h("span", { class: "wall-crew" });
  const title = data.places[data.location] || data.clinic;
  const scope = `first contacts and replies${data.form ? `, ${data.forms[data.form]}` : ""}`;
  const wall = h("div", { class: "wall", popover: "manual" },
    h("div", { class: "wall-head" }, h("h1", {}, title), h("span", { class: "muted" }, scope), h("span", { class: "wall-state" }, dot, state, clock)),
    strip.root, list, more, h("div", { class: "wall-foot" }, median, crew));
  root.append(wall);
  // The top layer covers the page's own frame, whatever contains this component.
  if (wall.showPopover) wall.showPopover();
  let rows = new Map();
  let drawn = new Map();

  function draw() {
    const found = sort(rows, data.location, data.form);
    found.clocks = found.clocks.filter((row) => onList(row.list, ""));
    strip.draw(tally(found.clocks, found.groups && found.groups.filter((group) => onList(group.kind, ""))));
    const shown = savableFirst(found.clocks).slice(0, MOST_ROWS);
    const rest = howMany(found, "") - shown.length;
    say(more, rest > 0 ? `and ${count(rest)} more` : "");
    const kept = new Map();
    for (const row of shown) {
      const known = drawn.get(row.id);
      const entry = known && known.row === row ? known : { row, parts: rowOf(row) };
      kept.set(row.id, entry);
      tickRow(row, entry.parts, 36);
    }
    drawn = kept;
    const lines = [...kept.values()].map((entry) => entry.parts.root);
    if (lines.length !== list.children.length || lines.some((node, at) => node !== list.children[at])) {
      put(list, lines.length ? lines : h("p", { class: "muted wall-empty" }, "No clock is running."));
    }
    const facts = figures(found.day, data);
    refresh(median, JSON.stringify(facts), () => [
      "Median first human contact ", h("b", {}, facts.median[0]), ` goal ${facts.median[1].split("goal ")[1]}`,
      h("span", { class: "wall-gap" }), "On time today ", h("b", {}, facts.onTime[0]), ` ${facts.onTime[1].split(",")[0]}`]);
    refresh(crew, JSON.stringify(found.staff), () => [
      found.staff.length ? `On shift, leads in hand: ${found.staff.slice(0, 5).map((person) => `${firstName(person.name)} ${person.load}${person.full ? ", full" : ""}`).join(" \u00b7 ")}` : "Nobody is on shift"]);
    say(clock, time(now()));
  }
  function drawStatus() {
    const live = status.state === "live";
    dot.classList.toggle("off", !live);
    say(state, live ? "Live" : status.since ? `Not live since ${time(status.since)}` : "Connecting");
  }
  end(follow("wall", (topic) => { rows = topic.rows; draw(); }));
  end(onTick(draw));
  end(onStatus(drawStatus));
  draw();
  return () => {};
}

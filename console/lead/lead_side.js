// Beside the conversation: what is to come, why this person, why sent and why not, the request, consent.
import { pageLink } from "../parts/address.js";
import { h, put, show } from "../parts/dom.js";
import { icon } from "../parts/icons.js";
import { date, now, span, time, when } from "../parts/clock.js";
import { makeRows } from "../parts/rows.js";
import { makeSendNow } from "./lead_send_now.js";
import { makeSequences } from "./lead_sequences.js";
import { makeVisitStory } from "./lead_visit_story.js";

const FEW = 4;
const FEW_OPEN = 5;
const FEW_STOPPED = 2;
const WEEK_MS = 6 * 24 * 3600_000;

/** A moment that fits a narrow column: the time, the weekday with it, or the date alone. */
function slot(moment) {
  return moment - now() > WEEK_MS ? date(moment) : when(moment);
}

function panel(title, ...rest) {
  const heading = h("h3", {}, title);
  const tools = h("span", { class: "tools" });
  const body = h("div", { class: "panel-body" });
  return { heading, tools, body, node: h("section", { class: "panel" }, h("div", { class: "panel-head" }, heading, tools), body, rest) };
}

function later(row, on) {
  const stopped = row.state === "stopped";
  const preview = row.preview && h("div", { class: "preview", hidden: true }, row.preview);
  const title = h(row.preview ? "button" : "span", row.preview ? { class: "link-title", type: "button", title: "Show the wording", onclick: () => show(preview, preview.hidden) } : { class: stopped ? "struck" : "" }, row.title);
  const early = row.isText && on.works && makeSendNow(row, on);
  const held = !stopped && row.why ? `${row.note}; waits: ${row.why}` : row.note;
  const doing = stopped ? h("span", { class: "muted small" }, "Stopped")
    : row.state !== "planned" ? h("span", { class: "muted small" }, "Under way")
      : on.works && h("span", { class: "row-do" },
        row.isText && h("button", { class: "b quiet", type: "button", "aria-label": `Send early: ${row.title}`, title: "Shows the wording and whether it would go", onclick: early.open }, "Send early"),
        h("button", { class: "b quiet", type: "button", "aria-label": `Cancel: ${row.title}`, onclick: () => on.act("cancel_step", { action_id: row.action }) }, "Cancel"));
  return h("div", { class: `later ${stopped ? "stopped" : ""}` },
    h("span", { class: "at", title: when(row.at) }, slot(row.at)),
    h("span", {}, title, h("span", { class: "muted small block" }, stopped ? row.why : held), preview), doing, early && early.node);
}

function task(row, on) {
  const under = h("span", { class: "muted small block" });
  const about = { id: row.task, kind: row.what, what: row.title.split(":")[0], words: row.words, due: row.at };
  const node = h("div", { class: "later task" }, h("span", { class: "at" }, row.at <= now() ? "Now" : when(row.at)),
    h("span", {}, row.title, under),
    on.works && h("span", { class: "row-do" },
      h("button", { class: "b quiet", type: "button", "aria-label": `Done: ${row.title}`, onclick: () => on.act("finish_task", { task: row.task }) }, "Done"),
      row.what !== "correct_number" && h("button", { class: "b quiet", type: "button", "aria-label": `Change: ${row.title}`, onclick: () => on.question("change_task", about) }, "Change"),
      h("button", { class: "b quiet", type: "button", "aria-label": `Cancel: ${row.title}`, onclick: () => on.act("cancel_task", { task: row.task }) }, "Cancel")));
  node.tick = (at) => {
    const words = `Task for ${row.owner}${row.setBy && row.setBy !== row.owner ? `, set by ${row.setBy.split(" ")[0]}` : ""}${at - row.at > 60_000 ? `, overdue ${span(at - row.at)}` : ""}`;
    if (under.textContent !== words) under.textContent = words;
  };
  node.tick(now());
  return node;
}

/** `on`: {act(action, fields, refused), ask(action, fields, refused), question(which, about), works, viewers}. */
export function makeSide(on) {
  const upcoming = panel("Upcoming");
  const list = h("div", { class: "laters" });
  const nothing = h("p", { class: "muted small" });
  const rest = h("button", { class: "b quiet", type: "button", onclick: () => { whole = !whole; drawUpcoming(); } });
  const sequences = makeSequences(on);
  put(upcoming.body, sequences.node, list, nothing, rest);
  const add = h("button", { class: "b quiet", type: "button", title: "Call back or reminder, L", onclick: () => on.question("task") }, "Add a reminder");
  const pause = h("button", { class: "b quiet", type: "button", hidden: true, title: "Nothing goes out by itself until somebody resumes it, or the pause ends", onclick: () => on.act("pause") }, "Pause all");
  if (on.works) put(upcoming.tools, pause, add);
  const rows = makeRows(list, (row) => (row.kind === "task" ? task(row, on) : later(row, on)));
  const story = makeVisitStory({ panel, later: (row) => later(row, on) });
  const why = panel("Why this person");
  const hand = h("button", { class: "b quiet", type: "button", onclick: () => on.question("hand") }, "Reassign");
  if (on.works) put(why.tools, hand);
  const decisions = panel("Why sent, why not");
  const all = h("button", { class: "b quiet", type: "button", onclick: () => { every = !every; drawDecisions(); } });
  put(decisions.tools, all);
  const request = panel("Request");
  const consent = panel("Consent");
  const seen = panel("Who saw this patient");
  const look = h("button", { class: "b quiet", type: "button", onclick: showViewers }, "Show");
  put(seen.tools, look);
  let items = [];
  let paused = false;
  let lines = [];
  let whole = false;
  let every = false;
  let consentShown = ""; // an opened ledger stays open: it is drawn again only when it says something else

  function changed(row) {
    const text = JSON.stringify(row);
    const differs = text !== consentShown;
    consentShown = text;
    return differs;
  }

  function drawUpcoming() {
    const open = items.filter((row) => row.state !== "stopped");
    const stopped = items.filter((row) => row.state === "stopped");
    // What people have to do is never folded away behind what goes out by itself.
    const near = open.filter((row, at) => at < FEW_OPEN || row.kind === "task");
    const shown = whole ? [...open, ...stopped] : [...near, ...stopped.slice(0, FEW_STOPPED)];
    rows.draw(shown);
    show(nothing, !open.length);
    show(pause, !paused && (open.some((row) => row.isText) || story.open > 0));
    nothing.textContent = stopped.length ? "Nothing more goes out by itself." : "Nothing is planned.";
    const hidden = [[open.length - near.length, "to come"], [stopped.length - FEW_STOPPED, "stopped"]].filter(([count]) => count > 0);
    show(rest, hidden.length > 0);
    rest.textContent = whole ? "Show fewer" : hidden.map(([count, what]) => `${count} more ${what}`).join(", ");
  }

  function drawDecisions() {
    const shown = every ? lines : lines.slice(-FEW);
    put(decisions.body, lines.length === 0 && h("p", { class: "muted small" }, "No text was due yet."),
      h("ul", { class: "moves" }, shown.map((line) =>
        h("li", { class: line.mark === "check" ? "" : "muted" }, icon(line.mark, 16),
          h("span", {}, `${when(line.at)} ${line.name}: ${line.words}`, line.until && ` until ${when(line.until)}`)))));
    show(all, lines.length > FEW);
    all.textContent = every ? "Show fewer" : `All ${lines.length}`;
  }

  function drawWhy(row, lead) {
    why.heading.textContent = lead.owner ? `Why ${lead.ownerName.split(" ")[0]}` : "Why nobody";
    put(why.body, row.rule && h("p", { class: "muted small" }, `${row.rule}, ${when(row.at)}`),
      h("ul", { class: "moves" }, row.trace.map((line) => h("li", { class: line.chosen ? "" : "muted" }, icon(line.chosen ? "check" : "close", 15),
        h("span", {}, line.chosen ? h("b", {}, line.name) : line.name, `: ${line.why}`)))));
  }

  function drawRequest(row) {
    put(request.body, h("dl", {}, row.facts.map(([label, value]) => [h("dt", {}, label), h("dd", {}, value)])),
      row.leftOut.map((words) => h("p", { class: "conflict" }, icon("alert", 15), h("span", {}, words))),
      row.earlier.length > 0 && [h("p", { class: "muted small" }, "Other requests of this patient"),
        h("ul", { class: "moves" }, row.earlier.map((one) => h("li", {}, icon("form", 15),
          h("span", {}, pageLink(`/lead?lead=${one.ref}`, {}, one.ref), ` ${one.words}, ${date(one.at)}`))))]);
  }

  const naming = {
    asked: () => h("button", { class: "b quiet", type: "button", onclick: () => on.naming() }, "They want texts that name it"),
    withdrawn: () => h("button", { class: "b quiet", type: "button", onclick: () => on.act("end_naming") }, "They want that no more"),
  };

  function drawConsent(row) {
    put(consent.body,
      row.standing.length > 0 ? h("dl", {}, row.standing.map(([label, value]) => [h("dt", {}, label), h("dd", {}, value)])) : h("p", { class: "muted small" }, "Nothing is known about this number."),
      on.works && naming[row.naming]?.(),
      row.conflicts.map((one) => h("p", { class: "conflict" }, icon("info", 15), h("span", {}, `${one.words}, ${date(one.at)}`))),
      row.ledger.length > 0 && h("details", {}, h("summary", {}, `Ledger, ${row.ledger.length} ${row.ledger.length === 1 ? "line" : "lines"}`),
        h("ul", { class: "ledger" }, row.ledger.map((one) => h("li", {}, h("b", {}, one.what), h("span", { class: "muted small block" }, `${date(one.at)}, ${time(one.at)}, ${one.how}${one.captured ? `; they agreed ${date(one.captured)}, ${time(one.captured)}` : ""}`),
          one.wording && h("q", { class: "small" }, one.wording))))));
  }

  /** Asked for, not pushed: whoever opens the page is in the list a second later. */
  async function showViewers() {
    look.setAttribute("aria-busy", "true");
    const found = await on.ask("viewers");
    look.removeAttribute("aria-busy");
    if (!found) return;
    look.textContent = "Look again";
    put(seen.body, found.length === 0 && h("p", { class: "muted small" }, "Nobody yet."),
      h("ul", { class: "moves" }, found.map((one) => h("li", {}, icon("eye", 15),
        h("span", {}, h("b", {}, one.name), ` ${when(one.at)}`, one.times > 1 && h("span", { class: "muted" }, `, ${one.times} times`))))));
  }

  return {
    upcoming: upcoming.node,
    story: story.node,
    moves: story.moves,
    about: h("div", { class: "about" }, why.node, decisions.node, request.node, consent.node, on.viewers && seen.node),
    draw(all_, lead) {
      const values = [...all_.values()];
      paused = !!lead.paused && lead.paused.until > now();
      // What goes out for the visit stands on its own line of time, and not twice.
      const theirs = story.draw(all_, lead);
      items = values.filter((row) => row.kind === "task" || (row.kind === "later" && !theirs.has(row.action))).sort((a, b) => a.at - b.at);
      lines = all_.get("moves")?.lines || [];
      sequences.draw(all_.get("sequences")?.under || []);
      drawUpcoming();
      drawDecisions();
      if (all_.has("why")) drawWhy(all_.get("why"), lead);
      if (all_.has("request")) drawRequest(all_.get("request"));
      if (all_.has("consent") && changed(all_.get("consent"))) drawConsent(all_.get("consent"));
    },
    open: () => items.filter((row) => row.state !== "stopped").length + story.open,
    tick(at) {
      rows.tick(at);
      story.tick(at);
    },
    enable(reason) {
      sequences.enable(reason);
      for (const button of [...list.querySelectorAll("button:not(.link-title)"), ...story.node.querySelectorAll("button:not(.link-title)"), hand, add, pause]) button.disabled = !!reason;
    },
  };
}

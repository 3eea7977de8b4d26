// Profiles that may be one person: both side by side, what agrees, and the two things to do.
import { h, put, say, show } from "../parts/dom.js";
import { icon } from "../parts/icons.js";
import { follow, isLive, onStatus } from "../parts/live.js";
import { date } from "../parts/clock.js";
import { makeMerging, profile } from "../parts/merge_dialog.js";
import { makeRows } from "../parts/rows.js";
import { toast } from "../parts/toast.js";
import { widget } from "../parts/widget.js";

export default widget("duplicates/duplicates", ({ root, act, end }) => {
  const count = h("p", { class: "muted lead" });
  const answer = h("div", { role: "status" });
  const body = h("div", { class: "pairs" });
  const empty = h("div", { class: "empty" }, h("h2", {}, "Nobody stands here twice"), h("p", { class: "muted" }, "Two profiles that may be one person come here. Nothing is merged by itself where it is not sure."));
  const bones = h("div", { class: "bones", "aria-hidden": "true" }, Array.from({ length: 3 }, () => h("span", { class: "bone" })));
  put(root, count, answer, bones, body, empty);
  const undo = toast(root, end);
  const merging = makeMerging(root, (fields) => send("merge", fields));

  /** Send it; refused ones say why, what was done can be taken back for ten seconds. */
  async function send(action, fields) {
    const outcome = await act(action, fields);
    const done = outcome.state === "done";
    put(answer, !done && outcome.words && h("div", { class: "note amber" }, icon("info"), h("span", {}, outcome.words)));
    if (outcome.undo) undo.offer(outcome.words, () => send(outcome.undo.action, outcome.undo));
    else if (done && outcome.words) undo.tell(outcome.words);
    return outcome;
  }

  const rows = makeRows(body, (row) => h("section", { class: "pair", "aria-label": row.sides.map((side) => side.name).join(" and ") },
    h("div", { class: "sides" }, row.sides.map(profile)),
    h("div", { class: "muted small" }, `${row.reasons}, found ${date(row.at)}`),
    h("div", { class: "pair-do" },
      h("button", { class: "b", type: "button", onclick: () => merging.ask(row, row.sides[0].patient) }, "Merge"),
      h("button", { class: "b", type: "button", onclick: () => send("keep_apart", { pair: row.pair }) }, "Keep apart"))));

  function enable() {
    for (const button of body.querySelectorAll("button")) button.disabled = !isLive();
  }

  end(follow("duplicates", (topic) => {
    const pairs = [...topic.rows.values()].filter((row) => row.id !== "total").sort((a, b) => a.place - b.place);
    const waiting = topic.rows.get("total")?.waiting || 0;
    const shown = waiting > pairs.length ? ` The newest ${pairs.length} are shown.` : "";
    show(bones, !topic.loaded && !topic.failed);
    show(empty, topic.loaded && !pairs.length);
    show(count, waiting > 0);
    say(count, `${waiting === 1 ? "1 pair waits" : `${waiting} pairs wait`} for somebody to look.${shown}`);
    if (topic.failed) put(answer, h("div", { class: "note red" }, icon("alert"), h("span", {}, `The list could not be read. Reference ${topic.failed}.`)));
    rows.draw(pairs);
    enable();
  }));
  end(onStatus(enable));
}, ["dialog", "fields"]);

// Forms that could not be taken: why, in plain words, and two things to do. Their content stays on the server.
import { keepPlace, pageLink } from "../parts/address.js";
import { h, put, show } from "../parts/dom.js";
import { icon } from "../parts/icons.js";
import { follow, isLive, onStatus } from "../parts/live.js";
import { when } from "../parts/clock.js";
import { widget } from "../parts/widget.js";

export default widget("unread_forms/unread_forms", ({ root, act, end }) => {
  let rows = new Map();
  let loaded = false;
  const answers = new Map(); // id -> outcome of the last action on it
  const body = h("div", { class: "body" });
  const done = h("div", { class: "body" });
  const list = h("div", { class: "list" }, h("div", { class: "row head" }, ["Came", "From", "Why it waits", ""].map((words) => h("span", {}, words))), body);
  const handled = h("div", {}, h("h2", {}, "Handled today"), done);
  const empty = h("div", { class: "empty" }, h("h2", {}, "Every form was read"), h("p", { class: "muted" }, "A form that cannot be read or has a fault is kept here, so that nobody who wrote to the clinic is lost."));
  const bones = h("div", { class: "bones", "aria-hidden": "true" }, Array.from({ length: 4 }, () => h("span", { class: "bone" })));
  root.append(h("p", { class: "muted lead" }, "Each is a person who wrote to the clinic. Open it, call them, or read it again once its cause is mended."), list, bones, empty, handled);

  async function run(action, row, button) {
    button.setAttribute("aria-busy", "true");
    const outcome = await act(action, { id: row.id });
    button.removeAttribute("aria-busy");
    if (outcome.words) answers.set(row.id, outcome);
    draw();
  }

  function buttons(row) {
    const make = (action, words) => {
      const button = h("button", { class: "b", type: "button", disabled: !isLive(), onclick: () => run(action, row, button) }, h("span", { class: "spin", hidden: true }), words);
      return button;
    };
    return [make("open", "Open"), make("replay", "Read again")];
  }

  function line(row) {
    const answer = answers.get(row.id);
    return h("div", { class: "row" },
      h("span", { class: "came" }, when(row.at)),
      h("span", { class: "from" }, h("b", {}, row.connector), h("span", { class: "muted small" }, row.refused ? "a field has a fault" : "not readable")),
      h("span", { class: "why" }, row.field && h("span", { class: "field-name" }, row.field), h("span", {}, row.why),
        answer && answer.state !== "done" && h("span", { class: "note red answer", role: "alert" }, icon("alert", 15), h("span", {}, `Still not: ${answer.words}`))),
      h("span", { class: "do" }, buttons(row)));
  }

  function past(row) {
    return h("div", { class: "row" },
      h("span", { class: "came" }, when(row.handled)),
      h("span", { class: "from" }, h("b", {}, row.connector)),
      h("span", { class: "why" }, row.outcome),
      h("span", { class: "do" }, row.ref && pageLink(`/lead?lead=${encodeURIComponent(row.ref)}`, {}, `Open lead ${row.ref}`)));
  }

  function draw() {
    const all = [...rows.values()];
    const waiting = all.filter((row) => row.waits).sort((a, b) => b.at - a.at);
    const over = all.filter((row) => !row.waits).sort((a, b) => b.handled - a.handled);
    put(body, waiting.map(line));
    put(done, over.map(past));
    show(bones, !loaded);
    show(list, waiting.length > 0);
    show(empty, loaded && waiting.length === 0);
    show(handled, over.length > 0);
  }

  const place = keepPlace(root, end);
  end(follow("unread", (topic) => { rows = topic.rows; loaded = topic.loaded; draw(); place.restore(); }));
  end(onStatus(draw));
  draw();
  return () => {};
});

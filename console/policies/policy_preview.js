// What the policies mean for one made-up lead, in words: 'A lead on Saturday at 3:00 PM ... is due Monday at 10:00 AM'.
import { h, put, show } from "../parts/dom.js";
import { now } from "../parts/clock.js";
import { makeAsking } from "../parts/asking.js";
import { makeDateTime } from "../parts/datetime.js";
import { makeField } from "../parts/fields.js";

/** `on`: {act}. Gives {node, changed(body), stop()}. */
export function makePreview(data, on) {
  const form = makeField({ kind: "select", name: "form_type", label: "Form", options: data.forms, value: "lead_capture", onchange: () => asking.later() });
  const warmth = makeField({ kind: "select", name: "temperature", label: "Temperature", options: data.temperatures, value: "hot", onchange: () => asking.later() });
  const place = makeField({ kind: "select", name: "location", label: "Location", options: data.locations, value: data.locations[0]?.[0], onchange: () => asking.later() });
  const at = makeDateTime({ zone: data.zone, now, value: data.moments[0][1], choices: data.moments, label: "It comes", onchange: () => asking.later() });
  const intro = h("p", { class: "preview-intro" });
  const list = h("ol", { class: "preview-list" });
  const wrong = h("p", { class: "field-error", role: "alert", hidden: true });
  const node = h("section", { class: "preview", "aria-label": "Try a lead" },
    h("div", { class: "preview-head" }, h("h2", {}, "Try a lead"), h("span", { class: "muted small" }, "made up, nothing is stored")),
    h("div", { class: "preview-row" }, form.node, warmth.node, data.locations.length > 1 ? place.node : null), h("span", { class: "field-label" }, "It comes"), at.node, wrong, intro, list);
  let body = null;
  const asking = makeAsking({
    ready: () => body && at.check(),
    ask: () => on.act("try_out", { body, fields: { form_type: form.value, temperature: warmth.value, location: place.value, at: at.value.moment } }),
    draw,
  });

  function draw(outcome) {
    const words = outcome.state === "done" ? outcome.value.problem || "" : outcome.words;
    show(wrong, !!words);
    put(wrong, words);
    put(intro, words ? "" : outcome.value.intro);
    put(list, words ? [] : outcome.value.rows.map((row) => h("li", {}, h("span", { class: "preview-target" }, h("b", {}, row.name), h("span", { class: "muted small" }, `${row.policy}, ${row.span}`)), h("span", { class: "preview-due" }, "due ", h("b", {}, row.due)))));
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

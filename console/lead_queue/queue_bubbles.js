// The last texts in the panel: patient left, automatic and people right; one that waits its seconds says who sends it.
import { h, put, say } from "../parts/dom.js";
import { icon } from "../parts/icons.js";
import { now, when } from "../parts/clock.js";

function picture(one) {
  if (one.file) return h("a", { class: "thumb waits", href: `/pictures/${one.id}`, download: "" }, icon("picture", 16), one.words);
  if (!one.shown) return h("span", { class: "thumb waits" }, icon(one.refused ? "alert" : "picture", 16), one.words);
  return h("a", { class: "thumb", href: `/pictures/${one.id}`, target: "_blank", rel: "noreferrer" },
    h("img", { src: `/pictures/${one.id}`, alt: "Picture from the patient", loading: "lazy" }));
}

function waiting(row) {
  const words = h("span");
  const node = h("div", { class: "facts from-staff" }, words);
  const tick = (at) => {
    const left = Math.ceil((row.due - at) / 1000);
    say(words, `${row.by || "Staff"} \u00b7 ${row.held ? `waits${row.stopped ? "" : ` until ${when(row.due)}`}: ${row.held}` : left > 60 ? `goes ${when(row.due)}` : left > 0 ? `sending in ${left} s` : "sending"}`);
  };
  tick(now());
  return { nodes: [h("div", { class: "bubble staff" }, row.body), node], tick };
}

function bubble(text) {
  const by = { automatic: "Automatic", staff: text.by || "Staff", patient: "" }[text.origin];
  const facts = [by, text.status && `${text.status} ${when(text.at)}`, !text.status && when(text.at),
    text.understood && `understood as "${text.understood}"`].filter(Boolean).join(" \u00b7 ");
  const failed = text.status === "failed" || text.status === "not delivered";
  return [
    text.body && h("div", { class: `bubble ${text.origin}${text.machine ? " machine" : ""}` }, text.body),
    text.pictures.length > 0 && h("div", { class: "thumbs" }, text.pictures.map(picture)),
    h("div", { class: `facts from-${text.origin}${failed ? " failed" : ""}` }, text.origin === "automatic" && icon("robot", 14), facts,
      failed && text.code && h("span", { class: "muted" }, ` ${text.code}`)),
  ];
}

/** Gives {node, draw(rows), tick(now)}. */
export function makeBubbles() {
  const node = h("div", { class: "texts" });
  let ticks = [];
  return {
    node,
    draw(rows) {
      ticks = [];
      put(node, rows.map((row) => {
        if (!row.due) return bubble(row);
        const made = waiting(row);
        ticks.push(made.tick);
        return made.nodes;
      }));
      node.hidden = node.childElementCount === 0;
    },
    tick(at) {
      for (const tick of ticks) tick(at);
    },
  };
}

// A planned text before its time: its wording as it would go now, and what holds it and until when. The button to send it
// stands there only where it would go.
import { h, put } from "../parts/dom.js";
import { icon } from "../parts/icons.js";
import { when } from "../parts/clock.js";

const segments = (count) => `${count} ${count === 1 ? "segment" : "segments"}`;

/** `on`: {ask(action, fields, refused) resolves to its value or null; act(action, fields, refused)}. Gives {node, open()}. */
export function makeSendNow(row, on) {
  const node = h("div", { class: "send-now", role: "group", "aria-label": `Send now: ${row.title}`, hidden: true });

  function close() {
    node.hidden = true;
    put(node);
  }
  const closing = () => h("button", { class: "b", type: "button", onclick: close }, "Leave it planned");
  const says = (words) => h("div", { class: "note amber", role: "alert" }, icon("info"), h("span", {}, words));

  async function open() {
    node.hidden = false;
    put(node, h("span", { class: "muted small", role: "status" }, "Looking whether it would go ..."));
    const found = await on.ask("preview_send_now", { action_id: row.action }, (words) => put(node, says(words), closing()));
    if (found) draw(found);
  }
  function draw(found) {
    const goes = found.verdict === "goes";
    const until = found.until ? ` It would go ${when(found.until)}.` : "";
    put(node, h("div", { class: "bubble automatic" }, found.body), h("span", { class: "muted small" }, segments(found.segments)),
      !goes && says(`${found.words || "It would not go now."}${found.words && found.words.includes("until") ? "" : until}`),
      h("div", { class: "row-buttons" }, goes && h("button", { class: "b primary", type: "button", onclick: send }, "Send now"), closing()));
    node.querySelector("button").focus();
  }
  async function send() {
    // What the rules say may have changed since the wording was shown: the refusal stands where the button was.
    const sent = await on.act("send_now", { action_id: row.action }, (words) => put(node, says(words), closing()));
    if (sent) close();
  }
  return { node, open: () => (node.hidden ? open() : close()) };
}

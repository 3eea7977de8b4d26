// One unread form in the drawer: what was sent at the left, the fields with their faults beside it, and what can be done.
import { pageLink } from "../parts/address.js";
import { h, put } from "../parts/dom.js";
import { icon } from "../parts/icons.js";
import { makeForm } from "../parts/fields.js";
import { when } from "../parts/clock.js";

/** What the person sent, line by line; nested answers with the way to them. */
function sent(lines) {
  if (!lines.length) return h("p", { class: "muted" }, "It is empty.");
  return h("dl", { class: "sent-lines" }, lines.map(([name, value]) => [name && h("dt", {}, name), h("dd", { class: name ? "" : "all" }, value)]));
}

/**
 * `row` of the list, `found` of the action `open`, `on`: {act(action, more), done(outcome), dismissals}. Gives {node, first, enable(reason)}.
 * A form of a patient's text has no fields: it can be read again or dismissed.
 */
export function makeMending(row, found, on) {
  const answer = h("div", { role: "status" });
  const fields = found.fields.map((field) => ({ ...field, longest: field.kind === "textarea" ? 2000 : 200 }));
  const mend = fields.length > 0 && makeForm({ verb: "Make a lead", fields, send: (values) => finished("mend", { fields: values }) });
  for (const field of mend ? fields : []) mend.fields[field.name].error(field.fault);
  const dismiss = makeForm({
    verb: "Dismiss",
    fields: [
      { kind: "select", name: "reason", label: "Why", required: "Say why, so that a colleague understands it later.", options: [["", "Choose a reason"], ...on.dismissals] },
      { kind: "text", name: "note", label: "Note", optional: true, longest: 200 },
    ],
    send: (values) => finished("dismiss", values),
  });
  const again = h("button", { class: fields.length ? "b" : "b large primary", type: "button", onclick: readAgain }, "Read it again");

  async function finished(action, more) {
    const outcome = await on.act(action, more);
    if (outcome.state === "done") on.done(action, outcome);
    return outcome;
  }
  async function readAgain() {
    again.setAttribute("aria-busy", "true");
    const outcome = await finished("replay", {});
    again.removeAttribute("aria-busy");
    if (outcome.state !== "done") put(answer, h("div", { class: "note amber" }, icon("info"), h("span", {}, `Still not: ${outcome.words}`)));
  }

  const deeds = [
    mend && [h("h3", {}, "Correct what is wrong"), h("p", { class: "muted small" }, "What could be read stands here already. One phone number or email is enough."), mend.node],
    h("details", { class: "or" }, h("summary", {}, "Dismiss it instead"), h("p", { class: "muted small" }, "It stays below for 7 days and can be reopened."), dismiss.node),
    h("div", { class: "or" }, again, h("p", { class: "muted small" }, row.text
      ? "Once the fault of ours is mended: it then stands in its conversation, as if it had just been understood."
      : "Reads the whole form anew, once its cause is mended, such as a question that was renamed."), answer),
  ];
  const node = h("div", { class: "mending" },
    h("header", {}, h("h2", {}, row.connector), h("p", { class: "muted" }, `Came ${when(row.at)}. Your look at it is kept in the audit trail.`),
      h("div", { class: "note amber" }, icon("alert"), h("span", {}, row.field && h("b", {}, `${row.field}: `), row.why)),
      found.why && found.why !== row.why && h("p", { class: "muted small" }, `For whoever set up the form: ${found.why}`)),
    h("section", { class: "sent" }, h("h3", {}, "What was sent"), sent(found.lines)),
    h("section", { class: "deeds" }, found.waits ? deeds : h("div", { class: "note grey" }, icon("check"), h("span", {}, "It was handled already."))));
  const faulty = mend && fields.find((field) => field.fault);

  return {
    node,
    first: mend ? mend.fields[(faulty || fields[0]).name].input : again,
    enable(reason) {
      if (mend) mend.enable(reason);
      dismiss.enable(reason);
      again.disabled = !!reason;
    },
  };
}

/** What has become of it: {title, ref, texting}, with the way to the lead. */
export function made(value, close) {
  return h("div", { class: "mending made" }, h("header", {}, h("h2", {}, icon("check"), value.title),
    value.texting && h("p", {}, value.texting),
    h("div", { class: "dialog-do" },
      value.ref && pageLink(`/lead?lead=${encodeURIComponent(value.ref)}`, { class: "b large primary" }, `Open lead ${value.ref}`),
      h("button", { class: "b large", type: "button", onclick: close }, "Close"))));
}

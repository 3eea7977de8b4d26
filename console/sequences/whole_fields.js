// What a sequence is as a whole: who enters it and how often, what ends it, what it may say. In a sentence, and as fields.
import { h, put, say, show } from "../parts/dom.js";
import { icon } from "../parts/icons.js";
import { makeField } from "../parts/fields.js";
import { makeMany } from "../parts/many.js";

const CONSENTS = [["transactional", "Only what concerns their own request or visit"], ["marketing", "Advertising too, to those who agreed to it"]];
const AGAIN = [["each", "Each time there is a cause"], ["once", "Once in a life"], ["days", "After some days"]];
const BY_FORM = ["submission", "form_opened"];
const STOP_ICONS = { reply: "incoming", contact: "person", booking: "calendar", opt_out: "blocked", disqualified: "close", reaction: "warning", new_form: "form", cancelled: "calendar", checkout: "out" };

/** 'once', '90d' as [rule, days]. */
const readAgain = (text) => (/^\d+d$/.test(text) ? ["days", text.slice(0, -1)] : [text || "each", "90"]);

/** `on.typed(patch)`: these parts of the sequence changed. Gives {node, write(body), errors(byField), enable(reason), open()}. */
export function makeWhole(data, on) {
  const title = makeField({ kind: "text", name: "title", label: "Name", longest: 60, onchange: () => on.typed({ title: title.value }) });
  const starts = makeField({ kind: "select", name: "starts_on", label: "Begins with", options: data.starts, onchange: () => { on.typed({ starts_on: starts.value }); show(forms.node, BY_FORM.includes(starts.value)); } });
  const consent = makeField({ kind: "select", name: "consent", label: "What it may say", options: CONSENTS, onchange: () => on.typed({ consent: consent.value }) });
  const again = makeField({ kind: "select", name: "reentry", label: "Somebody enters again", options: AGAIN, onchange: againTyped });
  const days = makeField({ kind: "text", name: "days", label: "Days since they entered", longest: 3, onchange: againTyped });
  const aside = makeField({ kind: "checkbox", name: "steps_aside", label: "Waits while a person has taken over", onchange: () => on.typed({ steps_aside: aside.value }) });
  const forms = makeMany({ label: "Forms", options: data.forms, hint: "None: every form that no other sequence names.", onchange: () => on.typed({ forms: forms.value }) });
  const stops = makeMany({ label: "Ends at once with", options: data.stops, onchange: () => on.typed({ stops_on: stops.value }) });
  const all = [title, starts, consent, again, days, aside, forms, stops];
  const fields = h("div", { class: "whole-fields", hidden: true },
    h("div", { class: "step-row-fields" }, title.node, starts.node, consent.node, again.node, days.node), forms.node, stops.node, aside.node);
  const words = h("p", { class: "small" });
  const ends = h("div", { class: "ends" });
  const turn = h("button", { class: "b", type: "button", "aria-expanded": "false", onclick: () => unfold(fields.hidden) }, "Change");
  const node = h("section", { class: "whole" }, h("div", { class: "whole-head" }, words, turn), ends, fields);
  const places = { title, starts_on: starts, consent, reentry: again, forms, stops_on: stops };
  let closed = "";

  function againTyped() {
    show(days.node, again.value === "days");
    on.typed({ reentry: again.value === "days" ? `${days.value}d` : again.value });
  }
  function unfold(wide) {
    show(fields, wide);
    turn.setAttribute("aria-expanded", String(wide));
    say(turn, wide ? "Done" : closed ? "Show" : "Change");
  }
  function wordsOf(body) {
    const [rule, after] = readAgain(body.reentry);
    const named = (body.forms || []).map((code) => data.forms.find(([one]) => one === code)?.[1] || code);
    const who = BY_FORM.includes(body.starts_on) ? (named.length ? ` (${named.join(", ")})` : body.starts_on === "submission" ? " (every form that no other names)" : "") : "";
    return [`Begins with ${data.anchors[body.starts_on] || "nothing yet"}${who}.`,
      body.consent === "marketing" ? "Advertising goes to those who agreed to it." : "Nothing in it advertises.",
      rule === "once" ? "Nobody enters twice." : rule === "days" ? `Somebody enters again after ${after} days.` : "",
      body.steps_aside === false ? "Goes on while a person has taken over." : ""].filter(Boolean).join(" ");
  }

  return {
    node,
    write(body) {
      const [rule, after] = readAgain(body.reentry);
      title.value = body.title || "";
      starts.value = body.starts_on || "submission";
      consent.value = body.consent || "transactional";
      again.value = rule;
      days.value = after;
      aside.value = body.steps_aside !== false;
      forms.value = body.forms || [];
      stops.value = body.stops_on || [];
      show(days.node, rule === "days");
      show(forms.node, BY_FORM.includes(body.starts_on));
      this.follow(body);
    },
    /** The sentence follows what is typed. */
    follow(body) {
      say(words, wordsOf(body));
      const known = data.stops.filter(([code]) => (body.stops_on || []).includes(code));
      put(ends, h("span", { class: "muted small" }, known.length ? "Ends at once with" : "Nothing ends it before its last step."), known.map(([code, name]) => h("span", { class: "chip" }, icon(STOP_ICONS[code] || "close", 14), name)),
        h("span", { class: "muted small ends-hours" }, "Texts"), h("span", { class: "chip" }, icon("clock", 14), `${data.hours[0]}, their time`), h("span", { class: "chip" }, icon("text", 14), `${data.cap} in 24 h at most`));
    },
    errors(found) {
      for (const [part, field] of Object.entries(places)) field.error(found[part] || "");
    },
    enable(reason) {
      closed = reason;
      for (const field of all) field.enable(reason);
      unfold(!fields.hidden);
    },
    open(part) {
      unfold(true);
      (places[part] || title).focus();
    },
    has: (part) => part in places,
  };
}

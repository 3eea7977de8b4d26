// The fields of one step, the same for whichever is open: only what its kind knows is shown.
import { h, put, say, show } from "../parts/dom.js";
import { makeField } from "../parts/fields.js";
import { readSpan, UNITS, writeSpan } from "./spans.js";

const LANES = [["bulk", "In its turn"], ["instant", "At once, before others"]];
const WHOM = [["owner", "The lead's owner"], ["manager", "A manager"]];
const CLASSES = { transactional: "about the patient's own business", informational: "tells, and sells nothing", marketing: "advertises: only with consent to marketing" };
const MESSAGES = ["text", "email"];
const GATES = ["condition", "exit"];
const SPAN_BEFORE = "before:";

/**
 * `on.typed(patch)`: these parts of the step changed. Gives {node, write(step, body), errors(byField), enable(reason), focus(field)};
 * `byField` has the names of the step's own parts.
 */
export function makeStepFields(data, on) {
  const typed = (patch) => () => on.typed(patch());
  const kind = makeField({ kind: "select", name: "kind", label: "What it does", options: data.kinds, onchange: () => { on.typed({ kind: kind.value }); shape(); } });
  const name = makeField({ kind: "text", name: "name", label: "Short name", hint: "For the history and for figures.", longest: 24, onchange: typed(() => ({ name: name.value })) });
  const amount = makeField({ kind: "text", name: "amount", label: "When", longest: 6, onchange: whenTyped });
  const unit = makeField({ kind: "select", name: "unit", label: "Unit", options: UNITS, onchange: whenTyped });
  const from = makeField({ kind: "select", name: "from", label: "Counted from", options: [], onchange: whenTyped });
  const useful = makeField({ kind: "text", name: "useful", label: "Of use for", longest: 6, onchange: usefulTyped });
  const usefulUnit = makeField({ kind: "select", name: "useful_unit", label: "Unit", options: UNITS, onchange: usefulTyped });
  const hours = makeField({ kind: "text", name: "window", label: "Hours of the day", placeholder: "any, or 10:00-18:00", hint: `Texts go from ${data.hours[0]}, advertising from ${data.hours[1]}, their time; less in some states.`, longest: 11, onchange: typed(() => ({ window: hours.value })) });
  const template = makeField({ kind: "select", name: "template", label: "Template", options: [], onchange: chosen });
  const purpose = makeField({ kind: "select", name: "purpose", label: "Sent as", options: [], onchange: typed(() => ({ purpose: purpose.value })) });
  const title = makeField({ kind: "text", name: "title", label: "What is to be done", longest: 60, onchange: typed(() => ({ title: title.value })) });
  const to = makeField({ kind: "select", name: "to", label: "Who", options: WHOM, onchange: typed(() => ({ to: to.value })) });
  const lane = makeField({ kind: "select", name: "lane", label: "Goes", options: LANES, onchange: typed(() => ({ lane: lane.value })) });
  const then = makeField({ kind: "select", name: "then", label: "Then begins", options: [], onchange: typed(() => ({ then: then.value })) });
  const asks = data.conditions.map(([no, yes, words]) =>
    makeField({ kind: "select", name: yes, label: words, options: [["", "Does not matter"], [no, "None so far"], [yes, "There was one"]], onchange: typed(() => ({ conditions: asks.map((one) => one.value).filter(Boolean) })) }));
  const asked = h("span", { class: "field-label" });
  const askBox = h("div", { class: "asks", role: "group" }, asked, h("div", { class: "ask-row" }, asks.map((one) => one.node)));
  const when = h("div", { class: "span-row" }, amount.node, unit.node, from.node);
  const usefulRow = h("div", { class: "span-row" }, useful.node, usefulUnit.node, h("p", { class: "field-hint" }, "Later than that it is dropped, and the reason is kept."));
  const node = h("div", { class: "step-fields" },
    h("div", { class: "step-row-fields" }, kind.node, template.node, title.node, to.node, then.node, purpose.node), when, usefulRow, askBox,
    h("div", { class: "step-row-fields" }, hours.node, lane.node, name.node));
  const all = [kind, name, amount, unit, from, useful, usefulUnit, hours, template, purpose, title, to, lane, then, ...asks];
  // The step's own parts, and the fields that they stand in.
  const places = { kind, name, offset: amount, anchor: from, useful, window: hours, template, purpose, title, to, lane, then, conditions: asks[0] };
  let step = {};

  function whenTyped() {
    const before = from.value.startsWith(SPAN_BEFORE);
    on.typed({ offset: writeSpan({ amount: amount.value, unit: unit.value, before }), anchor: from.value.replace(SPAN_BEFORE, "") });
  }
  function usefulTyped() {
    on.typed({ useful: writeSpan({ amount: useful.value, unit: usefulUnit.value, before: false }) });
  }
  /** Another template goes as what its class allows. */
  function chosen() {
    const known = data.templates.find((one) => one.key === template.value);
    const fits = known && !known.purposes.includes(step.purpose || "transactional");
    on.typed({ template: template.value, ...(fits ? { purpose: known.purposes[0] } : {}) });
    shape();
  }
  function shape() {
    const message = MESSAGES.includes(step.kind);
    const gate = GATES.includes(step.kind);
    const known = data.templates.find((one) => one.key === step.template);
    show(template.node, message);
    show(purpose.node, message && (known?.purposes.length || 0) > 1);
    show(title.node, step.kind === "call_task");
    show(to.node, step.kind === "call_task");
    show(then.node, step.kind === "exit");
    show(usefulRow, message || step.kind === "call_task");
    show(hours.node, message);
    show(lane.node, message);
    show(askBox, step.kind !== "wait");
    show(from.node, step.kind !== "wait");
    say(amount.node.querySelector(".field-label"), step.kind === "wait" ? "How long" : "When");
    say(asked, gate ? (step.kind === "exit" ? "Who leaves" : "Who goes on") : "Only where");
    template.hint(known ? `Of the class ${known.class}: ${CLASSES[known.class] || ""}` : "");
    options(purpose, (known?.purposes || []).map((code) => [code, data.purposes[code]]), step.purpose || "transactional");
    options(template, templatesFor(step.kind), step.template || "");
  }
  function templatesFor(channel) {
    const fitting = data.templates.filter((one) => one.channel === channel).map((one) => [one.key, one.class === "marketing" ? `${one.title} (advertising)` : one.title]);
    return [["", "Choose a template"], ...fitting];
  }
  /** What stands there stays to be seen where nothing offers it any more. */
  function options(field, list, value) {
    const shown = list.some(([code]) => code === value) || !value ? list : [...list, [value, `${value} (not in use)`]];
    put(field.input, shown.map(([code, words]) => h("option", { value: code }, words)));
    field.value = value;
  }
  function fromOptions(body) {
    const known = data.known[body.starts_on] || [body.starts_on];
    return known.flatMap((anchor) => {
      const after = [anchor, `after ${data.anchors[anchor] || anchor}`];
      return anchor === "visit" ? [[`${SPAN_BEFORE}${anchor}`, `before ${data.anchors[anchor]}`], after] : [after];
    });
  }
  function writeSpans(body) {
    const offset = readSpan(step.offset || "0m");
    const late = readSpan(step.useful || "");
    amount.value = offset.amount;
    unit.value = offset.unit;
    options(from, fromOptions(body), `${offset.before ? SPAN_BEFORE : ""}${step.anchor || body.starts_on}`);
    useful.value = late.amount;
    usefulUnit.value = late.unit;
  }

  return {
    node,
    /** `others`: the other sequences as [[key, title]]. */
    write(next, body, others) {
      step = next;
      kind.value = step.kind || "text";
      name.value = step.name || "";
      hours.value = step.window || "";
      title.value = step.title || "";
      to.value = step.to || "owner";
      lane.value = step.lane || "bulk";
      options(then, [["", "Nothing"], ...others], step.then || "");
      writeSpans(body);
      asks.forEach((field, at) => { field.value = data.conditions[at].slice(0, 2).find((code) => (step.conditions || []).includes(code)) || ""; });
      shape();
    },
    /** The same step after a change of its own: what is shown follows, what is typed stays. */
    follow(next) {
      step = next;
      shape();
    },
    errors(found) {
      for (const [part, field] of Object.entries(places)) field.error(found[part] || "");
    },
    enable(reason) {
      for (const field of all) field.enable(reason);
    },
    focus: (part) => (places[part] || amount).focus(),
  };
}

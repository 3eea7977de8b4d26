// Some of those who are under way, or all: paused, resumed, spared a step, or taken out; asked with how many and who they are.
import { pageLink } from "../parts/address.js";
import { now } from "../parts/clock.js";
import { makeDateTime } from "../parts/datetime.js";
import { h, put, say, show } from "../parts/dom.js";
import { typingDrawer } from "../parts/drawer.js";
import { makeField } from "../parts/fields.js";
import { icon } from "../parts/icons.js";

const DAY_MS = 86_400_000;
const LONGEST_MS = 90 * DAY_MS;
const ACTS = [["pause", "Pause what goes out by itself"], ["resume", "Let it go on"], ["skip", "Leave out one step"], ["end", "End it"]];
const FLOWS = { pause: "pause_group", resume: "resume_group", skip: "skip_of_group", end: "end_group" };

export const people = (count) => (count === 1 ? "1 person" : `${count.toLocaleString("en-US")} people`);
const steps = (count) => (count === 1 ? "1 step that is" : `${count.toLocaleString("en-US")} steps that are`);

/** What the button says. Pure. */
export function verbWords(act, count) {
  const verb = { pause: "Pause for", resume: "Go on for", skip: "Leave it out for", end: "End it for" }[act];
  return `${verb} ${people(count)}`;
}

/** What would follow, in a sentence. Pure. */
export function followWords(act, found) {
  if (!found.people) return { resume: "Nobody of them is paused.", skip: "The step is still to come for nobody of them.", pause: "Nobody of them can be paused: this sequence does not wait for people, or nobody is under way." }[act] || "Nobody of them is under way.";
  if (act === "end") return `They leave the sequence now, and ${steps(found.steps)} still to come will not go. This can't be taken back; what was sent stays.`;
  if (act === "skip") return `${steps(found.steps)} still to come will not go. The rest of the sequence stays as it is.`;
  if (act === "pause") return "What goes to them by itself waits until then, in every sequence but those that wait for nobody, such as the reminders of a visit. What is of no use any more by then is dropped.";
  return `What waits for them goes on now, in texting hours.${found.left ? ` ${people(found.left)} more ${found.left === 1 ? "stays" : "stay"} paused: a colleague writes with them.` : ""}`;
}

/** `data`: {locations, zone, people}. `on`: {act, key(), steps() as [[name, words]], tell(words)}. Gives {open(versions, act, version)}. */
export function makeGroupDrawer(root, data, on) {
  const over = typingDrawer(root, "Who is under way", () => { turn += 1; });
  const what = makeField({ kind: "select", name: "act", label: "What", options: ACTS, onchange: changed });
  const version = makeField({ kind: "select", name: "number", label: "Version", onchange: changed });
  const place = makeField({ kind: "select", name: "location", label: "Location", options: [["", "Every location"], ...data.locations], onchange: changed });
  const owner = makeField({ kind: "select", name: "owner", label: "Owner", options: [["", "Everybody's"]], onchange: changed });
  const step = makeField({ kind: "select", name: "step", label: "Step", onchange: changed });
  const untilBox = h("div", { class: "group-until" });
  const reason = makeField({ kind: "text", name: "reason", label: "Why?", longest: 200 });
  const alone = h("p", { class: "group-alone", hidden: true });
  const follows = h("p", { class: "muted", role: "status" });
  const list = h("ul", { class: "group-people", "aria-label": "Who they are" });
  const more = h("button", { class: "b quiet", type: "button", hidden: true, onclick: () => names(true) });
  const problem = h("div", { class: "note amber", role: "alert", hidden: true });
  const press = h("button", { class: "b large", type: "button", onclick: () => doIt() });
  const page = h("div", { class: "drawer-page group" }, h("h2", {}, "Who is under way"), what.node, step.node, untilBox,
    h("div", { class: "group-filters" }, version.node, place.node, owner.node), alone, follows, reason.node, problem,
    h("div", { class: "dialog-do" }, press, h("button", { class: "b large", type: "button", onclick: over.close }, "Cancel")), h("div", { class: "group-names" }, list, more));
  let until = null; // made anew at each opening: what it allows is counted from then
  let lead = null; // [id, reference, name] of the one that is meant
  let found = { people: 0, steps: 0, left: 0, some: [] };
  let shown = 0;
  let turn = 0;

  const given = () => ({ key: on.key(), number: version.value, location: place.value, owner: owner.value, lead: lead?.[0] || "", act: what.value, step: what.value === "skip" ? step.value : "" });

  function fit() {
    const act = what.value;
    show(step.node, act === "skip");
    show(untilBox, act === "pause");
    show(reason.node, act === "skip" || act === "end");
    press.className = act === "end" ? "b large danger" : "b large primary";
    show(alone, !!lead);
    put(alone, lead && [h("span", {}, `Only ${lead[2]}`), h("button", { class: "b quiet", type: "button", onclick: () => only(null) }, "Everybody")]);
  }
  function only(one) {
    lead = one;
    changed();
  }
  function changed() {
    reason.error("");
    tell("");
    fit();
    return names(false);
  }
  function tell(words) {
    show(problem, !!words);
    put(problem, words && [icon("info"), h("span", {}, words)]);
  }
  async function names(further) {
    const mine = (turn += 1);
    press.disabled = true;
    const outcome = await on.act("preview_group", { ...given(), start: further ? shown : 0 });
    if (mine !== turn) return;
    if (outcome.state !== "done") return tell(outcome.words);
    found = outcome.value;
    const rows = found.some.map((one) => h("li", {}, pageLink(`/lead?lead=${one[1]}`, {}, one[2]), h("span", { class: "muted small" }, one[1]),
      !lead && h("button", { class: "b quiet", type: "button", "aria-label": `Only ${one[2]}`, onclick: () => only(one) }, "Only")));
    shown = (further ? shown : 0) + rows.length;
    if (further) list.append(...rows);
    else put(list, rows);
    draw();
  }
  function draw() {
    const act = what.value;
    say(follows, `${people(found.people)}. ${followWords(act, found)}`);
    say(press, verbWords(act, found.people));
    press.disabled = !found.people;
    show(list, shown > 0);
    show(more, shown > 0 && shown < found.people);
    say(more, `${shown.toLocaleString("en-US")} of ${found.people.toLocaleString("en-US")} shown: show more`);
  }
  async function doIt() {
    const act = what.value;
    if (act === "pause" && !until.check()) return;
    press.setAttribute("aria-busy", "true");
    const outcome = await on.act(FLOWS[act], { ...given(), until: act === "pause" ? until.value.moment : null, reason: reason.value });
    press.removeAttribute("aria-busy");
    if (outcome.state === "done") {
      over.close();
      return on.tell(outcome.words);
    }
    const wrong = outcome.fields || {};
    reason.error(wrong.reason || "");
    if (wrong.reason) return reason.focus();
    if (wrong.until) return until.error(wrong.until);
    return tell(wrong.group || outcome.words);
  }
  function options(field, list_) {
    const kept = field.value;
    put(field.input, list_.map(([code, words]) => h("option", { value: code }, words)));
    field.value = list_.some(([code]) => code === kept) ? kept : list_[0]?.[0] || "";
  }

  return {
    /** `versions`: numbers of those somebody is on. */
    async open(versions, act = "pause", number = "0") {
      lead = null;
      options(version, [["0", "Every version"], ...versions.map((one) => [String(one), `Version ${one}`])]);
      options(step, on.steps());
      what.value = act;
      options(owner, [["", "Everybody's"]]);
      version.value = String(number);
      place.value = "";
      reason.value = "";
      until = makeDateTime({ zone: data.zone, now, min: now(), max: now() + LONGEST_MS, value: now() + 3 * DAY_MS, label: "Until" });
      put(untilBox, h("span", { class: "field-label" }, "Until"), until.node);
      over.show(page, what.input);
      await changed();
      const owners = await on.act("group_owners", { key: on.key() });
      options(owner, [["", "Everybody's"], ...(owners.state === "done" ? owners.value : [])]);
    },
  };
}

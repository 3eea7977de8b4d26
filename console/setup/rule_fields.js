// The rules of booking: how long things are kept, how late and how far ahead patients book, the waitlist, the policy in patients' words.
import { h, put, say, show } from "../parts/dom.js";
import { makeField } from "../parts/fields.js";
import { ofProblems, showFaults } from "./faults.js";

const KEPT = [["hold", "A time is kept while they confirm", "Minutes."], ["answer", "Both times of an asked move are kept", "Minutes to answer; it ends 45 minutes before the earlier time in any case."], ["link", "A booking link works", "Days."], ["clean_up", "Clean-up after a visit", "Minutes, where the service names none."]];
const WHEN = [["notice", "Patients book no later than", "Minutes before; a service may say otherwise."], ["ahead", "And no further ahead than", "Days."], ["change", "They move or cancel freely until", "Minutes before. After that they call."]];
const WAITLIST = [["offer", "A freed time is offered to one person for", "Minutes; then to the next."], ["offers_a_day", "Offers to one person a day", "At most."], ["offers_each", "People whom one time is offered to", "At most, one after the other."],
  ["offer_from", "Offers go out from", "Such as 08:00."], ["offer_until", "Until", "Never outside the hours in which patients may be texted."]];
const LONGEST = 300;

/** `data`: {stepsOfTime, usualRules: of what a version from before a rule does not say}. */
export function makeFields(data, typed) {
  const field = ([name, label, hint]) => makeField({ kind: "text", name, label, hint, longest: 5, onchange: typed });
  const [kept, times, waitlist] = [KEPT, WHEN, WAITLIST].map((group) => group.map(field));
  const step = makeField({ kind: "select", name: "step", label: "Times are offered every", options: data.stepsOfTime.map((minutes) => [String(minutes), `${minutes} minutes`]), onchange: typed });
  const few = makeField({ kind: "text", name: "last_few", label: "'Last 2 today' from this number down", hint: "Only where it is true; 0 never says it.", longest: 2, onchange: typed });
  const policy = ["policy", "policy_es"].map((name) => makeField({ kind: "textarea", rows: 3, name, label: name === "policy" ? "In English" : "In Spanish", longest: LONGEST, onchange: () => { typed(); sample(); } }));
  const all = [...kept, ...times, ...waitlist, step, few, ...policy];
  const change = h("b");
  const samples = ["en", "es"].map((lang) => h("p", { lang, class: "policy-words" }));
  const agree = h("p", { class: "muted small" });
  const side = h("aside", { class: "calendar-preview" }, h("h3", {}, "What patients read"), h("p", { class: "muted small" }, "Under their visit, on the booking page."), samples, agree);

  function sample() {
    policy.forEach((one, turn) => put(samples[turn], one.value.trim() || h("span", { class: "muted" }, turn ? "Nothing in Spanish: they read the English words." : "Nothing.")));
  }
  const node = h("div", { class: "calendar-fields" }, h("div", { class: "fields" },
    h("section", {}, h("h3", {}, "How early, how late"), h("div", { class: "pairs" }, times.map((one) => one.node), step.node, few.node)),
    h("section", {}, h("h3", {}, "What is kept for how long"), h("div", { class: "pairs" }, kept.map((one) => one.node))),
    h("section", {}, h("h3", {}, "Waitlist"), h("div", { class: "pairs" }, waitlist.map((one) => one.node))),
    h("section", {}, h("h3", {}, "Policy on moving and cancelling"), h("div", { class: "pairs" }, policy.map((one) => one.node)))), side);

  return {
    node,
    read: () => Object.fromEntries(all.map((one) => [one.name, one.value])),
    write(body) {
      for (const one of all) one.value = String(body[one.name] ?? data.usualRules[one.name] ?? "");
      sample();
    },
    show({ problems, look }) {
      showFaults(new Map(all.map((one) => [one.name, one.error])), ofProblems(problems));
      say(change, look.change);
      put(agree, "Check that the words say what the rules do: free until ", change, " before.");
      show(agree, true);
    },
    errors: (found) => showFaults(new Map(all.map((one) => [one.name, one.error])), Object.entries(found)),
    enable(why) {
      for (const one of all) one.enable(why);
    },
  };
}

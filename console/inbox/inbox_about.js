// Facts about the lead beside its conversation: whose it is, what is due, what comes.
import { h, put, say } from "../parts/dom.js";
import { icon } from "../parts/icons.js";
import { dueWords, when } from "../parts/clock.js";

const LANGUAGES = { en: "English", es: "Spanish" };
const sentence = (words) => words[0].toUpperCase() + words.slice(1);

/** `on`: {hand(), works}. Gives {node, clear(link, ref), draw(rows, lead), tick(now), enable(reason)}. */
export function makeAbout(on) {
  const title = h("b", {});
  const link = h("span", {});
  const facts = h("dl", { class: "about-facts" });
  const due = h("dd", {});
  const hand = h("button", { class: "b", type: "button", onclick: on.hand }, icon("swap"), "Hand over");
  const node = h("aside", { class: "about", "aria-label": "About this lead", hidden: true }, h("div", { class: "about-head" }, title, link), facts, on.works && hand);
  let lead = null;

  const fact = (label, value) => value && [h("dt", {}, label), value instanceof Node ? value : h("dd", {}, value)];

  function draw(rows, next) {
    lead = next;
    const visit = lead.visits.find((one) => one.at && one.state === "booked");
    const values = [...rows.values()];
    const soonest = (kind, open) => values.filter((one) => one.kind === kind && open(one)).sort((a, b) => a.at - b.at)[0];
    const agreed = Object.fromEntries(rows.get("consent")?.standing || []);
    const came = Object.fromEntries(rows.get("request")?.facts || [])["Came by"];
    const language = rows.get("people")?.fields.language;
    const later = soonest("later", (one) => one.state === "planned");
    const task = soonest("task", () => true);
    put(facts,
      fact("Wants", lead.wants),
      fact("Owner", lead.ownerName || "Nobody yet"),
      fact("Next visit", visit && [when(visit.at), visit.place].filter(Boolean).join(", ")),
      lead.clock && fact(lead.clock.what, due),
      fact("Task", task && `${task.title}, ${when(task.at)}`),
      fact("Upcoming", later && `${later.title}, ${when(later.at)}`),
      fact("Texts", lead.closed || "May be texted"),
      !lead.closed && fact("Marketing", agreed.Marketing && sentence(agreed.Marketing)),
      fact("Prefers", [language && LANGUAGES[language], lead.prefers].filter(Boolean).join(", ")),
      fact("Came by", came),
      fact("Lead", lead.stateName));
    tick();
  }
  function tick() {
    if (lead?.clock) say(due, lead.clock.state === "paused" ? "Paused" : dueWords(lead.clock.due));
  }
  return {
    node,
    clear(open, ref) {
      lead = null;
      say(title, `Lead ${ref}`);
      put(link, open);
      put(facts);
    },
    draw,
    tick,
    enable(reason) {
      hand.disabled = !!reason;
      hand.title = reason;
    },
  };
}

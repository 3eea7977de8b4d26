// What a screen reader is told: politely at half the target, at one minute and at the target; urgent leads at once.
import { h, say } from "../parts/dom.js";

const MINUTE = 60_000;

export function makeSpeaker() {
  const polite = h("div", { class: "hidden-name", role: "status", "aria-live": "polite" });
  const now_ = h("div", { class: "hidden-name", role: "alert", "aria-live": "assertive" });
  const told = new Map(); // lead id -> how far its clock was when last looked at
  const urgent = new Set(); // told already: lead id and since when
  let ready = false;

  function level(lead, at) {
    if (!lead.clock || lead.clock.state !== "running") return 0;
    const left = lead.clock.due - at;
    if (left <= 0) return 3;
    if (left <= MINUTE) return 2;
    return left <= lead.clock.target / 2 ? 1 : 0;
  }
  const WORDS = { 1: "half of the time is gone", 2: "1 minute left", 3: "overdue" };

  return {
    node: h("div", {}, polite, now_),
    /** Each emergency is told once, whether the lead is new or its patient wrote just now. */
    heard(leads) {
      const fresh = leads.filter((lead) => lead.urgent && !lead.acknowledged && !urgent.has(`${lead.id}${lead.urgentSince}`));
      for (const lead of fresh) urgent.add(`${lead.id}${lead.urgentSince}`);
      if (fresh.length) say(now_, `Urgent: ${fresh.map((lead) => lead.name).join(", ")}`);
    },
    tick(leads, me, at) {
      const news = [];
      for (const lead of leads) {
        const reached = level(lead, at);
        const before = told.get(lead.id);
        told.set(lead.id, reached);
        if (ready && before !== undefined && reached > before && (!lead.owner || lead.owner === me)) news.push(`${lead.name}: ${WORDS[reached]}`);
      }
      ready = true;
      if (news.length) say(polite, news.slice(0, 3).join(". "));
    },
  };
}

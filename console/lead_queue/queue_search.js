// What a search found stands in the list instead of the queue, until the search is emptied.
import { remember } from "../parts/address.js";

const SHORTEST = 2;

/** `changed()` when the list is another one. Gives {search(text), asked, found (rows, or null), whole (no others match), over(leads) gives what is listed}. */
export function makeSearch(act, changed) {
  let found = null;
  let asked = "";
  let whole = true;

  async function search(text) {
    if (text === asked) return;
    asked = text;
    remember({ searched: text });
    if (text.length < SHORTEST) {
      found = null;
      changed();
      return;
    }
    const outcome = await act("search", { text });
    if (asked !== text) return;
    ({ rows: found, whole } = outcome.state === "done" ? outcome.value : { rows: [], whole: true });
    changed();
  }

  return {
    search,
    get asked() {
      return asked;
    },
    get found() {
      return found;
    },
    get whole() {
      return whole;
    },
    /** A found lead that is in the queue as well is shown as it is now. */
    over: (leads) => (found ? new Map(found.map((lead) => [lead.id, leads.get(lead.id) || lead])) : leads),
  };
}

// What a search found: by words in texts, which is quick, then by names and numbers, which reads further. It stands instead of the list.
import { h } from "../parts/dom.js";
import { date, now } from "../parts/clock.js";

const SHORTEST = 2;
const WHERE = "Searched: names, phone numbers, emails and references of every lead, and words that patients and staff wrote in texts of the last 12 months. Words are found whole, or by three letters and more; capitals and accents make no difference. Automatic texts are left out.";

/** `changed()` when other rows are found. Gives {search(text), text, on, groups(rows), busy, notes()}. */
export function makeSearch(act, changed) {
  let text = "";
  let words = null;
  let names = null;
  let failed = "";
  let turn = 0;

  async function look(action, mine) {
    const outcome = await act(action, { text });
    if (mine !== turn) return null;
    if (outcome.state !== "done") failed = outcome.words;
    return outcome.state === "done" ? outcome.value : { rows: [], whole: true };
  }
  async function search(wanted) {
    if (wanted === text) return;
    text = wanted;
    const mine = ++turn;
    words = names = null;
    failed = "";
    changed();
    if (text.length < SHORTEST) return;
    const heard = await look("words", mine);
    if (mine !== turn) return;
    words = heard;
    changed();
    const known = await look("names", mine);
    if (mine !== turn) return;
    names = known;
    changed();
  }
  return {
    search,
    get text() {
      return text;
    },
    get on() {
      return text.length >= SHORTEST;
    },
    get busy() {
      return text.length >= SHORTEST && (!words || !names) && !failed;
    },
    /** [[title, rows]] of what was found, a row as it is now where it is pushed. */
    groups(rows) {
      const known = (names?.rows || []).map((row) => rows.get(row.id) || row);
      const told = (words?.rows || []).map((row) => ({ ...(rows.get(row.id) || row), line: row.line, at: row.at, urgentSince: null, sought: text }));
      return [["People", known], ["In texts", told]].filter(([, found]) => found.length);
    },
    /** What to know of the search: how far it went, and where it looked. */
    notes() {
      const said = [];
      if (failed) said.push(failed);
      if (words?.since) said.push(`Older texts are still being read: searched back to ${date(Math.min(words.since, now()))} so far.`);
      else if (words && !words.whole) said.push("More texts match than are shown. Add a word.");
      if (names && !names.whole) said.push("More people may match. Add more letters, or search by number, email or reference.");
      return [...said.map((line) => h("p", { class: "muted small", role: "status" }, line)), h("p", { class: "muted small" }, WHERE)];
    },
  };
}

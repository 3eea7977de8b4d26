// What one writes in one thread, kept in the database 600 ms after the last key, and in this tab until it is there.
import { time } from "./clock.js";

const IDLE_MS = 600;
const NONE = 0;

/**
 * `kind`: text or note. `kept`: {body, revision, at} as the database has it, or undefined. `tab`: {get(), set(words)} of this tab.
 * `on`: {save(kind, body, revision) resolves to its outcome or null while it can't be sent, told(words), raced(words)}.
 */
export function makeKeptDraft(kind, kept, tab, on) {
  let revision = kept?.revision || NONE;
  let words = tab.get() || kept?.body || "";
  let saved = kept?.body || ""; // as the database has it
  let timer = 0;
  let saving = null;
  let raced = false;

  function later() {
    clearTimeout(timer);
    timer = setTimeout(save, IDLE_MS);
  }
  function save() {
    clearTimeout(timer);
    if (saving || raced || words === saved) return saving;
    saving = send(words).finally(() => { saving = null; });
    return saving;
  }
  async function send(body) {
    const outcome = await on.save(kind, body, revision);
    if (!outcome) return;
    if (outcome.state === "lost") {
      raced = true;
      on.raced(outcome.words);
    } else if (outcome.state === "done") {
      revision = outcome.value.revision;
      saved = body;
      if (words === body) tab.set("");
      on.told(body ? `draft saved ${time(outcome.value.at)}` : "");
      if (words !== body) later();
    } else on.told("draft kept in this tab only");
  }
  return {
    get words() {
      return words;
    },
    get revision() {
      return revision;
    },
    typed(next) {
      words = next;
      tab.set(next);
      later();
    },
    save,
    /** Nothing is under way any more, and `revision` is the one that the database has. */
    async settle() {
      clearTimeout(timer);
      if (saving) await saving;
    },
    /** It went out: the database has thrown it away. */
    gone() {
      clearTimeout(timer);
      words = saved = "";
      revision = NONE;
      tab.set("");
    },
    /** After a race: go on from what the database has now; `mine` keeps what stands here, else the other words are taken. */
    settleRace(now, mine) {
      raced = false;
      revision = now?.revision || NONE;
      saved = now?.body || "";
      if (!mine) words = saved;
      tab.set(mine ? words : "");
      if (mine) save();
      return words;
    },
    end: () => clearTimeout(timer),
  };
}

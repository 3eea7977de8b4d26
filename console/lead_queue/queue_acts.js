// What is done about a lead of the queue: sent by its id, answered in its row or in the panel, taken back for ten seconds.
import { go } from "../parts/address.js";
import { h } from "../parts/dom.js";
import { isLive } from "../parts/live.js";

const TONES = { lost: "blue", closed: "grey", refused: "amber", ended: "red", error: "red" };
const PENDING_MS = 300;

/** `on`: {act, list, peek, undo, atHand(id) says whether the panel shows that lead, nextDue()}. Gives {act(lead, action, fields, refused), ask(lead, action, fields), open(lead, ask)}. */
export function makeActs({ act, list, peek, undo, atHand, nextDue }) {
  function refuse(lead, outcome) {
    const tone = TONES[outcome.state] || "amber";
    const next = outcome.state === "lost" ? [
      h("button", { class: "b", type: "button", onclick: () => open(lead) }, "Open lead"),
      h("button", { class: "b primary", type: "button", onclick: nextDue }, "Next due")] : [];
    if (atHand(lead.id)) peek().answer(tone, outcome.words, next);
    else list().row(lead.id)?.say(tone, outcome.words, next);
  }

  function open(lead, ask = "") {
    go(`/lead?lead=${lead.ref}`, ask ? { ask } : {});
  }

  async function takeBack(lead, back, fields) {
    const outcome = await act(back.action, { id: lead.id, ...back });
    if (outcome.state !== "done") return refuse(lead, outcome);
    undo.tell(outcome.words || "Taken back");
    // Most who take a text back want to change it.
    if (back.action === "cancel_text" && fields.body) peek().forms.restore(lead, fields.body, atHand(lead.id));
    return undefined;
  }

  return {
    open,
    /** What an action looks up about a lead, or null where that was refused. */
    async ask(lead, action, fields = {}) {
      if (!lead || !isLive()) return null;
      const outcome = await act(action, { id: lead.id, ...fields });
      if (outcome.state === "done") return outcome.value;
      refuse(lead, outcome);
      return null;
    },
    /**
     * Send an action about one lead; whether it was done. The row changes when the push says so. `refused(fields)` takes what is
     * wrong with what was entered, by field; else it stands in the panel or the row.
     */
    async act(lead, action, fields = {}, refused = null) {
      if (!lead || !isLive()) return false;
      const busy = (on) => { list().row(lead.id)?.busy(on); peek().busy(on); };
      const spin = setTimeout(() => busy(true), PENDING_MS);
      const outcome = await act(action, { id: lead.id, ...fields });
      clearTimeout(spin);
      busy(false);
      if (outcome.state !== "done") {
        if (refused && Object.keys(outcome.fields || {}).length) refused(outcome.fields);
        else refuse(lead, outcome);
        return false;
      }
      list().row(lead.id)?.say("", "");
      peek().answer("", "");
      if (outcome.undo) undo.offer(outcome.words, () => takeBack(lead, outcome.undo, fields));
      else if (outcome.words) undo.tell(outcome.words);
      return true;
    },
  };
}

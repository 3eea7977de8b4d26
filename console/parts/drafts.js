// What a person has written and not sent, by lead: text, note, what a question was about to be answered with.
// It stays in this tab: words about a patient's health are neither sent nor kept on the machine's disk before somebody
// decides so, a reload and a new sign-in of the same person find them again, and signing out forgets them.

const PREFIX = "luxe.draft.";

/** The drafts of one person. `what` names the field: text, note, form, booked ... */
export function draftsOf(me) {
  const key = (lead, what) => `${PREFIX}${me}.${lead}.${what}`;
  return {
    get: (lead, what) => sessionStorage.getItem(key(lead, what)) || "",
    set(lead, what, words) {
      if (words) sessionStorage.setItem(key(lead, what), words);
      else sessionStorage.removeItem(key(lead, what));
    },
  };
}

/** Whoever signs out leaves nothing to the next person at this screen. */
export function forgetDrafts() {
  for (const key of Object.keys(sessionStorage)) if (key.startsWith(PREFIX)) sessionStorage.removeItem(key);
}

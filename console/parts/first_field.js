// Puts the cursor into the first empty field of the sign-in, so that one can type at once. Native forms have no such option.

const TRIES = 20; // the form's fields may come a moment later than this script
const CARD = ".st-key-sign_in_card input";

function focus(left) {
  const fields = [...document.querySelectorAll(CARD)];
  if (!fields.length) return left > 0 && setTimeout(focus, 50, left - 1);
  const busy = document.activeElement?.matches("input, textarea, [contenteditable]");
  if (!busy) (fields.find((field) => !field.value) || fields[0]).focus();
  return undefined;
}

export default () => {
  // On a phone the keyboard would cover the words below the form before anybody asked for it.
  if (window.matchMedia("(pointer: fine)").matches) focus(TRIES);
};

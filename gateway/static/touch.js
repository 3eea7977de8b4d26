// Tells the form that a hand was on the page. The form works without it; nothing else is looked at or sent.
const mark = document.querySelector("[data-touched]");
const seen = () => { if (mark) mark.value = "yes"; };
for (const kind of ["pointerdown", "keydown", "touchstart", "change"]) {
  document.addEventListener(kind, (event) => { if (event.isTrusted) seen(); }, { capture: true, passive: true, once: true });
}

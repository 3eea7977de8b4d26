// Ticks the time that is held, and says once that a person has the page before them. The page works without it.
const root = document.querySelector("[data-opened]");
let told = !root;
const tell = (event) => {
  if (told || !event.isTrusted) return; // a scanner that runs scripts touches nothing
  told = true;
  fetch(root.dataset.opened, { method: "POST", credentials: "same-origin", keepalive: true }).catch(() => {});
};
for (const kind of ["pointerdown", "pointermove", "touchstart", "keydown", "wheel"]) {
  document.addEventListener(kind, tell, { capture: true, passive: true });
}

const left = document.querySelector("[data-left]");
if (left) {
  const { seconds, total, speed, over, minute } = left.dataset;
  const ring = document.querySelector("[data-ring]");
  const voice = document.querySelector("[data-say]");
  const ends = performance.now() + (seconds / speed) * 1000;
  let said = seconds <= 60;
  const tick = () => {
    const rest = Math.max(0, Math.ceil(((ends - performance.now()) / 1000) * speed));
    left.textContent = `${Math.floor(rest / 60)}:${String(rest % 60).padStart(2, "0")}`;
    ring.setAttribute("stroke-dasharray", `${(100 * rest) / total} 100`);
    if (!said && rest <= 60) {
      said = true;
      voice.textContent = minute;
    }
    if (rest) setTimeout(tick, Math.min(1000, 1000 / speed));
    else location.replace(over);
  };
  left.hidden = false;
  tick();
}
// A page that comes back from the browser's memory may show what is another's by now.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});

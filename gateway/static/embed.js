// The widget's page: tells its frame how tall it is, shows the seconds that are left, and shows a service once it is
// chosen. The page works without any of it.
const widget = document.querySelector("[data-widget]");

if (widget && window.parent !== window) {
  let first = widget.hasAttribute("data-top");
  const tell = () => {
    // A height is no secret, and whose frame this is only its server knows: any parent may hear it.
    window.parent.postMessage({ luxeBookingHeight: widget.getBoundingClientRect().height, top: first }, "*");
    first = false;
  };
  new ResizeObserver(tell).observe(widget);
}

const service = document.querySelector("[data-service]");
if (service) {
  service.classList.add("scripted");
  service.addEventListener("change", () => service.submit());
}

const held = document.querySelector("[data-left]");
if (held && Number(held.dataset.left) > 0) {
  const ends = performance.now() + Number(held.dataset.left) * 1000;
  const clock = held.querySelector("[data-clock]");
  const ring = held.querySelector("[data-ring]");
  const tick = () => {
    const left = Math.max(0, Math.round((ends - performance.now()) / 1000));
    clock.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    ring.setAttribute("stroke-dasharray", `${(100 * left) / Number(held.dataset.whole)} 100`);
    if (left > 0) setTimeout(tick, 1000);
  };
  tick();
}

/* Puts the booking page into #luxe-booking-widget of the clinic's own site. No cookie, no storage, nothing of the page is
   read but its address, its language and where the visitor came from. Needs script-src and frame-src of this address. */
(() => {
  const script = document.currentScript;
  const home = new URL(script.src).origin;
  const PASSED_ON = /^(utm_\w+|gclid|gbraid|wbraid|fbclid|msclkid|ttclid)$/i;
  const TALLEST = 6000;

  function address(host) {
    const asked = new URL("/embed/book", home);
    const put = (name, value) => { if (value) asked.searchParams.set(name, value); };
    for (const [name, value] of new URLSearchParams(location.search)) {
      if (PASSED_ON.test(name)) put(name.toLowerCase(), value);
    }
    put("treatment", host.dataset.treatment);
    put("location", host.dataset.location);
    put("lang", host.dataset.lang || document.documentElement.lang.slice(0, 2));
    put("referrer", plain(document.referrer));
    put("on", location.origin + location.pathname);
    return asked.href;
  }

  function plain(referrer) {
    try {
      const from = new URL(referrer);
      return from.origin === location.origin ? "" : from.origin + from.pathname;
    } catch {
      return "";
    }
  }

  function build(host) {
    const frame = document.createElement("iframe");
    frame.src = address(host);
    frame.title = host.dataset.title || "Book a time";
    frame.referrerPolicy = "origin";
    Object.assign(frame.style, { display: "block", width: "100%", height: "640px", border: "0", colorScheme: "normal" });
    window.addEventListener("message", (event) => {
      if (event.origin !== home || event.source !== frame.contentWindow) return;
      const height = Number(event.data && event.data.luxeBookingHeight);
      if (!(height > 0)) return;
      frame.style.height = `${Math.min(Math.ceil(height), TALLEST)}px`;
      if (event.data.top && frame.getBoundingClientRect().top < 0) frame.scrollIntoView();
    });
    host.replaceChildren(frame);
  }

  function start() {
    const host = document.getElementById("luxe-booking-widget");
    if (host && !host.querySelector("iframe")) build(host);
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();

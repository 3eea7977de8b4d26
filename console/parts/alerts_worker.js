// The service worker that shows alerts while no page of the console is open. It keeps nothing and answers no request.
// What it shows came encrypted for this browser alone: a reference and a time, never a patient.

function read(event) {
  try {
    return event.data.json();
  } catch {
    return {}; // a browser wants every push shown, or takes the permission away
  }
}

self.addEventListener("install", () => self.skipWaiting());

self.addEventListener("push", (event) => {
  const told = read(event);
  const shown = self.registration.showNotification(String(told.title || "Luxe Follow-Up"), {
    body: String(told.body || "Open the console."),
    tag: String(told.tag || "alert"),
    renotify: true,
    requireInteraction: !!told.urgent,
    icon: "/favicon.png",
    data: { url: String(told.url || "/") },
  });
  event.waitUntil(shown);
});

// Only where a page may lie: an address of the web, as our own server wrote it.
function address(text) {
  const url = new URL(text, self.location.origin);
  return url.protocol === "https:" || url.protocol === "http:" ? url.href : self.location.origin;
}

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(self.clients.openWindow(address(event.notification.data?.url || "/")));
});

// Before a quiet page signs out it asks: its alarms must not vanish behind a sign-in form while somebody is in the room.
import { h, say } from "./dom.js";
import { onTick, speed } from "./clock.js";
import { status, stay } from "./live.js";
import { ring, sound } from "./sound.js";

const WARN_MS = 120_000;

/** The question, in the top layer; `leave` signs out. Returns how to stop asking. */
export function askBeforeIdle(root, leave) {
  const left = h("b", { class: "idle-left" });
  const dialog = h("dialog", { class: "idle", "aria-labelledby": "idle-title" },
    h("h2", { id: "idle-title" }, "Still there?"),
    h("p", {}, "Nobody has touched this page for a while. It signs out in ", left, "."),
    h("div", { class: "row-buttons" },
      h("button", { class: "b large", type: "button", onclick: leave }, "Sign out"),
      h("button", { class: "b large primary", type: "button", autofocus: true, onclick: stay }, "Stay signed in")));
  dialog.addEventListener("cancel", (event) => { event.preventDefault(); stay(); });
  root.append(dialog);
  const title = document.title;

  function tick(at) {
    const seconds = status.state === "live" && status.ends !== null ? Math.ceil((status.ends - at) / 1000 / speed()) : Infinity;
    const asks = seconds * 1000 <= WARN_MS;
    if (asks && !dialog.open) {
      dialog.showModal();
      document.title = "Still there? Luxe Follow-Up";
      if (sound.on) ring();
    }
    if (!asks && dialog.open) {
      dialog.close();
      document.title = title;
    }
    if (asks) say(left, `${Math.max(0, Math.floor(seconds / 60))}:${String(Math.max(0, seconds % 60)).padStart(2, "0")}`);
  }
  return onTick(tick);
}

// Starts the page: the line to the simulator, the clock, the dialogs.

import { byId, toast } from "./dom.js";
import { dayOf, plural, readNumber, timeOf, useZone } from "./format.js";
import { paintLines } from "./log.js";
import { paintPanel, setUpPanel } from "./panel.js";
import { paintRack, setUpRack } from "./rack.js";
import { connect, tell } from "./server.js";
import { now, state, take } from "./state.js";

function onMessage(message) {
  useZone(message.timezone);
  const changed = take(message);
  paintRack(changed);
  paintLines(message.lines, message.kind === "snapshot");
  paintPanel();
  paintClock();
}

function onState(live, pause) {
  document.body.dataset.live = live ? "yes" : "no";
  const words = live ? "Connected" : `Not connected, trying again in ${pause} s`;
  byId("connection").lastElementChild.textContent = words;
  for (const id of ["add-phone", "clear-all", "send-one", "send-many"]) byId(id).disabled = !live;
}

function paintClock() {
  const { speed } = state.clock;
  const reading = document.createElement("b");
  reading.textContent = `${dayOf(now())}, ${timeOf(now())}`;
  const pace = speed === 1 ? "" : `, ${speed.toLocaleString("en-US")} times as fast`;
  byId("clock").replaceChildren(reading, pace);
}

function setUpAddPhone() {
  const dialog = byId("add-dialog");
  const form = dialog.querySelector("form");
  const problem = dialog.querySelector(".problem");
  byId("add-phone").addEventListener("click", () => { form.reset(); problem.hidden = true; dialog.showModal(); });
  form.querySelector("[value=close]").addEventListener("click", () => dialog.close());
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const phone = readNumber(form.elements.number.value);
    try {
      if (!phone) throw new Error("Enter 10 digits, such as (407) 555-0114.");
      await tell("phones", { phone, name: form.elements.name.value });
      dialog.close();
    } catch (error) {
      problem.textContent = error.message;
      problem.hidden = false;
      form.elements.number.focus();
    }
  });
}

function setUpClear() {
  const dialog = byId("clear-dialog");
  byId("clear-all").addEventListener("click", () => {
    const { phones, texts } = state.totals;
    byId("clear-words").textContent =
      `${plural(phones, "phone")} with ${plural(texts, "text")} and the settings on the left go. This can't be undone.`;
    dialog.returnValue = "";
    dialog.showModal();
  });
  dialog.addEventListener("close", async () => {
    if (dialog.returnValue !== "clear") return;
    try {
      await tell("reset");
    } catch (error) {
      toast(error.message);
    }
  });
}

if (matchMedia("(max-width: 900px)").matches) {
  for (const part of document.querySelectorAll(".panel > details")) part.open = false;
}
setUpRack();
setUpPanel();
setUpAddPhone();
setUpClear();
setInterval(paintClock, 1000);
connect(onMessage, onState);

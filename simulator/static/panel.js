// The left panel: troubles for the next texts, timing, made-up forms.

import { byId, make, toast } from "./dom.js";
import { plural } from "./format.js";
import { stopForms, tell } from "./server.js";
import { ownerOf, state } from "./state.js";

const NAMES = {
  slow: "slow", too_many: "too many requests (429)", server_error: "server error (500)",
  drop: "accept, then drop the line", closed: "close the line at once", undelivered: "undelivered", failed: "failed",
};
const MANY = { count: 600, per_second: 20 };
let chosen = "";
// What the line under the forms speaks of: a stream of forms, or one that was just sent.
let told = "";

export function setUpPanel() {
  const faults = byId("faults");
  faults.addEventListener("submit", (event) => event.preventDefault());
  faults.addEventListener("change", (event) => (event.target.dataset.setting ? changeSetting(event.target) : changeFault(faults)));
  const forms = byId("forms");
  forms.addEventListener("submit", (event) => { event.preventDefault(); sendOne(forms); });
  forms.elements.what.addEventListener("change", () => paintForms());
  byId("send-many").addEventListener("click", () => (state.job?.running ? stopForms() : sendMany(forms)));
  forms.elements.person.addEventListener("focus", () => fillPeople(forms.elements.person));
}

export function paintPanel() {
  paintFaults();
  paintForms();
}

async function changeFault(form) {
  const { kind, scope, count, share, seconds, code } = form.elements;
  if (![count, share, seconds].every((field) => field.reportValidity())) return;
  const fault = { kind: kind.value };
  if (scope.value === "count") fault.count = Number(count.value);
  else fault.probability = Number(share.value) / 100;
  if (fault.kind === "slow") fault.ms = Math.round(Number(seconds.value) * 1000);
  if (fault.kind === "undelivered" || fault.kind === "failed") fault.code = Number(code.value);
  await change({ faults: fault.kind ? [fault] : [] });
}

async function changeSetting(field) {
  if (!field.reportValidity()) return;
  const value = field.type === "checkbox" ? field.checked : field.type === "number" ? Number(field.value) : field.value;
  await change({ [field.dataset.setting]: value });
}

async function change(update) {
  try {
    await tell("faults", update);
  } catch (error) {
    toast(error.message);
    paintFaults();
  }
}

function paintFaults() {
  const { faults } = state.behaviour;
  const form = byId("faults");
  const kind = faults[0]?.kind ?? "";
  // A fault that is used up, or was set elsewhere, moves the mark; typing is left alone.
  if (kind !== chosen || !form.contains(document.activeElement)) form.querySelector(`[name=kind][value="${kind}"]`).checked = true;
  chosen = kind;
  form.elements.code.hidden = !["undelivered", "failed"].includes(form.elements.kind.value);
  const line = byId("fault-state");
  line.textContent = faults.map(describe).join("; ");
  line.toggleAttribute("data-on", faults.length > 0);
  line.hidden = faults.length === 0;
  for (const field of form.querySelectorAll("[data-setting]")) {
    if (field === document.activeElement) continue;
    const value = state.behaviour[field.dataset.setting];
    if (field.type === "checkbox") field.checked = value;
    else field.value = value;
  }
}

function describe(fault) {
  const what = fault.kind === "slow" ? `slow by ${fault.ms / 1000} s` : NAMES[fault.kind];
  const code = fault.code && ["undelivered", "failed"].includes(fault.kind) ? ` ${fault.code}` : "";
  const whom = fault.only_to ? `, ${fault.only_to} only` : "";
  const share = fault.probability < 1 ? `${Math.round(fault.probability * 100)} % of texts` : "every text";
  const scope = fault.count ? `${plural(fault.count, "more text")}` : `${share} until switched off`;
  return `On: ${what}${code}, ${scope}${whom}`;
}

function paintForms() {
  const form = byId("forms");
  const job = state.job;
  form.elements.key.hidden = state.keyed || !form.elements.what.value.startsWith("generic");
  const many = byId("send-many");
  many.textContent = job?.running ? "Stop sending" : "Send 20 a second for 30 s";
  if (!job) {
    if (told === "job") say("", false);
    return;
  }
  if (told === "one" && !job.running) return;
  told = "job";
  const done = job.taken + job.refused + job.lost;
  const troubles = [job.refused && `${job.refused} refused`, job.lost && `${job.lost} without an answer`].filter(Boolean);
  say(`${done} of ${job.wanted} sent${troubles.length ? `, ${troubles.join(", ")}` : ""}`, troubles.length > 0);
}

function fillPeople(select) {
  const value = select.value;
  const named = [...state.phones.values()].filter(ownerOf).sort((one, two) => ownerOf(one).localeCompare(ownerOf(two)));
  select.replaceChildren(make("option", { value: "" }, "Made-up person"),
    ...named.slice(0, 100).map((phone) => make("option", { value: phone.number }, ownerOf(phone))));
  select.value = value;
}

function orderOf(form) {
  const [connector, name] = form.elements.what.value.split(" ");
  const phone = state.phones.get(form.elements.person.value);
  const order = { connector, form: name };
  if (phone) Object.assign(order, { phone: phone.number, name: ownerOf(phone) });
  if (!form.elements.key.hidden) order.key = form.elements.key.value.trim();
  return order;
}

async function sendOne(form) {
  told = "one";
  byId("send-one").disabled = true;
  try {
    const { sent, taken } = await tell("forms", orderOf(form));
    if (taken) say("Sent, and taken by the clinic", false);
    else say(sent.status ? `Refused (${sent.status}): ${sent.words}` : "The clinic's gateway did not answer", true);
  } catch (error) {
    say(error.message, true);
  } finally {
    byId("send-one").disabled = false;
  }
}

async function sendMany(form) {
  try {
    await tell("forms", { ...orderOf(form), ...MANY });
  } catch (error) {
    say(error.message, true);
  }
}

function say(words, bad) {
  const line = byId("form-state");
  line.textContent = words;
  line.toggleAttribute("data-bad", bad);
}

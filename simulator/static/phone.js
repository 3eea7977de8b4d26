// One phone: frame, thread, quick replies, reply field. The frame is built once, the thread is painted anew.

import { icon, make, toast } from "./dom.js";
import { dayOf, numberOf, plural, REASONS, stampOf } from "./format.js";
import { tell } from "./server.js";
import { now, ownerOf, state } from "./state.js";

const QUICK = ["1", "CALL", "BOOK", "STOP"];
const PICTURES = [["Cheek", "cheek"], ["Brow", "forehead"], ["Hand", "hand"]];
const QUIET_MINUTES = 10;
const LARGEST_FILE = 5 * 1024 * 1024;

export function buildPhone(phone) {
  const view = { number: phone.number };
  view.clinic = make("b");
  view.clinicNumber = make("span");
  view.thread = make("div", { class: "thread", role: "log", "aria-live": "off", tabindex: "0", "aria-label": "Texts" });
  view.quick = make("div", { class: "quick" });
  view.input = make("input", { "aria-label": "Reply", maxlength: "1600", autocomplete: "off", enterkeyhint: "send" });
  const reply = make("form", { class: "reply", onsubmit: (event) => submit(event, view) },
    view.input, make("button", { "aria-label": "Send reply" }, icon("up")));
  view.owner = make("b");
  view.chip = make("span", { class: "chip" });
  const shell = make("div", { class: "case" },
    make("header", {}, view.clinic, view.clinicNumber), view.thread, view.quick, reply);
  const owner = make("div", { class: "owner" }, view.owner, make("span", { class: "number" }, numberOf(phone.number)), view.chip);
  view.element = make("article", { class: "phone" }, shell, owner);
  showQuick(view);
  return view;
}

export function paintPhone(view, phone) {
  const owner = ownerOf(phone);
  const first = owner.split(" ")[0];
  view.clinic.textContent = state.clinic.name;
  view.clinicNumber.textContent = state.clinic.number;
  view.owner.textContent = owner || "No name yet";
  view.input.placeholder = first ? `Reply as ${first}` : "Reply";
  view.element.setAttribute("aria-label", `Phone of ${owner || "someone"}, ${numberOf(phone.number)}`);
  paintChip(view, phone);
  const atEnd = view.thread.scrollHeight - view.thread.scrollTop - view.thread.clientHeight < 60;
  view.thread.replaceChildren(...threadOf(phone));
  if (atEnd) view.thread.scrollTop = view.thread.scrollHeight;
}

function paintChip(view, phone) {
  const last = phone.texts.findLast((text) => !text.mine);
  const bad = last && isLost(last);
  const [kind, name, words] = phone.opted_out ? ["", "off", "opted out"]
    : bad ? ["bad", "alert", last.code ? `not delivered ${last.code}` : "not delivered"]
    : ["good", "check", plural(phone.total, "text")];
  view.chip.className = `chip ${kind}`;
  view.chip.hidden = phone.total === 0 && !phone.opted_out;
  view.chip.replaceChildren(icon(name), words);
}

const isLost = (text) => text.status === "undelivered" || text.status === "failed";
const isWaiting = (text) => ["accepted", "queued", "sent", "scheduled"].includes(text.status);

function threadOf(phone) {
  const parts = [];
  const today = now();
  let before = null;
  const lastDelivered = phone.texts.findLast((text) => !text.mine && text.status === "delivered");
  for (const text of phone.texts) {
    const at = new Date(text.at);
    if (!before || at - before > QUIET_MINUTES * 60000 || dayOf(at) !== dayOf(before)) {
      parts.push(make("div", { class: "stamp" }, stampOf(at, today)));
    }
    before = at;
    parts.push(bubbleOf(text), underOf(text, text === lastDelivered));
  }
  if (phone.opted_out) parts.push(make("div", { class: "note" }, "Opted out: texts are refused"));
  if (!phone.texts.length) parts.push(make("div", { class: "note" }, "No texts yet"));
  return parts.filter(Boolean);
}

function bubbleOf(text) {
  const kinds = [text.mine ? "mine" : "clinic"];
  if (isLost(text) || text.status === "canceled") kinds.push("lost");
  if (!text.mine && isWaiting(text)) kinds.push("waiting");
  if (text.origin === "twiml" || text.origin === "provider") kinds.push("marked");
  const pictures = text.pictures.map((picture) => picture.own
    ? make("img", { src: picture.href, alt: "Picture", loading: "lazy" })
    : make("a", { href: picture.href, target: "_blank", rel: "noreferrer" }, "Picture"));
  return make("div", { class: `bubble ${kinds.join(" ")}` }, ...pictures, text.body);
}

function underOf(text, isLastDelivered) {
  const under = (words, kind = "") => make("div", { class: `under ${text.mine ? "mine" : ""} ${kind}` }, words);
  if (isLost(text)) {
    const reason = REASONS[text.code];
    return under(`Not delivered${reason ? `: ${reason}` : ""} ${text.code ?? ""}`.trim(), "bad");
  }
  if (state.troubles.has(text.sid)) return under(state.troubles.get(text.sid), "bad");
  if (text.origin === "twiml") return under("Answer of the webhook", "marked");
  if (text.origin === "provider") return under("Provider's own answer", "marked");
  if (text.status === "scheduled") return under("Scheduled");
  if (text.status === "canceled") return under("Cancelled, not sent");
  if (!text.mine && isWaiting(text)) return under("On its way");
  return isLastDelivered ? under("Delivered") : null;
}

function showQuick(view) {
  const replies = QUICK.map((word) => make("button", { type: "button", onclick: () => send(view, { body: word }) }, word));
  const camera = make("button", { type: "button", class: "icon", "aria-label": "Send a picture", onclick: () => showPictures(view) }, icon("camera"));
  view.quick.replaceChildren(...replies, camera);
}

function showPictures(view) {
  const back = () => { showQuick(view); view.quick.lastChild.focus(); };
  const drawn = PICTURES.map(([label, name]) => make("button", { type: "button", onclick: () => { back(); send(view, { media: [name] }); } }, label));
  const file = make("input", { type: "file", accept: "image/*", hidden: true, onchange: () => { back(); sendFile(view, file.files[0]); } });
  const choose = make("button", { type: "button", onclick: () => file.click() }, "File");
  const close = make("button", { type: "button", class: "icon", "aria-label": "No picture", onclick: back }, icon("close"));
  view.quick.replaceChildren(...drawn, choose, file, close);
  drawn[0].focus();
}

function submit(event, view) {
  event.preventDefault();
  const body = view.input.value.trim();
  if (!body) return;
  view.input.value = "";
  send(view, { body });
}

async function sendFile(view, file) {
  if (!file) return;
  if (file.size > LARGEST_FILE) { toast("A picture message carries up to 5 MB. Choose a smaller file."); return; }
  const bytes = new Uint8Array(await file.arrayBuffer());
  let binary = "";
  for (let start = 0; start < bytes.length; start += 32768) binary += String.fromCharCode(...bytes.subarray(start, start + 32768));
  send(view, { media: [{ content_type: file.type, data: btoa(binary) }] });
}

async function send(view, reply) {
  view.thread.scrollTop = view.thread.scrollHeight;
  try {
    const told = await tell("reply", { phone: view.number, ...reply });
    if (told.gateway_status === 200 || told.gateway_status === 204) return;
    const words = told.gateway_status ? `The clinic refused it ${told.gateway_status}` : "The clinic did not answer";
    state.troubles.set(told.sid, words);
    const phone = state.phones.get(view.number);
    if (phone) paintPhone(view, phone);
  } catch (error) {
    toast(error.message);
    view.input.value ||= reply.body ?? "";
  }
}

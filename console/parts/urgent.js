// A patient who may be in danger, from the text that says so until a person has reached them; and the words for it.
import { h, say, show } from "./dom.js";
import { icon } from "./icons.js";
import { time, when } from "./clock.js";

/** Nobody has reached the patient yet. */
export const inAlarm = (lead) => !!lead.urgentSince && !lead.ended;

/** And nobody has acknowledged it either: people are told again and again. */
export const waitsForSomebody = (lead) => inAlarm(lead) && !lead.acknowledged;

/** 'Possible danger in a reply', then 'Acknowledged by Elena'. */
export function alarmTitle(lead) {
  if (!lead.acknowledged) return lead.urgentWhat;
  return lead.acknowledgedBy ? `Acknowledged by ${lead.acknowledgedBy.split(" ")[0]}` : "Acknowledged";
}

/** 'Possible danger in a reply, since 10:41 AM', then 'Acknowledged by Elena 10:44 AM. Reach the patient'. */
function alarmWords(lead, at) {
  const title = alarmTitle(lead);
  return lead.acknowledged ? `${title} ${when(lead.acknowledgedAt, at)}. Reach the patient` : `${title}, since ${when(lead.urgentSince, at)}`;
}

/** The line under a row's clock. */
export const alarmSince = (lead) => (inAlarm(lead) ? `urgent since ${time(lead.urgentSince)}` : "");

/** The note over a lead with its one button. `may`: the person's role may acknowledge. Gives {node, draw(lead, at), enable(reason)}. */
export function makeAlarm(may, acknowledge, style = "note urgent danger") {
  const words = h("span");
  const button = h("button", { class: "b", type: "button", onclick: acknowledge }, icon("check"), "Acknowledge");
  const node = h("div", { class: style, role: "alert", hidden: true }, icon("alert"), words, button);
  return {
    node,
    draw(lead, at) {
      show(node, inAlarm(lead));
      if (!inAlarm(lead)) return;
      say(words, alarmWords(lead, at));
      show(button, may && !lead.acknowledged);
    },
    enable(reason) {
      button.disabled = !!reason;
      button.title = reason;
    },
  };
}

// A step in a line: what it does, when, and for whom. `data` has the words of every code.
import { lengthWords, minutesOf } from "./spans.js";

const titleOf = (data, key) => data.templates.find((one) => one.key === key)?.title || key || "no template yet";

/** 'they have not replied and nothing is booked' */
export const conditionWords = (data, conditions) => conditions.map((one) => data.conditionWords[one] || one).join(" and ");

/** 'Pick a time', 'First call', 'Wait 2 h', 'Go on only if nothing is booked' */
export function whatWords(data, step) {
  const span = minutesOf(step.offset);
  const only = conditionWords(data, step.conditions || []);
  if (step.kind === "wait") return span ? `Wait ${lengthWords(span)}` : "Wait";
  if (step.kind === "condition") return `Go on only if ${only || "..."}`;
  if (step.kind === "exit") return only ? `Leave if ${only}` : "Everybody leaves";
  if (step.kind === "call_task") return step.title || "no title yet";
  return titleOf(data, step.template);
}

export const KINDS = { text: "Text", email: "Email", call_task: "Call" };

/** The same with what it is: 'Text: Pick a time' */
export const namedWords = (data, step) => (KINDS[step.kind] ? `${KINDS[step.kind]}: ${whatWords(data, step)}` : whatWords(data, step));

/** 'if no reply, no booking, between 10:00-18:00', 'by the manager', 'off', '' */
export function onlyWords(data, step) {
  if (step.on === false) return "off";
  const asks = ["condition", "exit"].includes(step.kind) ? [] : step.conditions || [];
  const parts = [asks.length && `if ${asks.map((one) => data.onlyIf[one] || one).join(", ")}`, step.window && `between ${step.window}`, step.to === "manager" && "by the manager"];
  return parts.filter(Boolean).join(", ");
}

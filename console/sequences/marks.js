// The sign of each kind of step: dashed circle an automatic text, envelope an email, square a call by a person, diamond a gate.
import { s } from "../parts/dom.js";

const SHAPES = {
  text: () => s("circle", { cx: 12, cy: 12, r: 8.5, class: "mark-machine" }),
  email: () => [s("rect", { x: 3, y: 6, width: 18, height: 12.5, rx: 2, class: "mark-machine" }), s("path", { d: "m4 7.5 8 6 8-6", class: "mark-machine line" })],
  call_task: () => s("rect", { x: 4, y: 4, width: 16, height: 16, rx: 3.5, class: "mark-person" }),
  wait: () => s("path", { d: "M9 6v12M15 6v12", class: "mark-line" }),
  condition: () => s("path", { d: "M12 2.5 21.500 12 12 21.500 2.500 12Z", class: "mark-gate" }),
  exit: () => [s("path", { d: "M12 2.5 21.500 12 12 21.500 2.500 12Z", class: "mark-gate" }), s("path", { d: "M8.500 12h7M12.800 9l2.700 3-2.700 3", class: "mark-line" })],
  off: () => [s("circle", { cx: 12, cy: 12, r: 8, class: "mark-line" }), s("path", { d: "m6.500 17.500 11-11", class: "mark-line" })],
};

export const KIND_NAMES = { text: "Text", email: "Email", call_task: "Call", wait: "Wait", condition: "Gate", exit: "Exit", off: "Off" };
export const kindOf = (step) => (step.on === false ? "off" : SHAPES[step.kind] ? step.kind : "text");

/** The sign of a step, `size` in pixels. */
export function mark(step, size = 22) {
  const kind = kindOf(step);
  return s("svg", { viewBox: "0 0 24 24", width: size, height: size, class: `mark ${kind}`, "aria-hidden": "true" }, SHAPES[kind]());
}

// An end of a shift that is dragged: in quarters of an hour, shown as it moves. Nothing is kept: whoever lets go decides in a form.
import { h, say } from "../parts/dom.js";
import { briefSpan } from "./spans.js";

const STEP = 15;

/**
 * Gives a shift's bar two ends to drag. `scale()` is {first, last} of the picture's day in minutes; `changed(span)` is called where
 * a drag ended elsewhere than it began; `held(yes)` while one is under way.
 */
export function letDrag(bar, words, span, { scale, changed, held }) {
  for (const side of [0, 1]) bar.append(h("i", { class: `edge ${side ? "end" : "start"}`, "aria-hidden": "true", onpointerdown: (event) => begin(event, side), onclick: (event) => event.stopPropagation() }));

  function begin(event, side) {
    if (event.button) return;
    event.preventDefault();
    event.stopPropagation();
    const edge = event.currentTarget;
    const room = bar.parentElement.getBoundingClientRect();
    const { first, last } = scale();
    let now = [...span];
    held(true);
    edge.setPointerCapture(event.pointerId);
    edge.onpointermove = (moved) => {
      const minutes = Math.round((first + ((moved.clientX - room.left) / room.width) * (last - first)) / STEP) * STEP;
      now = [...span];
      now[side] = side ? Math.min(last, Math.max(span[0] + STEP, minutes)) : Math.max(first, Math.min(span[1] - STEP, minutes));
      bar.style.left = `${((now[0] - first) / (last - first)) * 100}%`;
      bar.style.width = `${((now[1] - now[0]) / (last - first)) * 100}%`;
      say(words, briefSpan(now));
    };
    edge.onpointerup = edge.onpointercancel = (ended) => {
      edge.onpointermove = edge.onpointerup = edge.onpointercancel = null;
      held(false);
      if (ended.type === "pointerup" && now[side] !== span[side]) changed(now);
    };
  }
}

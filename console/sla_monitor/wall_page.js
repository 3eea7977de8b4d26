// The wall by its own address: no sign-in, no Streamlit around it. It follows one topic for as long as the link stands.
import { h, put } from "../parts/dom.js";
import { setZone } from "../parts/clock.js";
import { onStatus, open } from "../parts/live.js";
import { adopt } from "../parts/widget.js";
import { drawWall } from "./sla_wall.js";

const data = JSON.parse(document.getElementById("data").textContent);
const shadow = document.getElementById("wall").attachShadow({ mode: "open" });
const root = h("div", { class: "luxe" });

await adopt(shadow, new URL(data.styles, window.location.href), "sla_monitor/sla_board");
shadow.append(root);
setZone(data.zone);
drawWall({ root, data, end: () => {} });
onStatus((status) => {
  if (status.state !== "ended") return;
  put(root, h("div", { class: "wall wall-ended", popover: "manual" }, h("h1", {}, "This link has ended"), h("p", {}, "A manager makes a new one on the SLA monitor.")));
  root.firstChild.showPopover?.();
});
open("", `${window.location.pathname}/live`);

// One level as a sentence of fields: after how many minutes, whom to tell, what to do, unless somebody has acknowledged.
import { h, put, show } from "../parts/dom.js";
import { icon } from "../parts/icons.js";
import { makeField } from "../parts/fields.js";

/** Whole minutes as a number, what else was typed as it is, for the checks to say so. Pure. */
export const asMinutes = (typed) => (/^\d{1,6}$/.test(String(typed).trim()) ? Number(typed) : typed);
export const isOn = (value) => value === true || value === "true";

/** `on`: {typed(change), settled() the minutes are no longer typed, remove()}. Gives {node, errors(byPart, concern), enable(reason), number(n), focus()}. */
export function makeLevel(data, level, on) {
  let tell = [...(level.tell || [])];
  let does = [...(level.does || [])];
  let closed = "";
  const place = h("span", { class: "level-place", "aria-hidden": "true" });
  const minutes = makeField({ kind: "text", name: "after_minutes", label: "Minutes", longest: 6, value: String(level.after_minutes ?? ""), onchange: (typed) => on.typed({ after_minutes: asMinutes(typed) }) });
  minutes.input.inputMode = "numeric";
  minutes.input.addEventListener("change", () => on.settled());
  const told = h("div", { class: "level-told" });
  const add = h("select", { class: "field", "aria-label": "Tell somebody more", onchange: () => change("tell", [...tell, add.value]) });
  const boxes = data.does.map(([code, words]) => makeField({ kind: "checkbox", name: code, label: words, value: does.includes(code), onchange: (yes) => change("does", data.does.map(([one]) => one).filter((one) => (one === code ? yes : does.includes(one)))) }));
  const unless = makeField({ kind: "checkbox", name: "unless_acknowledged", label: "somebody has acknowledged", value: isOn(level.unless_acknowledged), onchange: (value) => on.typed({ unless_acknowledged: value }) });
  const wrong = h("p", { class: "field-error", role: "alert", hidden: true });
  const concern = h("p", { class: "level-concern", role: "status", hidden: true });
  const remove = h("button", { class: "b quiet level-remove", type: "button", onclick: () => on.remove() }, icon("trash", 16), h("span", { class: "hidden-name" }, "Remove this level"));
  const node = h("li", { class: "level" }, place,
    h("div", { class: "level-words" },
      h("div", { class: "level-line" }, h("span", { class: "level-after" }, "After"), minutes.node, h("span", {}, "minutes of opening hours"), remove),
      h("div", { class: "level-line" }, h("span", { class: "level-after" }, "tell"), told),
      h("div", { class: "level-line level-does" }, h("span", { class: "level-after" }, "and"), boxes.map((one) => one.node)),
      h("div", { class: "level-line level-does" }, h("span", { class: "level-after" }, "unless"), unless.node),
      wrong, concern));

  function change(part, codes) {
    if (part === "tell") tell = codes;
    else does = codes;
    on.typed({ [part]: codes });
    draw();
  }
  function chip([code, words, names]) {
    return h("span", { class: `told${names ? "" : " none"}` }, h("b", {}, words), h("span", { class: "muted" }, names || "nobody now"),
      !closed && h("button", { class: "told-drop", type: "button", "aria-label": `Do not tell: ${words}`, onclick: () => { change("tell", tell.filter((one) => one !== code)); add.focus(); } }, icon("close", 14)));
  }
  function draw() {
    const left = data.tell.filter(([code]) => !tell.includes(code));
    put(add, h("option", { value: "" }, tell.length ? "and whom else?" : "nobody of the staff"), left.map(([code, words, names]) => h("option", { value: code }, names ? `${words}: ${names}` : words)));
    show(add, !closed && left.length > 0);
    put(told, data.tell.filter(([code]) => tell.includes(code)).map(chip), closed && !tell.length && h("span", { class: "muted" }, "nobody of the staff"), add);
  }
  draw();
  return {
    node,
    number(n) {
      put(place, n);
      node.setAttribute("aria-label", `Level ${n}`);
    },
    errors(found, words) {
      if (found.after_minutes) minutes.input.setAttribute("aria-invalid", "true");
      else minutes.input.removeAttribute("aria-invalid");
      const first = found.after_minutes || Object.values(found)[0] || "";
      show(wrong, !!first);
      put(wrong, first && [icon("alert", 15), h("span", {}, first)]);
      show(concern, !!words && !Object.keys(found).length);
      put(concern, words && [icon("warning", 16), h("span", {}, words)]);
    },
    enable(reason) {
      closed = reason;
      for (const one of [minutes, unless, ...boxes]) one.enable(reason);
      show(remove, !reason);
      draw();
    },
    focus: () => minutes.focus(),
  };
}

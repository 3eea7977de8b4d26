// One policy: whom it holds for, how long there is, what that means; its fields below it once it is opened.
import { h, put, say, show } from "../parts/dom.js";
import { icon } from "../parts/icons.js";
import { makeField } from "../parts/fields.js";
import { lengthOf, readSpan, spanWords, UNITS, writeSpan } from "./spans.js";

const CONDITIONS = ["temperature", "form_type", "location", "occasion"];
const hasNone = (entry) => CONDITIONS.every((key) => !entry[key]);

/** Whether a policy holds for every lead. Pure. */
export const isForAll = hasNone;

/** `data` of the page; `place`: [target, index]. `on`: {typed(patch), remove(), up(), opened(), reason()}. Gives {node, follow(entry, examples), errors(found), open(), close()}. */
export function makeRow(data, entry, { target, first, last, only }, on) {
  const choices = { temperature: data.temperatures, form_type: data.forms, location: data.locations, occasion: data.occasions };
  const chips = h("span", { class: "p-chips" });
  const name = h("span");
  const kept = h("span", { class: "p-kept" });
  const length = h("i");
  const time = h("b", { class: "p-time" });
  const hours = h("span", { class: "p-hours muted small" });
  const means = h("span", { class: "p-means small" });
  const mark = h("span", { class: "p-mark" });
  const head = h("button", { class: "p-head", type: "button", "aria-expanded": "false", onclick: () => (fields.hidden ? open() : close()) },
    h("span", { class: "p-who" }, chips, h("span", { class: "muted small" }, name, kept)), h("span", { class: "p-long" }, h("span", { class: "p-bar", "aria-hidden": "true" }, length), h("span", {}, time, " ", hours)), means, mark);
  const fields = h("div", { class: "p-fields", hidden: true });
  const node = h("li", { class: "policy" }, head, fields);
  let made = null;
  let found = {};

  function follow(next, examples = []) {
    entry = next;
    const conditions = CONDITIONS.filter((key) => entry[key]);
    put(chips, conditions.length ? conditions.map((key) => h("span", { class: `chip p-${key}` }, choices[key].find(([code]) => code === entry[key])?.[1] || `${entry[key]} (not known)`)) : h("span", { class: "chip p-all" }, only ? "Every lead" : "Every other lead"));
    say(name, entry.name || "(no name yet)");
    say(time, spanWords(entry.minutes));
    say(hours, entry.at_any_hour ? "at any hour" : "of opening hours");
    head.classList.toggle("any-hour", !!entry.at_any_hour);
    length.style.width = `${(100 * lengthOf(entry.minutes)).toFixed(1)}%`;
    const [met, ended] = data.kept[`${target}.${entry.name}`] || [0, 0];
    say(kept, ended ? `, kept ${ended < 20 ? `${met} of ${ended}` : `${Math.round((100 * met) / ended)}% of ${ended}`}` : "");
    kept.title = ended ? `Clocks of this name that ended in the last ${data.keptDays} days` : "";
    put(means, examples.map(([from, due]) => h("span", { class: "p-example" }, h("span", { class: "muted" }, from), icon("forward", 13), due)));
  }
  function build() {
    const field = (spec) => makeField(spec);
    const title = field({ kind: "text", name: "name", label: "Name", longest: 60, value: entry.name, hint: "Stands beside its clocks.", onchange: () => on.typed({ name: title.value }) });
    const [amount0, unit0] = readSpan(entry.minutes);
    const amount = field({ kind: "text", name: "minutes", label: "How long", longest: 8, value: amount0, onchange: span });
    const unit = field({ kind: "select", name: "unit", label: "Unit", options: UNITS, value: unit0, onchange: span });
    const any = field({ kind: "checkbox", name: "at_any_hour", label: "Its time passes at any hour, at night and on closed days too", value: !!entry.at_any_hour, onchange: () => on.typed({ at_any_hour: any.value }) });
    const warn = field({ kind: "text", name: "warn_minutes", label: "Approaching after (minutes)", longest: 8, value: entry.warn_minutes ?? "", placeholder: "half of it", onchange: () => on.typed({ warn_minutes: warn.value || null }) });
    const asks = CONDITIONS.filter((key) => key !== "occasion" || data.occasioned.includes(target)).map((key) => field({ kind: "select", name: key, label: { temperature: "Temperature", form_type: "Form", location: "Location", occasion: "Occasion" }[key], options: [["", "Any"], ...choices[key]], value: entry[key] || "", onchange: (value) => on.typed({ [key]: value }) }));
    function span() {
      on.typed({ minutes: writeSpan(amount.value, unit.value) });
    }
    const all = [title, amount, unit, any, warn, ...asks];
    const bottom = last && hasNone(entry);
    const does = h("div", { class: "p-do" },
      h("button", { class: "b", type: "button", disabled: first || bottom, title: "Of equally specific ones the first is taken", onclick: on.up }, icon("up", 16), "Earlier"),
      h("button", { class: "b", type: "button", disabled: bottom, title: bottom ? "One has to hold for every lead" : "", onclick: on.remove }, icon("trash", 16), "Remove"));
    const when = h("div", { class: "p-conditions" }, asks.map((one) => one.node));
    put(fields, h("div", { class: "p-row" }, title.node, h("div", { class: "p-span" }, amount.node, unit.node), warn.node), bottom ? null : when, any.node, does);
    return { all, does };
  }
  function open() {
    made ||= build();
    const reason = on.reason();
    for (const one of made.all) one.enable(reason);
    show(made.does, !reason);
    show(fields, true);
    head.setAttribute("aria-expanded", "true");
    errors(found);
    on.opened();
  }
  function close() {
    show(fields, false);
    head.setAttribute("aria-expanded", "false");
  }
  function errors(next) {
    found = next;
    const words = Object.values(found);
    put(mark, words.length > 0 && [icon("alert", 16), h("span", { class: "small" }, words[0])]);
    head.classList.toggle("wrong", words.length > 0);
    for (const one of made?.all || []) one.error(found[one.name] || (one.name === "temperature" ? found.conditions || "" : ""));
  }

  follow(entry);
  return { node, follow, errors, open, close, focus: () => made?.all[0].focus(), isOpen: () => !fields.hidden, build: () => { made = null; if (!fields.hidden) open(); } };
}

// Every target with its policies, as the editor holds them: what each says at a glance, opened to be changed.
import { h, put, say, show } from "../parts/dom.js";
import { icon } from "../parts/icons.js";
import { isForAll, makeRow } from "./policy_row.js";

const PLACE = /^(\w+)\.(\d+)(?:\.(\w+))?$/;

/** `on`: {typed(), preview: a node, changed(body)}. Gives the fields as parts/editor.js takes them. */
export function makeFields(data, on) {
  let body = {};
  let examples = new Map();
  let problems = [];
  let closed = "";
  const rows = new Map(); // "first_contact.0" -> row
  const sections = data.groups.map(([title, targets]) => ({ title, targets: targets.map(section) }));
  const sum = h("p", { class: "muted small", role: "status" });
  const node = h("div", { class: "policy-columns" },
    h("div", { class: "policy-main" }, sum, sections.map(({ title, targets }) => h("section", { class: "policy-group" }, h("h2", {}, title), targets.map((one) => one.node)))), on.preview);

  function section([target, name, about]) {
    const list = h("ol", { class: "policies" });
    const wrong = h("p", { class: "field-error", role: "alert", hidden: true });
    const add = h("button", { class: "b quiet p-add", type: "button", onclick: () => addOne(target) }, icon("plus", 16), "Add an exception");
    return { target, list, wrong, add, node: h("section", { class: "target", "data-target": target }, h("div", { class: "target-head" }, h("h3", {}, name), h("span", { class: "muted small" }, about), add), wrong, list) };
  }
  const all = sections.flatMap((one) => one.targets);
  const entriesOf = (target) => (Array.isArray(body[target]) ? body[target] : []);

  function change(target, entries) {
    body = { ...body, [target]: entries };
    on.typed();
    on.changed(body);
  }
  function patch(target, index, part) {
    const entries = entriesOf(target).map((entry, at) => (at === index ? { ...entry, ...part } : entry));
    change(target, entries);
    // What it means follows from the server a moment later; nothing wrong stands there meanwhile.
    rows.get(`${target}.${index}`).follow(entries[index], []);
  }
  function addOne(target) {
    const entries = [...entriesOf(target)];
    const whole = entries.findIndex(isForAll);
    const at = whole < 0 ? entries.length : whole;
    const like = entries[whole] || { minutes: 60 };
    const occasion = data.occasioned.includes(target) ? { occasion: data.occasions[0][0] } : { temperature: data.temperatures[0][0] };
    entries.splice(at, 0, { ...occasion, name: "New exception", minutes: like.minutes, at_any_hour: !!like.at_any_hour });
    change(target, entries);
    draw(target);
    rows.get(`${target}.${at}`).open();
    rows.get(`${target}.${at}`).focus();
  }
  function move(target, index, to) {
    const entries = [...entriesOf(target)];
    const [one] = entries.splice(index, 1);
    if (to !== null) entries.splice(to, 0, one);
    change(target, entries);
    draw(target);
    if (to !== null) rows.get(`${target}.${to}`).open();
  }
  function draw(target) {
    const part = all.find((one) => one.target === target);
    const entries = entriesOf(target);
    for (const key of [...rows.keys()]) if (key.startsWith(`${target}.`)) rows.delete(key);
    put(part.list, entries.map((entry, index) => {
      const row = makeRow(data, entry, { target, first: index === 0, last: index === entries.length - 1, only: entries.length === 1 }, {
        typed: (change_) => patch(target, index, change_),
        remove: () => move(target, index, null),
        up: () => move(target, index, index - 1),
        opened: () => { for (const [key, other] of rows) if (key !== `${target}.${index}` && other.isOpen()) other.close(); },
        reason: () => closed,
      });
      rows.set(`${target}.${index}`, row);
      row.follow(entry, examples.get(`${target}.${index}`));
      return row.node;
    }));
    show(part.add, !closed);
  }
  function tell(found) {
    problems = found;
    const by = {};
    for (const { field, message } of found) {
      const [, target, index, part] = PLACE.exec(field) || [];
      if (target) (by[`${target}.${index}`] ||= {})[part || "name"] ||= message;
    }
    for (const [key, row] of rows) row.errors(by[key] || {});
    for (const { target, wrong } of all) {
      const words = found.find(({ field }) => field === target)?.message || "";
      show(wrong, !!words);
      put(wrong, words && [icon("alert", 15), h("span", {}, words)]);
    }
    say(sum, found.length ? `${found.length === 1 ? "1 thing bars" : `${found.length} things bar`} publishing` : "The most specific policy that holds for a lead is taken; of equally specific ones the first. Clocks that run keep the policy they began with.");
  }

  return {
    node,
    read: () => structuredClone(body),
    write(next) {
      body = structuredClone(next);
      const open = [...rows].filter(([, row]) => row.isOpen()).map(([key]) => key);
      for (const { target } of all) draw(target);
      for (const key of open) rows.get(key)?.open();
      tell(problems);
      on.changed(body);
    },
    show(seen) {
      examples = new Map(seen.look.map((one) => [one.place, one.examples]));
      for (const [key, row] of rows) {
        const [, target, index] = PLACE.exec(key);
        row.follow(entriesOf(target)[index], examples.get(key));
      }
      tell(seen.problems);
    },
    errors: (found) => tell(Object.entries(found).map(([field, message]) => ({ field, message }))),
    enable(reason) {
      if (closed === reason) return;
      closed = reason;
      for (const { add } of all) show(add, !closed);
      for (const row of rows.values()) if (row.isOpen()) row.open();
    },
    body: () => body,
  };
}

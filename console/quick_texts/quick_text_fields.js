// The fields of one quick text: title, wording with its variables, how long and how dear it is, how it reads.
import { h, put, say, show } from "../parts/dom.js";
import { icon } from "../parts/icons.js";
import { makeField } from "../parts/fields.js";
import { plain, sizeOf, sizeWords } from "../parts/segments.js";

/** `data`: {variables: [[name, what it is]], cents: a segment's price, me, edits, roles, places: [[code, words]]}. `typed()` is called at each change. */
export function makeFields(data, typed) {
  const title = makeField({ kind: "text", name: "title", label: "Title", hint: "Stands on its button above the box where a text is written.", longest: 60, onchange: typed });
  const body = makeField({ kind: "textarea", name: "body", label: "Wording", rows: 5, longest: 2000, onchange: () => { tidy(); typed(); } });
  body.input.classList.add("wording");
  const scope = makeField({ kind: "chips", name: "scope", label: "Who is offered it", options: [["clinic", "Everybody"], ["team", "A team"], ["personal", "Only me"]], onchange: () => { team(); typed(); } });
  const roles = makeField({ kind: "select", name: "roles", label: "Role", options: [["", "Every role"], ...data.roles], onchange: typed });
  const places = makeField({ kind: "select", name: "places", label: "Location", options: [["", "Every location"], ...data.places], onchange: typed });
  const whom = h("div", { class: "whom" }, scope.node, h("div", { class: "team" }, roles.node, places.node));
  const all = [title, body, scope, roles, places];
  let owner = "";
  function team() {
    show(roles.node.parentElement, scope.value === "team");
  }
  /** Nothing is said of a scope that is everybody's: what shipped says nothing either. */
  function whomWords() {
    if (scope.value === "team") return { scope: "team", roles: roles.value, places: places.value };
    return scope.value === "personal" ? { scope: "personal", owner: owner || data.me } : {};
  }
  const chips = data.variables.map(([name, about]) =>
    h("button", { class: "b variable", type: "button", title: about, onclick: () => insert(name) }, icon("plus", 14), name));
  const insertRow = h("div", { class: "variables", role: "toolbar", "aria-label": "Insert a variable" }, h("span", { class: "muted small" }, "Insert"), chips);
  const bars = h("span", { class: "meter-bars", "aria-hidden": "true" });
  const size = h("b");
  const cost = h("span", { class: "muted" });
  const odd = h("p", { class: "odd", hidden: true });
  const meter = h("div", { class: "meter", hidden: true }, size, bars, cost);
  const phone = h("div", { class: "phone", "aria-label": "How it reads" });
  const node = h("div", { class: "text-fields" },
    h("div", { class: "fields" }, title.node, body.node, meter, odd, insertRow, whom),
    h("section", { class: "reads" }, h("h3", {}, "How it reads"), phone));

  function tidy() {
    const straight = plain(body.value);
    if (straight === body.value) return;
    const at = body.input.selectionStart;
    body.value = straight;
    body.input.setSelectionRange(at, at);
  }
  function insert(name) {
    const area = body.input;
    area.setRangeText(`{{${name}}}`, area.selectionStart, area.selectionEnd, "end");
    area.focus();
    body.error("");
    typed();
  }
  /** The longest case counts: that is what is paid for. */
  function measure(texts) {
    const longest = [...texts].sort((a, b) => sizeOf(b.text).units - sizeOf(a.text).units)[0];
    show(meter, !!longest);
    show(odd, false);
    if (!longest) return;
    const found = sizeOf(longest.text);
    say(size, sizeWords(longest.text));
    say(cost, `about $${((found.segments * data.cents) / 100).toFixed(4)} a text`);
    put(bars, Array.from({ length: found.segments }, () => h("i")));
    bars.classList.toggle("many", found.segments > 1);
    show(odd, found.odd.length > 0);
    if (found.odd.length) say(odd, `${found.odd.slice(0, 4).join(" ")} makes each segment ${found.each} characters instead of 153.`);
  }

  return {
    node,
    read: () => ({ title: title.value.trim(), body: body.value, ...whomWords() }),
    write(values) {
      title.value = values.title || "";
      body.value = values.body || "";
      owner = values.owner || "";
      scope.value = values.scope || "clinic";
      roles.value = values.roles || "";
      places.value = values.places || "";
      team();
    },
    show({ problems, look }) {
      for (const field of all) field.error(problems.find((one) => one.field === field.name)?.message || "");
      put(phone, look.map((one) => [h("div", { class: "bubble patient" }, one.text), h("span", { class: "muted small" }, one.label)]),
        look.length === 0 && h("p", { class: "muted small" }, "Shown as soon as the wording can be read."));
      measure(look);
    },
    errors(found) {
      for (const field of all) if (found[field.name]) field.error(found[field.name]);
    },
    enable(reason) {
      for (const field of all) field.enable(reason);
      if (!reason && !data.edits) scope.enable("Managers and admins offer a quick text to others");
      show(insertRow, !reason);
    },
    focus: () => title.focus(),
  };
}

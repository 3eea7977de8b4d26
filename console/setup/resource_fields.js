// Rooms and devices by location, in the order in which visits are given them; under each location what it has nothing for.
import { h, put, say, show } from "../parts/dom.js";
import { icon } from "../parts/icons.js";
import { makeField } from "../parts/fields.js";
import { ofProblems } from "./faults.js";
import { byRow, makeFolded, moveButtons } from "./folding.js";
import { makeKeptRows } from "./kept_rows.js";

/** `data`: {resourceKinds}. `known(code)`: whether one is in use. `used()`: {places: [[slug, name]]}, the clinic's locations. */
export function makeFields(data, typed, known, used) {
  const list = h("div", { class: "places" });
  const wrong = h("span", { class: "field-error", role: "alert", hidden: true });
  const types = h("datalist", { id: "setup-types" });
  let unserved = {};
  const rows = makeKeptRows(list, { known, typed: changed, between: "-", arrange, beside: (one, other) => one.values.location === other.values.location,
    words: { retire: "Retire", again: "Use again", about: "No new visit is given it; those of before keep it" } });
  const lacking = new Map(); // by location: where it says what it has nothing for

  function changed() {
    typed();
    for (const row of rows.all) if (row.isOpen) row.draw();
  }
  /** A location each, then those that are at none we know. */
  function arrange(all) {
    const places = used().places;
    const known_ = new Set(places.map(([slug]) => slug));
    const strays = all.filter((row) => !known_.has(row.values.location));
    lacking.clear();
    return [...places.map(([slug, name]) => group(slug, name, all.filter((row) => row.values.location === slug))), strays.length && group("", "At a location that is not open", strays)].filter(Boolean);
  }
  function group(slug, name, mine) {
    const lack = h("ul", { class: "unserved" });
    lacking.set(slug, lack);
    told(slug);
    const add = (kind, words) => h("button", { class: "b", type: "button", disabled: !!reason, onclick: () => rows.add(resource({ code: "", label: "", kind, location: slug, types: [], retired: false })) }, icon("plus", 14), words);
    return h("section", { class: "place-group" }, h("h3", {}, name), mine.length ? h("div", { class: "folds" }, mine.map((row) => row.node)) : h("p", { class: "muted small" }, "Nothing yet: what needs a room can't be booked here."), lack,
      slug && h("div", { class: "row-buttons" }, add("room", "Add a room"), add("device", "Add a device")));
  }
  function told(slug) {
    put(lacking.get(slug), (unserved[slug] || []).map((words) => h("li", {}, icon("alert", 14), h("span", {}, words))));
  }
  let reason = "";
  let drawn = "";

  function specs(values) {
    const places = used().places;
    const here = places.some(([slug]) => slug === values.location) ? places : [["", "Choose one"], ...places];
    const made = {
      label: makeField({ kind: "text", name: "label", label: "Name", value: values.label, longest: 60, onchange: changed }),
      kind: makeField({ kind: "select", name: "kind", label: "Kind", options: data.resourceKinds, value: values.kind, onchange: changed }),
      location: makeField({ kind: "select", name: "location", label: "Location", options: here, value: values.location, onchange: () => { changed(); rows.draw(); made.location.focus(); } }),
      types: makeField({ kind: "text", name: "types", label: "What it is for", hint: "Words that services ask for, with commas between: treatment, laser.", value: (values.types || []).join(", "), longest: 300, onchange: changed }),
    };
    made.types.input.setAttribute("list", "setup-types");
    const text = made.types;
    // A list in the body, one line on the screen.
    const types_ = { ...text, node: text.node, get value() { return text.value.split(",").map((one) => one.trim()).filter(Boolean); } };
    return { ...made, types: types_ };
  }
  function resource(values) {
    return makeFolded({ values, specs, lay: (f) => h("div", { class: "pairs" }, f.label.node, f.kind.node, f.types.node, f.location.node),
      told: (now) => ({ title: now.label || `New ${now.kind}`, words: (now.types || []).join(", "), chips: [now.retired && "Retired", now.kind === "device" && "Device"].filter(Boolean) }),
      buttons: (row) => ({ moves: moveButtons(row, (by) => rows.swap(row, by)), ends: rows.buttons(row) }) });
  }
  function mark(faults) {
    const found = byRow("resources", faults);
    rows.all.forEach((row, number) => row.faults(found.get(number) || new Map()));
    const own = [...(found.get("") || new Map()).values()].join(" ");
    say(wrong, own);
    show(wrong, !!own);
  }

  const node = h("div", { class: "fields" }, types, h("p", { class: "muted small" }, "A visit is given the first one here that is free. What is away for a day is blocked in the calendar."), list, wrong);
  return {
    node,
    read() {
      const codes = rows.codes();
      return { resources: rows.all.map((one, number) => one.read(codes[number])) };
    },
    write(body) {
      const open = rows.all.filter((row) => row.isOpen).map((row) => row.code);
      rows.put((body.resources || []).map((one) => resource({ types: [], ...one })));
      for (const row of rows.all) if (open.includes(row.code)) row.open(true);
    },
    /** What is in use beside it was read anew: locations may have come or gone. */
    heard() {
      const places = JSON.stringify(used().places);
      if (places !== drawn) rows.draw();
      else rows.enable(reason);
      drawn = places;
    },
    show({ problems, look }) {
      mark(ofProblems(problems));
      unserved = look.places;
      for (const slug of lacking.keys()) told(slug);
      put(types, [...new Set([...look.rooms, ...look.devices])].map((type) => h("option", { value: type })));
    },
    errors: (found) => mark(Object.entries(found)),
    enable(why) {
      reason = why;
      rows.enable(why);
      for (const button of list.querySelectorAll(".place-group > .row-buttons .b")) button.disabled = !!why;
    },
  };
}

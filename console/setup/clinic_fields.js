// The fields of the clinic: what it is called, how it is reached, its locations, what it answers while it is closed.
import { h, put, say, show } from "../parts/dom.js";
import { icon } from "../parts/icons.js";
import { makeField } from "../parts/fields.js";
import { ofProblems, showFaults } from "./faults.js";
import { makeKeptRows } from "./kept_rows.js";

const PLAIN = [
  { kind: "text", name: "name", label: "Name", hint: "As patients know it.", longest: 60 },
  { kind: "text", name: "short_name", label: "Short name", hint: "Texts begin with it.", longest: 20 },
  { kind: "text", name: "legal_name", label: "Legal name", hint: "Consent boxes name it.", longest: 60 },
  { kind: "phone", name: "phone", label: "Number", hint: "The one that patients call." },
  { kind: "phone", name: "on_call_phone", label: "Number at night", hint: "For something urgent while the clinic is closed. Empty: the number above.", optional: true },
  { kind: "text", name: "website", label: "Website", hint: "Its pages may show our forms.", longest: 300 },
];

/** A number as people write it: '+15125550142' is '(512) 555-0142'. */
const dialled = (words) => words.replace(/^\+1(\d{3})(\d{3})(\d{4})$/, "($1) $2-$3");

/** `data`: {languages, links}. `known(slug)`: whether a location is in use, which is retired and never removed. */
export function makeFields(data, typed, known) {
  const plain = PLAIN.map((spec) => makeField({ ...spec, onchange: typed }));
  const language = makeField({ kind: "select", name: "language", label: "Language", hint: "Of texts to who never said theirs.", options: data.languages, onchange: typed });
  const month = makeField({ kind: "text", name: "texts_a_month", label: "Marketing texts a month", hint: "At most; consent boxes say it.", longest: 3, onchange: typed });
  const links = data.links.map(([code, words]) => makeField({ kind: "text", name: `links.${code}`, label: words, optional: true, longest: 300, onchange: typed }));
  const answer = makeField({ kind: "checkbox", name: "after_hours.answer", label: "Answer a patient's first text while closed, with when it opens", onchange: typed });
  const atWork = makeField({ kind: "text", name: "after_hours.at_work_minutes", label: "Minutes that somebody who texted counts as at work", longest: 3, onchange: typed });
  const all = [...plain, language, month, ...links, answer, atWork];
  const list = h("div", { class: "locations" });
  const add = h("button", { class: "b", type: "button", onclick: () => places.add(place({ slug: "", name: "", address: "", zips: [], retired: false })) }, icon("plus", 14), "Add a location");
  const wrong = h("span", { class: "field-error", role: "alert", hidden: true });
  const sample = h("div", { class: "bubble patient" });
  const sampleBox = h("aside", { class: "calendar-preview" }, h("h3", {}, "How a text begins"), sample);
  const places = makeKeptRows(list, { known, typed, between: "-", words: { retire: "Retire", again: "Offer it again", about: "No new lead goes there; those of before keep it" } });

  function place(values) {
    const name = makeField({ kind: "text", name: "name", label: "Name", value: values.name, longest: 60, onchange: typed });
    const address = makeField({ kind: "text", name: "address", label: "Address", value: values.address, longest: 200, onchange: typed });
    const zips = makeField({ kind: "text", name: "zips", label: "ZIP codes nearest to it", hint: "Or their first digits, with commas between: 787, 78613.", value: (values.zips || []).join(", "), longest: 400, onchange: typed });
    const zone = makeField({ kind: "text", name: "zone", label: "Time zone", hint: "Only where it is not the clinic's: America/Denver.", value: values.zone || "", longest: 40, optional: true, onchange: typed });
    const movesTo = makeField({ kind: "select", name: "moves_to", label: "Who works there goes to", options: [["", "Choose where"]], value: values.moves_to || "", onchange: (chosen) => { made.movesTo = chosen; typed(); } });
    const leaves = h("p", { class: "muted small" });
    const going = h("div", { class: "going", hidden: true }, leaves, movesTo.node);
    const usual = h("input", { type: "radio", name: "usual-location", onchange: () => { for (const other of places.all) other.usual.checked = other === made; typed(); } });
    const made = {
      code: values.slug,
      movesTo: values.moves_to || "",
      retired: values.retired === true,
      usual,
      name: () => name.value,
      read: (slug) => ({ slug, name: name.value, address: address.value, zips: zips.value.split(",").map((zip) => zip.trim()).filter(Boolean), retired: made.retired, ...(zone.value.trim() ? { zone: zone.value.trim() } : {}), ...(made.retired && made.movesTo ? { moves_to: made.movesTo } : {}) }),
      fields: { name, address, zips, zone, moves_to: movesTo },
      /** What retiring it leaves, in the server's words; undefined where it is not retired by this draft. */
      leave(words) {
        show(going, made.retired && words !== undefined);
        say(leaves, words || "");
        const others = places.all.filter((one) => one !== made && !one.retired && known(one.code)).map((one) => [one.code, one.name()]);
        put(movesTo.input, [["", "Choose where"], ...others].map(([code, name_]) => h("option", { value: code }, name_)));
        movesTo.value = made.movesTo;
      },
      focus: () => name.focus(),
      enable: (why) => { for (const field of [name, address, zips, zone, movesTo]) field.enable(why); },
      marked: (why) => { usual.disabled = !!why || made.retired; },
    };
    made.node = h("div", { class: "location-card" }, h("div", { class: "pair" }, name.node, address.node), h("div", { class: "pair" }, zips.node, zone.node),
      h("div", { class: "location-do" }, h("label", { class: "chip-choice" }, usual, "Usual location: for leads that name none"), places.buttons(made)), going);
    return made;
  }
  function registered() {
    const found = new Map(all.map((field) => [field.name, field.error]));
    const tell = (words) => { show(wrong, !!words); say(wrong, words); };
    found.set("locations", tell);
    found.set("default_location", tell);
    places.all.forEach((one, number) => { for (const [name, field] of Object.entries(one.fields)) found.set(`locations.${number}.${name}`, field.error); });
    return found;
  }

  const node = h("div", { class: "calendar-fields" },
    h("div", { class: "fields" },
      h("section", {}, h("h3", {}, "Name and number"), h("div", { class: "pairs" }, plain.map((field) => field.node))),
      h("section", {}, h("h3", {}, "Locations"), list, wrong, add),
      h("section", {}, h("h3", {}, "Texts"), h("div", { class: "pairs" }, language.node, month.node), answer.node, atWork.node),
      h("section", {}, h("h3", {}, "Pages that texts may lead to"), h("div", { class: "pairs" }, links.map((field) => field.node)))),
    sampleBox);

  return {
    node,
    read() {
      const codes = places.codes();
      const usual = places.all.findIndex((one) => one.usual.checked);
      return {
        ...Object.fromEntries(plain.map((field) => [field.name, field.value])),
        language: language.value,
        texts_a_month: month.value,
        links: Object.fromEntries(data.links.map(([code], turn) => [code, links[turn].value])),
        after_hours: { answer: answer.value, at_work_minutes: atWork.value },
        default_location: codes[usual] || "",
        locations: places.all.map((one, number) => one.read(codes[number])),
      };
    },
    write(body) {
      for (const field of plain) field.value = dialled(body[field.name] || "");
      language.value = body.language || "en";
      month.value = String(body.texts_a_month ?? "");
      data.links.forEach(([code], turn) => { links[turn].value = body.links?.[code] || ""; });
      answer.value = body.after_hours?.answer === true;
      atWork.value = String(body.after_hours?.at_work_minutes ?? "");
      places.put((body.locations || []).map(place));
      for (const one of places.all) one.usual.checked = one.code === body.default_location;
    },
    show({ problems, look }) {
      showFaults(registered(), ofProblems(problems));
      for (const one of places.all) one.leave((look.retiring || {})[one.code]);
      show(sampleBox, !!look.text);
      say(sample, look.text);
    },
    errors: (found) => showFaults(registered(), Object.entries(found)),
    enable(why) {
      for (const field of all) field.enable(why);
      show(add, !why);
      places.enable(why);
    },
  };
}

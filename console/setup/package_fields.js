// Packages: several visits of one service for one price, with what that saves.
import { h, say, show } from "../parts/dom.js";
import { icon } from "../parts/icons.js";
import { makeField } from "../parts/fields.js";
import { ofProblems } from "./faults.js";
import { byRow, makeFolded, moveButtons } from "./folding.js";
import { makeKeptRows } from "./kept_rows.js";

/** `known(code)`: whether one is in use. `used()`: {services: [[code, label]]}. */
export function makeFields(_data, typed, known, used) {
  const list = h("div", { class: "folds" });
  const wrong = h("span", { class: "field-error", role: "alert", hidden: true });
  const add = h("button", { class: "b", type: "button", onclick: () => rows.add(pack({ code: "", label: "", es: "", service: used().services[0]?.[0] || "", visits: "3", price: "", retired: false })) }, icon("plus", 14), "Add a package");
  const rows = makeKeptRows(list, { known, typed: changed, between: "-", words: { retire: "Retire", again: "Offer again", about: "Booking pages offer it no more" } });
  let saves = {};
  let reason = "";

  function changed() {
    typed();
    for (const row of rows.all) if (row.isOpen) row.draw();
  }
  const named = (code) => used().services.find(([one]) => one === code)?.[1] || code;
  function specs(values) {
    const services = used().services;
    const here = services.some(([code]) => code === values.service) ? services : [[values.service, values.service || "Choose one"], ...services];
    const one = (kind, name, label, more = {}) => makeField({ kind, name, label, value: String(values[name] ?? ""), onchange: changed, ...more });
    return { label: one("text", "label", "Name", { longest: 60 }), es: one("text", "es", "In Spanish", { longest: 60 }), service: one("select", "service", "Service", { options: here }),
      visits: one("text", "visits", "Visits", { longest: 2 }), price: one("money", "price", "Price of all", { longest: 6 }) };
  }
  function pack(values) {
    const saved = h("span", { class: "saves" });
    const row = makeFolded({ values, specs, lay: (f) => [h("div", { class: "pairs" }, f.label.node, f.es.node, f.service.node), h("div", { class: "fold-numbers" }, f.visits.node, f.price.node, saved)],
      told: (now) => ({ title: now.label || "New package", words: [`${now.visits} x ${named(now.service)}`, now.price && `$${Number(now.price).toLocaleString("en-US")}`, (saves[values.code] || "").replace("Saves", "saves")].filter(Boolean).join(", "), chips: now.retired ? ["Retired"] : [] }),
      buttons: (made) => ({ moves: moveButtons(made, (by) => rows.swap(made, by)), ends: rows.buttons(made) }) });
    row.saves = (words) => { saves[values.code] = words; say(saved, words); row.draw(); };
    return row;
  }
  function mark(faults) {
    const found = byRow("packages", faults);
    rows.all.forEach((row, number) => row.faults(found.get(number) || new Map()));
    const own = [...(found.get("") || new Map()).values()].join(" ");
    say(wrong, own);
    show(wrong, !!own);
  }

  return {
    node: h("div", { class: "fields" }, h("p", { class: "muted small" }, "Shown beside the single visit, with what it saves against so many of them. Nothing is paid here: the front desk sells it."), list, wrong, add),
    read() {
      const codes = rows.codes();
      return { packages: rows.all.map((one, number) => one.read(codes[number])) };
    },
    write(body) {
      const open = rows.all.filter((row) => row.isOpen).map((row) => row.code);
      saves = {};
      rows.put((body.packages || []).map((one) => pack({ es: "", ...one })));
      for (const row of rows.all) if (open.includes(row.code)) row.open(true);
    },
    /** What is in use beside it was read anew: services may be called otherwise. */
    heard: () => rows.enable(reason),
    show({ problems, look }) {
      mark(ofProblems(problems));
      rows.all.forEach((row, number) => row.saves(look.saves[number] || ""));
    },
    errors: (found) => mark(Object.entries(found)),
    enable(why) {
      reason = why;
      show(add, !why);
      rows.enable(why);
    },
  };
}

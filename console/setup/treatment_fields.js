// What the clinic offers: a line each, in the order in which forms offer them.
import { h, put, say, show } from "../parts/dom.js";
import { icon } from "../parts/icons.js";
import { makeField } from "../parts/fields.js";
import { ofProblems, showFaults } from "./faults.js";
import { makeKeptRows } from "./kept_rows.js";

/** `data`: {undecided}. `known(code)`: whether one is in use, which is retired and never removed. */
export function makeFields(data, typed, known) {
  const list = h("div", { class: "offers" });
  const wrong = h("span", { class: "field-error", role: "alert", hidden: true });
  const add = h("button", { class: "b", type: "button", onclick: () => offers.add(offer({ code: "", label: "", es: "", group: "", value: "", also: [], retired: false })) }, icon("plus", 14), "Add a treatment");
  const skills = h("ul", { class: "skills" });
  const groups = h("datalist", { id: "setup-groups" });
  const offers = makeKeptRows(list, { known, typed, between: "_", words: { retire: "Retire", again: "Offer again", about: "Forms offer it no more; leads of before keep it" }, forever: (row) => row.code === data.undecided });

  function offer(values) {
    const fields = {
      label: makeField({ kind: "text", name: "label", label: "Name", value: values.label, longest: 60, onchange: typed }),
      es: makeField({ kind: "text", name: "es", label: "In Spanish", value: values.es || "", longest: 60, onchange: typed }),
      group: makeField({ kind: "text", name: "group", label: "Skill it needs", value: values.group, longest: 40, onchange: typed }),
      value: makeField({ kind: "money", name: "value", label: "Usual value", value: String(values.value ?? ""), longest: 6, onchange: typed }),
      also: makeField({ kind: "text", name: "also", label: "Other spellings in forms", value: (values.also || []).join(", "), longest: 600, onchange: typed }),
    };
    fields.group.input.setAttribute("list", "setup-groups");
    const up = h("button", { class: "b quiet", type: "button", "aria-label": `Move ${values.label || "it"} up`, onclick: () => move(-1) }, icon("up", 14));
    const down = h("button", { class: "b quiet", type: "button", "aria-label": `Move ${values.label || "it"} down`, onclick: () => move(1) }, icon("down", 14));
    const made = {
      code: values.code,
      retired: values.retired === true,
      fields,
      name: () => fields.label.value,
      read: (code) => ({ code, label: fields.label.value, es: fields.es.value, group: fields.group.value, value: fields.value.value, also: fields.also.value.split(",").map((one) => one.trim()).filter(Boolean), retired: made.retired }),
      focus: () => fields.label.focus(),
      enable(why) {
        for (const field of Object.values(fields)) field.enable(why);
        for (const button of [up, down]) button.disabled = !!why;
      },
    };
    made.node = h("div", { class: "offer" }, fields.label.node, fields.es.node, fields.group.node, fields.value.node, fields.also.node, h("div", { class: "offer-do" }, up, down, offers.buttons(made)));
    function move(by) {
      if (offers.swap(made, by)) (by < 0 ? up : down).focus();
    }
    return made;
  }
  function registered() {
    const found = new Map([["treatments", (words) => { show(wrong, !!words); say(wrong, words); }]]);
    offers.all.forEach((one, number) => { for (const [name, field] of Object.entries(one.fields)) found.set(`treatments.${number}.${name}`, field.error); });
    return found;
  }

  const node = h("div", { class: "fields" }, groups,
    h("p", { class: "muted small" }, "In the order in which forms offer them. The skill decides who is given a lead; the usual value weighs it."),
    list, wrong, add, h("section", {}, h("h3", {}, "Skills that staff need"), skills));

  return {
    node,
    read() {
      const codes = offers.codes();
      return { treatments: offers.all.map((one, number) => one.read(codes[number])) };
    },
    write(body) {
      offers.put((body.treatments || []).map(offer));
    },
    show({ problems, look }) {
      showFaults(registered(), ofProblems(problems));
      put(groups, look.groups.map(([group]) => h("option", { value: group })));
      put(skills, look.groups.map(([group, labels]) => h("li", {}, h("b", {}, group.replaceAll("_", " ")), h("span", { class: "muted" }, ` ${labels.join(", ")}`))));
    },
    errors: (found) => showFaults(registered(), Object.entries(found)),
    enable(why) {
      show(add, !why);
      offers.enable(why);
    },
  };
}

// The fields of one template: what it is about, its wordings side by side with how they read, and where it is used.
import { h, put, say, show } from "../parts/dom.js";
import { icon } from "../parts/icons.js";
import { makeField } from "../parts/fields.js";
import { makePerson } from "../parts/person.js";
import { makeLanguage, shortName } from "./template_language.js";
import { makePicker } from "./template_picker.js";
import { mended } from "./template_wording.js";

const OFTEN = ["firstName", "clinicShortName", "staffName", "bookingUrl", "appointmentDateTime", "clinicPhone"];

function counted(findings, level) {
  const many = findings.filter((one) => one.level === level).length;
  return many ? `${many} ${many === 1 ? level : `${level}s`}` : "";
}

/** '2 errors bar publishing, 1 warning' */
export function sumWords(findings) {
  const errors = counted(findings, "error");
  const warnings = counted(findings, "warning");
  if (!errors && !warnings) return "Nothing to change";
  return [errors && `${errors} ${errors.startsWith("1 ") ? "bars" : "bar"} publishing`, warnings].filter(Boolean).join(", ");
}

/**
 * `data`: {variables, languages, groups, classes, purposes, clinic, cents, people, tests, edits}. `on`: {typed(), act, again() asks
 * the server to look once more, test(language, part, body)}. Gives the fields as parts/editor.js takes them, and `used(words)`, `live(why)`.
 */
export function makeFields(data, on) {
  const title = makeField({ kind: "text", name: "title", label: "Name", longest: 80, onchange: on.typed });
  const group = makeField({ kind: "select", name: "group", label: "Group", options: data.groups, onchange: on.typed });
  const kind = makeField({ kind: "select", name: "class", label: "Class", options: data.classes, onchange: classed });
  const purpose = makeField({ kind: "select", name: "purpose", label: "Sent as", options: data.purposes, onchange: on.typed });
  const about = [title, group, kind, purpose];
  const languages = data.languages.map((language) => makeLanguage(data, language, { edits: data.edits, typed, focused, braces, fix, test: (code, part) => on.test(code, part, read()) }));
  const wordings = languages.flatMap((one) => one.wordings);
  const person = makePerson({ find: (text) => on.act("people", { text }), pick: shownFor });
  const picker = makePicker(() => usable());
  const often = h("span", { class: "often" });
  const insert = h("button", { class: "b", type: "button", onclick: () => ask() }, icon("plus", 14), "Insert a value", h("span", { class: "key" }, "{"));
  const insertRow = h("div", { class: "variables", role: "toolbar", "aria-label": "Insert a value" }, insert, often);
  const tabs = h("div", { class: "language-tabs", role: "group", "aria-label": "Language" }, data.languages.map((language) =>
    h("button", { class: "b", type: "button", "aria-pressed": "false", "data-language": language.code, onclick: () => turn(language.code) }, language.name)));
  const sum = h("span", { class: "muted small", role: "status" });
  const general = h("ul", { class: "checks general", hidden: true });
  const uses = h("section", { class: "uses" });
  const columns = h("div", { class: "languages" }, languages.map((one) => one.node), picker.node);
  const node = h("div", { class: "template-fields" },
    h("div", { class: "about-row" }, about.map((field) => field.node)),
    insertRow, h("div", { class: "tool-row" }, sum, data.people && person.node), general, tabs, columns, uses);
  let seen = null; // the server's last answer
  let target = wordings[0];
  let reason = ""; // why nothing can be changed
  let channel = ""; // 'email', or '' of a text
  let fixed = ""; // why the class can't

  const usable = () => data.variables.filter((one) => (one.users.includes(kind.value === "staff" ? "staff" : "patient") || (channel === "email" && one.users.includes("email"))) && !(one.kind === "health" && target.field.endsWith("neutral")))
    .map((one) => ({ ...one, group: data.kinds[one.kind], health: one.kind === "health", sample: one.sample.en }));
  const given = (what, code) => Object.fromEntries(data.variables.map((one) => [one.name, one[what][code]]));
  const values = (code) => ({ usual: seen?.values[code] || given("sample", code), longest: given("longest", code), empty: certain(code) });
  // What the clinic itself is called is always known.
  const certain = (code) => Object.fromEntries(data.variables.filter((one) => one.kind === "clinic" && !one.fallback[code]).map((one) => [one.name, one.sample[code]]));

  function read() {
    return { title: title.value, ...(channel && { channel }), group: group.value, class: kind.value, purpose: purpose.value, wordings: Object.fromEntries(data.languages.map((one, index) => [one.code, languages[index].read()])) };
  }
  async function shownFor(one) {
    const outcome = await on.act("show_for", { lead: one?.id || "" });
    if (outcome.state === "done") on.again();
    return outcome;
  }
  function typed() {
    redraw();
    on.typed();
  }
  function redraw() {
    for (const one of languages) one.redraw(values(one.code));
  }
  function classed() {
    drawOften();
    on.typed();
  }
  function turn(code) {
    columns.dataset.shown = code;
    for (const tab of tabs.children) tab.setAttribute("aria-pressed", String(tab.dataset.language === code));
  }

  // ---- inserting

  function focused(wording) {
    target = wording;
  }
  function drawOften() {
    const known = usable();
    put(often, OFTEN.map((name) => known.find((one) => one.name === name)).filter(Boolean).map((one) =>
      h("button", { class: "b variable", type: "button", title: `${one.label}, such as ${one.sample}`, onclick: () => target.text.insert(`{{${one.name}}}`) }, icon("plus", 13), shortName(one.name))));
  }
  function ask() {
    const frame = insert.getBoundingClientRect();
    openPicker({ left: frame.left, bottom: frame.bottom }, (words) => target.text.insert(words), () => target.text.focus());
  }
  /** A brace that was typed: the picker stands at the caret. */
  function braces(wording, start, end) {
    target = wording;
    const frame = wording.text.caret();
    openPicker(frame, (words) => wording.text.insert(words, start, end), () => wording.text.insert("{", start, end));
  }
  function openPicker({ left, bottom }, chosen, dismissed) {
    const frame = columns.getBoundingClientRect();
    picker.open({ left: Math.max(0, Math.min(left - frame.left, frame.width - 330)), top: bottom - frame.top + 4 }, chosen, dismissed);
  }

  // ---- what the server says

  function fix(edits) {
    for (const wording of wordings) {
      const mine = edits.filter((edit) => edit.field === wording.field);
      if (mine.length) wording.text.change(mended(wording.text.value, mine));
    }
  }
  function languageWords(body, index) {
    const given = body.wordings?.[data.languages[index].code];
    return { body: given?.body || "", neutral: given?.neutral || "", subject: given?.subject || "" };
  }

  return {
    node,
    read,
    write(body) {
      for (const field of about) field.value = body[field.name] || "";
      channel = body.channel || "";
      languages.forEach((one, index) => one.write(languageWords(body, index), channel === "email"));
      seen = null;
      drawOften();
      redraw();
    },
    show({ problems, look }) {
      seen = look;
      for (const field of about) field.error(problems.find((one) => one.field === field.name)?.message || "");
      languages.forEach((one, index) => one.show(languageWords(look.body, index), look, values(one.code)));
      const rest = look.findings.filter((one) => !about.some((field) => field.name === one.field) && !one.field.endsWith(".subject") && !wordings.some((wording) => wording.field === one.field));
      put(general, rest.map((one) => h("li", { class: `check ${one.level}` }, icon("alert", 16), one.message)));
      show(general, rest.length > 0);
      say(sum, sumWords(look.findings));
    },
    errors(found) {
      for (const field of about) if (found[field.name]) field.error(found[field.name]);
    },
    enable(why) {
      reason = why;
      for (const field of about) field.enable(why || ([kind, purpose].includes(field) ? fixed : ""));
      for (const one of languages) one.enable(why);
      show(insertRow, !why);
    },
    /** Where it is used; what is sent by the engine keeps its class. */
    used(words) {
      fixed = words.length ? "It is in use, and what uses it counts on this" : "";
      for (const field of [kind, purpose]) field.enable(reason || fixed);
      put(uses, h("h3", {}, "Where it is used"), words.length ? h("ul", {}, words.map((one) => h("li", {}, one))) : h("p", { class: "muted small" }, "Nowhere yet."));
    },
    live: (why) => languages.forEach((one) => one.enableTest(why)),
    focus: () => title.focus(),
    stop: () => wordings.forEach((one) => one.text.stop()),
    start: () => turn(data.languages[0].code),
  };
}

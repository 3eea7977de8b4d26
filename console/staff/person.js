// One person in a drawer: where they stand now, their usual week, time off, turns on call; for an administrator the profile.
import { h, put } from "../parts/dom.js";
import { pageLink } from "../parts/address.js";
import { now, date, when } from "../parts/clock.js";
import { makeField, makeForm } from "../parts/fields.js";
import { icon } from "../parts/icons.js";
import { makeWays } from "../parts/ways.js";
import { wallOf } from "../parts/wall_time.js";
import { readSpan, spansWords } from "./spans.js";
import { STATUSES, standing } from "./standing.js";

const NAMES = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const RENAMED = { to_time: "to", from_time: "from" };

export function makePerson({ row, data, act, done }) {
  const first = row.name.split(" ")[0];
  const where = h("p", { class: "muted" });
  const planned = h("div", { class: "planned" });
  const patients = h("div", {});
  const profile = h("div", {});
  const node = h("div", { class: "drawer-page" }, h("h2", {}, row.name), h("p", { class: "muted" }, `${row.title}, ${row.at}`),
    section("Right now", where, data.plans && row.active && statuses()), section("Usual week", usual()), planned, patients, profile);

  function section(title, ...content) {
    return h("section", { class: "part" }, h("h3", {}, title), content);
  }
  function usual() {
    return h("dl", { class: "usual-week" }, NAMES.map((name, day) => [h("dt", {}, name), h("dd", {}, spansWords((row.weekly[String(day)] || []).map(readSpan)))]));
  }
  function statuses() {
    const said = h("p", { class: "muted small", role: "status" });
    const choose = async (code) => {
      const outcome = await act("set_status", { id: row.id, status: code });
      put(said, outcome.state !== "done" ? outcome.words : code === "available" ? `${first} is available.` : `Until ${when(outcome.value)}, then available again.`);
    };
    return [h("div", { class: "chips-field" }, STATUSES.map(([code, words]) => h("button", { class: "b", type: "button", onclick: () => choose(code) }, words))), said];
  }

  /** `kind`: 'off' or 'call'. */
  function turns(kind, title, found, add, remove, ...fields) {
    const empty = kind === "off" ? "None planned." : "Not on call.";
    const take = (turn) => async () => finish(await act(remove, { id: turn.id }));
    const today = wallOf(now(), data.zone).day;
    const form = makeForm({ verb: kind === "off" ? "Add time off" : "Add a turn on call", send: (values) => sent(add, values), fields: [
      { kind: "text", name: "from", label: kind === "off" ? "First day" : "From", value: today, required: "Choose the first day." },
      { kind: "text", name: "from_time", label: "From (whole day if empty)" },
      { kind: "text", name: "to", label: kind === "off" ? "Last day" : "To", value: today, required: "Choose the last day." },
      { kind: "text", name: "to_time", label: "Until (whole day if empty)" }, ...fields,
    ] });
    for (const name of ["from", "to"]) form.fields[name].input.type = "date";
    for (const name of ["from_time", "to_time"]) form.fields[name].input.type = "time";
    return section(title, found.length ? h("ul", { class: "turns" }, found.map((turn) => h("li", {}, h("span", {}, turnWords(turn), turn.note && h("span", { class: "muted" }, turn.note)),
      h("button", { class: "b quiet", type: "button", onclick: take(turn) }, "Take back")))) : h("p", { class: "muted" }, empty),
    h("details", {}, h("summary", {}, kind === "off" ? "Add time off" : "Add a turn on call"), form.node));
  }
  async function sent(add, values) {
    const outcome = await act(add, { id: row.id, ...values });
    const kept = add === "add_time_off" && row.load > 0 ? `. ${row.load === 1 ? "1 open lead stays" : `${row.load} open leads stay`} theirs; alerts go to who is there.` : "";
    if (outcome.state === "done") finish({ ...outcome, words: `${outcome.words}${kept}` });
    // A time that is wrong stands under the day beside it.
    for (const [from, to] of Object.entries(RENAMED)) if (outcome.fields?.[from] && !outcome.fields[to]) outcome.fields[to] = outcome.fields[from];
    return outcome;
  }
  function turnWords(turn) {
    const last = turn.to - 1;
    const whole = wallOf(turn.from, data.zone).wall === "00:00" && wallOf(turn.to, data.zone).wall === "00:00";
    if (!whole) return `${date(turn.from)}, ${when(turn.from, turn.from)} to ${date(turn.to)}, ${when(turn.to, turn.to)}`;
    return date(turn.from) === date(last) ? date(turn.from) : `${date(turn.from)} to ${date(last)}`;
  }
  function finish(outcome) {
    done(outcome);
    load();
  }
  async function load() {
    if (!data.plans) return;
    const outcome = await act("planned", { id: row.id });
    if (outcome.state !== "done") return put(planned, h("div", { class: "note amber" }, icon("info"), h("span", {}, outcome.words)));
    put(planned, turns("off", "Time off", outcome.value.off, "add_time_off", "remove_time_off", { kind: "text", name: "note", label: "Note", optional: true, longest: 200, hint: "Only those who plan shifts read it." }),
      turns("call", "On call", outcome.value.call, "add_on_call", "remove_on_call"));
    if (row.gives) await loadIntroduction();
    if (data.manages) await loadProfile();
    return undefined;
  }
  async function loadIntroduction() {
    const outcome = await act("introduction", { id: row.id });
    if (outcome.state !== "done") return;
    const { gender, about } = outcome.value;
    const form = makeForm({ verb: "Save", fields: [
      { kind: "select", name: "gender", label: "Gender", options: data.genders, value: gender, hint: "Asked only to honour patients' wishes; empty means not offered." },
      { kind: "textarea", rows: 3, name: "about", label: "A few words about them", value: about, optional: true, longest: 200, hint: "On booking pages, under their name." },
    ], send: async (values) => {
      const saved = await act("introduce", { id: row.id, ...values });
      if (saved.state === "done") done(saved);
      return saved;
    } });
    put(patients, section("As patients choose them", form.node));
  }
  async function loadProfile() {
    const outcome = await act("profile", { id: row.id });
    if (outcome.state !== "done") return;
    put(profile, section("Profile", makeProfile({ found: outcome.value, data, send: async (fields) => {
      const saved = await act("save_profile", { id: row.id, fields });
      if (saved.state === "done") done(saved);
      return saved;
    } })), makeTold(), section("Account", h("p", {}, pageLink("/staff-access", {}, "Password, second factor, closing the account"))));
  }

  /** Their chat tool and their browsers. Whoever uses a browser turns it on there, on My account. */
  function makeTold() {
    const inside = h("div", {});
    const said = h("p", { class: "muted small", role: "status" });
    const after = (outcome) => {
      if (outcome.state !== "done" && Object.keys(outcome.fields || {}).length) return outcome; // it stands under its field
      put(said, outcome.words);
      if (outcome.state === "done") fill();
      return outcome;
    };
    async function fill() {
      const outcome = await act("ways", { id: row.id });
      if (outcome.state !== "done") return put(inside, h("p", { class: "muted" }, outcome.words));
      const { able, tool, browsers } = outcome.value;
      const test = (way, words) => able.includes(way) && h("button", { class: "b", type: "button", onclick: async () => after(await act("test", { id: row.id, way })) }, words);
      const form = makeForm({ verb: "Connect", fields: [{ kind: "text", name: "address", label: "Address of a webhook", longest: 500, required: "Paste the address that the chat tool shows.", hint: "Best of a channel that only they read." }],
        send: async (values) => after(await act("set_chat", { id: row.id, ...values })) });
      return put(inside, h("p", { class: "muted" }, browsers.length ? `Push: ${browsers.join(", ")}.` : "Push: no browser. They turn one on under My account."),
        h("p", { class: "muted" }, tool ? `Chat tool: ${tool}.` : "Chat tool: none."),
        h("div", { class: "chips-field" }, test("sms", "Test by SMS"), test("push", "Test by push"), test("chat", "Test in the chat tool"),
          tool && h("button", { class: "b", type: "button", onclick: async () => after(await act("set_chat", { id: row.id, address: "" })) }, "Take the chat tool away")),
        !tool && h("details", {}, h("summary", {}, "Connect a chat tool"), form.node));
    }
    fill();
    return section("How alerts reach them", inside, said);
  }

  const shown = standing(row);
  put(where, shown.on ? `${shown.words}, ${shown.detail}` : `${shown.words}, ${shown.detail}`, row.takes ? `. ${row.load} of ${row.capacity} leads in hand.` : ". Takes no leads.");
  load();
  return { node };
}

/** Several of a list, as boxes. */
function makeBoxes(name, label, options, chosen) {
  const boxes = options.map(([code, words]) => makeField({ kind: "checkbox", name: code, label: words, value: chosen.includes(code) }));
  const wrong = h("p", { class: "field-error", role: "alert", hidden: true });
  return {
    name,
    node: h("fieldset", { class: "boxes" }, h("legend", { class: "field-label" }, label), h("div", { class: "boxes-in" }, boxes.map((one) => one.node)), wrong),
    get value() {
      return boxes.filter((one) => one.value).map((one) => one.name).join(",");
    },
    error(words) {
      wrong.hidden = !words;
      put(wrong, words && icon("alert", 15), words && h("span", {}, words));
    },
  };
}

function makeProfile({ found, data, send }) {
  const one = (kind, name, label, more = {}) => makeField({ kind, name, label, value: found[name], ...more });
  const titles = [["", "None"], ...data.titles, ...(found.title && !data.titles.some(([code]) => code === found.title) ? [[found.title, found.title]] : [])];
  const fields = [
    one("text", "name", "Full name"),
    one("select", "role", "Role", { options: data.roles }),
    one("select", "title", "Title, as rules call it", { options: titles }),
    one("select", "location", "Location", { options: data.places }),
    one("phone", "phone", "Phone for alerts", { optional: true }),
    one("email", "email", "Email", { optional: true }),
    one("checkbox", "accepts_leads", "Takes leads"),
    one("text", "capacity", "Open leads at once", { hint: "1 to 100" }),
    one("text", "seniority", "Seniority", { hint: "1 is new, 5 the most senior" }),
    one("text", "weight", "Share where a rule weighs", { hint: "2 gets twice as many as 1" }),
    makeBoxes("skills", "Trained for", data.groups, found.skills),
    makeBoxes("languages", "Languages", data.languages, found.languages),
    makeWays({ name: "alert_channels", label: "Alerts by", hint: "In this order: by the next where one fails.", options: data.channels, chosen: found.alert_channels }),
    makeWays({ name: "urgent_channels", label: "Urgent alerts by", hint: "Nothing ticked: as the others.", options: data.channels, chosen: found.urgent_channels }),
    one("checkbox", "urgent_only", "Only urgent alerts", { hint: "What waits for them is told once a day, in one line." }),
    makeField({ kind: "text", name: "quiet_hours", label: "Quiet time", value: found.quiet_hours.join(", "), optional: true, hint: "Such as 20:00-08:00: nothing routine is told then; one line a day says what waits." }),
  ];
  const said = h("div", { class: "note amber", role: "alert", hidden: true });
  const save = h("button", { class: "b large primary", type: "submit" }, "Save profile");
  return h("form", { class: "fields", novalidate: true, onsubmit: async (event) => {
    event.preventDefault();
    save.disabled = true;
    const outcome = await send(Object.fromEntries(fields.map((field) => [field.name, field.value])));
    save.disabled = false;
    for (const field of fields) field.error(outcome.fields?.[field.name] || "");
    const rest = outcome.state !== "done" && !Object.keys(outcome.fields || {}).length;
    said.hidden = !rest;
    put(said, rest && icon("info"), rest && h("span", {}, outcome.words));
    fields.find((field) => outcome.fields?.[field.name])?.focus?.();
  } }, fields.map((field) => field.node), said, h("div", { class: "dialog-do" }, save));
}

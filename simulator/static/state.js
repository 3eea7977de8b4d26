// What the page knows: phones with their texts, as the simulator last told.

const KEPT_TEXTS = 40;

export const state = {
  phones: new Map(),
  clinic: { name: "", number: "" },
  totals: { texts: 0, phones: 0 },
  behaviour: null,
  job: null,
  keyed: false,
  clock: { at: Date.now(), real: performance.now(), speed: 1 },
  // Patients' texts that the clinic's gateway did not take, by id.
  troubles: new Map(),
};

/** The shared clock's reading. Between messages it runs on at the clock's speed. */
export function now() {
  return new Date(state.clock.at + (performance.now() - state.clock.real) * state.clock.speed);
}

/** Takes a message in; returns the numbers of the phones that changed, or null when all did. */
export function take(message) {
  state.clinic = message.clinic;
  state.totals = message.totals;
  state.behaviour = message.behaviour;
  state.job = message.job;
  state.keyed = message.keyed;
  state.clock = { at: Date.parse(message.clock.now), real: performance.now(), speed: message.clock.speed };
  if (message.kind === "snapshot") {
    state.phones = new Map();
    takePhones(message.phones);
    return null;
  }
  takePhones(message.phones);
  const changed = new Set(message.phones.map((phone) => phone.number));
  for (const head of message.heads) {
    Object.assign(state.phones.get(head.number) ?? {}, head);
    changed.add(head.number);
  }
  for (const text of message.texts) takeText(text);
  return changed;
}

export function takePhones(phones) {
  for (const phone of phones) state.phones.set(phone.number, phone);
}

function takeText(text) {
  const phone = state.phones.get(text.phone);
  if (!phone) return;
  const known = phone.texts.findIndex((other) => other.sid === text.sid);
  if (known >= 0) phone.texts[known] = text;
  else phone.texts.push(text);
  if (phone.texts.length > KEPT_TEXTS) phone.texts.splice(0, phone.texts.length - KEPT_TEXTS);
}

/** "Hannah Whitlock", or the first name that a greeting gives away, or "". */
export function ownerOf(phone) {
  if (phone.name) return phone.name;
  for (const text of phone.texts) {
    const greeting = text.mine ? null : /^(?:Hi|Hello|Hola) (\p{Lu}[\p{L}'-]+)/u.exec(text.body);
    if (greeting) return greeting[1];
  }
  return "";
}

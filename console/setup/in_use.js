// What is published, of everything that fields on this page choose from or may not remove. It follows what colleagues publish.
import { follow } from "../parts/live.js";

const LISTS = { treatments: "treatments", services: "services", resources: "resources", packages: "packages" };

/** `changed()` is called whenever any of it was read anew. {has(kind, code), choices()}; `choices` is what service, room and package fields offer. */
export function makeInUse(end, changed) {
  const bodies = { clinic: {}, treatments: {}, services: {}, resources: {}, packages: {}, booking_rules: {} };
  const codes = {};
  for (const kind of Object.keys(bodies)) {
    end(follow(`${kind}:${kind}`, (topic) => {
      bodies[kind] = [...topic.rows.values()].find((row) => row.state === "published")?.body || {};
      codes[kind] = new Set((bodies[kind][LISTS[kind]] || []).map((one) => one.code));
      changed();
    }));
  }
  const offered = (kind) => (bodies[kind][LISTS[kind]] || []).filter((one) => !one.retired);
  const named = (kind) => offered(kind).map((one) => [one.code, one.label]);
  const types = (kind) => [...new Set(offered("resources").filter((one) => one.kind === kind).flatMap((one) => one.types || []))].sort();

  return {
    has: (kind, code) => !!codes[kind]?.has(code),
    choices: () => ({
      treatments: named("treatments"),
      services: named("services"),
      places: (bodies.clinic.locations || []).filter((one) => !one.retired).map((one) => [one.slug, one.name]),
      rooms: types("room"),
      devices: types("device"),
      cleanUp: bodies.booking_rules.clean_up ?? 10,
      notice: bodies.booking_rules.notice ?? 60,
    }),
  };
}

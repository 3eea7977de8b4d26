// One group of people that a rule gives leads to, and how one of them is chosen.
import { h, say, show } from "../parts/dom.js";
import { icon } from "../parts/icons.js";
import { makeField } from "../parts/fields.js";
import { makeMany } from "../parts/many.js";

const SENIOR = [["0", "any"], ["1", "1 or more"], ["2", "2 or more"], ["3", "3 or more"], ["4", "4 or more"]];

const yes = (value) => value === true || value === "true";

/** 'By turn among nurse injectors, any location': a group of people in one line. Pure. */
export function poolWords(data, places, pool) {
  const named = (list, codes) => (codes || []).map((code) => list.find((one) => one[0] === code)?.[1] || code);
  const people = data.people.map((one) => [one.id, one.name]);
  const who = [...named(data.titles, pool.titles), ...named(people, pool.names), ...named(data.options.languages, pool.languages).map((one) => `speaking ${one}`), ...named(data.options.groups, pool.skills).map((one) => `trained for ${one}`),
    Number(pool.min_seniority) > 0 && `seniority ${pool.min_seniority} or more`, yes(pool.on_call) && "on call"].filter(Boolean);
  const how = data.strategies.find((one) => one[0] === (pool.strategy || "round_robin"))?.[1];
  return `${how}${who.length ? ` among ${who.join(", ")}` : ""}${pool.location ? `, ${named(places, [pool.location])[0]}` : ""}`;
}

/** `on`: {typed(change), named(id, name), remove or null, first, open}. Gives {node, write(pool), enable(reason)}. */
export function makePool(data, on) {
  const places = [["", "the lead's location first"], ["same", "only the lead's location"], ["any", "any location"], ...data.options.locations.map(([slug, name]) => [slug, `only ${name}`])];
  const strategy = makeField({ kind: "select", name: "strategy", label: "How", options: data.strategies, onchange: (value) => typed({ strategy: value }) });
  const location = makeField({ kind: "select", name: "location", label: "Where", options: places, onchange: (value) => typed({ location: value }) });
  const senior = makeField({ kind: "select", name: "min_seniority", label: "Seniority", options: SENIOR, onchange: (value) => typed({ min_seniority: value }) });
  const titles = makeMany({ label: "Among", options: data.titles, onchange: () => typed({ titles: titles.value }) });
  const names = makeMany({ label: "Only these people", options: data.people.map((one) => [one.id, one.name]), onchange: named });
  const languages = makeMany({ label: "Speaking", options: data.options.languages, onchange: () => typed({ languages: languages.value }) });
  const skills = makeMany({ label: "Also trained for", options: data.options.groups, onchange: () => typed({ skills: skills.value }) });
  const trained = makeField({ kind: "checkbox", name: "trained", label: "Must be trained for the treatment", onchange: (value) => typed({ trained: value }) });
  const onCall = makeField({ kind: "checkbox", name: "on_call", label: "Only who is on call", onchange: (value) => typed({ on_call: value }) });
  const more = h("details", { class: "pool-more" }, h("summary", {}, "Names, languages and more"), h("div", { class: "pool-fields" }, names.node, languages.node, skills.node, trained.node, onCall.node));
  const drop = on.remove && h("button", { class: "b quiet", type: "button", "aria-label": "Remove this group of people", onclick: on.remove }, icon("close", 15));
  const said = h("span", { class: "pool-words" });
  const fold = h("details", { class: "pool-fold", open: on.open }, h("summary", {}, h("span", { class: "muted" }, on.first ? "" : "else "), said),
    h("div", { class: "pool-fields" }, h("div", { class: "pool-row" }, strategy.node, location.node, senior.node), titles.node, more));
  const node = h("div", { class: "pool" }, fold, drop);
  let shown = {};
  const all = [strategy, location, senior, titles, names, languages, skills, trained, onCall];

  function typed(change) {
    shown = { ...shown, ...change };
    say(said, poolWords(data, places, shown));
    on.typed(change);
  }
  function named() {
    for (const id of names.value) on.named(id, data.people.find((one) => one.id === id)?.name || id);
    typed({ names: names.value });
  }
  return {
    node,
    write(pool) {
      shown = pool;
      say(said, poolWords(data, places, pool));
      strategy.value = pool.strategy || "round_robin";
      location.value = pool.location || "";
      senior.value = String(pool.min_seniority || 0);
      titles.value = pool.titles || [];
      names.value = pool.names || [];
      languages.value = pool.languages || [];
      skills.value = pool.skills || [];
      trained.value = pool.trained !== false && pool.trained !== "false";
      onCall.value = pool.on_call === true || pool.on_call === "true";
      more.open = !!(pool.names?.length || pool.languages?.length || pool.skills?.length || onCall.value || !trained.value);
    },
    enable(reason) {
      for (const one of all) one.enable(reason);
      if (drop) show(drop, !reason);
    },
  };
}

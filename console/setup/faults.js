// Puts what the server says of a place, such as 'days.2' or 'locations.0.zips', under the field that stands for it.

/** `places`: field name -> fn(words). Each fault goes to the longest name that it lies within; the others are cleared. */
export function showFaults(places, faults) {
  const said = new Map();
  for (const [field, words] of faults) {
    const at = [...places.keys()].filter((place) => field === place || field.startsWith(`${place}.`)).sort((a, b) => b.length - a.length)[0];
    if (at !== undefined && !said.has(at)) said.set(at, words);
  }
  for (const [place, tell] of places) tell(said.get(place) || "");
}

export const ofProblems = (problems) => problems.map((one) => [one.field, one.message]);

/** A code of small letters that no other one has: 'South Park' -> 'south-park'. */
export function codeOf(name, taken, between) {
  const plain = name.normalize("NFD").replace(/[̀-ͯ]/g, "").toLowerCase();
  const stem = plain.replace(/[^a-z0-9]+/g, between).replace(new RegExp(`^\\${between}+|\\${between}+$`, "g"), "").slice(0, 36);
  let code = stem;
  for (let turn = 2; stem && taken.includes(code); turn += 1) code = `${stem}${between}${turn}`;
  return code;
}

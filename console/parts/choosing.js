// One of many that are drafted and published: which is open stands in the address, a new one begins as a draft, what is gone closes.
import { h, put, show } from "./dom.js";
import { icon } from "./icons.js";
import { follow, isLive, onStatus } from "./live.js";

function remember(param, key) {
  const address = new URL(window.location.href);
  if (key) address.searchParams.set(param, key);
  else address.searchParams.delete(param);
  window.history.replaceState(window.history.state, "", address);
}

/**
 * `param` names it in the address, `topic` is the list's, `fresh` the body of a new one, `words`: {fresh, all} of the two buttons.
 * `on`: {draw(topic) the list, show(id) the one or ('') the list, named(row) once it is known, opened(id), begun() and made() before and
 * after a new one is chosen, none(topic) while none is chosen}. Gives {problem, fresh, back: nodes; key, rows, choose(id), refuse(outcome), start(editor)}.
 */
export function makeChoosing({ topic, param, chosen, edits, fresh: body, words, act, end, on }) {
  let editor = null;
  let rows = new Map();
  let wanted = chosen;
  let known = ""; // the last one that was opened and is in the list
  const problem = h("div", { class: "note amber", role: "alert", hidden: true });
  const fresh = edits && h("button", { class: "b large", type: "button", onclick: begin }, icon("plus"), words.fresh);
  const back = h("button", { class: "b quiet back", type: "button", onclick: () => choose("") }, icon("back", 16), words.all);

  async function choose(id) {
    wanted = id;
    if (rows.has(id)) known = id;
    remember(param, id);
    show(problem, false);
    on.show(id);
    await editor.open(id);
    if (id && wanted === id) on.opened?.(id);
    name();
  }
  function name() {
    const row = rows.get(wanted);
    if (!row) return;
    editor.name(row.title);
    on.named(row);
  }
  function refuse(outcome) {
    show(problem, outcome.state !== "done");
    put(problem, outcome.state !== "done" && [icon("info"), h("span", {}, outcome.words)]);
    return outcome.state !== "done";
  }
  async function begin() {
    fresh.disabled = true;
    const outcome = await act("new", { body });
    fresh.disabled = !isLive();
    if (refuse(outcome)) return;
    on.begun?.();
    await choose(outcome.value.key);
    on.made?.();
  }
  function heard(state) {
    rows = state.rows;
    if (rows.has(wanted)) known = wanted;
    on.draw(state);
    if (wanted && rows.has(wanted) && editor.key !== wanted) choose(wanted);
    // A draft that was discarded before it was ever published leaves nothing to show.
    else if (wanted && known === wanted && !rows.has(wanted)) choose("");
    else if (!wanted) on.none?.(state);
    name();
  }
  return {
    problem,
    fresh,
    back,
    choose,
    refuse,
    get key() {
      return wanted;
    },
    get rows() {
      return rows;
    },
    start(of) {
      editor = of;
      end(follow(topic, heard));
      end(onStatus(() => { if (fresh) fresh.disabled = !isLive(); }));
    },
  };
}

// Joins a script to its place on the page: style, data, actions with their answers, and the end.
import * as live from "./live.js";
import { go } from "./address.js";
import { setZone } from "./clock.js";

const sheets = new Map();
const ANSWER_MS = 20_000;
let turn = 0;

function sheet(address) {
  if (!sheets.has(address)) {
    const loading = fetch(address)
      .then((answer) => answer.text())
      .then((text) => {
        const made = new CSSStyleSheet();
        made.replaceSync(text);
        return made;
      });
    sheets.set(address, loading);
  }
  return sheets.get(address);
}

/**
 * The default export of a component's script.
 *
 * `path` names the script itself, such as 'resend/resend_list': its style lies beside it. `parts` names the parts that
 * it draws with, such as 'table': their styles come before its own.
 * `setup({ root, data, act, end })` builds the component inside the element `root` once, and returns
 * `update(data)`, called at every later run of the page. `act(action, {id, ...})` sends an action and resolves to
 * {state, words, undo, value, fields}. `end(fn)` registers what to undo when the component leaves the page.
 */
export function widget(path, setup, parts = []) {
  const instances = new WeakMap();
  return async (component, at) => {
    const shadow = component.parentElement;
    let instance = instances.get(shadow);
    if (!instance) {
      instance = start([path, ...parts.map((part) => `parts/${part}`)], setup, shadow, at, () => instances.delete(shadow));
      instances.set(shadow, instance);
    }
    await (await instance).update(component);
    return async () => (await instance).end();
  };
}

/** Give a shadow root the tokens and the styles beside the scripts at `paths`. */
export async function adopt(shadow, at, ...paths) {
  shadow.adoptedStyleSheets = await Promise.all(["parts/tokens", ...paths].map((path) => sheet(new URL(`${path}.css`, at).href)));
}

async function start(paths, setup, shadow, at, forget) {
  await adopt(shadow, at, ...paths);
  const endings = [];
  const waiting = []; // actions, first in flight
  let component = null;
  let update = null;

  function send() {
    if (waiting.length) component.setTriggerValue("act", waiting[0].message);
  }

  function settle(outcome) {
    const [done] = waiting.splice(0, 1);
    clearTimeout(done.timer);
    done.resolve(outcome);
    send();
  }

  function act(action, message = {}) {
    turn += 1;
    const nonce = `${turn}-${Math.random().toString(36).slice(2)}`;
    return new Promise((resolve) => {
      const entry = { nonce, resolve, message: { action, nonce, ...message } };
      entry.timer = setTimeout(() => {
        if (waiting[0] === entry) settle({ state: "error", words: "The server did not answer. Look whether it was done before you try again." });
      }, ANSWER_MS * (waiting.length + 1));
      waiting.push(entry);
      if (waiting.length === 1) send();
    });
  }

  return {
    update(next) {
      component = next;
      const [data] = next.data;
      setZone(data.zone);
      live.open(data.ticket);
      if (!update) {
        const root = shadow.querySelector(".luxe");
        update = setup({ root, data, act, end: (fn) => endings.push(fn) }) || (() => {});
      } else update(data);
      if (data.outcome && waiting.length && data.outcome.nonce === waiting[0].nonce) {
        settle(data.outcome);
        if (data.outcome.go) go(data.outcome.go);
      }
    },
    end() {
      forget();
      for (const fn of endings) fn();
    },
  };
}

// How one is told: notes of the open console, pushes to this browser, a chat tool, and which way comes first.
import { h, put, show } from "../parts/dom.js";
import { when } from "../parts/clock.js";
import { makeForm } from "../parts/fields.js";
import { icon } from "../parts/icons.js";
import { follow, onStatus } from "../parts/live.js";
import { mark, turnOff, turnOn, whyNot } from "../parts/push.js";
import { ring } from "../parts/sound.js";
import { telling } from "../parts/telling.js";
import { makeWays } from "../parts/ways.js";
import { widget } from "../parts/widget.js";

const RESULTS = {
  waiting: ["grey", "A test is on its way."],
  sent: ["grey", "The test was taken: it arrives within seconds."],
  failed: ["amber", "The test could not be sent. Set it up anew, and try again."],
};

const note = (kind, words) => h("div", { class: `note ${kind}` }, icon(kind === "grey" ? "check" : "info"), h("span", {}, words));
const button = (words, press, more = "") => h("button", { class: `b large ${more}`, type: "button", onclick: press }, words);

/** What came of a press, said in its own part. */
function makeSaid() {
  const node = h("div", { class: "said", role: "status" });
  return { node, say: (kind, words) => put(node, words && note(kind, words)), tell: (outcome) => put(node, outcome.words && note(outcome.state === "done" ? "grey" : "amber", outcome.words)) };
}

/** Notes and sound while the console is open: kept in this browser. */
function makeOpenConsole() {
  const node = h("section", { class: "part" });
  const CHOICES = [["sound", "Note and sound"], ["silent", "Note only"], ["off", "Nothing"]];
  const choose = async (choice) => {
    await telling.choose(choice);
    if (telling.choice === "sound") ring();
    draw();
  };
  function draw() {
    const words = !telling.able ? "This browser can't show notes of the desktop here: they need https."
      : telling.refused ? "This browser was told to show nothing of the console. Change that in its settings for this page."
        : "A short sound, and a note of the desktop while no page of the console is in sight. What is urgent sounds different. Kept in this browser.";
    put(node, h("h3", {}, "While the console is open"), h("p", { class: "muted" }, words),
      telling.able && !telling.refused && h("div", { class: "chips-field", role: "radiogroup", "aria-label": "While the console is open" }, CHOICES.map(([code, name]) => h("label", { class: "chip-choice" },
        h("input", { type: "radio", name: "telling", value: code, checked: (telling.choice || "off") === code, onchange: () => choose(code) }), h("span", {}, name)))));
  }
  draw();
  return { node };
}

/** Pushes: they come while no page is open, too. */
function makePush({ act }) {
  const node = h("section", { class: "part" });
  const { node: said, say, tell } = makeSaid();
  let data = null;
  let here = "";

  async function start(event) {
    const pressed = event.currentTarget;
    pressed.disabled = true;
    try {
      const found = await turnOn(data.key);
      if (found) tell(await act("turn_on", found));
      else tell({ state: "refused", words: "Nothing was turned on: the browser was told not to show alerts." });
    } catch (error) {
      tell({ state: "refused", words: `This browser could not be turned on. It says: ${error.message}` });
    }
    await look();
  }
  async function remove(row) {
    if (row.mark === here) await turnOff();
    tell(await act("remove_browser", { id: row.id }));
    await look();
  }
  async function look() {
    here = await mark();
    draw();
  }
  function line(row) {
    const used = row.used ? `last alert ${when(row.used)}` : "no alert yet";
    return h("li", {}, h("span", {}, h("b", {}, row.browser), row.mark === here && h("span", { class: "chip here" }, "This one"),
      h("span", { class: "muted" }, `Since ${when(row.made)}, ${used}`)),
    h("button", { class: "b", type: "button", "aria-label": `Remove ${row.browser}`, onclick: () => remove(row) }, "Remove"));
  }
  function draw() {
    const why = whyNot(data.key);
    const on = data.browsers.some((row) => row.mark === here);
    put(node, h("h3", {}, "Alerts on this computer"),
      h("p", { class: "muted" }, "They come while the console is closed, too, as long as the browser runs. A reference and a time, never a patient. On a desk that you share, turn it on only for as long as you sit there."),
      why ? note("grey", why) : !on && h("div", { class: "buttons" }, button("Turn on in this browser", start, "primary")),
      data.browsers.length > 0 && h("div", { class: "buttons" }, button("Send a test", async () => tell(await act("test", { way: "push" })))),
      data.browsers.length > 0 && h("ul", { class: "browsers", "aria-label": "Browsers that show your alerts" }, data.browsers.map(line)), said);
  }
  return {
    node,
    say,
    draw(next) {
      data = next;
      draw();
      look();
    },
  };
}

function makeChat({ act }) {
  const node = h("section", { class: "part" });
  const { node: said, say, tell } = makeSaid();
  const form = makeForm({
    verb: "Connect",
    fields: [{ kind: "text", name: "address", label: "Address of a webhook", longest: 500, required: "Paste the address that the chat tool shows.",
      hint: "Of Slack, Microsoft Teams (Workflows), Google Chat, Discord, Telegram or Webex. Best one that only you read." }],
    send: async (values) => {
      const outcome = await act("set_chat", values);
      if (outcome.state === "done") {
        form.fields.address.value = "";
        tell(outcome);
      }
      return outcome;
    },
  });
  // One element for good: what was typed, and what was wrong with it, stays when the page runs anew.
  const entry = h("details", {}, h("summary", {}, "Connect a chat tool"), form.node);
  return {
    node,
    say,
    draw(data) {
      put(node, h("h3", {}, "Chat tool"),
        h("p", { class: "muted" }, data.tool ? `Connected: ${data.tool}. The message leads to the console and its sign-in.` : "Alerts as messages. They name no patient, and lead to the console and its sign-in."),
        data.tool ? h("div", { class: "buttons" }, button("Send a test", async () => tell(await act("test", { way: "chat" }))), button("Take away", async () => tell(await act("set_chat", { address: "" }))))
          : entry, said);
    },
  };
}

function makeOrder({ act, data }) {
  const { node: said, tell } = makeSaid();
  let changed = false;
  const mind = () => { changed = true; };
  const usual = makeWays({ name: "ways", label: "Usually", hint: "The first that is ticked and set up.", options: data.channels, chosen: data.chosen, able: data.able, changed: mind });
  const urgent = makeWays({ name: "urgent", label: "What is urgent", hint: "Nothing ticked: as usually.", options: data.channels, chosen: data.urgent, able: data.able, changed: mind });
  const save = async () => {
    const outcome = await act("set_ways", { ways: usual.value, urgent: urgent.value });
    usual.error(outcome.fields?.ways || "");
    urgent.error(outcome.fields?.urgent || "");
    if (outcome.state === "done") changed = false;
    if (!Object.keys(outcome.fields || {}).length) tell(outcome);
  };
  return {
    node: h("section", { class: "part" }, h("h3", {}, "Which way comes first"),
      h("p", { class: "muted" }, "You are told by the first; by the next where that fails at once. A way that nobody looks at does not fail: what is urgent is best sent to your phone."),
      h("div", { class: "both" }, usual.node, urgent.node), h("div", { class: "buttons" }, button("Save the order", save, "primary")), said),
    draw(next) {
      if (changed) return; // what one is choosing stays
      usual.set(next.chosen, next.able);
      urgent.set(next.urgent, next.able);
    },
  };
}

export default widget("my_account/alerts", ({ root, data, act, end }) => {
  const before = new Set(); // tests of an earlier visit
  let heard = false;
  const open = makeOpenConsole();
  const push = makePush({ act });
  const chat = makeChat({ act });
  const order = makeOrder({ act, data });
  const parts = { push, chat };

  // What became of a test that was sent from here: the newest one of the person.
  if (data.follows) end(follow(`told:${data.me}`, (topic) => {
    const tests = [...topic.rows.values()].filter((row) => parts[row.way]);
    if (!heard) for (const row of tests) before.add(row.id);
    heard = true;
    const mine = tests.filter((row) => !before.has(row.id)).at(-1);
    if (!mine || !RESULTS[mine.result]) return;
    parts[mine.way].say(...RESULTS[mine.result]);
    if (mine.result !== "waiting") act("look_again"); // a browser that is gone is no longer listed
  }));
  root.append(open.node, push.node, chat.node, order.node);
  const draw = (next) => {
    push.draw(next);
    chat.draw(next);
    order.draw(next);
    show(open.node, next.follows);
  };
  let shown = data;
  end(onStatus(() => push.draw(shown))); // days and hours are right once the server's time is known
  draw(data);
  return (next) => draw((shown = next));
}, ["fields", "ways"]);

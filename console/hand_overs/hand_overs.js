// Hand-over: what colleagues have left, taken by a click; then one's own leads with what is due of each, a note, and to whom.
import { pageLink } from "../parts/address.js";
import { h, put, say, show, typing } from "../parts/dom.js";
import { icon } from "../parts/icons.js";
import { follow, isLive, onStatus } from "../parts/live.js";
import { dueWords, now, onTick, reshape, stateOf, when } from "../parts/clock.js";
import { toast } from "../parts/toast.js";
import { widget } from "../parts/widget.js";

const leads = (count) => (count === 1 ? "1 lead" : `${count} leads`);
const NOT_LIVE = "Not connected: nothing would be kept.";

/** One lead in facts; `ticks` gets what each second must redraw. */
function leadRow(lead, ticks) {
  const shape = h("span", { class: "shape-holder" });
  const due = h("span", {});
  const facts = [];
  if (lead.due) {
    facts.push(h("li", { class: "due" }, shape, due, `, ${lead.due.what.toLowerCase()}`));
    ticks.push((at) => {
      const state = stateOf(lead.due, at);
      reshape(shape, lead.due, at, 15);
      say(due, dueWords(lead.due.due, at));
      due.className = `words-${state}`;
    });
  }
  if (lead.snoozed) facts.push(h("li", {}, icon("pause", 15), `Put aside until ${when(lead.snoozed)}`));
  if (lead.unread) facts.push(h("li", { class: "unread" }, icon("unread", 15), `${lead.unread === 1 ? "1 unread text" : `${lead.unread} unread texts`}${lead.waits ? `, waits since ${when(lead.waits)}` : ""}`));
  else if (lead.waits) facts.push(h("li", {}, icon("incoming", 15), `Waits for an answer since ${when(lead.waits)}`));
  if (lead.tries) facts.push(h("li", {}, icon("phone", 15), `${lead.tries === 1 ? "1 call" : `${lead.tries} calls in a row`} reached nobody`));
  for (const one of lead.promised) facts.push(h("li", { class: "promised" }, icon("calendar", 15), `${one.own ? "Promised" : "To do"}: ${one.what.toLowerCase()} ${when(one.due)}${one.words ? `, "${one.words}"` : ""}`));
  const [text, ...others] = lead.texts;
  if (text) facts.push(h("li", {}, icon(text.byHand ? "person" : "robot", 15), `${text.byHand ? "Text written by hand" : `"${text.what}"`} goes ${when(text.at)}${others.length ? `, and ${others.length} more planned` : ""}`));
  if (!facts.length) facts.push(h("li", { class: "muted" }, "Nothing is due: it waits for its patient."));
  return h("li", { class: "left-lead" },
    h("div", { class: "left-who" }, lead.urgent && h("span", { class: "chip urgent" }, "Urgent"), pageLink(`/lead?lead=${lead.ref}`, {}, h("b", {}, lead.name)), " ", h("span", { class: "muted" }, [lead.ref, lead.wants].filter(Boolean).join(" \u00b7 "))),
    h("ul", { class: "facts" }, facts));
}

export default widget("hand_overs/hand_overs", ({ root, data, act, end }) => {
  const told = toast(root, end);
  const said = h("div", { class: "note amber", role: "alert", hidden: true });
  const others = h("section", { class: "others" });
  const own = h("section", { class: "own" });
  const note = h("textarea", { class: "field", rows: 4, maxlength: 1000, "aria-label": "Note for whoever takes over", placeholder: "What whoever comes should know, in your words. Leave it empty where the facts say it all." });
  const to = h("select", { class: "field", "aria-label": "To whom" });
  const send = h("button", { class: "b large primary", type: "button", onclick: () => run("send", { note: note.value, to: to.value }) });
  let shown = data;
  let ticks = [];
  let busy = false;
  let heard = ""; // what the push says now
  let seen = ""; // and what it said when the page was drawn

  async function run(action, fields) {
    if (busy || !isLive()) return;
    busy = true;
    enable();
    const outcome = await act(action, fields);
    busy = false;
    show(said, outcome.state !== "done");
    put(said, outcome.state !== "done" && [icon("info"), h("span", {}, outcome.words)]);
    if (outcome.state === "done" && outcome.words) told.tell(outcome.words);
    enable();
  }
  function enable() {
    const why = isLive() ? "" : NOT_LIVE;
    for (const button of root.querySelectorAll("button.b")) {
      button.disabled = busy || !!why;
      button.title = why;
    }
  }
  const listOf = (found) => h("ul", { class: "left-leads" }, found.map((lead) => leadRow(lead, ticks)));

  /** What a colleague has left. */
  function card(one) {
    const first = one.by.split(" ")[0];
    const whom = one.to === shown.me ? "for you" : one.toName ? `for ${one.toName}` : `for whoever is next at ${one.place}`;
    const how = one.byItself ? `${first}'s shift ended ${when(one.ends)}, nothing was written` : `Written ${when(one.made)}, ${whom}`;
    const choice = h("select", { class: "field", "aria-label": `To whom ${first}'s leads go` }, h("option", { value: "" }, "Give to somebody else"), shown.to.map((person) => h("option", { value: person.id }, `${person.name}, ${person.shift}`)));
    choice.onchange = () => choice.value && run("give", { id: one.id, staff: choice.value });
    return h("article", { class: "hand-over", "aria-label": `From ${one.by}` },
      h("header", {}, h("h3", {}, `${one.by} left ${leads(one.leads.length)}`), h("span", { class: "muted small" }, how)),
      one.note && h("blockquote", {}, one.note),
      listOf(one.leads),
      h("div", { class: "deeds" }, h("button", { class: "b large primary", type: "button", onclick: () => run("take_over", { id: one.id }) }, icon("hand", 16), `Take over ${leads(one.leads.length)}`), shown.gives && choice));
  }
  function drawOthers() {
    const mine = (one) => one.to === shown.me || !one.to;
    const sorted = [...shown.left].sort((a, b) => mine(b) - mine(a) || a.made - b.made);
    show(others, sorted.length > 0);
    put(others, h("h2", {}, "Left to you and your colleagues"), sorted.map(card));
  }
  function options() {
    const chosen = to.value || shown.sent?.to || "";
    put(to, h("option", { value: "" }, shown.next ? `Whoever comes next: ${shown.next}` : "Whoever comes next"), shown.to.map((person) => h("option", { value: person.id }, `${person.name}, ${person.shift}`)));
    to.value = shown.to.some((person) => person.id === chosen) ? chosen : "";
  }
  function drawOwn() {
    const { sent, mine } = shown;
    options();
    if (sent?.note && !note.value) note.value = sent.note;
    put(send, sent && !sent.byItself ? "Send anew" : "Send hand-over");
    const state = sent && h("div", { class: "note blue" }, icon("check"), h("span", {}, sent.byItself ? `Made by itself when your shift ended ${when(sent.ends)}. Add what whoever comes should know.` : `Sent ${when(sent.made)}${sent.toName ? ` to ${sent.toName}` : ""}. Nobody has taken it over yet: the leads are yours until somebody does.`),
      h("button", { class: "b", type: "button", onclick: () => run("take_back", { id: sent.id }) }, "Take back"));
    put(own, h("h2", {}, "Your hand-over"),
      !mine.length
        ? h("p", { class: "muted" }, "You have no open lead: there is nothing to hand over.")
        : [h("p", { class: "muted" }, `${shown.ends ? `Your shift ends ${when(shown.ends)}. ` : ""}Whoever takes over gets these ${leads(mine.length)} with the facts as they stand then. Clocks run on.`), state,
          listOf(mine),
          h("div", { class: "write" }, h("label", { class: "field-label" }, "To", to), h("label", { class: "field-label" }, "Note", note), h("div", { class: "deeds" }, send))]);
  }
  function draw() {
    ticks = [];
    drawOthers();
    drawOwn();
    for (const tick of ticks) tick(now());
    enable();
  }

  put(root, said, others, own, told.node);
  draw();
  /** The page is read anew where something of it has changed; while somebody writes, nothing moves. */
  function catchUp() {
    if (!heard || heard === seen || busy || typing()) return;
    const first = !seen; // that is what the page's own run has read
    seen = heard;
    if (!first) act("refresh");
  }
  end(follow("hand_overs", (topic) => {
    if (!topic.loaded) return;
    heard = JSON.stringify([...topic.rows.values()].map((row) => (row.id === "open" ? row.counts[shown.me] : row)));
    catchUp();
  }));
  let timed = isLive(); // before that nobody knows what time it is here, and '10:41 AM' may be of another day
  end(onStatus(() => {
    if (!timed && isLive()) {
      timed = true;
      draw();
    } else enable();
  }));
  end(onTick((at) => {
    for (const tick of ticks) tick(at);
    catchUp();
  }));
  return (next) => {
    shown = next;
    draw();
  };
});

// Templates of texts: all of them at the left, the chosen one at the right, edited by who may and read by the others.
import { h, put, show } from "../parts/dom.js";
import { isLive, onStatus } from "../parts/live.js";
import { makeChoosing } from "../parts/choosing.js";
import { makeEditor } from "../parts/editor.js";
import { toast } from "../parts/toast.js";
import { widget } from "../parts/widget.js";
import { makeFields } from "./template_fields.js";
import { makeList } from "./template_list.js";

const NARROW = 760;
const EMPTY = { body: "", neutral: "" };
const FRESH = { title: "New template", group: "lead_capture", class: "transactional", purpose: "transactional", wordings: { en: EMPTY, es: EMPTY } };

export default widget("templates/templates", ({ root, data, act, end }) => {
  const undo = toast(root, end);
  const tell = (words) => words && undo.tell(words);
  const fields = makeFields(data, { typed: () => editor.typed(), act, again, test });
  const editor = makeEditor({ topic: "template", noun: "template", who: "Managers, admins and marketing", publishes: () => "Whatever leaves from now on says it, texts that are planned already, too.", act, fields, edits: () => data.edits, tell, end });
  const choosing = makeChoosing({
    topic: "templates", param: "template", chosen: data.template, edits: data.edits, fresh: FRESH, words: { fresh: "New template", all: "All templates" }, act, end,
    on: {
      draw: (topic) => list.draw(topic.rows),
      show(id) {
        list.pick(id);
        page.classList.toggle("one", !!id);
        show(unchosen, !id);
      },
      named: (row) => fields.used(row.used),
      made: () => fields.focus(),
      none: (topic) => { if (topic.loaded && topic.rows.size && root.clientWidth >= NARROW) choosing.choose(list.first); },
    },
  });
  const list = makeList(data, choosing.choose);
  const unchosen = h("p", { class: "muted unchosen" }, "Choose one at the left.");
  const page = h("div", { class: "split" },
    h("div", { class: "split-list" }, choosing.fresh, list.node),
    h("div", { class: "split-one" }, choosing.back, choosing.problem, unchosen, editor.node));
  put(root, page, undo.node);
  fields.start();

  /** Another patient was chosen: nothing was typed, the server looks once more. */
  async function again() {
    const outcome = await act("look", { key: editor.key, body: fields.read() });
    if (!choosing.refuse(outcome)) fields.show(outcome.value);
  }
  async function test(language, part, body) {
    const outcome = await act("test", { key: editor.key, language, part, body });
    if (outcome.state === "done") tell(outcome.words);
    return outcome;
  }

  choosing.start(editor);
  end(onStatus(() => fields.live(isLive() ? "" : "Not live")));
  end(fields.stop);
  return () => {};
}, ["chip_text", "fields", "menu", "dialog", "drawer", "editor", "person"]);

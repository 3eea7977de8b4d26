// Sequences: all of them in a table; the chosen one as a picture, its steps and a dry run, edited by who may and read by the others.
import { h, show } from "../parts/dom.js";
import { makeChoosing } from "../parts/choosing.js";
import { makeEditor } from "../parts/editor.js";
import { toast } from "../parts/toast.js";
import { widget } from "../parts/widget.js";
import { makeFields } from "./sequence_fields.js";
import { makeList } from "./sequence_list.js";
import { finishWords, makeUnderWay } from "./under_way.js";

const ENDS = ["reply", "contact", "booking", "opt_out", "disqualified", "reaction", "new_form"];
const FRESH = { title: "New sequence", starts_on: "submission", forms: [], consent: "transactional", steps_aside: true, reentry: "each", stops_on: ENDS, steps: [] };

export default widget("sequences/sequences", ({ root, data, act, end }) => {
  const undo = toast(root, end);
  const tell = (words) => words && undo.tell(words);
  const choosing = makeChoosing({
    topic: "sequences", param: "sequence", chosen: data.sequence, edits: data.edits, fresh: FRESH, words: { fresh: "New sequence", all: "All sequences" }, act, end,
    on: {
      draw: (topic) => list.draw([...topic.rows.values()].sort((a, b) => a.retired - b.retired || a.place - b.place), topic),
      show(id) {
        show(every, !id);
        show(one, !!id);
      },
      opened: () => fields.begin(),
      named(row) {
        under.draw(row.underWay);
        fields.versions(Array.from({ length: row.number || 0 }, (_, at) => row.number - at));
      },
      begun: () => fields.greet(),
    },
  });
  const counts = () => choosing.rows.get(choosing.key)?.underWay || [];
  const under = makeUnderWay(root, data, { act, key: () => choosing.key, edits: data.edits, steps: () => fields.steps(), tell });
  const fields = makeFields(data, {
    head: under.node,
    typed: () => editor.typed(), act, key: () => choosing.key,
    others: () => [...choosing.rows.values()].filter((row) => row.id !== choosing.key && row.number && !row.retired).map((row) => [row.id, row.title]),
  });
  const editor = makeEditor({ topic: "sequence", noun: "sequence", who: "Managers, admins and marketing", publishes: () => [finishWords(counts()), ...fields.warned()].join(" "), retires: "Nobody enters it any more; who is under way finishes. Its versions stay, and any of them can be restored.", act, fields, edits: () => data.edits, tell, end });
  const list = makeList(choosing.choose);
  const every = h("div", { class: "all-sequences" }, h("p", { class: "muted small" }, "What follows a form, a booking, a visit or a silence by itself: texts, emails and calls."), choosing.fresh, list.node);
  const one = h("div", { class: "one-sequence", hidden: true }, choosing.back, editor.node);
  root.prepend(choosing.problem, every, one, undo.node);

  choosing.start(editor);
  end(list.stop);
  end(fields.stop);
  return () => {};
}, ["datetime", "dialog", "drawer", "editor", "fields", "menu", "person", "table"]);

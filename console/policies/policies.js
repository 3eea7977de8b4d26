// SLA policies: how long there is for what, for whom; edited as one set, tried on a made-up lead, published in versions.
import { put } from "../parts/dom.js";
import { makeEditor } from "../parts/editor.js";
import { toast } from "../parts/toast.js";
import { widget } from "../parts/widget.js";
import { makeFields } from "./policy_fields.js";
import { makePreview } from "./policy_preview.js";

export default widget("policies/policies", ({ root, data, act, end }) => {
  const undo = toast(root, end);
  const preview = makePreview(data, { act });
  const fields = makeFields(data, { typed: () => editor.typed(), preview: preview.node, changed: preview.changed });
  const editor = makeEditor({
    topic: "sla_policies",
    noun: "set of targets",
    retires: "",
    publishes: () => "Clocks that start from now on run by it. Those that run already keep the policy they began with.",
    act, fields, edits: () => data.edits, tell: (words) => words && undo.tell(words), end,
  });
  put(root, editor.node, undo.node);
  editor.name("How long there is for what");
  editor.open(data.key);
  end(preview.stop);
  return () => {};
}, ["datetime", "dialog", "drawer", "editor", "fields", "menu"]);

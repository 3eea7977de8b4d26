// A list that follows rows by id: a node is rebuilt only when its row changed, and moved only when the order did.

/** `makeRows(node, build)`; `build(row)` gives an element, which may carry a `tick(now)` function. */
export function makeRows(node, build) {
  const known = new Map(); // id -> {text, made}

  return {
    node,
    /** Show these rows in this order. Returns the ids that were not there before. */
    draw(rows) {
      const fresh = [];
      const wanted = new Set();
      let place = node.firstChild;
      for (const row of rows) {
        wanted.add(row.id);
        const text = JSON.stringify(row);
        let entry = known.get(row.id);
        if (!entry || entry.text !== text) {
          if (!entry) fresh.push(row.id);
          const made = build(row);
          if (entry) {
            if (place === entry.made) place = made;
            entry.made.replaceWith(made);
          }
          entry = { text, made };
          known.set(row.id, entry);
        }
        if (entry.made === place) place = place.nextSibling;
        else node.insertBefore(entry.made, place);
      }
      for (const [id, entry] of [...known]) {
        if (wanted.has(id)) continue;
        entry.made.remove();
        known.delete(id);
      }
      return fresh;
    },
    tick(now) {
      for (const entry of known.values()) entry.made.tick?.(now);
    },
  };
}

// The order of a table's rows and stretches of it, by ids. Pure.

/** Rows of ids in an order: `order` as it was, without what went, then what is new; sorted where nobody holds it. */
export function arranged(order, ids, holding) {
  if (!holding) return { order: ids, waiting: [] };
  const known = new Set(order);
  return { order, waiting: ids.filter((id) => !known.has(id)) };
}

/** Ids from one to another in an order, whichever stands first; only the other one where the first is gone. */
export function between(order, from, to) {
  const [a, b] = [order.indexOf(from), order.indexOf(to)];
  if (b < 0) return [];
  return a < 0 ? [to] : order.slice(Math.min(a, b), Math.max(a, b) + 1);
}

/** Sorts rows by what a column gives: words as people sort them, what is missing last in both directions. */
export function sorted(rows, value, down) {
  const turn = down ? -1 : 1;
  const empty = (one) => one === null || one === undefined || one === "";
  return [...rows].sort((first, second) => {
    const [a, b] = [value(first), value(second)];
    if (empty(a) || empty(b)) return empty(a) - empty(b);
    return turn * (typeof a === "string" ? a.localeCompare(b, "en", { numeric: true, sensitivity: "base" }) : a - b);
  });
}

// The rows of the list that is shown: what is pushed, and beside it what was asked for further down.
import { counts, isWhole, MOST, PAGE } from "./inbox_model.js";

const AGAIN_MS = 5000;

/** `act("page", {list, people, most})` gives rows; `changed()` when there are others. Gives {rows(), heard(topic), choose(filter), more(), left(shown)}. */
export function makeLists({ act, me, changed }) {
  let pushed = new Map();
  let sums = null;
  let asked = new Map();
  let filter = { tab: "all", people: false };
  let most = PAGE;
  let end = false; // the list holds no more than was asked for
  let turn = 0;
  let timer = 0;

  const whole = () => isWhole(filter, counts(sums, me), sums);
  const asks = () => !!sums && !whole() && (most > PAGE || filter.tab !== "all" || filter.people);

  async function ask() {
    clearTimeout(timer);
    timer = 0;
    const mine = ++turn;
    if (!asks()) return;
    const outcome = await act("page", { list: filter.tab, people: filter.people, most });
    if (mine !== turn || outcome.state !== "done") return;
    asked = new Map(outcome.value.map((row) => [row.id, row]));
    end = outcome.value.length < most;
    changed();
  }

  return {
    get counts() {
      return counts(sums, me);
    },
    rows: () => new Map([...asked, ...pushed]),
    heard(rows) {
      const first = !sums;
      sums = rows.get("counts") || null;
      pushed = new Map(rows);
      pushed.delete("counts");
      if (first) ask();
      else if (asks() && !timer) timer = setTimeout(ask, AGAIN_MS);
    },
    choose(next) {
      filter = next;
      most = PAGE;
      end = false;
      asked = new Map();
      ask();
    },
    more() {
      most = Math.min(MOST, most + PAGE);
      ask();
    },
    /** Whether more can be shown below `shown` rows: more, search (further down than lists go) or none. */
    left(shown) {
      if (whole() || end || shown < Math.min(most, PAGE) / 2) return "none";
      return most < MOST ? "more" : "search";
    },
    stop: () => clearTimeout(timer),
  };
}

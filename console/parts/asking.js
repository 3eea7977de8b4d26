// Asks the server a moment after the last change, and draws its answer unless a later question has overtaken it.
const IDLE_MS = 500;

/** `ready()`: whether there is something to ask; `ask()` gives the outcome, `draw(outcome)` shows it. Gives {later(), stop()}. */
export function makeAsking({ ready, ask, draw }) {
  let timer = 0;
  let turn = 0;
  async function now() {
    if (!ready()) return;
    const mine = (turn += 1);
    const outcome = await ask();
    if (mine === turn) draw(outcome);
  }
  return {
    later() {
      clearTimeout(timer);
      timer = setTimeout(now, IDLE_MS);
    },
    stop: () => clearTimeout(timer),
  };
}

// Nothing moves under the hand: while pointer or focus is in the list or the panel, the list's order holds.

const REST_MS = 700;
const TOUCH_MS = 4000;

/** `hand(root, list, panel, onFree)`: `holding()` says whether the order holds; `onFree()` is called when it need not any more. */
export function hand(root, list, panel, onFree) {
  let holding = false;
  let rest = 0;
  const focused = (node) => node.contains(root.getRootNode().activeElement);

  function hold() {
    clearTimeout(rest);
    holding = true;
  }
  function release() {
    clearTimeout(rest);
    rest = setTimeout(() => {
      if (list.matches(":hover") || focused(list) || focused(panel)) return;
      holding = false;
      onFree();
    }, REST_MS);
  }
  for (const node of [list, panel]) {
    node.addEventListener("pointerenter", (event) => event.pointerType === "mouse" && hold());
    node.addEventListener("pointerleave", release);
    node.addEventListener("focusin", hold);
    node.addEventListener("focusout", release);
  }
  list.addEventListener("touchstart", () => { hold(); setTimeout(release, TOUCH_MS); }, { passive: true });
  return { holding: () => holding };
}

// Whatever carries `data-pick` on a page at rest opens the drawer of its leads.
import { widget } from "./widget.js";

export default widget("parts/picks", ({ act, end }) => {
  let busy = false;

  async function pressed(event) {
    const picked = event.target.closest?.("[data-pick]");
    if (!picked || busy) return;
    busy = true;
    await act("pick", { figure: picked.dataset.pick });
    busy = false;
  }
  document.addEventListener("click", pressed);
  end(() => document.removeEventListener("click", pressed));
  return () => {};
});

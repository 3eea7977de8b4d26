// Who shares a number, said the same on every screen.
import { pageLink } from "./address.js";

/** 'This number is shared with Casey Sample (A-1043)', each a link to their lead. `others`: [{name, ref}]. */
export function sharedWith(others) {
  const links = others.map((one) => pageLink(`/lead?lead=${one.ref}`, {}, `${one.name} (${one.ref})`));
  const joined = links.flatMap((link, at) => (at === 0 ? [link] : [at === links.length - 1 ? " and " : ", ", link]));
  return ["This number is shared with ", ...joined];
}

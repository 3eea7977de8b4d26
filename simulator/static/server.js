// The way to the simulator: one socket that comes back by itself, and small JSON requests.

const PAUSES = [1, 2, 4, 8];

/** Calls `onMessage` for each message and `onState(live, secondsUntilNextTry)` when the line comes or goes. */
export function connect(onMessage, onState) {
  let tries = 0;
  const open = () => {
    const address = new URL("live", location.href);
    address.protocol = address.protocol.replace("http", "ws");
    const socket = new WebSocket(address);
    socket.onopen = () => { tries = 0; onState(true, 0); };
    socket.onmessage = (event) => onMessage(JSON.parse(event.data));
    socket.onclose = () => {
      const pause = PAUSES[Math.min(tries++, PAUSES.length - 1)];
      onState(false, pause);
      setTimeout(open, pause * 1000);
    };
  };
  open();
}

/** POSTs `document` as JSON. Throws an Error whose message can be shown. */
export async function tell(path, document = {}) {
  let answer;
  try {
    answer = await fetch(`control/${path}`, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(document),
    });
  } catch {
    throw new Error("The simulator did not answer. Is it still running?");
  }
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(told.error || `The simulator refused that (${answer.status}).`);
  return told;
}

export async function ask(path) {
  const answer = await fetch(`control/${path}`);
  return answer.json();
}

export const stopForms = () => fetch("control/forms", { method: "DELETE" });

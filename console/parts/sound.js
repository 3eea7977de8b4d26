// Two soft tones when something runs out, four rising ones for what is urgent. Off until a person turns it on; the choice
// stays on this machine.
const KEY = "luxe.sound";
const STALE_MS = 2000;
const SOFT = [[660, 0], [495, 0.22]];
const URGENT = [[590, 0], [885, 0.18], [590, 0.5], [885, 0.68]];
let context = null;

export const sound = {
  get on() {
    return window.localStorage.getItem(KEY) === "on";
  },
  set on(value) {
    window.localStorage.setItem(KEY, value ? "on" : "off");
  },
};

function tone(frequency, start) {
  const volume = context.createGain();
  const wave = context.createOscillator();
  wave.frequency.value = frequency;
  volume.gain.setValueAtTime(0, start);
  volume.gain.linearRampToValueAtTime(0.12, start + 0.02);
  volume.gain.exponentialRampToValueAtTime(0.001, start + 0.5);
  wave.connect(volume).connect(context.destination);
  wave.start(start);
  wave.stop(start + 0.55);
}

/** Sound the tones; browsers stay silent until the page was clicked once, and what is late by then is left out. */
export async function ring(urgent = false) {
  context = context || new AudioContext();
  const asked = performance.now();
  if (context.state !== "running") await context.resume().catch(() => null);
  if (performance.now() - asked > STALE_MS) return;
  for (const [frequency, after] of urgent ? URGENT : SOFT) tone(frequency, context.currentTime + after);
}

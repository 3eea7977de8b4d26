// Two soft tones when something runs out. Off until a person turns it on; the choice stays on this machine.
const KEY = "luxe.sound";
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

/** Sound the two tones; browsers stay silent until the page was clicked once. */
export function ring() {
  context = context || new AudioContext();
  tone(660, context.currentTime);
  tone(495, context.currentTime + 0.22);
}

// Counts down how long the sign-in has to wait. The words stand in the page, so that they are there without this script.

const WORDS = ".luxe-wait";
const AGAIN = "You can try again now.";
let timer = 0;

function span(seconds) {
  const left = Math.ceil(seconds);
  return left < 60 ? `${left} s` : `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")} min`;
}

function count(line, until) {
  const left = (until - performance.now()) / 1000;
  if (!line.isConnected) return clearInterval(timer);
  if (left > 0) line.querySelector("b").textContent = span(left);
  else {
    line.textContent = AGAIN;
    clearInterval(timer);
  }
  return undefined;
}

export default () => {
  const line = document.querySelector(WORDS);
  if (!line || line.dataset.counts) return;
  line.dataset.counts = "true";
  const until = performance.now() + Number(line.dataset.seconds) * 1000;
  clearInterval(timer);
  timer = setInterval(count, 250, line, until);
};

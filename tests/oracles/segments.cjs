// How many segments Twilio's calculator (npm: sms-segments-calculator) counts for each line of {text}, without and with
// Smart Encoding. The folder with the package's node_modules is the first argument.
const { createRequire } = require("node:module");
const { createInterface } = require("node:readline");

const { SegmentedMessage } = createRequire(`${process.argv[2] ?? process.cwd()}/`)("sms-segments-calculator");

createInterface({ input: process.stdin }).on("line", (line) => {
  const { text } = JSON.parse(line);
  const plain = new SegmentedMessage(text);
  const smart = new SegmentedMessage(text, "auto", true);
  const said = {
    encoding: plain.encodingName, segments: plain.segmentsCount,
    smart_encoding: smart.encodingName, smart_segments: smart.segmentsCount,
  };
  process.stdout.write(`${JSON.stringify(said)}\n`);
});

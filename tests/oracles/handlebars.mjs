// What handlebars.js makes of each line of {body, values}: {text} or {refused: true}. Where the package is found:
// NODE_PATH, or a folder given as the first argument.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const require = createRequire(`${process.argv[2] ?? process.cwd()}/`);
const handlebars = require("handlebars");

for await (const line of createInterface({ input: process.stdin })) {
  const { body, values } = JSON.parse(line);
  let said;
  try {
    said = { text: handlebars.compile(body, { noEscape: true })(values) };
  } catch (error) {
    said = { refused: String(error.message).split("\n")[0] };
  }
  process.stdout.write(`${JSON.stringify(said)}\n`);
}

// What handlebars.js makes of each line of {body, values}: {text} or {refused: true}. The folder with the package's
// node_modules is the first argument.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const require = createRequire(`${process.argv[2] ?? process.cwd()}/`);
const handlebars = require("handlebars");

for await (const line of createInterface({ input: process.stdin })) {
  const { body, values } = JSON.parse(line);
  let said;
  try {
    said = { text: handlebars.compile(body, { noEscape: true })(values) };
  } catch {
    said = { refused: true };
  }
  process.stdout.write(`${JSON.stringify(said)}\n`);
}

/** `npm start`: from a fresh clone to the verdicts of the catalogue. */
import { build, install, requireNode, run } from "./setup.mjs";

requireNode();
if (!install()) process.exit(1);
if (!build("packages/cli", "packages/language-server")) process.exit(1);

console.log("Checking catalogue/ on every platform ...\n");
const code = run("packages/cli/bin/fencepost.js", ["check", "catalogue/", "--platform", "all"]);

console.log(`
Where to look next:
  npx fencepost serve     the workbench in a browser
  npx fencepost --help    the commands
  README.md               what the verdicts mean
  catalogue/              the tests just checked
  npm test                everything this project checks about itself`);
process.exit(code);

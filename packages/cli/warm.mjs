// Runs a command line on the bundle, and writes what V8 has compiled by then beside each file. Started by build.mjs.
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import v8 from "node:v8";

const require = createRequire(import.meta.url);
const { loadBundle } = require("./bin/load.js");
// V8 takes its data back under the flags only under which they were written.
v8.setFlagsFromString = () => {};
const compiled = new Map();
process.on("exit", () => {
  for (const [path, { script, head }] of compiled)
    writeFileSync(`${path}.cache`, Buffer.concat([Buffer.from(head, "latin1"), script.createCachedData()]));
});
loadBundle(fileURLToPath(new URL("bundle", import.meta.url)), process.argv[2] === "herd" ? "herd.js" : "main.js", compiled);

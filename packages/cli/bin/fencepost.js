#!/usr/bin/env node
// Kept in the tree, so that npm can link it before the first build. CommonJS, as the package.json beside it says: Node starts that a little sooner.
const { statSync } = require("node:fs");
const { join } = require("node:path");
const { loadBundle } = require("./load.js");

/** When a file was written, in milliseconds; 0 where it is missing. */
const written = (file) => statSync(join(__dirname, file), { throwIfNoEntry: false })?.mtimeMs ?? 0;

// The bundle starts in a fifth of the time. Whoever has compiled since it was made runs what was compiled.
const compiled = ["..", "../../core", "../../language-server"].map((folder) => written(`${folder}/dist/.tsbuildinfo`));
const bundled = written("../bundle/main.js") > Math.max(...compiled);

// `herd` shares little with the other commands, and starts in half the time without them.
const herd = process.argv[2] === "herd";
if (bundled) loadBundle(join(__dirname, "../bundle"), herd ? "herd.js" : "main.js");
else import(herd ? "../dist/herd/main.js" : "../dist/main.js");

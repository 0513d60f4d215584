#!/usr/bin/env node
// Kept in the tree, so that npm can link it before the first build. `herd` shares little with the rest, and starts in half the time without it.
if (process.argv[2] === "herd") await import("../dist/herd/main.js");
else await import("../dist/main.js");

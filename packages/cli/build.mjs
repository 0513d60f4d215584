// Bundles the command line into a few files: Node starts it in a third of the time that a hundred modules take (docs/decisions/0012-bundle.md).
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

const here = fileURLToPath(new URL(".", import.meta.url));
// Side by side, as the code asks for its workers with `new URL("./….js", import.meta.url)`, from whichever chunk it stands in.
const input = {
  main: "dist/main.js",
  herd: "dist/herd/main.js",
  worker: "dist/herd/worker.js",
  "search-worker": "dist/search-worker.js",
  "search-node": "../language-server/dist/search-node.js",
};

const bundle = await rolldown({ cwd: here, input, platform: "node", logLevel: "warn" });
await bundle.write({
  dir: `${here}bundle`,
  format: "esm",
  cleanDir: true,
  entryFileNames: "[name].js",
  chunkFileNames: "[name]-[hash].js",
});
await bundle.close();

/**
 * The page searches without the fast engine for every state (core/src/explore/every.ts): its policy forbids to make code, which that engine lives on, nobody asks a page for `--reduce none`, and it is a
 * fiftieth of what has to be loaded before the first verdict. The search then goes on without it, as it does where there is nothing to learn.
 */
import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";

const PLAIN = fileURLToPath(new URL("./src/engine/plain-search.ts", import.meta.url));

export function plainSearchModule(): Plugin {
  return {
    name: "plain-search",
    enforce: "pre",
    resolveId: (source, importer) => (source === "./every.js" && importer?.endsWith("/explore/explore.js") === true ? PLAIN : null),
  };
}

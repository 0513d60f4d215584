// Bundles the command line into a few files, and keeps what V8 makes of them: Node starts it in a fifth of the time that a hundred modules take (docs/decisions/0012-bundle.md).
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

const here = fileURLToPath(new URL(".", import.meta.url));
const folder = join(here, "bundle");
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
  dir: folder,
  // V8's data can be handed over for scripts, not for modules.
  format: "cjs",
  cleanDir: true,
  entryFileNames: "[name].js",
  chunkFileNames: "[name]-[hash].js",
});
await bundle.close();
writeFileSync(join(folder, "package.json"), '{ "type": "commonjs" }\n');

/** A character as an escape, which means the same in strings, templates and expressions; in comments nobody minds. */
const escaped = (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;

/** What is imported at run time from elsewhere: a script made from V8's data cannot import. */
const throughNode = (text) => text.replace(/\bimport\(/g, 'require("../bin/import.js")(');

// ASCII is read without decoding and takes half the memory. The digest is what a cache is known by.
for (const name of readdirSync(folder)) {
  if (!name.endsWith(".js")) continue;
  const text = readFileSync(join(folder, name), "utf8");
  const plain = throughNode(text).replace(/[\u0080-\uffff]/g, escaped);
  if (/[\u0080-\uffff]/.test(text) && text.includes("String.raw")) throw new Error(`${name}: String.raw shows escapes as they are written`);
  writeFileSync(join(folder, name), `// ${createHash("sha256").update(plain).digest("hex").slice(0, 32)}\n${plain}`);
}

// What V8 compiles while these run is kept; each run adds to it.
const tests = join(here, "../../catalogue/altix");
const runs = [
  ["check", join(tests, "cq-race.litmus"), "--platform", "sn2-pic,portable,arm64", "--json"],
  ["check", tests, "--platform", "all"],
  ["check", join(tests, "cq-race.litmus"), "--platform", "sn2-pic"],
  ["explain", join(tests, "cq-race.litmus"), "--platform", "sn2-pic"],
  ["herd", join(here, "../../catalogue/classic")],
  ["herd", "-speedcheck", "true", join(here, "../../catalogue/classic")],
];
for (const args of runs) {
  const { status, stderr } = spawnSync(process.execPath, [join(here, "warm.mjs"), ...args], { encoding: "utf8" });
  // What the tests come to is no matter of the build; that the bundle runs is.
  if (status === null || status > 4) throw new Error(`${args.join(" ")}: ${stderr}`);
}

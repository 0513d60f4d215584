/** What every script needs first: dependencies as the lock file says, and the built packages. Node's own modules only. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The entry files of the tools, run with this Node, so that neither PATH nor a shell matters. */
export const tools = {
  tsc: "node_modules/typescript/bin/tsc",
  oxlint: "node_modules/oxlint/bin/oxlint",
  biome: "node_modules/@biomejs/biome/bin/biome",
  vitest: "node_modules/vitest/vitest.mjs",
  vite: "node_modules/vite/bin/vite.js",
};

/** Runs `node file ...args` from the root with the terminal's own output; gives the exit code. */
export function run(file, args) {
  const env = process.stdout.isTTY ? process.env : { ...process.env, NO_COLOR: "1" };
  const { status, signal } = spawnSync(process.execPath, [file, ...args], { cwd: root, env, stdio: ["ignore", "inherit", "inherit"] });
  return status ?? (signal === "SIGINT" ? 130 : 1);
}

/** Ends the process with a sentence when this Node is older than package.json allows. */
export function requireNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  console.error(`Fencepost needs Node 20.19 or newer; this is ${process.version}.`);
  process.exit(2);
}

/** Installs with `npm ci` unless node_modules already holds what the lock file says. Gives whether all is there. */
export function install() {
  if (installed()) return true;
  console.log("Installing dependencies (npm ci) ...");
  const npm = process.env.npm_execpath;
  // --include=dev: the compiler is needed under NODE_ENV=production too.
  const args = ["ci", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"];
  const options = { cwd: root, stdio: ["ignore", "ignore", "inherit"] };
  const { status } = npm ? spawnSync(process.execPath, [npm, ...args], options) : spawnSync("npm", args, options);
  if (status !== 0) console.error("npm ci failed.");
  return status === 0;
}

/** Compares contents, not times: a checkout or an `npm install` touches the lock file without changing what is wanted. */
function installed() {
  const record = join(root, "node_modules/.package-lock.json");
  if (!existsSync(record)) return false;
  const wanted = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")).packages;
  const present = JSON.parse(readFileSync(record, "utf8")).packages;
  return Object.entries(wanted).every(
    ([path, { version, optional }]) =>
      optional || !path.startsWith("node_modules/") || (path in present && present[path].version === version),
  );
}

/** Compiles the packages and what they refer to, as far as something changed, and bundles the page and the extension. Without projects: all, the tests' types included. */
export function build(...projects) {
  console.log("Building ...");
  if (run("scripts/embed-platforms.mjs", []) !== 0) return false;
  if (run(tools.tsc, ["-b", ...projects]) !== 0) return false;
  // The command line's bundle, the workbench's page and the editor's extension: about a second each, so they are simply built anew.
  if (run("packages/cli/build.mjs", []) !== 0) return false;
  if (run(tools.vite, ["build", "packages/web", "--logLevel", "warn"]) !== 0) return false;
  return run("packages/vscode/build.mjs", []) === 0;
}

/** `npm test`: everything the project checks about itself. The last line gives the totals; the exit code is 0 if nothing failed. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { provideChromium } from "./chromium.mjs";
import { runDocuments } from "./run-docs.mjs";
import { build, install, requireNode, root, run, tools } from "./setup.mjs";

if (process.env.FENCEPOST_RUN_DOCS) {
  console.error("A document runs `npm test`: mark its block ```sh no-run.");
  process.exit(2);
}

let passed = 0;
const failed = [];
const skipped = [];

function count(name, ok) {
  if (ok) passed++;
  else failed.push(name);
}

function section(title) {
  console.log(`\n== ${title}`);
}

function finish() {
  console.log("");
  for (const name of skipped) console.log(`skipped: ${name}`);
  for (const name of failed) console.log(`failed: ${name}`);
  console.log(`${passed} passed, ${failed.length} failed, ${skipped.length} skipped`);
  process.exit(failed.length === 0 ? 0 : 1);
}

/** Runs all workspaces' tests and takes the numbers from vitest's own report. */
function unitTests() {
  const folder = mkdtempSync(join(tmpdir(), "fencepost-"));
  const report = join(folder, "vitest.json");
  const code = run(tools.vitest, ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`]);
  const files = existsSync(report) ? JSON.parse(readFileSync(report, "utf8")).testResults : [];
  rmSync(folder, { recursive: true });

  const failedBefore = failed.length;
  for (const file of files) {
    const path = relative(root, file.name);
    for (const test of file.assertionResults) {
      const name = `${path} > ${test.fullName}`;
      if (test.status === "passed" || test.status === "failed") count(name, test.status === "passed");
      else skipped.push(name);
    }
    // A file that failed though none of its tests did: it could not be loaded, or a hook of it threw.
    if (file.status === "failed" && file.assertionResults.every((test) => test.status !== "failed")) count(path, false);
  }
  // An error outside every file, or no test found.
  if (code !== 0 && failed.length === failedBefore) count("vitest run", false);
}

requireNode();
if (!install()) {
  count("install", false);
  finish();
}

section("Build");
count("build", build());

section("Lint");
count("lint", run(tools.oxlint, ["--deny-warnings"]) === 0);

section("Format");
const formatted = run(tools.biome, ["ci", "--colors=off", "--reporter=summary"]) === 0;
count("format", formatted);
if (!formatted) console.log("`npm run format` puts it right.");

section("Tests");
// The tests in a browser report themselves as skipped where there is none.
process.env.CHROMIUM_PATH = provideChromium() ?? "";
unitTests();

section("Documents");
for (const { name, ok } of runDocuments()) count(name, ok);

finish();

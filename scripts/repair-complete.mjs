/**
 * Does `fix` find all? Each test of the catalogue whose outcome some stated platform allows, with up to 22 candidates: every set of one or two of them is tried, and the minimal ones that are
 * proved are held against those that the search finds.
 *
 *     node scripts/repair-complete.mjs [FOLDER...]     some minutes for all; exit 1 where they differ
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseTest } from "../packages/core/dist/litmus/index.js";
import { platform } from "../packages/core/dist/platform/index.js";
import { lowerTest } from "../packages/core/dist/program/index.js";
import { applyChanges } from "../packages/core/dist/repair/apply.js";
import { candidatesOf } from "../packages/core/dist/repair/candidates.js";
import { hittingSets } from "../packages/core/dist/repair/hitting.js";
import { createJudgement } from "../packages/core/dist/repair/prove.js";
import { distinctPlatforms } from "../packages/core/dist/repair/same-platform.js";
import { subjectOf } from "../packages/core/dist/repair/source-program.js";
import { trialOf } from "../packages/core/dist/repair/trial.js";
import { root } from "./setup.mjs";

const limits = { maxStates: 100_000, settings: new Map() };
const MOST_CANDIDATES = 22;
const MOST_PLATFORMS = 3;
const ALL = ["portable", "arm64", "sn2"];

const totals = { tests: 0, answers: 0, differences: 0 };
const key = (changes) =>
  changes
    .map(({ id }) => id)
    .sort()
    .join(" ");
const words = (changes) => changes.map((change) => change.words).join("; ");

function compare(name, text) {
  const source = { name, text };
  const test = parseTest(source);
  const lowered = test.ok ? lowerTest(test.value, source) : test;
  if (!lowered.ok) return;
  const stated = test.value.expects.filter(({ verdict }) => verdict === "allowed" || verdict === "depends");
  const names = [...new Set(stated.flatMap((each) => (each.platform === "all" ? ALL : [each.platform])))].slice(0, MOST_PLATFORMS);
  if (names.length === 0) return;
  const program = lowered.value;
  const platforms = distinctPlatforms(names.map((each) => platform(each)));
  const universe = candidatesOf(subjectOf(source, program), platforms, []).strongest;
  if (universe.length > MOST_CANDIDATES) return;
  const judgement = createJudgement(program, platforms, limits);
  const trial = (changes) => trialOf(source, applyChanges(text, changes));
  const gone = (changes) => {
    const made = trial(changes);
    return made !== undefined && judgement.forbidden(made.program).kind === "proved";
  };
  const proved = (changes) => {
    const made = trial(changes);
    return made !== undefined && judgement.prove(made.program).kind === "proved";
  };
  const enough = new Set(universe.filter((change) => gone([change])).map(({ id }) => id));
  const held = (change) => enough.has(change.id) || change.covers.some((id) => enough.has(id));
  // What one of the two contains does as well beside the other.
  const less = (change, other) =>
    universe.some((part) => change.covers.includes(part.id) && (enough.has(part.id) || proved([part, other])));
  const expected = universe
    .filter((change) => enough.has(change.id) && !change.covers.some((id) => enough.has(id)) && proved([change]))
    .map((change) => [change]);
  for (const [index, first] of universe.entries())
    for (const second of universe.slice(index + 1))
      if (!held(first) && !held(second) && proved([first, second]) && !less(first, second) && !less(second, first))
        expected.push([first, second]);
  const found = hittingSets(source, { program, edited: { text, origin: String } }, universe, {
    platforms,
    limits,
    maxChanges: 2,
    enough: 2,
    maxTrials: 100_000,
    prove: (made) => judgement.prove(made.program),
  }).minimal;
  const texts = new Set(found.map((each) => each.trial.edited.text));
  const keys = new Set(expected.map(key));
  totals.tests++;
  totals.answers += expected.length;
  for (const changes of expected.filter((each) => !texts.has(trial(each).edited.text))) {
    totals.differences++;
    console.log(`${name} on ${names}: missed: ${words(changes)}`);
  }
  for (const { changes } of found.filter((each) => !keys.has(key(each.changes)))) {
    totals.differences++;
    console.log(`${name} on ${names}: not minimal: ${words(changes)}`);
  }
}

const asked = process.argv.slice(2);
const folders = asked.length > 0 ? asked : readdirSync(join(root, "catalogue")).sort();
for (const folder of folders)
  for (const file of readdirSync(join(root, "catalogue", folder)).sort())
    if (file.endsWith(".litmus")) compare(`catalogue/${folder}/${file}`, readFileSync(join(root, "catalogue", folder, file), "utf8"));
console.log(
  `${totals.tests} tests, ${totals.answers} minimal sets of one or two changes by brute force, ${totals.differences} differences.`,
);
if (totals.differences > 0) process.exitCode = 1;

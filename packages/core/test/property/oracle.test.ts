/** The explorer, visiting every state, finds the end states that the oracle finds. */
import { expect, test } from "vitest";
import { search } from "../../src/explore/explore.js";
import { buildMachine } from "../../src/machine/machine.js";
import { consult } from "../../src/oracle/oracle.js";
import { printDraft } from "../generate/draft.js";
import { ATOMIC_CPUS, COHERENT_FABRICS, MESSAGE_CPUS, randomPlatform } from "../generate/platforms.js";
import { random } from "../generate/random.js";
import { randomTest } from "../generate/tests.js";
import { type Answer, cases, labels, listEnds, type Property, run } from "./cases.js";
import { excused, MACHINE_FAULTS } from "./known-faults.js";

const MOST_ORDERS = 3000;
const MOST_STATES = 20_000;

const agrees: Property = (program, platform, draft): Answer => {
  if (excused(MACHINE_FAULTS, printDraft(draft), platform)) return "skipped";
  const answer = consult(program, platform, new Map(), MOST_ORDERS);
  if (answer.kind !== "ends") return "skipped";
  const found = search(buildMachine(program, platform), { mode: "states", reduce: "none", maxStates: MOST_STATES });
  if (!found.complete) return "skipped";
  const machine = listEnds(found.ends);
  const oracle = listEnds(answer.ends);
  if (machine !== oracle) return { failure: `observed ${labels(program)}\n  machine ${machine}\n  oracle  ${oracle}` };
  const satisfiable = answer.ends.some((end) => end.satisfies);
  if (found.satisfiable !== satisfiable) return { failure: `the condition: machine ${found.satisfiable}, oracle ${satisfiable}` };
  return undefined;
};

const seeds = cases(2500);

test("every end state, and no other", { timeout: seeds.timeout }, () => {
  const applied = run(agrees, seeds, (seed) => {
    const source = random(seed);
    const platform = randomPlatform(source, { cpus: ATOMIC_CPUS, fabrics: COHERENT_FABRICS, credits: true });
    return { draft: randomTest(source, { loops: source.chance(0.25), size: 8, rare: source.chance(0.5) }), platform };
  });
  // Most cases have to be within the oracle's reach: a property that skips everything says nothing.
  expect(applied).toBeGreaterThan(seeds.count / 2);
});

const fewer = cases(700);

test("the same where stores reach observers one by one", { timeout: fewer.timeout }, () => {
  const applied = run(agrees, fewer, (seed) => {
    const source = random(seed ^ 0x3a11);
    const platform = randomPlatform(source, { cpus: MESSAGE_CPUS, fabrics: COHERENT_FABRICS, credits: true });
    return { draft: randomTest(source, { loops: source.chance(0.25), size: 6, rare: source.chance(0.5) }), platform };
  });
  expect(applied).toBeGreaterThan(fewer.count / 3);
});

/** The reduced search finds what the unreduced one finds: end states, verdicts, deadlocks; and its witnesses are runs. */
import { expect, test } from "vitest";
import { type SearchResult, search } from "../../src/explore/explore.js";
import { satisfied } from "../../src/explore/formula.js";
import { buildMachine, type Machine } from "../../src/machine/machine.js";
import { createStepper } from "../../src/machine/step.js";
import { printDraft } from "../generate/draft.js";
import { CPUS, FABRICS, randomPlatform } from "../generate/platforms.js";
import { random } from "../generate/random.js";
import { randomTest } from "../generate/tests.js";
import { type Answer, cases, labels, listEnds, type Property, run } from "./cases.js";
import { excused, SEARCH_FAULTS, WITNESS_FAULTS } from "./known-faults.js";

const MOST_STATES = 5000;

/** What is wrong with a witness; undefined where it is a run that ends as the condition says. */
function flaw(machine: Machine, witness: readonly number[]): string | undefined {
  const stepper = createStepper(machine);
  const state = machine.initial.slice();
  const steps: number[] = [];
  for (const [at, step] of witness.entries()) {
    const count = stepper.steps(state, steps);
    if (!steps.slice(0, count).includes(step)) return `step ${at + 1} of the witness cannot happen`;
    if (!stepper.apply(state, step)) return `step ${at + 1} of the witness discards the run`;
  }
  if (!stepper.ended(state)) return "the witness does not reach an end";
  return satisfied(stepper, state, machine.program.condition.formula) ? undefined : "the witness does not satisfy the condition";
}

const agrees: Property = (program, platform, draft): Answer => {
  const text = printDraft(draft);
  if (excused(SEARCH_FAULTS, text, platform)) return "skipped";
  const look = (mode: "states" | "verdict", reduce: "full" | "none", maxStates = MOST_STATES): SearchResult =>
    search(buildMachine(program, platform), { mode, reduce, maxStates });
  const none = look("states", "none");
  if (!none.complete) return "skipped";
  const full = look("states", "full");
  if (!full.complete) return { failure: "the reduced search visits more states" };
  if (listEnds(none.ends) !== listEnds(full.ends))
    return { failure: `observed ${labels(program)}\n  none ${listEnds(none.ends)}\n  full ${listEnds(full.ends)}` };
  if (none.deadlocks > 0 !== full.deadlocks > 0) return { failure: `deadlocks: none ${none.deadlocks}, full ${full.deadlocks}` };
  if (none.livelocks > 0 !== full.livelocks > 0) return { failure: `livelocks: none ${none.livelocks}, full ${full.livelocks}` };
  const verdict = look("verdict", "full");
  for (const [name, result] of Object.entries({ "states full": full, "verdict none": look("verdict", "none"), "verdict full": verdict })) {
    if (result.satisfiable !== none.satisfiable)
      return { failure: `satisfiable: states none ${none.satisfiable}, ${name} ${result.satisfiable}` };
    if (result.witness === undefined || (name !== "verdict none" && excused(WITNESS_FAULTS, text, platform))) continue;
    const wrong = flaw(buildMachine(program, platform), result.witness);
    if (wrong !== undefined) return { failure: `${name}: ${wrong}` };
  }
  return undefined;
};

const seeds = cases(1000);

test("reduced and unreduced agree", { timeout: seeds.timeout }, () => {
  const applied = run(agrees, seeds, (seed) => {
    const source = random(seed ^ 0x5eed);
    const platform = randomPlatform(source, { cpus: CPUS, fabrics: FABRICS, credits: true });
    return { draft: randomTest(source, { loops: source.chance(0.4), size: 8, rare: source.chance(0.5) }), platform };
  });
  expect(applied).toBeGreaterThan(seeds.count / 2);
});

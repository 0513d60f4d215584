/** What is learned from the stepper is what the stepper does: state by state and step by step, and in the whole search. */
import { expect, test } from "vitest";
import { family } from "../../../../scripts/bench/family.mjs";
import { searchEvery } from "../../src/explore/every.js";
import { searchPart } from "../../src/explore/explore.js";
import { createFields } from "../../src/explore/fields.js";
import { createFootprints } from "../../src/explore/footprints.js";
import { agentsOf, createLearned } from "../../src/explore/learned.js";
import { whole } from "../../src/explore/parts.js";
import type { SearchOptions } from "../../src/explore/result.js";
import { buildMachine, type Machine } from "../../src/machine/machine.js";
import { createStepper } from "../../src/machine/step.js";
import { platform } from "../../src/platform/index.js";
import type { Platform } from "../../src/platform/platform.js";
import { runWitness } from "../../src/report/run.js";
import { printDraft, programOf } from "../generate/draft.js";
import { CPUS, FABRICS, printPlatform, randomPlatform } from "../generate/platforms.js";
import { random } from "../generate/random.js";
import { randomTest } from "../generate/tests.js";
import { cases } from "./cases.js";

const MOST_STATES = 1000;

/** Every state that the stepper reaches, or undefined where there are too many. */
function reachable(machine: Machine): readonly Int32Array[] | undefined {
  const stepper = createStepper(machine, false);
  const states = [machine.initial.slice(0, machine.layout.deciding)];
  const seen = new Set(states.map((state) => state.join()));
  const steps: number[] = [];
  for (const state of states) {
    const count = stepper.steps(state, steps);
    for (const step of steps.slice(0, count)) {
      const next = state.slice();
      if (!stepper.apply(next, step) || seen.has(next.join())) continue;
      seen.add(next.join());
      states.push(next);
    }
    if (states.length > MOST_STATES) return undefined;
  }
  return states;
}

/** Asks the trees about every state, each of them after others have been learned, and compares with the stepper. Gives how many answers were not asked of the stepper. */
function compareSteps(machine: Machine, states: readonly Int32Array[]): number | string {
  const stepper = createStepper(machine, false);
  const size = machine.layout.deciding;
  const fields = createFields(machine.initial.slice(0, size));
  for (const state of states) fields.see(state);
  fields.layOut();
  const scopes = agentsOf(stepper);
  const learned = createLearned(stepper, scopes, fields, size, createFootprints(scopes, size));
  const packed = new Int32Array(fields.words);
  const walk = (root: number): number => {
    let at = root;
    while (at > 0) {
      const [word = 0, shift = 0, mask = 0] = learned.tree.subarray(at, at + 3);
      at = learned.tree[at + 3 + (((packed[word] as number) >>> shift) & mask)] as number;
    }
    return at;
  };
  const steps: number[] = [];
  const unpacked = new Int32Array(size);
  let known = 0;
  for (const state of states) {
    fields.pack(state, packed, 0);
    for (const [agent, scope] of scopes.entries()) {
      let leaf = walk(learned.agents[agent] as number);
      if (leaf !== 0) known++;
      leaf = leaf === 0 ? learned.learnAgent(agent, state) : ~leaf;
      const answer = learned.leaves[leaf];
      const count = stepper.steps(state, steps, scope);
      const said = answer?.effects.map((effect) => learned.steps[effect]);
      if (said?.join() !== steps.slice(0, count).join()) return `agent ${agent} can ${steps.slice(0, count).join()}, not ${said?.join()}`;
      if (answer?.over !== stepper.ended(state, scope)) return `agent ${agent} is over or not`;
      for (const effect of answer.effects) {
        const before = walk(learned.effects[effect] as number);
        if (before !== 0) known++;
        const outcome = (before === 0 ? learned.learnEffect(effect, state) : ~before) * (1 + 2 * fields.words);
        const next = state.slice();
        const kept = stepper.apply(next, learned.steps[effect] as number);
        if (kept !== (learned.outcomes[outcome] === 0)) return `step ${learned.steps[effect]} is discarded or not`;
        if (!kept) continue;
        const words = packed.map(
          (word, at) => (word & (learned.outcomes[outcome + 1 + 2 * at] as number)) | (learned.outcomes[outcome + 2 + 2 * at] as number),
        );
        fields.unpack(words, 0, unpacked);
        if (unpacked.join() !== next.join()) return `step ${learned.steps[effect]} leads elsewhere`;
      }
    }
  }
  return known;
}

function compareSearches(machine: Machine, mode: SearchOptions["mode"]): string | undefined {
  const options: SearchOptions = { mode, reduce: "none", maxStates: MOST_STATES };
  const plain = searchPart(createStepper(machine, false), whole(machine), machine.program.condition.formula, options);
  // Made into code early, so that few states are left to the trees.
  const every = searchEvery(createStepper(machine, false), options, 8);
  if (every === undefined) return "nothing could be learned";
  for (const key of ["complete", "satisfiable", "someRunEnds"] as const)
    if (plain[key] !== every[key]) return `${key}: plainly ${plain[key]}`;
  if (plain.witness?.length !== every.witness?.length) return `witness of ${every.witness?.length} steps, plainly ${plain.witness?.length}`;
  const wrong = every.witness === undefined ? undefined : runWitness(machine, every.witness);
  if (wrong !== undefined) return wrong;
  if (mode === "verdict") return undefined;
  for (const key of ["states", "deadlocks", "livelocks"] as const)
    if (plain[key] !== every[key]) return `${key}: plainly ${plain[key]}, ${every[key]}`;
  if (JSON.stringify(plain.ends) !== JSON.stringify(every.ends)) return "other ends";
  if (every.stuck?.length !== plain.stuck?.length) return "a longer way to where it is stuck";
  return every.stuck === undefined ? undefined : runWitness(machine, every.stuck, undefined, undefined, "stuck");
}

const seeds = cases(60);

test("learned steps are the stepper's", { timeout: seeds.timeout }, () => {
  let applied = 0;
  let known = 0;
  for (let seed = seeds.first; seed < seeds.first + seeds.count; seed++) {
    const source = random(seed ^ 0x1ea2);
    const on = randomPlatform(source, { cpus: CPUS, fabrics: FABRICS, credits: true });
    const text = printDraft(randomTest(source, { loops: source.chance(0.4), size: 7, rare: source.chance(0.5) }));
    const program = programOf(text);
    if (typeof program === "string") continue;
    const machine = buildMachine(program, on);
    const states = reachable(machine);
    if (states === undefined) continue;
    const steps = compareSteps(machine, states);
    const found = typeof steps === "string" ? steps : (compareSearches(machine, "states") ?? compareSearches(machine, "verdict"));
    if (found !== undefined) throw new Error(`seed ${seed}: ${found}\n${printPlatform(on)}\n${text}`);
    known += steps as number;
    applied++;
  }
  expect(applied).toBeGreaterThan(seeds.count / 2);
  expect(known).toBeGreaterThan(applied * 100);
});

const unreduced = (n: number, m: number, cure: "none" | "barrier" | "pio"): number => {
  const program = programOf(family(n, m, cure));
  if (typeof program === "string") throw new Error(program);
  const machine = buildMachine(program, platform("sn2-pic") as Platform);
  const result = searchEvery(createStepper(machine, false), { mode: "states", reduce: "none", maxStates: 1_000_000 });
  return result?.complete === true ? result.states : -1;
};

test("pairs that do not know of each other: the states are the product", () => {
  expect(unreduced(3, 1, "none")).toBe(331);
  expect(unreduced(3, 2, "none")).toBe(331 * 331);
  expect(unreduced(2, 2, "barrier")).toBe(unreduced(2, 1, "barrier") ** 2);
});

/**
 * Another run to the same outcome: a search depth first, whose order a seed shuffles. It proves nothing: it stops at the first end that satisfies the proposition, or after
 * so many states. The same machine and seed give the same run.
 */
import type { Machine } from "../machine/machine.js";
import { createStepper } from "../machine/step.js";
import { satisfied } from "./formula.js";
import { slotsOf, whole } from "./parts.js";
import { statesBetweenQuestions } from "./result.js";
import { createReduction } from "./stubborn.js";
import { createTable } from "./table.js";

/** What another run is looked for with. */
export interface AnotherOptions {
  readonly seed: number;
  /** Gives up beyond this many states. */
  readonly maxStates: number;
  readonly interrupted?: (() => boolean) | undefined;
}

/** The steps from the initial state to an end that satisfies the proposition; undefined where none was met. */
export function sampleWitness(machine: Machine, { seed, maxStates, interrupted }: AnotherOptions): readonly number[] | undefined {
  // Without the queues, which no step reads.
  const stepper = createStepper(machine, false);
  const initial = machine.initial.slice(0, machine.layout.deciding);
  const scope = whole(machine);
  const reduction = createReduction(stepper, scope);
  const table = createTable(machine, slotsOf(machine, scope));
  const random = randomNumbers(seed);
  const { filter, condition } = machine.program;
  const enabled: number[] = [];
  const choicesIn = (state: Int32Array): number[] => {
    let count = stepper.steps(state, enabled);
    if (stepper.ended(state)) return [];
    if (count > 1) count = reduction.select(state, enabled, count);
    return shuffled(enabled.slice(0, count), random);
  };
  const between = statesBetweenQuestions(machine);
  const stack = [{ state: initial, choices: choicesIn(initial), step: -1 }];
  table.add(initial);
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const step = top.choices.pop();
    if (step === undefined) {
      stack.pop();
      continue;
    }
    const state = Int32Array.from(top.state);
    if (!stepper.apply(state, step)) continue;
    table.add(state);
    if (!table.fresh) continue;
    if (stepper.ended(state)) {
      if ((filter === undefined || satisfied(stepper, state, filter)) && satisfied(stepper, state, condition.formula))
        return [...stack.slice(1).map((each) => each.step), step];
      continue;
    }
    if (table.count > maxStates || (table.count % between === 0 && interrupted?.() === true)) return undefined;
    stack.push({ state, choices: choicesIn(state), step });
  }
  return undefined;
}

/** mulberry32: numbers from 0 up to 1. */
function randomNumbers(seed: number): () => number {
  let at = seed | 0;
  return () => {
    at = (at + 0x6d2b79f5) | 0;
    let mixed = Math.imul(at ^ (at >>> 15), 1 | at);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

function shuffled(list: number[], random: () => number): number[] {
  for (let at = list.length - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1));
    const kept = list[at] as number;
    list[at] = list[other] as number;
    list[other] = kept;
  }
  return list;
}

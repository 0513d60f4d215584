/** What a *forbidden* does not cover of atomics: where the machine keeps more order than the models do (docs/decisions/0007-not-yet.md). */
import { comparedWith } from "../machine/compares.js";
import type { Instruction } from "../machine/instruction.js";
import type { Machine } from "../machine/machine.js";
import { registersOf } from "../program/evaluate.js";

/** One line for each thread and kind of bound that it meets. */
export function atomicBounds({ instructions, program }: Machine): string[] {
  const met = new Set<string>();
  for (const instruction of instructions) {
    const name = program.threads[instruction.thread]?.name ?? "";
    if (waitsForExpected(instruction, instructions)) met.add(`${name}: a compare reads only when what it expects is known`);
  }
  return [...met];
}

/**
 * A compare in two halves of which it is not chosen beforehand whether it stores (no `atomic_failed` among the platform's accessors), and whose expected value comes from a read of another
 * location: of one location reads stay in order anyway.
 */
function waitsForExpected({ modify, outcome, pair, thread, location }: Instruction, instructions: readonly Instruction[]): boolean {
  if (pair < 0 || modify === undefined || outcome !== 0) return false;
  const expected = registersOf(comparedWith(modify), new Set());
  return instructions.some(
    (each) => each.thread === thread && expected.has(each.target) && (each.location < 0 || each.location !== location),
  );
}

/**
 * Atomics that store on a condition (a compare-and-exchange, atomic_add_unless). Whether one stores is a branch of its thread that is chosen freely; it may read before what it compares with is
 * known, and the run never happened where it turns out to have chosen wrongly. What it gives is known with what it read, unless it gives whether it stored.
 */
import { registersOf } from "../program/evaluate.js";
import type { Expression, Modify } from "../program/program.js";
import type { State } from "./action.js";
import type { Instruction } from "./instruction.js";
import type { Machine, MachineThread } from "./machine.js";
import type { Path } from "./path.js";
import type { Values } from "./values.js";

/** What an atomic compares with what it read; undefined where it stores in any case. */
export function comparedWith(modify: Modify): Expression | undefined {
  switch (modify.kind) {
    case "compare":
      return modify.expected;
    case "add-unless":
      return modify.unless;
    default:
      return undefined;
  }
}

/** Does an atomic that has read a value store, given what it compares with? */
export function storesAfter(modify: Modify, old: number, compared: number): boolean {
  return modify.kind === "compare" ? old === compared : modify.kind === "add-unless" ? old !== compared : true;
}

/** Does it read without what it compares with? It does where whether it stores was chosen before, and the comparison is with something computed. */
export function readsAhead({ kind, modify, outcome, returns }: Instruction): boolean {
  if (kind !== "load" || modify === undefined || outcome === 0) return false;
  const computed = registersOf(comparedWith(modify), new Set()).size > 0;
  return computed && (returns === "old" || returns === "success" || returns === "nothing");
}

/** Does the write half store the same whatever its read half reads? What it stores may be read before that. */
export const storesAnyhow = ({ modify, outcome }: Instruction): boolean =>
  modify?.kind === "exchange" || (modify?.kind === "compare" && outcome > 0);

/** `hold` makes the comparisons that can be made by now (false: one was chosen wrongly). `providerOf`: what an open one waits for. */
export function createCompares(machine: Machine, values: Values) {
  const { instructions, threads, layout } = machine;
  const { evaluate, isOpen, lack } = values;
  const ahead: readonly (readonly Instruction[])[] = threads.map((_, index) =>
    instructions.filter((each) => each.thread === index && (layout.open[each.id] as number) >= 0),
  );

  /** What it compares with, as far as that is known. Sets `lack`. */
  function compared(state: State, at: Path, instruction: Instruction): number {
    lack.missing = false;
    const expression = comparedWith(instruction.modify as Modify) as Expression;
    return evaluate(state, at, at.ids.indexOf(instruction.id), threads[instruction.thread] as MachineThread, expression);
  }

  function hold(state: State, at: Path, index: number): boolean {
    const list = ahead[index] as readonly Instruction[];
    for (let i = 0; i < list.length; i++) {
      const instruction = list[i] as Instruction;
      const { id, modify, outcome } = instruction;
      if (!isOpen(state, id)) continue;
      const found = compared(state, at, instruction);
      if (lack.missing) continue;
      const old = (layout.value[id] as number) + 1;
      if (storesAfter(modify as Modify, state[old] as number, found) !== outcome > 0) return false;
      state[layout.open[id] as number] = 0;
      // What was read is kept for the write half, where there is one.
      if (outcome < 0) state[old] = 0;
    }
    return true;
  }

  function providerOf(state: State, at: Path, id: number): number {
    compared(state, at, instructions[id] as Instruction);
    return lack.missing ? lack.instruction : id;
  }

  return { hold, providerOf };
}

/**
 * Register writes that a spin unlock answers for. Where the kernel's unlock has a barrier only if there is something to order (include/asm-generic/mmiowb.h), a register write under a spin lock
 * leaves a note, and the next unlock of its CPU has the barrier and takes the note away: on some paths the fence is there, on others it is not. What a thread has left behind is its own
 * affair: a handler neither finds nor takes the note of the program that it interrupts.
 */
import { evaluate, registersOf } from "../program/evaluate.js";
import type { Instruction } from "./instruction.js";

/** What a thread knows of its locks and register writes. */
export interface Pending {
  /** The spin locks that it holds, by location. */
  readonly held: Set<number>;
  /** A register write was made under a spin lock, and no spin lock was given back since. */
  write: boolean;
}

/** At the start of a thread. */
export const nothingPending = (): Pending => ({ held: new Set(), write: false });

/** Takes note of the next instruction. */
export function note(pending: Pending, { location, nests, pends }: Pick<Instruction, "location" | "nests" | "pends">): void {
  if (nests > 0) pending.held.add(location);
  if (nests < 0) {
    // Where it is not known which one is given back: the one that was not known when it was taken, else any.
    if (!pending.held.delete(location)) pending.held.clear();
    pending.write = false;
  }
  if (pends && pending.held.size > 0) pending.write = true;
}

/** Is a register write pending at the end of this stretch of a path? */
export function isPending(instructions: readonly Instruction[], ids: readonly number[]): boolean {
  const pending = nothingPending();
  ids.forEach((id, position) => {
    const instruction = instructions[id] as Instruction;
    if (instruction.nests <= 0 || instruction.returns !== "success" || wasTaken(instructions, ids, position)) note(pending, instruction);
  });
  return pending.write;
}

/** Did `trylock` take the lock? The next branch that asks for nothing but its value tells; without one it did. */
function wasTaken(instructions: readonly Instruction[], ids: readonly number[], position: number): boolean {
  const { target } = instructions[ids[position] as number] as Instruction;
  for (let at = position + 1; at < ids.length - 1; at++) {
    const { id, kind, target: assigned, to, value } = instructions[ids[at] as number] as Instruction;
    if (kind === "branch" && value !== undefined && to !== id + 1) {
      const asked = registersOf(value, new Set());
      if (asked.size === 1 && asked.has(target)) return (evaluate(value, () => 1) !== 0) === (ids[at + 1] === id + 1);
    }
    if (assigned === target) return true;
  }
  return true;
}

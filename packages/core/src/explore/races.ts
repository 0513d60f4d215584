/** Plain accesses that race: a compiler may do with them what no CPU does, so no model of CPUs can promise what comes of them. */
import type { Instruction } from "../machine/instruction.js";
import type { Machine } from "../machine/machine.js";
import { registersOf } from "../program/evaluate.js";
import type { Expression } from "../program/program.js";
import { heldLocks } from "./held-locks.js";

/** Locations that one thread accesses plainly while another writes them, or writes plainly while another accesses them, and not both under one lock. */
export function plainRaces({ instructions, program }: Machine): string[] {
  if (!instructions.some(({ facts }) => facts.plain)) return [];
  const names = new Set<string>();
  const held = new Map(program.threads.flatMap((thread) => heldLocks(thread).map((locks, at) => [thread.code[at], locks] as const)));
  const apart = (one: Instruction, other: Instruction): boolean => {
    const [mine, theirs] = [held.get(one.operation), held.get(other.operation)];
    return mine !== undefined && theirs !== undefined && [...mine].some((lock) => theirs.has(lock));
  };
  const cpu = instructions.filter(
    (instruction) => instruction.kind === "load" || instruction.kind === "store" || instruction.kind === "rmw",
  );
  for (const plainly of cpu) {
    if (!plainly.facts.plain) continue;
    for (const other of instructions) {
      if (other.thread === plainly.thread || (other.location !== plainly.location && other.location >= 0 && plainly.location >= 0))
        continue;
      if (apart(plainly, other)) continue;
      const writes = ["store", "rmw", "dma-write", "dma-atomic"].includes(other.kind);
      const reads = ["load", "dma-read"].includes(other.kind);
      if (writes || (reads && plainly.kind === "store"))
        names.add(program.locations[Math.max(plainly.location, other.location)]?.name ?? "?");
    }
  }
  return [...names];
}

/**
 * Is some order held up only by a dependency that starts at a racing plain load or ends at a racing plain store? A compiler may break it (LKMM orders marked accesses only), and no CPU model can say
 * what comes out. By program text: an address taken from the load, or a store that depends on it with no fence between.
 */
export function restsOnPlainDependency(machine: Machine, races: readonly string[]): boolean {
  const { instructions, threads, program } = machine;
  return instructions.some((load) => {
    if (load.kind !== "load") return false;
    const racing = (instruction: Instruction): boolean =>
      instruction.facts.plain && races.includes(program.locations[instruction.location]?.name ?? "?");
    const weak = racing(load);
    const end = threads[load.thread]?.end ?? 0;
    const tainted = new Set([load.target]);
    const isTemporary = (thread: number, register: number): boolean =>
      program.threads[thread]?.registers[register]?.startsWith("$") === true;
    let guarded = -1;
    for (let id = load.id + 1; id < end; id++) {
      const instruction = instructions[id] as Instruction;
      const depends = (expression: Expression | undefined): boolean =>
        [...registersOf(expression, new Set())].some((register) => tainted.has(register));
      if (instruction.kind === "fence" && (instruction.before & 1) !== 0) return false;
      if (instruction.kind === "assign" && depends(instruction.value)) tainted.add(instruction.target);
      // A temporary lives as long as its statement: the next one that uses it begins anew.
      else if (isTemporary(load.thread, instruction.target)) tainted.delete(instruction.target);
      if (instruction.kind === "branch" && depends(instruction.value)) guarded = Math.max(guarded, instruction.join);
      if (weak && instruction.kind === "load" && depends(instruction.address)) return true;
      if (
        instruction.kind === "store" &&
        (weak || racing(instruction)) &&
        (id < guarded || depends(instruction.address) || depends(instruction.value))
      )
        return true;
    }
    return false;
  });
}

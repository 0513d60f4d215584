/** Threads that poll: their first access reads memory that others write. Their program begins, for the simulator, with the round that sees the new value. */
import { type Machine, passive } from "../machine/index.js";

export interface Gate {
  readonly thread: number;
  readonly location: number;
}

/** A thread that begins with a loop does its polling itself; a handler is started by its interrupt. */
export function gatesOf(machine: Machine): readonly Gate[] {
  const writes = (kind: string): boolean => kind === "store" || kind === "rmw" || kind === "dma-write" || kind === "dma-atomic";
  return machine.threads.flatMap((thread, index): Gate[] => {
    if (thread.handler >= 0) return [];
    for (let id = thread.first; id < thread.end; id++) {
      const instruction = machine.instructions[id];
      if (instruction === undefined) return [];
      if (passive(instruction) && instruction.kind !== "loop-head" && instruction.kind !== "branch") continue;
      const reads = instruction.kind === "load" && instruction.modify === undefined && !instruction.facts.lock;
      if (!reads && !(instruction.kind === "dma-read" && !machine.packets[instruction.packet]?.fields.has("zero-length"))) return [];
      const { location } = instruction;
      if (location < 0 || machine.program.locations[location]?.space !== "memory") return [];
      const written = machine.instructions.some((other) => other.thread !== index && other.location === location && writes(other.kind));
      return written ? [{ thread: index, location }] : [];
    }
    return [];
  });
}

/** Threads that poll: their first access reads memory that others write. Their program begins, for the simulator, with the round that sees the new value. */
import { type Machine, passive } from "../machine/index.js";
import type { Node } from "./automaton.js";
import type { CpuTime } from "./cpu-time.js";
import { type Run, WAITING } from "./messages.js";
import type { Random } from "./random.js";

/** A thread that waits for a location to change. */
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

// How a gate stands.
export const OPEN = 0;
const SHUT = 1;
const WAKING = 2;

/** Who waits for a location to change. */
export type Polling = ReturnType<typeof createPolling>;

/** Threads behind gates: when their turn comes, and what polling in vain until then costs. `root`: how messages begin. `random`: by CPU. */
export function createPolling(
  { anatomy, times, extent, clocks, messages }: Run,
  gates: readonly Gate[],
  root: Node,
  cpuTime: CpuTime,
  random: readonly Random[],
) {
  const { count, threadCount, slots, lanes, depth, keys } = extent;
  const { cpuOf, isHandler } = anatomy;
  const { born, nodes, threadState } = messages;
  const gateOf = new Int32Array(threadCount).fill(-1);
  gates.forEach((each, index) => {
    gateOf[each.thread] = index;
  });
  const before = root.polled;
  /** By slot and thread. */
  const gate = new Uint8Array(slots * threadCount);
  /** By lane and thread: since when it has had nothing to do. */
  const idleSince = new Float64Array(lanes * threadCount);

  function wake(slot: number, index: number, idle: boolean): void {
    gate[slot * threadCount + index] = WAKING;
    const cpu = cpuOf[index] as number;
    // Somewhere in a round of polling.
    const draws = random[cpu < 0 ? 0 : cpu] as Random;
    clocks.start(slot * keys + count + index, slot, idle ? clocks.now + times.poll * draws.next() : clocks.now);
  }

  return {
    gate,

    /** A message begins. */
    clear(slot: number): void {
      for (let index = 0; index < threadCount; index++) gate[slot * threadCount + index] = gateOf[index] === -1 ? OPEN : SHUT;
    },

    /** The round of polling that sees the new value begins. */
    open(slot: number, index: number): void {
      gate[slot * threadCount + index] = OPEN;
    },

    /** A thread of the lane has nothing to do from now on. */
    begin(lane: number, index: number): void {
      idleSince[lane * threadCount + index] = clocks.now;
    },

    /** It has found what it polled for. */
    end(slot: number, index: number): void {
      if (gateOf[index] === -1) return;
      const since = Math.max(idleSince[Math.floor(slot / depth) * threadCount + index] as number, born[slot] as number);
      cpuTime.poll[slot] = (cpuTime.poll[slot] as number) + clocks.now - since;
    },

    /** Wakes the threads whose locations have changed in a message. `idle`: it is a thread's turn, and its CPU has nothing else to do. */
    watch(slot: number, idle: (slot: number, index: number) => boolean): void {
      const { polled } = nodes[slot] as Node;
      for (let i = 0; i < gates.length; i++) {
        const index = (gates[i] as Gate).thread;
        if (gate[slot * threadCount + index] === SHUT && polled[i] !== before[i]) wake(slot, index, idle(slot, index));
      }
      giveUp(slot, idle);
    },
  };

  /** Nothing else is under way in the message: whoever polls has to go on with what there is. */
  function giveUp(slot: number, idle: (slot: number, index: number) => boolean): void {
    if ((clocks.running[slot] as number) > 0) return;
    for (let index = 0; index < threadCount; index++) {
      if (isHandler[index] === 1) continue;
      if (threadState[slot * threadCount + index] === WAITING && gate[slot * threadCount + index] !== SHUT) return;
    }
    for (let index = 0; index < threadCount; index++) {
      const mine = slot * threadCount + index;
      if (gate[mine] === SHUT && threadState[mine] === WAITING) wake(slot, index, idle(slot, index));
    }
  }
}

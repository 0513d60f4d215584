/** Messages under way: each has a slot of its lane's ring, and in it its state of the machine. */
import type { Machine } from "../machine/index.js";
import type { Anatomy } from "./anatomy.js";
import type { Node } from "./automaton.js";
import type { Clocks } from "./clocks.js";
import type { Times } from "./times.js";
import type { Workload } from "./workload.js";

// How a thread stands in its message.
export const WAITING = 0;
export const WORKING = 1;
/** Everything is done; the CPU is busy until then. */
export const LEAVING = 2;
export const DONE = 3;

/** How much of everything a run has; arrays are by slot and one of these: `slot * count + instruction`. */
export interface Extent {
  /** Instructions, threads, locations and CPUs of the machine, and hops of all its packets. */
  readonly count: number;
  readonly threadCount: number;
  readonly locationCount: number;
  readonly cpuCount: number;
  readonly hopCount: number;
  /** One ring for each device of the workload, so many slots deep. */
  readonly lanes: number;
  readonly depth: number;
  readonly slots: number;
  /** Clocks of a slot: of its instructions, its threads, its arrival (this one), its cache lines. */
  readonly keys: number;
  readonly arrivalKey: number;
}

/** `span`: hops of the longest packet. */
export function extentOf(machine: Machine, { devices, depth }: Workload, span: number): Extent {
  const count = machine.instructions.length;
  const threadCount = machine.threads.length;
  const locationCount = machine.program.locations.length;
  return {
    count,
    threadCount,
    locationCount,
    cpuCount: Math.max(1, machine.cpus),
    hopCount: machine.packets.length * span,
    lanes: devices,
    depth,
    slots: devices * depth,
    keys: count + threadCount + 1 + locationCount,
    arrivalKey: count + threadCount,
  };
}

/** By slot, and `threadState` by slot and thread. */
export interface Messages {
  readonly alive: Uint8Array;
  /** The message's number in its lane. */
  readonly sequence: Int32Array;
  /** When it came, ns. */
  readonly born: Float64Array;
  /** Events it has taken. */
  readonly spent: Int32Array;
  /** When its last thread was done with it, ns. */
  readonly consumed: Float64Array;
  readonly nodes: Node[];
  /** Where something was guessed: the state without the guess, the branch that was guessed, and which guess is next (steps.ts). */
  readonly bases: (Node | undefined)[];
  readonly guessed: Int32Array;
  readonly flip: Uint8Array;
  readonly threadState: Uint8Array;
}

/** What everything about a run looks at. */
export interface Run {
  readonly machine: Machine;
  readonly anatomy: Anatomy;
  readonly times: Times;
  readonly extent: Extent;
  readonly clocks: Clocks;
  readonly messages: Messages;
}

/** Slots without messages. */
export function createMessages({ slots, threadCount }: Extent, root: Node): Messages {
  return {
    alive: new Uint8Array(slots),
    sequence: new Int32Array(slots),
    born: new Float64Array(slots),
    spent: new Int32Array(slots),
    consumed: new Float64Array(slots),
    nodes: Array.from({ length: slots }, () => root),
    bases: Array.from({ length: slots }, () => undefined),
    guessed: new Int32Array(slots),
    flip: new Uint8Array(slots),
    threadState: new Uint8Array(slots * threadCount),
  };
}

/** What a simulation does: how often, how much, how deep. */
import { ADDRESS_BASE, type Program } from "../program/program.js";

/** How much is done at a time, and how often. */
export interface Workload {
  /** Messages measured; the first ones, which fill the pipeline, come before. */
  readonly messages: number;
  /** Bytes of a payload location. */
  readonly size: number;
  /** Bytes of any other location that a device reads or writes: a completion queue entry, a descriptor. */
  readonly entry: number;
  /** Messages of one device under way at a time: the slots of its ring. */
  readonly depth: number;
  /** Devices of the same kind, each with a ring of its own; they share what the platform has once for all, and the CPUs. */
  readonly devices: number;
  /** NUMA hops between the device and the memory and CPUs that it talks to. */
  readonly hops: number;
  /** Messages per second offered in all; undefined: as many as go (closed loop). */
  readonly rate: number | undefined;
  /** How messages of a given rate are spaced. */
  readonly arrivals: "even" | "poisson";
  readonly seed: number;
  /** Names of the locations that hold `size` bytes; undefined: `payloadOf` says. */
  readonly payload: readonly string[] | undefined;
}

/** One device, a ring of sixteen, as fast as it goes. */
export const DEFAULT_WORKLOAD: Workload = {
  messages: 10_000,
  size: 64,
  entry: 32,
  depth: 16,
  devices: 1,
  hops: 0,
  rate: undefined,
  arrivals: "poisson",
  seed: 1,
  payload: undefined,
};

/**
 * The locations that carry the message: those that a device reads or writes, but for what only announces them, the last location that each device thread writes of several (a ring's data
 * comes first and its entry last), or the only one where it reads, too; what it reads before the last (descriptors); and what CPUs poll.
 */
export function payloadOf(program: Program, polled: readonly number[]): readonly number[] {
  const payload = new Set<number>();
  const announcing = new Set<number>(polled);
  for (const thread of program.threads) {
    if (thread.role !== "device") continue;
    const written: number[] = [];
    const read: number[] = [];
    for (const operation of thread.code) {
      const parts = operation.kind === "dma-write" || operation.kind === "dma-read" ? operation.parts : [];
      for (const part of parts) {
        if (part.address.kind !== "constant") continue;
        const location = part.address.value - ADDRESS_BASE;
        if (program.locations[location]?.space !== "memory") continue;
        payload.add(location);
        if (operation.kind === "dma-write" && !written.includes(location)) written.push(location);
        if (operation.kind === "dma-read" && !read.includes(location)) read.push(location);
      }
    }
    const last = written[written.length - 1];
    if (last !== undefined && (written.length > 1 || read.length > 0)) announcing.add(last);
    for (const descriptor of read.slice(0, -1)) announcing.add(descriptor);
  }
  const result = [...payload].filter((location) => !announcing.has(location));
  return (result.length > 0 ? result : [...payload]).sort((a, b) => a - b);
}

/** Cache lines of messages under way: who has them, which are fetched ahead, and when stores are seen by others. */

import { LOADS, STORES } from "./anatomy.js";
import type { Node } from "./automaton.js";
import type { Run } from "./messages.js";
import type { Random } from "./random.js";

/** A line that DMA wrote: a miss for every CPU. */
const NOBODY = 1 << 20;

/** Where cache lines are. */
export type Lines = ReturnType<typeof createLines>;

/** `random`: for how long a store takes to be seen. Times are ns. */
export function createLines({ machine, anatomy, times, extent, clocks, messages }: Run, random: Random) {
  const { slots, count, locationCount } = extent;
  const { cpuOf, isStore, locations, role, stopsFetching } = anatomy;
  const { nodes } = messages;
  /** By slot and location: the CPU that has the line, plus one; 0: nobody has touched it. */
  const owner = new Int32Array(slots * Math.max(1, locationCount));
  /** When the line of a load comes that was fetched ahead; 0: it was not. */
  const ready = new Float64Array(slots * count);
  const seenAt = machine.listLike ? new Float64Array(slots * count) : new Float64Array(0);

  /** A load that misses brings the lines of the loads behind it along: what holds these back is the order in which they take their values, unless a fence or an acquire stands between. */
  function fetchAhead(slot: number, index: number, from: number, at: number): void {
    if (stopsFetching[from] === 1) return;
    for (const id of (nodes[slot] as Node).paths[index] as readonly number[]) {
      if (id <= from) continue;
      if (role[id] === LOADS && ready[slot * count + id] === 0) ready[slot * count + id] = at;
      if (stopsFetching[id] === 1) return;
    }
  }

  return {
    /** When a store is seen by others, by slot and instruction. */
    seenAt,

    /** A message begins. */
    clear(slot: number): void {
      owner.fill(0, slot * locationCount, (slot + 1) * locationCount);
      ready.fill(0, slot * count, (slot + 1) * count);
    },

    /** How long an instruction takes that begins then: longer where its line is not at hand. */
    delay(slot: number, index: number, id: number, begin: number): number {
      const hit = times.delay[id] as number;
      const location = locations[id] as number;
      if (role[id] === STORES || location < 0) return hit;
      const holder = owner[slot * locationCount + location] as number;
      const loads = role[id] === LOADS || isStore[id] === 1;
      if (!loads || holder === 0 || holder === (cpuOf[index] as number) + 1) return hit;
      const fetched = ready[slot * count + id] as number;
      // The line may be on its way already.
      const delay = fetched > 0 ? Math.max(hit, fetched - begin) : hit + times.miss;
      if (role[id] === LOADS) fetchAhead(slot, index, id, begin + delay);
      return delay;
    },

    /** DMA has landed. */
    land(slot: number, location: number): void {
      owner[slot * locationCount + location] = NOBODY;
    },

    /** A CPU has performed an access. */
    touch(slot: number, location: number, index: number): void {
      owner[slot * locationCount + location] = (cpuOf[index] as number) + 1;
    },

    /** A store was performed; others see it some time later. */
    store(slot: number, id: number): void {
      seenAt[slot * count + id] = times.propagation > 0 ? clocks.now + times.propagation * random.exponential() : clocks.now;
    },

    /** An instruction can be performed anew. */
    reopen(slot: number, id: number): void {
      ready[slot * count + id] = 0;
    },
  };
}

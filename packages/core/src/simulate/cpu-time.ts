/** Where the CPU time of messages goes: work, stalls by kind, polling in vain. */
import type { Node } from "./automaton.js";
import type { Run } from "./messages.js";
import { STALLS } from "./tally.js";

const OTHER = STALLS.indexOf("other");
const FENCE = STALLS.indexOf("fence");

/** Accounts of threads' time. */
export type CpuTime = ReturnType<typeof createCpuTime>;

/** `mine` is a thread in its message: `slot * threadCount + index`. Times are ns. */
export function createCpuTime({ machine, anatomy, times, extent, clocks, messages }: Run) {
  const { instructions } = machine;
  const { slots, threadCount } = extent;
  const { isFence, passiveCost, stallOf, threadOf } = anatomy;
  const { nodes } = messages;
  const kinds = STALLS.length;
  /** Up to when the thread's time is accounted for, and the last instruction on its path that is. */
  const cursor = new Float64Array(slots * threadCount);
  const charged = new Int32Array(slots * threadCount);
  const work = new Float64Array(slots * threadCount);
  const stall = new Float64Array(slots * threadCount * kinds);
  const poll = new Float64Array(slots);
  /** In a round of polling, and how work and stalls stood when it began. */
  const inRound = new Uint8Array(slots * threadCount);
  const workBefore = new Float64Array(slots * threadCount);
  const stallBefore = new Float64Array(slots * threadCount * kinds);

  /** Inside a loop that only polls. */
  const inPolling = Uint8Array.from(instructions, ({ id, thread }) =>
    instructions.some(
      ({ kind, operation, ...loop }) =>
        kind === "loop" && operation.kind === "loop" && operation.polls && loop.thread === thread && loop.to <= id && id <= loop.id,
    )
      ? 1
      : 0,
  );

  function spend(mine: number, id: number, cost: number): void {
    if (isFence[id] === 1) {
      const kind = mine * kinds + FENCE;
      stall[kind] = (stall[kind] as number) + cost;
    } else work[mine] = (work[mine] as number) + cost;
  }

  /** What costs time but has no clock of its own, up to an instruction. Gives the sum. */
  function chargePassive(slot: number, index: number, before: number): number {
    const mine = slot * threadCount + index;
    const from = charged[mine] as number;
    if (before <= from) return 0;
    let sum = 0;
    for (const id of (nodes[slot] as Node).paths[index] as readonly number[]) {
      if (id <= from || id >= before) continue;
      const cost = times.cost[id] as number;
      // Those with a clock of their own are charged when they start.
      if (cost === 0 || !passiveCost[id]) continue;
      sum += cost;
      spend(mine, id, cost);
    }
    charged[mine] = before - 1;
    return sum;
  }

  /** CPU time that went by until now, on account of the instruction `cause`. */
  function stallUntil(mine: number, index: number, cause: number): number {
    const at = cursor[mine] as number;
    if (clocks.now <= at) return at;
    const kind = mine * kinds + (cause >= 0 && threadOf[cause] === index ? (stallOf[cause] as number) : OTHER);
    stall[kind] = (stall[kind] as number) + clocks.now - at;
    return clocks.now;
  }

  /** Rounds of polling begin here: what a thread spends until it goes round again was polling. */
  function markRound(mine: number): void {
    inRound[mine] = 1;
    workBefore[mine] = work[mine] as number;
    for (let at = mine * kinds; at < (mine + 1) * kinds; at++) stallBefore[at] = stall[at] as number;
  }

  /** A round in vain is over. */
  function countPolling(slot: number, mine: number): void {
    if (inRound[mine] === 0) return;
    let sum = (work[mine] as number) - (workBefore[mine] as number);
    work[mine] = workBefore[mine] as number;
    for (let at = mine * kinds; at < (mine + 1) * kinds; at++) {
      sum += (stall[at] as number) - (stallBefore[at] as number);
      stall[at] = stallBefore[at] as number;
    }
    poll[slot] = (poll[slot] as number) + sum;
  }

  return {
    poll,

    /** A message begins. */
    clear(slot: number): void {
      poll[slot] = 0;
      for (const sums of [work, workBefore]) sums.fill(0, slot * threadCount, (slot + 1) * threadCount);
      for (const sums of [stall, stallBefore]) sums.fill(0, slot * threadCount * kinds, (slot + 1) * threadCount * kinds);
    },

    /** A thread begins. */
    begin(mine: number): void {
      cursor[mine] = clocks.now;
      charged[mine] = -1;
      inRound[mine] = 0;
    },

    /** A handler begins; on a CPU the interrupt itself is work. */
    interrupt(mine: number, onCpu: boolean): void {
      charged[mine] = -1;
      if (!onCpu) return;
      cursor[mine] = clocks.now + times.interruptWork;
      work[mine] = (work[mine] as number) + times.interruptWork;
    },

    /** An instruction's turn comes. When it begins. */
    perform(slot: number, index: number, id: number, cause: number): number {
      const mine = slot * threadCount + index;
      const begin = stallUntil(mine, index, cause) + chargePassive(slot, index, id);
      if (inPolling[id] === 0) inRound[mine] = 0;
      else if (inRound[mine] === 0) markRound(mine);
      const cost = times.cost[id] as number;
      cursor[mine] = begin + cost;
      if ((charged[mine] as number) < id) charged[mine] = id;
      spend(mine, id, cost);
      return begin;
    },

    /** A loop goes round again. When its next round begins. */
    goRound(slot: number, index: number, cause: number): number {
      const mine = slot * threadCount + index;
      const begin = stallUntil(mine, index, cause);
      countPolling(slot, mine);
      poll[slot] = (poll[slot] as number) + times.loop;
      cursor[mine] = begin + times.loop;
      return begin + times.loop;
    },

    /** Nothing is left to start. When the thread is through. */
    leave(slot: number, index: number, cause: number): number {
      const mine = slot * threadCount + index;
      const until = stallUntil(mine, index, cause) + chargePassive(slot, index, 1 << 20);
      cursor[mine] = until;
      return until;
    },

    /** An instruction can be performed anew. */
    reopen(mine: number, id: number): void {
      if ((charged[mine] as number) >= id) charged[mine] = id - 1;
    },

    /** The message's work; its stalls by kind are added up in `lost`. */
    sum(slot: number, lost: Float64Array): number {
      let sum = 0;
      lost.fill(0);
      for (let mine = slot * threadCount; mine < (slot + 1) * threadCount; mine++) {
        sum += work[mine] as number;
        for (let kind = 0; kind < kinds; kind++) lost[kind] = (lost[kind] as number) + (stall[mine * kinds + kind] as number);
      }
      return sum;
    },
  };
}

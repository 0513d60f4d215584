/** CPUs: each runs one thread at a time; whose turn it is, and who waits for one. */
import type { CpuTime } from "./cpu-time.js";
import { OPEN, type Polling } from "./gates.js";
import { DONE, type Run, WAITING, WORKING } from "./messages.js";

const FREE = -1;

/** Who runs where. */
export type Cpus = ReturnType<typeof createCpus>;

/** `settle`: a message in which something can start now. */
export function createCpus({ anatomy, extent, clocks, messages }: Run, cpuTime: CpuTime, polling: Polling, settle: (slot: number) => void) {
  const { count, threadCount, cpuCount, lanes, depth, keys } = extent;
  const { cpuOf, hosts, isCpu, isHandler } = anatomy;
  const { alive, born, consumed, sequence, threadState } = messages;
  /** By CPU: the thread in its message that runs there, and the clocks of handlers that wait. */
  const busy = new Int32Array(cpuCount).fill(FREE);
  const handlers: number[][] = Array.from({ length: cpuCount }, () => []);
  /** By lane and thread: the message that it is to work on next. */
  const nextOf = new Int32Array(lanes * threadCount);

  /** The slot whose turn it is for a thread, or -1. */
  function turn(lane: number, index: number): number {
    const number = nextOf[lane * threadCount + index] as number;
    const slot = lane * depth + (number % depth);
    return alive[slot] === 1 && sequence[slot] === number ? slot : -1;
  }

  function startThread(slot: number, index: number): void {
    const mine = slot * threadCount + index;
    threadState[mine] = WORKING;
    cpuTime.begin(mine);
    if (isCpu[index] === 0) return;
    busy[cpuOf[index] as number] = mine;
    polling.end(slot, index);
  }

  /** A device's handlers take no CPU, and one inside the thread that it interrupts has it already. */
  function isNested(slot: number, index: number): boolean {
    const host = hosts[index] as number;
    return isCpu[index] === 0 || (host >= 0 && busy[cpuOf[index] as number] === slot * threadCount + host);
  }

  /** A CPU may be free: handlers go first, then the oldest message whose thread can start. */
  function offer(cpu: number): void {
    if (busy[cpu] !== FREE) return;
    const ticket = (handlers[cpu] as number[]).shift();
    if (ticket !== undefined) {
      busy[cpu] = Math.floor(ticket / keys) * threadCount + (ticket % keys) - count;
      clocks.wake(ticket);
      return;
    }
    let best = -1;
    let bestIndex = -1;
    for (let lane = 0; lane < lanes; lane++) {
      for (let index = 0; index < threadCount; index++) {
        if (cpuOf[index] !== cpu || isHandler[index] === 1) continue;
        const slot = turn(lane, index);
        if (slot < 0) continue;
        const mine = slot * threadCount + index;
        if (threadState[mine] !== WAITING || polling.gate[mine] !== OPEN) continue;
        if (best < 0 || (born[slot] as number) < (born[best] as number)) {
          best = slot;
          bestIndex = index;
        }
      }
    }
    if (best < 0) return;
    startThread(best, bestIndex);
    settle(best);
  }

  return {
    startThread,
    offer,

    /** Is it a thread's turn, and its CPU idle? Devices always are. */
    idle(slot: number, index: number): boolean {
      const cpu = cpuOf[index] as number;
      return cpu < 0 || (busy[cpu] === FREE && turn(Math.floor(slot / depth), index) === slot);
    },

    /** Can a handler start now? Where its CPU is busy, its clock is held until that is free. */
    mayInterrupt(slot: number, index: number, ticket: number): boolean {
      const cpu = cpuOf[index] as number;
      if (isNested(slot, index) || busy[cpu] === FREE || busy[cpu] === slot * threadCount + index) return true;
      clocks.hold(ticket, slot);
      (handlers[cpu] as number[]).push(ticket);
      return false;
    },

    startHandler(slot: number, index: number): void {
      const mine = slot * threadCount + index;
      threadState[mine] = WORKING;
      if (!isNested(slot, index)) busy[cpuOf[index] as number] = mine;
      cpuTime.interrupt(mine, isCpu[index] === 1);
    },

    /** A thread is through: others may have its CPU. */
    release(slot: number, index: number): void {
      const mine = slot * threadCount + index;
      const cpu = cpuOf[index] as number;
      consumed[slot] = Math.max(consumed[slot] as number, clocks.now);
      if (isHandler[index] === 1) threadState[mine] = WAITING;
      else {
        threadState[mine] = DONE;
        const lane = Math.floor(slot / depth);
        nextOf[lane * threadCount + index] = (nextOf[lane * threadCount + index] as number) + 1;
        polling.begin(lane, index);
      }
      if (busy[cpu] === mine) busy[cpu] = FREE;
      offer(cpu);
    },
  };
}

/** The clocks of messages under way: one for each thing that can happen in them. An event is a clock that has run out. */
import { createHeap } from "./heap.js";
import type { Extent } from "./messages.js";

// How a clock stands.
export const IDLE = 0;
const RUNNING = 1;
/** Run out; the machine does not let it happen yet. */
export const OUT = 2;
/** Run out; other messages stand in the way. */
const HELD = 3;

// No tickets of clocks.
export const NONE = -1;
export const STALE = -2;

/** The clocks of all messages, and the time. */
export type Clocks = ReturnType<typeof createClocks>;

/** A ticket is the number of a clock: `slot * keys` and the key in the slot. Times are ns. */
export function createClocks({ slots, keys, arrivalKey }: Extent) {
  const heap = createHeap();
  const clock = new Uint8Array(slots * keys);
  /** Events in the heap with an older stamp are void. */
  const stamp = new Int32Array(slots * keys);
  /** By slot: clocks of instructions and threads that run, or have run out and wait for other messages. */
  const running = new Int32Array(slots);

  const set = (ticket: number, at: number): void => {
    clock[ticket] = RUNNING;
    const mark = ((stamp[ticket] as number) + 1) | 0;
    stamp[ticket] = mark;
    heap.push(at, ticket, mark);
  };

  const clocks = {
    now: 0,
    clock,
    running,

    start(ticket: number, slot: number, at: number): void {
      if (clock[ticket] === IDLE || clock[ticket] === OUT) running[slot] = (running[slot] as number) + 1;
      set(ticket, at);
    },

    rest(ticket: number, slot: number): void {
      const state = clock[ticket];
      if (state === IDLE) return;
      if (state !== OUT) running[slot] = (running[slot] as number) - 1;
      clock[ticket] = IDLE;
      stamp[ticket] = ((stamp[ticket] as number) + 1) | 0;
    },

    /** It has run out, and what it stands for cannot be. */
    runOut(ticket: number, slot: number): void {
      clock[ticket] = OUT;
      running[slot] = (running[slot] as number) - 1;
    },

    /** It has run out, and others stand in the way until it is woken. */
    hold(ticket: number, slot: number): void {
      running[slot] = (running[slot] as number) + 1;
      clock[ticket] = HELD;
    },

    /** A clock that is held runs out again at once. */
    wake: (ticket: number): void => set(ticket, clocks.now),

    /** Starts the clock of an arrival, or of a cache line that moves of its own accord: nobody waits for these. */
    startAside: set,

    /** All clocks of a slot stand still. */
    clear(slot: number): void {
      running[slot] = 0;
      clock.fill(IDLE, slot * keys, slot * keys + keys);
    },

    /** The message is over: whatever still ran is void. */
    close(slot: number): void {
      for (let ticket = slot * keys; ticket < slot * keys + arrivalKey; ticket++) clocks.rest(ticket, slot);
      clock.fill(IDLE, slot * keys + arrivalKey, slot * keys + keys);
    },

    /** Goes on to the next event. The ticket of its clock; `NONE`: there is none; `STALE`: its clock was set anew since. */
    next(): number {
      if (!heap.pop()) return NONE;
      const ticket = heap.key;
      if (stamp[ticket] !== heap.stamp || clock[ticket] !== RUNNING) return STALE;
      clocks.now = heap.time;
      return ticket;
    },
  };
  return clocks;
}

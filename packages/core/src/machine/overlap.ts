/** How many runs of a handler may overlap: a handler can be run again while what it sent is under way, and each run has packets of its own. */
import type { Operation, Program, Thread } from "../program/program.js";

/** Beyond so many, a run waits until the packets of an older one are through. */
export const MOST_OVERLAPPING = 3;

const SENDS: readonly Operation["kind"][] = ["pio-write", "pio-read", "dma-write", "dma-read", "dma-atomic", "msi", "intx"];

/** Does the handler send packets? */
export const sendsPackets = (handler: Thread): boolean => handler.code.some(({ kind }) => SENDS.includes(kind));

/** How often a handler can be raised, as far as the program's text says; infinite where what raises it stands in a loop or a handler. */
export function timesRaised(program: Program, handler: Thread): number {
  const { on } = handler;
  let times = 0;
  for (const thread of program.threads) {
    const again = thread.on !== undefined || thread.code.some(({ kind }) => kind === "loop");
    for (const operation of thread.code) {
      if (on === undefined || !raises(operation, thread, on)) continue;
      if (again) return Number.POSITIVE_INFINITY;
      times += operation.kind === "dma-write" || operation.kind === "dma-read" ? operation.parts.length : 1;
    }
  }
  return times;
}

function raises(operation: Operation, thread: Thread, on: NonNullable<Thread["on"]>): boolean {
  switch (on.kind) {
    case "msi":
      return operation.kind === "msi" && thread.device === on.device && operation.vector === on.vector;
    case "intx":
      return operation.kind === "intx" && thread.device === on.device;
    case "tell":
      return operation.kind === "tell" && operation.device === on.device;
    case "write":
    case "read":
      switch (operation.kind) {
        case "pio-write":
        case "pio-read":
          return operation.location === on.location;
        case "dma-write":
        case "dma-read":
        case "dma-atomic":
          // An address may be computed.
          return true;
        default:
          return false;
      }
  }
}

/** The runs of a handler that the machine keeps apart. */
export function overlappingRuns(program: Program, thread: Thread): number {
  if (thread.on === undefined || !sendsPackets(thread)) return 1;
  return Math.max(1, Math.min(MOST_OVERLAPPING, timesRaised(program, thread)));
}

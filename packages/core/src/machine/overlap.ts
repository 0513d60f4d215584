/** How many runs of a handler may overlap: a handler can be run again while what it sent, or stored, is under way, and each run has packets and messages of its own. */
import type { Platform } from "../platform/platform.js";
import { ADDRESS_BASE, type Expression, type Operation, type Program, type Thread } from "../program/program.js";
import { storesDiffer } from "./stores.js";

/** Beyond so many, a run waits until the packets of an older one are through. */
const MOST_OVERLAPPING = 8;

/** So many where the program's text does not say how often something happens: it stands in a loop. */
export const ENDLESS = 3;

const SENDS: readonly Operation["kind"][] = ["pio-write", "pio-read", "dma-write", "dma-read", "dma-atomic", "msi", "intx"];
const STORES: readonly Operation["kind"][] = ["write", "atomic", "lock", "trylock", "unlock"];

/** Does the handler send packets? */
export const sendsPackets = (handler: Thread): boolean => handler.code.some(({ kind }) => SENDS.includes(kind));

/** Does the thread make stores that observers see one by one? */
export const storesMessages = (thread: Thread, platform: Platform): boolean =>
  thread.role === "cpu" && storesDiffer(platform) && thread.code.some(({ kind }) => STORES.includes(kind));

/** How often a handler can be raised, as far as the program's text says; infinite where what raises it stands in a loop, or it raises itself. */
export function timesRaised(program: Program, handler: Thread, below: readonly Thread[] = []): number {
  const { on } = handler;
  return on === undefined
    ? 0
    : times(program, [...below, handler], (operation, thread) => {
        const parts = operation.kind === "dma-write" || operation.kind === "dma-read" ? operation.parts : undefined;
        if (parts === undefined || (on.kind !== "write" && on.kind !== "read")) return raises(operation, thread, on) ? 1 : 0;
        return parts.filter(({ address }) => mayBe(address, on.location)).length;
      });
}

/** How often one device can tell another something; infinite as above. */
export const timesTold = (program: Program, from: number, to: number): number =>
  times(program, [], (operation, thread) => (operation.kind === "tell" && operation.device === to && thread.device === from ? 1 : 0));

/** How often something happens that `count` counts in an operation. */
function times(program: Program, below: readonly Thread[], count: (operation: Operation, thread: Thread) => number): number {
  let sum = 0;
  for (const thread of program.threads) {
    const own = thread.code.reduce((most, operation) => most + count(operation, thread), 0);
    if (own === 0) continue;
    if (below.includes(thread) || thread.code.some(({ kind }) => kind === "loop")) return Number.POSITIVE_INFINITY;
    sum += thread.on === undefined ? own : own * timesRaised(program, thread, below);
  }
  return sum;
}

/** An address that is computed may be any. */
const mayBe = (address: Expression, location: number): boolean => address.kind !== "constant" || address.value === ADDRESS_BASE + location;

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
        case "dma-atomic":
          return mayBe(operation.address, on.location);
        default:
          return false;
      }
  }
}

/** The runs of a handler that the machine keeps apart. */
export function overlappingRuns(program: Program, platform: Platform, thread: Thread): number {
  if (thread.on === undefined || !(sendsPackets(thread) || storesMessages(thread, platform))) return 1;
  const raised = timesRaised(program, thread);
  return raised === Number.POSITIVE_INFINITY ? ENDLESS : Math.max(1, Math.min(MOST_OVERLAPPING, raised));
}

/** How many of what raises a handler, or of words told, are counted while they wait. */
export const counted = (often: number): number => (often === Number.POSITIVE_INFINITY ? ENDLESS : Math.max(1, often));

/** Stores that observers may see one by one: which are kept as messages, and how loads of one store may swap. */

import { LANDING_OPTION, type Platform } from "../platform/platform.js";
import type { Program } from "../program/program.js";
import { wordsOf } from "./bit-words.js";
import { type Instruction, lands } from "./instruction.js";

/** Could two CPUs tell how DMA lands? They could if both read what devices write, on a machine whose stores reach them one by one. */
export function landingShows(program: Program, platform: Platform, instructions: readonly Instruction[]): boolean {
  if (platform.cpu.multiCopyAtomic) return false;
  const written = new Set<number>();
  for (const { kind, location } of instructions)
    if ((kind === "dma-write" || kind === "dma-atomic") && program.locations[location]?.space === "memory") written.add(location);
  const readers = new Set<number>();
  for (const { kind, location, cpu } of instructions)
    if ((kind === "load" || kind === "rmw") && written.size > 0 && (location < 0 || written.has(location))) readers.add(cpu);
  return readers.size > 1;
}

/** Stores as messages: each has a number, and its place in its location's coherence order. */
export interface MessageNumbers {
  /** Stores are kept as messages in coherence order, because observers may differ in what they have seen. */
  readonly listLike: boolean;
  /** Words per set of messages. */
  readonly words: number;
  /** Message number of a store on machines that are not multi-copy atomic, or -1; and back. */
  readonly message: Int32Array;
  readonly messages: Int32Array;
}

/** Can observers differ in which stores they have seen? */
export const storesDiffer = ({ cpu }: Platform): boolean => !cpu.multiCopyAtomic || !cpu.readsJoin || cpu.devicesSee === "later";

/** Numbers the stores that are kept as messages: DMA that CPUs see one by one as CPU stores are. */
export function numberMessages(
  program: Program,
  platform: Platform,
  instructions: readonly Instruction[],
  option: (id: string) => string | undefined,
): MessageNumbers {
  const oneByOne = landingShows(program, platform, instructions) && option(LANDING_OPTION) === "one-by-one";
  // Without a store there is nothing that observers could see differently.
  const differ = storesDiffer(platform);
  const kept = (instruction: Instruction): boolean =>
    instruction.kind === "store" ||
    instruction.kind === "rmw" ||
    (oneByOne && lands(instruction) && program.locations[instruction.location]?.space === "memory");
  const messages = Int32Array.from(differ ? instructions.filter(kept) : [], ({ id }) => id);
  const message = new Int32Array(instructions.length).fill(-1);
  messages.forEach((id, number) => {
    message[id] = number;
  });
  return { listLike: messages.length > 0, words: wordsOf(messages.length), message, messages };
}

/** Loads that another load of its thread may be performed before where both read the same store. Caches that do not snoop keep loads in order. */
export function olderLoadsOf(program: Program, platform: Platform, instructions: readonly Instruction[]): readonly (readonly number[])[] {
  const cached =
    !platform.fabric.coherent && program.locations.some(({ space, mapping }) => space === "memory" && mapping.mode === "streaming");
  const none: readonly number[] = [];
  if (!platform.cpu.sameStoreSwaps || cached) return instructions.map(() => none);
  const loads = instructions.filter(({ kind }) => kind === "load");
  return instructions.map((younger) => {
    if (younger.kind !== "load") return none;
    const older = loads.filter(
      ({ id, thread, location }) =>
        thread === younger.thread && id < younger.id && (location < 0 || younger.location < 0 || location === younger.location),
    );
    return older.length === 0 ? none : older.map(({ id }) => id);
  });
}

/** Where each part of the state stands in its one Int32Array. */
import type { Platform } from "../platform/platform.js";
import type { Arrival, Formula, Program } from "../program/program.js";
import { wordsOf } from "./bit-words.js";
import { readsAhead } from "./compares.js";
import { keptConditionals } from "./conditionals.js";
import { holdsBoth, type Instruction } from "./instruction.js";
import { counted, timesTold } from "./overlap.js";
import type { Packet } from "./packet.js";
import type { MessageNumbers } from "./stores.js";

/** Offsets into the state; where a part is by instruction, location or packet, -1 for those that have none. */
export interface Layout {
  readonly size: number;
  /** The slots from here up to `deciding` say who waits for whom (see `Machine.waits`). */
  readonly waits: number;
  /** Steps depend on the slots below this one; those from here on are for pictures (see `PlaceInstance.offset`). */
  readonly deciding: number;
  readonly status: number;
  /** Offset of the value of each instruction, or -1. */
  readonly value: Int32Array;
  /** Offset of a loop's kept registers, by `loop-head` instruction; -1 otherwise. */
  readonly kept: Int32Array;
  readonly memory: number;
  /** Pending interrupts per handler, and which of its runs is the last that has started (see `MachineThread.runs`): 0 none. */
  readonly pending: number;
  readonly started: number;
  /** Where in its host's program a handler was taken. */
  readonly taken: number;
  readonly tells: number;
  readonly monitors: number;
  readonly masked: number;
  readonly invalidated: number;
  /** Not multi-copy atomic: what each observer has seen, what each message takes along, and each location's order. */
  readonly seen: number;
  readonly closure: Int32Array;
  /** What barriers that reached an observer hold ahead of its stores; -1 where barriers do not travel. */
  readonly carried: number;
  /**
   * Power: what precedes a message (or what an access saw) in the order that coherence and barriers make together; transitively closed, a superset of `closure`. By
   * instruction, by observer, by location; -1 where barriers do not travel.
   */
  readonly prior: Int32Array;
  readonly carriedPrior: number;
  /** Power: of what precedes a store, that which its CPU's barriers put there; by instruction, and by location for the oldest value still kept. Whoever reads the store passes it on. */
  readonly barred: Int32Array;
  readonly baseBarred: Int32Array;
  /** Power: stores that a strong fence has waited for, and what precedes them: nothing that is performed later precedes these. -1 where barriers do not travel. */
  readonly fixed: number;
  readonly basePrior: Int32Array;
  /** What the oldest value still kept takes along, by location; -1 where there are no messages. */
  readonly baseClosure: Int32Array;
  /** What the read half of an atomic read, or a load that may be ahead of an older one: 0 the oldest value kept, else the message's number plus one; -1 for other instructions. */
  readonly origin: Int32Array;
  /** Of an atomic that reads before what it compares with is known: 1 from then on until the comparison is made; -1 for other instructions. */
  readonly open: Int32Array;
  /** Of a store-conditional: those that come before it in program order and coherence together, itself with them once it is performed; -1 where none are looked after (conditionals.ts). */
  readonly earlier: Int32Array;
  readonly order: Int32Array;
  readonly orderCapacity: Int32Array;
  /** Non-coherent: cached copies (0 absent, 1 clean, 2 dirty) and their values; -1 where a location has none. */
  readonly copy: Int32Array;
  /** Entries of the table of mappings, by location (0 mapped, 1 taken away but perhaps still found, 2 gone); -1 where nothing is ever unmapped. */
  readonly entry: Int32Array;
  /** By packet that is looked up: 0 not yet, 1 found and not arrived, 2 refused. */
  readonly looked: Int32Array;
}

/** What a state has to have room for. */
export interface Parts {
  readonly program: Program;
  readonly platform: Platform;
  readonly instructions: readonly Instruction[];
  readonly packets: readonly Packet[];
  readonly numbers: MessageNumbers;
  readonly olderLoads: readonly (readonly number[])[];
  readonly observers: number;
  readonly cpus: number;
  readonly handlers: number;
  /** How many pairs of devices tell each other things, and how many `order(…)` atoms there are. */
  readonly tellPairs: number;
  readonly arrivals: number;
}

/** Takes so many slots, and says where they start. */
type Take = (count: number) => number;

/** Gives each part its place. The slots that say who waits for whom are still to come (passing.ts). */
export function layOut(parts: Parts): Layout {
  const { program, platform, instructions, numbers, observers } = parts;
  const { listLike, words } = numbers;
  let size = 0;
  const take: Take = (count) => {
    size += count;
    return size - count;
  };
  const status = take(instructions.length);
  const values = layOutValues(parts, take);
  const memory = take(program.locations.length);
  const pending = take(parts.handlers);
  const started = take(parts.handlers);
  const taken = take(parts.handlers);
  const tells = take(parts.tellPairs);
  const monitors = take(parts.arrivals);
  const masked = take(parts.cpus);
  const invalidated = take(program.devices.length);
  const seen = take(listLike ? observers * words : 0);
  const travels = platform.cpu.barriersTravel && listLike;
  const carried = travels ? take(observers * words) : -1;
  const carriedPrior = travels ? take(observers * words) : -1;
  const fixed = travels ? take(words) : -1;
  const barred = Int32Array.from(instructions, ({ id }) => (travels && isMessage(numbers, id) ? take(words) : -1));
  const prior = Int32Array.from(instructions, ({ id }) => (travels && (values.closure[id] as number) >= 0 ? take(words) : -1));
  const conditionals = keptConditionals(platform, instructions);
  const earlier = new Int32Array(instructions.length).fill(-1);
  for (const { id } of conditionals) earlier[id] = take(wordsOf(conditionals.length));
  const orders = layOutOrders(parts, travels, take);
  const mappings = layOutMappings(parts, take);
  return {
    size,
    waits: size,
    deciding: size,
    status,
    ...values,
    memory,
    pending,
    started,
    taken,
    tells,
    monitors,
    masked,
    invalidated,
    seen,
    carried,
    carriedPrior,
    fixed,
    barred,
    prior,
    earlier,
    ...orders,
    ...mappings,
  };
}

const isMessage = ({ message }: MessageNumbers, id: number): boolean => (message[id] as number) >= 0;

const HAVE_VALUES: readonly Instruction["kind"][] = [
  "load",
  "rmw",
  "pio-read",
  "pio-write",
  "dma-write",
  "dma-read",
  "dma-atomic",
  "register-read",
];

/** What instructions leave behind for others to read. */
function layOutValues(
  { instructions, numbers, olderLoads }: Parts,
  take: Take,
): Pick<Layout, "value" | "kept" | "closure" | "origin" | "open"> {
  const { listLike, words } = numbers;
  const nowhere = (): Int32Array => new Int32Array(instructions.length).fill(-1);
  const [value, kept, closure, origin, open] = [nowhere(), nowhere(), nowhere(), nowhere(), nowhere()];
  for (const instruction of instructions) {
    const { id, kind, pair, reads, registers } = instruction;
    const load = kind === "load";
    const ahead = readsAhead(instruction);
    // Two values: what it returns, and what it stores (rmw) or has read (an atomic that has something left to do with it).
    if (HAVE_VALUES.includes(kind) || (kind === "store" && listLike))
      value[id] = take((holdsBoth({ kind }) && listLike) || (load && pair >= 0) || ahead ? 2 : 1);
    if (ahead) open[id] = take(1);
    if (listLike && load && (pair >= 0 || (olderLoads[id] as readonly number[]).length > 0)) origin[id] = take(1);
    if (kind === "wait") value[id] = take(reads.length);
    if (kind === "loop-head") kept[id] = take(registers.length);
    if (isMessage(numbers, id) || (listLike && (load || kind === "loop-head"))) closure[id] = take(words);
  }
  return { value, kept, closure, origin, open };
}

/** Each location's coherence order, and what its oldest value takes along. */
function layOutOrders(
  { program, instructions, numbers }: Parts,
  travels: boolean,
  take: Take,
): Pick<Layout, "order" | "orderCapacity" | "baseClosure" | "basePrior" | "baseBarred"> {
  const { locations } = program;
  const nowhere = (): Int32Array => new Int32Array(locations.length).fill(-1);
  const [order, baseClosure, basePrior, baseBarred] = [nowhere(), nowhere(), nowhere(), nowhere()];
  const orderCapacity = new Int32Array(locations.length);
  const stored = instructions.filter(({ id }) => isMessage(numbers, id)).map(({ location }) => location);
  for (const [index, location] of locations.entries()) {
    if (!numbers.listLike || location.space !== "memory") continue;
    const count = stored.filter((each) => each < 0 || each === index).length;
    orderCapacity[index] = count;
    order[index] = take(count);
    if (count > 0) baseClosure[index] = take(numbers.words);
    if (count > 0 && travels) basePrior[index] = take(numbers.words);
    if (count > 0 && travels) baseBarred[index] = take(numbers.words);
  }
  return { order, orderCapacity, baseClosure, basePrior, baseBarred };
}

/** Cached copies that devices do not see, and the table of mappings with the requests that are looked up in it. */
function layOutMappings({ program, platform, instructions, packets }: Parts, take: Take): Pick<Layout, "copy" | "entry" | "looked"> {
  const { locations } = program;
  const copied = ({ space, mapping }: Program["locations"][number]): boolean =>
    !platform.fabric.coherent && space === "memory" && mapping.mode === "streaming";
  const copy = Int32Array.from(locations, (location) => (copied(location) ? take(2) : -1));
  const entry = new Int32Array(locations.length).fill(-1);
  for (const { mapping } of instructions) if (mapping >= 0 && (entry[mapping] as number) < 0) entry[mapping] = take(1);
  const looked = Int32Array.from(packets, ({ lookup, location }) =>
    lookup > 0 && location >= 0 && (entry[location] as number) >= 0 ? take(1) : -1,
  );
  return { copy, entry, looked };
}

/** Who tells whom, by device, and how many words may be on their way. */
export function tellPairsOf(program: Program, instructions: readonly Instruction[]): readonly (readonly [number, number, number])[] {
  const pairs: (readonly [number, number, number])[] = [];
  for (const instruction of instructions) {
    if (instruction.kind !== "tell") continue;
    const from = program.threads[instruction.thread]?.device ?? -1;
    if (!pairs.some(([a, b]) => a === from && b === instruction.device))
      pairs.push([from, instruction.device, counted(timesTold(program, from, instruction.device))]);
  }
  return pairs;
}

/** What the `order(…)` atoms of a condition compare. */
export function arrivalsOf(formula: Formula): readonly { readonly first: Arrival; readonly second: Arrival }[] {
  switch (formula.kind) {
    case "order":
      return [{ first: formula.first, second: formula.second }];
    case "not":
      return arrivalsOf(formula.operand);
    case "and":
    case "or":
      return [...arrivalsOf(formula.left), ...arrivalsOf(formula.right)];
    default:
      return [];
  }
}

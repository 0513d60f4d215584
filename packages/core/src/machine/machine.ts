/**
 * A machine: one program on one platform, made ready to run. Accessors are lowered to instructions (lower-thread.ts), packets get their routes (roads.ts), tables become
 * matrices over this program's instructions (window-rules.ts, passing.ts), and every part of the state gets its place in one Int32Array (layout.ts). What a step *is*
 * stands in `step.ts`.
 */
import type { Cell, Platform } from "../platform/platform.js";
import type { Arrival, Program, Thread } from "../program/program.js";
import { creditsOf } from "../program/settings.js";
import { type Ask, forEver } from "./deadline.js";
import type { Draft, Instruction } from "./instruction.js";
import { arrivalsOf, type Layout, layOut, tellPairsOf } from "./layout.js";
import { lowerThread } from "./lower-thread.js";
import { optionReader, type Settings, translationOf } from "./options.js";
import { counted, overlappingRuns, timesRaised } from "./overlap.js";
import type { Packet, PlaceInstance, Wait } from "./packet.js";
import { createPassing, withWaits } from "./passing.js";
import { addressesTaken } from "./pointers.js";
import { followersOf, Roads, thievesOf } from "./roads.js";
import { type MessageNumbers, numberMessages, olderLoadsOf } from "./stores.js";
import { createWindowRules } from "./window-rules.js";

/** Instructions from `first` up to `end`. */
export interface Range {
  readonly first: number;
  readonly end: number;
}

/** A thread of the program, with its instructions. */
export interface MachineThread {
  readonly name: string;
  readonly role: "cpu" | "device";
  readonly thread: Thread;
  readonly first: number;
  /** One past the last instruction. */
  readonly end: number;
  /** The instructions of each run that may be under way beside others (overlap.ts): one range but for handlers that send packets. */
  readonly runs: readonly Range[];
  /** Observer number: CPUs first, then devices (machines that are not multi-copy atomic). */
  readonly observer: number;
  readonly straight: boolean;
  readonly handler: number;
  /** Handlers of registers: how many writes or reads that raise it are counted while they wait. */
  readonly mostPending: number;
  /** The thread that this handler interrupts, or -1. */
  readonly host: number;
}

/** What steps, searches and pictures are made of; plain data but for the questions at its end, whose answers never change. */
export interface Machine extends MessageNumbers {
  readonly program: Program;
  /** Packets can do something else than go on: be refused by the table of mappings, leave together, have their completion taken. */
  readonly otherMoves: boolean;
  /** Something here does what `explore/conflicts.ts` does not know (completions are taken): every step is explored. */
  readonly unreduced: boolean;
  /** By packet: those whose requester may take its completion where completions are shared. */
  readonly thieves: readonly (readonly number[])[];
  /** By packet: those that may leave with it as the next word of a burst. */
  readonly followers: readonly (readonly number[])[];
  readonly platform: Platform;
  readonly settings: ReadonlyMap<string, string>;
  /** The compiler may reorder plain accesses before the CPU sees them (setting `compiler` = on). */
  readonly compilerReorders: boolean;
  /** Options whose value was looked at: while building, and by `window` since. */
  readonly optionsRead: Set<string>;
  readonly threads: readonly MachineThread[];
  readonly instructions: readonly Instruction[];
  readonly packets: readonly Packet[];
  readonly places: readonly PlaceInstance[];
  /** By packet and hop (from 0): whom it has to wait for there. A place is no more than this: packets that may pass each other have no order. */
  readonly waits: readonly (readonly (readonly Wait[])[])[];
  /** The same by the packet waited for: the slots to clear when it leaves. */
  readonly holdsBack: readonly (readonly (readonly number[])[])[];
  readonly observers: number;
  /** The first observers are CPUs. */
  readonly cpus: number;
  /** By instruction: the older loads of its thread that a load may be performed before, if both read the same store (`sameStoreSwaps`). */
  readonly olderLoads: readonly (readonly number[])[];
  readonly tellPairs: readonly (readonly [number, number, number])[];
  /** What `order(…)` atoms compare; each has a monitor in the state. */
  readonly arrivals: readonly { readonly first: Arrival; readonly second: Arrival }[];
  readonly layout: Layout;
  readonly initial: Int32Array;
  /** May `younger` be performed before `older` by the window's rules alone? 0 no, 1 may, 2 not if to the same address. */
  window(older: Instruction, younger: Instruction): number;
  /** The window rule or cell that answered, for explanations. */
  windowRule(older: Instruction, younger: Instruction): string | undefined;
  /** May packet `younger` at its hop leave before `older` at its hop? */
  pass(younger: number, youngerHop: number, older: number, olderHop: number): boolean;
  cell(younger: number, youngerHop: number, older: number, olderHop: number): Cell | undefined;
  /** Called by what takes long on a large machine; while a search with a deadline is under way it may throw `Interrupted`. */
  readonly ask: Ask;
}

/** Builds the machine of a program on a platform. What the caller gives wins over the header of the test. `ask`: may give the work up. */
export function buildMachine(program: Program, platform: Platform, given: Settings = new Map(), ask: Ask = forEver): Machine {
  const settings: Settings = new Map([...program.settings, ...given]);
  const optionsRead = new Set<string>();
  const option = optionReader(platform, settings, optionsRead);
  const drafts: Draft[] = [];
  const translation = translationOf(platform, settings);
  let pointers: readonly number[] | undefined;
  const shared = {
    program,
    platform,
    drafts,
    translating: translation !== "passthrough",
    strict: translation === "strict",
    pointers: () => (pointers ??= addressesTaken(program)),
  };
  const runs = program.threads.map((thread, index): readonly Range[] =>
    Array.from({ length: overlappingRuns(program, platform, thread) }, () => lowerThread(shared, index, thread)),
  );
  const roads = new Roads(program, platform, option);
  for (const draft of drafts) {
    const thread = program.threads[draft.thread];
    if (thread !== undefined) draft.packet = roads.add(draft, thread);
  }
  const instructions: readonly Instruction[] = drafts;
  const { packets } = roads;

  // Observers: one per CPU, then one per device.
  const cpus = [...new Set(program.threads.filter((thread) => thread.role === "cpu").map((thread) => thread.cpu))];
  const observers = cpus.length + program.devices.length;
  const threads = threadsOf(program, instructions, runs, cpus);
  const numbers = numberMessages(program, platform, instructions, option);
  const olderLoads = olderLoadsOf(program, platform, instructions);
  const tellPairs = tellPairsOf(program, instructions);
  const arrivals = [program.condition.formula, ...(program.filter === undefined ? [] : [program.filter])].flatMap(arrivalsOf);
  const layout = layOut({
    program,
    platform,
    instructions,
    packets,
    numbers,
    olderLoads,
    observers,
    cpus: cpus.length,
    handlers: threads.filter(({ handler }) => handler >= 0).length,
    tellPairs: tellPairs.length,
    arrivals: arrivals.length,
  });
  const initial = new Int32Array(layout.size);
  program.locations.forEach((location, index) => {
    initial[layout.memory + index] = location.initial;
  });
  const thieves = thievesOf(roads);
  const followers = followersOf(roads, program);
  const steals = thieves.some((list) => list.length > 0);
  const passing = createPassing(program, platform, roads, instructions, runs, option, settings.get("must") !== "no");
  const { cell, pass } = passing;
  const machine: Machine = {
    program,
    otherMoves: steals || layout.entry.some((slot) => slot >= 0) || followers.some((list) => list.length > 0),
    unreduced: steals,
    thieves,
    followers,
    platform,
    settings,
    compilerReorders: settings.get("compiler") === "on",
    optionsRead,
    threads,
    instructions,
    packets,
    places: placesOf(program, platform, roads, settings),
    waits: [],
    holdsBack: [],
    observers,
    cpus: cpus.length,
    ...numbers,
    olderLoads,
    tellPairs,
    arrivals,
    layout,
    initial,
    ...createWindowRules(program, platform, instructions, olderLoads, option),
    cell,
    pass,
    ask,
  };
  return { ...withWaits(machine, passing), ask: forEver };
}

/** Where a thread may go on elsewhere than with the next instruction. */
const STEERS: readonly Instruction["kind"][] = ["branch", "loop", "jump", "unless-pending"];

/** The program's threads with their instructions. `cpus`: in the order of their observers. */
function threadsOf(
  program: Program,
  instructions: readonly Instruction[],
  runs: readonly (readonly Range[])[],
  cpus: readonly number[],
): readonly MachineThread[] {
  let handlers = 0;
  return program.threads.map((thread, index): MachineThread => {
    const own = runs[index] as readonly Range[];
    const first = own[0]?.first ?? 0;
    const end = own[own.length - 1]?.end ?? 0;
    const isHost = (other: Thread): boolean => other.role === "cpu" && other.on === undefined && other.cpu === thread.cpu;
    return {
      name: thread.name,
      role: thread.role,
      thread,
      first,
      end,
      runs: own,
      observer: thread.role === "cpu" ? cpus.indexOf(thread.cpu) : cpus.length + thread.device,
      straight: instructions.slice(first, end).every(({ kind }) => !STEERS.includes(kind)),
      handler: thread.on === undefined ? -1 : handlers++,
      mostPending: counted(timesRaised(program, thread)),
      host: thread.on !== undefined && thread.role === "cpu" ? program.threads.findIndex(isHost) : -1,
    };
  });
}

/** The places that packets visit, not yet laid out in the state. */
function placesOf(program: Program, platform: Platform, roads: Roads, settings: Settings): readonly PlaceInstance[] {
  return roads.visits.map(({ place: index, key, count }): PlaceInstance => {
    const place = platform.fabric.places[index];
    const shown = { place: index, key, offset: -1, capacity: count, visitors: [] };
    if (place === undefined) return { ...shown, label: `held(${program.locations[key]?.name ?? "?"})`, credits: Number.POSITIVE_INFINITY };
    return {
      ...shown,
      label: `${place.id}${key > 0 || place.per !== "machine" ? `(${key})` : ""}`,
      credits: place.credits ?? creditsOf(settings.get("credits"), place.id),
    };
  });
}

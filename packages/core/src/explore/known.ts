/**
 * Searches of one program that were made already. A machine is made of what a program reads of a platform, and many platforms are the same machine for a test: they share a search. Machines are compared
 * whole, number by number; nothing in the comparison knows a platform by its name.
 */
import type { AccessFacts, Instruction } from "../machine/instruction.js";
import type { Machine } from "../machine/machine.js";
import type { Packet } from "../machine/packet.js";
import { optionValues } from "../platform/mapping.js";
import type { Platform } from "../platform/platform.js";
import type { SearchOptions, SearchResult } from "./result.js";

/** To be handed to the searches of one program alone (`Limits.known`). */
export interface KnownSearches {
  /** What the same search of the same machine found before, or what `search` finds now. What was interrupted is not kept. */
  find(machine: Machine, options: SearchOptions, search: () => SearchResult): SearchResult;
}

/** Every field of an instruction. The program's expressions are told apart by what they are; so are its operations, of which a step asks only whether two instructions have the same. */
const OF_INSTRUCTION = Object.keys({
  id: 0,
  thread: 0,
  kind: 0,
  operation: 0,
  target: 0,
  address: 0,
  location: 0,
  mapping: 0,
  value: 0,
  modify: 0,
  returns: 0,
  outcome: 0,
  pair: 0,
  locks: 0,
  facts: 0,
  mask: 0,
  before: 0,
  after: 0,
  fenced: 0,
  propagates: 0,
  olderUpTo: 0,
  youngerFrom: 0,
  ofLock: 0,
  active: 0,
  global: 0,
  inherits: 0,
  waits: 0,
  own: 0,
  pends: 0,
  nests: 0,
  to: 0,
  join: 0,
  registers: 0,
  packet: 0,
  reads: 0,
  device: 0,
  enable: 0,
  cpu: 0,
  compiler: 0,
  block: 0,
  blockEnd: 0,
} satisfies { readonly [key in keyof Instruction]: 0 }) as readonly (keyof Instruction)[];

const OF_FACTS = Object.keys({ acquire: 0, release: 0, ordered: 0, unordered: 0, plain: 0, atomic: 0, lock: 0 } satisfies {
  readonly [key in keyof AccessFacts]: 0;
}) as readonly (keyof AccessFacts)[];

const OF_PACKET = Object.keys({
  instruction: 0,
  hops: 0,
  home: 0,
  held: 0,
  lookup: 0,
  requester: 0,
  device: 0,
  cpu: 0,
  location: 0,
  tc: 0,
  uio: 0,
  fields: 0,
  answered: 0,
} satisfies { readonly [key in keyof Packet]: 0 }) as readonly (keyof Packet)[];

/** Every field of a machine: whether `putMachine` writes it down, or it follows from what is written. A new one has to find its place here. */
export const OF_MACHINE = {
  platform: "written",
  settings: "written",
  compilerReorders: "written",
  unreduced: "written",
  otherMoves: "written",
  layout: "written",
  messages: "written",
  instructions: "written",
  threads: "written",
  packets: "written",
  places: "written",
  waits: "written",
  thieves: "written",
  followers: "written",
  olderLoads: "written",
  tellPairs: "written",
  // The searches that are shared are all of one program.
  program: "follows",
  arrivals: "follows",
  // From the CPU and the messages.
  listLike: "follows",
  words: "follows",
  message: "follows",
  initial: "follows",
  observers: "follows",
  cpus: "follows",
  holdsBack: "follows",
  window: "follows",
  pass: "follows",
  // Said of a run when it is shown; a search asks for neither.
  windowRule: "follows",
  cell: "follows",
  // Says nothing of what the machine does.
  ask: "follows",
  // What a search asks for is carried over (`Found.asked`).
  optionsRead: "follows",
} as const satisfies { readonly [key in keyof Machine]: "written" | "follows" };

interface Found {
  readonly machine: Int32Array;
  readonly result: SearchResult;
  /** Options of the window that were looked at by the end of the search. */
  readonly asked: readonly string[];
}

/** Numbers for what is no number; numbers of machines are smaller. */
const NAMES_FROM = 1 << 28;
const ABSENT = -(1 << 28);

interface CpuText {
  /** All that steps ask of it. */
  readonly text: string;
  /** The options that its window asks. */
  readonly options: readonly string[];
}
const cpus = new WeakMap<Platform, CpuText>();

/** The CPU without what is lowered to instructions: how stores reach observers, and the window's rules. */
function cpuOf(platform: Platform): CpuText {
  let cpu = cpus.get(platform);
  if (cpu === undefined) {
    const { name: _, title: __, source: ___, timing: ____, window: rules, ...rest } = platform.cpu;
    const text = JSON.stringify([rest, rules.map(({ older, younger, when, pass }) => [older, younger, when, pass])]);
    cpu = { text, options: platform.options.flatMap(({ id }) => (text.includes(`option:${id}=`) ? [id] : [])) };
    cpus.set(platform, cpu);
  }
  return cpu;
}

/** Searches of one program, none yet. */
export function createKnownSearches(): KnownSearches {
  let written = new Int32Array(4096);
  let length = 0;
  let hash = 0;
  const words = new Map<string, number>();
  const things = new Map<object, number>();
  const operations = new Map<object, number>();
  const windows = new Map<Platform, { readonly text: number; readonly options: readonly string[] }>();
  const found = new Map<number, Found[]>();

  const word = (text: string): number => {
    let number = words.get(text);
    if (number === undefined) {
      number = NAMES_FROM + words.size;
      words.set(text, number);
    }
    return number;
  };
  const put = (number: number): void => {
    if (length === written.length) {
      const longer = new Int32Array(2 * length);
      longer.set(written);
      written = longer;
    }
    written[length++] = number;
    hash = Math.imul(hash ^ number, 0x85ebca6b);
    hash ^= hash >>> 15;
  };
  /** Plain data: the program's own are the same objects for every machine. */
  const thing = (data: object): number => {
    let number = things.get(data);
    if (number === undefined) {
      number = word(JSON.stringify(data));
      things.set(data, number);
    }
    return number;
  };
  /** By identity: two of the same words are two. */
  const operation = (data: object): number => {
    const number = operations.get(data) ?? NAMES_FROM + operations.size;
    operations.set(data, number);
    return number;
  };
  const putNumbers = (list: ArrayLike<number>): void => {
    put(list.length);
    for (let i = 0; i < list.length; i++) put(list[i] as number);
  };
  const putFields = (fields: ReadonlySet<string>): void => put(fields.size === 0 ? ABSENT : word([...fields].sort().join()));

  function putInstruction(instruction: Instruction): void {
    for (let i = 0; i < OF_INSTRUCTION.length; i++) {
      const key = OF_INSTRUCTION[i] as keyof Instruction;
      const value = instruction[key];
      if (typeof value === "number") put(value);
      else if (typeof value === "boolean") put(value ? 1 : 0);
      else if (typeof value === "string") put(word(value));
      else if (value === undefined) put(ABSENT);
      else if (key === "registers") putNumbers(instruction.registers);
      else if (key === "facts") {
        let bits = 0;
        for (let bit = 0; bit < OF_FACTS.length; bit++) if (instruction.facts[OF_FACTS[bit] as keyof AccessFacts]) bits |= 1 << bit;
        put(bits);
      } else put(key === "operation" ? operation(value) : thing(value));
    }
  }
  function putPacket(packet: Packet): void {
    for (let i = 0; i < OF_PACKET.length; i++) {
      const key = OF_PACKET[i] as keyof Packet;
      const value = packet[key];
      if (typeof value === "number") put(value);
      else if (typeof value === "boolean") put(value ? 1 : 0);
      else if (key === "hops") {
        put(packet.hops.length);
        for (let at = 0; at < packet.hops.length; at++) {
          const hop = packet.hops[at] as Packet["hops"][number];
          put(hop.place);
          put(word(hop.kind));
        }
      } else if (key === "fields") putFields(packet.fields);
      else if (packet.answered === undefined) put(ABSENT);
      else {
        put(packet.answered.requester);
        putFields(packet.answered.fields);
      }
    }
  }
  function putCpu({ platform, settings }: Machine): void {
    let window = windows.get(platform);
    if (window === undefined) {
      const { text, options } = cpuOf(platform);
      window = { text: word(text), options };
      windows.set(platform, window);
    }
    put(window.text);
    const valueOf = optionValues(platform, settings);
    for (const id of window.options) put(word(`${valueOf(id)}`));
  }

  /** What steps and searches read of a machine (`OF_MACHINE`). */
  function putMachine(machine: Machine): void {
    const { instructions, packets, threads, places, waits, platform } = machine;
    putCpu(machine);
    put(platform.fabric.coherent ? 1 : 0);
    put(machine.compilerReorders ? 1 : 0);
    put(machine.unreduced ? 1 : 0);
    put(machine.otherMoves ? 1 : 0);
    put(machine.layout.deciding);
    putNumbers(machine.messages);
    put(instructions.length);
    for (let i = 0; i < instructions.length; i++) putInstruction(instructions[i] as Instruction);
    for (const { first, end, runs, mostPending } of threads) {
      put(first);
      put(end);
      put(mostPending);
      put(runs.length);
      for (const run of runs) {
        put(run.first);
        put(run.end);
      }
    }
    put(packets.length);
    for (let i = 0; i < packets.length; i++) putPacket(packets[i] as Packet);
    for (const { place, credits } of places) {
      put(Number.isFinite(credits) ? credits : ABSENT);
      put(platform.fabric.places[place]?.does?.includes("share-completions") === true ? 1 : 0);
    }
    for (let i = 0; i < waits.length; i++) {
      const hops = waits[i] as Machine["waits"][number];
      for (let at = 0; at < hops.length; at++) {
        const list = hops[at] as (typeof hops)[number];
        put(list.length);
        for (let k = 0; k < list.length; k++) {
          const wait = list[k] as (typeof list)[number];
          put(wait.packet);
          put(wait.hop);
        }
      }
    }
    for (const lists of [machine.thieves, machine.followers, machine.olderLoads, machine.tellPairs]) {
      put(lists.length);
      for (let i = 0; i < lists.length; i++) putNumbers(lists[i] as readonly number[]);
    }
  }

  return {
    find(machine, options, search) {
      length = 0;
      hash = 0x9e3779b9 | 0;
      put(word(`${options.mode} ${options.reduce} ${options.maxStates} ${options.vacuity === true}`));
      putMachine(machine);
      const list = found.get(hash) ?? [];
      const known = list.find(({ machine: other }) => {
        if (other.length !== length) return false;
        for (let i = 0; i < length; i++) if (other[i] !== written[i]) return false;
        return true;
      });
      if (known !== undefined) {
        // The window's rules are asked as the search goes.
        for (const id of known.asked) machine.optionsRead.add(id);
        return known.result;
      }
      const key = written.slice(0, length);
      const number = hash;
      const result = search();
      const asked = (windows.get(machine.platform)?.options ?? []).filter((id) => machine.optionsRead.has(id));
      if (result.stopped !== "interrupted") found.set(number, [...list, { machine: key, result, asked }]);
      return result;
    },
  };
}

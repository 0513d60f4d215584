/** Which nodes of the stubborn sets conflict: who can disable whom, or be told apart in order. A new kind of step that is not entered here makes the reduction unsound. */
import { type Instruction, lands, writes } from "../machine/instruction.js";
import type { Machine, MachineThread } from "../machine/machine.js";
import type { Scope } from "../machine/step.js";
import type { Arrival, Location } from "../program/program.js";
import { type Act, type Acts, createActs, inMemory, mayMeet, type Nodes, raises, reads } from "./acts.js";
import { askedOf } from "./formula.js";

/** The two nodes conflict when the one's next step is the act in question (its status is just below `mine`) and the other's lies ahead (below `theirs`). */
export interface Conflict {
  readonly node: number;
  readonly mine: number;
  readonly theirs: number;
}

/** What is asked of a machine while its conflicts are collected. */
interface Search {
  readonly machine: Machine;
  readonly scope: Scope;
  readonly nodes: Nodes;
  readonly acts: Acts;
  /** Those that can act, and of these the ones that touch locations. */
  readonly instructions: readonly Instruction[];
  readonly accesses: readonly Instruction[];
  /** Two acts conflict, in every form. */
  add(first: Act, second: Act): void;
  /** Two acts conflict, as they are. */
  addPair(first: Act, second: Act): void;
}

/** By node. Symmetric. */
export function collectConflicts(machine: Machine, scope: Scope, nodes: Nodes): readonly (readonly Conflict[])[] {
  const { threads } = machine;
  const instructions = scope.threads.flatMap((index) => machine.instructions.slice(threads[index]?.first, threads[index]?.end));
  const acts = createActs(machine, instructions, nodes);
  const result: Conflict[][] = [];
  for (let node = 0; node < nodes.count; node++) result.push([]);
  const addPair = (a: Act, b: Act): void => {
    if (a.node === b.node) return;
    machine.ask();
    (result[a.node] as Conflict[]).push({ node: b.node, mine: a.until, theirs: b.until });
    (result[b.node] as Conflict[]).push({ node: a.node, mine: b.until, theirs: a.until });
  };
  const inEveryForm = (first: Act, second: Act): void => {
    for (const a of acts.everyForm(first)) for (const b of acts.everyForm(second)) addPair(a, b);
  };
  const add = acts.single ? addPair : inEveryForm;
  const accesses = instructions.filter((instruction) => reads(instruction) || writes(instruction));
  const found: Search = { machine, scope, nodes, acts, instructions, accesses, add, addPair };
  onLocations(found);
  onOpenAddresses(found);
  if (machine.listLike) {
    byObservers(found);
    onLandings(found);
    onRepeats(found);
  }
  onGuesses(found);
  onAnswers(found);
  inPlaces(found);
  inMappings(found);
  inBursts(found);
  onArrivals(found);
  onHandlers(found);
  onWords(found);
  onCacheLines(found);
  return result.map(unique);
}

/** Calls for each two of a list, in its order. */
function eachPair<T>(list: readonly T[], visit: (a: T, b: T) => void): void {
  for (let i = 0; i < list.length; i++) for (let k = i + 1; k < list.length; k++) visit(list[i] as T, list[k] as T);
}

/** A write meets what touches its location. Locations that nobody looks at need no order. */
function onLocations({ machine, acts, accesses, add }: Search): void {
  const { program, threads } = machine;
  const observed = new Set(askedOf(program).locations);
  for (const { first, second } of machine.arrivals) observed.add(first.location).add(second.location);
  for (const { thread } of threads) if (thread.on?.kind === "write" || thread.on?.kind === "read") observed.add(thread.on.location);
  /** Locations that an instruction's access may touch (-1: any); a wait looks at several. */
  const touched = (instruction: Instruction): readonly number[] =>
    instruction.kind === "wait" ? instruction.reads.map((read) => read.location) : [instruction.location];
  const anywhere = accesses.filter((access) => touched(access).includes(-1));
  const looksAnywhere = anywhere.some(reads);
  const at = new Map<number, Instruction[]>();
  for (const access of accesses) {
    for (const location of touched(access)) {
      const list = at.get(location);
      if (list === undefined) at.set(location, [access]);
      else if (list[list.length - 1] !== access) list.push(access);
    }
  }
  const meet = (a: Instruction, b: Instruction): void => {
    if (writes(a) || writes(b)) add(acts.access(a), acts.access(b));
  };
  for (const [location, list] of at) {
    if (location >= 0 && !looksAnywhere && !observed.has(location) && !list.some(reads)) continue;
    eachPair(list, meet);
    if (location >= 0) for (const a of anywhere) for (const b of list) if (a !== b) meet(a, b);
  }
}

/** An access that ran ahead of one whose address was open discards the run where the two turn out to meet: going first, it would disable the other. */
function onOpenAddresses({ acts, accesses, add }: Search): void {
  accesses.forEach((a, at) => {
    if (a.location >= 0 || !inMemory(a)) return;
    for (const b of accesses.slice(at + 1)) if (b.thread === a.thread && inMemory(b)) add(acts.access(a), acts.access(b));
  });
}

/** Does it look at, or change, what observers may have seen differently? */
const isListed = ({ layout }: Machine, { location }: Instruction): boolean =>
  location < 0 || (layout.orderCapacity[location] as number) > 0;

/** The same of a CPU's access, and of a device's read. */
const looksAtStores = (machine: Machine, access: Instruction): boolean =>
  (inMemory(access) || access.kind === "dma-read") && isListed(machine, access);

/** What one observer has seen bounds all that it does next, where it looks at locations that CPUs store to. */
function byObservers({ machine, acts, instructions, accesses, add }: Search): void {
  const observer = ({ thread }: Instruction): number | undefined => machine.threads[thread]?.observer;
  eachPair(accesses, (a, b) => {
    const both = (inMemory(a) && inMemory(b)) || (a.kind === "dma-read" && b.kind === "dma-read");
    if (both && observer(a) === observer(b) && isListed(machine, a) && isListed(machine, b)) add(acts.access(a), acts.access(b));
  });
  for (const fence of instructions) {
    if (fence.kind !== "fence" || !fence.active) continue;
    for (const other of accesses) if (looksAtStores(machine, other)) add(acts.access(fence), acts.access(other));
  }
}

/** DMA that CPUs see one by one takes along what its device has landed before; a read of the device's registers, and its MSI, show it to everybody. */
function onLandings({ machine, acts, instructions, accesses, add }: Search): void {
  const landings = instructions.filter((each) => lands(each) && (machine.message[each.id] as number) >= 0);
  const deviceOf = (instruction: Instruction): number => machine.threads[instruction.thread]?.thread.device ?? -1;
  eachPair(landings, (a, b) => {
    if (deviceOf(a) === deviceOf(b)) add(acts.access(a), acts.access(b));
  });
  for (const shows of instructions) {
    if (shows.kind !== "msi" && shows.kind !== "pio-read") continue;
    const device = shows.kind === "msi" ? deviceOf(shows) : shows.device;
    if (!landings.some((landing) => deviceOf(landing) === device)) continue;
    const goesBack = shows.kind === "pio-read" && (machine.packets[shows.packet]?.hops.length ?? 0) > 0;
    const back = goesBack ? acts.returned(shows) : acts.access(shows);
    for (const other of accesses) {
      const own = landings.includes(other) && deviceOf(other) === device;
      if (own || looksAtStores(machine, other)) add(back, acts.access(other));
    }
  }
}

/** A loop that goes round, a handler that runs again: its stores of the last round are seen by all then. */
function onRepeats({ machine, nodes, acts, instructions, accesses, add }: Search): void {
  const stores = (first: number, end: number): boolean =>
    machine.instructions
      .slice(first, end)
      .some((each) => (inMemory(each) && writes(each)) || (lands(each) && (machine.message[each.id] as number) >= 0));
  const loops = instructions.filter((each) => each.kind === "loop" && stores(each.to, each.id));
  const handlers = [...machine.threads.entries()].filter(([, { handler, first, end }]) => handler >= 0 && stores(first, end));
  const repeats = [
    ...loops.map(({ id }) => acts.always(nodes.perform(id), id)),
    ...handlers.map(([index]) => acts.always(nodes.handler(index), -1)),
  ];
  for (const repeat of repeats) for (const other of accesses) if (looksAtStores(machine, other)) add(repeat, acts.access(other));
}

/** Guesses meet the values that decide them. */
function onGuesses({ machine, nodes, acts, instructions, add }: Search): void {
  for (const branch of instructions) {
    if (branch.kind !== "branch") continue;
    const guess = acts.always(nodes.perform(branch.id), branch.id);
    for (const other of instructions) {
      if (other.thread !== branch.thread || other.target < 0) continue;
      add(guess, acts.returned(other));
      const packet = machine.packets[other.packet];
      // An answer that has no way to go back is there at once.
      if (packet !== undefined && packet.held === packet.hops.length) for (const answer of acts.answering(packet)) add(guess, answer);
    }
  }
}

/** Two programs that answer one register: who answers which read is for good. */
function onAnswers({ acts, instructions, add }: Search): void {
  eachPair(
    instructions.filter(({ kind }) => kind === "answer"),
    (a, b) => {
      if (a.location === b.location) add(acts.access(a), acts.access(b));
    },
  );
}

function compete({ add }: Search, first: readonly Act[], second: readonly Act[]): void {
  for (let i = 0; i < first.length; i++) for (let k = 0; k < second.length; k++) add(first[i] as Act, second[k] as Act);
}

/** Packets that share a place in which one of them cannot pass the other, or whose room is bounded: who enters first is for good. */
function inPlaces(found: Search): void {
  const { machine, scope, acts } = found;
  for (const packet of scope.packets) {
    machine.waits[packet]?.forEach((waits, at) => {
      if (waits.length === 0) return;
      const mine = acts.entries(packet, at + 1);
      for (const wait of waits) compete(found, mine, acts.entries(wait.packet, wait.hop));
    });
  }
  for (const place of machine.places) {
    if (place.credits === Number.POSITIVE_INFINITY) continue;
    eachPair(place.visitors, (a, b) => {
      if (a.packet !== b.packet) compete(found, acts.entries(a.packet, a.hop), acts.entries(b.packet, b.hop));
    });
  }
}

/** The table of mappings: what is looked up meets what changes it, and what waits for those that found it; where it was missed, it is gone. */
function inMappings({ machine, scope, acts, instructions, add }: Search): void {
  for (const each of instructions) {
    if (each.mapping < 0) continue;
    const table = acts.performed(each.id);
    for (const other of instructions) if (other.id > each.id && other.mapping === each.mapping) add(table, acts.performed(other.id));
    for (const number of scope.packets) {
      const { lookup, location } = acts.packetAt(number);
      if (lookup > 0 && location === each.mapping) add(table, acts.leaving(number, lookup));
    }
  }
  const looked = scope.packets.filter((number) => (machine.layout.looked[number] as number) >= 0);
  for (const a of looked) {
    const { lookup, location } = acts.packetAt(a);
    for (const b of looked) {
      const other = acts.packetAt(b);
      if (b > a && other.location === location) add(acts.leaving(a, lookup), acts.leaving(b, other.lookup));
    }
  }
}

/** A burst: whether a later word is there, and held back by the earlier ones alone. */
function inBursts(found: Search): void {
  const { machine, acts, addPair } = found;
  for (const [next, firsts] of acts.leaders.entries()) {
    for (const first of firsts) {
      const { home } = acts.packetAt(next);
      const burst = acts.leaving(first, acts.packetAt(first).home);
      compete(found, [burst], acts.entries(next, home));
      const waits = machine.waits[next]?.[home - 1] ?? [];
      for (const wait of waits) if (wait.packet !== first) addPair(burst, acts.leaving(wait.packet, wait.hop));
      // What could pass the first word may be gone before it.
      if (waits.every((wait) => wait.packet !== first)) addPair(burst, acts.leaving(next, home));
    }
  }
}

/** What arrived where first. */
function onArrivals({ machine, acts, instructions, add }: Search): void {
  const arrives = (instruction: Instruction, { location, value }: Arrival): boolean =>
    (value === undefined ? reads(instruction) : writes(instruction)) && mayMeet(instruction.location, location);
  for (const { first, second } of machine.arrivals) {
    for (const a of instructions) {
      if (!arrives(a, first)) continue;
      for (const b of instructions) if (b.id !== a.id && arrives(b, second)) add(acts.access(a), acts.access(b));
    }
  }
}

/** Handlers: with what raises them, with the thread they interrupt, and with the others of their CPU. */
function onHandlers({ machine, scope, nodes, acts, instructions, add }: Search): void {
  const { threads } = machine;
  for (const index of scope.threads) {
    const thread = threads[index] as MachineThread;
    const on = thread.thread.on;
    if (on === undefined) continue;
    const node = acts.always(nodes.handler(index), -1);
    for (const instruction of instructions) {
      const { id } = instruction;
      if (raises(machine, instruction, on)) add(node, acts.access(instruction));
      if (thread.host < 0 || (instruction.thread !== thread.host && instruction.thread !== index)) continue;
      add(node, acts.always(nodes.perform(id), id));
      if (instruction.packet >= 0) add(node, acts.always(nodes.move(id), id));
    }
    // Handlers of one CPU run one after another: which first is for good.
    for (const other of scope.threads) {
      const { handler, role, thread: is } = threads[other] as MachineThread;
      if (other > index && handler >= 0 && role === "cpu" && thread.role === "cpu" && is.cpu === thread.thread.cpu)
        add(node, acts.always(nodes.handler(other), -1));
    }
    if (thread.host < 0) continue;
    // The handler's instructions stand inside its host's window: its loads look at pending stores there, and the other way round.
    const within = (number: number): readonly Act[] =>
      instructions.flatMap((each) => (each.thread === number ? [acts.always(nodes.perform(each.id), each.id)] : []));
    const own = within(index);
    for (const a of within(thread.host)) for (const b of own) add(a, b);
  }
}

/** Two engines of a device hear the same word once. */
function onWords({ machine, acts, instructions, add }: Search): void {
  const deviceOf = ({ thread }: Instruction): number | undefined => machine.threads[thread]?.thread.device;
  eachPair(
    instructions.filter(({ kind }) => kind === "hear"),
    (a, b) => {
      if (a.device === b.device && deviceOf(a) === deviceOf(b)) add(acts.access(a), acts.access(b));
    },
  );
}

/** Cache lines move about by themselves, and when they are told to; where caches do not snoop, the words of a line move together. */
function onCacheLines({ machine, scope, nodes, acts, instructions, accesses, add }: Search): void {
  const { layout, platform, program } = machine;
  const lineOf = (location: number): number | undefined => program.locations[location]?.line;
  const syncs = ({ kind }: Instruction): boolean => kind === "sync-for-cpu" || kind === "sync-for-device";
  for (const index of scope.locations) {
    if ((layout.copy[index] as number) < 0) continue;
    const { line } = program.locations[index] as Location;
    const node = acts.always(nodes.line(index), -1);
    for (const instruction of instructions) {
      if (instruction.location >= 0 && lineOf(instruction.location) !== line) continue;
      if (reads(instruction) || writes(instruction)) add(node, acts.access(instruction));
      if (syncs(instruction)) add(node, acts.performed(instruction.id));
    }
  }
  for (const sync of instructions) {
    if (!syncs(sync)) continue;
    for (const other of accesses)
      if (other.location < 0 || lineOf(other.location) === lineOf(sync.location)) add(acts.performed(sync.id), acts.access(other));
  }
  if (platform.fabric.coherent) return;
  eachPair(accesses, (a, b) => {
    if (a.location < 0 || b.location < 0 || a.location === b.location) return;
    if (lineOf(a.location) === lineOf(b.location)) add(acts.access(a), acts.access(b));
  });
}

/** Drops repeated conflicts. */
function unique(list: readonly Conflict[]): readonly Conflict[] {
  if (list.length < 2) return list;
  // Most lists are short.
  if (list.length <= 6) {
    const same = (a: Conflict, b: Conflict): boolean => a.node === b.node && a.mine === b.mine && a.theirs === b.theirs;
    return list.filter((conflict, at) => list.findIndex((each) => same(each, conflict)) === at);
  }
  const seen = new Map<number, Conflict>();
  for (const conflict of list) {
    // Statuses are small numbers; ALWAYS is the one that is not.
    const bounds = Math.min(conflict.mine, 1023) * 1024 + Math.min(conflict.theirs, 1023);
    seen.set(conflict.node * 1024 * 1024 + bounds, conflict);
  }
  return [...seen.values()];
}

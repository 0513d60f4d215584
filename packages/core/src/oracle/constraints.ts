/**
 * A scenario as events and what its orders have to obey: events that always come one before the other, pairs whose order has to be settled, and rules of the form
 * "if a is before b, then c is before d".
 *
 * Events are points in time. An access to memory is one; a packet's are: it enters its first place, it goes from place to place, it arrives, its reply is back.
 */
import type { Platform } from "../platform/platform.js";
import type { Expression, Formula, Program } from "../program/program.js";
import { type Act, isConditional, silent } from "./acts.js";
import { carriedBy } from "./carried.js";
import { isLookedUp, mappingPairs } from "./mappings.js";
import { Order } from "./order.js";
import { type Lookup, mayPass, type Packet, packetOf, type Stop } from "./roads.js";
import { hostOf, type Run, raises, type Scenario } from "./scenario.js";
import { Unsupported } from "./unsupported.js";
import { inMemory, inOrder, replaceable } from "./window.js";

/** An act of a run, and its events. */
export interface Item {
  readonly run: Run;
  readonly position: number;
  readonly act: Act;
  readonly location: number;
  readonly packet: Packet | undefined;
  /** The table of mappings is asked on its way. */
  readonly lookedUp: boolean;
  /** Empty for what takes no time. Packets: entry of the first place, of the next, …, the end. */
  readonly events: readonly number[];
  /** When it was issued: before `events` where completions were lost to others and it was asked again. */
  readonly issued: number;
  /** The read whose completion it takes, in its own one's stead. */
  readonly stolen: Item | undefined;
  /** It entered its first place again, where its room was kept. */
  readonly again: boolean;
}

/** A place's entry and exit on one packet's way. */
interface Visit {
  readonly item: Item;
  readonly stop: Stop;
  readonly enters: number;
  readonly leaves: number;
}

export interface Rule {
  readonly if: readonly [number, number];
  /** Only if this pair stands in order, too. */
  readonly and?: readonly [number, number] | undefined;
  readonly then: readonly [number, number];
}

/** How an act touches a location, and when. */
export interface Touch {
  readonly item: Item;
  readonly location: number;
  readonly event: number;
  readonly reads: boolean;
  readonly writes: boolean;
}

export interface Constraints {
  readonly scenario: Scenario;
  readonly items: readonly Item[];
  readonly byRun: ReadonlyMap<Run, readonly Item[]>;
  /** When each run of a handler starts. */
  readonly starts: ReadonlyMap<Run, number>;
  /** What each CPU sees in program order, interrupts included. */
  readonly sequences: readonly (readonly Item[])[];
  readonly touches: readonly Touch[];
  /** Locations whose stores reach observers one by one: views of them are guessed (views.ts), not ordered. */
  readonly listed: ReadonlySet<number>;
  /** Loads of one location that may swap if they read the same write. */
  readonly rereads: readonly Reread[];
  readonly visits: readonly Visit[];
  readonly order: Order;
  readonly open: readonly (readonly [number, number])[];
  readonly rules: readonly Rule[];
  /** The answer of each read that was withheld. */
  readonly answers: ReadonlyMap<Item, Item>;
  /** Is event `a` before event `b` in an order? Events of one indivisible step are ordered as the program has them. */
  before(order: Order, a: number, b: number): boolean;
  /** Adds a pair to an order; false where that contradicts it. */
  add(order: Order, a: number, b: number): boolean;
}

export const startOf = (item: Item): number => item.issued;
export const endOf = (item: Item): number => item.events[item.events.length - 1] as number;
export const arrivalOf = (item: Item): number => item.events[item.packet?.home ?? 0] as number;

/** When the act is performed, as far as the CPU's window is concerned. */
function performed(item: Item): number {
  const { kind, waits } = item.act;
  return kind === "pio-read" || kind === "token" || (kind === "pio-write" && waits) ? endOf(item) : startOf(item);
}

/** When the value that the act brings is there. */
function known(item: Item): number {
  return endOf(item);
}

/** Registers that an expression reads. */
function registersOf(expression: Expression | undefined): readonly number[] {
  switch (expression?.kind) {
    case "register":
      return [expression.register];
    case "unary":
      return registersOf(expression.operand);
    case "binary":
      return [...registersOf(expression.left), ...registersOf(expression.right)];
    default:
      return [];
  }
}

export function operandsOf(act: Act): readonly (Expression | undefined)[] {
  const { modify } = act;
  if (modify === undefined) return [act.value];
  const deciding = modify.kind === "compare" ? modify.expected : modify.kind === "add-unless" ? modify.unless : undefined;
  // To read, only whether it will store has to be known.
  return act.half === "read" ? [deciding] : [act.value, modify.value, deciding];
}

/** The act that last set a register before a position; undefined where it still has its initial value. */
export function definitionOf(items: readonly Item[], position: number, register: number): Item | undefined {
  for (let at = position - 1; at >= 0; at--) {
    const item = items[at] as Item;
    if (item.act.target === register || item.act.reads.some((read) => read.target === register)) return item;
  }
  return undefined;
}

/** Makes the constraints; undefined where they contradict each other outright. */
export function constrain(program: Program, platform: Platform, option: Lookup, scenario: Scenario): Constraints | undefined {
  const { runs } = scenario;
  let events = 0;
  const node: number[] = [];
  const rank: number[] = [];
  let nodes = 0;
  const event = (block?: { node: number; next: number }): number => {
    node.push(block === undefined ? nodes++ : block.node);
    rank.push(block === undefined ? 0 : block.next++);
    return events++;
  };

  // Events.
  const items: Item[] = [];
  const byRun = new Map<Run, readonly Item[]>();
  const starts = new Map<Run, number>();
  for (const [at, run] of runs.entries()) {
    const thread = program.threads[run.thread] as (typeof program.threads)[number];
    if (thread.on !== undefined) starts.set(run, event());
    const blocks = new Map<number, { node: number; next: number }>();
    const own = run.acts.map((act, position): Item => {
      const location = run.locations[position] as number;
      const packet = packetOf(program, platform, option, thread, act, location, `${at}.${act.operation}.${act.round}`);
      const mine: number[] = [];
      if (!silent(act)) {
        let block = blocks.get(act.block);
        if (act.block >= 0 && block === undefined) {
          block = { node: nodes++, next: 0 };
          blocks.set(act.block, block);
        }
        mine.push(event(block));
        for (let i = 0; i < (packet?.stops.length ?? 0); i++) mine.push(event());
      }
      const lookedUp = isLookedUp(program, platform, act, location);
      return { run, position, act, location, packet, lookedUp, events: mine, issued: mine[0] as number, stolen: undefined, again: false };
    });
    byRun.set(run, own);
  }

  // A read that loses its completion is asked again from that moment on; one that takes it leaves its first place for good.
  const packets = new Map([...byRun.values()].flat().map((item) => [item, item.packet]));
  for (const item of packets.keys()) {
    const lost = scenario.thefts.filter(({ victim }) => victim.run === item.run && victim.position === item.position);
    if (lost.length === 0) continue;
    const whole = packets.get(item);
    const shared = sharedStop(whole);
    if (whole === undefined || shared < 0) return undefined;
    let from = item.issued;
    let again = false;
    for (const { thief } of lost) {
      const taker = byRun.get(thief.run)?.[thief.position];
      const way = taker?.packet;
      if (taker === undefined || way === undefined || way.home === 0 || way.stops[shared]?.key !== whole.stops[shared]?.key)
        return undefined;
      const packet = { ...whole, stops: whole.stops.slice(0, shared + 1) };
      const tried: Item = { ...item, packet, issued: from, events: [from, ...packet.stops.map(() => event())], stolen: undefined, again };
      items.push(tried);
      from = endOf(tried);
      again = true;
      const change = taker as { -readonly [K in keyof Item]: Item[K] };
      change.packet = { ...way, stops: [way.stops[0] as Stop, ...way.stops.slice(shared + 1)], home: 1 };
      change.events = [taker.events[0] as number, from, ...taker.events.slice(shared + 2)];
      change.stolen = tried;
    }
    const change = item as { -readonly [K in keyof Item]: Item[K] };
    change.events = [from, ...item.events.slice(1)];
    change.again = true;
  }
  for (const own of byRun.values()) items.push(...own);

  // The words of a burst leave at once, in the order of their addresses, from a place in which they stand behind each other.
  const behind: (readonly [Item, Item])[] = [];
  for (const burst of scenario.bursts) {
    const words = burst.map(({ thread, number, position }) => {
      const run = runs.find((each) => each.thread === thread && each.number === number);
      return run === undefined ? undefined : byRun.get(run)?.[position];
    });
    const together = nodes++;
    for (const [at, word] of words.entries()) {
      const last = word?.packet?.stops[word.packet.home - 1];
      if (word === undefined || last?.kind !== "posted" || !last.place.does?.includes("combine")) return undefined;
      node[arrivalOf(word)] = together;
      rank[arrivalOf(word)] = at;
      if (at > 0) behind.push([words[at - 1] as Item, word]);
    }
  }

  // A reply that was withheld sets out when its answer is given.
  const answers = new Map<Item, Item>();
  for (const { read, answer } of scenario.answers) {
    const [reader, given] = [byRun.get(read.run)?.[read.position], byRun.get(answer.run)?.[answer.position]];
    if (reader?.packet === undefined || given === undefined) continue;
    answers.set(reader, given);
    (reader.events as number[])[reader.packet.home + 1] = startOf(given);
  }

  const order = Order.of(nodes);
  const before = (of: Order, a: number, b: number): boolean =>
    node[a] === node[b] ? (rank[a] as number) < (rank[b] as number) : of.before(node[a] as number, node[b] as number);
  const add = (of: Order, a: number, b: number): boolean =>
    node[a] === node[b] ? (rank[a] as number) < (rank[b] as number) : of.add(node[a] as number, node[b] as number);
  let possible = true;
  const first = (a: number, b: number): void => {
    possible &&= add(order, a, b);
  };
  const rules: Rule[] = [];
  const open: (readonly [number, number])[] = [];

  for (const [word, next] of behind) {
    const [older, younger] = [word.packet as Packet, next.packet as Packet];
    const [at, nextAt] = [older.stops[older.home - 1] as Stop, younger.stops[younger.home - 1] as Stop];
    if (at.key !== nextAt.key) return undefined;
    // What may pass need not have come behind.
    if (mayPass(program, platform, option, younger, nextAt, older, at)) continue;
    first(word.events[older.home - 1] as number, next.events[younger.home - 1] as number);
  }

  /** The acts whose values an expression needs at a position of a run. */
  const providers = (run: Run, position: number, expression: Expression | undefined): readonly Item[] =>
    registersOf(expression).flatMap((register) => {
      const definition = definitionOf(byRun.get(run) as readonly Item[], position, register);
      if (definition === undefined) return [];
      const { act, position: at } = definition;
      if (act.kind === "assign") return providers(run, at, act.value);
      // What an atomic in halves gives where it computes waits for what it computes with.
      const made = act.half === "read" && act.modify?.kind === "arithmetic";
      return made ? [definition, ...providers(run, at, act.modify?.value)] : [definition];
    });

  // Packets go their way; values are there before they are used.
  for (const item of items) {
    for (let i = 1; i < item.events.length; i++) first(item.events[i - 1] as number, item.events[i] as number);
    if (silent(item.act)) continue;
    for (const expression of [item.act.address, ...operandsOf(item.act)]) {
      for (const provider of providers(item.run, item.position, expression)) if (provider !== item) first(known(provider), startOf(item));
    }
  }

  // Devices issue in order; a branch waits for its value.
  for (const run of runs) {
    if (program.threads[run.thread]?.role !== "device") continue;
    let previous = starts.get(run);
    let pending: Item[] = [];
    for (const item of byRun.get(run) as readonly Item[]) {
      if (item.act.kind === "branch") pending.push(...providers(run, item.position, item.act.value));
      if (silent(item.act)) continue;
      if (previous !== undefined) first(previous, startOf(item));
      for (const provider of pending) first(known(provider), startOf(item));
      pending = [];
      previous = startOf(item);
    }
  }

  // CPUs: the thread and the handlers that interrupt it share one window.
  const sequences: (readonly Item[])[] = [];
  for (const run of runs) {
    if (program.threads[run.thread]?.role !== "cpu" || hostOf(program, run.thread) >= 0) continue;
    const own = byRun.get(run) as readonly Item[];
    const interrupting = scenario.taken.get(run.thread) ?? [];
    const sequence: Item[] = [];
    let slot = 0;
    for (const handler of interrupting) {
      sequence.push(...own.slice(slot, handler.slot));
      slot = handler.slot;
      sequence.push(...(byRun.get(handler) as readonly Item[]));
    }
    sequence.push(...own.slice(slot));
    sequences.push(sequence);
    const beginning = starts.get(run);
    if (beginning !== undefined) for (const item of own) if (!silent(item.act)) first(beginning, startOf(item));
    // An interrupt is precise: nothing behind it has started, and every branch before it is decided.
    interrupting.forEach((handler) => {
      const taken = starts.get(handler) as number;
      const from = sequence.findIndex((item) => item.run === handler);
      const at = from >= 0 ? from : sequence.findIndex((item) => item.run === run && item.position >= handler.slot);
      const behind = at < 0 ? [] : sequence.slice(at);
      for (const item of behind) if (!silent(item.act)) first(taken, startOf(item));
      for (const item of at < 0 ? sequence : sequence.slice(0, at)) {
        if (item.act.kind !== "branch" || !matters(sequence, item, at)) continue;
        for (const provider of providers(item.run, item.position, item.act.value)) first(known(provider), taken);
      }
    });
    for (let i = 1; i < interrupting.length; i++)
      first(starts.get(interrupting[i - 1] as Run) as number, starts.get(interrupting[i] as Run) as number);
  }
  // A handler starts again only when it is through.
  for (const run of runs) {
    const again = runs.find((other) => other.thread === run.thread && other.number === run.number + 1);
    const taken = again === undefined ? undefined : (starts.get(again) as number);
    if (taken === undefined) continue;
    first(starts.get(run) as number, taken);
    for (const item of byRun.get(run) as readonly Item[]) {
      if (!silent(item.act)) first(performed(item), taken);
      if (item.act.kind === "branch") for (const provider of providers(run, item.position, item.act.value)) first(known(provider), taken);
    }
  }

  for (const sequence of sequences) {
    sequence.forEach((younger, at) => {
      if (silent(younger.act)) return;
      // The later write that replaces one in a write-combining buffer is certain to come.
      if (younger.act.swallowed) {
        const own = byRun.get(younger.run) as readonly Item[];
        const by = replaceable(program, platform, option, own, younger.position);
        for (const item of own.slice(younger.position + 1, by)) {
          if (item.act.kind === "branch")
            for (const each of providers(item.run, item.position, item.act.value)) first(known(each), startOf(younger));
        }
      }
      if (younger.act.half === "write") first(startOf(byRun.get(younger.run)?.[younger.position - 1] as Item), startOf(younger));
      for (let i = 0; i < at; i++) {
        const older = sequence[i] as Item;
        if (older.act.kind === "branch") {
          if (controls(platform, older, younger))
            for (const each of providers(older.run, older.position, older.act.value)) first(known(each), startOf(younger));
          continue;
        }
        if (inOrder(program, platform, option, older, younger, sequence.slice(i + 1, at), older.run === younger.run))
          first(performed(older), startOf(younger));
        const stores = inMemory(younger.act) && younger.act.kind !== "load";
        if (stores && inMemory(older.act) && platform.cpu.addressPending === "no") {
          for (const each of providers(older.run, older.position, older.act.address)) first(known(each), startOf(younger));
        }
      }
      // A load that goes ahead of an own store takes its value: it has to be there.
      const store = forwarding(sequence, at);
      if (store === undefined) return;
      const needed = [store.act.address, ...operandsOf(store.act)].flatMap((each) => providers(store.run, store.position, each));
      // What an atomic's write half stores, its read half has read; an exchange stores the same whatever it reads.
      if (store.act.half === "write" && store.act.modify?.kind !== "exchange")
        needed.push(byRun.get(store.run)?.[store.position - 1] as Item);
      for (const each of needed) rules.push({ if: [startOf(younger), startOf(store)], then: [known(each), startOf(younger)] });
    });
  }

  // Who touches what: two of which one writes have an order.
  const touches = items.flatMap((item) => touchesOf(item));
  const looked = new Set<number>(program.observed.flatMap((term) => (term.kind === "location" ? [term.location] : [])));
  for (const touch of touches) if (touch.reads) looked.add(touch.location);
  collectLocations(program.condition.formula, looked);
  if (program.filter !== undefined) collectLocations(program.filter, looked);
  const listed = new Set<number>();
  if (!platform.cpu.multiCopyAtomic) {
    for (const item of items) if (item.location >= 0 && (item.act.kind === "store" || item.act.kind === "rmw")) listed.add(item.location);
  }
  eachPair(touches, (a, b) => {
    if (a.item === b.item || a.location !== b.location || listed.has(a.location)) return;
    if ((a.writes || b.writes) && looked.has(a.location)) open.push([a.event, b.event]);
  });
  // What a store or fence takes along depends on what was performed before it; so does what a load may take its value from.
  if (listed.size > 0) {
    for (const sequence of sequences) {
      sequence.forEach((item, at) => {
        for (const older of carriedBy(sequence, at)) open.push([startOf(older), startOf(item)]);
        const store = forwarding(sequence, at);
        if (store !== undefined) open.push([startOf(item), startOf(store)]);
      });
    }
  }

  // Nothing is written between the halves of an atomic. Whether a conditional atomic writes is known at the end (values.ts).
  for (const item of items) {
    const write = item.act.half === "read" && item.act.outcome ? byRun.get(item.run)?.[item.position + 1] : undefined;
    if (write === undefined || item.location < 0 || listed.has(item.location)) continue;
    const store = ownStore(sequences, item);
    for (const touch of touches) {
      if (touch.item === write || touch.item === store || touch.location !== item.location || !touch.writes || conditional(touch.item.act))
        continue;
      rules.push({
        if: [startOf(item), touch.event],
        and: store === undefined ? undefined : [startOf(store), touch.event],
        then: [startOf(write), touch.event],
      });
    }
  }

  // Of two loads of one location the later reads no older write than the earlier. Views say which write is read; elsewhere it is the last before the load, or its own store.
  const rereads = rereadsOf(platform, sequences);
  for (const { older, younger, store } of rereads) {
    if (listed.has(older.location)) continue;
    for (const touch of touches) {
      if (touch.location !== older.location || !touch.writes || touch.item === store || uncertain(touch.item.act)) continue;
      rules.push({
        if: [startOf(younger), touch.event],
        and: store === undefined ? undefined : [startOf(store), touch.event],
        then: [startOf(older), touch.event],
      });
    }
  }

  // Packets in one place.
  const visits = items.flatMap((item): Visit[] =>
    (item.packet?.stops ?? []).map((stop, i) => ({ item, stop, enters: item.events[i] as number, leaves: item.events[i + 1] as number })),
  );
  eachPair(visits, (a, b) => {
    if (a.item === b.item || a.stop.key !== b.stop.key) return;
    const [p, q] = [sideOf(a), sideOf(b)];
    const passA = mayPass(program, platform, option, p, a.stop, q, b.stop);
    const passB = mayPass(program, platform, option, q, b.stop, p, a.stop);
    if (!passA || !passB) open.push([a.enters, b.enters]);
    if (!passA) rules.push({ if: [b.enters, a.enters], then: [b.leaves, a.leaves] });
    if (!passB) rules.push({ if: [a.enters, b.enters], then: [a.leaves, b.leaves] });
    if (a.stop.place.credits !== undefined)
      open.push(
        ...(
          [
            [a.enters, b.enters],
            [a.enters, b.leaves],
            [a.leaves, b.enters],
          ] as const
        ).filter(([one, other]) => one !== other),
      );
  });

  // What raises a handler, and its starts; what was told and heard; what was invalidated; what arrived where first.
  for (const [run, taken] of starts) {
    for (const item of items)
      if (raises(program, item.run.thread, item.act, item.location, run.thread)) open.push([arrivalOf(item), taken]);
  }
  eachPair(items, (a, b) => {
    const kinds = [a.act.kind, b.act.kind];
    const talking = kinds.every((kind) => kind === "tell" || kind === "hear") && kinds.includes("hear");
    const waiting = kinds.includes("ats-wait") && kinds.includes("invalidate-done");
    if (talking || waiting) open.push([arrivalOf(a), arrivalOf(b)]);
  });
  open.push(...mappingPairs(items));
  const compared = new Set<number>();
  collectArrivals(program.condition.formula, compared);
  if (program.filter !== undefined) collectArrivals(program.filter, compared);
  const arrivals = touches.filter((touch) => compared.has(touch.location));
  eachPair(arrivals, (a, b) => {
    if (a.item !== b.item) open.push([a.event, b.event]);
  });

  if (events > 400) throw new Unsupported("more than 400 events");
  return possible
    ? { scenario, items, byRun, starts, sequences, touches, listed, rereads, visits, order, open, rules, answers, before, add }
    : undefined;
}

/** The place on a packet's way back in which its completion may go to another; -1 for none. */
function sharedStop(packet: Packet | undefined): number {
  return packet?.stops.findIndex(({ place }, at) => at >= packet.home && place.does?.includes("share-completions")) ?? -1;
}

/** A packet on a visit: its request, or its reply. */
function sideOf({ item, enters }: Visit): Packet {
  const packet = item.packet as Packet;
  return item.events.indexOf(enters) > packet.home ? { ...packet, ...packet.answered } : packet;
}

/** Two loads of one location that may swap. `store`: the own store before both, whose value either may take early. */
export interface Reread {
  readonly older: Item;
  readonly younger: Item;
  readonly store: Item | undefined;
}

function rereadsOf(platform: Platform, sequences: readonly (readonly Item[])[]): readonly Reread[] {
  const result: Reread[] = [];
  if (!platform.cpu.sameStoreSwaps) return result;
  const stores = (item: Item, location: number): boolean =>
    item.location === location && (item.act.kind === "store" || item.act.kind === "rmw");
  for (const sequence of sequences) {
    sequence.forEach((younger, at) => {
      if (younger.act.kind !== "load" || younger.location < 0) return;
      for (let i = at - 1; i >= 0; i--) {
        const older = sequence[i] as Item;
        if (stores(older, younger.location)) break;
        if (older.act.kind !== "load" || older.location !== younger.location || older.run !== younger.run) continue;
        const store = sequence
          .slice(0, i)
          .reverse()
          .find((item) => stores(item, younger.location));
        result.push({ older, younger, store: store?.act.kind === "store" ? store : undefined });
      }
    });
  }
  return result;
}

/** May the act turn out to write nothing? */
const uncertain = (act: Act): boolean => conditional(act) || (act.kind === "dma-atomic" && isConditional(act.modify));

/** May an atomic that is not in halves turn out to store nothing? */
export function conditional(act: Act): boolean {
  return act.half === undefined && isConditional(act.modify);
}

/** Something that takes time stands between a branch and a point in the sequence. */
function matters(sequence: readonly Item[], branch: Item, until: number): boolean {
  const from = sequence.indexOf(branch);
  return sequence.slice(from + 1, until < 0 ? undefined : until).some((item) => !silent(item.act));
}

/** Does an act wait for a branch to be decided? Loads from memory, write-combining memory included, run ahead; a platform may let later stores do so too. */
function controls(platform: Platform, branch: Item, item: Item): boolean {
  if (item.act.kind === "load" || (item.act.kind === "pio-read" && item.act.kinds.includes("wcin"))) return false;
  if (platform.cpu.control === "all" || !inMemory(item.act)) return true;
  return item.run === branch.run && item.act.operation > branch.act.operation && item.act.operation < branch.act.join;
}

/** The own store whose value a load takes where it goes ahead of it: the youngest older one to its address. */
export function forwarding(sequence: readonly Item[], at: number): Item | undefined {
  const load = sequence[at] as Item;
  if (load.act.kind !== "load" || load.location < 0) return undefined;
  for (let i = at - 1; i >= 0; i--) {
    const older = sequence[i] as Item;
    if (older.location === load.location && (older.act.kind === "store" || older.act.kind === "rmw"))
      return older.act.kind === "store" ? older : undefined;
  }
  return undefined;
}

/** The own store that a load may take its value from early, wherever the load stands. */
export function ownStore(sequences: readonly (readonly Item[])[], load: Item): Item | undefined {
  const sequence = sequences.find((each) => each.includes(load)) ?? [];
  return forwarding(sequence, sequence.indexOf(load));
}

function touchesOf(item: Item): readonly Touch[] {
  const { act, location } = item;
  const touch = (event: number, reads: boolean, writes: boolean, where = location): Touch => ({
    item,
    location: where,
    event,
    reads,
    writes,
  });
  if (act.kind === "wait") return act.reads.map((read) => touch(startOf(item), true, false, read.location));
  if (location < 0 || silent(act) || act.zeroLength || act.swallowed || act.refused || act.lost || item.stolen !== undefined) return [];
  switch (act.kind) {
    case "load":
    case "register-read":
      return [touch(startOf(item), true, false)];
    case "store":
    case "register-write":
      return [touch(startOf(item), false, true)];
    case "rmw":
      return [touch(startOf(item), true, true)];
    case "pio-read":
    case "dma-read":
      return [touch(arrivalOf(item), true, false)];
    case "pio-write":
    case "dma-write":
      return [touch(arrivalOf(item), false, true)];
    case "dma-atomic":
      return [touch(arrivalOf(item), true, true)];
    case "answer":
      return act.value === undefined ? [touch(startOf(item), true, false)] : [];
    default:
      return [];
  }
}

function eachPair<T>(list: readonly T[], visit: (a: T, b: T) => void): void {
  list.forEach((a, i) => {
    for (const b of list.slice(i + 1)) visit(a, b);
  });
}

function collectLocations(formula: Formula, into: Set<number>): void {
  switch (formula.kind) {
    case "compare":
      for (const side of [formula.left, formula.right]) if (side.kind === "location") into.add(side.location);
      break;
    case "not":
      collectLocations(formula.operand, into);
      break;
    case "and":
    case "or":
      collectLocations(formula.left, into);
      collectLocations(formula.right, into);
      break;
    default:
  }
}

function collectArrivals(formula: Formula, into: Set<number>): void {
  switch (formula.kind) {
    case "order":
      into.add(formula.first.location);
      into.add(formula.second.location);
      break;
    case "not":
      collectArrivals(formula.operand, into);
      break;
    case "and":
    case "or":
      collectArrivals(formula.left, into);
      collectArrivals(formula.right, into);
      break;
    default:
  }
}

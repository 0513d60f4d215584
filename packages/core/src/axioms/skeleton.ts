/**
 * Skeletons of executions: one path of each thread, all locations resolved; what is left open is who reads from whom and in which order writes to one location are made.
 */

import type { Structure } from "../cat/model.js";
import { addEdge, addEvent, type EventSet, type Relation, wordsFor } from "../cat/relation.js";
import type { Span } from "../source.js";
import { type Arena, createArena } from "./arena.js";
import type { Constraint, EventKind, ThreadEvent } from "./event.js";
import type { Frame, Item } from "./frame.js";
import { madeOnce } from "./made-once.js";
import { INITIAL_SETS, type Pairs, type PreparedPath } from "./prepared-path.js";
import { type KnownReads, NOTHING_REQUIRED, type Required, requiredReads } from "./required.js";
import { evaluateKnown, shift, type Term, type Value } from "./value.js";

/** An event of a whole execution. Initial writes have thread -1. */
export interface SkeletonEvent {
  readonly kind: EventKind;
  readonly thread: number;
  readonly location: string | undefined;
  readonly tags: readonly string[];
  readonly atomic: boolean;
  /** What a W writes, over the reads of the skeleton. */
  readonly value: Term | undefined;
  readonly instruction: number;
  readonly span: Span | undefined;
}

export interface Skeleton {
  readonly events: readonly SkeletonEvent[];
  readonly structure: Structure;
  /** What has to hold of the values read: branches taken, addresses that were assumed. */
  readonly constraints: readonly Constraint[];
  /** For each item of the frame that is a register, its term; undefined for locations. */
  readonly registers: readonly (Term | undefined)[];
  readonly po: Relation;
  /** True where a loop was cut in one of the threads. */
  readonly cut: boolean;
}

/** A path that was chosen for its thread. */
interface Chosen {
  readonly path: PreparedPath;
  /** The number of its first event, initial writes not counted. */
  readonly first: number;
  /** What its reads have to give, by their place in the path: see `forEachSkeleton`. */
  readonly known: KnownReads;
}

/**
 * Calls back for every skeleton; stops where the callback gives false. The arrays of a skeleton are those of the next one too: it is the callback's only until it returns. With `required`,
 * skeletons in which the registers cannot have these values are left out.
 */
export function forEachSkeleton(
  threads: readonly (readonly PreparedPath[])[],
  frame: Frame,
  visit: (skeleton: Skeleton) => boolean,
  arena: Arena = createArena(),
  required: Required = NOTHING_REQUIRED,
): void {
  const chosen: Chosen[] = [];
  const choose = (thread: number, first: number): boolean => {
    const paths = threads[thread];
    if (paths === undefined) return resolveAddresses(chosen, frame, visit, arena);
    for (let at = 0; at < paths.length; at++) {
      const path = paths[at] as PreparedPath;
      if (path.astray) continue;
      const known = requiredReads(path, required.registers[thread]);
      if (known === undefined) continue;
      chosen[thread] = { path, first, known };
      if (!choose(thread + 1, first + path.events.length)) return false;
    }
    return true;
  };
  choose(0, 0);
}

/** An access of one of the threads, its terms over all reads. */
interface Open {
  readonly reads: boolean;
  readonly address: Term | undefined;
  readonly value: Term | undefined;
  /** Where it has to go, if that is known. */
  readonly destination: Value | undefined;
}

/** Gives a location to every access whose address was read, in all possible ways. */
function resolveAddresses(chosen: readonly Chosen[], frame: Frame, visit: (skeleton: Skeleton) => boolean, arena: Arena): boolean {
  const locations: (string | undefined)[] = [];
  let open = false;
  for (let thread = 0; thread < chosen.length; thread++) {
    const { path } = chosen[thread] as Chosen;
    if (path.open) open = true;
    addLocations(locations, path);
  }
  return open ? assumeAddresses(chosen, locations, frame, visit, arena) : visit(assemble(chosen, locations, NO_CONSTRAINTS, frame, arena));
}

const NO_CONSTRAINTS: readonly Constraint[] = [];

/** The locations of a path's accesses, where their addresses are not read. */
function addLocations(locations: (string | undefined)[], { events }: PreparedPath): void {
  for (let event = 0; event < events.length; event++) {
    const { address } = events[event] as ThreadEvent;
    locations.push(address?.kind === "constant" ? locationAt(address.value) : undefined);
  }
}

function assumeAddresses(
  chosen: readonly Chosen[],
  locations: (string | undefined)[],
  frame: Frame,
  visit: (skeleton: Skeleton) => boolean,
  arena: Arena,
): boolean {
  const events = chosen.flatMap(({ path, first, known }) =>
    path.events.map(({ kind, address, value }): Open => {
      const destination = address === undefined ? undefined : evaluateKnown(address, known);
      return {
        reads: kind === "R" || kind === "RW",
        address: address === undefined ? undefined : shift(address, first),
        value: value === undefined ? undefined : shift(value, first),
        destination,
      };
    }),
  );
  const addresses = possibleAddresses(events, frame);
  const assume = (at: number, assumed: readonly Constraint[]): boolean => {
    const event = events[at];
    if (event === undefined) return visit(assemble(chosen, locations, assumed, frame, arena));
    const { address, destination } = event;
    if (address === undefined || address.kind === "constant") return assume(at + 1, assumed);
    for (const target of addressesOf(address, events, locations, addresses, frame)) {
      if (destination !== undefined && destination !== target) continue;
      if (typeof target === "number" && event.reads) continue;
      locations[at] = locationAt(target);
      const term: Term = { kind: "operation", operator: "==", left: address, right: { kind: "constant", value: target } };
      if (!assume(at + 1, [...assumed, { term, holds: true }])) return false;
    }
    locations[at] = undefined;
    return true;
  };
  return assume(0, []);
}

/** Where an address leads: one that is a number, to a place that has no name. It can be written to, as herd7 does; to read from it is a mistake in the test (`mistakesOf`). */
function locationAt(address: Value): string {
  return typeof address === "string" ? address : `#${address}`;
}

/** All addresses that may be read from memory. */
function possibleAddresses(events: readonly Open[], frame: Frame): ReadonlySet<Value> {
  const found = new Set<Value>([0]);
  for (const value of frame.initial.values()) found.add(value);
  const visit = (term: Term): void => {
    if (term.kind === "constant") found.add(term.value);
    if (term.kind === "operation") {
      visit(term.left);
      visit(term.right);
    }
  };
  for (const { value, address } of events) {
    if (value !== undefined) visit(value);
    if (address !== undefined && address.kind !== "constant") visit(address);
  }
  return found;
}

/** The addresses that a term may come to: what is at the location that it reads, where that is known. */
function addressesOf(
  term: Term,
  events: readonly Open[],
  locations: readonly (string | undefined)[],
  all: ReadonlySet<Value>,
  frame: Frame,
): Iterable<Value> {
  if (term.kind !== "read") {
    // An offset into an array, say: whatever location there is.
    return term.kind === "operation" ? new Set([...all, ...frame.initial.keys()]) : all;
  }
  const from = locations[term.event];
  if (from === undefined) return all;
  const found = new Set<Value>([frame.initial.get(from) ?? 0]);
  for (let at = 0; at < events.length; at++) {
    const { value, address } = events[at] as Open;
    if (value === undefined || address === undefined) continue;
    if (address.kind === "constant" && address.value !== from) continue;
    if (value.kind === "constant") found.add(value.value);
    else return all;
  }
  return found;
}

function assemble(
  chosen: readonly Chosen[],
  locations: readonly (string | undefined)[],
  assumed: readonly Constraint[],
  frame: Frame,
  arena: Arena,
): Skeleton {
  arena.reset();
  // In small steps: V8 takes a tenth of a second to optimise all this as one function.
  const names: string[] = [];
  for (let at = 0; at < locations.length; at++) {
    const location = locations[at];
    if (location !== undefined && !names.includes(location)) names.push(location);
  }
  // Where no thread does anything, the initial state is all there is; elsewhere what nobody accesses is left out.
  if (locations.length === 0) names.push(...frame.initial.keys());
  const initial = names.length;
  const n = initial + locations.length;
  const words = wordsFor(n);
  const size = n * words;
  const events: SkeletonEvent[] = [];
  const constraints: Constraint[] = [];
  const sets = new Map<string, EventSet>();
  const orders: Orders = {
    po: arena.take(size),
    addr: arena.take(size),
    data: arena.take(size),
    ctrl: arena.take(size),
    iico: arena.take(size),
    same: arena.take(size),
    amo: arena.take(size),
  };
  writeInitially(names, events, sets, words, frame, arena);
  let cut = false;
  for (let thread = 0; thread < chosen.length; thread++) {
    const { path, first: before } = chosen[thread] as Chosen;
    if (path.cut) cut = true;
    const first = before + initial;
    addEvents(events, path, thread, first, locations, before);
    addSets(sets, path, first, words, arena);
    addOrders(orders, events, path, first, words);
    addConstraints(constraints, path.constraints, first);
  }
  addConstraints(constraints, assumed, initial);
  const id = arena.take(size);
  for (let event = 0; event < n; event++) addEdge(id, words, event, event);
  const int = arena.take(size);
  const ext = arena.take(size);
  setThreads(int, ext, chosen, initial, n, words, arena);
  const relations = relationsOf(arena);
  relations.set("id", id);
  relations.set("loc", sameLocations(events, names, words, arena.take(size)));
  relations.set("int", int);
  relations.set("ext", ext);
  relations.set("same-instance", orders.same);
  relations.set("same-instr", orders.same);
  relations.set("amo", orders.amo);
  relations.set("rmw", orders.amo);
  relations.set("po", orders.po);
  relations.set("addr", orders.addr);
  relations.set("data", orders.data);
  relations.set("ctrl", orders.ctrl);
  relations.set("iico_data", orders.iico);
  const registers: (Term | undefined)[] = [];
  for (let at = 0; at < frame.items.length; at++) {
    const item = frame.items[at] as Item;
    registers.push(item.kind === "register" ? registerTerm(chosen, item, initial) : undefined);
  }
  return { events, structure: { n, sets, relations }, constraints, registers, po: orders.po, cut };
}

/** The constraints on reads that are numbered from here on. */
function addConstraints(into: Constraint[], constraints: readonly Constraint[], first: number): void {
  for (let at = 0; at < constraints.length; at++) {
    const { term, holds } = constraints[at] as Constraint;
    into.push({ term: shift(term, first), holds });
  }
}

/** Named once for all skeletons of an arena: making such a map costs more than filling it. */
const relationsOf = madeOnce<Arena, Map<string, Relation>>(() => new Map());

/** Relations that are put together from those of the paths. */
interface Orders {
  readonly po: Relation;
  readonly addr: Relation;
  readonly data: Relation;
  readonly ctrl: Relation;
  readonly iico: Relation;
  /** Events of one instruction. */
  readonly same: Relation;
  readonly amo: Relation;
}

function registerTerm(chosen: readonly Chosen[], item: Item & { kind: "register" }, initial: number): Term {
  const of = chosen[item.thread];
  const term = of?.path.registers.get(item.name);
  return of === undefined || term === undefined ? ZERO : shift(term, of.first + initial);
}

function setNamed(sets: Map<string, EventSet>, name: string, words: number, arena: Arena): EventSet {
  let set = sets.get(name);
  if (set === undefined) {
    set = arena.take(words);
    sets.set(name, set);
  }
  return set;
}

/** The initial writes, one for each location. */
function writeInitially(
  names: readonly string[],
  events: SkeletonEvent[],
  sets: Map<string, EventSet>,
  words: number,
  frame: Frame,
  arena: Arena,
): void {
  if (names.length === 0) return;
  for (let at = 0; at < names.length; at++) {
    const location = names[at] as string;
    events.push(initialWrite(location, frame.initial.get(location) ?? 0));
  }
  for (let at = 0; at < INITIAL_SETS.length; at++) {
    addRange(setNamed(sets, INITIAL_SETS[at] as string, words, arena), 0, names.length);
  }
}

function initialWrite(location: string, value: Value): SkeletonEvent {
  const term: Term = { kind: "constant", value };
  return { kind: "W", thread: -1, location, tags: NO_TAGS, atomic: false, value: term, instruction: 0, span: undefined };
}

/** Adds the events from one number up to another. */
function addRange(set: EventSet, from: number, to: number): void {
  for (let event = from; event < to; event++) addEvent(set, event);
}

function addEvents(
  events: SkeletonEvent[],
  path: PreparedPath,
  thread: number,
  first: number,
  locations: readonly (string | undefined)[],
  before: number,
): void {
  for (let index = 0; index < path.events.length; index++) {
    const { kind, tags, atomic, value, instruction, span } = path.events[index] as ThreadEvent;
    const location = locations[before + index];
    const shifted = value === undefined ? undefined : shift(value, first);
    events.push({ kind, thread, location, tags, atomic, value: shifted, instruction, span });
  }
}

function addSets(sets: Map<string, EventSet>, path: PreparedPath, first: number, words: number, arena: Arena): void {
  for (let each = 0; each < path.sets.length; each++) {
    const { name, members } = path.sets[each] as PreparedPath["sets"][number];
    const set = setNamed(sets, name, words, arena);
    for (let at = 0; at < members.length; at++) addEvent(set, first + (members[at] as number));
  }
}

function addOrders(orders: Orders, events: readonly SkeletonEvent[], path: PreparedPath, first: number, words: number): void {
  addPairs(orders.po, path.po, first, words);
  addPairs(orders.addr, path.addr, first, words);
  addPairs(orders.data, path.data, first, words);
  addPairs(orders.ctrl, path.ctrl, first, words);
  addPairs(orders.iico, path.iico, first, words);
  const { together } = path;
  for (let at = 0; at < together.length; at += 2) {
    const a = first + (together[at] as number);
    const b = first + (together[at + 1] as number);
    addEdge(orders.same, words, a, b);
    if (a === b) continue;
    addEdge(orders.same, words, b, a);
    if (isAtomicPair(events[a] as SkeletonEvent, events[b] as SkeletonEvent)) addEdge(orders.amo, words, a, b);
  }
}

function isAtomicPair(one: SkeletonEvent, other: SkeletonEvent): boolean {
  return one.kind === "R" && other.kind === "W" && one.atomic && other.atomic && one.location === other.location;
}

function addPairs(into: Relation, pairs: Pairs, first: number, words: number): void {
  for (let at = 0; at < pairs.length; at += 2) addEdge(into, words, first + (pairs[at] as number), first + (pairs[at + 1] as number));
}

/** Events of one thread, and of different ones: rows of one thread are all the same. */
function setThreads(
  int: Relation,
  ext: Relation,
  chosen: readonly Chosen[],
  initial: number,
  n: number,
  words: number,
  arena: Arena,
): void {
  const everything = arena.take(words);
  addRange(everything, 0, n);
  setThread(undefined, ext, everything, 0, initial, words, arena);
  let from = initial;
  for (let thread = 0; thread < chosen.length; thread++) {
    const to = from + (chosen[thread] as Chosen).path.events.length;
    setThread(int, ext, everything, from, to, words, arena);
    from = to;
  }
}

/** The rows of the events of one thread, from one number up to another; initial writes are of none, and have no `int`. */
function setThread(
  int: Relation | undefined,
  ext: Relation,
  everything: EventSet,
  from: number,
  to: number,
  words: number,
  arena: Arena,
): void {
  const own = arena.take(words);
  addRange(own, from, to);
  for (let w = 0; w < words; w++) {
    const inside = own[w] as number;
    const outside = (everything[w] as number) & ~inside;
    for (let event = from; event < to; event++) {
      if (int !== undefined) int[event * words + w] = inside;
      ext[event * words + w] = outside;
    }
  }
}

/** Accesses to one location: the row of the initial write, which has the number of the location, is that of all. */
function sameLocations(events: readonly SkeletonEvent[], names: readonly string[], words: number, loc: Relation): Relation {
  const rows: number[] = [];
  for (let event = 0; event < events.length; event++) {
    const { location } = events[event] as SkeletonEvent;
    const row = location === undefined ? -1 : names.indexOf(location);
    rows.push(row);
    if (row >= 0) addEdge(loc, words, row, event);
  }
  for (let event = names.length; event < events.length; event++) {
    const row = rows[event] as number;
    if (row < 0) continue;
    for (let w = 0; w < words; w++) loc[event * words + w] = loc[row * words + w] as number;
  }
  return loc;
}

const NO_TAGS: readonly string[] = [];
const ZERO: Term = { kind: "constant", value: 0 };

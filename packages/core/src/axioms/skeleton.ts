/**
 * Skeletons of executions: one path of each thread, all locations resolved; what is left open is who reads from whom and in which order writes to one location are made.
 */

import type { Structure } from "../cat/model.js";
import { addEdge, addEvent, type EventSet, type Relation, wordsFor } from "../cat/relation.js";
import type { Span } from "../source.js";
import { type Arena, createArena } from "./arena.js";
import { orderThread, type ThreadOrders } from "./dependency.js";
import type { Constraint, EventKind, ThreadEvent, ThreadPath } from "./event.js";
import type { Frame } from "./frame.js";
import { renumber, type Term } from "./value.js";

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

/** A path with its orders, computed once. */
export interface PreparedPath {
  readonly path: ThreadPath;
  readonly orders: ThreadOrders;
}

export function preparePath(path: ThreadPath): PreparedPath {
  return { path, orders: orderThread(path) };
}

/** Calls back for every skeleton; stops where the callback gives false. The arrays of a skeleton are those of the next one too: it is the callback's only until it returns. */
export function forEachSkeleton(
  threads: readonly (readonly PreparedPath[])[],
  frame: Frame,
  visit: (skeleton: Skeleton) => boolean,
  arena: Arena = createArena(),
): void {
  const chosen: PreparedPath[] = [];
  const choose = (thread: number): boolean => {
    const paths = threads[thread];
    if (paths === undefined) return resolveAddresses(chosen, frame, visit, arena);
    for (const path of paths) {
      chosen[thread] = path;
      if (!choose(thread + 1)) return false;
    }
    return true;
  };
  choose(0);
}

/** An event of one of the threads, before its address is known. */
interface Open {
  readonly thread: number;
  readonly index: number;
  readonly address: Term | undefined;
  readonly value: Term | undefined;
}

/** Gives a location to every access whose address was read, in all possible ways. */
function resolveAddresses(chosen: readonly PreparedPath[], frame: Frame, visit: (skeleton: Skeleton) => boolean, arena: Arena): boolean {
  const events: Open[] = [];
  // For each thread, the number of each of its visible events among all.
  const numbers: Map<number, number>[] = chosen.map(({ orders }, thread) => {
    const map = new Map<number, number>();
    for (const index of orders.visible) {
      map.set(index, events.length);
      events.push({ thread, index, address: undefined, value: undefined });
    }
    return map;
  });
  const global =
    (thread: number) =>
    (index: number): number =>
      numbers[thread]?.get(index) as number;
  let open = false;
  events.forEach((event, at) => {
    const { address, value } = (chosen[event.thread] as PreparedPath).path.events[event.index] as ThreadEvent;
    const renumbered = address === undefined ? undefined : renumber(address, global(event.thread));
    if (renumbered !== undefined && renumbered.kind !== "constant") open = true;
    events[at] = { ...event, address: renumbered, value: value === undefined ? undefined : renumber(value, global(event.thread)) };
  });
  const constraints: Constraint[] = chosen.flatMap(({ path }, thread) =>
    path.constraints.map(({ term, holds }) => ({ term: renumber(term, global(thread)), holds })),
  );
  const locations: (string | undefined)[] = events.map(({ address }) =>
    address?.kind === "constant" && typeof address.value === "string" ? address.value : undefined,
  );
  // `*r` of a register that holds a number goes nowhere.
  if (events.some(({ address }) => address?.kind === "constant" && typeof address.value !== "string")) return true;
  const complete = (assumed: readonly Constraint[]): boolean =>
    visit(assemble(chosen, events, locations, [...constraints, ...assumed], frame, global, arena));
  if (!open) return complete([]);

  const addresses = possibleAddresses(events, frame);
  const assume = (at: number, assumed: readonly Constraint[]): boolean => {
    const event = events[at];
    if (event === undefined) return complete(assumed);
    const { address } = event;
    if (address === undefined || address.kind === "constant") return assume(at + 1, assumed);
    for (const location of addressesOf(address, events, locations, addresses, frame)) {
      locations[at] = location;
      const term: Term = { kind: "operation", operator: "==", left: address, right: { kind: "constant", value: location } };
      if (!assume(at + 1, [...assumed, { term, holds: true }])) return false;
    }
    locations[at] = undefined;
    return true;
  };
  return assume(0, []);
}

/** All addresses that may be read from memory. */
function possibleAddresses(events: readonly Open[], frame: Frame): ReadonlySet<string> {
  const found = new Set<string>();
  for (const value of frame.initial.values()) if (typeof value === "string") found.add(value);
  const visit = (term: Term): void => {
    if (term.kind === "constant" && typeof term.value === "string") found.add(term.value);
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
  all: ReadonlySet<string>,
  frame: Frame,
): Iterable<string> {
  if (term.kind !== "read") {
    // An offset into an array, say: whatever location there is.
    return term.kind === "operation" ? new Set([...all, ...frame.initial.keys()]) : all;
  }
  const from = locations[term.event];
  if (from === undefined) return all;
  const found = new Set<string>();
  const initial = frame.initial.get(from) ?? 0;
  if (typeof initial === "string") found.add(initial);
  for (let at = 0; at < events.length; at++) {
    const { value, address } = events[at] as Open;
    if (value === undefined || address === undefined) continue;
    if (address.kind === "constant" && address.value !== from) continue;
    if (value.kind === "constant") {
      if (typeof value.value === "string") found.add(value.value);
    } else return all;
  }
  return found;
}

/** The name of a tag's set of events: `rcu-lock` gives `Rcu-lock`. */
export function tagSet(tag: string): string {
  return tag.charAt(0).toUpperCase() + tag.slice(1);
}

const KIND_SETS: Readonly<Record<EventKind, readonly string[]>> = {
  R: ["R", "M"],
  W: ["W", "M"],
  RW: ["R", "W", "M", "RMW", "X"],
  F: ["F"],
  LKR: ["LKR", "LK"],
  LKW: ["LKW", "LK"],
  UL: ["UL"],
  LF: ["LF"],
  RL: ["RL"],
  RU: ["RU"],
  SRCU: ["SRCU"],
  cutoff: [],
  read: [],
  write: [],
};

function assemble(
  chosen: readonly PreparedPath[],
  open: readonly Open[],
  locations: readonly (string | undefined)[],
  constraints: readonly Constraint[],
  frame: Frame,
  global: (thread: number) => (index: number) => number,
  arena: Arena,
): Skeleton {
  arena.reset();
  const used: string[] = [];
  const numberOf = new Map<string, number>();
  for (const location of locations) {
    if (location === undefined || numberOf.has(location)) continue;
    numberOf.set(location, used.length);
    used.push(location);
  }
  const shift = used.length;
  const shifted = (event: number): number => event + shift;
  const events: SkeletonEvent[] = used.map((location) => ({
    kind: "W",
    thread: -1,
    location,
    tags: [],
    atomic: false,
    value: { kind: "constant", value: frame.initial.get(location) ?? 0 },
    instruction: 0,
    span: undefined,
  }));
  let cut = false;
  open.forEach(({ thread, index, value }, at) => {
    const event = chosen[thread]?.path.events[index];
    if (event === undefined) return;
    if (event.kind === "cutoff") cut = true;
    events.push({
      kind: event.kind,
      thread,
      location: locations[at],
      tags: event.tags,
      atomic: event.atomic,
      value: value === undefined ? undefined : shift === 0 ? value : renumber(value, shifted),
      instruction: event.instruction,
      span: event.span,
    });
  });
  const n = events.length;
  const words = wordsFor(n);
  const relation = (): Relation => arena.take(n * words);
  const sets = new Map<string, EventSet>();
  const put = (name: string, event: number): void => {
    let set = sets.get(name);
    if (set === undefined) {
      set = arena.take(words);
      sets.set(name, set);
    }
    addEvent(set, event);
  };
  const [id, loc, int, ext, sameInstance, amo] = [relation(), relation(), relation(), relation(), relation(), relation()];
  const threadMasks = new Map<number, EventSet>();
  const locationMasks = new Map<string, EventSet>();
  const everything = arena.take(words).fill(-1);
  if ((n & 31) !== 0) everything[words - 1] = (1 << (n & 31)) - 1;
  function maskOf<K>(masks: Map<K, EventSet>, key: K): EventSet {
    let mask = masks.get(key);
    if (mask === undefined) {
      mask = arena.take(words);
      masks.set(key, mask);
    }
    return mask;
  }
  for (let a = 0; a < n; a++) {
    const event = events[a] as SkeletonEvent;
    for (const name of KIND_SETS[event.kind]) put(name, a);
    if (event.kind === "R" || event.kind === "W" || event.kind === "RW") put("Exp", a);
    if (event.thread < 0) put("IW", a);
    if (event.atomic) {
      put("RMW", a);
      put("X", a);
    }
    if (!event.tags.includes("A")) put("NA", a);
    for (const tag of event.tags) {
      put(tagSet(tag), a);
      if (!event.tags.includes("A")) put("annot", a);
    }
    addEdge(id, words, a, a);
    const ofThread = maskOf(threadMasks, event.thread);
    addEvent(ofThread, a);
    if (event.location !== undefined) addEvent(maskOf(locationMasks, event.location), a);
  }
  for (let a = 0; a < n; a++) {
    const event = events[a] as SkeletonEvent;
    const ofThread = maskOf(threadMasks, event.thread);
    const at = a * words;
    for (let w = 0; w < words; w++) {
      const bits = ofThread[w] as number;
      if (event.thread >= 0) int[at + w] = bits;
      ext[at + w] = (everything[w] as number) & ~bits;
    }
    if (event.location !== undefined) loc.set(maskOf(locationMasks, event.location), at);
    if (event.thread < 0) continue;
    // Events of one instruction stand together.
    for (let b = a; b < n; b++) {
      const other = events[b] as SkeletonEvent;
      if (other.thread !== event.thread || other.instruction !== event.instruction) break;
      addEdge(sameInstance, words, a, b);
      addEdge(sameInstance, words, b, a);
      if (event.location === undefined || event.location !== other.location || !event.atomic || !other.atomic) continue;
      if (event.kind === "R" && other.kind === "W") addEdge(amo, words, a, b);
    }
  }
  const relations = new Map<string, Relation>([
    ["id", id],
    ["loc", loc],
    ["int", int],
    ["ext", ext],
    ["same-instance", sameInstance],
    ["same-instr", sameInstance],
    ["amo", amo],
    ["rmw", amo],
  ]);
  const orders = { po: relation(), addr: relation(), data: relation(), ctrl: relation(), iico: relation() };
  chosen.forEach(({ orders: own, path }, thread) => {
    const number = global(thread);
    for (const name of ["po", "addr", "data", "ctrl"] as const) {
      for (const [from, to] of own[name]) addEdge(orders[name], words, number(from) + shift, number(to) + shift);
    }
    for (const [from, to] of path.data) {
      const [a, b] = [number(from), number(to)];
      if (a !== undefined && b !== undefined) addEdge(orders.iico, words, a + shift, b + shift);
    }
  });
  for (const name of ["po", "addr", "data", "ctrl"] as const) relations.set(name, orders[name]);
  relations.set("iico_data", orders.iico);
  const number = (term: Term): Term => (shift === 0 ? term : renumber(term, shifted));
  return {
    events,
    structure: { n, sets, relations },
    constraints: constraints.map(({ term, holds }) => ({ term: number(term), holds })),
    registers: frame.items.map((item) => {
      if (item.kind !== "register") return undefined;
      const term = chosen[item.thread]?.path.registers.get(item.name);
      return term === undefined ? { kind: "constant", value: 0 } : number(renumber(term, global(item.thread)));
    }),
    po: orders.po,
    cut,
  };
}

/** What the search needs to know of a skeleton beside the model: accesses by location, who may read from whom, which reads matter for values. */
import { addEdge, addEvent, type EventSet, eventsOfRow, hasEdge, type Relation, removeEdge, wordsFor } from "../cat/relation.js";
import type { Arena } from "./arena.js";
import type { Constraint } from "./event.js";
import type { Frame, Item } from "./frame.js";
import type { Skeleton, SkeletonEvent } from "./skeleton.js";
import { operate, type Term, type Value } from "./value.js";

/** All that happens at one location. */
export interface LocationPlan {
  readonly name: string;
  /** The events that co orders, the initial write first if there is one. */
  readonly writes: readonly number[];
  readonly reads: readonly number[];
  /** For each thread, its accesses here in program order; a read-modify-write stands twice, as a read and as a write. */
  readonly sequences: readonly (readonly { readonly event: number; readonly reads: boolean }[])[];
  /** Pairs of the read and the write of one atomic operation. */
  readonly atomics: readonly (readonly [read: number, write: number])[];
  /** The item of the frame that is this location's final value, or -1. */
  readonly item: number;
}

export interface Plan {
  readonly n: number;
  readonly words: number;
  readonly locations: readonly LocationPlan[];
  /** For each event the index of its location, or -1. */
  readonly locationOf: Int32Array;
  readonly reads: readonly number[];
  /** Row r: the stores that read r may read from. */
  readonly sources: Relation;
  /** Reads whose values something depends on: a branch, a stored value, an address, a computed register. */
  readonly relevant: EventSet;
  /** For each event, the item that is a register holding what it read, or -1; several items: the rest is in `computed`. */
  readonly registerItems: readonly (readonly number[])[];
  /** Items that are registers with anything but one read in them. */
  readonly computed: readonly { readonly item: number; readonly term: Term }[];
  /** True where values have to be propagated at all. */
  readonly valued: boolean;
  /** True where the shapes of coherence (two accesses of one thread in program order) are all there is to it. */
  readonly regular: boolean;
}

export function planSearch(skeleton: Skeleton, frame: Frame, coherent: boolean, arena: Arena): Plan {
  const { events, structure, po } = skeleton;
  const { n } = structure;
  const words = wordsFor(n);
  // In small steps: V8 takes a tenth of a second to optimise all this as one function.
  const { names, at, reads, locationOf } = byLocation(events, arena.take(n));
  const sources = arena.take(n * words);
  const locations: LocationPlan[] = [];
  let regular = true;
  for (let index = 0; index < names.length; index++) {
    const location = draftOf(names[index] as string, frame);
    locations.push(location);
    if (!takeAccesses(location, at[index] as number[], events, po, words)) regular = false;
    addSources(sources, location, events, po, words, coherent);
  }
  const relevant = arena.take(words);
  const constrained = markConstrained(relevant, skeleton.constraints);
  const stored = markStored(relevant, events);
  const { registerItems, computed, operated } = observedRegisters(relevant, skeleton);
  const valued = constrained || stored || operated;
  const plan = { n, words, locations, locationOf, reads, sources, relevant, registerItems, computed, valued, regular };
  if (constrained) excludeByConstraints(skeleton, plan);
  return plan;
}

function draftOf(name: string, frame: Frame): Draft {
  return { name, writes: [], reads: [], sequences: [], atomics: [], item: itemOf(frame, name) };
}

/** Marks the reads that something is asked of; true where there are any constraints. */
function markConstrained(relevant: EventSet, constraints: readonly Constraint[]): boolean {
  for (let at = 0; at < constraints.length; at++) mark(relevant, (constraints[at] as Constraint).term);
  return constraints.length > 0;
}

/** Marks the reads whose values are stored; true where there are any. */
function markStored(relevant: EventSet, events: readonly SkeletonEvent[]): boolean {
  let any = false;
  for (let event = 0; event < events.length; event++) {
    const { value } = events[event] as SkeletonEvent;
    if (value === undefined || value.kind === "constant") continue;
    any = true;
    mark(relevant, value);
  }
  return any;
}

/** Where the observed registers come from; `operated`: one of them is computed from what was read. */
function observedRegisters(relevant: EventSet, { registers, events }: Skeleton) {
  const registerItems: (readonly number[])[] = [];
  for (let event = 0; event < events.length; event++) registerItems.push(NONE);
  const computed: { item: number; term: Term }[] = [];
  let operated = false;
  for (let item = 0; item < registers.length; item++) {
    const term = registers[item];
    if (term === undefined) continue;
    if (term.kind === "read") {
      const before = registerItems[term.event] as readonly number[];
      registerItems[term.event] = before === NONE ? [item] : before.concat(item);
      continue;
    }
    computed.push({ item, term });
    if (term.kind === "operation") operated = true;
    mark(relevant, term);
  }
  return { registerItems, computed, operated };
}

/** The events with a location, by that; and the reads. */
function byLocation(events: readonly SkeletonEvent[], locationOf: Int32Array) {
  const names: string[] = [];
  const at: number[][] = [];
  const reads: number[] = [];
  locationOf.fill(-1);
  for (let event = 0; event < events.length; event++) {
    const each = events[event] as SkeletonEvent;
    if (isRead(each)) reads.push(event);
    if (each.location === undefined) continue;
    let index = names.indexOf(each.location);
    if (index < 0) {
      index = names.length;
      names.push(each.location);
      at.push([]);
    }
    locationOf[event] = index;
    (at[index] as number[]).push(event);
  }
  return { names, at, reads, locationOf };
}

/** A location's plan that is being filled. */
interface Draft extends LocationPlan {
  readonly writes: number[];
  readonly reads: number[];
  readonly sequences: { readonly event: number; readonly reads: boolean }[][];
  readonly atomics: [number, number][];
}

/** The item of the frame that is the final value of a location, or -1. */
function itemOf(frame: Frame, name: string): number {
  for (let item = 0; item < frame.items.length; item++) {
    const of = frame.items[item] as Item;
    if (of.kind === "location" && of.name === name) return item;
  }
  return -1;
}

/** Sorts the accesses of a location into its plan; false where the shapes of coherence are not all there is to it. */
function takeAccesses(plan: Draft, here: readonly number[], events: readonly SkeletonEvent[], po: Relation, words: number): boolean {
  let regular = true;
  let sequence: { event: number; reads: boolean }[] = [];
  let thread = -1;
  let start = 0;
  for (let place = 0; place < here.length; place++) {
    const event = here[place] as number;
    const each = events[event] as SkeletonEvent;
    const { kind } = each;
    const read = isRead(each);
    const ordered = isOrdered(each);
    if (ordered) plan.writes.push(event);
    if (read) {
      plan.reads.push(event);
      if (kind === "RW") plan.atomics.push([event, event]);
      else if (each.atomic) addAtomic(plan, event, here, events);
    }
    if (each.thread < 0) continue;
    // A failed trylock reads too, and the model says from whom.
    if (kind === "LF" || kind === "RL" || kind === "RU") regular = false;
    if (!read && !ordered) continue;
    // Events of one thread stand together.
    if (each.thread !== thread) {
      thread = each.thread;
      start = place;
      sequence = [];
      plan.sequences.push(sequence);
    }
    for (let before = start; before < place; before++) {
      const other = events[here[before] as number] as SkeletonEvent;
      if ((isRead(other) || isOrdered(other)) && !hasEdge(po, words, here[before] as number, event)) regular = false;
    }
    if (read) sequence.push({ event, reads: true });
    if (kind !== "R") sequence.push({ event, reads: false });
  }
  return regular;
}

function addAtomic(plan: Draft, read: number, here: readonly number[], events: readonly SkeletonEvent[]): void {
  const write = here.find((one) => isWriteOf(events[one] as SkeletonEvent, events[read] as SkeletonEvent));
  if (write !== undefined) plan.atomics.push([read, write]);
}

/** The stores that each read of a location may read from. */
function addSources(
  sources: Relation,
  { reads, writes }: LocationPlan,
  events: readonly SkeletonEvent[],
  po: Relation,
  words: number,
  coherent: boolean,
): void {
  for (let r = 0; r < reads.length; r++) {
    const read = reads[r] as number;
    for (let w = 0; w < writes.length; w++) {
      const write = writes[w] as number;
      const event = events[write] as SkeletonEvent;
      if (write === read || event.kind === "LKW") continue;
      const after = hasEdge(po, words, read, write);
      if (after && (coherent || event.instruction === (events[read] as SkeletonEvent).instruction)) continue;
      addEdge(sources, words, read, write);
    }
  }
}

/** Marks the reads of a term. */
function mark(relevant: EventSet, term: Term): void {
  if (term.kind === "read") addEvent(relevant, term.event);
  else if (term.kind === "operation") {
    mark(relevant, term.left);
    mark(relevant, term.right);
  }
}

const NONE: readonly number[] = [];

/** Is this the writing half of the atomic operation that `read` is the reading half of? */
function isWriteOf(event: SkeletonEvent, read: SkeletonEvent): boolean {
  return event.kind === "W" && event.atomic && event.thread === read.thread && event.instruction === read.instruction;
}

/** What co orders: writes, and the writing halves of locks. */
function isOrdered(event: SkeletonEvent | undefined): boolean {
  return event?.kind === "W" || event?.kind === "RW" || event?.kind === "LKW";
}

function isRead(event: SkeletonEvent | undefined): boolean {
  return event?.kind === "R" || event?.kind === "RW";
}

/** Drops sources whose constant value a constraint on that one read excludes. */
function excludeByConstraints(skeleton: Skeleton, plan: Pick<Plan, "sources" | "words">): void {
  for (const { term, holds } of skeleton.constraints) {
    const read = onlyRead(term);
    if (read < 0) continue;
    for (const store of eventsOfRow(plan.sources, plan.words, read)) {
      const value = skeleton.events[store]?.value;
      if (value?.kind !== "constant") continue;
      const result = evaluateWith(term, value.value);
      if (result === undefined || (result !== 0) !== holds) removeEdge(plan.sources, plan.words, read, store);
    }
  }
}

/** The one read that a term mentions; -1 where there is none, -2 where there are several. */
function onlyRead(term: Term): number {
  if (term.kind === "constant") return -1;
  if (term.kind === "read") return term.event;
  const left = onlyRead(term.left);
  const right = onlyRead(term.right);
  if (left === right || right === -1) return left;
  return left === -1 ? right : -2;
}

function evaluateWith(term: Term, read: Value): Value | undefined {
  switch (term.kind) {
    case "constant":
      return term.value;
    case "read":
      return read;
    case "operation": {
      const left = evaluateWith(term.left, read);
      const right = evaluateWith(term.right, read);
      return left === undefined || right === undefined ? undefined : operate(term.operator, left, right);
    }
  }
}

/** What the search needs to know of a skeleton beside the model: accesses by location, who may read from whom, which reads matter for values. */
import { addEdge, addEvent, type EventSet, eventsOf, hasEdge, type Relation, wordsFor } from "../cat/relation.js";
import type { Arena } from "./arena.js";
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
  const names: string[] = [];
  const at: number[][] = [];
  const locationOf = arena.take(n).fill(-1);
  const reads: number[] = [];
  for (let event = 0; event < n; event++) {
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
  let regular = true;
  const sources = arena.take(n * words);
  const locations: LocationPlan[] = [];
  for (let index = 0; index < names.length; index++) {
    const name = names[index] as string;
    const here = at[index] as number[];
    const writes: number[] = [];
    const readsHere: number[] = [];
    const atomics: [number, number][] = [];
    const sequences: { event: number; reads: boolean }[][] = [];
    let sequence: { event: number; reads: boolean }[] = [];
    let thread = -1;
    let start = 0;
    for (let place = 0; place < here.length; place++) {
      const event = here[place] as number;
      const each = events[event] as SkeletonEvent;
      const { kind } = each;
      const read = isRead(each);
      const ordered = isOrdered(each);
      if (ordered) writes.push(event);
      if (read) {
        readsHere.push(event);
        if (kind === "RW") atomics.push([event, event]);
        else if (each.atomic) {
          const write = here.find((one) => isWriteOf(events[one] as SkeletonEvent, each));
          if (write !== undefined) atomics.push([event, write]);
        }
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
        sequences.push(sequence);
      }
      for (let before = start; before < place; before++) {
        const other = events[here[before] as number] as SkeletonEvent;
        if ((isRead(other) || isOrdered(other)) && !hasEdge(po, words, here[before] as number, event)) regular = false;
      }
      if (read) sequence.push({ event, reads: true });
      if (kind !== "R") sequence.push({ event, reads: false });
    }
    for (const read of readsHere) {
      for (const write of writes) {
        const event = events[write] as SkeletonEvent;
        if (write === read || event.kind === "LKW") continue;
        const after = hasEdge(po, words, read, write);
        if (after && (coherent || event.instruction === (events[read] as SkeletonEvent).instruction)) continue;
        addEdge(sources, words, read, write);
      }
    }
    let item = -1;
    for (let each = 0; each < frame.items.length && item < 0; each++) {
      const of = frame.items[each] as Item;
      if (of.kind === "location" && of.name === name) item = each;
    }
    locations.push({ name, writes, reads: readsHere, sequences, atomics, item });
  }
  const relevant = arena.take(words);
  const mark = (term: Term): void => {
    if (term.kind === "read") addEvent(relevant, term.event);
    else if (term.kind === "operation") {
      mark(term.left);
      mark(term.right);
    }
  };
  let valued = skeleton.constraints.length > 0;
  for (const { term } of skeleton.constraints) mark(term);
  const registerItems: number[][] = [];
  for (const { value } of events) {
    registerItems.push(NONE);
    if (value === undefined || value.kind === "constant") continue;
    valued = true;
    mark(value);
  }
  const computed: { item: number; term: Term }[] = [];
  for (let item = 0; item < skeleton.registers.length; item++) {
    const term = skeleton.registers[item];
    if (term === undefined) continue;
    if (term.kind === "read") registerItems[term.event] = [...(registerItems[term.event] as number[]), item];
    else {
      computed.push({ item, term });
      if (term.kind === "operation") valued = true;
      mark(term);
    }
  }
  const plan = { n, words, locations, locationOf, reads, sources, relevant, registerItems, computed, valued, regular };
  if (skeleton.constraints.length > 0) excludeByConstraints(skeleton, plan);
  return plan;
}

const NONE: number[] = [];

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
    const row = plan.sources.subarray(read * plan.words, (read + 1) * plan.words);
    for (const store of eventsOf(row)) {
      const value = skeleton.events[store]?.value;
      if (value?.kind !== "constant") continue;
      const result = evaluateWith(term, value.value);
      if (result === undefined || (result !== 0) !== holds) row[store >> 5] = (row[store >> 5] as number) & ~(1 << (store & 31));
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

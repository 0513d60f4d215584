/** What the search needs to know of a skeleton beside the model: accesses by location, who may read from whom, which reads matter for values. */
import { addEvent, type EventSet, eventsOf, hasEdge, type Relation, wordsFor } from "../cat/relation.js";
import type { Arena } from "./arena.js";
import type { Frame, Item } from "./frame.js";
import type { Skeleton, SkeletonEvent } from "./skeleton.js";
import { operate, readsOf, type Term, type Value } from "./value.js";

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
  const names = new Map<string, number>();
  const locationOf = arena.take(n).fill(-1);
  events.forEach(({ location }, event) => {
    if (location === undefined) return;
    let index = names.get(location);
    if (index === undefined) {
      index = names.size;
      names.set(location, index);
    }
    locationOf[event] = index;
  });
  const itemOf = (wanted: (item: Item) => boolean): number => frame.items.findIndex(wanted);
  let regular = true;
  const at: number[][] = Array.from({ length: names.size }, () => []);
  for (let event = 0; event < n; event++) {
    const index = locationOf[event] as number;
    if (index >= 0) at[index]?.push(event);
  }
  const locations = [...names].map(([name, index]): LocationPlan => {
    const here = at[index] as number[];
    const writes = here.filter((event) => isOrdered(events[event]));
    const reads = here.filter((event) => isRead(events[event]));
    const threads = new Map<number, number[]>();
    for (const event of here) {
      const { thread } = events[event] as SkeletonEvent;
      if (thread < 0) continue;
      if (!isOrdered(events[event]) && !isRead(events[event])) {
        // A failed trylock reads too, and the model says from whom.
        if (["LF", "RL", "RU"].includes((events[event] as SkeletonEvent).kind)) regular = false;
        continue;
      }
      const list = threads.get(thread) ?? [];
      if (list.some((before) => !hasEdge(po, words, before, event))) regular = false;
      threads.set(thread, [...list, event]);
    }
    const atomics = reads.flatMap((read): [number, number][] => {
      const event = events[read] as SkeletonEvent;
      if (event.kind === "RW") return [[read, read]];
      if (!event.atomic) return [];
      const write = here.find((each) => {
        const other = events[each] as SkeletonEvent;
        return other.kind === "W" && other.atomic && other.thread === event.thread && other.instruction === event.instruction;
      });
      return write === undefined ? [] : [[read, write]];
    });
    return {
      name,
      writes,
      reads,
      sequences: [...threads.values()].map((list) =>
        list.flatMap((event) => {
          const { kind } = events[event] as SkeletonEvent;
          if (kind === "RW")
            return [
              { event, reads: true },
              { event, reads: false },
            ];
          return [{ event, reads: kind === "R" }];
        }),
      ),
      atomics,
      item: itemOf((item) => item.kind === "location" && item.name === name),
    };
  });
  const reads = events.flatMap((event, index) => (isRead(event) ? [index] : []));
  const relevant = arena.take(words);
  const mark = (term: Term): void => {
    for (const read of readsOf(term)) addEvent(relevant, read);
  };
  for (const { term } of skeleton.constraints) mark(term);
  let valued = skeleton.constraints.length > 0;
  for (const { value } of events) {
    if (value === undefined || value.kind === "constant") continue;
    valued = true;
    mark(value);
  }
  const registerItems: number[][] = events.map(() => []);
  const computed: { item: number; term: Term }[] = [];
  skeleton.registers.forEach((term, item) => {
    if (term === undefined) return;
    if (term.kind === "read") registerItems[term.event]?.push(item);
    else {
      computed.push({ item, term });
      if (term.kind === "operation") valued = true;
      mark(term);
    }
  });
  const sources = arena.take(n * words);
  for (const { reads: here, writes } of locations) {
    for (const read of here) {
      for (const write of writes) {
        const event = events[write] as SkeletonEvent;
        if (event.kind !== "W" && event.kind !== "RW") continue;
        if (write === read) continue;
        const after = hasEdge(po, words, read, write);
        if (after && (coherent || event.instruction === (events[read] as SkeletonEvent).instruction)) continue;
        addEvent(sources.subarray(read * words, (read + 1) * words), write);
      }
    }
  }
  const plan = { n, words, locations, locationOf, reads, sources, relevant, registerItems, computed, valued, regular };
  excludeByConstraints(skeleton, plan);
  return plan;
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
    const [read, ...more] = new Set(readsOf(term));
    if (read === undefined || more.length > 0) continue;
    const row = plan.sources.subarray(read * plan.words, (read + 1) * plan.words);
    for (const store of eventsOf(row)) {
      const value = skeleton.events[store]?.value;
      if (value?.kind !== "constant") continue;
      const result = evaluateWith(term, value.value);
      if (result === undefined || (result !== 0) !== holds) row[store >> 5] = (row[store >> 5] as number) & ~(1 << (store & 31));
    }
  }
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

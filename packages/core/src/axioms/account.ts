/** Counting the executions of a settled node without visiting them: location by location, and thread by thread where the writes of a location are in a known order. */
import { eventsOfRow, hasEdge } from "../cat/relation.js";
import { finalWrite } from "./bounds.js";
import { assign, settleLocation } from "./coherence.js";
import type { Condition, Item } from "./frame.js";
import { countByLast } from "./orders.js";
import { type Factor, holds } from "./outcome.js";
import type { LocationPlan } from "./plan.js";
import { evaluate, forget, settleCircles } from "./read-values.js";
import { cloneOf, Ended, type Node, type Search } from "./search-state.js";
import type { SkeletonEvent } from "./skeleton.js";
import type { Value } from "./value.js";
import { type Access, waysToRead } from "./ways-to-read.js";

/** A location finished in one way: what that leaves in items, and how often it comes about. */
interface Alternative {
  readonly items: [number, number][];
  count: number;
}

/** Adds the executions of a node to the outcomes; all of them raise these flags. */
export function account(search: Search, node: Node, raised: readonly string[]): void {
  const { frame, outcomes, options, plan, locations, required, counted } = search;
  if (plan.valued) {
    if (!settleCircles(search, node)) return;
  } else forget(search);
  const factors: Factor[] = [];
  const base: [number, number][] = [];
  for (const { item, term } of plan.computed) {
    const value = evaluate(search, node, term);
    // Computed from a value that nothing determines: no solution.
    if (value === undefined) return;
    base.push([item, numberOf(search, value)]);
  }
  for (let index = 0; index < frame.items.length; index++) {
    const item = frame.items[index] as Item;
    if (item.kind === "location" && !locations.some((each) => each.item === index))
      base.push([index, numberOf(search, frame.initial.get(item.name))]);
  }
  for (const location of locations) {
    if (finishedItems(search, node, location, base)) continue;
    const apart = finishByThread(search, node, location);
    if (apart !== undefined) {
      if (apart.length === 0) return;
      factors.push(...apart);
      continue;
    }
    const alternatives = new Map<string, Alternative>();
    finish(search, node, location, alternatives);
    if (alternatives.size === 0) return;
    factors.push({ alternatives: [...alternatives.values()] });
  }
  if (required.size > 0 && base.some(([item, value]) => required.has(item) && outcomes.value(value) !== required.get(item))) return;
  if (base.length > 0) factors.push({ alternatives: [{ items: base, count: 1 }] });
  const before = outcomes.total;
  outcomes.add(factors, search.factor);
  // What the filter leaves out, or is not looked for, raises no flag.
  if (raised.length > 0 && (counted === undefined || someCombination(search, factors, counted))) {
    for (const flag of raised) options.flagged.set(flag, (options.flagged.get(flag) ?? 0) + outcomes.total - before);
  }
  if (options.first && (counted === undefined ? outcomes.total > before : someCombination(search, factors, counted)))
    throw new Ended("stopped");
}

const NONE: readonly number[] = [];

function numberOf(search: Search, value: Value | undefined): number {
  const { outcomes } = search;
  return outcomes.number(value ?? 0);
}

function isSettledAndHidden({ plan }: Search, node: Node, read: number): boolean {
  return (node.source[read] as number) >= 0 && (plan.registerItems[read]?.length ?? 0) === 0;
}

function storedValueAt(search: Search, node: Node, store: number): Value | undefined {
  const { events } = search;
  const value = events[store]?.value;
  return value === undefined ? undefined : evaluate(search, node, value);
}

/** Where nothing at a location is open any more: adds what it leaves in items. False where something is. */
function finishedItems(search: Search, node: Node, location: LocationPlan, into: [number, number][]): boolean {
  const { plan, loose, words } = search;
  const { writes, reads, item } = location;
  if (loose.length > 0) return false;
  for (let at = 0; at < reads.length; at++) if ((node.source[reads[at] as number] as number) < 0) return false;
  let last = writes.length === 1 ? (writes[0] as number) : -1;
  if (writes.length > 1) {
    // A total order: each write has another number of writes behind it.
    let pairs = 0;
    for (let at = 0; at < writes.length; at++) {
      const write = writes[at] as number;
      let after = 0;
      for (let other = 0; other < writes.length; other++) if (hasEdge(node.must, words, write, writes[other] as number)) after++;
      if (after === 0) last = write;
      pairs += after;
    }
    if (pairs !== (writes.length * (writes.length - 1)) / 2) return false;
  }
  for (let at = 0; at < reads.length; at++) {
    const read = reads[at] as number;
    const items = plan.registerItems[read];
    if (items === undefined || items.length === 0) continue;
    const value = numberOf(search, storedValueAt(search, node, node.source[read] as number));
    for (const each of items) into.push([each, value]);
  }
  if (item >= 0) into.push([item, numberOf(search, storedValueAt(search, node, finalWrite(search, node, writes, last)))]);
  return true;
}

/** The ways to finish a location, by what they leave in registers and in the location itself. */
function finish(search: Search, node: Node, location: LocationPlan, alternatives: Map<string, Alternative>): void {
  const { outcomes, plan, words, required } = search;
  const open = location.reads.find((read) => (node.source[read] as number) < 0);
  if (open !== undefined) {
    for (const store of eventsOfRow(node.may, words, open)) {
      const clone = cloneOf(search, node);
      assign(search, clone, open, store);
      if (settleLocation(search, clone, location)) finish(search, clone, location, alternatives);
      search.depth--;
    }
    return;
  }
  const set: [number, number][] = [];
  for (const read of location.reads) {
    for (const item of plan.registerItems[read] ?? [])
      set.push([item, numberOf(search, storedValueAt(search, node, node.source[read] as number))]);
  }
  const { item } = location;
  forEachLast(search, node, location, (last, count) => {
    const final = finalWrite(search, node, location.writes, last);
    const items: [number, number][] = item < 0 ? set : [...set, [item, numberOf(search, storedValueAt(search, node, final))]];
    if (items.some(([each, value]) => required.has(each) && outcomes.value(value) !== required.get(each))) return;
    const key = items.join(";");
    const found = alternatives.get(key);
    if (found === undefined) alternatives.set(key, { items, count });
    else found.count += count;
  });
}

/**
 * The same where the order of the writes is known: then threads choose what they read independently of each other, and along a thread it is enough to know how far it has seen. Undefined where
 * that is not so.
 */
function finishByThread(search: Search, node: Node, location: LocationPlan): Factor[] | undefined {
  const { outcomes, plan, coherent, words, loose, required } = search;
  const { writes, reads, sequences, atomics, item } = location;
  if (!coherent || loose.length > 0 || !reads.some((read) => (node.source[read] as number) < 0)) return undefined;
  if (atomics.some(([read]) => (node.source[read] as number) < 0)) return undefined;
  // For each write how many come before it.
  const place = new Map<number, number>();
  let pairs = 0;
  for (const write of writes) {
    let before = 0;
    for (const other of writes) if (hasEdge(node.must, words, other, write)) before++;
    place.set(write, before);
    pairs += before;
  }
  if (pairs !== (writes.length * (writes.length - 1)) / 2) return undefined;
  const factors: Factor[] = [];
  const wanted = (of: number, value: number): boolean => !required.has(of) || outcomes.value(value) === required.get(of);
  if (item >= 0) {
    const last = writes.find((write) => place.get(write) === writes.length - 1) ?? -1;
    const value = numberOf(search, storedValueAt(search, node, finalWrite(search, node, writes, last)));
    if (!wanted(item, value)) return [];
    factors.push({ alternatives: [{ items: [[item, value]], count: 1 }] });
  }
  for (const sequence of sequences) {
    // Coherence has been seen to: a thread none of whose reads is open and observed has one way.
    if (sequence.every(({ event, reads: isReading }) => !isReading || isSettledAndHidden(search, node, event))) continue;
    const accesses: Access[] = [];
    for (const { event, reads: isReading } of sequence) {
      const source = isReading ? (node.source[event] as number) : event;
      const items = isReading ? (plan.registerItems[event] ?? NONE) : NONE;
      const access: Access[number][] = [];
      for (const store of source >= 0 ? [source] : eventsOfRow(node.may, words, event)) {
        const value = items.length === 0 ? 0 : numberOf(search, storedValueAt(search, node, store));
        if (required.size > 0 && !items.every((each) => wanted(each, value))) continue;
        access.push({ place: place.get(store) as number, shown: items.map((each): [number, number] => [each, value]) });
      }
      accesses.push(access);
    }
    const alternatives = waysToRead(accesses);
    if (alternatives.length === 0) return [];
    factors.push({ alternatives });
  }
  return factors;
}

/** The number of orders of the writes of a location, by the last one. */
function forEachLast(search: Search, node: Node, location: LocationPlan, visitLast: (last: number, count: number) => void): void {
  const chosen = search.chosen.get(location);
  if (chosen === undefined || chosen < 0) {
    forEachLastOrdered(search, node, location, visitLast);
    return;
  }
  let ways = 0;
  forEachLastOrdered(search, node, location, (_, count) => {
    ways += count;
  });
  visitLast(chosen, ways);
}

/**
 * Which writes may be the final one of an observed location where co does not order all of them: -1 for the last of those that it orders. Nothing says when the others are made, so that each of them may
 * have the last word, and the initial write where it is alone.
 */
export function lastWrites(search: Search, location: LocationPlan): readonly number[] {
  const { loose, locations, events } = search;
  const others = loose[locations.indexOf(location)] ?? [];
  if (others.length === 0 || location.item < 0) return [];
  const ofThreads = (writes: readonly number[]): readonly number[] =>
    writes.filter((write) => (events[write] as SkeletonEvent).thread >= 0);
  const own = ofThreads(others);
  const ordered = ofThreads(location.writes).length > 0;
  return [...(ordered ? [-1] : []), ...(own.length > 0 || ordered ? own : others)];
}

function forEachLastOrdered(search: Search, node: Node, location: LocationPlan, visitLast: (last: number, count: number) => void): void {
  const { atomic, words } = search;
  const { writes } = location;
  if (writes.length <= 1) {
    visitLast(writes[0] ?? -1, 1);
    return;
  }
  const before = writes.map((write) =>
    writes.reduce((bits, other, index) => (hasEdge(node.must, words, other, write) ? bits | (1 << index) : bits), 0),
  );
  const pairs = (writes.length * (writes.length - 1)) / 2;
  let ordered = 0;
  for (const each of writes) for (const other of writes) if (hasEdge(node.must, words, each, other)) ordered++;
  if (ordered === pairs) {
    visitLast(writes.find((write) => writes.every((other) => other === write || hasEdge(node.must, words, other, write))) ?? -1, 1);
    return;
  }
  const follows = writes.map(() => -1);
  if (atomic) {
    for (const [read, write] of location.atomics) follows[writes.indexOf(write)] = writes.indexOf(node.source[read] as number);
  }
  countByLast(before, follows).forEach((count, index) => {
    if (count > 0) visitLast(writes[index] as number, count);
  });
}

/** Is there a final state among the combinations of the factors in which the condition holds? */
function someCombination(search: Search, factors: readonly Factor[], condition: Condition): boolean {
  const { outcomes } = search;
  const state = new Map<number, number>();
  const valueOf = (item: number): Value | undefined => {
    const value = state.get(item);
    return value === undefined ? undefined : outcomes.value(value);
  };
  const from = (at: number): boolean => {
    const known = holds(condition, valueOf);
    if (known !== undefined) return known;
    return (
      factors[at]?.alternatives.some(({ items }) => {
        for (const [item, value] of items) state.set(item, value);
        const found = from(at + 1);
        for (const [item] of items) state.delete(item);
        return found;
      }) ?? false
    );
  };
  return from(0);
}

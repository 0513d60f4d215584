/**
 * The search for the executions of one skeleton. A node is a set of executions: for each read the stores that it may still read from, and for each location what is known of the order of its
 * writes. The model judges the node as a whole by bounds: what is in a relation in all of its executions, and what in some. Where none can be consistent the node is dropped; where all are, they
 * are counted without being visited (independently for each location); otherwise the node is split. docs/decisions tells why that is right.
 */
import type { Session } from "../cat/model.js";
import { addEvent, eventsOfRow, hasEdge, lowestBit, type Relation, removeEdge } from "../cat/relation.js";
import { account, lastWrites } from "./account.js";
import { bound, finalsOf, finalWrite, judge, openPair, openRead, openReads } from "./bounds.js";
import { assign, order, settleLocation } from "./coherence.js";
import { LOCK_EVENTS } from "./dependency.js";
import { type Execution, sameValues, valuesOf } from "./execution.js";
import type { Frame } from "./frame.js";
import { holds, type Outcomes } from "./outcome.js";
import type { LocationPlan } from "./plan.js";
import { evaluate, forget, settleCircles, settleValues } from "./read-values.js";
import { cloneOf, createSearch, Ended, type Node, nodeAt, type Search, type SearchEnd, type SearchOptions } from "./search-state.js";
import type { Skeleton, SkeletonEvent } from "./skeleton.js";
import { findSymmetry } from "./symmetry.js";
import type { Value } from "./value.js";

/** Adds the executions of a skeleton to the outcomes. */
export function searchSkeleton(skeleton: Skeleton, session: Session, frame: Frame, outcomes: Outcomes, options: SearchOptions): SearchEnd {
  try {
    start(createSearch(skeleton, session, frame, outcomes, options));
    return "done";
  } catch (error) {
    if (error instanceof Ended) return error.end;
    throw error;
  }
}

function start(search: Search): void {
  const { skeleton, session, frame, options, plan, locations, coherent, atomic, arena, size, rf, co } = search;
  const root = nodeAt(search, 0);
  root.source.fill(-1);
  root.may.set(plan.sources);
  for (let at = 0; at < locations.length; at++) if (!startWithInitial(search, root, locations[at] as LocationPlan)) return;
  if (!restrict(search, root) || !settleAll(search, root)) return;
  // Most tests of -speedcheck have one execution left.
  if (options.coherent && options.visit === undefined && openReads(search, root) === 0 && openPair(search, root, false) === undefined) {
    const { n, sets, relations } = skeleton.structure;
    const assured = { coherence: coherent, atomicity: atomic };
    const raised = session.whole({ n, sets, relations, rf, co, finals: finalsOf(search, root), assured });
    if (raised !== "open") {
      if (options.budget.nodes-- <= 0 || options.interrupted()) throw new Ended("gave-up");
      if (raised !== undefined && !unwanted(search, root)) account(search, root, raised);
      return;
    }
  }
  if (options.visit === undefined) {
    const { chains, factor } = findSymmetry(skeleton, frame, locations);
    search.factor = factor;
    for (const { location, writes } of chains) {
      for (let at = 1; at < writes.length; at++) {
        if (!order(search, root, location.writes, writes[at - 1] as number, writes[at] as number)) return;
      }
    }
    if (chains.length > 0 && !settleAll(search, root)) return;
  }
  const copy = (of: Relation): Relation => {
    const made = arena.take(size);
    made.set(of);
    return made;
  };
  if (!search.judged) {
    visit(search, root, undefined);
    return;
  }
  const ordered = { must: copy(root.must), may: copy(search.coMay) };
  const read = { must: copy(search.rfMust), may: copy(search.rfMay) };
  forEachFinals(search, 0, () => {
    const branches = session.begin({
      ...skeleton.structure,
      rf: read,
      co: ordered,
      finals: search.finals,
      assured: { coherence: coherent, atomicity: atomic },
      shows: options.visit !== undefined,
    });
    for (let branch = 0; branch < branches; branch++) {
      if (branch > 0) session.branch(branch);
      root.source.fill(-1);
      root.may.set(plan.sources);
      root.must.set(ordered.must);
      if (!restrict(search, root) || !extend(search, root, session.orderedBefore)) continue;
      if (!locations.every((location) => settleLocation(search, root, location))) continue;
      search.allOrdered = false;
      search.allOrdered = openPair(search, root, false) === undefined;
      visit(search, root, undefined);
    }
  });
}

/** Initial writes come first; false where that cannot be. */
function startWithInitial(search: Search, root: Node, { writes }: LocationPlan): boolean {
  for (let at = 0; at < writes.length; at++) {
    const first = writes[at] as number;
    if ((search.events[first] as SkeletonEvent).thread >= 0) continue;
    for (let other = 0; other < writes.length; other++)
      if (other !== at && !order(search, root, writes, first, writes[other] as number)) return false;
  }
  return true;
}

/** For each choice of the final writes that co leaves open. */
function forEachFinals(search: Search, at: number, run: () => void): void {
  const { locations, chosen, finals } = search;
  const location = locations[at];
  if (location === undefined) {
    run();
    return;
  }
  const lasts = search.loose.length === 0 ? finalsBesideLocks(search, location) : lastWrites(search, location);
  if (lasts.length === 0) forEachFinals(search, at + 1, run);
  for (const last of lasts) {
    chosen.set(location, last);
    if (last >= 0) addEvent(finals, last);
    forEachFinals(search, at + 1, run);
    if (last >= 0) finals[last >> 5] = (finals[last >> 5] as number) & ~(1 << (last & 31));
  }
}

/** Which writes may be the final one of an observed location that is used as a lock and written otherwise as well; none of any other location, where that is known or follows from co. */
function finalsBesideLocks({ events, plan, locations }: Search, location: LocationPlan): readonly number[] {
  if (location.item < 0) return [];
  const index = locations.indexOf(location);
  if (!events.some(({ kind }, event) => plan.locationOf[event] === index && LOCK_EVENTS.has(kind))) return [];
  return location.writes.filter((write) => {
    const { kind, thread } = events[write] as SkeletonEvent;
    return kind !== "LKW" && thread >= 0;
  });
}

/** Follows up at all locations, and sets the bounds; false where no execution is left. */
function settleAll(search: Search, node: Node): boolean {
  const { locations } = search;
  for (let at = 0; at < locations.length; at++) if (!settleLocation(search, node, locations[at] as LocationPlan)) return false;
  if (search.plan.valued && !settleValues(search, node)) return false;
  bound(search, node);
  return true;
}

/** Adds what the model says of co in all executions; false where that contradicts what is known. */
function extend(search: Search, node: Node, before: Relation): boolean {
  const { words } = search;
  return search.locations.every(({ writes }) =>
    writes.every((a) => writes.every((b) => !hasEdge(before, words, a, b) || order(search, node, writes, a, b))),
  );
}

/** At the start: reads and final writes that the condition names have only sources with its values. */
function restrict(search: Search, node: Node): boolean {
  const { required, skeleton } = search;
  const { registers } = skeleton;
  for (let item = 0; item < registers.length; item++) {
    const value = required.get(item);
    if (value === undefined) continue;
    const term = registers[item];
    if (term === undefined) {
      if (!restrictFinal(search, node, item, value)) return false;
    } else if (term.kind === "constant") {
      if (term.value !== value) return false;
    } else if (term.kind === "read") restrictRead(search, node, term.event, value);
  }
  return true;
}

/** Leaves a read those stores whose values are this one, or not known yet. */
function restrictRead({ words, events }: Search, { may }: Node, read: number, value: Value): void {
  for (let w = 0; w < words; w++) {
    for (let rest = may[read * words + w] as number; rest !== 0; rest &= rest - 1) {
      const store = (w << 5) + lowestBit(rest);
      if (!mayStore(events[store], value)) removeEdge(may, words, read, store);
    }
  }
}

/** Orders the writes of a location where only one can leave this value in it; false where none can. */
function restrictFinal(search: Search, node: Node, item: number, value: Value): boolean {
  const { locations, events } = search;
  const location = locations.find((each) => each.item === item);
  if (location === undefined) return true;
  const { writes } = location;
  let only = -1;
  // What locks leave says nothing of the order.
  for (let at = 0; at < writes.length; at++) if (events[writes[at] as number]?.kind === "LKW") return true;
  for (let at = 0; at < writes.length; at++) {
    const write = writes[at] as number;
    if (!mayStore(events[write], value)) continue;
    // Several may.
    if (only >= 0) return true;
    only = write;
  }
  if (only < 0) return false;
  for (let at = 0; at < writes.length; at++)
    if (writes[at] !== only && !order(search, node, writes, writes[at] as number, only)) return false;
  return true;
}

function mayStore(event: SkeletonEvent | undefined, value: Value): boolean {
  const stored = event?.value;
  return stored?.kind !== "constant" || stored.value === value;
}

/** Is it known that the condition does not hold at the end, where only executions are wanted in which it does? */
function unwanted(search: Search, node: Node): boolean {
  const { options, skeleton } = search;
  if (options.wanted === undefined) return false;
  forget(search);
  const valueOf = (item: number): Value | undefined => {
    const term = skeleton.registers[item];
    return term === undefined ? undefined : evaluate(search, node, term);
  };
  return holds(options.wanted, valueOf) === false;
}

/** Follows up at a location and in the values; false where no execution is left. */
function settle(search: Search, node: Node, location: LocationPlan | undefined): boolean {
  const { plan } = search;
  if (location !== undefined && !settleLocation(search, node, location)) return false;
  return !plan.valued || settleValues(search, node);
}

/** Counts, or visits, the executions of a node; `known`: the flags of all of them, where all are known to be consistent. */
function visit(search: Search, node: Node, known: readonly string[] | undefined): void {
  const { session, options, plan, rfMust } = search;
  if (options.budget.nodes-- <= 0 || options.interrupted()) throw new Ended("gave-up");
  if (unwanted(search, node)) return;
  if (options.visit !== undefined) {
    visitEach(search, node, options.visit);
    return;
  }
  let settled = known;
  if (settled === undefined) {
    const judgement = judge(search, node);
    if (judgement === undefined) return;
    if (judgement !== "open") settled = judgement;
  }
  if (settled !== undefined) {
    const read = openRead(search, node, true);
    if (read >= 0) splitRead(search, node, read, settled);
    else account(search, node, settled);
    return;
  }
  const lock = openPair(search, node, true);
  if (lock !== undefined) {
    splitPair(search, node, lock, undefined);
    return;
  }
  if (splitFurther(search, node)) return;
  // A whole execution, and the bounds do not tell.
  if (session.check(rfMust, node.must, finalsOf(search, node), plan.valued ? sameValues(search, node) : undefined))
    account(search, node, session.flags());
}

/** Splits where a source or an order is still open; false for one whole execution. */
function splitFurther(search: Search, node: Node): boolean {
  const read = openRead(search, node, false);
  if (read >= 0) {
    splitRead(search, node, read, undefined);
    return true;
  }
  const pair = openPair(search, node, false);
  if (pair === undefined) return false;
  splitPair(search, node, pair, undefined);
  return true;
}

function splitPair(
  search: Search,
  node: Node,
  [location, a, b]: readonly [LocationPlan, number, number],
  settled: readonly string[] | undefined,
): void {
  for (const [first, second] of [
    [a, b],
    [b, a],
  ] as const) {
    const clone = cloneOf(search, node);
    if (order(search, clone, location.writes, first, second) && settle(search, clone, location)) visit(search, clone, settled);
    search.depth--;
  }
}

function splitRead(search: Search, node: Node, read: number, settled: readonly string[] | undefined): void {
  const { words, locationOf, locations } = search;
  const location = locations[locationOf[read] as number];
  for (const store of eventsOfRow(node.may, words, read)) {
    const clone = cloneOf(search, node);
    assign(search, clone, read, store);
    if (settle(search, clone, location)) visit(search, clone, settled);
    search.depth--;
  }
}

/** Splits until one execution is left, and visits it. */
function visitEach(search: Search, node: Node, show: (execution: Execution) => boolean): void {
  const { skeleton, session, frame, options, plan, words, locations, rfMust, finals, rf, co, judged } = search;
  bound(search, node);
  if (judged && options.through !== true && !session.prune(rf, co, finals)) return;
  if (splitFurther(search, node)) return;
  if (!plan.valued) forget(search);
  else if (!settleCircles(search, node)) return;
  const values = valuesOf(search, node);
  const final = frame.items.map((item, index) => {
    const term = skeleton.registers[index];
    if (term !== undefined) return evaluate(search, node, term) ?? 0;
    const location = locations.find((each) => each.item === index);
    const chosen = location === undefined ? undefined : search.chosen.get(location);
    const last =
      chosen !== undefined && chosen >= 0
        ? chosen
        : location?.writes.find((write) => location.writes.every((other) => other === write || hasEdge(node.must, words, other, write)));
    return (last === undefined ? frame.initial.get(item.name) : values[finalWrite(search, node, location?.writes ?? [], last)]) ?? 0;
  });
  const state = (item: number): Value | undefined => final[item];
  if (options.wanted !== undefined && holds(options.wanted, state) !== true) return;
  if (frame.filter !== undefined && holds(frame.filter, state) !== true) return;
  if (!judged) {
    if (!show({ skeleton, rf: rfMust, co: node.must, values, final, failures: [], flags: [], session })) throw new Ended("stopped");
    return;
  }
  const allowed = session.check(rfMust, node.must, finalsOf(search, node), options.values ? sameValues(search, node) : undefined);
  if (!allowed && options.through !== true) return;
  const execution = { skeleton, rf: rfMust, co: node.must, values, final, failures: session.failures(), flags: session.flags(), session };
  if (!show(execution)) throw new Ended("stopped");
}

/** What a search works on: the skeleton and its plan, the relations that the model is asked about, and the nodes, which are sets of executions. */
import type { Bounds, Session } from "../cat/model.js";
import { addEdge, addEvent, type EventSet, hasEvent, isEmpty, type Relation } from "../cat/relation.js";
import type { Arena } from "./arena.js";
import type { Execution } from "./execution.js";
import type { Condition, Frame } from "./frame.js";
import type { Outcomes } from "./outcome.js";
import { type LocationPlan, type Plan, planSearch } from "./plan.js";
import type { Skeleton, SkeletonEvent } from "./skeleton.js";
import type { Value } from "./value.js";

export interface SearchOptions {
  /** The model's own word on its checks: see `CompiledModel`. */
  readonly coherent: boolean;
  readonly atomic: boolean;
  /** True where the model compares values. */
  readonly values: boolean;
  /** Only executions in which this holds are looked for. */
  readonly wanted: Condition | undefined;
  /** The values that items have to have for that. */
  readonly required: ReadonlyMap<number, Value>;
  /** Stop at the first execution found. */
  readonly first: boolean;
  /** True: give up. */
  readonly interrupted: () => boolean;
  /** Nodes that may be visited in all; counted down in `budget.nodes`. */
  readonly budget: { nodes: number };
  /** Counts executions by the flags that they raise. */
  readonly flagged: Map<string, number>;
  /** The skeleton's own: see `forEachSkeleton`. */
  readonly arena: Arena;
  /** Where given, every execution is visited instead of counted; false ends the search. */
  readonly visit?: (execution: Execution) => boolean;
  /** Executions that the model forbids are visited, too. */
  readonly through?: boolean;
  /** With `visit`: all candidates are visited, and the model is not asked; no failures and no flags then. */
  readonly unjudged?: boolean;
}

/** `done`: all were found. `stopped`: the first was, as asked. `gave-up`: a budget ran out. */
export type SearchEnd = "done" | "stopped" | "gave-up";

/** A set of executions. */
export interface Node {
  /** For each read the store it reads from, or -1. */
  readonly source: Int32Array;
  /** Row r: the stores that r may still read from. */
  readonly may: Relation;
  /** Pairs that co holds, transitively closed. */
  readonly must: Relation;
}

/** Ends a search from within. */
export class Ended extends Error {
  constructor(readonly end: SearchEnd) {
    super(end);
  }
}

/** One search. Its functions are the search's own: those of a node take both. */
export interface Search {
  readonly skeleton: Skeleton;
  readonly session: Session;
  readonly frame: Frame;
  readonly outcomes: Outcomes;
  readonly options: SearchOptions;
  readonly plan: Plan;
  /** Is the model asked? */
  readonly judged: boolean;
  /** What the search sees to by itself, so that the model need not. */
  readonly coherent: boolean;
  readonly atomic: boolean;
  readonly n: number;
  readonly words: number;
  /** Words of a relation. */
  readonly size: number;
  /** For each event the index of its location, or -1. */
  readonly locationOf: Int32Array;
  /** The locations with the writes that co orders; and of each those that it does not. */
  readonly locations: readonly LocationPlan[];
  readonly loose: readonly (readonly number[])[];
  /** The final writes that are assumed, of the locations whose writes co does not order all: -1 for the last that it orders. */
  readonly chosen: Map<LocationPlan, number>;
  readonly events: readonly SkeletonEvent[];
  readonly required: ReadonlyMap<number, Value>;
  /** What an execution has to end with that is counted. */
  readonly counted: Condition | undefined;
  readonly arena: Arena;
  /** The bounds of the node at hand; `co.must` is the node's own. */
  readonly rfMust: Relation;
  readonly rfMay: Relation;
  readonly coMay: Relation;
  readonly rf: Bounds;
  readonly co: { must: Relation; readonly may: Relation };
  /** Pairs of writes that co orders in one way or the other. */
  readonly sameLocation: Relation;
  /** Final writes that are known from the start. */
  readonly finals: EventSet;
  /** What is known of the value of each read (`read-values.ts`). */
  readonly status: Int32Array;
  readonly values: (Value | undefined)[];
  /** Nodes by their depth, used again and again. */
  readonly pool: Node[];
  depth: number;
  /** Has following up changed something? */
  changed: boolean;
  /** Is the order of all writes known at the root, and so at every node? */
  allOrdered: boolean;
  /** How many executions each one stands for (`symmetry.ts`). */
  factor: number;
  /** How often nodes with so many open reads were asked whether all of their executions are consistent, and were. Where none ever was, it is asked less often: a node that is split too far is counted as well. */
  readonly tries: number[];
  readonly successes: number[];
  skipped: number;
}

export function createSearch(skeleton: Skeleton, session: Session, frame: Frame, outcomes: Outcomes, options: SearchOptions): Search {
  const { arena, required } = options;
  const { events } = skeleton;
  const plan = planSearch(skeleton, frame, options.coherent, arena);
  const { n, words, locationOf } = plan;
  const coherent = options.coherent && plan.regular;
  const judged = options.unjudged !== true;
  const { locations, loose } = options.coherent ? { locations: plan.locations, loose: NONE } : orderedBy(plan, skeleton, session, judged);
  const size = n * words;
  const rfMust = arena.take(size);
  const rfMay = arena.take(size);
  const coMay = arena.take(size);
  const sameLocation = arena.take(size);
  // In small steps: V8 takes long to optimise all this as one function.
  for (let at = 0; at < locations.length; at++) addPairs(sameLocation, (locations[at] as LocationPlan).writes, words);
  const finals = arena.take(words);
  for (let at = 0; at < plan.locations.length; at++) addKnownFinal(finals, plan.locations[at] as LocationPlan, events);
  const { filter } = frame;
  const { wanted } = options;
  return {
    skeleton,
    session,
    frame,
    outcomes,
    options,
    plan,
    judged,
    coherent,
    atomic: options.atomic && coherent,
    n,
    words,
    size,
    locationOf,
    locations,
    loose,
    chosen: new Map(),
    events,
    required,
    counted: filter === undefined ? wanted : wanted === undefined ? filter : { kind: "and", left: filter, right: wanted },
    arena,
    rfMust,
    rfMay,
    coMay,
    rf: { must: rfMust, may: rfMay },
    co: { must: rfMust, may: coMay },
    sameLocation,
    finals,
    status: arena.take(n),
    values: [],
    pool: [],
    depth: 0,
    changed: false,
    allOrdered: false,
    factor: 1,
    tries: [],
    successes: [],
    skipped: 0,
  };
}

const NONE: readonly (readonly number[])[] = [];

/** A model that does not see to coherence may order but some of the writes (C11's atomic ones): it is asked which. */
function orderedBy(plan: Plan, skeleton: Skeleton, session: Session, judged: boolean): Pick<Search, "locations" | "loose"> {
  const branches = judged ? session.begin(skeleton.structure) : 0;
  // Of a branch that is out whatever is chosen nothing is known; they all order the same.
  for (let branch = 1; branch < branches && isEmpty(session.ordered); branch++) session.branch(branch);
  const isOrdered = (write: number): boolean => !judged || hasEvent(session.ordered, write);
  return {
    locations: plan.locations.map((location) => ({ ...location, writes: location.writes.filter(isOrdered) })),
    loose: plan.locations.map(({ writes }) => writes.filter((write) => !isOrdered(write))),
  };
}

/** All pairs of different writes of a location. */
function addPairs(pairs: Relation, writes: readonly number[], words: number): void {
  for (let a = 0; a < writes.length; a++) {
    for (let b = 0; b < writes.length; b++) if (a !== b) addEdge(pairs, words, writes[a] as number, writes[b] as number);
  }
}

/** The final write of a location that is observed and that nothing writes but its initial state. */
function addKnownFinal(finals: EventSet, { item, writes }: LocationPlan, events: readonly SkeletonEvent[]): void {
  if (item < 0) return;
  let only = -1;
  for (let at = 0; at < writes.length; at++) {
    const { kind } = events[writes[at] as number] as SkeletonEvent;
    if (kind !== "W" && kind !== "RW") continue;
    if (only >= 0) return;
    only = writes[at] as number;
  }
  if (only >= 0) addEvent(finals, only);
}

/** The node for a depth of the search. */
export function nodeAt(search: Search, level: number): Node {
  const { n, size, arena } = search;
  let node = search.pool[level];
  if (node === undefined) {
    node = { source: arena.take(n), may: arena.take(size), must: arena.take(size) };
    search.pool[level] = node;
  }
  return node;
}

/** A copy of a node, one deeper; `search.depth` goes back when the copy is done with. */
export function cloneOf(search: Search, node: Node): Node {
  search.depth++;
  const clone = nodeAt(search, search.depth);
  clone.source.set(node.source);
  clone.may.set(node.may);
  clone.must.set(node.must);
  return clone;
}

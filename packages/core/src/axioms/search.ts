/**
 * The search for the executions of one skeleton. A node is a set of executions: for each read the stores that it may still read from, and for each location what is known of the order of its
 * writes. The model judges the node as a whole by bounds: what is in a relation in all of its executions, and what in some. Where none can be consistent the node is dropped; where all are, they
 * are counted without being visited (independently for each location); otherwise the node is split. docs/decisions tells why that is right.
 */
import type { Session } from "../cat/model.js";
import { addEdge, eventsOf, hasEdge, hasEvent, lowestBit, type Relation } from "../cat/relation.js";
import type { Arena } from "./arena.js";
import type { Condition, Frame } from "./frame.js";
import { countByLast } from "./orders.js";
import { type Factor, holds, type Outcomes } from "./outcome.js";
import { type LocationPlan, planSearch } from "./plan.js";
import type { Skeleton, SkeletonEvent } from "./skeleton.js";
import { findSymmetry, type Symmetry } from "./symmetry.js";
import { operate, type Term, type Value } from "./value.js";
import { waysToRead } from "./ways-to-read.js";

export interface SearchOptions {
  /** The model's own word on its checks: see `CompiledModel`. */
  readonly coherent: boolean;
  readonly atomic: boolean;
  /** True where the model compares values. */
  readonly values: boolean;
  /** Only executions in which this holds are looked for. */
  readonly wanted: Condition | undefined;
  /** The values that items have to have for that (`requiredValues`). */
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

/** A whole execution. The relations are the search's own: they change when the visit is over. */
export interface Execution {
  readonly skeleton: Skeleton;
  readonly rf: Relation;
  readonly co: Relation;
  /** For each event the value that it reads or writes. */
  readonly values: readonly (Value | undefined)[];
  /** The final value of each item of the frame. */
  readonly final: readonly Value[];
  /** Checks of the model that fail, by index. */
  readonly failures: readonly number[];
  readonly flags: readonly string[];
  readonly session: Session;
}

/** `done`: all were found. `stopped`: the first was, as asked. `gave-up`: a budget ran out. */
export type SearchEnd = "done" | "stopped" | "gave-up";

interface Node {
  /** For each read the store it reads from, or -1. */
  readonly source: Int32Array;
  /** Row r: the stores that r may still read from. */
  readonly may: Relation;
  /** Pairs that co holds, transitively closed. */
  readonly must: Relation;
}

class Ended extends Error {
  constructor(readonly end: SearchEnd) {
    super(end);
  }
}

/** Adds the executions of a skeleton to the outcomes. */
export function searchSkeleton(skeleton: Skeleton, session: Session, frame: Frame, outcomes: Outcomes, options: SearchOptions): SearchEnd {
  try {
    search(skeleton, session, frame, outcomes, options);
    return "done";
  } catch (error) {
    if (error instanceof Ended) return error.end;
    throw error;
  }
}

function search(skeleton: Skeleton, session: Session, frame: Frame, outcomes: Outcomes, options: SearchOptions): void {
  const { arena } = options;
  const plan = planSearch(skeleton, frame, options.coherent, arena);
  const coherent = options.coherent && plan.regular;
  const atomic = options.atomic && coherent;
  const { n, words, locationOf } = plan;
  // A model that does not see to coherence may order but some of the writes (C11's atomic ones): it is asked which.
  const judged = options.unjudged !== true;
  if (!options.coherent && judged) session.begin(skeleton.structure);
  const isOrdered = (write: number): boolean => options.coherent || !judged || hasEvent(session.ordered, write);
  const loose = options.coherent ? [] : plan.locations.map(({ writes }) => writes.filter((write) => !isOrdered(write)));
  const locations = options.coherent
    ? plan.locations
    : plan.locations.map((location) => ({ ...location, writes: location.writes.filter(isOrdered) }));
  const { events } = skeleton;
  const size = n * words;
  const { required } = options;

  // The relations that the model is asked about.
  const rfMust = arena.take(size);
  const rfMay = arena.take(size);
  const coMay = arena.take(size);
  const sameLocation = arena.take(size);
  for (const { writes } of locations) {
    for (const a of writes) for (const b of writes) if (a !== b) addEdge(sameLocation, words, a, b);
  }

  const pool: Node[] = [];
  let depth = 0;
  const nodeAt = (level: number): Node => {
    let node = pool[level];
    if (node === undefined) {
      node = { source: arena.take(n), may: arena.take(size), must: arena.take(size) };
      pool[level] = node;
    }
    return node;
  };
  const cloneOf = (node: Node): Node => {
    depth++;
    const clone = nodeAt(depth);
    clone.source.set(node.source);
    clone.may.set(node.may);
    clone.must.set(node.must);
    return clone;
  };

  // Orders of writes.

  /** Adds a pair to co with all that follows from it; false where the reverse is known. */
  const order = (node: Node, writes: readonly number[], a: number, b: number): boolean => {
    const { must } = node;
    if (hasEdge(must, words, a, b)) return true;
    if (a === b || hasEdge(must, words, b, a)) return false;
    for (const x of writes) {
      if (x !== a && !hasEdge(must, words, x, a)) continue;
      addEdge(must, words, x, b);
      for (let w = 0; w < words; w++) must[x * words + w] = (must[x * words + w] as number) | (must[b * words + w] as number);
    }
    return true;
  };

  let changed = false;

  /** What the reads that are known say about the order of the writes of a location; false where they contradict each other. */
  const orderByReads = (node: Node, location: LocationPlan): boolean => {
    const { source } = node;
    for (const sequence of location.sequences) {
      let before = -1;
      for (const { event, reads } of sequence) {
        const seen = reads ? (source[event] as number) : event;
        if (seen < 0) continue;
        if (before >= 0 && seen !== before && !order(node, location.writes, before, seen)) return false;
        before = seen;
      }
    }
    return true;
  };

  const orderByAtomics = (node: Node, location: LocationPlan): boolean => {
    const { source, must } = node;
    for (const [read, write] of location.atomics) {
      const from = source[read] as number;
      if (from < 0) continue;
      if (!order(node, location.writes, from, write)) return false;
      for (const other of location.writes) {
        if (other === from || other === write) continue;
        if (hasEdge(must, words, from, other)) {
          if (!hasEdge(must, words, write, other)) {
            if (!order(node, location.writes, write, other)) return false;
            changed = true;
          }
        } else if (hasEdge(must, words, other, write) && !hasEdge(must, words, other, from)) {
          if (!order(node, location.writes, other, from)) return false;
          changed = true;
        }
      }
    }
    return true;
  };

  /** Drops sources that would contradict what is known of the order; false where a read has none left. */
  const narrow = (node: Node, location: LocationPlan): boolean => {
    const { source, may, must } = node;
    for (const sequence of location.sequences) {
      let before = -1;
      for (let at = 0; at < sequence.length; at++) {
        const { event, reads } = sequence[at] as { event: number; reads: boolean };
        if (!reads || (source[event] as number) >= 0) {
          before = reads ? (source[event] as number) : event;
          continue;
        }
        let after = -1;
        for (let next = at + 1; next < sequence.length && after < 0; next++) {
          const later = sequence[next] as { event: number; reads: boolean };
          after = later.reads ? (source[later.event] as number) : later.event;
        }
        if (before < 0 && after < 0) continue;
        let left = 0;
        for (let w = 0; w < words; w++) {
          let row = may[event * words + w] as number;
          for (let rest = row; rest !== 0; rest &= rest - 1) {
            const store = (w << 5) + lowestBit(rest);
            const stale = before >= 0 && store !== before && hasEdge(must, words, store, before);
            if (stale || (after >= 0 && store !== after && hasEdge(must, words, after, store))) row &= ~(1 << (store & 31));
          }
          may[event * words + w] = row;
          left |= row;
        }
        if (left === 0) return false;
      }
    }
    return true;
  };

  const choosable = (node: Node, read: number): number => {
    let count = 0;
    for (let w = 0; w < words; w++) for (let rest = node.may[read * words + w] as number; rest !== 0; rest &= rest - 1) count++;
    return count;
  };
  const onlySource = (node: Node, read: number): number => {
    for (let w = 0; w < words; w++) {
      const row = node.may[read * words + w] as number;
      if (row !== 0) return (w << 5) + lowestBit(row);
    }
    return -1;
  };
  const assign = (node: Node, read: number, store: number): void => {
    node.source[read] = store;
    node.may.fill(0, read * words, (read + 1) * words);
    node.may[read * words + (store >> 5)] = 1 << (store & 31);
  };

  /** Follows up at one location until nothing changes; false where no execution is left. */
  const settleLocation = (node: Node, location: LocationPlan): boolean => {
    do {
      changed = false;
      if (coherent && !orderByReads(node, location)) return false;
      if (atomic && location.atomics.length > 0 && !orderByAtomics(node, location)) return false;
      if (coherent && !narrow(node, location)) return false;
      for (const read of location.reads) {
        if ((node.source[read] as number) >= 0) continue;
        const left = choosable(node, read);
        if (left === 0) return false;
        if (left === 1) {
          assign(node, read, onlySource(node, read));
          changed = true;
        }
      }
    } while (changed);
    return true;
  };

  // Values.

  const UNKNOWN = 0;
  const VISITING = 1;
  const KNOWN = 2;
  const OPEN = 3;
  const status = arena.take(n);
  const values: (Value | undefined)[] = [];

  const evaluate = (node: Node, term: Term): Value | undefined => {
    switch (term.kind) {
      case "constant":
        return term.value;
      case "read":
        return readValue(node, term.event);
      case "operation": {
        const left = evaluate(node, term.left);
        if (left === undefined) return undefined;
        const right = evaluate(node, term.right);
        if (right === undefined) return undefined;
        return isUndetermined(left) || isUndetermined(right)
          ? operateUndetermined(term.operator, left, right)
          : operate(term.operator, left, right);
      }
    }
  };

  const storedValue = (node: Node, store: number): Value | undefined => {
    const { value } = events[store] as SkeletonEvent;
    return value === undefined ? undefined : evaluate(node, value);
  };

  const readValue = (node: Node, read: number): Value | undefined => {
    const known = status[read];
    if (known === KNOWN) return values[read];
    if (known !== UNKNOWN) return undefined;
    const from = node.source[read] as number;
    if (from < 0) {
      status[read] = OPEN;
      return undefined;
    }
    status[read] = VISITING;
    const value = storedValue(node, from);
    values[read] = value;
    // One that waits for itself is asked again when all else is known.
    status[read] = value === undefined ? OPEN : KNOWN;
    return value;
  };

  /** Checks what is known of the values; drops sources with values that the constraints exclude. */
  const settleValues = (node: Node): boolean => {
    status.fill(UNKNOWN);
    for (const constraint of skeleton.constraints) {
      const value = evaluate(node, constraint.term);
      if (value !== undefined) {
        if ((value !== 0) !== constraint.holds) return false;
      }
    }
    return true;
  };

  /** Reads that copy from each other in a circle have some value: nobody knows which. False where more than copying is in the circle. */
  const settleCircles = (node: Node): boolean => {
    status.fill(UNKNOWN);
    let names = 0;
    for (const read of plan.reads) {
      if ((node.source[read] as number) < 0 || readValue(node, read) !== undefined) continue;
      // Asked again from here: what is open may have been met on the way round.
      const round: number[] = [];
      let at = read;
      for (;;) {
        if (status[at] === KNOWN) break;
        if (round.includes(at)) break;
        round.push(at);
        const from = node.source[at] as number;
        const term = events[from]?.value;
        if (term === undefined) return false;
        if (term.kind !== "read") {
          for (const each of round) status[each] = UNKNOWN;
          if (evaluate(node, term) === undefined) return false;
          break;
        }
        at = term.event;
      }
      const value: Value = status[at] === KNOWN ? (values[at] as Value) : `${UNDETERMINED}${names++}`;
      for (const each of round) {
        values[each] = value;
        status[each] = KNOWN;
      }
    }
    return skeleton.constraints.every(({ term, holds: wanted }) => {
      const value = evaluate(node, term);
      return value !== undefined && !isUndetermined(value) && (value !== 0) === wanted;
    });
  };

  const settle = (node: Node, location: LocationPlan | undefined): boolean => {
    if (location !== undefined && !settleLocation(node, location)) return false;
    return !plan.valued || settleValues(node);
  };

  // The condition, where only some executions are wanted.

  const itemValue =
    (node: Node) =>
    (item: number): Value | undefined => {
      const term = skeleton.registers[item];
      return term === undefined ? undefined : evaluate(node, term);
    };
  const unwanted = (node: Node): boolean => {
    if (options.wanted === undefined) return false;
    status.fill(UNKNOWN);
    return holds(options.wanted, itemValue(node)) === false;
  };

  /** At the start: reads and final writes that the condition names have only sources with its values. */
  const restrict = (node: Node): boolean => {
    for (const [item, value] of required) {
      const term = skeleton.registers[item];
      if (term?.kind === "constant" && term.value !== value) return false;
      if (term?.kind === "read") {
        for (const store of eventsOf(node.may.subarray(term.event * words, (term.event + 1) * words))) {
          const stored = events[store]?.value;
          if (stored?.kind === "constant" && stored.value !== value) {
            const at = term.event * words + (store >> 5);
            node.may[at] = (node.may[at] as number) & ~(1 << (store & 31));
          }
        }
      }
      if (term !== undefined) continue;
      const location = locations.find((each) => each.item === item);
      if (location === undefined) continue;
      const last = location.writes.filter((write) => {
        const stored = events[write]?.value;
        return stored === undefined || stored.kind !== "constant" || stored.value === value;
      });
      if (last.length === 0) return false;
      const [only] = last;
      if (last.length === 1 && only !== undefined) {
        for (const write of location.writes) if (write !== only && !order(node, location.writes, write, only)) return false;
      }
    }
    return true;
  };

  // Judging.

  const finals = arena.take(words);
  for (const { item, writes } of plan.locations) {
    // The final write of a location that is observed and that nothing writes but its initial state.
    if (item < 0) continue;
    const [first, ...more] = writes.filter((write) => ["W", "RW"].includes((events[write] as SkeletonEvent).kind));
    if (first !== undefined && more.length === 0) finals[first >> 5] = (finals[first >> 5] as number) | (1 << (first & 31));
  }

  const rf = { must: rfMust, may: rfMay };
  const co: { must: Relation; may: Relation } = { must: rfMust, may: coMay };

  /** Sets the bounds of a node. */
  const bound = (node: Node): void => {
    rfMust.fill(0);
    rfMay.fill(0);
    for (const read of plan.reads) {
      const from = node.source[read] as number;
      if (from >= 0) {
        addEdge(rfMust, words, from, read);
        addEdge(rfMay, words, from, read);
        continue;
      }
      for (let w = 0; w < words; w++) {
        for (let rest = node.may[read * words + w] as number; rest !== 0; rest &= rest - 1) {
          addEdge(rfMay, words, (w << 5) + lowestBit(rest), read);
        }
      }
    }
    coMay.set(sameLocation);
    for (const { writes } of locations) {
      if (writes.length <= 1) continue;
      for (const a of writes) {
        for (let w = 0; w < words; w++) {
          for (let rest = node.must[a * words + w] as number; rest !== 0; rest &= rest - 1) {
            const b = (w << 5) + lowestBit(rest);
            const at = b * words + (a >> 5);
            coMay[at] = (coMay[at] as number) & ~(1 << (a & 31));
          }
        }
      }
    }
    co.must = node.must;
  };

  /** The flags of every execution of the node where all are consistent; undefined where none is; "open" where the bounds do not tell. */
  const judge = (node: Node): readonly string[] | "open" | undefined => {
    bound(node);
    if (!session.prune(rf, co, finals)) return undefined;
    const left = openReads(node);
    // Of one execution, bounds that meet have said all.
    const whole = session.exactBounds && left === 0 && openPair(node, false) === undefined;
    if (!whole) {
      const tried = tries[left] ?? 0;
      if (tried >= PATIENCE && (tried & 15) !== 0 && (successes[left] ?? 0) === 0) {
        tries[left] = tried + 1;
        return "open";
      }
      tries[left] = tried + 1;
      if (!session.settled(rf, co, finals)) return "open";
      successes[left] = (successes[left] ?? 0) + 1;
    }
    return session.settledFlags() ?? "open";
  };

  /** How often nodes with so many open reads were asked whether all of their executions are consistent, and were. Where none ever was, it is asked less often: a node that is split too far is counted as well. */
  const tries: number[] = [];
  const successes: number[] = [];

  // Splitting.

  const openReads = (node: Node): number => {
    let count = 0;
    for (const read of plan.reads) if ((node.source[read] as number) < 0) count++;
    return count;
  };

  /** A read that is still open: one whose value matters first, and of these the one with the fewest choices. */
  const openRead = (node: Node, relevantOnly: boolean): number => {
    let best = -1;
    let fewest = Number.POSITIVE_INFINITY;
    for (const read of plan.reads) {
      if ((node.source[read] as number) >= 0) continue;
      const relevant = hasEvent(plan.relevant, read);
      if (relevantOnly && !relevant) continue;
      const count = choosable(node, read) + (relevant ? 0 : 1000);
      if (count < fewest) {
        fewest = count;
        best = read;
      }
    }
    return best;
  };

  /** Two writes of one location whose order is open; those of locks first. */
  const openPair = (node: Node, locksOnly: boolean): readonly [LocationPlan, number, number] | undefined => {
    for (const location of locations) {
      const { writes } = location;
      if (locksOnly && !writes.some((write) => events[write]?.kind === "LKW")) continue;
      for (let j = 1; j < writes.length; j++) {
        for (let i = 0; i < j; i++) {
          const a = writes[i] as number;
          const b = writes[j] as number;
          if (!hasEdge(node.must, words, a, b) && !hasEdge(node.must, words, b, a)) return [location, a, b];
        }
      }
    }
    return undefined;
  };

  const splitPair = (
    node: Node,
    [location, a, b]: readonly [LocationPlan, number, number],
    settled: readonly string[] | undefined,
  ): void => {
    for (const [first, second] of [
      [a, b],
      [b, a],
    ] as const) {
      const clone = cloneOf(node);
      if (order(clone, location.writes, first, second) && settle(clone, location)) visit(clone, settled);
      depth--;
    }
  };

  const splitRead = (node: Node, read: number, settled: readonly string[] | undefined): void => {
    const location = locations[locationOf[read] as number];
    const row = node.may.slice(read * words, (read + 1) * words);
    for (const store of eventsOf(row)) {
      const clone = cloneOf(node);
      assign(clone, read, store);
      if (settle(clone, location)) visit(clone, settled);
      depth--;
    }
  };

  const visit = (node: Node, known: readonly string[] | undefined): void => {
    if (options.budget.nodes-- <= 0 || options.interrupted()) throw new Ended("gave-up");
    if (unwanted(node)) return;
    if (options.visit !== undefined) {
      visitEach(node, options.visit);
      return;
    }
    let settled = known;
    if (settled === undefined) {
      const judgement = judge(node);
      if (judgement === undefined) return;
      if (judgement !== "open") settled = judgement;
    }
    if (settled !== undefined) {
      const read = openRead(node, true);
      if (read >= 0) splitRead(node, read, settled);
      else account(node, settled);
      return;
    }
    const lock = openPair(node, true);
    if (lock !== undefined) {
      splitPair(node, lock, undefined);
      return;
    }
    if (splitFurther(node)) return;
    // A whole execution, and the bounds do not tell.
    if (session.check(rfMust, node.must, finalsOf(node), plan.valued ? sameValues(node) : undefined)) account(node, session.flags());
  };

  /** Splits where a source or an order is still open; false for one whole execution. */
  const splitFurther = (node: Node): boolean => {
    const read = openRead(node, false);
    if (read >= 0) {
      splitRead(node, read, undefined);
      return true;
    }
    const pair = openPair(node, false);
    if (pair === undefined) return false;
    splitPair(node, pair, undefined);
    return true;
  };

  /** Splits until one execution is left, and visits it. */
  const visitEach = (node: Node, show: (execution: Execution) => boolean): void => {
    bound(node);
    if (judged && options.through !== true && !session.prune(rf, co, finals)) return;
    if (splitFurther(node)) return;
    if (!plan.valued) status.fill(UNKNOWN);
    else if (!settleCircles(node)) return;
    const values = valuesOf(node);
    const final = frame.items.map((item, index) => {
      const term = skeleton.registers[index];
      if (term !== undefined) return evaluate(node, term) ?? 0;
      const location = locations.find((each) => each.item === index);
      const last = location?.writes.find((write) =>
        location.writes.every((other) => other === write || hasEdge(node.must, words, other, write)),
      );
      return (last === undefined ? frame.initial.get(item.name) : values[last]) ?? 0;
    });
    const state = (item: number): Value | undefined => final[item];
    if (options.wanted !== undefined && holds(options.wanted, state) !== true) return;
    if (frame.filter !== undefined && holds(frame.filter, state) !== true) return;
    if (!judged) {
      if (!show({ skeleton, rf: rfMust, co: node.must, values, final, failures: [], flags: [], session })) throw new Ended("stopped");
      return;
    }
    const allowed = session.check(rfMust, node.must, finalsOf(node), options.values ? sameValues(node) : undefined);
    if (!allowed && options.through !== true) return;
    const execution = { skeleton, rf: rfMust, co: node.must, values, final, failures: session.failures(), flags: session.flags(), session };
    if (!show(execution)) throw new Ended("stopped");
  };

  const valuesOf = (node: Node): (Value | undefined)[] =>
    events.map((event, index) =>
      event.kind === "R"
        ? storedValue(node, node.source[index] as number)
        : event.value === undefined
          ? undefined
          : evaluate(node, event.value),
    );

  /** Pairs of accesses that carry the same value. */
  const sameValues = (node: Node): Relation => {
    const carried = valuesOf(node);
    const relation = new Int32Array(size);
    carried.forEach((a, from) => {
      if (a === undefined) return;
      carried.forEach((b, to) => {
        if (a === b) addEdge(relation, words, from, to);
      });
    });
    return relation;
  };

  const finalsOf = (node: Node): Int32Array => {
    const set = new Int32Array(words);
    for (const { item, writes } of locations) {
      if (item < 0) continue;
      const last = writes.find((write) => writes.every((other) => other === write || hasEdge(node.must, words, other, write)));
      if (last !== undefined) set[last >> 5] = (set[last >> 5] as number) | (1 << (last & 31));
    }
    return set;
  };

  // Counting.

  const number = (value: Value | undefined): number => outcomes.number(value ?? 0);

  /** The ways to finish a location, by what they leave in registers and in the location itself. */
  const finish = (node: Node, location: LocationPlan, alternatives: Map<string, { items: [number, number][]; count: number }>): void => {
    const open = location.reads.find((read) => (node.source[read] as number) < 0);
    if (open !== undefined) {
      const row = node.may.slice(open * words, (open + 1) * words);
      for (const store of eventsOf(row)) {
        const clone = cloneOf(node);
        assign(clone, open, store);
        if (settleLocation(clone, location)) finish(clone, location, alternatives);
        depth--;
      }
      return;
    }
    const set: [number, number][] = [];
    for (const read of location.reads) {
      for (const item of plan.registerItems[read] ?? []) set.push([item, number(storedValueAt(node, node.source[read] as number))]);
    }
    const { item } = location;
    forEachLast(node, location, (last, count) => {
      const items: [number, number][] = item < 0 ? set : [...set, [item, number(storedValueAt(node, last))]];
      if (items.some(([each, value]) => required.has(each) && outcomes.value(value) !== required.get(each))) return;
      const key = items.join(";");
      const found = alternatives.get(key);
      if (found === undefined) alternatives.set(key, { items, count });
      else found.count += count;
    });
  };

  /**
   * The same where the order of the writes is known: then threads choose what they read independently of each other, and along a thread it is enough to know how far it has seen. Undefined where
   * that is not so.
   */
  const finishByThread = (node: Node, location: LocationPlan): Factor[] | undefined => {
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
      const value = number(storedValueAt(node, last));
      if (!wanted(item, value)) return [];
      factors.push({ alternatives: [{ items: [[item, value]], count: 1 }] });
    }
    for (const sequence of sequences) {
      const accesses = sequence.map(({ event, reads: isReading }) => {
        const source = isReading ? (node.source[event] as number) : event;
        const stores = source >= 0 ? [source] : eventsOf(node.may.subarray(event * words, (event + 1) * words));
        return stores.flatMap((store) => {
          const items = isReading ? (plan.registerItems[event] ?? []) : [];
          const shown = items.map((each): [number, number] => [each, number(storedValueAt(node, store))]);
          return shown.every(([each, value]) => wanted(each, value)) ? [{ place: place.get(store) as number, shown }] : [];
        });
      });
      const alternatives = waysToRead(accesses);
      if (alternatives.length === 0) return [];
      factors.push({ alternatives });
    }
    return factors;
  };

  const storedValueAt = (node: Node, store: number): Value | undefined => {
    const value = events[store]?.value;
    return value === undefined ? undefined : evaluate(node, value);
  };

  /** The number of orders of the writes of a location, by the last one. */
  const forEachLast = (node: Node, location: LocationPlan, visitLast: (last: number, count: number) => void): void => {
    const others = loose[locations.indexOf(location)] ?? [];
    if (others.length === 0 || location.item < 0) {
      forEachLastOrdered(node, location, visitLast);
      return;
    }
    // Nothing says when the others are made: each of them may have the last word, and the initial write where it is alone.
    let ways = 0;
    forEachLastOrdered(node, location, (last, count) => {
      ways += count;
      if (last >= 0 && (events[last] as SkeletonEvent).thread >= 0) visitLast(last, count);
    });
    const own = others.filter((write) => (events[write] as SkeletonEvent).thread >= 0);
    const all = own.length > 0 || location.writes.some((write) => (events[write] as SkeletonEvent).thread >= 0) ? own : others;
    for (const write of all) visitLast(write, ways);
  };

  const forEachLastOrdered = (node: Node, location: LocationPlan, visitLast: (last: number, count: number) => void): void => {
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
  };

  /** Is there a final state among the combinations of the factors in which the condition holds? */
  const someCombination = (factors: readonly Factor[], condition: Condition): boolean => {
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
  };

  const { filter } = frame;
  const { wanted: sought } = options;
  const counted: Condition | undefined =
    filter === undefined ? sought : sought === undefined ? filter : { kind: "and", left: filter, right: sought };

  const account = (node: Node, raised: readonly string[]): void => {
    if (plan.valued) {
      if (!settleCircles(node)) return;
    } else status.fill(UNKNOWN);
    const factors: Factor[] = [];
    const base: [number, number][] = [];
    for (const { item, term } of plan.computed) {
      const value = evaluate(node, term);
      // Computed from a value that nothing determines: no solution.
      if (value === undefined) return;
      base.push([item, number(value)]);
    }
    frame.items.forEach((item, index) => {
      if (item.kind === "location" && !locations.some((each) => each.item === index))
        base.push([index, number(frame.initial.get(item.name))]);
    });
    if (base.some(([item, value]) => required.has(item) && outcomes.value(value) !== required.get(item))) return;
    if (base.length > 0) factors.push({ alternatives: [{ items: base, count: 1 }] });
    for (const location of locations) {
      const apart = finishByThread(node, location);
      if (apart !== undefined) {
        if (apart.length === 0) return;
        factors.push(...apart);
        continue;
      }
      const alternatives = new Map<string, { items: [number, number][]; count: number }>();
      finish(node, location, alternatives);
      if (alternatives.size === 0) return;
      factors.push({ alternatives: [...alternatives.values()] });
    }
    const before = outcomes.total;
    outcomes.add(factors, symmetry.factor);
    // What the filter leaves out, or is not looked for, raises no flag.
    if (raised.length > 0 && (counted === undefined || someCombination(factors, counted))) {
      for (const flag of raised) options.flagged.set(flag, (options.flagged.get(flag) ?? 0) + outcomes.total - before);
    }
    if (options.first && (counted === undefined ? outcomes.total > before : someCombination(factors, counted))) throw new Ended("stopped");
  };

  let symmetry: Symmetry = { chains: [], factor: 1 };
  const root = nodeAt(0);
  depth = 0;
  root.source.fill(-1);
  root.may.set(plan.sources);
  root.must.fill(0);
  for (const { writes } of locations) {
    for (const a of writes) {
      if ((events[a] as SkeletonEvent).thread >= 0) continue;
      for (const b of writes) if (a !== b && !order(root, writes, a, b)) return;
    }
  }
  const begin = (): boolean => {
    for (const location of locations) if (!settleLocation(root, location)) return false;
    if (plan.valued && !settleValues(root)) return false;
    bound(root);
    return true;
  };
  if (!restrict(root) || !begin()) return;
  // Most tests of -speedcheck have one execution left.
  if (options.coherent && options.visit === undefined && openReads(root) === 0 && openPair(root, false) === undefined) {
    const raised = session.whole({
      ...skeleton.structure,
      rf,
      co,
      finals: finalsOf(root),
      assured: { coherence: coherent, atomicity: atomic },
    });
    if (raised !== "open") {
      if (options.budget.nodes-- <= 0 || options.interrupted()) throw new Ended("gave-up");
      if (raised !== undefined && !unwanted(root)) account(root, raised);
      return;
    }
  }
  if (options.visit === undefined) symmetry = findSymmetry(skeleton, frame, locations);
  for (const { location, writes } of symmetry.chains) {
    for (let at = 1; at < writes.length; at++) {
      if (!order(root, location.writes, writes[at - 1] as number, writes[at] as number)) return;
    }
  }
  if (symmetry.chains.length > 0 && !begin()) return;
  const copy = (of: Relation): Relation => {
    const made = arena.take(size);
    made.set(of);
    return made;
  };
  const given = { must: copy(rfMust), may: copy(rfMay) };
  const ordered = { must: copy(root.must), may: copy(coMay) };
  if (!judged) {
    visit(root, undefined);
    return;
  }
  const branches = session.begin({
    ...skeleton.structure,
    rf: given,
    co: ordered,
    finals,
    assured: { coherence: coherent, atomicity: atomic },
    shows: options.visit !== undefined,
  });
  for (let branch = 0; branch < branches; branch++) {
    if (branch > 0) session.branch(branch);
    root.source.fill(-1);
    root.may.set(plan.sources);
    root.must.set(ordered.must);
    if (!restrict(root) || !extend(root, session.orderedBefore)) continue;
    if (!locations.every((location) => settleLocation(root, location))) continue;
    visit(root, undefined);
  }

  function extend(node: Node, before: Relation): boolean {
    return locations.every(({ writes }) =>
      writes.every((a) => writes.every((b) => !hasEdge(before, words, a, b) || order(node, writes, a, b))),
    );
  }
}

/** So many sets of executions are asked for in vain before asking becomes rare. */
const PATIENCE = 64;

/** Starts the name of a value that nothing determines. */
const UNDETERMINED = "\u0000S";

/** What is known of an operation on a value that nothing determines. */
function operateUndetermined(operator: string, left: Value, right: Value): Value | undefined {
  const same = left === right;
  switch (operator) {
    case "^":
    case "-":
      if (same) return 0;
      return right === 0 ? left : operator === "^" && left === 0 ? right : undefined;
    case "+":
      return right === 0 ? left : left === 0 ? right : undefined;
    case "|":
      return same || right === 0 ? left : left === 0 ? right : undefined;
    case "&":
      return same ? left : left === 0 || right === 0 ? 0 : undefined;
    case "*":
      return left === 0 || right === 0 ? 0 : undefined;
    default:
      return undefined;
  }
}

export function isUndetermined(value: Value): boolean {
  return typeof value === "string" && value.startsWith(UNDETERMINED);
}

/** A whole execution, and what is to be said of a node that is one. */
import type { Session } from "../cat/model.js";
import { addEdge, type Relation } from "../cat/relation.js";
import { evaluate, storedValue } from "./read-values.js";
import type { Node, Search } from "./search-state.js";
import type { Skeleton } from "./skeleton.js";
import type { Value } from "./value.js";

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

/** For each event the value that it reads or writes. */
export function valuesOf(search: Search, node: Node): (Value | undefined)[] {
  const { events } = search;
  return events.map((event, index) =>
    event.kind === "R"
      ? storedValue(search, node, node.source[index] as number)
      : event.value === undefined
        ? undefined
        : evaluate(search, node, event.value),
  );
}

/** Pairs of accesses that carry the same value. */
export function sameValues(search: Search, node: Node): Relation {
  const { words, size } = search;
  const carried = valuesOf(search, node);
  const relation = new Int32Array(size);
  carried.forEach((a, from) => {
    if (a === undefined) return;
    carried.forEach((b, to) => {
      if (a === b) addEdge(relation, words, from, to);
    });
  });
  return relation;
}

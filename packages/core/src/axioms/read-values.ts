/** Values of an execution that is being put together: terms over reads, evaluated as far as the sources of these are known. */
import type { Node, Search } from "./search-state.js";
import type { SkeletonEvent } from "./skeleton.js";
import { operate, type Term, type Value } from "./value.js";

const UNKNOWN = 0;
const VISITING = 1;
const KNOWN = 2;
const OPEN = 3;

/** Forgets the values of another node. */
export function forget(search: Search): void {
  search.status.fill(UNKNOWN);
}

/** What a term comes to; undefined where that is not known. */
export function evaluate(search: Search, node: Node, term: Term): Value | undefined {
  switch (term.kind) {
    case "constant":
      return term.value;
    case "read":
      return readValue(search, node, term.event);
    case "operation": {
      const left = evaluate(search, node, term.left);
      if (left === undefined) return undefined;
      const right = evaluate(search, node, term.right);
      if (right === undefined) return undefined;
      return isUndetermined(left) || isUndetermined(right)
        ? operateUndetermined(term.operator, left, right)
        : operate(term.operator, left, right);
    }
  }
}

/** What a store writes. */
export function storedValue(search: Search, node: Node, store: number): Value | undefined {
  const { events } = search;
  const { value } = events[store] as SkeletonEvent;
  return value === undefined ? undefined : evaluate(search, node, value);
}

function readValue(search: Search, node: Node, read: number): Value | undefined {
  const { status } = search;
  const known = status[read];
  if (known === KNOWN) return search.values[read];
  if (known !== UNKNOWN) return undefined;
  const from = node.source[read] as number;
  if (from < 0) {
    status[read] = OPEN;
    return undefined;
  }
  status[read] = VISITING;
  const value = storedValue(search, node, from);
  search.values[read] = value;
  // One that waits for itself is asked again when all else is known.
  status[read] = value === undefined ? OPEN : KNOWN;
  return value;
}

/** Checks the constraints by what is known of the values; false where one is violated. */
export function settleValues(search: Search, node: Node): boolean {
  const { skeleton } = search;
  forget(search);
  for (const constraint of skeleton.constraints) {
    const value = evaluate(search, node, constraint.term);
    if (value !== undefined) {
      if ((value !== 0) !== constraint.holds) return false;
    }
  }
  return true;
}

/** Reads that copy from each other in a circle have some value: nobody knows which. False where more than copying is in the circle. */
export function settleCircles(search: Search, node: Node): boolean {
  const { skeleton, plan, events, status } = search;
  forget(search);
  let names = 0;
  for (const read of plan.reads) {
    if ((node.source[read] as number) < 0 || readValue(search, node, read) !== undefined) continue;
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
        if (evaluate(search, node, term) === undefined) return false;
        break;
      }
      at = term.event;
    }
    const value: Value = status[at] === KNOWN ? (search.values[at] as Value) : `${UNDETERMINED}${names++}`;
    for (const each of round) {
      search.values[each] = value;
      status[each] = KNOWN;
    }
  }
  return skeleton.constraints.every(({ term, holds: wanted }) => {
    const value = evaluate(search, node, term);
    return value !== undefined && !isUndetermined(value) && (value !== 0) === wanted;
  });
}

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

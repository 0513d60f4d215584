/** What an execution does that means nothing: it reads through a pointer that holds a number, divides by 0, adds two addresses. herd7 refuses a test with such an execution, and so does this. */
import type { Problem } from "../problem.js";
import type { Span } from "../source.js";
import type { ThreadEvent, ThreadPath } from "./event.js";
import type { PreparedPath } from "./prepared-path.js";
import { operation, type Term } from "./value.js";

/** A place on a path where an execution may go wrong. */
export interface Hazard {
  /** Events of the path before it. */
  readonly at: number;
  /** The number of its instruction. */
  readonly instruction: number;
  /** Not 0 where it does. */
  readonly term: Term;
  readonly span: Span;
  /** The operator, `@` for the address of a read, `[` for that of another access. */
  readonly what: string;
}

type Place = Pick<Hazard, "at" | "instruction" | "span">;

/** The hazard of an operation, if it may mean nothing. */
export function operationHazard(operator: string, left: Term, right: Term, place: Place): Hazard | undefined {
  if (operator === "==" || operator === "!=") return undefined;
  const divides = operator === "/" || operator === "%";
  if (left.kind === "constant" && right.kind === "constant") {
    return operation(operator, left, right) === undefined ? { ...place, term: { kind: "constant", value: 1 }, what: operator } : undefined;
  }
  if (divides && right.kind === "constant" && typeof right.value === "number" && right.value !== 0 && left.kind !== "read")
    return undefined;
  return { ...place, term: { kind: "operation", operator: `?${operator}`, left, right }, what: operator };
}

/** The hazard of an address. `arrays`: what there is of them, as `a[2] b[3]`. */
export function addressHazard(address: Term, reads: boolean, arrays: string, place: Place): Hazard | undefined {
  if (!reads && arrays === "") return undefined;
  if (address.kind === "constant" && typeof address.value === "string" && !address.value.endsWith("]")) return undefined;
  const what = reads ? "@" : "[";
  const term = operation(`?${what}`, address, { kind: "constant", value: arrays });
  if (term === undefined || (term.kind === "constant" && term.value === 0)) return undefined;
  return { ...place, term, what };
}

/** Where a path that goes wrong is cut off: before a read that has nowhere to read from; else behind the instruction, so that a cmpxchg() that computes for nothing has to succeed. */
function endOf({ events }: ThreadPath, { at, instruction, what }: Hazard): number {
  let end = at;
  if (what !== "@" && what !== "[") while (events[end]?.instruction === instruction && !isComputed(events[end])) end++;
  return end;
}

/** Is the address one that the hazard itself may have computed? */
function isComputed(event: ThreadEvent | undefined): boolean {
  const address = event?.address;
  return address?.kind === "operation" || (address?.kind === "constant" && typeof address.value === "number");
}

/** The path into the hazard, in the executions that go wrong there. */
function pathInto(path: ThreadPath, hazard: Hazard): ThreadPath {
  const { events, data, control, registerReads, branches, constraints } = path;
  const { term } = hazard;
  const at = endOf(path, hazard);
  const before = (pairs: readonly (readonly [number, number])[]) => pairs.filter(([from, to]) => from < at && to < at);
  return {
    events: events.slice(0, at),
    data: before(data),
    control: before(control),
    registerReads: before(registerReads),
    branches: branches.flatMap((each) => (each.end < at ? [{ ...each, stop: Math.min(each.stop, at) }] : [])),
    constraints: [...constraints.filter((each) => readsBelow(each.term, at)), { term, holds: true }],
    registers: new Map(),
    hazards: [],
    cut: false,
  };
}

function readsBelow(term: Term, at: number): boolean {
  switch (term.kind) {
    case "constant":
      return true;
    case "read":
      return term.event < at;
    case "operation":
      return readsBelow(term.left, at) && readsBelow(term.right, at);
  }
}

/** Can a value be an address anywhere but in a parameter? Where none can, only a division goes wrong. */
function handlesAddresses(threads: readonly (readonly PreparedPath[])[], initial: Iterable<string | number>): boolean {
  for (const value of initial) if (typeof value === "string") return true;
  const names = (term: Term | undefined): boolean =>
    term !== undefined &&
    (term.kind === "constant" ? typeof term.value === "string" : term.kind === "operation" && (names(term.left) || names(term.right)));
  return threads.some((paths) => paths.some(({ events }) => events.some(({ value }) => names(value))));
}

/** The first hazard that `happens`: asked with the paths of all threads, that of the hazard's thread cut off there. */
export function findMistake(
  threads: readonly (readonly PreparedPath[])[],
  initial: Iterable<string | number>,
  prepare: (path: ThreadPath) => PreparedPath,
  happens: (threads: readonly (readonly PreparedPath[])[]) => boolean,
): Problem | undefined {
  if (threads.every((paths) => paths.every(({ origin }) => origin.hazards.length === 0))) return undefined;
  const addresses = handlesAddresses(threads, initial);
  // Paths that part later share what comes before, and are asked once: told by the hazard and the event behind which they are cut off.
  const asked = new Map<Hazard, ThreadEvent | undefined>();
  for (const [thread, paths] of threads.entries()) {
    for (const { origin } of paths) {
      for (const hazard of origin.hazards) {
        const last = origin.events[endOf(origin, hazard) - 1];
        if (asked.has(hazard) && asked.get(hazard) === last) continue;
        asked.set(hazard, last);
        const { what, term } = hazard;
        const possible =
          addresses || what === "/" || what === "%" || what === "@" || what === "[" || term.kind === "constant" || mentionsAddress(term);
        if (!possible) continue;
        if (happens(threads.map((each, index) => (index === thread ? [prepare(pathInto(origin, hazard))] : each))))
          return problemOf(hazard);
      }
    }
  }
  return undefined;
}

function mentionsAddress(term: Term): boolean {
  if (term.kind === "constant") return typeof term.value === "string";
  return term.kind === "operation" && (mentionsAddress(term.left) || mentionsAddress(term.right));
}

function problemOf({ what, span }: Hazard): Problem {
  const problem = (message: string, hint: string): Problem => ({ code: "unsupported", severity: "error", span, message, hint });
  switch (what.replace(/\d+$/, "")) {
    case "@":
      return problem(
        "an execution reads here through a pointer that holds no address of a location",
        "give the pointer a location in the initial state (`int *p = &x;`), or test it before",
      );
    case "/":
    case "%":
      return problem("an execution divides by 0 here", "test the divisor before");
    case "+":
    case "-":
      return problem(
        `an execution adds to an address here, or subtracts, and comes to no location (herd7 counts bytes)`,
        "an element of an array is written `a[1]`",
      );
    case "[":
    case "[]":
      return problem("an execution takes an element that no array has here", "arrays are declared in the initial state: `int a[2];`");
    default:
      return problem(`an execution computes \`${what}\` of an address here, which means nothing`, "compare addresses with `==` and `!=`");
  }
}

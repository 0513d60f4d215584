/** What an execution has to end with wherever a condition holds, and what that says of the paths that it takes. Worked out once for a condition and for a path: they stand in many tests. */
import type { Constraint } from "./event.js";
import type { Condition, Item } from "./frame.js";
import { madeOnce } from "./made-once.js";
import type { PreparedPath } from "./prepared-path.js";
import { evaluateKnown, type Term, type Value } from "./value.js";

export interface Required {
  /** The values of items, by their index. */
  readonly values: ReadonlyMap<number, Value>;
  /** Of these the registers, by thread; nothing for threads behind the last that has one. */
  readonly registers: readonly RequiredRegisters[];
}

/** What the registers of one thread have to end with. */
interface RequiredRegisters {
  readonly ends: readonly { readonly name: string; readonly value: Value }[];
  /** The same as a text. */
  readonly key: string;
}

/** The `item = value` parts of a conjunction. `items`: the frame's. */
export const requiredFor = madeOnce((condition: Condition, items: readonly Item[]): Required => {
  const values = new Map<number, Value>();
  addValues(condition, values);
  return { values, registers: registersOf(values, items) };
});

/** Nothing in particular. */
export const NOTHING_REQUIRED: Required = { values: new Map(), registers: [] };

function addValues(condition: Condition, into: Map<number, Value>): void {
  if (condition.kind === "and") {
    addValues(condition.left, into);
    addValues(condition.right, into);
  } else if (
    condition.kind === "compare" &&
    condition.bits === undefined &&
    condition.operator === "=" &&
    condition.left.kind === "item" &&
    condition.right.kind === "value"
  ) {
    if (!into.has(condition.left.item)) into.set(condition.left.item, condition.right.value);
  }
}

function registersOf(values: ReadonlyMap<number, Value>, items: readonly Item[]): readonly RequiredRegisters[] {
  const byThread: { readonly name: string; readonly value: Value }[][] = [];
  for (const [index, value] of values) {
    const item = items[index];
    if (item?.kind !== "register") continue;
    while (byThread.length <= item.thread) byThread.push([]);
    byThread[item.thread]?.push({ name: item.name, value });
  }
  return byThread.map((ends) => ({
    ends,
    key: ends.map(({ name, value }) => `${name}=${typeof value === "number" ? value : `&${value}`}`).join(),
  }));
}

/** What reads of a path are known to give, by their place in the path. */
export type KnownReads = ReadonlyMap<number, Value>;

const NO_READS: KnownReads = new Map();

/** What reads of a path have to give where the registers end as they have to; undefined where they cannot. */
export function requiredReads(path: PreparedPath, registers: RequiredRegisters | undefined): KnownReads | undefined {
  if (registers === undefined || registers.ends.length === 0) return NO_READS;
  const before = readsBefore(path);
  let reads = before.get(registers.key);
  if (reads === undefined) {
    reads = readsFor(path, registers) ?? "none";
    before.set(registers.key, reads);
  }
  return reads === "none" ? undefined : reads;
}

/** What was found for a path, by the key of what its registers have to end with. */
const readsBefore = madeOnce<PreparedPath, Map<string, KnownReads | "none">>(() => new Map());

function readsFor(path: PreparedPath, { ends }: RequiredRegisters): KnownReads | undefined {
  const reads = new Map<number, Value>();
  for (const { name, value } of ends) {
    const term = path.registers.get(name);
    if (term?.kind !== "read") continue;
    if (reads.has(term.event) && reads.get(term.event) !== value) return undefined;
    reads.set(term.event, value);
  }
  const mayEnd = ends.every(({ name, value }) => isOpenOr(value, path.registers.get(name) ?? ZERO, reads));
  return mayEnd && path.constraints.every((constraint) => mayHold(constraint, reads)) ? reads : undefined;
}

/** With what is known of its reads, may the term come to this value? */
function isOpenOr(value: Value, term: Term, reads: KnownReads): boolean {
  const end = evaluateKnown(term, reads);
  return end === undefined || end === value;
}

function mayHold({ term, holds }: Constraint, reads: KnownReads): boolean {
  const value = evaluateKnown(term, reads);
  return value === undefined || (value !== 0) === holds;
}

const ZERO: Term = { kind: "constant", value: 0 };

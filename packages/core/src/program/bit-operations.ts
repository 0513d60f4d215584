/**
 * The kernel's operations on bits, by the atomics that they are: those that give nothing are unordered, those that give the old bit are fully ordered, `_lock` and `_unlock` acquire and release
 * (Documentation/atomic_bitops.txt). A bitmap is one word here: its bits are 0 to 31.
 */
import type { Expression as Tree } from "../litmus/test.js";

type Call = Extract<Tree, { kind: "call" }>;

const atomics: ReadonlyMap<string, string> = new Map([
  ["set_bit", "atomic_or"],
  ["clear_bit", "atomic_andnot"],
  ["change_bit", "atomic_xor"],
  ["clear_bit_unlock", "atomic_fetch_andnot_release"],
  ["test_and_set_bit", "atomic_fetch_or"],
  ["test_and_clear_bit", "atomic_fetch_andnot"],
  ["test_and_change_bit", "atomic_fetch_xor"],
  ["test_and_set_bit_lock", "atomic_fetch_or_acquire"],
]);

/** Is it the name of one? */
export function isBitOperation(name: string): boolean {
  return atomics.has(name) || name === "test_bit" || name === "test_bit_acquire";
}

/** What `set_bit(3, p)` or `test_bit(3, p)` stands for; undefined where the call is none of these. */
export function bitOperation({ name, arguments: given, span }: Call): Tree | undefined {
  const [bit, place] = given;
  if (bit === undefined || place === undefined || given.length !== 2) return undefined;
  const call = (callee: string, ...list: Tree[]): Tree => ({ kind: "call", name: callee, tags: [], arguments: list, span });
  const mask = call("BIT", bit);
  const test = (word: Tree): Tree => {
    const found: Tree = { kind: "binary", operator: "&", left: word, right: mask, span };
    return { kind: "binary", operator: "!=", left: found, right: { kind: "integer", value: 0, span }, span };
  };
  if (name === "test_bit") return test(call("READ_ONCE", { kind: "unary", operator: "*", operand: place, span }));
  if (name === "test_bit_acquire") return test(call("smp_load_acquire", place));
  const atomic = atomics.get(name);
  if (atomic === undefined) return undefined;
  return name.startsWith("test_") ? test(call(atomic, mask, place)) : call(atomic, mask, place);
}

/** Comparisons and what joins them: the conditions of `if` and `while`, of a device's `wait`, and of the whole test. */
import { BuildError } from "./build-error.js";
import type { Address, Element, IoRegister, Memory, Register, Value } from "./handle.js";

/** An arrival at a device: `arrival(door, 1)` is that of the write of 1 to `door`, `arrival(status)` that of a read of `status`. */
export interface Arrival {
  readonly kind: "arrival";
  readonly register: IoRegister;
  readonly value: number | undefined;
}

/** Anything that some condition can speak of. */
export type Operand = Value | Memory | Element | IoRegister;

/**
 * What the condition of a test can speak of at the end of a run: registers of any thread, what locations then hold, numbers, addresses, arrivals. Nothing is computed there, so a
 * `Calculated` is none.
 */
export type Term = number | Register | Address | Memory | Element<number> | IoRegister | Arrival;

/** C's comparisons. */
export type Comparison = "==" | "!=" | "<" | "<=" | ">" | ">=";

/** A condition over operands of the given type, so that the compiler knows where it can stand. */
export type Condition<Of> =
  | { readonly kind: "compare"; readonly operator: Comparison; readonly left: Of; readonly right: Of }
  | { readonly kind: "order"; readonly first: Of; readonly second: Of }
  | { readonly kind: "not"; readonly operand: Condition<Of> }
  | { readonly kind: "and" | "or"; readonly operands: readonly Condition<Of>[] };

/** What the given conditions speak of. */
export type OperandsOf<C> = C extends Condition<infer Of> ? Of : never;

const compare = <L extends Operand, R extends Operand>(operator: Comparison, left: L, right: R): Condition<L | R> =>
  Object.freeze({ kind: "compare", operator, left, right });

/** `left == right`. */
export const eq = <L extends Operand, R extends Operand>(left: L, right: R): Condition<L | R> => compare("==", left, right);
/** `left != right`. */
export const ne = <L extends Operand, R extends Operand>(left: L, right: R): Condition<L | R> => compare("!=", left, right);
/** `left < right`. */
export const lt = <L extends Operand, R extends Operand>(left: L, right: R): Condition<L | R> => compare("<", left, right);
/** `left <= right`. */
export const le = <L extends Operand, R extends Operand>(left: L, right: R): Condition<L | R> => compare("<=", left, right);
/** `left > right`. */
export const gt = <L extends Operand, R extends Operand>(left: L, right: R): Condition<L | R> => compare(">", left, right);
/** `left >= right`. */
export const ge = <L extends Operand, R extends Operand>(left: L, right: R): Condition<L | R> => compare(">=", left, right);

/** All of them hold. */
export function and<C extends readonly Condition<unknown>[]>(...conditions: C): Condition<OperandsOf<C[number]>> {
  return join("and", conditions);
}

/** One of them holds, or several. */
export function or<C extends readonly Condition<unknown>[]>(...conditions: C): Condition<OperandsOf<C[number]>> {
  return join("or", conditions);
}

function join<C extends readonly Condition<unknown>[]>(kind: "and" | "or", conditions: C): Condition<OperandsOf<C[number]>> {
  if (conditions.length === 0) throw new BuildError(`\`${kind}\` of nothing`);
  return Object.freeze({ kind, operands: Object.freeze([...conditions]) }) as Condition<OperandsOf<C[number]>>;
}

/** It does not hold. */
export function not<Of>(operand: Condition<Of>): Condition<Of> {
  return Object.freeze({ kind: "not", operand });
}

/** The arrival at its device of a write of `value` to `register`, or of a read of it. */
export function arrival(register: IoRegister, value?: number): Arrival {
  return Object.freeze({ kind: "arrival", register, value });
}

/** `order(arrival(b, 2), arrival(a, 1))`: the write of 2 to b arrived, and that of 1 to a arrived after it and not before. Only in a test's condition. */
export function order(first: Arrival, second: Arrival): Condition<Arrival> {
  return Object.freeze({ kind: "order", first, second });
}

/** The final states of a test and how many executions end in each. */
import type { Condition, Frame, Operand } from "./frame.js";
import type { Value } from "./value.js";

/** A part of a final state, independent of the other parts: each alternative sets some items, and stands for so many executions. */
export interface Factor {
  readonly alternatives: readonly { readonly items: readonly (readonly [item: number, value: number])[]; readonly count: number }[];
}

/** Collects final states. Values are numbered as they come. */
export interface Outcomes {
  number(value: Value): number;
  value(number: number): Value;
  /** Adds all combinations of the factors; `count` is a further multiplier. Items that no factor sets have value number 0. */
  add(factors: readonly Factor[], count: number): void;
  /** All states with their counts, in no order; a state gives the value number of each item. */
  forEach(visit: (state: readonly number[], count: number) => void): void;
  readonly size: number;
  /** Executions so far. */
  readonly total: number;
}

export function createOutcomes(items: number): Outcomes {
  return new FinalStates(items);
}

/** As a class: made for each test, and most tests add one state to it. */
class FinalStates implements Outcomes {
  readonly #items: number;
  readonly #values: Value[] = [];
  /** A state is one number in this base as long as its values have numbers below it; a string of them after that. */
  readonly #radix: number;
  readonly #powers: number[] = [];
  #packed: Map<number, number> | undefined;
  #spelled: Map<string, number> | undefined;
  total = 0;
  /** Where there are more than a few values. */
  #numbers: Map<Value, number> | undefined;

  constructor(items: number) {
    this.#items = items;
    this.#radix = items === 0 ? 2 : Math.min(4096, Math.floor(2 ** (52 / items)));
    for (let item = 0, power = 1; item < items; item++, power *= this.#radix) this.#powers.push(power);
    if (this.#radix >= 2) this.#packed = new Map();
    else this.#spelled = new Map();
  }

  get size(): number {
    return (this.#packed ?? this.#spelled)?.size ?? 0;
  }

  number(value: Value): number {
    const values = this.#values;
    const found = this.#numbers === undefined ? values.indexOf(value) : (this.#numbers.get(value) ?? -1);
    if (found >= 0) return found;
    const number = values.length;
    values.push(value);
    if (this.#numbers !== undefined) this.#numbers.set(value, number);
    else if (number >= FEW) this.#numbers = new Map(values.map((each, at) => [each, at]));
    if (number >= this.#radix && this.#packed !== undefined) this.#widen(this.#packed);
    return number;
  }

  value(number: number): Value {
    return this.#values[number] ?? 0;
  }

  add(factors: readonly Factor[], count: number): void {
    let ways = count;
    for (const factor of factors) {
      let sum = 0;
      for (const alternative of factor.alternatives) sum += alternative.count;
      ways *= sum;
    }
    if (ways === 0) return;
    this.total += ways;
    if (this.#packed !== undefined) this.#addPacked(this.#packed, factors, 0, 0, count);
    else if (this.#spelled !== undefined) {
      const state = Array.from({ length: this.#items }, () => 0);
      this.#addSpelled(this.#spelled, factors, 0, state, count);
    }
  }

  forEach(visit: (state: readonly number[], count: number) => void): void {
    for (const [key, count] of this.#packed ?? []) visit(this.#unpack(key), count);
    for (const [key, count] of this.#spelled ?? []) {
      const state = [...key].map((each) => each.charCodeAt(0));
      visit(state, count);
    }
  }

  #unpack(key: number): number[] {
    const state: number[] = [];
    let rest = key;
    for (let item = 0; item < this.#items; item++) {
      const next = Math.floor(rest / this.#radix);
      // `%` of numbers that are no small integers is slow.
      state.push(rest - next * this.#radix);
      rest = next;
    }
    return state;
  }

  #widen(packed: ReadonlyMap<number, number>): void {
    this.#spelled = new Map();
    for (const [key, count] of packed) this.#spelled.set(spell(this.#unpack(key)), count);
    this.#packed = undefined;
  }

  #addPacked(map: Map<number, number>, factors: readonly Factor[], at: number, key: number, count: number): void {
    const factor = factors[at];
    if (factor === undefined) {
      map.set(key, (map.get(key) ?? 0) + count);
      return;
    }
    for (const alternative of factor.alternatives) {
      let sum = key;
      for (const [item, value] of alternative.items) sum += (this.#powers[item] as number) * value;
      this.#addPacked(map, factors, at + 1, sum, count * alternative.count);
    }
  }

  #addSpelled(map: Map<string, number>, factors: readonly Factor[], at: number, state: number[], count: number): void {
    const factor = factors[at];
    if (factor === undefined) {
      const key = spell(state);
      map.set(key, (map.get(key) ?? 0) + count);
      return;
    }
    for (const alternative of factor.alternatives) {
      for (const [item, value] of alternative.items) state[item] = value;
      this.#addSpelled(map, factors, at + 1, state, count * alternative.count);
    }
  }
}

/** So many values are looked through one by one. */
const FEW = 8;

function spell(state: readonly number[]): string {
  return String.fromCharCode(...state);
}

/** Does the condition hold? `valueOf` gives undefined for an item that is not known yet; then so may the answer be. */
export function holds(condition: Condition, valueOf: (item: number) => Value | undefined): boolean | undefined {
  switch (condition.kind) {
    case "constant":
      return condition.value;
    case "not": {
      const operand = holds(condition.operand, valueOf);
      return operand === undefined ? undefined : !operand;
    }
    case "and": {
      const left = holds(condition.left, valueOf);
      if (left === false) return false;
      const right = holds(condition.right, valueOf);
      return right === false ? false : left === undefined ? undefined : right;
    }
    case "or": {
      const left = holds(condition.left, valueOf);
      if (left === true) return true;
      const right = holds(condition.right, valueOf);
      return right === true ? true : left === undefined ? undefined : right;
    }
    case "implies": {
      const left = holds(condition.left, valueOf);
      if (left === false) return true;
      const right = holds(condition.right, valueOf);
      return right === true ? true : left === undefined ? undefined : right;
    }
    case "compare": {
      const left = operandValue(condition.left, valueOf);
      const right = operandValue(condition.right, valueOf);
      if (left === undefined || right === undefined) return undefined;
      if (condition.bits === undefined || typeof left !== "number" || typeof right !== "number")
        return compareValues(condition.operator, left, right);
      const mask = 2 ** condition.bits - 1;
      return compareValues(condition.operator, left & mask, right & mask);
    }
  }
}

function operandValue(operand: Operand, valueOf: (item: number) => Value | undefined): Value | undefined {
  return operand.kind === "value" ? operand.value : valueOf(operand.item);
}

function compareValues(operator: string, left: Value, right: Value): boolean {
  if (operator === "=") return left === right;
  if (operator === "!=") return left !== right;
  if (typeof left !== "number" || typeof right !== "number") return false;
  switch (operator) {
    case "<":
      return left < right;
    case "<=":
      return left <= right;
    case ">":
      return left > right;
    default:
      return left >= right;
  }
}

export type { Frame };

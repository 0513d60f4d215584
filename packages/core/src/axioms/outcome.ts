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
  const values: Value[] = [];
  const numbers = new Map<Value, number>();
  // A state is one number in base `radix` as long as its values have numbers below it; a string of them after that.
  const radix = items === 0 ? 2 : Math.min(4096, Math.floor(2 ** (52 / items)));
  const powers: number[] = [];
  for (let item = 0, power = 1; item < items; item++, power *= radix) powers.push(power);
  let packed: Map<number, number> | undefined = radix >= 2 ? new Map() : undefined;
  let spelled: Map<string, number> | undefined = packed === undefined ? new Map() : undefined;
  let total = 0;

  const unpack = (key: number): number[] => {
    const state: number[] = [];
    let rest = key;
    for (let item = 0; item < items; item++) {
      const next = Math.floor(rest / radix);
      // `%` of numbers that are no small integers is slow.
      state.push(rest - next * radix);
      rest = next;
    }
    return state;
  };
  const spell = (state: readonly number[]): string => String.fromCharCode(...state);
  const widen = (): void => {
    spelled = new Map();
    for (const [key, count] of packed ?? []) spelled.set(spell(unpack(key)), count);
    packed = undefined;
  };

  const addPacked = (map: Map<number, number>, factors: readonly Factor[], at: number, key: number, count: number): void => {
    const factor = factors[at];
    if (factor === undefined) {
      map.set(key, (map.get(key) ?? 0) + count);
      return;
    }
    for (const alternative of factor.alternatives) {
      let sum = key;
      for (const [item, value] of alternative.items) sum += (powers[item] as number) * value;
      addPacked(map, factors, at + 1, sum, count * alternative.count);
    }
  };
  const addSpelled = (map: Map<string, number>, factors: readonly Factor[], at: number, state: number[], count: number): void => {
    const factor = factors[at];
    if (factor === undefined) {
      const key = spell(state);
      map.set(key, (map.get(key) ?? 0) + count);
      return;
    }
    for (const alternative of factor.alternatives) {
      for (const [item, value] of alternative.items) state[item] = value;
      addSpelled(map, factors, at + 1, state, count * alternative.count);
    }
  };

  return {
    number(value) {
      let found = numbers.get(value);
      if (found === undefined) {
        found = values.length;
        values.push(value);
        numbers.set(value, found);
        if (found >= radix && packed !== undefined) widen();
      }
      return found;
    },
    value: (number) => values[number] ?? 0,
    add(factors, count) {
      let ways = count;
      for (const factor of factors) {
        let sum = 0;
        for (const alternative of factor.alternatives) sum += alternative.count;
        ways *= sum;
      }
      if (ways === 0) return;
      total += ways;
      if (packed !== undefined) addPacked(packed, factors, 0, 0, count);
      else if (spelled !== undefined)
        addSpelled(
          spelled,
          factors,
          0,
          Array.from({ length: items }, () => 0),
          count,
        );
    },
    forEach(visit) {
      for (const [key, count] of packed ?? []) visit(unpack(key), count);
      for (const [key, count] of spelled ?? [])
        visit(
          [...key].map((each) => each.charCodeAt(0)),
          count,
        );
    },
    get size() {
      return (packed ?? spelled)?.size ?? 0;
    },
    get total() {
      return total;
    },
  };
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

/** What an execution has to end with wherever the condition holds: the `item = value` parts of a conjunction. */
export function requiredValues(condition: Condition, into: Map<number, Value> = new Map()): Map<number, Value> {
  if (condition.kind === "and") {
    requiredValues(condition.left, into);
    requiredValues(condition.right, into);
  } else if (
    condition.kind === "compare" &&
    condition.bits === undefined &&
    condition.operator === "=" &&
    condition.left.kind === "item" &&
    condition.right.kind === "value"
  ) {
    if (!into.has(condition.left.item)) into.set(condition.left.item, condition.right.value);
  }
  return into;
}

export type { Frame };

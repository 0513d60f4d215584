/** Values of an execution, and the terms that compute them from what is read. */

/** An integer of 32 bits, signed, as all integers of C are in herd7; or the address of a location, which is its name. */
export type Value = number | string;

/** A value that may depend on reads: `event` is the number of a read in its thread, or in the structure once threads are put together. */
export type Term =
  | { readonly kind: "constant"; readonly value: Value }
  | { readonly kind: "read"; readonly event: number }
  | { readonly kind: "operation"; readonly operator: string; readonly left: Term; readonly right: Term };

/** What an operation on given values gives; undefined where it means nothing (`*` of an address, a division by 0). */
export function operate(operator: string, left: Value, right: Value): Value | undefined {
  // `?+` asks whether `+` of these means nothing; `?@` whether the left side is no address, or, as `?[` does, lies outside of the arrays that the right side lists (`a[2] b[3]`).
  if (operator.startsWith("?")) {
    if (operator === "?@") return Number(typeof left === "number" || isOutside(left, right));
    if (operator === "?[") return Number(isOutside(left, right));
    return Number(operate(operator.slice(1), left, right) === undefined);
  }
  if (operator === "==") return left === right ? 1 : 0;
  if (operator === "!=") return left !== right ? 1 : 0;
  const [, sign, size] = operator.length > 1 ? (BYTES.exec(operator) ?? []) : [];
  if (sign !== undefined) return operateBytes(sign, Number(size), left, right);
  if (typeof left === "number" && typeof right === "number") return operateIntegers(operator, left, right);
  return operateAddress(operator, left, right);
}

function isOutside(address: Value, arrays: Value): boolean {
  const [, name, index] = /^(\w+)\[(-?\d+)\]$/.exec(String(address)) ?? [];
  if (name === undefined) return false;
  const length = String(arrays)
    .split(" ")
    .find((each) => each.startsWith(`${name}[`))
    ?.slice(name.length + 1, -1);
  return !(Number(index) >= 0 && Number(index) < Number(length ?? 0));
}

const BYTES = /^([+-])(\d+)$/;

/** `+4` and `-4`: what is added to an address counts bytes, as in herd7, and elements have 4 of them. */
function operateBytes(sign: string, size: number, left: Value, right: Value): Value | undefined {
  if (typeof left === "number" && typeof right === "number") return operateIntegers(sign, left, right);
  if (typeof left === "number" && sign === "+") return operateBytes(sign, size, right, left);
  if (typeof left === "string" && typeof right === "number" && right % size === 0)
    return indexed(left, (sign === "+" ? right : -right) / size);
  return operateAddress(sign, left, right);
}

function operateAddress(operator: string, left: Value, right: Value): Value | undefined {
  if (right === 0 && (operator === "+" || operator === "-" || operator === "|" || operator === "^")) return left;
  if (left === 0 && (operator === "+" || operator === "|" || operator === "^")) return right;
  if (left === right && (operator === "-" || operator === "^")) return 0;
  if (operator === "&" && (left === 0 || right === 0)) return 0;
  if (operator === "[]" && typeof left === "string" && typeof right === "number") return indexed(left, right);
  if (operator === "&&" || operator === "||") return operateIntegers(operator, left === 0 ? 0 : 1, right === 0 ? 0 : 1);
  return undefined;
}

/** `x[1]` from `x` and 1: element 0 of an array is written as the array itself. */
export function indexed(base: string, offset: number): string {
  const { name, index } = elementOf(base);
  const at = index + offset;
  return at === 0 ? name : `${name}[${at}]`;
}

/** The array and the index of an address; what is no element is element 0 of itself. */
export function elementOf(address: string): { readonly name: string; readonly index: number } {
  const [, name = address, index = "0"] = /^(.*)\[(-?\d+)\]$/.exec(address) ?? [];
  return { name, index: Number(index) };
}

function operateIntegers(operator: string, left: number, right: number): number | undefined {
  switch (operator) {
    case "+":
      return (left + right) | 0;
    case "-":
      return (left - right) | 0;
    case "*":
      return Math.imul(left, right);
    case "/":
      return right === 0 ? undefined : (left / right) | 0;
    case "%":
      return right === 0 ? undefined : (left % right) | 0;
    case "<":
      return left < right ? 1 : 0;
    case "<=":
      return left <= right ? 1 : 0;
    case ">":
      return left > right ? 1 : 0;
    case ">=":
      return left >= right ? 1 : 0;
    case "&&":
      return left !== 0 && right !== 0 ? 1 : 0;
    case "||":
      return left !== 0 || right !== 0 ? 1 : 0;
    case "<<":
      return right < 0 || right > 31 ? undefined : left << right;
    case ">>":
      return right < 0 || right > 31 ? undefined : left >> right;
    case "&":
      return left & right;
    case "|":
      return left | right;
    case "^":
      return left ^ right;
    case "&~":
      return left & ~right;
    default:
      return undefined;
  }
}

/** An integer as written: 0xffffffff is -1. */
export function asWord(value: number): number {
  return value | 0;
}

export function constant(value: Value): Term {
  return { kind: "constant", value };
}

/** An operation as a term, computed at once where both sides are known. Undefined where it means nothing. */
export function operation(operator: string, left: Term, right: Term): Term | undefined {
  if (left.kind === "constant" && right.kind === "constant") {
    const value = operate(operator, left.value, right.value);
    return value === undefined ? undefined : constant(value);
  }
  return { kind: "operation", operator, left, right };
}

/** The reads that a term mentions. */
export function readsOf(term: Term, into: number[] = []): number[] {
  if (term.kind === "read") into.push(term.event);
  else if (term.kind === "operation") {
    readsOf(term.left, into);
    readsOf(term.right, into);
  }
  return into;
}

/** The term with its reads renumbered. */
export function renumber(term: Term, number: (event: number) => number): Term {
  switch (term.kind) {
    case "constant":
      return term;
    case "read":
      return { kind: "read", event: number(term.event) };
    case "operation":
      return { ...term, left: renumber(term.left, number), right: renumber(term.right, number) };
  }
}

/** The term with its reads numbered higher by so much. */
export function shift(term: Term, by: number): Term {
  switch (term.kind) {
    case "constant":
      return term;
    case "read":
      return { kind: "read", event: term.event + by };
    case "operation":
      return { kind: "operation", operator: term.operator, left: shift(term.left, by), right: shift(term.right, by) };
  }
}

/** What a term comes to by what is known of some reads; undefined where that is not enough, or means nothing. */
export function evaluateKnown(term: Term, known: ReadonlyMap<number, Value>): Value | undefined {
  switch (term.kind) {
    case "constant":
      return term.value;
    case "read":
      return known.get(term.event);
    case "operation": {
      const left = evaluateKnown(term.left, known);
      const right = left === undefined ? undefined : evaluateKnown(term.right, known);
      return left === undefined || right === undefined ? undefined : operate(term.operator, left, right);
    }
  }
}

/** A type without `volatile` and the like. */
export function unqualified(type: string): string {
  return type.replace(/\b(_Atomic|volatile|const)\b/g, "").trim();
}

/** Bytes of a type: all types but the small ones are taken to have 4. */
export function sizeOf(type: string | undefined): number {
  const bits = type?.includes("*") === true ? undefined : smallBits(type)?.bits;
  return (bits ?? 32) / 8;
}

/** The bits of a type of less than 32, as declared; undefined for all others, which are taken to have 32. */
export function smallBits(type: string | undefined): { readonly bits: number; readonly signed: boolean } | undefined {
  if (type === undefined) return undefined;
  const base = unqualified(type);
  if (base === "char") return { bits: 8, signed: true };
  if (base === "short") return { bits: 16, signed: true };
  const [, sign, size] = /^(u?)(?:int)?(8|16)(?:_t)?$/.exec(base.replace(/^s(8|16)$/, "$1")) ?? [];
  return size === undefined ? undefined : { bits: Number(size), signed: sign !== "u" };
}

/** The operators of a model on sets as sets, and what a condition compares. The rules are those of herd7's interpreter. */
import { asRelation, asSet, type Concrete, elementsOf, fresh, type Ground, keyOf, MOST_ELEMENTS, valuesOf } from "./concrete.js";
import * as bits from "./relation.js";
import type { Expression, Place } from "./syntax.js";
import { CatError } from "./value.js";

export function unary(ground: Ground, operator: (Expression & { kind: "unary" })["operator"], value: Concrete, place: Place): Concrete {
  const { n } = ground;
  switch (operator) {
    case "plus":
    case "star":
    case "optional": {
      if (value.kind === "universe" || (operator === "plus" && value.kind === "nothing")) return value;
      const relation = asRelation(ground, value, place);
      return fresh(ground, (into) => {
        if (operator === "optional") bits.copyInto(into, relation);
        else bits.closureInto(into, relation, n);
        if (operator !== "plus") {
          ground.asksForAll?.();
          bits.addIdentity(into, n);
        }
      });
    }
    case "inverse":
      if (value.kind === "universe" || value.kind === "nothing") return value;
      if (value.kind === "pair") return { kind: "pair", from: value.to, to: value.from };
      return fresh(ground, (into) => bits.inverseInto(into, asRelation(ground, value, place), n));
    case "identity":
      if (value.kind === "nothing") return value;
      return fresh(ground, (into) => bits.identityOnInto(into, asSet(ground, value, place), n));
    case "complement": {
      if (value.kind === "nothing") return { kind: "universe" };
      if (value.kind === "universe") return { kind: "nothing" };
      ground.asksForAll?.();
      if (value.kind === "relation") return fresh(ground, (into) => bits.complementInto(into, value.bits, n));
      const set = bits.emptySet(n);
      bits.complementSetInto(set, asSet(ground, value, place), n);
      return { kind: "set", bits: set };
    }
  }
}

export function binary(ground: Ground, expression: Expression & { kind: "binary" }, values: readonly Concrete[]): Concrete {
  const place = expression.place;
  const left = values[0] as Concrete;
  const right = values[1] as Concrete;
  const { n } = ground;
  switch (expression.operator) {
    case "union": {
      if (values.some(({ kind }) => kind === "universe")) return { kind: "universe" };
      return values
        .filter(({ kind }) => kind !== "nothing")
        .reduce<Concrete>((sum, value) => (sum.kind === "nothing" ? value : together(ground, sum, value, place)), { kind: "nothing" });
    }
    case "sequence": {
      const parts = values.filter(({ kind }) => kind !== "universe").map((value) => asRelation(ground, value, place));
      if (parts.length === 0) return { kind: "universe" };
      return parts
        .slice(1)
        .reduce<Concrete & { kind: "set" | "relation" }>((sum, part) => ({ kind: "relation", bits: composed(ground, sum.bits, part) }), {
          kind: "relation",
          bits: parts[0] as Int32Array,
        });
    }
    case "intersection":
      if (left.kind === "universe") return right;
      if (right.kind === "universe") return left;
      if (left.kind === "nothing" || right.kind === "nothing") return { kind: "nothing" };
      return bitwise(ground, left, right, place, bits.interInto, (a, b) => a.filter((key) => b.has(key)));
    case "difference":
      if (right.kind === "universe" || left.kind === "nothing") return { kind: "nothing" };
      if (right.kind === "nothing") return left;
      if (left.kind === "universe") return unary(ground, "complement", right, place);
      return bitwise(ground, left, right, place, bits.diffInto, (a, b) => a.filter((key) => !b.has(key)));
    case "cross":
      return fresh(ground, (into) => bits.crossInto(into, asSet(ground, left, place), asSet(ground, right, place), n));
    case "add":
      return added(ground, left, right, place);
  }
}

function composed(ground: Ground, a: Int32Array, b: Int32Array): Int32Array {
  const into = bits.emptyRelation(ground.n);
  bits.composeInto(into, a, b, ground.n);
  return into;
}

function together(ground: Ground, left: Concrete, right: Concrete, place: Place): Concrete {
  const setOf = (value: Concrete): Concrete => (value.kind === "tag" ? { kind: "values", elements: [value] } : value);
  const a = setOf(left);
  const b = setOf(right);
  if (a.kind === "values" && b.kind === "values") return valuesOf([...a.elements, ...b.elements]);
  return bitwise(ground, a, b, place, bits.unionInto, (keys) => keys);
}

function bitwise(
  ground: Ground,
  left: Concrete,
  right: Concrete,
  place: Place,
  onBits: (into: Int32Array, a: Int32Array, b: Int32Array) => void,
  onKeys: (a: readonly string[], b: ReadonlySet<string>) => readonly string[],
): Concrete {
  if (left.kind === "values" && right.kind === "values") {
    const keys = new Set(onKeys(left.elements.map(keyOf), new Set(right.elements.map(keyOf))));
    return { kind: "values", elements: left.elements.filter((element) => keys.has(keyOf(element))) };
  }
  if (left.kind === "set" || left.kind === "event") {
    const into = bits.emptySet(ground.n);
    onBits(into, asSet(ground, left, place), asSet(ground, right, place));
    return { kind: "set", bits: into };
  }
  return fresh(ground, (into) => onBits(into, asRelation(ground, left, place), asRelation(ground, right, place)));
}

function added(ground: Ground, left: Concrete, right: Concrete, place: Place): Concrete {
  if (right.kind === "universe") return right;
  if (left.kind === "event" && (right.kind === "nothing" || right.kind === "set")) {
    const set = right.kind === "set" ? right.bits.slice() : bits.emptySet(ground.n);
    bits.addEvent(set, left.event);
    return { kind: "set", bits: set };
  }
  const pair =
    left.kind === "pair"
      ? left
      : left.kind === "tuple" && left.elements.length === 2 && left.elements[0]?.kind === "event" && left.elements[1]?.kind === "event"
        ? { from: left.elements[0].event, to: left.elements[1].event }
        : undefined;
  if (pair !== undefined && (right.kind === "relation" || (right.kind === "nothing" && left.kind === "pair"))) {
    const relation = right.kind === "relation" ? right.bits.slice() : bits.emptyRelation(ground.n);
    bits.addEdge(relation, bits.wordsFor(ground.n), pair.from, pair.to);
    return { kind: "relation", bits: relation };
  }
  if (right.kind === "nothing") return { kind: "values", elements: [left] };
  if (right.kind !== "values") throw new CatError(place, "`++` adds an element to a set of such elements");
  if (right.elements.length >= MOST_ELEMENTS) throw new RangeError(`more than ${MOST_ELEMENTS} elements`);
  const key = keyOf(left);
  return right.elements.some((element) => keyOf(element) === key) ? right : { kind: "values", elements: [left, ...right.elements] };
}

export function compare(ground: Ground, kind: "equal" | "subset" | "in", left: Concrete, right: Concrete, place: Place): boolean {
  if (kind === "equal") return keyOf(left) === keyOf(right);
  if (kind === "in") {
    if (left.kind === "event") return bits.hasEvent(asSet(ground, right, place), left.event);
    if (left.kind === "pair") return bits.hasEdge(asRelation(ground, right, place), bits.wordsFor(ground.n), left.from, left.to);
    return right.kind === "values" && right.elements.some((element) => keyOf(element) === keyOf(left));
  }
  if (left.kind === "nothing" || right.kind === "universe") return true;
  if (left.kind === "values" || right.kind === "values") {
    const more = new Set((elementsOf(ground, right) ?? []).map(keyOf));
    return (elementsOf(ground, left) ?? []).every((element) => more.has(keyOf(element)));
  }
  if (left.kind === "set" || left.kind === "event") return bits.isSubset(asSet(ground, left, place), asSet(ground, right, place));
  return bits.isSubset(asRelation(ground, left, place), asRelation(ground, right, place));
}

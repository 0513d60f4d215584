/** The built-in functions on sets as sets: partitions, linearisations, choices of one of each. */
import { asRelation, asSet, type Concrete, elementsOf, type Ground, MOST_ELEMENTS, valuesOf } from "./concrete.js";
import { unary } from "./concrete-operators.js";
import * as bits from "./relation.js";
import type { Place } from "./syntax.js";
import { CatError } from "./value.js";

/** The events of a set, location by location. */
export function partition(ground: Ground, set: Int32Array): Concrete & { kind: "values" } {
  const { loc } = ground;
  const words = bits.wordsFor(ground.n);
  const rest = set.slice();
  const classes: Concrete[] = [];
  for (const e of bits.eventsOf(set)) {
    if (!bits.hasEvent(rest, e) || !bits.hasEdge(loc, words, e, e)) continue;
    const row = loc.slice(e * words, (e + 1) * words);
    bits.interInto(row, row, set);
    bits.diffInto(rest, rest, row);
    classes.push({ kind: "set", bits: row });
  }
  return { kind: "values", elements: classes };
}

/** The total orders on a set that extend a relation, transitive, by events outside of the set too; none where that has a cycle on it. */
export function linearisations(ground: Ground, set: Int32Array, extended: Int32Array): Concrete {
  const events = bits.eventsOf(set);
  const words = bits.wordsFor(ground.n);
  const before = bits.emptyRelation(ground.n);
  bits.closureInto(before, extended, ground.n);
  const found: Concrete[] = [];
  const order: number[] = [];
  const left = new Set(events);
  const place = (): void => {
    if (left.size === 0) {
      const relation = bits.emptyRelation(ground.n);
      for (const [index, from] of order.entries()) for (const to of order.slice(index + 1)) bits.addEdge(relation, words, from, to);
      found.push({ kind: "relation", bits: relation });
      if (found.length > MOST_ELEMENTS) throw new RangeError(`more than ${MOST_ELEMENTS} orders`);
      return;
    }
    for (const event of events) {
      if (!left.has(event)) continue;
      let first = true;
      for (const other of left) if (bits.hasEdge(before, words, other, event)) first = false;
      if (!first) continue;
      left.delete(event);
      order.push(event);
      place();
      order.pop();
      left.add(event);
    }
  };
  place();
  return { kind: "values", elements: found };
}

/** Every union of one relation of each set. */
export function oneOfEach(ground: Ground, sets: readonly Concrete[]): Concrete {
  let sums: Int32Array[] = [bits.emptyRelation(ground.n)];
  for (const set of sets) {
    const elements = set.kind === "values" ? set.elements : [];
    const next: Int32Array[] = [];
    for (const sum of sums) {
      for (const element of elements) {
        if (element.kind !== "relation") continue;
        const both = sum.slice();
        bits.unionInto(both, sum, element.bits);
        next.push(both);
      }
    }
    sums = next;
    if (sums.length > MOST_ELEMENTS) throw new RangeError(`more than ${MOST_ELEMENTS} orders`);
  }
  return valuesOf(sums.map((relation) => ({ kind: "relation", bits: relation })));
}

export function primitive(ground: Ground, name: string, argument: Concrete, place: Place): Concrete {
  const { n } = ground;
  switch (name) {
    case "domain":
    case "range": {
      if (argument.kind === "nothing" || argument.kind === "universe") return argument;
      const into = bits.emptySet(n);
      const relation = asRelation(ground, argument, place);
      if (name === "domain") bits.domainInto(into, relation, n);
      else bits.rangeInto(into, relation, n);
      return { kind: "set", bits: into };
    }
    case "as_transitive":
      return unary(ground, "plus", argument, place);
    case "classes-loc":
      return partition(ground, asSet(ground, argument, place));
    case "classes": {
      const closed = bits.emptyRelation(n);
      const relation = asRelation(ground, argument, place);
      bits.inverseInto(closed, relation, n);
      bits.unionInto(closed, closed, relation);
      bits.closureInto(closed, closed, n);
      const words = bits.wordsFor(n);
      const classes: Concrete[] = [];
      for (let e = 0; e < n; e++) {
        const row = closed.slice(e * words, (e + 1) * words);
        if (!bits.isEmpty(row)) classes.push({ kind: "set", bits: row });
      }
      return valuesOf(classes);
    }
    case "linearisations": {
      if (argument.kind !== "tuple" || argument.elements.length !== 2)
        throw new CatError(place, "linearisations takes a set and a relation");
      const [set, before] = argument.elements as [Concrete, Concrete];
      return linearisations(ground, asSet(ground, set, place), asRelation(ground, before, place));
    }
    case "all-orders":
    case "orders-by-location": {
      if (argument.kind !== "tuple" || argument.elements.length !== 2) throw new CatError(place, "a pair is needed here");
      const [first, second] = argument.elements as [Concrete, Concrete];
      const before = asRelation(ground, name === "all-orders" ? second : first, place);
      const sets = name === "all-orders" ? partition(ground, asSet(ground, first, place)).elements : (elementsOf(ground, second) ?? []);
      const choices = sets.map((set) => linearisations(ground, asSet(ground, set, place), before));
      return name === "all-orders" ? oneOfEach(ground, choices) : valuesOf(choices);
    }
    case "one-of-each":
      return oneOfEach(ground, elementsOf(ground, argument) ?? []);
    default:
      throw new CatError(place, `\`${name}\` is not supported inside a match on a set`);
  }
}

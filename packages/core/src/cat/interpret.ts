/**
 * Expressions evaluated on the events of a structure, with sets as sets: what is left where a model matches on the elements of a set, builds sets of relations, or linearises. Slow and general;
 * the graph does all the rest. The rules are those of herd7's interpreter.
 */
import type { NodeId } from "./graph.js";
import * as bits from "./relation.js";
import { type Condition, type Expression, isComparison, type Pattern, type Place } from "./syntax.js";
import { CatError, type Dynamic, type Environment, type Value } from "./value.js";

export type Concrete =
  | { readonly kind: "set" | "relation"; readonly bits: Int32Array }
  | { readonly kind: "event"; readonly event: number }
  | { readonly kind: "pair"; readonly from: number; readonly to: number }
  /** A set of anything else; no element twice. */
  | { readonly kind: "values"; readonly elements: readonly Concrete[] }
  | { readonly kind: "tuple"; readonly elements: readonly Concrete[] }
  | { readonly kind: "nothing" }
  | { readonly kind: "universe" }
  | { readonly kind: "tag"; readonly name: string }
  | { readonly kind: "function"; readonly parameters: Pattern; readonly body: Expression; scope: Scope }
  | { readonly kind: "primitive"; readonly name: string };

/** Where names are found: the interpreter's own, then those of the compiled model. */
export class Scope {
  readonly names = new Map<string, Concrete>();

  constructor(
    readonly outer: Scope | undefined,
    readonly root: Environment,
  ) {}
}

/** The events that an interpretation speaks of. */
export interface Ground {
  readonly n: number;
  readonly loc: Int32Array;
  /** The bits of a node of the graph. */
  read(node: NodeId): { readonly kind: "set" | "relation"; readonly bits: Int32Array };
  /** Enumeration -> its tags. */
  readonly enumerations: ReadonlyMap<string, readonly string[]>;
  readonly variant: (condition: Condition) => boolean | undefined;
  /** Told wherever something is made of all events (a complement, an identity): where that never happens, and nothing that is read has an event in it, the result is the same for any number of events. */
  readonly asksForAll?: () => void;
}

/** More elements than this in one set of sets: the choice is refused. */
const MOST = 200_000;

export function interpretDynamic(ground: Ground, dynamic: Dynamic): Concrete {
  return interpret(ground, new Scope(undefined, dynamic.environment), dynamic.expression);
}

/** The relations among which a `with` chooses. */
export function choicesOf(ground: Ground, from: Dynamic | (Value & { kind: "orders" }), place: Place): readonly Int32Array[] {
  const value = from.kind === "orders" ? concrete(ground, from) : interpretDynamic(ground, from);
  if (value.kind === "nothing") return [];
  if (value.kind !== "values") throw new CatError(place, "`with` chooses from a set of relations, and this is none");
  return value.elements.map((element) => asRelation(ground, element, place));
}

function lookUp(ground: Ground, scope: Scope, name: string, place: Place): Concrete {
  let root = scope.root;
  for (let at: Scope | undefined = scope; at !== undefined; at = at.outer) {
    const value = at.names.get(name);
    if (value !== undefined) return value;
    root = at.root;
  }
  const thunk = root.find(name);
  if (thunk === undefined) throw new CatError(place, `nothing defines \`${name}\``);
  return concrete(ground, thunk.value);
}

/** A compiled value on these events. */
function concrete(ground: Ground, value: Value): Concrete {
  switch (value.kind) {
    case "graph":
      return ground.read(value.node);
    case "nothing":
    case "universe":
      return value;
    case "tag":
      return { kind: "tag", name: value.name };
    case "tags":
      return { kind: "values", elements: value.names.map((name) => ({ kind: "tag", name })) };
    case "tuple":
      return { kind: "tuple", elements: value.elements.map((element) => concrete(ground, element)) };
    case "closure":
      return { kind: "function", parameters: value.parameters, body: value.body, scope: new Scope(undefined, value.environment) };
    case "primitive":
      return value;
    case "partition":
      return partition(ground, ground.read(value.set).bits);
    case "order-choices":
    case "orders": {
      const before = ground.read(value.before).bits;
      const sets = partition(ground, ground.read(value.set).bits);
      const choices = sets.elements.map((set) => linearisations(ground, set.kind === "set" ? set.bits : bits.emptySet(ground.n), before));
      if (value.kind === "order-choices") return valuesOf(choices);
      return oneOfEach(ground, choices);
    }
    case "dynamic":
      return interpretDynamic(ground, value);
    case "procedure":
      throw new Error("a procedure is no value of an expression");
  }
}

/** Every union of one relation of each set. */
function oneOfEach(ground: Ground, sets: readonly Concrete[]): Concrete {
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
    if (sums.length > MOST) throw new RangeError(`more than ${MOST} orders`);
  }
  return valuesOf(sums.map((relation) => ({ kind: "relation", bits: relation })));
}

export function interpret(ground: Ground, scope: Scope, expression: Expression): Concrete {
  const inner = (of: Expression): Concrete => interpret(ground, scope, of);
  switch (expression.kind) {
    case "name":
      return lookUp(ground, scope, expression.name, expression.place);
    case "empty":
      return { kind: "relation", bits: bits.emptyRelation(ground.n) };
    case "universe":
      return { kind: "universe" };
    case "tag":
      return { kind: "tag", name: expression.name };
    case "set":
      return explicitSet(ground, expression.elements.map(inner));
    case "tuple":
      return { kind: "tuple", elements: expression.elements.map(inner) };
    case "unary":
      return unary(ground, expression.operator, inner(expression.of), expression.of.place);
    case "binary":
      return binary(ground, expression, expression.operands.map(inner));
    case "apply":
      return apply(ground, inner(expression.function), inner(expression.argument), expression.place);
    case "function":
      return { kind: "function", parameters: expression.parameters, body: expression.body, scope };
    case "let": {
      const next = new Scope(scope, scope.root);
      for (const { pattern, value, place } of expression.bindings) {
        if (!expression.recursive || value.kind === "function") {
          const bound = interpret(ground, expression.recursive ? next : scope, value);
          bindPattern(next, pattern, bound, place);
        }
      }
      if (expression.recursive && expression.bindings.some(({ value }) => value.kind !== "function")) fixpoint(ground, next, expression);
      return interpret(ground, next, expression.body);
    }
    case "match-tag": {
      const value = inner(expression.of);
      if (value.kind !== "tag") throw new CatError(expression.of.place, "a tag is needed here");
      const body = expression.clauses.find(({ tag }) => tag === value.name)?.body ?? expression.otherwise;
      if (body === undefined) throw new CatError(expression.place, `no clause of this match is for \`'${value.name}\``);
      return inner(body);
    }
    case "match-set":
      return matchSet(ground, scope, expression, inner(expression.of));
    case "try":
      try {
        return inner(expression.first);
      } catch (error) {
        if (!(error instanceof CatError)) throw error;
        return inner(expression.second);
      }
    case "if": {
      const { condition } = expression;
      const variant = ground.variant(condition);
      const yes =
        variant ??
        (isComparison(condition)
          ? compare(ground, condition.kind, inner(condition.left), inner(condition.right), expression.place)
          : false);
      return inner(yes ? expression.yes : expression.no);
    }
  }
}

function fixpoint(ground: Ground, scope: Scope, expression: Expression & { kind: "let" }): void {
  const bindings = expression.bindings.filter(({ value }) => value.kind !== "function");
  for (const { pattern } of bindings)
    if (pattern.kind === "one" && pattern.name !== undefined) scope.names.set(pattern.name, { kind: "nothing" });
  let old: Concrete[] = bindings.map(() => ({ kind: "nothing" }));
  for (;;) {
    const now: Concrete[] = [];
    for (const { pattern, value, place } of bindings) {
      const found = interpret(ground, scope, value);
      bindPattern(scope, pattern, found, place);
      now.push(found);
    }
    if (now.every((value, index) => compare(ground, "subset", value, old[index] as Concrete, expression.place))) return;
    old = now;
  }
}

function bindPattern(scope: Scope, pattern: Pattern, value: Concrete, place: Place): void {
  if (pattern.kind === "one") {
    if (pattern.name !== undefined) scope.names.set(pattern.name, value);
    return;
  }
  const elements = value.kind === "tuple" ? value.elements : value.kind === "pair" ? [event(value.from), event(value.to)] : [value];
  if (elements.length !== pattern.names.length)
    throw new CatError(place, `${pattern.names.length} values are needed here, and there are ${elements.length}`);
  for (const [index, name] of pattern.names.entries()) if (name !== undefined) scope.names.set(name, elements[index] as Concrete);
}

function event(number: number): Concrete {
  return { kind: "event", event: number };
}

function apply(ground: Ground, of: Concrete, argument: Concrete, place: Place): Concrete {
  if (of.kind === "primitive") return primitive(ground, of.name, argument, place);
  if (of.kind !== "function") throw new CatError(place, "a function is needed here");
  const scope = new Scope(of.scope, of.scope.root);
  bindPattern(scope, of.parameters, argument, place);
  return interpret(ground, scope, of.body);
}

function matchSet(ground: Ground, scope: Scope, expression: Expression & { kind: "match-set" }, value: Concrete): Concrete {
  const elements = elementsOf(ground, value);
  if (elements === undefined) throw new CatError(expression.of.place, "a set is needed here");
  if (elements.length === 0) return interpret(ground, scope, expression.empty);
  const { split, before, element, rest, body } = expression.some;
  const at = split ? elements.length >> 1 : 0;
  const next = new Scope(scope, scope.root);
  if (element !== undefined) next.names.set(element, elements[at] as Concrete);
  if (before !== undefined) next.names.set(before, rebuilt(ground, value, elements.slice(0, at)));
  if (rest !== undefined) next.names.set(rest, rebuilt(ground, value, elements.slice(at + 1)));
  return interpret(ground, next, body);
}

function elementsOf(ground: Ground, value: Concrete): readonly Concrete[] | undefined {
  switch (value.kind) {
    case "nothing":
      return [];
    case "set":
      return bits.eventsOf(value.bits).map(event);
    case "relation":
      return bits.pairsOf(value.bits, ground.n).map(([from, to]) => ({ kind: "pair", from, to }));
    case "values":
      return value.elements;
    default:
      return undefined;
  }
}

function rebuilt(ground: Ground, like: Concrete, elements: readonly Concrete[]): Concrete {
  if (like.kind === "set")
    return {
      kind: "set",
      bits: bits.setOf(
        ground.n,
        elements.map((element) => (element.kind === "event" ? element.event : 0)),
      ),
    };
  if (like.kind === "relation") {
    return {
      kind: "relation",
      bits: bits.relationOf(
        ground.n,
        elements.map((element) => (element.kind === "pair" ? [element.from, element.to] : [0, 0])),
      ),
    };
  }
  return { kind: "values", elements };
}

function explicitSet(ground: Ground, elements: readonly Concrete[]): Concrete {
  if (elements.length === 0) return { kind: "nothing" };
  if (elements.every((element) => element.kind === "event"))
    return rebuilt(ground, { kind: "set", bits: bits.emptySet(ground.n) }, elements);
  if (elements.every((element) => element.kind === "pair"))
    return rebuilt(ground, { kind: "relation", bits: bits.emptyRelation(ground.n) }, elements);
  return valuesOf(elements);
}

/** A key by which equal values are told. */
function keyOf(value: Concrete): string {
  switch (value.kind) {
    case "set":
    case "relation":
      return bits.isEmpty(value.bits) ? "{}" : `${value.kind}:${value.bits.join(",")}`;
    case "nothing":
      return "{}";
    case "event":
      return `e${value.event}`;
    case "pair":
      return `p${value.from},${value.to}`;
    case "tag":
      return `'${value.name}`;
    case "tuple":
      return `(${value.elements.map(keyOf).join(";")})`;
    case "values":
      return value.elements.length === 0 ? "{}" : `{${value.elements.map(keyOf).sort().join(";")}}`;
    default:
      return value.kind;
  }
}

function valuesOf(elements: readonly Concrete[]): Concrete {
  const known = new Map<string, Concrete>();
  for (const element of elements) {
    const key = keyOf(element);
    if (!known.has(key)) known.set(key, element);
  }
  return { kind: "values", elements: [...known.values()] };
}

function asRelation(ground: Ground, value: Concrete, place: Place): Int32Array {
  if (value.kind === "relation") return value.bits;
  if (value.kind === "nothing") return bits.emptyRelation(ground.n);
  if (value.kind === "pair") return bits.relationOf(ground.n, [[value.from, value.to]]);
  if (value.kind === "universe") return fullRelation(ground);
  throw new CatError(place, "a relation is needed here");
}

function asSet(ground: Ground, value: Concrete, place: Place): Int32Array {
  if (value.kind === "set") return value.bits;
  if (value.kind === "nothing") return bits.emptySet(ground.n);
  if (value.kind === "event") return bits.setOf(ground.n, [value.event]);
  if (value.kind === "universe") return fullSet(ground);
  throw new CatError(place, "a set of events is needed here");
}

function fullRelation(ground: Ground): Int32Array {
  ground.asksForAll?.();
  const all = bits.emptyRelation(ground.n);
  bits.fullInto(all, ground.n);
  return all;
}

function fullSet(ground: Ground): Int32Array {
  ground.asksForAll?.();
  const all = bits.emptySet(ground.n);
  bits.fullSetInto(all, ground.n);
  return all;
}

function fresh(ground: Ground, fill: (into: Int32Array) => void): Concrete {
  const into = bits.emptyRelation(ground.n);
  fill(into);
  return { kind: "relation", bits: into };
}

function unary(ground: Ground, operator: (Expression & { kind: "unary" })["operator"], value: Concrete, place: Place): Concrete {
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

function binary(ground: Ground, expression: Expression & { kind: "binary" }, values: readonly Concrete[]): Concrete {
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
  if (right.elements.length >= MOST) throw new RangeError(`more than ${MOST} elements`);
  const key = keyOf(left);
  return right.elements.some((element) => keyOf(element) === key) ? right : { kind: "values", elements: [left, ...right.elements] };
}

function compare(ground: Ground, kind: "equal" | "subset" | "in", left: Concrete, right: Concrete, place: Place): boolean {
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

/** The events of a set, location by location. */
function partition(ground: Ground, set: Int32Array): Concrete & { kind: "values" } {
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
function linearisations(ground: Ground, set: Int32Array, extended: Int32Array): Concrete {
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
      if (found.length > MOST) throw new RangeError(`more than ${MOST} orders`);
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

function primitive(ground: Ground, name: string, argument: Concrete, place: Place): Concrete {
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

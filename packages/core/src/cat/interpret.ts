/**
 * Expressions evaluated on the events of a structure, with sets as sets: what is left where a model matches on the elements of a set, builds sets of relations, or linearises. Slow and general;
 * the graph does all the rest. The rules are those of herd7's interpreter.
 */
import { asRelation, type Concrete, elementsOf, event, explicitSet, type Ground, rebuilt, Scope, valuesOf } from "./concrete.js";
import { binary, compare, unary } from "./concrete-operators.js";
import { linearisations, oneOfEach, partition, primitive } from "./concrete-primitives.js";
import * as bits from "./relation.js";
import { type Expression, isComparison, type Pattern, type Place } from "./syntax.js";
import { CatError, type Dynamic, type Value } from "./value.js";

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

function interpret(ground: Ground, scope: Scope, expression: Expression): Concrete {
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

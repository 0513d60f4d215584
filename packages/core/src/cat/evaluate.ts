/** Expressions of a model -> values: symbolic evaluation, by which functions, tuples, tags and conditions disappear. The rules are those of herd7's interpreter (lib/interpreter.ml of herdtools7). */

import { didYouMean } from "../nearest.js";
import { type Context, graphOf, holdsVariant, mismatch, tagSet } from "./context.js";
import { binary, unary } from "./evaluate-operators.js";
import { primitive } from "./evaluate-primitives.js";
import { fingerprint, KNOWN_FUNCTIONS } from "./fingerprint.js";
import type { NodeId, NodeKind } from "./graph.js";
import { type Binding, type Condition, type Expression, isComparison, type Pattern, type Place } from "./syntax.js";
import { CatError, type Closure, Environment, NeedsExecution, NOTHING, Thunk, UNIVERSE, type Value } from "./value.js";

/** How deep functions may call each other: recursion that never ends is a mistake of the model, not a crash. */
const DEEPEST_CALL = 500;
let depth = 0;

export function evaluate(context: Context, environment: Environment, expression: Expression): Value {
  switch (expression.kind) {
    case "name":
      return lookUp(environment, expression.name, expression.place).value;
    case "empty":
      return { kind: "graph", node: context.graph.empty("relation") };
    case "universe":
      return UNIVERSE;
    case "tag": {
      const enumeration = context.tags.get(expression.name);
      if (enumeration === undefined) {
        throw new CatError(
          expression.place,
          `the tag \`'${expression.name}\` is not declared`,
          didYouMean(
            `'${expression.name}`,
            [...context.tags.keys()].map((tag) => `'${tag}`),
          ),
        );
      }
      return { kind: "tag", enumeration, name: expression.name };
    }
    case "set":
      return explicitSet(context, environment, expression.elements);
    case "tuple":
      return { kind: "tuple", elements: expression.elements.map((element) => evaluate(context, environment, element)) };
    case "unary":
      return unary(context, expression.operator, evaluate(context, environment, expression.of), expression.of.place);
    case "binary":
      return binary(
        context,
        expression,
        expression.operands.map((operand) => evaluate(context, environment, operand)),
      );
    case "apply":
      return apply(
        context,
        evaluate(context, environment, expression.function),
        evaluate(context, environment, expression.argument),
        expression.place,
      );
    case "function":
      return { kind: "closure", name: undefined, parameters: expression.parameters, body: expression.body, environment };
    case "let": {
      const inner = expression.recursive
        ? bindRecursively(context, environment, expression.bindings)
        : bindAll(context, environment, expression.bindings);
      return evaluate(context, inner, expression.body);
    }
    case "match-tag": {
      const value = evaluate(context, environment, expression.of);
      if (value.kind !== "tag") throw mismatch(context, value, "a tag", expression.of.place);
      const clause = expression.clauses.find(({ tag }) => tag === value.name);
      const body = clause?.body ?? expression.otherwise;
      if (body === undefined) throw new CatError(expression.place, `no clause of this match is for \`'${value.name}\``);
      return evaluate(context, environment, body);
    }
    case "match-set": {
      const value = evaluate(context, environment, expression.of);
      if (value.kind === "nothing" || (value.kind === "graph" && context.graph.isEmpty(value.node)))
        return evaluate(context, environment, expression.empty);
      if (value.kind === "tags") return matchTags(context, environment, expression, value);
      if (
        value.kind === "graph" ||
        value.kind === "partition" ||
        value.kind === "order-choices" ||
        value.kind === "orders" ||
        value.kind === "dynamic"
      ) {
        throw new NeedsExecution(expression.place);
      }
      throw mismatch(context, value, "a set", expression.of.place);
    }
    case "try":
      try {
        return evaluate(context, environment, expression.first);
      } catch (error) {
        if (!(error instanceof CatError)) throw error;
        return evaluate(context, environment, expression.second);
      }
    case "if":
      return evaluate(
        context,
        environment,
        holds(context, environment, expression.condition, expression.place) ? expression.yes : expression.no,
      );
  }
}

function lookUp(environment: Environment, name: string, place: Place): Thunk {
  const thunk = environment.find(name);
  if (thunk !== undefined) return thunk;
  const isCoherence = ["co", "fr", "coe", "coi", "fre", "fri"].includes(name);
  throw new CatError(
    place,
    `nothing defines \`${name}\``,
    isCoherence ? '`include "cos.cat"` defines co and fr' : didYouMean(name, environment.names()),
  );
}

function explicitSet(context: Context, environment: Environment, elements: readonly Expression[]): Value {
  if (elements.length === 0) return NOTHING;
  const values = elements.map((element) => evaluate(context, environment, element));
  const first = values[0] as Value;
  if (first.kind !== "tag") throw new NeedsExecution((elements[0] as Expression).place);
  const names = new Set<string>();
  for (const [index, value] of values.entries()) {
    if (value.kind !== "tag" || value.enumeration !== first.enumeration) {
      throw mismatch(context, value, `a tag of \`${first.enumeration}\``, (elements[index] as Expression).place);
    }
    names.add(value.name);
  }
  return { kind: "tags", enumeration: first.enumeration, names: [...names] };
}

function apply(context: Context, of: Value, argument: Value, place: Place): Value {
  if (of.kind === "primitive") return primitive(context, of.name, argument, place);
  if (of.kind === "dynamic") throw new NeedsExecution(place);
  if (of.kind !== "closure") throw mismatch(context, of, "a function", place);
  const known = KNOWN_FUNCTIONS.get(fingerprint(of));
  if (known !== undefined) {
    const value = primitive(context, known, argument, place);
    if (value.kind !== "dynamic") return value;
  }
  if (depth >= DEEPEST_CALL) throw new CatError(place, "functions call each other too deeply here: does this recursion end?");
  depth++;
  try {
    return evaluate(context, bindPattern(context, of.environment, of.parameters, argument, place), of.body);
  } finally {
    depth--;
  }
}

/** An environment in which the names of a pattern stand for the parts of a value. */
export function bindPattern(context: Context, environment: Environment, pattern: Pattern, value: Value, place: Place): Environment {
  if (pattern.kind === "one") return pattern.name === undefined ? environment : environment.with(pattern.name, value);
  if (value.kind === "dynamic") throw new NeedsExecution(place);
  const elements = value.kind === "tuple" ? value.elements : [value];
  if (elements.length !== pattern.names.length) {
    throw new CatError(
      place,
      `${pattern.names.length} arguments are needed here, and there ${elements.length === 1 ? "is" : "are"} ${elements.length}`,
    );
  }
  let inner = environment;
  for (const [index, name] of pattern.names.entries()) if (name !== undefined) inner = inner.with(name, elements[index] as Value);
  return inner;
}

/** An expression whose value may have to wait for an execution. */
export function evaluateOrWait(context: Context, environment: Environment, expression: Expression): Value {
  try {
    return evaluate(context, environment, expression);
  } catch (error) {
    if (error instanceof NeedsExecution) return { kind: "dynamic", expression, environment };
    throw error;
  }
}

export function bindAll(context: Context, environment: Environment, bindings: readonly Binding[]): Environment {
  const inner = new Environment(environment);
  for (const binding of bindings) {
    const thunk = new Thunk(() => named(binding.pattern, evaluateOrWait(context, environment, binding.value)));
    bindThunk(context, inner, binding.pattern, thunk, binding.place);
  }
  return inner;
}

function named(pattern: Pattern, value: Value): Value {
  return value.kind === "closure" && value.name === undefined && pattern.kind === "one" ? { ...value, name: pattern.name } : value;
}

function bindThunk(context: Context, scope: Environment, pattern: Pattern, thunk: Thunk, place: Place): void {
  if (pattern.kind === "one") {
    if (pattern.name !== undefined) scope.bind(pattern.name, thunk);
    return;
  }
  for (const [index, name] of pattern.names.entries()) {
    if (name === undefined) continue;
    scope.bind(
      name,
      new Thunk(() => {
        const { value } = thunk;
        if (value.kind !== "tuple" || value.elements.length !== pattern.names.length)
          throw mismatch(context, value, `a tuple of ${pattern.names.length}`, place);
        return value.elements[index] as Value;
      }),
    );
  }
}

/** `let rec`: functions see each other; sets and relations become a fixpoint. */
export function bindRecursively(context: Context, environment: Environment, bindings: readonly Binding[]): Environment {
  const functions = bindings.filter((binding) => binding.value.kind === "function");
  const others = bindings.filter((binding) => binding.value.kind !== "function");
  const withFunctions = (outer: Environment): Environment => {
    const inner = new Environment(outer);
    for (const binding of functions) {
      if (binding.pattern.kind !== "one") throw new CatError(binding.place, "a function has one name");
      if (binding.pattern.name === undefined || binding.value.kind !== "function") continue;
      const closure: Closure = {
        kind: "closure",
        name: binding.pattern.name,
        parameters: binding.value.parameters,
        body: binding.value.body,
        environment: inner,
      };
      inner.bind(binding.pattern.name, closure);
    }
    return inner;
  };
  if (others.length === 0) return withFunctions(environment);
  const names = others.map((binding) => {
    if (binding.pattern.kind !== "one") throw new CatError(binding.place, "a recursive set or relation has one name");
    return binding.pattern.name;
  });
  const step = (values: readonly Value[]): readonly Value[] => {
    const now = [...values];
    for (const [index, binding] of others.entries()) {
      const scope = new Environment(environment);
      for (const [at, name] of names.entries()) if (name !== undefined) scope.bind(name, now[at] as Value);
      now[index] = evaluate(context, withFunctions(scope), binding.value);
    }
    return now;
  };
  // First with nothing, as herd7 starts, to find what each is; then with variables of those kinds.
  let kinds: readonly (NodeKind | undefined)[] = names.map(() => undefined);
  for (let round = 0; ; round++) {
    const values = step(
      kinds.map((kind) => (kind === undefined ? NOTHING : { kind: "graph", node: context.graph.fixpoint([kind]).variables[0] as NodeId })),
    );
    const found = values.map((value, index) => kindOf(context, value, others[index] as Binding));
    if (found.every((kind, index) => kind === kinds[index]) || round > names.length) break;
    kinds = found;
  }
  const final = kinds.map((kind) => kind ?? "relation");
  const { group, variables } = context.graph.fixpoint(final);
  // Each body is evaluated with the variables themselves: those before it have their new values by the time that it is evaluated.
  const bodies = others.map((binding, index) => {
    const scope = new Environment(environment);
    for (const [at, name] of names.entries()) if (name !== undefined) scope.bind(name, { kind: "graph", node: variables[at] as NodeId });
    return graphOf(context, evaluate(context, withFunctions(scope), binding.value), final[index] as NodeKind, binding.place);
  });
  const results = context.graph.close(group, bodies);
  const scope = new Environment(environment);
  for (const [index, name] of names.entries()) if (name !== undefined) scope.bind(name, { kind: "graph", node: results[index] as NodeId });
  return withFunctions(scope);
}

function kindOf(context: Context, value: Value, binding: Binding): NodeKind | undefined {
  if (value.kind === "nothing") return undefined;
  if (value.kind === "graph") return context.graph.kind(value.node);
  if (value.kind === "universe") return "relation";
  throw mismatch(context, value, "a set of events or a relation", binding.place, "only these can be recursive, and functions");
}

function matchTags(
  context: Context,
  environment: Environment,
  expression: Expression & { kind: "match-set" },
  value: Value & { kind: "tags" },
): Value {
  if (value.names.length === 0) return evaluate(context, environment, expression.empty);
  const names = [...value.names].sort();
  const { split, before, element, rest, body } = expression.some;
  const at = split ? names.length >> 1 : 0;
  let inner = environment;
  if (element !== undefined) inner = inner.with(element, { kind: "tag", enumeration: value.enumeration, name: names[at] as string });
  if (before !== undefined) inner = inner.with(before, { ...value, names: names.slice(0, at) });
  if (rest !== undefined) inner = inner.with(rest, { ...value, names: names.slice(at + 1) });
  return evaluate(context, inner, body);
}

function holds(context: Context, environment: Environment, condition: Condition, place: Place): boolean {
  if (!isComparison(condition)) return holdsVariant(context, condition);
  const left = evaluate(context, environment, condition.left);
  const right = evaluate(context, environment, condition.right);
  if (condition.kind === "equal" && left.kind === "tag" && right.kind === "tag") return left.name === right.name;
  const more = tagSet(right);
  if (condition.kind === "in" && left.kind === "tag" && more !== undefined) return more.names.includes(left.name);
  const less = tagSet(left);
  if (less !== undefined && more !== undefined) {
    const within = less.names.every((name) => more.names.includes(name));
    return condition.kind === "subset" ? within : within && more.names.every((name) => less.names.includes(name));
  }
  throw new NeedsExecution(place);
}

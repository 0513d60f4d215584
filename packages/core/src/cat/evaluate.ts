/** Expressions of a model -> values: symbolic evaluation, by which functions, tuples, tags and conditions disappear. The rules are those of herd7's interpreter (lib/interpreter.ml of herdtools7). */

import { didYouMean } from "../nearest.js";
import { fingerprint, KNOWN_FUNCTIONS } from "./fingerprint.js";
import type { Graph, NodeId, NodeKind } from "./graph.js";
import { type Binding, type Condition, type Expression, isComparison, type Pattern, type Place, type VariantCondition } from "./syntax.js";
import { CatError, type Closure, describe, Environment, NeedsExecution, NOTHING, Thunk, UNIVERSE, type Value } from "./value.js";

/** What evaluation needs besides the environment. */
export interface Context {
  readonly graph: Graph;
  readonly variant: (name: string) => boolean;
  /** The enumerations that were declared, and the enumeration of each tag. */
  readonly enumerations: Map<string, readonly string[]>;
  readonly tags: Map<string, string>;
  /** The set of the events that carry a tag. */
  readonly tagged: (tag: string) => NodeId | undefined;
  /** Makes a node of what is left to `interpret`, if it can be known to be a set or a relation. */
  readonly computed: (value: Value & { kind: "dynamic" }, place: Place) => NodeId;
}

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
      return unary(context, environment, expression);
    case "binary":
      return binary(context, environment, expression);
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

/** A set or a relation; `_` and `{}` as the kind that is wanted. */
export function graphOf(context: Context, value: Value, want: NodeKind, place: Place): NodeId {
  switch (value.kind) {
    case "graph":
      if (context.graph.kind(value.node) === want) return value.node;
      break;
    case "nothing":
      return context.graph.empty(want);
    case "universe":
      return context.graph.full(want);
    case "dynamic": {
      const node = context.computed(value, place);
      if (context.graph.kind(node) === want) return node;
      return graphOf(context, { kind: "graph", node }, want, place);
    }
    default:
  }
  const what = want === "set" ? "a set of events" : "a relation";
  const hint =
    value.kind === "graph"
      ? want === "relation"
        ? "`[S]` is the identity on the set S"
        : "`domain(r)` and `range(r)` are the events that a relation starts and ends in"
      : undefined;
  throw mismatch(context, value, what, place, hint);
}

export function mismatch(context: Context, value: Value, want: string, place: Place, hint?: string): CatError {
  return new CatError(place, `${want} is needed here, and this is ${describe(value, (node) => context.graph.kind(node))}`, hint);
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

function relationValue(node: NodeId): Value {
  return { kind: "graph", node };
}

function unary(context: Context, environment: Environment, expression: Expression & { kind: "unary" }): Value {
  const { graph } = context;
  const value = evaluate(context, environment, expression.of);
  const place = expression.of.place;
  const relation = (): NodeId => graphOf(context, value, "relation", place);
  switch (expression.operator) {
    case "plus":
      return value.kind === "nothing" || value.kind === "universe" ? value : relationValue(graph.plus(relation()));
    case "star":
      return value.kind === "universe" ? value : relationValue(graph.optional(graph.plus(relation())));
    case "optional":
      return value.kind === "universe" ? value : relationValue(graph.optional(relation()));
    case "inverse":
      if (value.kind === "nothing" || value.kind === "universe") return value;
      return relationValue(graph.inverse(relation()));
    case "identity":
      if (value.kind === "nothing") return value;
      return relationValue(graph.identityOn(graphOf(context, value, "set", place)));
    case "complement": {
      if (value.kind === "nothing") return UNIVERSE;
      if (value.kind === "universe") return NOTHING;
      const tags = tagSet(value);
      if (tags !== undefined) {
        const all = context.enumerations.get(tags.enumeration) ?? [];
        return { ...tags, names: all.filter((name) => !tags.names.includes(name)) };
      }
      const node = value.kind === "dynamic" ? context.computed(value, place) : value.kind === "graph" ? value.node : undefined;
      if (node === undefined) throw mismatch(context, value, "a set or a relation", place);
      return relationValue(graph.difference(graph.full(graph.kind(node)), node));
    }
  }
}

function tagSet(value: Value): (Value & { kind: "tags" }) | undefined {
  if (value.kind === "tags") return value;
  return value.kind === "tag" ? { kind: "tags", enumeration: value.enumeration, names: [value.name] } : undefined;
}

function binary(context: Context, environment: Environment, expression: Expression & { kind: "binary" }): Value {
  const { graph } = context;
  const values = expression.operands.map((operand) => evaluate(context, environment, operand));
  const places = expression.operands.map((operand) => operand.place);
  const left = values[0] as Value;
  const right = values[1] as Value;
  switch (expression.operator) {
    case "union": {
      if (values.some((value) => value.kind === "universe")) return UNIVERSE;
      const parts = values
        .map((value, index) => ({ value, place: places[index] as Place }))
        .filter(({ value }) => value.kind !== "nothing");
      if (parts.length === 0) return NOTHING;
      return combine(
        context,
        parts,
        (kind, nodes) => graph.unions(kind, nodes),
        (a, b) => [...new Set([...a, ...b])],
      );
    }
    case "sequence": {
      // As in herd7, `_` in a sequence is passed over.
      const parts = values
        .map((value, index) => ({ value, place: places[index] as Place }))
        .filter(({ value }) => value.kind !== "universe");
      if (parts.length === 0) return relationValue(graph.full("relation"));
      const nodes = parts.map(({ value, place }) => graphOf(context, value, "relation", place));
      return relationValue(sequence(graph, nodes));
    }
    case "intersection": {
      if (left.kind === "universe") return right;
      if (right.kind === "universe") return left;
      if (left.kind === "nothing" || right.kind === "nothing") return NOTHING;
      const parts = values.map((value, index) => ({ value, place: places[index] as Place }));
      return combine(
        context,
        parts,
        (_, [a, b]) => graph.intersection(a as NodeId, b as NodeId),
        (a, b) => a.filter((name) => b.includes(name)),
      );
    }
    case "difference": {
      if (right.kind === "universe" || left.kind === "nothing") return NOTHING;
      if (right.kind === "nothing") return left;
      if (left.kind === "universe") {
        const tags = tagSet(right);
        if (tags !== undefined) {
          return { ...tags, names: (context.enumerations.get(tags.enumeration) ?? []).filter((name) => !tags.names.includes(name)) };
        }
        const node =
          right.kind === "dynamic" ? context.computed(right, places[1] as Place) : right.kind === "graph" ? right.node : undefined;
        if (node === undefined) throw mismatch(context, right, "a set or a relation", places[1] as Place);
        return relationValue(graph.difference(graph.full(graph.kind(node)), node));
      }
      const parts = values.map((value, index) => ({ value, place: places[index] as Place }));
      return combine(
        context,
        parts,
        (_, [a, b]) => graph.difference(a as NodeId, b as NodeId),
        (a, b) => a.filter((name) => !b.includes(name)),
      );
    }
    case "cross":
      return relationValue(
        graph.cross(graphOf(context, left, "set", places[0] as Place), graphOf(context, right, "set", places[1] as Place)),
      );
    case "add": {
      if (left.kind === "universe") throw mismatch(context, left, "an element", places[0] as Place);
      if (right.kind === "universe") return UNIVERSE;
      const rest = right.kind === "nothing" ? [] : right.kind === "tags" ? right.names : undefined;
      if (left.kind === "tag" && rest !== undefined)
        return { kind: "tags", enumeration: left.enumeration, names: [...new Set([left.name, ...rest])] };
      throw new NeedsExecution(expression.place);
    }
  }
}

/** Nodes of one kind, or sets of tags. */
function combine(
  context: Context,
  parts: readonly { readonly value: Value; readonly place: Place }[],
  nodes: (kind: NodeKind, nodes: readonly NodeId[]) => NodeId,
  names: (a: readonly string[], b: readonly string[]) => readonly string[],
): Value {
  const first = parts[0] as { value: Value; place: Place };
  const tags = tagSet(first.value);
  if (tags !== undefined) {
    return parts.slice(1).reduce<Value & { kind: "tags" }>((sum, { value, place }) => {
      const more = tagSet(value);
      if (more === undefined || more.enumeration !== sum.enumeration)
        throw mismatch(context, value, `a set of tags of \`${sum.enumeration}\``, place);
      return { ...sum, names: names(sum.names, more.names) };
    }, tags);
  }
  const known =
    first.value.kind === "dynamic"
      ? context.computed(first.value, first.place)
      : first.value.kind === "graph"
        ? first.value.node
        : undefined;
  if (known === undefined) throw mismatch(context, first.value, "a set or a relation", first.place);
  const kind = context.graph.kind(known);
  return relationValue(nodes(kind, [known, ...parts.slice(1).map(({ value, place }) => graphOf(context, value, kind, place))]));
}

/** From the right: `[A] ; r ; s` restricts last, when little is left. The result does not depend on it. */
function sequence(graph: Graph, nodes: readonly NodeId[]): NodeId {
  // Identities on sets first, as restrictions of their neighbours; then from left to right.
  const parts = [...nodes];
  for (let at = 0; at < parts.length && parts.length > 1; ) {
    const node = graph.node(parts[at] as NodeId);
    if (node.op !== "identity-on" && node.op !== "identity") {
      at++;
      continue;
    }
    if (at + 1 < parts.length) parts.splice(at, 2, graph.compose(parts[at] as NodeId, parts[at + 1] as NodeId));
    else parts.splice(at - 1, 2, graph.compose(parts[at - 1] as NodeId, parts[at] as NodeId));
  }
  return parts.slice(1).reduce((sum, part) => graph.compose(sum, part), parts[0] as NodeId);
}

export function apply(context: Context, of: Value, argument: Value, place: Place): Value {
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

export function holdsVariant(context: Context, condition: VariantCondition): boolean {
  switch (condition.kind) {
    case "variant":
      return context.variant(condition.name);
    case "not":
      return !holdsVariant(context, condition.of);
    case "and":
      return holdsVariant(context, condition.left) && holdsVariant(context, condition.right);
    case "or":
      return holdsVariant(context, condition.left) || holdsVariant(context, condition.right);
  }
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

/** The functions that are built in. */
export const PRIMITIVES: readonly string[] = [
  "domain",
  "range",
  "fromto",
  "classes-loc",
  "classes",
  "linearisations",
  "different-values",
  "tag2events",
  "fail",
  "as_transitive",
  "all-orders",
  "orders-by-location",
  "one-of-each",
];

/** Those of herd7 that have no meaning without what Fencepost does not model: page tables, scopes, classes of instances. */
export const REFUSED_PRIMITIVES: readonly string[] = [
  "at-least-one-writable",
  "same-oa",
  "lift",
  "delift",
  "deliftinter",
  "bisimulation",
  "tag2scope",
  "tag2level",
  "tag2fenced",
  "loc2events",
];

function primitive(context: Context, name: string, argument: Value, place: Place): Value {
  const { graph } = context;
  if (argument.kind === "dynamic" && name !== "one-of-each" && name !== "fail") {
    if (name === "domain" || name === "range" || name === "different-values") {
      return primitive(context, name, { kind: "graph", node: context.computed(argument, place) }, place);
    }
    throw new NeedsExecution(place);
  }
  switch (name) {
    case "domain":
    case "range":
      if (argument.kind === "nothing" || argument.kind === "universe") return argument;
      return relationValue(graph[name](graphOf(context, argument, "relation", place)));
    case "as_transitive":
      return relationValue(graph.plus(graphOf(context, argument, "relation", place)));
    case "different-values":
      return relationValue(graph.difference(graphOf(context, argument, "relation", place), graph.input("relation", "same-value")));
    case "fromto": {
      // po through one of these fences.
      const po = graph.input("relation", "po");
      const fences = graph.intersection(graphOf(context, argument, "set", place), graph.input("set", "F"));
      return relationValue(graph.compose(graph.restrictRange(po, fences), po));
    }
    case "tag2events": {
      if (argument.kind !== "tag") throw mismatch(context, argument, "a tag", place);
      const set = context.tagged(argument.name);
      if (set === undefined) throw new CatError(place, `no instructions are declared that carry \`'${argument.name}\``);
      return relationValue(set);
    }
    case "classes-loc":
      return { kind: "partition", set: graphOf(context, argument, "set", place) };
    case "all-orders":
    case "orders-by-location": {
      if (argument.kind !== "tuple" || argument.elements.length !== 2) throw mismatch(context, argument, "a pair", place);
      const [first, second] = argument.elements as [Value, Value];
      if (name === "all-orders")
        return { kind: "orders", set: graphOf(context, first, "set", place), before: graphOf(context, second, "relation", place) };
      // (before, partition): as `co_locs` of herd7's library takes them.
      if (second.kind !== "partition") throw new NeedsExecution(place);
      return { kind: "order-choices", set: second.set, before: graphOf(context, first, "relation", place) };
    }
    case "one-of-each":
      if (argument.kind === "order-choices") return { ...argument, kind: "orders" };
      throw new NeedsExecution(place);
    case "classes":
    case "linearisations":
      throw new NeedsExecution(place);
    case "fail":
      throw new CatError(place, `the model says \`fail\` on ${describe(argument, (node) => graph.kind(node))}`);
    default:
      // Of nothing there is nothing, whatever it speaks of.
      if (argument.kind === "nothing" || (argument.kind === "graph" && graph.isEmpty(argument.node))) return { kind: "nothing" };
      throw new CatError(
        place,
        `\`${name}\` is not supported: it speaks of what Fencepost does not model (page tables, scopes, classes of instances)`,
      );
  }
}

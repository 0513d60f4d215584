/** What evaluation needs besides the environment, and values as what is wanted of them. */
import type { Graph, NodeId, NodeKind } from "./graph.js";
import type { Place, VariantCondition } from "./syntax.js";
import { CatError, describe, type Value } from "./value.js";

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

/** The node of a set or a relation, as it is; undefined for anything else. */
export function nodeOf(context: Context, value: Value, place: Place): NodeId | undefined {
  if (value.kind === "dynamic") return context.computed(value, place);
  return value.kind === "graph" ? value.node : undefined;
}

export function mismatch(context: Context, value: Value, want: string, place: Place, hint?: string): CatError {
  return new CatError(place, `${want} is needed here, and this is ${describe(value, (node) => context.graph.kind(node))}`, hint);
}

/** A node of the graph as a value. */
export function graphValue(node: NodeId): Value {
  return { kind: "graph", node };
}

/** A tag or a set of tags as a set of tags; undefined for anything else. */
export function tagSet(value: Value): (Value & { kind: "tags" }) | undefined {
  if (value.kind === "tags") return value;
  return value.kind === "tag" ? { kind: "tags", enumeration: value.enumeration, names: [value.name] } : undefined;
}

/** Does a condition on variants hold? */
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

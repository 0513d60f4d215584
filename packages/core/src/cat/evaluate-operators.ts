/** The operators of a model on symbolic values. The rules are those of herd7's interpreter. */
import { type Context, graphOf, graphValue, mismatch, nodeOf, tagSet } from "./context.js";
import type { Graph, NodeId, NodeKind } from "./graph.js";
import type { Expression, Place } from "./syntax.js";
import { NeedsExecution, NOTHING, UNIVERSE, type Value } from "./value.js";

/** A value, and where it stands in the model. */
interface Part {
  readonly value: Value;
  readonly place: Place;
}

export function unary(context: Context, operator: (Expression & { kind: "unary" })["operator"], value: Value, place: Place): Value {
  const { graph } = context;
  const relation = (): NodeId => graphOf(context, value, "relation", place);
  switch (operator) {
    case "plus":
      return value.kind === "nothing" || value.kind === "universe" ? value : graphValue(graph.plus(relation()));
    case "star":
      return value.kind === "universe" ? value : graphValue(graph.optional(graph.plus(relation())));
    case "optional":
      return value.kind === "universe" ? value : graphValue(graph.optional(relation()));
    case "inverse":
      if (value.kind === "nothing" || value.kind === "universe") return value;
      return graphValue(graph.inverse(relation()));
    case "identity":
      if (value.kind === "nothing") return value;
      return graphValue(graph.identityOn(graphOf(context, value, "set", place)));
    case "complement":
      if (value.kind === "nothing") return UNIVERSE;
      if (value.kind === "universe") return NOTHING;
      return complement(context, value, place);
  }
}

/** All that a set of events, a relation or a set of tags leaves out. */
function complement(context: Context, value: Value, place: Place): Value {
  const { graph } = context;
  const tags = tagSet(value);
  if (tags !== undefined) {
    const all = context.enumerations.get(tags.enumeration) ?? [];
    return { ...tags, names: all.filter((name) => !tags.names.includes(name)) };
  }
  const node = nodeOf(context, value, place);
  if (node === undefined) throw mismatch(context, value, "a set or a relation", place);
  return graphValue(graph.difference(graph.full(graph.kind(node)), node));
}

/** An operator on two or more values; the places are those of its operands. */
export function binary(context: Context, expression: Expression & { kind: "binary" }, values: readonly Value[]): Value {
  const { graph } = context;
  const parts = values.map((value, index): Part => ({ value, place: (expression.operands[index] as Expression).place }));
  const [{ value: left, place: leftPlace }, { value: right, place: rightPlace }] = parts as [Part, Part];
  switch (expression.operator) {
    case "union": {
      if (values.some((value) => value.kind === "universe")) return UNIVERSE;
      const some = parts.filter(({ value }) => value.kind !== "nothing");
      if (some.length === 0) return NOTHING;
      return combine(
        context,
        some,
        (kind, nodes) => graph.unions(kind, nodes),
        (a, b) => [...new Set([...a, ...b])],
      );
    }
    case "sequence": {
      // As in herd7, `_` in a sequence is passed over.
      const some = parts.filter(({ value }) => value.kind !== "universe");
      if (some.length === 0) return graphValue(graph.full("relation"));
      return graphValue(
        sequence(
          graph,
          some.map(({ value, place }) => graphOf(context, value, "relation", place)),
        ),
      );
    }
    case "intersection":
      if (left.kind === "universe") return right;
      if (right.kind === "universe") return left;
      if (left.kind === "nothing" || right.kind === "nothing") return NOTHING;
      return combine(
        context,
        parts,
        (_, [a, b]) => graph.intersection(a as NodeId, b as NodeId),
        (a, b) => a.filter((name) => b.includes(name)),
      );
    case "difference":
      if (right.kind === "universe" || left.kind === "nothing") return NOTHING;
      if (right.kind === "nothing") return left;
      if (left.kind === "universe") return complement(context, right, rightPlace);
      return combine(
        context,
        parts,
        (_, [a, b]) => graph.difference(a as NodeId, b as NodeId),
        (a, b) => a.filter((name) => !b.includes(name)),
      );
    case "cross":
      return graphValue(graph.cross(graphOf(context, left, "set", leftPlace), graphOf(context, right, "set", rightPlace)));
    case "add": {
      if (left.kind === "universe") throw mismatch(context, left, "an element", leftPlace);
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
  parts: readonly Part[],
  nodes: (kind: NodeKind, nodes: readonly NodeId[]) => NodeId,
  names: (a: readonly string[], b: readonly string[]) => readonly string[],
): Value {
  const first = parts[0] as Part;
  const tags = tagSet(first.value);
  if (tags !== undefined) {
    return parts.slice(1).reduce<Value & { kind: "tags" }>((sum, { value, place }) => {
      const more = tagSet(value);
      if (more === undefined || more.enumeration !== sum.enumeration)
        throw mismatch(context, value, `a set of tags of \`${sum.enumeration}\``, place);
      return { ...sum, names: names(sum.names, more.names) };
    }, tags);
  }
  const known = nodeOf(context, first.value, first.place);
  if (known === undefined) throw mismatch(context, first.value, "a set or a relation", first.place);
  const kind = context.graph.kind(known);
  return graphValue(nodes(kind, [known, ...parts.slice(1).map(({ value, place }) => graphOf(context, value, kind, place))]));
}

/** Relations one after the other: identities on sets first, as restrictions of their neighbours; then from left to right. The result does not depend on it. */
function sequence(graph: Graph, nodes: readonly NodeId[]): NodeId {
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

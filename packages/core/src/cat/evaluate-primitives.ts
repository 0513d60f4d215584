/** The built-in functions of models, on symbolic values. */
import { type Context, graphOf, graphValue, mismatch } from "./context.js";
import { type Place } from "./syntax.js";
import { CatError, describe, NeedsExecution, type Value } from "./value.js";

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

export function primitive(context: Context, name: string, argument: Value, place: Place): Value {
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
      return graphValue(graph[name](graphOf(context, argument, "relation", place)));
    case "as_transitive":
      return graphValue(graph.plus(graphOf(context, argument, "relation", place)));
    case "different-values":
      return graphValue(graph.difference(graphOf(context, argument, "relation", place), graph.input("relation", "same-value")));
    case "fromto": {
      // po through one of these fences.
      const po = graph.input("relation", "po");
      const fences = graph.intersection(graphOf(context, argument, "set", place), graph.input("set", "F"));
      return graphValue(graph.compose(graph.restrictRange(po, fences), po));
    }
    case "tag2events": {
      if (argument.kind !== "tag") throw mismatch(context, argument, "a tag", place);
      const set = context.tagged(argument.name);
      if (set === undefined) throw new CatError(place, `no instructions are declared that carry \`'${argument.name}\``);
      return graphValue(set);
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

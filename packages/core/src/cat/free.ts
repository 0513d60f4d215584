/** What an expression that is left to `interpret` reads: the nodes of the graph behind its free names. */
import type { NodeId } from "./graph.js";
import { type Expression, isComparison, type Pattern } from "./syntax.js";
import { CatError, type Dynamic, type Environment, NeedsExecution, type Value } from "./value.js";

/** The nodes that a dynamic value depends on; an upper bound, ascending. */
export function scopeNodes(dynamic: Dynamic): NodeId[] {
  const nodes = new Set<NodeId>();
  visitExpression(dynamic.expression, dynamic.environment, new Set(), nodes, new Set());
  return [...nodes].sort((a, b) => a - b);
}

function visitValue(value: Value, nodes: Set<NodeId>, seen: Set<unknown>): void {
  switch (value.kind) {
    case "graph":
      nodes.add(value.node);
      return;
    case "tuple":
      for (const element of value.elements) visitValue(element, nodes, seen);
      return;
    case "closure":
      if (seen.has(value.body)) return;
      seen.add(value.body);
      visitExpression(value.body, value.environment, new Set(names(value.parameters)), nodes, seen);
      return;
    case "partition":
      nodes.add(value.set);
      return;
    case "order-choices":
    case "orders":
      nodes.add(value.set);
      nodes.add(value.before);
      return;
    case "dynamic":
      if (seen.has(value)) return;
      seen.add(value);
      visitExpression(value.expression, value.environment, new Set(), nodes, seen);
      return;
    default:
  }
}

function names(pattern: Pattern): string[] {
  const all = pattern.kind === "one" ? [pattern.name] : pattern.names;
  return all.filter((name) => name !== undefined);
}

function visitExpression(
  expression: Expression,
  environment: Environment,
  bound: ReadonlySet<string>,
  nodes: Set<NodeId>,
  seen: Set<unknown>,
): void {
  const visit = (of: Expression, more: readonly string[] = []): void =>
    visitExpression(of, environment, more.length === 0 ? bound : new Set([...bound, ...more]), nodes, seen);
  switch (expression.kind) {
    case "name": {
      if (bound.has(expression.name)) return;
      const thunk = environment.find(expression.name);
      if (thunk === undefined) return;
      try {
        visitValue(thunk.value, nodes, seen);
      } catch (error) {
        // A mistake in what is read: it is told where it is evaluated.
        if (!(error instanceof CatError) && !(error instanceof NeedsExecution)) throw error;
      }
      return;
    }
    case "set":
    case "tuple":
      for (const element of expression.elements) visit(element);
      return;
    case "unary":
      visit(expression.of);
      return;
    case "binary":
      for (const operand of expression.operands) visit(operand);
      return;
    case "apply":
      visit(expression.function);
      visit(expression.argument);
      return;
    case "function":
      visit(expression.body, names(expression.parameters));
      return;
    case "let": {
      const more = expression.bindings.flatMap(({ pattern }) => names(pattern));
      for (const { value } of expression.bindings) visit(value, expression.recursive ? more : []);
      visit(expression.body, more);
      return;
    }
    case "match-tag":
      visit(expression.of);
      for (const { body } of expression.clauses) visit(body);
      if (expression.otherwise !== undefined) visit(expression.otherwise);
      return;
    case "match-set": {
      const { before, element, rest, body } = expression.some;
      visit(expression.of);
      visit(expression.empty);
      visit(
        body,
        [before, element, rest].filter((name) => name !== undefined),
      );
      return;
    }
    case "try":
      visit(expression.first);
      visit(expression.second);
      return;
    case "if":
      if (isComparison(expression.condition)) {
        visit(expression.condition.left);
        visit(expression.condition.right);
      }
      visit(expression.yes);
      visit(expression.no);
      return;
    default:
  }
}

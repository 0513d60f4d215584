/**
 * Functions told by their structure, whatever their names are: herd7's library builds coherence orders in `cat` itself, by recursion over sets of sets of relations. A function that has the
 * same structure as one of those is replaced by what it computes; any other is evaluated as it is written. The fingerprints are of `co_locs` and `cross` in herdtools7's cross.cat.
 */
import type { Expression, Pattern } from "./syntax.js";
import type { Closure, Environment } from "./value.js";

/** Fingerprint -> the primitive that the function amounts to. */
export const KNOWN_FUNCTIONS: ReadonlyMap<string, string> = new Map([
  // For each set of a set of sets, its total orders that extend a relation.
  ["d1480f75-e58d1676-113", "orders-by-location"],
  // All unions of one relation of each set.
  ["ddefd78-7c1221c8-193", "one-of-each"],
]);

const memory = new WeakMap<Expression, string>();

/** A hash of a function's structure: bound names by their distance, free ones by what they stand for. */
export function fingerprint(closure: Closure): string {
  const known = memory.get(closure.body);
  if (known !== undefined) return known;
  const text = write(closure, []);
  let a = 0x811c9dc5 | 0;
  let b = 0x1234567 | 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    a = Math.imul(a ^ code, 0x01000193);
    b = Math.imul(b ^ code, 0x5bd1e995) ^ (b >>> 15);
  }
  const hash = `${(a >>> 0).toString(16)}-${(b >>> 0).toString(16)}-${text.length}`;
  memory.set(closure.body, hash);
  return hash;
}

function write(closure: Closure, open: readonly Closure[]): string {
  const within = open.findIndex((outer) => outer.body === closure.body);
  if (within >= 0) return `rec${within}`;
  const stack = [...open, closure];
  return `fun ${width(closure.parameters)} ${writeExpression(closure.body, names(closure.parameters), closure.environment, stack)}`;
}

function names(pattern: Pattern): (string | undefined)[] {
  return pattern.kind === "one" ? [pattern.name] : [...pattern.names];
}

function width(pattern: Pattern): number {
  return pattern.kind === "one" ? 1 : pattern.names.length;
}

function writeExpression(
  expression: Expression,
  bound: readonly (string | undefined)[],
  environment: Environment,
  open: readonly Closure[],
): string {
  const inner = (of: Expression, more: readonly (string | undefined)[] = []): string =>
    writeExpression(of, more.length === 0 ? bound : [...bound, ...more], environment, open);
  switch (expression.kind) {
    case "name": {
      const at = bound.lastIndexOf(expression.name);
      if (at >= 0) return `#${bound.length - at}`;
      const thunk = environment.find(expression.name);
      if (thunk === undefined) return `?${expression.name}`;
      const { value } = thunk;
      if (value.kind === "closure") return `(${write(value, open)})`;
      return value.kind === "primitive" ? `!${value.name}` : `$${value.kind}`;
    }
    case "empty":
    case "universe":
      return expression.kind;
    case "tag":
      return `'${expression.name}`;
    case "set":
    case "tuple":
      return `${expression.kind}(${expression.elements.map((element) => inner(element)).join(",")})`;
    case "unary":
      return `${expression.operator}(${inner(expression.of)})`;
    case "binary":
      return `${expression.operator}(${expression.operands.map((operand) => inner(operand)).join(",")})`;
    case "apply":
      return `apply(${inner(expression.function)},${inner(expression.argument)})`;
    case "function":
      return `fun ${width(expression.parameters)} ${inner(expression.body, names(expression.parameters))}`;
    case "let": {
      const more = expression.bindings.flatMap((binding) => names(binding.pattern));
      const values = expression.bindings.map((binding) => inner(binding.value, expression.recursive ? more : []));
      return `let${expression.recursive ? " rec" : ""} ${values.join(" and ")} in ${inner(expression.body, more)}`;
    }
    case "match-tag":
      return `match ${inner(expression.of)} ${expression.clauses.map(({ tag, body }) => `${tag}:${inner(body)}`).join("|")} ${expression.otherwise === undefined ? "" : inner(expression.otherwise)}`;
    case "match-set": {
      const { before, split, element, rest, body } = expression.some;
      return `match ${inner(expression.of)} {}:${inner(expression.empty)} ${split}:${inner(body, [before, element, rest])}`;
    }
    case "try":
      return `try ${inner(expression.first)} ${inner(expression.second)}`;
    case "if":
      return `if ${JSON.stringify(expression.condition.kind)} ${inner(expression.yes)} ${inner(expression.no)}`;
  }
}

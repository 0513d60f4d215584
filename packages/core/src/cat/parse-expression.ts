/** Expressions of a model. */
import type { Cursor } from "./cursor.js";
import type { Binary, Binding, Condition, Expression, ModelTest, Pattern, SetClause, TestKind } from "./syntax.js";

/** An expression; with `untupled`, commas are left to the caller. */
export function expression(cursor: Cursor, untupled = false): Expression {
  return cursor.nested(() => expressionHere(cursor, untupled));
}

function expressionHere(cursor: Cursor, untupled: boolean): Expression {
  const start = cursor.here.start;
  const place = () => cursor.placeFrom(start);
  if (cursor.take("let")) {
    const recursive = cursor.take("rec");
    const bindings = [binding(cursor)];
    while (cursor.take("and")) bindings.push(binding(cursor));
    cursor.expect("in", "`in` and what the names are bound for");
    const body = expression(cursor, untupled);
    return { kind: "let", recursive, bindings, body, place: place() };
  }
  if (cursor.take("fun")) {
    const parameters: Pattern = cursor.take("(") ? cursor.formalsTo(")") : { kind: "one", name: cursor.patternName() };
    cursor.expect("->");
    const body = expression(cursor, untupled);
    return { kind: "function", parameters, body, place: place() };
  }
  if (cursor.take("try")) {
    const first = expression(cursor);
    cursor.expect("with");
    const second = expression(cursor, untupled);
    return { kind: "try", first, second, place: place() };
  }
  if (cursor.take("if")) {
    const condition: Condition = cursor.atVariant() ? cursor.variant() : comparison(cursor);
    cursor.expect("then");
    const yes = expression(cursor);
    cursor.expect("else", "`else`: a conditional has both its values");
    const no = expression(cursor, untupled);
    return { kind: "if", condition, yes, no, place: place() };
  }
  if (cursor.take("match")) return matchExpression(cursor, start);
  const first = operation(cursor, 1);
  if (untupled || !cursor.at(",")) return first;
  const elements = [first];
  while (cursor.take(",")) elements.push(operation(cursor, 1));
  return { kind: "tuple", elements, place: place() };
}

/** `x = e`, `x, y = e`, `(x, y) = e`, `f x = e` or `f(x, y) = e`. */
export function binding(cursor: Cursor): Binding {
  const start = cursor.here.start;
  if (cursor.take("(")) {
    const pattern = cursor.formalsTo(")");
    cursor.expect("=");
    return { pattern, value: expression(cursor), place: cursor.placeFrom(start) };
  }
  const name = cursor.patternName();
  const place = cursor.placeFrom(start);
  if (name !== undefined && (cursor.at("(") || cursor.at("_") || cursor.atKind("name"))) {
    const parameters: Pattern = cursor.take("(") ? cursor.formalsTo(")") : { kind: "one", name: cursor.patternName() };
    cursor.expect("=");
    const body = expression(cursor);
    return { pattern: { kind: "one", name }, value: { kind: "function", parameters, body, place: cursor.placeFrom(start) }, place };
  }
  const names = [name];
  while (cursor.take(",")) names.push(cursor.patternName());
  cursor.expect("=", names.length === 1 ? "`=`, or the parameters of a function" : "`=`");
  const pattern: Pattern = names.length === 1 ? { kind: "one", name } : { kind: "tuple", names };
  return { pattern, value: expression(cursor), place };
}

/** `acyclic e as name` and the like, after `flag`, `assert` or nothing. */
export function testOf(cursor: Cursor): ModelTest {
  const start = cursor.here.start;
  const negated = cursor.take("~");
  if (!cursor.atTest()) cursor.failExpected("`acyclic`, `irreflexive` or `empty`");
  const test = cursor.advance().text as TestKind;
  const of = expression(cursor);
  const name = cursor.take("as") ? cursor.expectKind("name", "a name").text : undefined;
  return { test, negated, of, name, place: cursor.placeFrom(start) };
}

function comparison(cursor: Cursor): Condition {
  const left = expression(cursor);
  const kind = cursor.take("=")
    ? "equal"
    : cursor.take("subset")
      ? "subset"
      : cursor.take("in")
        ? "in"
        : cursor.failExpected("`=`, `subset` or `in`");
  return { kind, left, right: expression(cursor) };
}

const LEVELS: readonly { readonly symbol: string; readonly operator: Binary; readonly left: boolean }[] = [
  { symbol: "|", operator: "union", left: false },
  { symbol: "++", operator: "add", left: false },
  { symbol: ";", operator: "sequence", left: false },
  { symbol: "\\", operator: "difference", left: true },
  { symbol: "&", operator: "intersection", left: false },
];

/** Operators of a level of `LEVELS` (from 1) and tighter. */
function operation(cursor: Cursor, level: number): Expression {
  const operator = LEVELS[level - 1];
  if (operator === undefined) return tight(cursor);
  const start = cursor.here.start;
  let left = operation(cursor, level + 1);
  if (operator.left) {
    while (cursor.take(operator.symbol)) {
      left = {
        kind: "binary",
        operator: operator.operator,
        operands: [left, operation(cursor, level + 1)],
        place: cursor.placeFrom(start),
      };
    }
    return left;
  }
  if (!cursor.at(operator.symbol)) return left;
  const operands = [left];
  while (cursor.take(operator.symbol)) operands.push(operation(cursor, level + 1));
  const place = cursor.placeFrom(start);
  if (operator.operator === "union" || operator.operator === "sequence")
    return { kind: "binary", operator: operator.operator, operands, place };
  // Groups to the right.
  return operands.reduceRight((right, operand) => ({ kind: "binary", operator: operator.operator, operands: [operand, right], place }));
}

/** `A * B`, `r+`, `r*`, `r?`, `r^-1`, `~r`. */
function tight(cursor: Cursor): Expression {
  const start = cursor.here.start;
  let left = postfixed(cursor, start);
  while (cursor.at("*") && startsOperand(cursor)) {
    cursor.advance();
    const right = postfixed(cursor, cursor.here.start);
    left = { kind: "binary", operator: "cross", operands: [left, right], place: cursor.placeFrom(start) };
  }
  return left;
}

/** After this token, does an operand start? (`a * b` against `a*`) */
function startsOperand(cursor: Cursor): boolean {
  const next = cursor.after();
  if (next.kind === "name" || next.kind === "tag") return true;
  if (next.kind === "keyword") return next.text === "begin";
  if (next.kind !== "symbol") return false;
  if (next.text === "~") {
    const then = cursor.after(2);
    return !(then.kind === "keyword" && (then.text === "acyclic" || then.text === "irreflexive" || then.text === "empty"));
  }
  return next.text === "(" || next.text === "[" || next.text === "{" || next.text === "_" || next.text === "0";
}

function postfixed(cursor: Cursor, start: number): Expression {
  if (cursor.take("~")) {
    const of = cursor.nested(() => postfixed(cursor, cursor.here.start));
    return { kind: "unary", operator: "complement", of, place: cursor.placeFrom(start) };
  }
  let of = application(cursor);
  for (;;) {
    if (cursor.at("*") && !startsOperand(cursor)) {
      cursor.advance();
      of = { kind: "unary", operator: "star", of, place: cursor.placeFrom(start) };
    } else if (cursor.take("+")) of = { kind: "unary", operator: "plus", of, place: cursor.placeFrom(start) };
    else if (cursor.take("?")) of = { kind: "unary", operator: "optional", of, place: cursor.placeFrom(start) };
    else if (cursor.take("^")) {
      cursor.expect("-1", "`-1` (the inverse of a relation is `r^-1`)");
      of = { kind: "unary", operator: "inverse", of, place: cursor.placeFrom(start) };
    } else return of;
  }
}

/** `f x`, `f(x, y)`, or what can stand alone. */
function application(cursor: Cursor): Expression {
  const start = cursor.here.start;
  const name = cursor.takeKind("name");
  if (name === undefined) return plain(cursor);
  let of: Expression = { kind: "name", name: name.text, place: cursor.placeFrom(start) };
  while (cursor.atKind("name") || startsPlain(cursor)) {
    const at = cursor.here.start;
    const argumentName = cursor.takeKind("name");
    const argument: Expression =
      argumentName === undefined ? plain(cursor) : { kind: "name", name: argumentName.text, place: cursor.placeFrom(at) };
    of = { kind: "apply", function: of, argument, place: cursor.placeFrom(start) };
  }
  return of;
}

function startsPlain(cursor: Cursor): boolean {
  return cursor.atKind("tag") || ["0", "{", "_", "(", "begin", "["].some((text) => cursor.at(text));
}

/** What can stand as an argument: `0`, `_`, a tag, `{..}`, `(..)`, `[..]`. */
export function plain(cursor: Cursor): Expression {
  const start = cursor.here.start;
  const place = () => cursor.placeFrom(start);
  if (cursor.take("0")) return { kind: "empty", place: place() };
  if (cursor.take("_")) return { kind: "universe", place: place() };
  const tag = cursor.takeKind("tag");
  if (tag !== undefined) return { kind: "tag", name: tag.text, place: place() };
  if (cursor.take("{")) {
    const elements: Expression[] = [];
    while (!cursor.at("}")) {
      elements.push(cursor.nested(() => operation(cursor, 1)));
      if (!cursor.take(",")) break;
    }
    cursor.expect("}");
    return { kind: "set", elements, place: place() };
  }
  if (cursor.take("(")) {
    if (cursor.take(")")) return { kind: "tuple", elements: [], place: place() };
    const inner = expression(cursor);
    cursor.expect(")");
    return { ...inner, place: place() };
  }
  if (cursor.take("begin")) {
    const inner = expression(cursor);
    cursor.expect("end");
    return { ...inner, place: place() };
  }
  if (cursor.take("[")) {
    const of = expression(cursor);
    cursor.expect("]");
    return { kind: "unary", operator: "identity", of, place: place() };
  }
  return cursor.failExpected("a set or a relation");
}

function matchExpression(cursor: Cursor, start: number): Expression {
  const of = expression(cursor);
  cursor.expect("with");
  cursor.take("||");
  if (cursor.atKind("tag") || (cursor.at("_") && cursor.after().text === "->")) return matchTag(cursor, of, start);
  let empty: Expression | undefined;
  let some: SetClause | undefined;
  do {
    if (cursor.take("{")) {
      cursor.expect("}");
      cursor.expect("->");
      empty = expression(cursor);
    } else some = setClause(cursor);
  } while (cursor.take("||"));
  cursor.expect("end", "`||` or `end`");
  if (empty === undefined || some === undefined) {
    return cursor.fail(cursor.placeFrom(start).span, "this match needs two clauses: `{} -> ...` and `e ++ S -> ...`");
  }
  return { kind: "match-set", of, empty, some, place: cursor.placeFrom(start) };
}

function matchTag(cursor: Cursor, of: Expression, start: number): Expression {
  const clauses: { tag: string; body: Expression }[] = [];
  let otherwise: Expression | undefined;
  do {
    const tag = cursor.takeKind("tag");
    if (tag === undefined) cursor.expect("_", "a tag or `_`");
    cursor.expect("->");
    const body = expression(cursor);
    if (tag === undefined) otherwise = body;
    else clauses.push({ tag: tag.text, body });
  } while (otherwise === undefined && cursor.take("||"));
  cursor.expect("end", "`||` or `end`");
  return { kind: "match-tag", of, clauses, otherwise, place: cursor.placeFrom(start) };
}

function setClause(cursor: Cursor): SetClause {
  const first = cursor.patternName();
  if (cursor.take("|")) {
    const element = cursor.patternName();
    cursor.expect("++");
    const rest = cursor.patternName();
    cursor.expect("->");
    return { before: first, split: true, element, rest, body: expression(cursor) };
  }
  cursor.expect("++", "`++` (a clause is `{} -> ...` or `e ++ S -> ...`)");
  const rest = cursor.patternName();
  cursor.expect("->");
  return { before: undefined, split: false, element: first, rest, body: expression(cursor) };
}

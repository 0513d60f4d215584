/** `switch`: read as the chain of `if` and `else if` that it stands for. */
import type { Span } from "../source.js";
import { constantValue } from "./constant.js";
import type { Cursor } from "./cursor.js";
import { expressionReader, parseExpression } from "./parse-expression.js";
import type { Expression, Statement } from "./test.js";

interface Arm {
  /** The values of its labels. */
  readonly values: readonly Expression[];
  readonly isDefault: boolean;
  readonly body: readonly Statement[];
  readonly span: Span;
}

/**
 * Consumes a `switch` and gives the statements that it is; `parseOne` reads a statement into a list. What is switched on is a variable, and each arm ends by itself: where one falls into the next, it
 * is no chain.
 */
export function parseSwitch(cursor: Cursor, parseOne: (list: Statement[]) => void): readonly Statement[] {
  const { start } = cursor.advance();
  const subject = parseSubject(cursor);
  while (cursor.failing && !cursor.at("{") && !cursor.at("}") && !cursor.at(";") && !cursor.at("end")) cursor.advance();
  if (subject === undefined) cursor.recovered();
  const open = cursor.here;
  if (!cursor.expect("{", "`{` after `switch (…)`")) return [];
  const arms: Arm[] = [];
  while (!cursor.failing && atLabel(cursor)) arms.push(parseArm(cursor, parseOne));
  if (cursor.failing) return skipRest(cursor);
  if (subject === undefined) {
    cursor.take("}");
    return [];
  }
  if (!cursor.take("}")) {
    if (cursor.at("end")) cursor.report("unterminated", open, "this `{` is not closed", "add `}`");
    else cursor.failExpected("`case`, `default` or `}`");
    return skipRest(cursor);
  }
  const span = cursor.span(start);
  for (const [index, arm] of arms.entries()) {
    if (index === arms.length - 1 || leaves(arm.body)) continue;
    cursor.report(
      "unsupported",
      arm.span,
      "this `case` falls into the next one, which is not part of the language",
      "end it with `break;`",
    );
  }
  const wraps = arms.some((arm) => breaks(withoutBreak(arm.body), "break"));
  if (wraps && arms.some((arm) => breaks(arm.body, "continue"))) {
    const message = "`continue` cannot stand in a `switch` that has a `break` inside an `if`";
    cursor.report("unsupported", span, message, "write it as a chain of `if` and `else if`");
  }
  const list = chain(subject, arms, span);
  return wraps ? [{ kind: "do", condition: { kind: "integer", value: 0, span }, body: list, span }] : list;
}

function parseSubject(cursor: Cursor): Expression | undefined {
  const open = cursor.here;
  if (!cursor.expect("(", "`(` after `switch`")) return undefined;
  const reader = expressionReader(cursor);
  const subject = parseExpression(reader);
  if (cursor.failing) return undefined;
  if (subject.kind !== "name" || reader.pending.length > 0) {
    cursor.fail("unsupported", subject.span, "a `switch` is over a variable here", "write `u32 v = …; switch (v) { … }`");
    return undefined;
  }
  cursor.expectClosing(")", open);
  return subject;
}

const atLabel = (cursor: Cursor): boolean => cursor.atWord("case") || (cursor.atWord("default") && cursor.after().kind === ":");

function parseArm(cursor: Cursor, parseOne: (list: Statement[]) => void): Arm {
  const { start } = cursor.token;
  const values: Expression[] = [];
  let isDefault = false;
  while (!cursor.failing && atLabel(cursor)) {
    if (cursor.advance().text === "default") isDefault = true;
    else {
      const value = parseExpression(expressionReader(cursor));
      if (!cursor.failing && constantValue(value) === undefined)
        cursor.fail("syntax", value.span, "a `case` has a constant", "write `case 1:`, or a name that `#define` or `enum` gives a number");
      values.push(value);
    }
    cursor.expect(":", "`:` after the `case`");
  }
  const span = cursor.span(start);
  const body: Statement[] = [];
  while (!cursor.failing && !cursor.at("}") && !cursor.at("end") && !atLabel(cursor)) parseOne(body);
  return { values, isDefault, body, span };
}

/** After an error in an arm: goes behind the `}` of the `switch`. */
function skipRest(cursor: Cursor): readonly Statement[] {
  for (let depth = 0; !cursor.at("end"); cursor.advance()) {
    if (cursor.at("{")) depth++;
    if (cursor.at("}") && depth-- === 0) break;
  }
  cursor.take("}");
  cursor.recovered();
  return [];
}

/** The arms in their order, the default last. */
function chain(subject: Expression, arms: readonly Arm[], span: Span): Statement[] {
  const otherwise = arms.find((arm) => arm.isDefault);
  const last = otherwise === undefined ? [] : withoutBreak(otherwise.body);
  const named = arms.filter((arm) => !arm.isDefault);
  if (named.length === 0) return [{ kind: "block", body: last, span }];
  return named.reduceRight<Statement[]>(
    (rest, arm) => {
      const [first, ...others] = arm.values.map(
        (right): Expression => ({ kind: "binary", operator: "==", left: subject, right, span: right.span }),
      );
      const condition = others.reduce<Expression>(
        (left, right) => ({ kind: "binary", operator: "||", left, right, span: right.span }),
        first as Expression,
      );
      return [{ kind: "if", condition, then: withoutBreak(arm.body), else: rest, span: arm.span }];
    },
    [...last],
  );
}

/** Whether nothing goes on behind the statements. */
function leaves(body: readonly Statement[]): boolean {
  const last = body.at(-1);
  if (last?.kind === "block") return leaves(last.body);
  if (last?.kind === "if") return last.else.length > 0 && leaves(last.then) && leaves(last.else);
  return last?.kind === "break" || last?.kind === "return" || last?.kind === "continue";
}

/** The statements without the `break` at their end. */
function withoutBreak(body: readonly Statement[]): readonly Statement[] {
  const last = body.at(-1);
  if (last?.kind === "break") return body.slice(0, -1);
  return last?.kind === "block" ? [...body.slice(0, -1), { ...last, body: withoutBreak(last.body) }] : body;
}

/** Whether a `break`, or a `continue`, in the statements belongs to what is around them. */
function breaks(statements: readonly Statement[], kind: "break" | "continue"): boolean {
  return statements.some((each) => {
    if (each.kind === "if") return breaks(each.then, kind) || breaks(each.else, kind);
    if (each.kind === "block" || each.kind === "atomic") return breaks(each.body, kind);
    return each.kind === kind;
  });
}

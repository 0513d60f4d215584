/** C expressions, by precedence. Call-like constructs stay calls whatever their name; casts are read and dropped. */
import type { Span } from "../source.js";
import type { Cursor } from "./cursor.js";
import { parseInteger } from "./parse-integer.js";
import { ownsRegisters, withMembers } from "./parse-member.js";
import { isThreadName } from "./parse-thread-name.js";
import { afterCast, isTypeKeyword } from "./parse-type.js";
import type { Punctuation } from "./scan.js";
import type { Expression, Statement } from "./test.js";

/** A longer chain of operators would give a tree too deep for the recursive functions that read it. */
const highestTree = 1000;

/** What reading the expressions of one statement needs beside the cursor. */
export interface ExpressionReader {
  readonly cursor: Cursor;
  /** Assignments found inside the expression, to be done before it: `(r0 = READ_ONCE(*x)) == 0`. */
  pending: Statement[];
  /** Operands read so far; an assignment inside an expression can be done before it only if it comes first. */
  operands: number;
  /** Height of the tree read last. */
  height: number;
}

export function expressionReader(cursor: Cursor): ExpressionReader {
  return { cursor, pending: [], operands: 0, height: 0 };
}

/** C's precedences, loosest first. */
export const precedences: ReadonlyMap<string, number> = new Map(
  [["||"], ["&&"], ["|"], ["^"], ["&"], ["==", "!="], ["<", "<=", ">", ">="], ["<<", ">>"], ["+", "-"], ["*", "/", "%"]].flatMap(
    (operators, index) => operators.map((each): [string, number] => [each, index + 1]),
  ),
);

export const assignmentOperators: ReadonlySet<string> = new Set(["=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>="]);

const ownStatement = "make it a statement of its own";

/** An expression without an assignment at its top. */
export function parseExpression(reader: ExpressionReader): Expression {
  const { cursor } = reader;
  const start = cursor.token.start;
  const condition = parseBinary(reader, 1);
  if (!cursor.at("?")) return condition;
  let height = reader.height;
  cursor.advance();
  const then = parseBelow(reader);
  height = Math.max(height, reader.height);
  cursor.expect(":", "`:` of the conditional expression");
  const otherwise = parseBelow(reader);
  raise(reader, Math.max(height, reader.height));
  return { kind: "conditional", condition, then, else: otherwise, span: cursor.span(start) };
}

/** An expression inside another: in parentheses, an argument, an index. */
function parseBelow(reader: ExpressionReader): Expression {
  const { cursor } = reader;
  const expression = cursor.nested(placeholder(reader), () => parseExpression(reader));
  if (!cursor.failing) rejectStep(cursor);
  return expression;
}

function rejectStep(cursor: Cursor): void {
  const { kind } = cursor.token;
  if (kind !== "++" && kind !== "--") return;
  cursor.fail("unsupported", cursor.here, `\`${kind}\` cannot stand inside an expression`, ownStatement);
}

/**
 * The right side of an assignment, where a further assignment may stand (`r1 = r0 = 1`), or what stands in parentheses.
 */
export function parseAssigned(reader: ExpressionReader): Expression {
  const { cursor } = reader;
  const start = cursor.token.start;
  const before = reader.operands;
  const target = parseBelow(reader);
  if (cursor.failing || !assignmentOperators.has(cursor.token.kind)) return target;
  const here = cursor.here;
  const operator = cursor.advance().kind;
  if (target.kind !== "name") {
    cursor.report("unsupported", here, "inside an expression only a register can be assigned to", ownStatement);
  } else if (before > 0) {
    cursor.report("unsupported", here, "inside an expression an assignment has to come first", ownStatement);
  }
  reader.operands = 0;
  const value = cursor.nested(placeholder(reader), () => parseAssigned(reader));
  const step = operator === "=" ? undefined : operator.slice(0, -1);
  reader.pending.push({ kind: "assign", target, operator: step, value, span: cursor.span(start) });
  reader.operands++;
  return target;
}

function parseBinary(reader: ExpressionReader, loosest: number): Expression {
  const { cursor } = reader;
  const start = cursor.token.start;
  let left = parseUnary(reader);
  while (!cursor.failing) {
    const precedence = precedences.get(cursor.token.kind);
    if (precedence === undefined || precedence < loosest) break;
    const height = reader.height;
    const operator = cursor.advance().kind;
    const right = parseBinary(reader, precedence + 1);
    left = { kind: "binary", operator, left, right, span: cursor.span(start) };
    raise(reader, Math.max(height, reader.height));
  }
  return left;
}

function raise(reader: ExpressionReader, height: number): void {
  reader.height = height + 1;
  if (reader.height > highestTree) {
    reader.cursor.fail("too-deep", reader.cursor.here, `more than ${highestTree} operators in one expression`);
  }
}

const unaryOperators: ReadonlySet<string> = new Set(["*", "&", "!", "~", "-", "+"]);

function isUnary(operator: string): operator is "*" | "&" | "!" | "~" | "-" | "+" {
  return unaryOperators.has(operator);
}

function parseUnary(reader: ExpressionReader): Expression {
  const { cursor } = reader;
  const start = cursor.token.start;
  const operator = cursor.token.kind;
  if (isUnary(operator)) {
    cursor.advance();
    const operand = cursor.nested(placeholder(reader), () => parseUnary(reader));
    raise(reader, reader.height);
    return { kind: "unary", operator, operand, span: cursor.span(start) };
  }
  if ((operator === "++" || operator === "--") && reader.operands === 0) return parseStep(reader);
  rejectStep(cursor);
  if (operator === "(" && skipCast(cursor)) return cursor.nested(placeholder(reader), () => parseUnary(reader));
  return parsePostfix(reader);
}

/** `++head` at the beginning of an expression: done before it. */
function parseStep(reader: ExpressionReader): Expression {
  const { cursor } = reader;
  const { start, end, kind } = cursor.advance();
  const target = parsePostfix(reader);
  if (cursor.failing) return target;
  if (target.kind !== "name") {
    cursor.fail("unsupported", { start, end }, `inside an expression \`${kind}\` takes a register`, ownStatement);
    return target;
  }
  const value: Expression = { kind: "integer", value: 1, span: { start, end } };
  reader.pending.push({ kind: "assign", target, operator: kind.charAt(0), value, span: cursor.span(start) });
  return target;
}

function skipCast(cursor: Cursor): boolean {
  const operand = afterCast(cursor);
  if (operand === undefined) return false;
  while (cursor.token.start < operand.start) cursor.advance();
  return true;
}

function parsePostfix(reader: ExpressionReader): Expression {
  const { cursor } = reader;
  const start = cursor.token.start;
  let expression = parsePrimary(reader);
  while (!cursor.failing) {
    if (cursor.at("[")) {
      const open = cursor.here;
      cursor.advance();
      const height = reader.height;
      const index = parseBelow(reader);
      cursor.expectClosing("]", open);
      raise(reader, Math.max(height, reader.height));
      expression = { kind: "index", base: expression, index, span: cursor.span(start) };
    } else if (atMember(cursor) && expression.kind === "index" && expression.base.kind === "name") {
      // An element of an array of structures: `ring[i].own` is element i of `ring.own`.
      cursor.advance();
      const field = cursor.expectWord("the name of the member")?.text ?? "";
      const { base } = expression;
      expression = { ...expression, base: { ...base, name: `${base.name}.${field}` }, span: cursor.span(start) };
    } else if (cursor.at(".") && expression.kind === "unary" && expression.operator === "*" && expression.operand.kind === "name") {
      // `(*d).own` is `d->own`.
      expression = parseMember(cursor, expression.operand.name, start);
    } else break;
  }
  if (!cursor.failing) rejectPostfix(cursor, expression);
  return expression;
}

/** What C allows here and the language does not. `r0++` as a statement is read by `parse-body.ts`. */
function rejectPostfix(cursor: Cursor, expression: Expression): void {
  if (atMember(cursor)) {
    const hint =
      expression.kind === "member"
        ? "a register is written `D0.name`"
        : "a member is written `d->own`, or `ring[i].own`, of a location `d.own`";
    cursor.fail("syntax", cursor.here, `unexpected ${cursor.found}`, hint);
  }
  if (cursor.at("(")) {
    const guard = expression.kind === "call" && expression.name === "guard";
    const hint = guard ? "write `spin_lock(l);` here and `spin_unlock(l);` where its block ends" : undefined;
    cursor.fail("syntax", cursor.here, "only a name can be called", hint);
  }
}

const atMember = (cursor: Cursor): boolean => cursor.at("->") || cursor.at(".");

/** The rest of `d->own` behind `d`, as the name of a location: `d.own`. What it holds, unless an index follows. */
function parseMember(cursor: Cursor, owner: string, start: number): Expression {
  let name = owner;
  while (atMember(cursor)) {
    cursor.advance();
    name += `.${cursor.expectWord("the name of the member")?.text ?? ""}`;
  }
  const operand: Expression = { kind: "name", name, span: cursor.span(start) };
  return cursor.at("[") ? operand : { kind: "unary", operator: "*", operand, span: operand.span };
}

/** The size of anything is that of a word: `sizeof(*p)`, `sizeof(struct desc)`, `sizeof x`. */
function parseSize(reader: ExpressionReader): Expression {
  const { cursor } = reader;
  const { start } = cursor.advance();
  if (cursor.at("(")) {
    let depth = 0;
    do {
      if (cursor.at("(")) depth++;
      if (cursor.at(")")) depth--;
      cursor.advance();
    } while (depth > 0 && !cursor.at(";") && !cursor.at("{") && !cursor.at("}") && !cursor.at("end"));
    if (depth > 0) cursor.failExpected("`)`");
  } else parseUnary(reader);
  return { kind: "integer", value: 4, span: cursor.span(start) };
}

function parsePrimary(reader: ExpressionReader): Expression {
  const { cursor } = reader;
  const start = cursor.token.start;
  reader.height = 1;
  if (cursor.at("number")) {
    reader.operands++;
    const value = parseInteger(cursor);
    return { kind: "integer", value, span: cursor.span(start) };
  }
  if (cursor.at("(")) {
    const open = cursor.here;
    cursor.advance();
    const inner = parseAssigned(reader);
    cursor.expectClosing(")", open);
    return inner;
  }
  if (cursor.atWord("sizeof")) return parseSize(reader);
  if (!cursor.at("word") || reservedWords.has(cursor.token.text) || isTypeKeyword(cursor.token.text)) {
    cursor.failExpected("an expression");
    return placeholder(reader);
  }
  return parseName(reader);
}

/** The last four end the program for herd7 too, wherever they stand. */
const reservedWords = new Set(
  "if else while do for break continue return switch case default goto ATOMIC exists forall filter locations".split(" "),
);

/** `x`, `D0.status`, `f(a, b)`, `__fence{mb}`. */
function parseName(reader: ExpressionReader): Expression {
  const { cursor } = reader;
  const { text: name, start } = cursor.advance();
  reader.operands++;
  if (atMember(cursor) && ownsRegisters(name)) {
    cursor.advance();
    const member = cursor.expectWord("the register's name after `.`");
    // Registers that were declared as a structure: `D0.regs.door`.
    return { kind: "member", owner: name, name: withMembers(cursor, member?.text ?? ""), span: cursor.span(start) };
  }
  if (atMember(cursor)) return parseMember(cursor, name, start);
  const tags = cursor.at("{") && name.startsWith("__") ? parseTags(cursor) : [];
  if (cursor.at("(")) {
    if (isThreadName(name)) cursor.fail("syntax", { start, end: start + name.length }, `${name} is a thread: it cannot be called`);
    const args = parseArguments(reader, name);
    return { kind: "call", name, tags, arguments: args, span: cursor.span(start) };
  }
  if (tags.length > 0) return { kind: "call", name, tags, arguments: [], span: cursor.span(start) };
  return { kind: "name", name, span: cursor.span(start) };
}

/** `{mb}`, `{srcu-lock}`, `{acquire,once}` after a raw primitive of herd7. */
function parseTags(cursor: Cursor): string[] {
  cursor.advance();
  const tags: string[] = [];
  do {
    let tag = cursor.expectWord("an annotation such as `once`")?.text ?? "";
    while (cursor.at("-")) {
      cursor.advance();
      tag += `-${cursor.expectWord("the rest of the annotation")?.text ?? ""}`;
    }
    tags.push(tag);
  } while (!cursor.failing && cursor.take(","));
  cursor.expect("}", "`}` after the annotation");
  return tags;
}

function parseArguments(reader: ExpressionReader, callee: string): Expression[] {
  const { cursor } = reader;
  const open = cursor.here;
  cursor.advance();
  const list: Expression[] = [];
  let height = 0;
  if (!cursor.at(")")) {
    do {
      list.push(operatorArgument(cursor, callee) ?? textArgument(cursor, callee) ?? parseBelow(reader));
      height = Math.max(height, reader.height);
      if (!cursor.failing && assignmentOperators.has(cursor.token.kind)) {
        cursor.fail("unsupported", cursor.here, "an argument cannot be an assignment", ownStatement);
      }
    } while (!cursor.failing && cursor.take(","));
  }
  if (!cursor.failing) cursor.expectClosing(")", open);
  raise(reader, height);
  return list;
}

/** Calls that say something to people: `pr_err("…")`, `dev_dbg(dev, "…", x)`, `WARN(x, "…")`. */
export const isReport = (callee: string): boolean =>
  /^(?:printk(?:_once)?|(?:pr|dev|netdev|pci)_(?:emerg|alert|crit|err|warn|notice|info|debug|dbg)(?:_once|_ratelimited)?|WARN(?:_ONCE)?|trace_printk)$/.test(
    callee,
  );

/** Their text says nothing to a test: it is read as 0. */
function textArgument(cursor: Cursor, callee: string): Expression | undefined {
  if (!cursor.at("string") || !isReport(callee)) return undefined;
  const { start } = cursor.token;
  while (cursor.at("string")) cursor.advance();
  return { kind: "integer", value: 0, span: cursor.span(start) };
}

const operatorArguments: ReadonlySet<string> = new Set<Punctuation>(["+", "-", "&", "|", "^"]);

/** herd7's raw atomics take an operator as an argument: `__atomic_op{once}(v, +, 1)`, also `&~`. It becomes a name. */
function operatorArgument(cursor: Cursor, callee: string): Expression | undefined {
  if (!callee.startsWith("__") || !operatorArguments.has(cursor.token.kind)) return undefined;
  let last = cursor.after();
  const start = cursor.token.start;
  let name: string = cursor.token.kind;
  if (name === "&" && last.kind === "~") {
    name = "&~";
    last = cursor.after(last);
  }
  if (last.kind !== "," && last.kind !== ")") return undefined;
  while (cursor.token.start < last.start) cursor.advance();
  return { kind: "name", name, span: cursor.span(start) };
}

/** Stands in the tree where the text is wrong; no tree with one leaves the parser. */
function placeholder(reader: ExpressionReader): Expression {
  const span: Span = { start: reader.cursor.token.start, end: reader.cursor.token.start };
  return { kind: "integer", value: 0, span };
}

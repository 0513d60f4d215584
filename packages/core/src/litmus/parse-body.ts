/** The bodies of threads: C statements, and the device's `ATOMIC { }`. */
import type { Span } from "../source.js";
import type { Cursor } from "./cursor.js";
import { assignmentOperators, type ExpressionReader, expressionReader, parseAssigned, parseExpression } from "./parse-expression.js";
import { parseSwitch } from "./parse-switch.js";
import { atDeclaration, parseBaseType, parseStars, typeText } from "./parse-type.js";
import { atItem } from "./place.js";
import type { Token, TokenKind } from "./scan.js";
import type { Expression, Statement } from "./test.js";

/**
 * Consumes `{ … }`; `owner` names the thread in messages. A missing `{` is reported by the caller, and the body read all the same.
 * What follows is read as `outer`.
 */
export function parseBody(cursor: Cursor, owner: string): Statement[] {
  const open = cursor.here;
  const opened = cursor.at("{");
  if (opened) cursor.advance("body");
  else cursor.resume("body");
  const body = parseStatements(cursor);
  if (cursor.at("}")) {
    cursor.advance("outer");
  } else {
    cursor.resume("outer");
    if (opened) cursor.report("unterminated", open, `the body of ${owner} is not closed`, "add `}` after its last statement");
  }
  return body;
}

/** Statements up to the `}` that closes them, or to a place that shows that it is missing. */
function parseStatements(cursor: Cursor): Statement[] {
  const list: Statement[] = [];
  while (!cursor.at("}") && !atItem(cursor)) {
    const start = cursor.token.start;
    parseStatement(cursor, list);
    if (cursor.failing) recover(cursor);
    // Nothing fits here and nothing was passed over: pass over one token, so that the loop ends.
    if (cursor.token.start === start && !cursor.at("}") && !atItem(cursor)) cursor.advance();
  }
  return list;
}

/** After an error: goes behind the `;` or the block in which it lies, or in front of the `}` around it. */
function recover(cursor: Cursor): void {
  let depth = 0;
  while (!atItem(cursor)) {
    if (cursor.at("{")) depth++;
    if (cursor.at("}")) {
      if (depth === 0) break;
      depth--;
    }
    const done = depth === 0 && (cursor.at(";") || cursor.at("}"));
    cursor.advance();
    if (done) break;
  }
  cursor.recovered();
}

/** The body of `if`, `while`, …: a block gives its statements. */
function parseBranch(cursor: Cursor): Statement[] {
  return cursor.nested([], () => {
    if (cursor.at("{")) return parseBlock(cursor);
    const list: Statement[] = [];
    if (cursor.at("}") || atItem(cursor)) cursor.failExpected("a statement");
    else parseStatement(cursor, list);
    if (cursor.failing) recover(cursor);
    return list;
  });
}

function parseBlock(cursor: Cursor): Statement[] {
  const open = cursor.here;
  cursor.advance();
  const list = parseStatements(cursor);
  if (!cursor.take("}")) cursor.report("unterminated", open, "this `{` is not closed", "add `}`");
  return list;
}

const unsupportedStatements: ReadonlyMap<string, string> = new Map([
  ["goto", "write the jump as `if`, `while` or `do`"],
  ["scoped_guard", "write `spin_lock(l);` before the block and `spin_unlock(l);` at its end"],
  ["asm", "an empty one is `barrier();`, the others are the kernel's barriers: `mb();` `wmb();` `dma_wmb();` …"],
  ["__asm__", "an empty one is `barrier();`, the others are the kernel's barriers: `mb();` `wmb();` `dma_wmb();` …"],
]);

/** Reads one statement; an assignment inside an expression gives further ones before it, an empty one gives none. */
function parseStatement(cursor: Cursor, list: Statement[]): void {
  const start = cursor.token.start;
  if (cursor.take(";")) return;
  if (cursor.at("{")) {
    const body = cursor.nested([], () => parseBlock(cursor));
    list.push({ kind: "block", body, span: cursor.span(start) });
    return;
  }
  if (!cursor.at("word")) {
    parseSimple(cursor, list);
    if (!cursor.failing) cursor.expectSemicolon("the statement");
    return;
  }
  const word = cursor.token.text;
  switch (word) {
    case "if":
      return parseIf(cursor, list);
    case "while":
      return parseWhile(cursor, list);
    case "do":
      return parseDo(cursor, list);
    case "for":
      return parseFor(cursor, list);
    case "break":
    case "continue":
    case "return":
      cursor.advance();
      if (word === "return" && !cursor.at(";") && !cursor.at("}") && !cursor.onNewLine) {
        // Nobody asks for the value of a thread: `return 0;`, `return IRQ_HANDLED;`.
        const reader = expressionReader(cursor);
        const value = parseExpression(reader);
        if (cursor.failing) return;
        list.push(...reader.pending);
        // What it takes to compute it happens nonetheless: `return readl(D0.status);`.
        if (!isSimple(value)) list.push({ kind: "expression", expression: value, span: value.span });
      }
      cursor.expectSemicolon(`\`${word}\``);
      list.push({ kind: word, span: cursor.span(start) });
      return;
    case "else":
      cursor.fail("syntax", cursor.here, "this `else` belongs to no `if`");
      return;
    case "switch":
      list.push(...cursor.nested([], () => parseSwitch(cursor, (inner) => parseStatement(cursor, inner))));
      return;
    case "goto":
    case "scoped_guard":
    case "asm":
    case "__asm__":
      cursor.fail("unsupported", cursor.here, `\`${word}\` is not part of the language`, unsupportedStatements.get(word));
      return;
  }
  if (word === "ATOMIC" && cursor.after().kind === "{") {
    cursor.advance();
    const body = cursor.nested([], () => parseBlock(cursor));
    list.push({ kind: "atomic", body, span: cursor.span(start) });
    return;
  }
  if (cursor.after().kind === ":") {
    cursor.fail(
      "unsupported",
      cursor.here,
      `\`${word}:\` is a label, which is not part of the language`,
      unsupportedStatements.get("goto"),
    );
    return;
  }
  if (atDeclaration(cursor)) parseDeclaration(cursor, list);
  else parseSimple(cursor, list);
  if (!cursor.failing) cursor.expectSemicolon("the statement");
}

/** Computed from numbers and names alone, which does nothing: `-EAGAIN`, `IRQ_RETVAL(handled)`, `seen ? IRQ_HANDLED : IRQ_NONE`. */
function isSimple(value: Expression): boolean {
  switch (value.kind) {
    case "integer":
    case "name":
      return true;
    case "unary":
      return value.operator !== "*" && isSimple(value.operand);
    case "binary":
      return isSimple(value.left) && isSimple(value.right);
    case "conditional":
      return isSimple(value.condition) && isSimple(value.then) && isSimple(value.else);
    case "call":
      return value.name === "IRQ_RETVAL" && value.arguments.every(isSimple);
    default:
      return false;
  }
}

/** `int r0`, `int r0 = 1, *p = x`, without the semicolon. */
function parseDeclaration(cursor: Cursor, list: Statement[]): void {
  const base = parseBaseType(cursor);
  do {
    const start = cursor.token.start;
    const type = typeText([...base, ...parseStars(cursor)]);
    const name = cursor.expectWord("the name of the register");
    if (name === undefined) return;
    if (cursor.at("[")) {
      cursor.fail("unsupported", cursor.here, "a register cannot be an array", "declare the array in the initial state");
      return;
    }
    const reader = expressionReader(cursor);
    const value = cursor.take("=") ? parseAssigned(reader) : undefined;
    list.push(...reader.pending, { kind: "declare", type, name: name.text, value, span: cursor.span(start) });
  } while (!cursor.failing && cursor.take(","));
}

/** An assignment, `r0++` or an expression, without the semicolon. */
function parseSimple(cursor: Cursor, list: Statement[]): void {
  const start = cursor.token.start;
  const reader = expressionReader(cursor);
  const step = cursor.at("++") || cursor.at("--") ? cursor.advance() : undefined;
  const target = parseExpression(reader);
  if (cursor.failing) return;
  const here = cursor.here;
  const operator = cursor.token.kind;
  if (step !== undefined || operator === "++" || operator === "--") {
    if (!checkTarget(cursor, target, here)) return;
    const kind = step === undefined ? cursor.advance().kind : step.kind;
    const value: Expression = { kind: "integer", value: 1, span: step === undefined ? here : { start: step.start, end: step.end } };
    list.push(...reader.pending, { kind: "assign", target, operator: kind.charAt(0), value, span: cursor.span(start) });
  } else if (assignmentOperators.has(operator)) {
    if (!checkTarget(cursor, target, here)) return;
    cursor.advance();
    reader.operands = 0;
    const value = parseAssigned(reader);
    const update = operator === "=" ? undefined : operator.slice(0, -1);
    list.push(...reader.pending, { kind: "assign", target, operator: update, value, span: cursor.span(start) });
  } else {
    list.push(...reader.pending, { kind: "expression", expression: target, span: cursor.span(start) });
  }
}

function checkTarget(cursor: Cursor, target: Expression, here: Span): boolean {
  if (target.kind === "name" || target.kind === "member" || target.kind === "index") return true;
  if (target.kind === "unary" && target.operator === "*") return true;
  const hint = target.kind === "call" ? "writing has a call of its own, such as `WRITE_ONCE(*x, 1)`" : undefined;
  cursor.fail("syntax", here, "what stands on the left cannot be assigned to", hint);
  return false;
}

/** `( condition )`, with the assignments in it left in `reader.pending`. */
function parseCondition(reader: ExpressionReader): Expression {
  const { cursor } = reader;
  const open = cursor.token;
  cursor.expect("(", "`(` before the condition");
  const condition = parseExpression(reader);
  rejectAssignment(cursor);
  cursor.expectClosing(")", open);
  recoverHead(cursor, open);
  return condition;
}

/** `if (r0 = 1)`: much more often a comparison with a `=` too few. */
function rejectAssignment(cursor: Cursor): void {
  if (cursor.failing || !cursor.at("=")) return;
  cursor.fail("syntax", cursor.here, "`=` assigns", "write `==` to compare, or `((r = …))` if the assignment is meant");
}

/**
 * After an error in the parentheses of `if`, `while` or `for`: goes behind the `)` that closes them, so that the body is read.
 * If there is none, the body stands where a `{` or a new line starts.
 */
function recoverHead(cursor: Cursor, open: Token): void {
  if (!cursor.failing) return;
  const close = closing(cursor, open);
  if (close !== undefined && close.start >= cursor.token.start) cursor.jump(close.end, "body");
  else while (!cursor.at("{") && !cursor.at("}") && !cursor.onNewLine && !cursor.at("end")) cursor.advance();
  cursor.recovered();
}

/** The `)` that closes `open`, if one comes before any brace. */
function closing(cursor: Cursor, open: Token): Token | undefined {
  let depth = 0;
  for (let token = open; !bodyEnds.has(token.kind); token = cursor.after(token)) {
    if (token.kind === "(") depth++;
    if (token.kind === ")" && --depth === 0) return token;
  }
  return undefined;
}

const bodyEnds: ReadonlySet<string> = new Set<TokenKind>(["{", "}", "end", "unclosed-comment"]);

function parseIf(cursor: Cursor, list: Statement[]): void {
  const { start } = cursor.advance();
  const reader = expressionReader(cursor);
  const condition = parseCondition(reader);
  const then = parseBranch(cursor);
  const otherwise = cursor.atWord("else") ? parseElse(cursor) : [];
  list.push(...reader.pending, { kind: "if", condition, then, else: otherwise, span: cursor.span(start) });
}

function parseElse(cursor: Cursor): Statement[] {
  cursor.advance();
  return parseBranch(cursor);
}

/**
 * `while ((r0 = READ_ONCE(*x)) == 0) …` becomes `for (r0 = READ_ONCE(*x); r0 == 0; r0 = READ_ONCE(*x)) …`,
 * which is the same, `continue` included.
 */
function parseWhile(cursor: Cursor, list: Statement[]): void {
  const { start } = cursor.advance();
  const reader = expressionReader(cursor);
  const condition = parseCondition(reader);
  const body = parseBranch(cursor);
  const span = cursor.span(start);
  const before = reader.pending;
  if (before.length === 0) list.push({ kind: "while", condition, body, span });
  else list.push({ kind: "for", start: before, condition, step: before, body, span });
}

function parseDo(cursor: Cursor, list: Statement[]): void {
  const { start } = cursor.advance();
  const body = parseBranch(cursor);
  if (!cursor.atWord("while")) {
    cursor.failExpected("`while` after the body of `do`");
    return;
  }
  cursor.advance();
  const reader = expressionReader(cursor);
  const conditionStart = cursor.here;
  const condition = parseCondition(reader);
  cursor.expectSemicolon("`do … while`");
  if (reader.pending.length > 0 && continues(body)) {
    const message = "an assignment cannot stand in the condition of a `do` loop with `continue`";
    cursor.report("unsupported", conditionStart, message, "write the loop as `while`");
  }
  list.push({ kind: "do", condition, body: [...body, ...reader.pending], span: cursor.span(start) });
}

/** True if one of the statements continues the loop whose body they are. */
function continues(statements: readonly Statement[]): boolean {
  return statements.some((each) => {
    switch (each.kind) {
      case "continue":
        return true;
      case "if":
        return continues(each.then) || continues(each.else);
      case "block":
      case "atomic":
        return continues(each.body);
      default:
        return false;
    }
  });
}

const forHint = "a loop is written `for (i = 0; i < 3; i++)`";

function parseFor(cursor: Cursor, list: Statement[]): void {
  const { start } = cursor.advance();
  const open = cursor.token;
  const first: Statement[] = [];
  const step: Statement[] = [];
  const reader = expressionReader(cursor);
  let condition: Expression | undefined;
  if (cursor.expect("(", "`(` after `for`")) {
    if (atDeclaration(cursor)) parseDeclaration(cursor, first);
    else parseSimples(cursor, first, ";");
    if (!cursor.failing) cursor.expect(";", "`;` after the start of the loop", forHint);
    if (!cursor.failing && !cursor.at(";")) condition = parseExpression(reader);
    rejectAssignment(cursor);
    if (!cursor.failing) cursor.expect(";", "`;` after the condition of the loop", forHint);
    if (!cursor.failing) parseSimples(cursor, step, ")");
    cursor.expectClosing(")", open);
  }
  recoverHead(cursor, open);
  const body = parseBranch(cursor);
  first.push(...reader.pending);
  step.push(...reader.pending);
  const span = cursor.span(start);
  const declares = first.filter((each) => each.kind === "declare").length;
  // C's `for` has no way to write a declaration beside an assignment: the tree keeps to what can be written.
  const apart = declares > 0 && declares < first.length;
  const loop: Statement = { kind: "for", start: apart ? [] : first, condition, step, body, span };
  list.push(apart ? { kind: "block", body: [...first, loop], span } : loop);
}

/** Assignments and expressions separated by commas, none if `end` follows at once. */
function parseSimples(cursor: Cursor, list: Statement[], end: ";" | ")"): void {
  if (cursor.at(end)) return;
  do parseSimple(cursor, list);
  while (!cursor.failing && cursor.take(","));
}

/** Statements: control flow becomes branches, jumps and loops between operations. */
import { isBinaryOperator } from "../litmus/arithmetic.js";
import type { Statement, Expression as Tree } from "../litmus/test.js";
import type { Source, Span } from "../source.js";
import { load, store, target } from "./access.js";
import { type Body, describe, isVariable, staticLocation, warnOfAddress } from "./body.js";
import type { Label } from "./code.js";
import { binary, constant, register } from "./evaluate.js";
import { constantRounds, isEmpty, polls } from "./loops.js";
import { lowerCall } from "./lower-call.js";
import { isWait, lowerWait } from "./lower-device.js";
import { lowerCondition } from "./lower-expression.js";
import { addressOf } from "./resolve.js";

/** Where `break`, `continue` and `return` go. */
interface Exits {
  readonly break: Label | undefined;
  readonly continue: Label | undefined;
  readonly return: Label;
}

/** Lowers the statements of a body. */
export function lowerBody(body: Body, source: Source): void {
  const end = body.code.label();
  lowerStatements(body, source, body.thread.body, { break: undefined, continue: undefined, return: end });
  body.code.place(end);
  if (body.code.overflowed) {
    body.complaints.error(
      "unsupported",
      body.thread.span,
      `${body.thread.name} is too long once its loops are unrolled`,
      "nest fewer loops",
    );
  }
}

function lowerStatements(body: Body, source: Source, statements: readonly Statement[], exits: Exits): void {
  for (const statement of statements) lowerStatement(body, source, statement, exits);
}

function lowerStatement(body: Body, source: Source, statement: Statement, exits: Exits): void {
  const { code, complaints } = body;
  const head = headOf(source, statement);
  code.statement(head.span, head.text);
  switch (statement.kind) {
    case "declare":
      if (statement.value !== undefined && /^(?:(?:const|unsigned|volatile) )*(?:int|bool|u8|u16|u32|u64)$/.test(statement.type))
        warnOfAddress(body, statement.value);
      if (statement.value !== undefined) assign(body, statement.name, statement.value);
      else code.register(statement.name);
      return;
    case "assign":
      lowerAssign(body, statement);
      return;
    case "expression":
      if (statement.expression.kind === "call") lowerCall(body, statement.expression, false);
      else body.value(statement.expression);
      return;
    case "if":
      lowerIf(body, source, statement, exits);
      return;
    case "while":
    case "do":
    case "for":
      lowerLoop(body, source, statement, exits, head);
      return;
    case "break":
    case "continue": {
      const to = exits[statement.kind];
      if (to === undefined) complaints.error("misplaced", statement.span, `\`${statement.kind}\` stands outside a loop`);
      else code.emit({ kind: "jump", to });
      return;
    }
    case "return":
      code.emit({ kind: "jump", to: exits.return });
      return;
    case "block":
      lowerStatements(body, source, statement.body, exits);
      return;
    case "atomic": {
      if (body.role === "cpu") complaints.error("misplaced", statement.span, "ATOMIC is a step of a device", "a CPU has atomics and locks");
      const end = code.label();
      code.emit({ kind: "atomic-block", length: end });
      lowerStatements(body, source, statement.body, exits);
      code.place(end);
      return;
    }
  }
}

function assign(body: Body, name: string, value: Tree): void {
  const to = body.code.register(name);
  const result = body.value(value, to);
  // An access that was the whole expression has put its value there already.
  if (result.kind === "register" && result.register === to) return;
  body.code.emit({ kind: "assign", target: to, value: result });
}

function lowerAssign(body: Body, statement: Extract<Statement, { kind: "assign" }>): void {
  const { complaints, code } = body;
  const { target: left, operator } = statement;
  if (operator !== undefined && !isBinaryOperator(operator)) {
    complaints.error("unsupported", statement.span, `the operator \`${operator}=\` is not supported`);
    return;
  }
  if (left.kind === "name") {
    const meaning = body.scope.lookup(left.name);
    if (meaning.kind === "constant") {
      complaints.error("misplaced", left.span, `\`${left.name}\` cannot be assigned`);
      return;
    }
    if (meaning.kind === "location") {
      if (isVariable(body, left.name)) {
        const at = { address: constant(addressOf(meaning.place.location)), volatile: body.locations.isVolatile(meaning.place.location) };
        const old = operator === undefined ? undefined : load(body, at, undefined, left.span);
        const value = body.value(statement.value);
        store(body, at, undefined, old === undefined || operator === undefined ? value : binary(operator, old, value), statement.span);
        return;
      }
      const found = describe(body, meaning.place.location);
      const register = found !== undefined && found.space !== "memory";
      complaints.error(
        "misplaced",
        left.span,
        `\`${left.name}\` is the address of a location, which cannot be assigned`,
        body.role === "cpu" && register
          ? `write \`writel(…, ${found.name})\``
          : register
            ? `write \`${found.name} = …\``
            : `write \`*${left.name} = …\``,
      );
      return;
    }
    if (operator === undefined) assign(body, left.name, statement.value);
    else {
      const to = code.register(left.name);
      code.emit({ kind: "assign", target: to, value: binary(operator, register(to), body.value(statement.value)) });
    }
    return;
  }
  if (left.kind !== "member" && left.kind !== "index" && !(left.kind === "unary" && left.operator === "*")) {
    complaints.error("misplaced", left.span, "this cannot be assigned", "a register or `*x` can");
    return;
  }
  if (left.kind === "member" && staticLocation(body, left) === undefined) {
    body.locations.unknownRegister(left.owner, left.name, left.span);
    return;
  }
  const at = target(body, left);
  if (at === undefined) return;
  if (operator === undefined) store(body, at, undefined, body.value(statement.value), statement.span);
  else {
    const old = load(body, at, undefined, left.span);
    store(body, at, undefined, binary(operator, old, body.value(statement.value)), statement.span);
  }
}

function lowerIf(body: Body, source: Source, statement: Extract<Statement, { kind: "if" }>, exits: Exits): void {
  const { code } = body;
  const join = code.label();
  const otherwise = statement.else.length === 0 ? join : code.label();
  const masked = body.masked;
  lowerCondition(body, statement.condition, otherwise, join);
  lowerStatements(body, source, statement.then, exits);
  if (otherwise !== join) {
    const after = body.masked;
    body.masked = masked;
    code.emit({ kind: "jump", to: join });
    code.place(otherwise);
    lowerStatements(body, source, statement.else, exits);
    body.masked ||= after;
  }
  code.place(join);
}

type Loop = Extract<Statement, { kind: "while" | "do" | "for" }>;
type Head = { readonly span: Span; readonly text: string };

/** Loops that do more than poll are run this often before the loop is closed: most outcomes need no more rounds. */
const ROUNDS = 2;

function lowerLoop(body: Body, source: Source, loop: Loop, exits: Exits, head: Head): void {
  const { code } = body;
  if (body.role === "device" && loop.kind === "while" && isEmpty(loop.body) && isWait(body, loop.condition)) {
    lowerWait(body, loop.condition, true, head.span);
    return;
  }
  if (body.role === "device" && loop.kind === "do" && isEmpty(loop.body) && isWait(body, loop.condition)) {
    lowerWait(body, loop.condition, true, head.span);
    return;
  }
  if (loop.kind === "for") {
    const rounds = constantRounds(loop, body.scope.constants);
    if (rounds !== undefined) {
      unroll(body, source, loop, rounds, exits);
      return;
    }
    lowerStatements(body, source, loop.start, exits);
  }
  const exit = code.label();
  for (let round = 0; ; round++) {
    const from = code.length;
    const top = code.here();
    lowerRound(body, source, loop, exit, exits, head);
    const polling = polls(code.since(from));
    if (!code.round() || polling || round === ROUNDS || isOnce(loop)) {
      code.statement(head.span, head.text);
      if (!isOnce(loop)) code.emit({ kind: "loop", head: top, polls: polling });
      break;
    }
  }
  code.place(exit);
}

/** `do { … } while (0)`. */
const isOnce = (loop: Loop): boolean => loop.kind === "do" && loop.condition.kind === "integer" && loop.condition.value === 0;

/** One round: it leaves to `exit`, and goes on to what follows it for the next round. */
function lowerRound(body: Body, source: Source, loop: Loop, exit: Label, exits: Exits, head: Head): void {
  const { code } = body;
  const next = code.label();
  const inside: Exits = { break: exit, continue: next, return: exits.return };
  const condition = (): void => {
    code.statement(head.span, head.text);
    if (loop.condition !== undefined) lowerCondition(body, loop.condition, exit, exit);
  };
  if (loop.kind !== "do") condition();
  lowerStatements(body, source, loop.body, inside);
  code.place(next);
  if (loop.kind === "for") lowerStatements(body, source, loop.step, exits);
  if (loop.kind === "do") condition();
}

/** A loop whose rounds are known: its variable is a constant in each. */
function unroll(
  body: Body,
  source: Source,
  loop: Extract<Loop, { kind: "for" }>,
  rounds: { readonly name: string; readonly values: readonly number[]; readonly last: number },
  exits: Exits,
): void {
  const { code, scope } = body;
  const exit = code.label();
  const outer = scope.constants.get(rounds.name);
  // After the loop, and in the condition, the variable is an ordinary register, if it is visible there.
  const visible = loop.start[0]?.kind === "assign" || scope.observed.has(rounds.name);
  const leaves = visible && jumpsOut(loop.body);
  for (const value of rounds.values) {
    if (!code.round()) break;
    scope.constants.set(rounds.name, value);
    if (leaves) code.emit({ kind: "assign", target: code.register(rounds.name), value: { kind: "constant", value } });
    const next = code.label();
    lowerStatements(body, source, loop.body, { break: exit, continue: next, return: exits.return });
    code.place(next);
    const head = headOf(source, loop);
    code.statement(head.span, head.text);
  }
  if (outer === undefined) scope.constants.delete(rounds.name);
  else scope.constants.set(rounds.name, outer);
  if (visible) code.emit({ kind: "assign", target: code.register(rounds.name), value: { kind: "constant", value: rounds.last } });
  code.place(exit);
}

function jumpsOut(statements: readonly Statement[]): boolean {
  return statements.some((statement) => {
    switch (statement.kind) {
      case "break":
      case "return":
        return true;
      case "if":
        return jumpsOut(statement.then) || jumpsOut(statement.else);
      case "while":
      case "do":
      case "for":
      case "block":
      case "atomic":
        return jumpsOut(statement.body);
      default:
        return false;
    }
  });
}

/** What stands for a statement in explanations: all of it, or its head (`if (…)`) if it contains statements. */
function headOf(source: Source, statement: Statement): Head {
  const { start, end } = statement.span;
  switch (statement.kind) {
    case "if":
    case "while":
    case "for": {
      const close = closing(source.text, start, end);
      return { span: { start, end: close }, text: shorten(source.text.slice(start, close)) };
    }
    case "do": {
      const { span } = statement.condition;
      return { span, text: shorten(`while (${source.text.slice(span.start, span.end)})`) };
    }
    case "atomic":
      return { span: statement.span, text: "ATOMIC" };
    default:
      return { span: statement.span, text: shorten(source.text.slice(start, end)) };
  }
}

/** The offset after the parenthesis that closes the first one. */
function closing(text: string, start: number, end: number): number {
  let depth = 0;
  for (let at = start; at < end; at++) {
    if (text[at] === "(") depth++;
    else if (text[at] === ")" && --depth === 0) return at + 1;
  }
  return end;
}

function shorten(text: string): string {
  const line = text.replace(/\s+/g, " ").replace(/;\s*$/, "").trim();
  return line.length <= 80 ? line : `${line.slice(0, 79)}…`;
}

/** Conditions: what holds at the end of a run. */
import type { Cursor } from "./cursor.js";
import { refuseForeign } from "./foreign.js";
import { atSigned, parseInteger, parseSigned } from "./parse-integer.js";
import { ownsRegisters, withMembers } from "./parse-member.js";
import { atThreadPrefix, isThreadPrefix, parseThreadPrefix, takePercent } from "./parse-thread-name.js";
import type { Arrival, Proposition, Term } from "./test.js";

/** A longer chain would give a tree too deep for the recursive functions that read it. */
const longestChain = 1000;

/**
 * A proposition. herd7's precedences, which are not the usual ones: `\/` binds loosest, then `/\`, then `=>`, then `not` and `~`;
 * so `a /\ b => c` is `a /\ (b => c)`. `=>` groups to the right, the others to the left.
 */
export function parseProposition(cursor: Cursor): Proposition {
  return parseChain(cursor, "or");
}

const chains = {
  or: { operator: "\\/", mistakes: ["||", "|"], words: ["or"], say: "or is written `\\/`" },
  and: { operator: "/\\", mistakes: ["&&", "&"], words: ["and"], say: "and is written `/\\`" },
} as const;

function parseChain(cursor: Cursor, kind: "and" | "or"): Proposition {
  const start = cursor.token.start;
  const operand = () => (kind === "or" ? parseChain(cursor, "and") : parseImplies(cursor));
  let left = operand();
  let length = 0;
  while (!cursor.failing && takeOperator(cursor, kind)) {
    if (++length > longestChain) {
      cursor.fail("too-deep", cursor.here, `more than ${longestChain} times \`${chains[kind].operator}\` in one condition`);
    }
    const right = operand();
    left = { kind, left, right, span: cursor.span(start) };
  }
  return left;
}

function takeOperator(cursor: Cursor, kind: "and" | "or"): boolean {
  const { operator, mistakes, words, say } = chains[kind];
  if (cursor.take(operator)) return true;
  const { kind: found, text } = cursor.token;
  const mistaken = mistakes.some((each) => each === found) || (found === "word" && words.some((each) => each === text));
  if (!mistaken) return false;
  cursor.report("syntax", cursor.here, `expected \`${operator}\`, found \`${text}\``, say);
  cursor.advance();
  return true;
}

function parseImplies(cursor: Cursor): Proposition {
  const start = cursor.token.start;
  const left = parseNot(cursor);
  if (cursor.failing || !cursor.take("=>")) return left;
  const right = cursor.nested(nothing(cursor), () => parseImplies(cursor));
  return { kind: "implies", left, right, span: cursor.span(start) };
}

function parseNot(cursor: Cursor): Proposition {
  const start = cursor.token.start;
  if (cursor.at("!")) cursor.report("syntax", cursor.here, "expected `~` or `not`, found `!`", "not is written `~` or `not`");
  if (!cursor.take("~") && !cursor.take("!") && !(cursor.atWord("not") && cursor.advance())) return parseAtom(cursor);
  const operand = cursor.nested(nothing(cursor), () => parseNot(cursor));
  return { kind: "not", operand, span: cursor.span(start) };
}

function parseAtom(cursor: Cursor): Proposition {
  const start = cursor.token.start;
  if (cursor.at("(")) {
    const open = cursor.here;
    cursor.advance();
    const inner = cursor.nested(nothing(cursor), () => parseProposition(cursor));
    cursor.expectClosing(")", open);
    return inner;
  }
  if (cursor.atWord("true") || cursor.atWord("false")) {
    const value = cursor.advance().text === "true";
    return { kind: "constant", value, span: cursor.span(start) };
  }
  if (cursor.atWord("order") && cursor.after().kind === "(") return parseOrder(cursor);
  if (cursor.atWord("stuck") && !comparisons.has(cursor.after().kind) && !comparisons.has(cursor.after().text)) {
    cursor.advance();
    return { kind: "stuck", span: cursor.span(start) };
  }
  return parseComparison(cursor);
}

/** `order(D0.b=2, D0.a=1)`; `order(D0.b=2, D0.a)`: before a read of D0.a. */
function parseOrder(cursor: Cursor): Proposition {
  const { start } = cursor.advance();
  const open = cursor.here;
  cursor.advance();
  const first = parseArrival(cursor);
  cursor.expect(",", "`,` between the two arrivals", "order(D0.b=2, D0.a=1): the write of 2 to D0.b arrived before the write of 1 to D0.a");
  const second = parseArrival(cursor);
  cursor.expectClosing(")", open);
  return { kind: "order", first, second, span: cursor.span(start) };
}

function parseArrival(cursor: Cursor): Arrival {
  const start = cursor.token.start;
  const owner = cursor.failing ? undefined : cursor.expectWord("a write that arrives, such as `D0.door=1`, or a read, such as `D0.status`");
  if (owner !== undefined) cursor.expect(".", "`.` and the register's name");
  const name = cursor.failing ? undefined : cursor.expectWord("the register's name after `.`");
  const whole = name === undefined ? "" : withMembers(cursor, name.text);
  const written = name !== undefined && !cursor.failing && (cursor.take("==") || cursor.take("="));
  const value = written ? parseSigned(cursor) : undefined;
  return { owner: owner?.text ?? "", name: whole, value, span: cursor.span(start) };
}

type Comparison = Extract<Proposition, { kind: "compare" }>["operator"];

const comparisons: ReadonlyMap<string, Comparison> = new Map([
  ["=", "="],
  ["==", "="],
  ["!=", "!="],
  ["<>", "!="],
  ["<", "<"],
  ["<=", "<="],
  [">", ">"],
  [">=", ">="],
]);

/** `0:r0=1`, `x != y`, `a={0, 1}`. */
export function parseComparison(cursor: Cursor): Proposition {
  const start = cursor.token.start;
  if (atSigned(cursor) && !atThreadPrefix(cursor)) {
    cursor.fail("syntax", cursor.here, "a comparison starts with a register or a location", "write `0:r0=1`, or `x=1`");
    return nothing(cursor);
  }
  const left = parseTerm(cursor);
  if (cursor.failing) return nothing(cursor);
  const operator = comparisons.get(cursor.token.kind);
  if (operator === undefined) {
    cursor.failExpected("`=` and a value");
    return nothing(cursor);
  }
  cursor.advance();
  const right = cursor.at("{") ? parseList(cursor, operator) : parseRight(cursor);
  return { kind: "compare", operator, left, right, span: cursor.span(start) };
}

/** `{0, 1}` */
function parseList(cursor: Cursor, operator: Comparison): Term {
  const open = cursor.here;
  cursor.advance();
  const items: Term[] = [];
  do items.push(parseRight(cursor));
  while (!cursor.failing && cursor.take(","));
  cursor.expectClosing("}", open);
  if (operator !== "=" && operator !== "!=") cursor.report("condition", open, "arrays have no order", "compare their elements");
  return { kind: "list", items, span: cursor.span(open.start) };
}

/** What stands behind the operator: a number; an address, `x` or `&x`; contents, `0:r0`, `[x]` or `*x`. As in herd7 `*0:r0` is `0:r0`. */
function parseRight(cursor: Cursor): Term {
  const start = cursor.token.start;
  if (refuseForeign(cursor, true)) return { kind: "integer", value: 0, span: cursor.span(start) };
  if (atSigned(cursor) && !atThreadPrefix(cursor)) return { kind: "integer", value: parseSigned(cursor), span: cursor.span(start) };
  const contents = cursor.at("[") || cursor.at("*");
  cursor.take("&");
  if (cursor.at("*") && isThreadPrefix(cursor, cursor.after())) cursor.advance();
  const term = parseTerm(cursor);
  return contents && term.kind === "location" ? { ...term, contents } : term;
}

/** A register or a location: `0:r0`, `P0:r0`, `x`, `[x]`, `*x`, `x[1]`, `D0.status`. */
export function parseTerm(cursor: Cursor): Term {
  const start = cursor.token.start;
  if (atThreadPrefix(cursor)) {
    const thread = parseThreadPrefix(cursor);
    takePercent(cursor);
    const name = cursor.expectWord("the name of a register after `:`")?.text ?? "";
    return { kind: "register", thread, name, span: cursor.span(start) };
  }
  const open = cursor.here;
  const bracketed = cursor.take("[");
  if (!bracketed && cursor.take("*") && atThreadPrefix(cursor)) {
    cursor.fail("unsupported", cursor.span(start), "what a register points to cannot be compared", "compare the location itself");
  }
  refuseForeign(cursor, false);
  const first = cursor.failing ? undefined : cursor.expectWord("a register such as `0:r0`, or a location");
  const owner = first !== undefined && ownsRegisters(first.text) && cursor.take(".") ? first.text : undefined;
  const head = owner === undefined ? (first?.text ?? "") : (cursor.expectWord("the register's name after `.`")?.text ?? "");
  const array = withMembers(cursor, head);
  const index = !cursor.failing && cursor.at("[") ? parseIndex(cursor) : undefined;
  const name = index === undefined ? array : withMembers(cursor, array);
  const field = name === array ? {} : { field: name.slice(array.length + 1) };
  if (bracketed) cursor.expectClosing("]", open);
  return { kind: "location", owner, name, index, ...field, span: cursor.span(start) };
}

function parseIndex(cursor: Cursor): number {
  const open = cursor.here;
  cursor.advance();
  const index = parseInteger(cursor);
  cursor.expectClosing("]", open);
  return index;
}

/** Stands in the tree where the text is wrong; no tree with one leaves the parser. */
function nothing(cursor: Cursor): Proposition {
  return { kind: "constant", value: true, span: { start: cursor.token.start, end: cursor.token.start } };
}

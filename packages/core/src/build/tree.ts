/** Pieces of a syntax tree that come from no text: their spans are empty until the test is printed and read. */
import type { Arrival as ArrivalTree, Expression, Proposition, Statement, Term as TermTree } from "../litmus/test.js";
import type { Span } from "../source.js";
import { BuildError } from "./build-error.js";
import type { Arrival, Condition, Term } from "./condition.js";
import type { Register } from "./handle.js";

export const NOWHERE: Span = Object.freeze({ start: 0, end: 0 });

/** Checks that a number fits 32 bits, signed or not. */
export function integerValue(value: number): number {
  if (!Number.isInteger(value) || value < -0x8000_0000 || value > 0xffff_ffff) throw new BuildError(`${value} is no integer of 32 bits`);
  return value === 0 ? 0 : value;
}

export function integer(value: number): Expression {
  const checked = integerValue(value);
  if (checked >= 0) return { kind: "integer", value: checked, span: NOWHERE };
  return unary("-", integer(-checked));
}

export const name = (text: string): Expression => ({ kind: "name", name: text, span: NOWHERE });

export const member = (owner: string, text: string): Expression => ({ kind: "member", owner, name: text, span: NOWHERE });

export const unary = (operator: "*" | "&" | "!" | "-", operand: Expression): Expression => ({
  kind: "unary",
  operator,
  operand,
  span: NOWHERE,
});

export const binary = (operator: string, left: Expression, right: Expression): Expression => ({
  kind: "binary",
  operator,
  left,
  right,
  span: NOWHERE,
});

export const index = (base: Expression, at: Expression): Expression => ({ kind: "index", base, index: at, span: NOWHERE });

export const call = (text: string, list: readonly Expression[]): Expression => ({
  kind: "call",
  name: text,
  tags: [],
  arguments: list,
  span: NOWHERE,
});

export const perform = (expression: Expression): Statement => ({ kind: "expression", expression, span: NOWHERE });

/** A condition of a thread as C's expression; `operand` writes what it speaks of. */
export function conditionExpression<Of>(condition: Condition<Of>, operand: (of: Of) => Expression): Expression {
  switch (condition.kind) {
    case "compare":
      return binary(condition.operator, operand(condition.left), operand(condition.right));
    case "not":
      return unary("!", conditionExpression(condition.operand, operand));
    case "and":
    case "or": {
      const operator = condition.kind === "and" ? "&&" : "||";
      return condition.operands.map((each) => conditionExpression(each, operand)).reduce((left, right) => binary(operator, left, right));
    }
    case "order":
      throw new BuildError("`order` speaks of a whole run: it belongs into the condition of the test");
  }
}

/** The condition of a test as herd7's proposition. `own` is told of each handle in it. */
export function propositionTree(condition: Condition<Term>, own: (handle: object) => void): Proposition {
  const span = NOWHERE;
  switch (condition.kind) {
    case "compare": {
      const operator = condition.operator === "==" ? "=" : condition.operator;
      return { kind: "compare", operator, left: termTree(condition.left, own), right: termTree(condition.right, own), span };
    }
    case "order":
      return { kind: "order", first: arrivalTree(condition.first, own), second: arrivalTree(condition.second, own), span };
    case "not":
      return { kind: "not", operand: propositionTree(condition.operand, own), span };
    case "and":
    case "or": {
      const { kind } = condition;
      return condition.operands
        .map((each) => propositionTree(each, own))
        .reduce((left, right): Proposition => ({ kind, left, right, span }));
    }
  }
}

export function termTree(term: Term, own: (handle: object) => void): TermTree {
  const span = NOWHERE;
  if (typeof term === "number") return { kind: "integer", value: integerValue(term), span };
  switch (term.kind) {
    case "register":
      own(term);
      return registerTerm(term);
    case "memory":
      own(term);
      return { kind: "location", owner: undefined, name: term.name, index: undefined, span };
    case "element":
      own(term.memory);
      return { kind: "location", owner: undefined, name: term.memory.name, index: term.index, span };
    case "address":
      own(term.memory);
      return { kind: "location", owner: undefined, name: term.memory.name, index: undefined, span };
    case "io":
      own(term);
      return { kind: "location", owner: term.owner, name: term.name, index: undefined, span };
    case "arrival":
      throw new BuildError("an arrival is not compared: write `order(first, second)`");
  }
}

const registerTerm = (register: Register): TermTree => ({ kind: "register", thread: register.thread, name: register.name, span: NOWHERE });

function arrivalTree(term: Term, own: (handle: object) => void): ArrivalTree {
  if (typeof term !== "object" || term.kind !== "arrival")
    throw new BuildError("`order` takes two arrivals: `order(arrival(b, 2), arrival(a, 1))`");
  const { register, value }: Arrival = term;
  own(register);
  return { owner: register.owner, name: register.name, value: value === undefined ? undefined : integerValue(value), span: NOWHERE };
}

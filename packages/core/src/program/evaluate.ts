/** The value of an expression: C's `int`, 32 bits, two's complement, wrapping around. */
import type { BinaryOperator, Expression } from "./program.js";

/** Operators of one operand. */
export type UnaryOperator = "!" | "~" | "-";

/** The value of `expression`, a signed 32-bit integer, where register `r` holds `registers(r)`. Division by zero gives 0. */
export function evaluate(expression: Expression, registers: (register: number) => number): number {
  switch (expression.kind) {
    case "constant":
      return expression.value | 0;
    case "register":
      return registers(expression.register) | 0;
    case "unary":
      return applyUnary(expression.operator, evaluate(expression.operand, registers));
    case "binary":
      return applyBinary(expression.operator, evaluate(expression.left, registers), evaluate(expression.right, registers));
    case "conditional":
      return evaluate(evaluate(expression.condition, registers) === 0 ? expression.else : expression.then, registers);
  }
}

/** The value of an operator applied. */
export function applyUnary(operator: UnaryOperator, operand: number): number {
  switch (operator) {
    case "!":
      return operand === 0 ? 1 : 0;
    case "~":
      return ~operand;
    case "-":
      return -operand | 0;
  }
}

/** Both operands are signed 32-bit integers, and so is the result. Shift counts are taken modulo 32. */
export function applyBinary(operator: BinaryOperator, left: number, right: number): number {
  switch (operator) {
    case "+":
      return (left + right) | 0;
    case "-":
      return (left - right) | 0;
    case "*":
      return Math.imul(left, right);
    case "/":
      return right === 0 ? 0 : (left / right) | 0;
    case "%":
      return right === 0 ? 0 : (left % right) | 0;
    case "&":
      return left & right;
    case "|":
      return left | right;
    case "^":
      return left ^ right;
    case "<<":
      return left << right;
    case ">>":
      return left >> right;
    case "==":
      return left === right ? 1 : 0;
    case "!=":
      return left !== right ? 1 : 0;
    case "<":
      return left < right ? 1 : 0;
    case "<=":
      return left <= right ? 1 : 0;
    case ">":
      return left > right ? 1 : 0;
    case ">=":
      return left >= right ? 1 : 0;
    case "&&":
      return left !== 0 && right !== 0 ? 1 : 0;
    case "||":
      return left !== 0 || right !== 0 ? 1 : 0;
  }
}

const binaryOperators: ReadonlySet<string> = new Set<BinaryOperator>([
  "+",
  "-",
  "*",
  "/",
  "%",
  "&",
  "|",
  "^",
  "<<",
  ">>",
  "==",
  "!=",
  "<",
  "<=",
  ">",
  ">=",
  "&&",
  "||",
]);

/** Is it an operator that programs have? */
export function isBinaryOperator(operator: string): operator is BinaryOperator {
  return binaryOperators.has(operator);
}

/** Adds the registers that an expression reads to a set. */
export function registersOf(expression: Expression | undefined, into: Set<number>): Set<number> {
  switch (expression?.kind) {
    case undefined:
    case "constant":
      break;
    case "register":
      into.add(expression.register);
      break;
    case "unary":
      registersOf(expression.operand, into);
      break;
    case "binary":
      registersOf(expression.left, into);
      registersOf(expression.right, into);
      break;
    case "conditional":
      registersOf(expression.condition, into);
      registersOf(expression.then, into);
      registersOf(expression.else, into);
  }
  return into;
}

// Builders of expressions: each folds what is constant, so that an address that can be known is known.

/** A constant, wrapped to 32 bits. */
export function constant(value: number): Expression {
  return { kind: "constant", value: value | 0 };
}

/** The value of a register. */
export function register(index: number): Expression {
  return { kind: "register", register: index };
}

/** An operator applied. */
export function unary(operator: UnaryOperator, operand: Expression): Expression {
  if (operand.kind === "constant") return constant(applyUnary(operator, operand.value));
  return { kind: "unary", operator, operand };
}

/** Whether a condition does not hold: 0 where it is not 0, and not 0 where it is. */
export function negate(condition: Expression): Expression {
  if (condition.kind === "unary" && condition.operator === "!") return condition.operand;
  return unary("!", condition);
}

/** Two operands combined. */
export function binary(operator: BinaryOperator, left: Expression, right: Expression): Expression {
  if (left.kind === "constant" && right.kind === "constant") return constant(applyBinary(operator, left.value, right.value));
  return { kind: "binary", operator, left, right };
}

/** `condition ? then : otherwise`. */
export function conditional(condition: Expression, then: Expression, otherwise: Expression): Expression {
  if (condition.kind === "constant") return condition.value === 0 ? otherwise : then;
  return { kind: "conditional", condition, then, else: otherwise };
}

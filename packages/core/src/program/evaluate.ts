/** The value of an expression: C's `int`, 32 bits, two's complement, wrapping around. */
import { applyBinary, applyUnary, type BinaryOperator, type UnaryOperator } from "../litmus/arithmetic.js";
import type { Expression } from "./program.js";

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

/** C's operators on numbers of 32 bits, two's complement, wrapping around: what constants and programs compute with. */

/** Operators of one operand. */
export type UnaryOperator = "!" | "~" | "-";

const BINARY_OPERATORS = ["+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>", "==", "!=", "<", "<=", ">", ">=", "&&", "||"] as const;

/** Operators of two operands. */
export type BinaryOperator = (typeof BINARY_OPERATORS)[number];

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

const binaryOperators: ReadonlySet<string> = new Set(BINARY_OPERATORS);

/** Is it an operator that programs have? */
export function isBinaryOperator(operator: string): operator is BinaryOperator {
  return binaryOperators.has(operator);
}

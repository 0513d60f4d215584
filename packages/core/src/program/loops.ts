/** What kind of a loop a loop is: one that polls, or one whose rounds can be counted. */
import { applyBinary, applyUnary, isBinaryOperator } from "../litmus/arithmetic.js";
import type { Statement, Expression as Tree } from "../litmus/test.js";
import type { Operation } from "./program.js";
import { sets } from "./scope.js";

/** Loops of up to so many rounds are unrolled completely. */
const MAXIMUM_ROUNDS = 8;

const polling: ReadonlySet<Operation["kind"]> = new Set<Operation["kind"]>([
  "assign",
  "branch",
  "jump",
  "read",
  "pio-read",
  "register-read",
  "is-locked",
  "barrier",
  "delay",
]);

/** Whether a round only reads and computes: then one that reads the same as the one before changes nothing. */
export function polls(round: readonly Operation[]): boolean {
  return round.every((operation) => polling.has(operation.kind) || (operation.kind === "loop" && operation.polls));
}

/** A body without statements: `;` or `{ }`. */
export function isEmpty(statements: readonly Statement[]): boolean {
  return statements.every((statement) => statement.kind === "block" && isEmpty(statement.body));
}

/** The rounds of `for (i = 0; i < 3; i++)`: the variable's value in each, and at the end; undefined if they cannot be counted. */
export function constantRounds(
  loop: Extract<Statement, { kind: "for" }>,
  constants: ReadonlyMap<string, number>,
): { readonly name: string; readonly values: readonly number[]; readonly last: number } | undefined {
  const [start] = loop.start;
  const [step] = loop.step;
  if (start === undefined || loop.start.length !== 1 || step === undefined || loop.step.length !== 1 || loop.condition === undefined)
    return undefined;
  let name: string;
  let first: Tree | undefined;
  if (start.kind === "declare") {
    name = start.name;
    first = start.value;
  } else if (start.kind === "assign" && start.target.kind === "name" && start.operator === undefined) {
    name = start.target.name;
    first = start.value;
  } else return undefined;
  if (step.kind !== "assign" || step.target.kind !== "name" || step.target.name !== name || sets(loop.body, name)) return undefined;

  const known = new Map(constants);
  let value = first === undefined ? undefined : fold(first, known);
  const values: number[] = [];
  while (value !== undefined) {
    known.set(name, value);
    const again = fold(loop.condition, known);
    if (again === undefined) return undefined;
    if (again === 0) return { name, values, last: value };
    if (values.length === MAXIMUM_ROUNDS) return undefined;
    values.push(value);
    const by = fold(step.value, known);
    if (by === undefined) return undefined;
    if (step.operator === undefined) value = by;
    else value = isBinaryOperator(step.operator) ? applyBinary(step.operator, value, by) : undefined;
  }
  return undefined;
}

/** The value of an expression over constants; undefined if it has none. */
function fold(tree: Tree, constants: ReadonlyMap<string, number>): number | undefined {
  switch (tree.kind) {
    case "integer":
      return tree.value | 0;
    case "name":
      return constants.get(tree.name);
    case "unary": {
      const operand = fold(tree.operand, constants);
      if (operand === undefined || tree.operator === "*" || tree.operator === "&") return undefined;
      return tree.operator === "+" ? operand : applyUnary(tree.operator, operand);
    }
    case "binary": {
      const left = fold(tree.left, constants);
      const right = fold(tree.right, constants);
      return left === undefined || right === undefined || !isBinaryOperator(tree.operator)
        ? undefined
        : applyBinary(tree.operator, left, right);
    }
    case "conditional": {
      const condition = fold(tree.condition, constants);
      return condition === undefined ? undefined : fold(condition === 0 ? tree.else : tree.then, constants);
    }
    default:
      return undefined;
  }
}

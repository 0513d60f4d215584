/** Expressions: accesses come out as operations, left to right; what is left over is computed from registers. */
import { isBinaryOperator } from "../litmus/arithmetic.js";
import type { Expression as Tree } from "../litmus/test.js";
import { didYouMean } from "../nearest.js";
import { load, target } from "./access.js";
import { type Body, isVariable, mayAccess, staticLocation, warnOfAddress } from "./body.js";
import type { Label } from "./code.js";
import { binary, conditional, constant, negate, register, unary } from "./evaluate.js";
import { lowerCall } from "./lower-call.js";
import { primitive } from "./primitives.js";
import type { Expression } from "./program.js";
import { addressOf } from "./resolve.js";

/** Lowers an expression; what it accesses is emitted on the way. */
export function lowerExpression(body: Body, tree: Tree, into?: number): Expression {
  switch (tree.kind) {
    case "integer":
      return constant(tree.value);
    case "name":
      return nameValue(body, tree, into);
    case "member":
    case "index": {
      const at = target(body, tree);
      return at === undefined ? constant(0) : load(body, at, undefined, tree.span, into);
    }
    case "unary":
      return unaryValue(body, tree, into);
    case "binary":
      return binaryValue(body, tree);
    case "conditional":
      return conditionalValue(body, tree, into);
    case "call": {
      const value = lowerCall(body, tree, true, into);
      if (value !== undefined) return value;
      const posted = tree.name === "DMA_WRITE" || tree.name === "DMA_WRITEV";
      body.complaints.error(
        "arguments",
        tree.span,
        `\`${tree.name}\` has no value`,
        posted
          ? "a posted write is not answered: read it back, `r = DMA_READ_ZERO(*x);`, or send it as `UIO`, which is answered with 0"
          : undefined,
      );
      return constant(0);
    }
  }
}

function nameValue(body: Body, tree: Extract<Tree, { kind: "name" }>, into: number | undefined): Expression {
  const meaning = body.scope.lookup(tree.name);
  switch (meaning.kind) {
    case "constant":
      return constant(meaning.value);
    case "location":
      if (!isVariable(body, tree.name)) return constant(addressOf(meaning.place.location));
      return load(
        body,
        { address: constant(addressOf(meaning.place.location)), volatile: body.locations.isVolatile(meaning.place.location) },
        undefined,
        tree.span,
        into,
      );
    case "register":
      if (!meaning.known && primitive(tree.name) !== undefined) {
        body.complaints.error("arguments", tree.span, `\`${tree.name}\` is a call`, `write \`${primitive(tree.name)?.form}\``);
      } else if (!meaning.known) {
        body.complaints.warning(
          "unknown-name",
          tree.span,
          `nothing sets \`${tree.name}\`: it reads as 0`,
          didYouMean(tree.name, body.scope.registers),
        );
      }
      return register(body.code.register(tree.name));
  }
}

function unaryValue(body: Body, tree: Extract<Tree, { kind: "unary" }>, into: number | undefined): Expression {
  switch (tree.operator) {
    case "*": {
      const at = target(body, tree);
      return at === undefined ? constant(0) : load(body, at, undefined, tree.span, into);
    }
    case "&": {
      const location = staticLocation(body, tree.operand);
      // `&*p` is p; `&x` of a parameter x is taken as the address of the location x.
      if (location !== undefined && tree.operand.kind !== "unary") return constant(addressOf(location));
      return target(body, tree.operand)?.address ?? constant(0);
    }
    case "+":
      return body.value(tree.operand);
    default:
      if (tree.operator === "!") warnOfAddress(body, tree.operand);
      return unary(tree.operator, body.value(tree.operand));
  }
}

function binaryValue(body: Body, tree: Extract<Tree, { kind: "binary" }>): Expression {
  const { operator } = tree;
  if (!isBinaryOperator(operator)) {
    body.complaints.error("unsupported", tree.span, `the operator \`${operator}\` is not supported`);
    return constant(0);
  }
  if (tree.right.kind === "integer" && comparisons.has(operator)) warnOfAddress(body, tree.left);
  const left = body.value(tree.left);
  warnOfUndefined(body, tree);
  if ((operator !== "&&" && operator !== "||") || !mayAccess(body, tree.right)) return binary(operator, left, body.value(tree.right));
  if (left.kind === "constant") {
    const decided = operator === "&&" ? left.value === 0 : left.value !== 0;
    return decided ? constant(operator === "&&" ? 0 : 1) : binary("!=", body.value(tree.right), constant(0));
  }
  // The right side happens only if the left does not decide. The result is computed from both, so that it depends on both.
  const { code } = body;
  const result = code.temporary();
  const join = code.label();
  code.emit({ kind: "assign", target: result, value: binary("!=", left, constant(0)) });
  code.emit({ kind: "branch", condition: operator === "&&" ? register(result) : unary("!", register(result)), otherwise: join, join });
  const right = body.value(tree.right);
  code.emit({ kind: "assign", target: result, value: binary(operator, register(result), right) });
  code.place(join);
  return register(result);
}

const comparisons: ReadonlySet<string> = new Set(["==", "!=", "<", "<=", ">", ">=", "&"]);

/** What C leaves undefined, where the text shows it. */
function warnOfUndefined(body: Body, { operator, right, span }: Extract<Tree, { kind: "binary" }>): void {
  if (right.kind !== "integer") return;
  if ((operator === "/" || operator === "%") && right.value === 0)
    body.complaints.warning("arguments", span, `\`${operator}\` by 0 is undefined in C: its value is 0 here`, "divide by something else");
  if ((operator === "<<" || operator === ">>") && right.value > 31)
    body.complaints.warning(
      "arguments",
      span,
      `a shift by ${right.value} is undefined in C: counts are taken modulo 32 here`,
      "values have 32 bits",
    );
}

function conditionalValue(body: Body, tree: Extract<Tree, { kind: "conditional" }>, into: number | undefined): Expression {
  const condition = body.value(tree.condition);
  if (condition.kind === "constant") return body.value(condition.value === 0 ? tree.else : tree.then, into);
  if (!mayAccess(body, tree.then) && !mayAccess(body, tree.else))
    return conditional(condition, body.value(tree.then), body.value(tree.else));
  const { code } = body;
  const result = code.temporary();
  const otherwise = code.label();
  const join = code.label();
  code.emit({ kind: "branch", condition, otherwise, join });
  code.emit({ kind: "assign", target: result, value: conditional(condition, body.value(tree.then), constant(0)) });
  code.emit({ kind: "jump", to: join });
  code.place(otherwise);
  code.emit({ kind: "assign", target: result, value: conditional(condition, constant(0), body.value(tree.else)) });
  code.place(join);
  return register(result);
}

/** Code that goes on where the condition holds, and at `otherwise` where it does not. `join` is where both ways have met. */
export function lowerCondition(body: Body, tree: Tree, otherwise: Label, join: Label): void {
  if (tree.kind === "binary" && (tree.operator === "&&" || tree.operator === "||") && mayAccess(body, tree)) {
    if (tree.operator === "&&") {
      lowerCondition(body, tree.left, otherwise, join);
      lowerCondition(body, tree.right, otherwise, join);
      return;
    }
    const holds = body.code.label();
    lowerNegation(body, tree.left, holds, join);
    lowerCondition(body, tree.right, otherwise, join);
    body.code.place(holds);
    return;
  }
  if (tree.kind === "unary" && tree.operator === "!" && mayAccess(body, tree) && tree.operand.kind === "binary") {
    lowerNegation(body, tree.operand, otherwise, join);
    return;
  }
  warnOfAddress(body, tree);
  branch(body, body.value(tree), otherwise, join);
}

/** Code that goes on where the condition does not hold, and at `otherwise` where it does. */
function lowerNegation(body: Body, tree: Tree, otherwise: Label, join: Label): void {
  if (tree.kind === "binary" && (tree.operator === "&&" || tree.operator === "||") && mayAccess(body, tree)) {
    if (tree.operator === "||") {
      lowerNegation(body, tree.left, otherwise, join);
      lowerNegation(body, tree.right, otherwise, join);
      return;
    }
    const fails = body.code.label();
    lowerCondition(body, tree.left, fails, join);
    lowerNegation(body, tree.right, otherwise, join);
    body.code.place(fails);
    return;
  }
  if (tree.kind === "unary" && tree.operator === "!" && mayAccess(body, tree) && tree.operand.kind === "binary") {
    lowerCondition(body, tree.operand, otherwise, join);
    return;
  }
  branch(body, negate(body.value(tree)), otherwise, join);
}

function branch(body: Body, condition: Expression, otherwise: Label, join: Label): void {
  if (condition.kind === "constant" && condition.value !== 0) return;
  if (condition.kind === "constant") body.code.emit({ kind: "jump", to: otherwise });
  else body.code.emit({ kind: "branch", condition, otherwise, join });
}

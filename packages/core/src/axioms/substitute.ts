/** Puts a macro's operands in the place of its parameters. */
import type { Expression, Statement } from "../litmus/test.js";

/** The expression with names of the map replaced. */
export function substitute(expression: Expression, operands: ReadonlyMap<string, Expression>): Expression {
  switch (expression.kind) {
    case "integer":
    case "member":
      return expression;
    case "name":
      return operands.get(expression.name) ?? expression;
    case "unary":
      return { ...expression, operand: substitute(expression.operand, operands) };
    case "binary":
      return { ...expression, left: substitute(expression.left, operands), right: substitute(expression.right, operands) };
    case "index":
      return { ...expression, base: substitute(expression.base, operands), index: substitute(expression.index, operands) };
    case "conditional":
      return {
        ...expression,
        condition: substitute(expression.condition, operands),
        then: substitute(expression.then, operands),
        else: substitute(expression.else, operands),
      };
    case "call":
      return { ...expression, arguments: expression.arguments.map((each) => substitute(each, operands)) };
  }
}

/** Statements of a macro are expressions and assignments; others stay as they are. */
export function substituteStatement(statement: Statement, operands: ReadonlyMap<string, Expression>): Statement {
  switch (statement.kind) {
    case "expression":
      return { ...statement, expression: substitute(statement.expression, operands) };
    case "assign":
      return { ...statement, target: substitute(statement.target, operands), value: substitute(statement.value, operands) };
    case "block":
      return { ...statement, body: statement.body.map((each) => substituteStatement(each, operands)) };
    case "if":
      return {
        ...statement,
        condition: substitute(statement.condition, operands),
        then: statement.then.map((each) => substituteStatement(each, operands)),
        else: statement.else.map((each) => substituteStatement(each, operands)),
      };
    default:
      return statement;
  }
}

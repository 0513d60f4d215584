/** Puts a macro's operands in the place of its parameters. */
import type { Expression, Statement } from "../litmus/test.js";
import type { Span } from "../source.js";

/** The expression with names of the map replaced. Its calls stand where the macro is used, `at`: that is what messages point to. */
export function substitute(expression: Expression, operands: ReadonlyMap<string, Expression>, at: Span): Expression {
  switch (expression.kind) {
    case "integer":
    case "member":
      return expression;
    case "name":
      return operands.get(expression.name) ?? expression;
    case "unary":
      return { ...expression, operand: substitute(expression.operand, operands, at) };
    case "binary":
      return { ...expression, left: substitute(expression.left, operands, at), right: substitute(expression.right, operands, at) };
    case "index":
      return { ...expression, base: substitute(expression.base, operands, at), index: substitute(expression.index, operands, at) };
    case "conditional":
      return {
        ...expression,
        condition: substitute(expression.condition, operands, at),
        then: substitute(expression.then, operands, at),
        else: substitute(expression.else, operands, at),
      };
    case "call":
      return { ...expression, span: at, arguments: expression.arguments.map((each) => substitute(each, operands, at)) };
  }
}

/** Statements of a macro are expressions and assignments; others stay as they are. */
export function substituteStatement(statement: Statement, operands: ReadonlyMap<string, Expression>, at: Span): Statement {
  switch (statement.kind) {
    case "expression":
      return { ...statement, expression: substitute(statement.expression, operands, at) };
    case "assign":
      return { ...statement, target: substitute(statement.target, operands, at), value: substitute(statement.value, operands, at) };
    case "block":
      return { ...statement, body: statement.body.map((each) => substituteStatement(each, operands, at)) };
    case "if":
      return {
        ...statement,
        condition: substitute(statement.condition, operands, at),
        then: statement.then.map((each) => substituteStatement(each, operands, at)),
        else: statement.else.map((each) => substituteStatement(each, operands, at)),
      };
    default:
      return statement;
  }
}

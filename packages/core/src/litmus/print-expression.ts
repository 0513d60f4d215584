/** C expressions back to text, with no more parentheses than they need. */
import { precedences } from "./parse-expression.js";
import type { Expression } from "./test.js";

/** Looser than every binary operator. */
const conditional = 0;
const unary = precedences.size + 1;

/** An expression with no more brackets than it needs. */
export function printExpression(expression: Expression): string {
  return print(expression, conditional);
}

function print(expression: Expression, tightest: number): string {
  switch (expression.kind) {
    case "integer":
      return String(expression.value);
    case "name":
      return expression.name;
    case "member":
      return `${expression.owner}.${expression.name}`;
    case "index":
      return `${print(expression.base, unary + 1)}[${printExpression(expression.index)}]`;
    case "unary": {
      // `*` of a member is the member: `d->own`.
      if (expression.operator === "*" && expression.operand.kind === "name" && expression.operand.name.includes("."))
        return expression.operand.name.replace(".", "->");
      const operand = print(expression.operand, unary);
      // `-(-1)`, never `--1`; the same for `+` and `&`.
      const doubled = operand.startsWith(expression.operator) && expression.operator !== "*" && expression.operator !== "!";
      return within(`${expression.operator}${doubled ? `(${operand})` : operand}`, unary, tightest);
    }
    case "binary": {
      const own = precedences.get(expression.operator) ?? unary;
      const text = `${print(expression.left, own)} ${expression.operator} ${print(expression.right, own + 1)}`;
      return within(text, own, tightest);
    }
    case "conditional": {
      const [condition, then, otherwise] = [
        print(expression.condition, 1),
        printExpression(expression.then),
        printExpression(expression.else),
      ];
      return within(`${condition} ? ${then} : ${otherwise}`, conditional, tightest);
    }
    case "call": {
      const tags = expression.tags.length === 0 ? "" : `{${expression.tags.join(",")}}`;
      // `__fence{mb}` stands without parentheses.
      if (tags !== "" && expression.arguments.length === 0) return `${expression.name}${tags}`;
      return `${expression.name}${tags}(${expression.arguments.map(printExpression).join(", ")})`;
    }
  }
}

function within(text: string, own: number, tightest: number): string {
  return own < tightest ? `(${text})` : text;
}

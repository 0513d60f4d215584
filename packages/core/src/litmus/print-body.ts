/** Statements back to text: one a line, two blanks a level, braces always. */
import { printExpression } from "./print-expression.js";
import type { Statement } from "./test.js";

/** The lines of the statements, indented by so many levels, each with its line break. */
export function printStatements(statements: readonly Statement[], level: number): string {
  return statements.map((each) => printStatement(each, level)).join("");
}

function printStatement(statement: Statement, level: number): string {
  const indent = "  ".repeat(level);
  const block = (body: readonly Statement[]) => (body.length === 0 ? "{ }" : `{\n${printStatements(body, level + 1)}${indent}}`);
  switch (statement.kind) {
    case "declare":
    case "assign":
    case "expression":
      return `${indent}${printSimple(statement)};\n`;
    case "if":
      return `${indent}${printIf(statement, level, block)}\n`;
    case "while":
      return `${indent}while (${printExpression(statement.condition)}) ${block(statement.body)}\n`;
    case "do":
      return `${indent}do ${block(statement.body)} while (${printExpression(statement.condition)});\n`;
    case "for": {
      const condition = statement.condition === undefined ? "" : ` ${printExpression(statement.condition)}`;
      const step = statement.step.length === 0 ? "" : ` ${printList(statement.step)}`;
      return `${indent}for (${printList(statement.start)};${condition};${step}) ${block(statement.body)}\n`;
    }
    case "break":
    case "continue":
    case "return":
      return `${indent}${statement.kind};\n`;
    case "block":
      return `${indent}${block(statement.body)}\n`;
    case "atomic":
      return `${indent}ATOMIC ${block(statement.body)}\n`;
  }
}

type If = Extract<Statement, { kind: "if" }>;

/** A chain of `else if` stays one, and is printed by a loop: it may be long. */
function printIf(first: If, level: number, block: (body: readonly Statement[]) => string): string {
  let text = `if (${printExpression(first.condition)}) ${block(first.then)}`;
  let rest = first.else;
  for (let [next] = rest; rest.length === 1 && next?.kind === "if"; [next] = rest) {
    text += ` else if (${printExpression(next.condition)}) ${block(next.then)}`;
    rest = next.else;
  }
  return rest.length === 0 ? text : `${text} else ${block(rest)}`;
}

/** A statement that also stands in the head of `for`, without its semicolon. */
function printSimple(statement: Statement): string {
  switch (statement.kind) {
    case "declare": {
      const value = statement.value === undefined ? "" : ` = ${printExpression(statement.value)}`;
      return `${printDeclarator(statement.type, statement.name)}${value}`;
    }
    case "assign":
      return `${printExpression(statement.target)} ${statement.operator ?? ""}= ${printExpression(statement.value)}`;
    case "expression": {
      const text = printExpression(statement.expression);
      // `a * b;` would be read as a declaration.
      const { kind } = statement.expression;
      return kind === "binary" || kind === "conditional" ? `(${text})` : text;
    }
    default:
      throw new Error(`a ${statement.kind} cannot stand in the head of a loop`);
  }
}

/** `int *p`, `int r0`: stars stand at the name. */
export function printDeclarator(type: string, name: string): string {
  return type.endsWith("*") ? `${type}${name}` : `${type} ${name}`;
}

/** `int i = 0, *p = x`: several declarations share the words before the first star. */
function printList(statements: readonly Statement[]): string {
  const [first, ...others] = statements;
  if (first === undefined) return "";
  const rest = others.map((each) => {
    const text = printSimple(each);
    if (each.kind !== "declare" || first.kind !== "declare") return text;
    const shared = first.type.split("*", 1)[0]?.trim() ?? "";
    return text.slice(shared.length).trimStart();
  });
  return [printSimple(first), ...rest].join(", ");
}

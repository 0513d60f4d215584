/** The layout of a test's text: where statements start and end in it, and what has to be written to put one before or after another. */
import type { Statement, Test } from "../litmus/test.js";
import { position, type Span } from "../source.js";
import { insertion, type TextEdit } from "./change.js";

/** The text with the comments of thread bodies blanked out; offsets stay. */
export function withoutComments(text: string, test: Test): string {
  let result = text;
  for (const { span } of test.threads) {
    const body = text.slice(span.start, span.end);
    const blanked = body.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, (comment) => comment.replace(/[^\n]/g, " "));
    result = result.slice(0, span.start) + blanked + result.slice(span.end);
  }
  return result;
}

/** A place between statements. */
export interface Gap {
  readonly thread: string;
  /** Offset of the statement that follows, its type words included. */
  readonly start: number;
  /** One-based line of that statement. */
  readonly line: number;
  /** The statement that follows. */
  readonly statement: Statement;
  /** The edits that put a statement here, `x();` say. */
  insert(code: string, order?: number): TextEdit[];
}

/** A statement with the means to put something behind it. */
export interface Placed extends Gap {
  /** One past its semicolon or brace. */
  readonly end: number;
  insertAfter(code: string, order?: number): TextEdit[];
}

/** Every statement of every thread before which another can be put, in the order of the text. */
export function statementsOf(text: string, test: Test): Placed[] {
  const code = withoutComments(text, test);
  const list: Placed[] = [];
  for (const thread of test.threads) visit(thread.body, undefined);

  function visit(statements: readonly Statement[], brace: Brace | undefined): void {
    for (const [index, statement] of statements.entries()) {
      const place = placed(statement, index === 0 && statements.length === 1 ? brace : undefined);
      if (place !== undefined) list.push(place);
      switch (statement.kind) {
        case "if":
          visit(statement.then, braceAfter(statement, statement.condition.span.end, ")"));
          if (statement.else.length > 0) visit(statement.else, braceElse(statement, statement.else[0] as Statement));
          break;
        case "while":
          visit(statement.body, braceAfter(statement, statement.condition.span.end, ")"));
          break;
        case "for":
        case "do":
        case "block":
        case "atomic":
          visit(statement.body, undefined);
          break;
        default:
      }
    }
  }

  /** Where a brace would have to be opened, were the arm one statement without braces. */
  function braceAfter(statement: Statement, from: number, closing: string): Brace | undefined {
    const at = code.indexOf(closing, from);
    return at === -1 ? undefined : { open: at + 1, parent: statement };
  }

  function braceElse(statement: Statement, arm: Statement): Brace | undefined {
    const at = code.lastIndexOf("else", arm.span.start);
    return at === -1 ? undefined : { open: at + 4, parent: statement };
  }

  function placed(statement: Statement, brace: Brace | undefined): Placed | undefined {
    const start = startOf(code, statement.span);
    const before = code.slice(0, start).trimEnd();
    const last = before.charAt(before.length - 1);
    const bare = brace !== undefined && code.slice(brace.open, start).trim() === "";
    if (!bare && last !== ";" && last !== "{" && last !== "}") return undefined;
    const end = endOf(code, statement.span);
    if (end === undefined) return undefined;
    const thread = test.threads.find(({ span }) => span.start <= start && start < span.end)?.name ?? "";
    const lineStart = text.lastIndexOf("\n", start - 1) + 1;
    const indent = text.slice(lineStart, start);
    const alone = indent.trim() === "";
    const wrap = (): TextEdit[] => {
      if (!bare || brace === undefined) return [];
      const parentLine = text.lastIndexOf("\n", brace.parent.span.start - 1) + 1;
      const parentIndent = /^[ \t]*/.exec(text.slice(parentLine))?.[0] ?? "";
      // A comment behind the statement stays on its line.
      const lineEnd = text.indexOf("\n", end) === -1 ? text.length : text.indexOf("\n", end);
      const close = alone && code.slice(end, lineEnd).trim() === "" ? lineEnd : end;
      return [insertion(brace.open, " {", 0, true), insertion(close, alone ? `\n${parentIndent}}` : " }", 9, true)];
    };
    const lineEnd = text.indexOf("\n", end) === -1 ? text.length : text.indexOf("\n", end);
    const tail = alone && code.slice(end, lineEnd).trim() === "" ? lineEnd : end;
    return {
      thread,
      start,
      end,
      line: position(text, start).line,
      statement,
      insert: (added, order = 1) => [...wrap(), insertion(start, alone ? `${added}\n${indent}` : `${added} `, order)],
      insertAfter: (added, order = 1) => [...wrap(), insertion(tail, alone ? `\n${indent}${added}` : ` ${added}`, order)],
    };
  }
  return list;
}

interface Brace {
  readonly open: number;
  readonly parent: Statement;
}

/** A declaration's span starts at its name: its type words stand before. */
function startOf(code: string, span: Span): number {
  const words = /(?:\b(?!else\b|do\b)[A-Za-z_]\w*\b[\s*]+)+$/.exec(code.slice(0, span.start));
  return words === null ? span.start : span.start - words[0].length;
}

/** One past the semicolon or brace that ends a statement. */
function endOf(code: string, span: Span): number | undefined {
  const last = code.slice(0, span.end).trimEnd();
  if (last.endsWith(";") || last.endsWith("}")) return last.length;
  const rest = /^\s*;/.exec(code.slice(span.end));
  return rest === null ? undefined : span.end + rest[0].length;
}

/** What a user can cause is a value: a problem with a stable code, a place, a sentence and, where possible, the fix. */
import { lineText, position, type Source, type Span } from "./source.js";

/** Every code there is. Codes are stable: scripts may match on them. */
export type ProblemCode =
  /** A character that starts no token. */
  | "unexpected-character"
  /** A comment, string or bracket that is not closed. */
  | "unterminated"
  /** A token where another was expected. */
  | "syntax"
  /** An integer that does not fit 32 bits. */
  | "integer-range"
  /** Nested deeper than the parser goes. */
  | "too-deep"
  /** The same name declared twice. */
  | "duplicate"
  /** A name that nothing declares. */
  | "unknown-name"
  /** A function that the language does not have. */
  | "unknown-call"
  /** Wrong number or kind of arguments. */
  | "arguments"
  /** An attribute that the declaration does not take. */
  | "unknown-attribute"
  /** A platform name that nothing defines. */
  | "unknown-platform"
  /** A construct that is read but that the explorer does not run (RCU, say). */
  | "unsupported"
  /** An operation in a place where it cannot stand (PIO in user space). */
  | "misplaced"
  /** A condition that speaks of nothing in the test. */
  | "condition"
  /** A platform file that is not well formed. */
  | "platform"
  /** A configuration that is not well formed. */
  | "config"
  /** A file that cannot be read. */
  | "file";

/** What is wrong with an input: where, what was expected, and what may help. */
export interface Problem {
  readonly code: ProblemCode;
  readonly severity: "error" | "warning";
  readonly span: Span;
  /** One sentence: what is wrong and what was expected. */
  readonly message: string;
  /** The fix, where there is an obvious one. */
  readonly hint?: string;
}

/** Either a value with warnings, or at least one error. */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T; readonly problems: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** `file:line:column: error[code]: message`, the line, a caret and the hint. */
export function formatProblem(source: Source, problem: Problem): string {
  const at = position(source.text, problem.span.start);
  const line = lineText(source.text, at.line);
  // Of a very long line only what is near.
  const from = at.column <= LONGEST_LINE ? 0 : at.column - 1 - BEFORE;
  const shown = visible(line.slice(from, from + LONGEST_LINE));
  const column = at.column - 1 - from;
  const width = Math.max(1, Math.min(problem.span.end - problem.span.start, shown.length - column));
  const [left, right] = [from > 0 ? "…" : "", from + shown.length < line.length ? "…" : ""];
  const pad = " ".repeat(left.length) + shown.slice(0, column).replace(/[^\t]/g, " ");
  const head = `${source.name}:${at.line}:${at.column}: ${problem.severity}[${problem.code}]: ${problem.message}`;
  const hint = problem.hint === undefined ? "" : `\n  hint: ${problem.hint}`;
  return `${head}\n  ${left}${shown}${right}\n  ${pad}${"^".repeat(width)}${hint}`;
}

/** Control characters, which a terminal would obey, as dots. */
function visible(text: string): string {
  return Array.from({ length: text.length }, (_, at) => {
    const code = text.charCodeAt(at);
    return (code < 0x20 && code !== 0x09) || (code >= 0x7f && code < 0xa0) ? "·" : text.charAt(at);
  }).join("");
}

/** Characters of a line that are shown, and how many of them stand before the place where that is far along. */
const LONGEST_LINE = 300;
const BEFORE = 100;

/** Collects what is wrong with a test while it is being lowered: everything at once, each thing once. */
import type { Problem, ProblemCode } from "../problem.js";
import type { Span } from "../source.js";

/** Collects problems of a test. */
export interface Complaints {
  error(code: ProblemCode, span: Span, message: string, hint?: string): void;
  warning(code: ProblemCode, span: Span, message: string, hint?: string): void;
  /** All that was reported, in order of the text. */
  list(): Problem[];
}

/** An empty collection. */
export function collectComplaints(): Complaints {
  // A statement in a loop is lowered more than once: its problems are the same each time.
  const found = new Map<string, Problem>();
  const add = (severity: "error" | "warning", code: ProblemCode, span: Span, message: string, hint: string | undefined): void => {
    const key = `${span.start}:${span.end}:${code}:${message}`;
    if (found.has(key)) return;
    found.set(key, hint === undefined ? { code, severity, span, message } : { code, severity, span, message, hint });
  };
  return {
    error: (code, span, message, hint) => add("error", code, span, message, hint),
    warning: (code, span, message, hint) => add("warning", code, span, message, hint),
    list: () => [...found.values()].sort((a, b) => a.span.start - b.span.start),
  };
}

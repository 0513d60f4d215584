/** Problems as the protocol has them. */
import type { Problem, Span } from "@fencepost/core";
import type { Diagnostic, Range } from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import type { Analysis } from "./analysis.js";
import { keyOf } from "./named.js";
import { SEVERITY } from "./numbers.js";

/** What code actions need of a problem again. */
export interface ProblemData {
  readonly hint?: string;
}

export const rangeOf = (document: TextDocument, { start, end }: Span): Range => ({
  start: document.positionAt(start),
  end: document.positionAt(end),
});

/** All problems of a text. The hint stands under the message; what is declared twice names the first declaration too. */
export function diagnosticsOf(document: TextDocument, analysis: Analysis): Diagnostic[] {
  return analysis.problems.map((problem) => {
    const { hint } = problem;
    const related = relatedSpans(analysis, problem).map(({ span, message }) => ({
      location: { uri: document.uri, range: rangeOf(document, span) },
      message,
    }));
    const data: ProblemData = hint === undefined ? {} : { hint };
    return {
      range: rangeOf(document, visible(document, problem.span)),
      severity: SEVERITY[problem.severity],
      code: problem.code,
      source: "fencepost",
      message: hint === undefined ? problem.message : `${problem.message}\n${hint}`,
      data,
      ...(related.length === 0 ? {} : { relatedInformation: related }),
    };
  });
}

/** An empty span, where something is missing, shows at the character before it. */
function visible(document: TextDocument, span: Span): Span {
  if (span.end > span.start || span.start === 0) return span;
  const before = document.getText().slice(span.start - 1, span.start);
  return before === "\n" ? span : { start: span.start - 1, end: span.end };
}

/** Other places that a problem speaks of. */
function relatedSpans({ names }: Analysis, problem: Problem): { readonly span: Span; readonly message: string }[] {
  if (problem.code !== "duplicate") return [];
  const again = names.occurrences.find(
    ({ token, role }) => role === "declaration" && problem.span.start <= token.start && token.end <= problem.span.end,
  );
  if (again === undefined) return [];
  const first = names.of(again.named).find(({ role, token }) => role === "declaration" && token !== again.token);
  return first === undefined
    ? []
    : [{ span: first.token, message: `\`${keyOf(first.named).replace(/^\w+ /, "")}\` is first declared here` }];
}

/** What a run of `check` came to: what the formats are made from. */
import { position } from "@fencepost/core";
import type { Checked, ReportParts, Result } from "@fencepost/core/report";
import { verdictWords } from "@fencepost/core/report";
import type { Counterexample } from "../counterexample.js";

export interface RunReport extends ReportParts {
  /** The run that shows a verdict which the test does not expect, where there is one. */
  readonly counterexamples: ReadonlyMap<Result, Counterexample>;
  /** Seconds that the search for a verdict took; names of one machine share a search, and the first one counts it. */
  readonly seconds: ReadonlyMap<Result, number>;
}

/** A problem of a file whose text is not at hand has no place in it. */
export const hasPlace = ({ source, problem }: ReportParts["problems"][number]): boolean => problem.code !== "file" && source.text !== "";

/** What is wrong with a verdict: it is not what the test states, it ran out of a budget, or there is a fault of ours. */
export interface Finding {
  readonly kind: "outcome-allowed" | "outcome-forbidden" | "outcome-depends" | "outcome-unknown" | "fault";
  readonly checked: Checked;
  readonly result: Result;
  /** One sentence. */
  readonly message: string;
  /** Is it about what the test states? Otherwise nothing was expected, and the verdict is unknown. */
  readonly differs: boolean;
}

/** All that is wrong with the verdicts, in order. */
export function findingsOf({ checked }: Pick<ReportParts, "checked">): readonly Finding[] {
  return checked.flatMap((each) =>
    each.results.flatMap((result): Finding[] => {
      const { verdict, comparison, fault } = result;
      const name = `${each.test.name} on ${result.platform.name}`;
      if (fault !== undefined)
        return [{ kind: "fault", checked: each, result, message: `${name}: a fault of Fencepost, please report it`, differs: false }];
      const kind = `outcome-${verdict.verdict}` as const;
      if (comparison?.met === false)
        return [
          { kind, checked: each, result, message: `${name}: ${wordsOf(result)}, but the test states ${comparison.stated}`, differs: true },
        ];
      // A budget that ran out on a test without `expect`; what the model does not reach is no finding.
      const ranOut =
        comparison === undefined &&
        verdict.verdict === "unknown" &&
        (verdict.result?.stopped !== undefined || verdict.reason === "out of memory");
      return ranOut ? [{ kind, checked: each, result, message: `${name}: ${wordsOf(result)}`, differs: false }] : [];
    }),
  );
}

/** The verdict with what it depends on, or why it is unknown. */
export function wordsOf({ verdict }: Result): string {
  return verdict.verdict === "unknown" && verdict.reason !== undefined ? `unknown, ${verdict.reason}` : verdictWords(verdict);
}

/** `3 verdicts, 1 as expected, 2 differ, 0 unknown`. */
export function summaryOf({ checked }: Pick<ReportParts, "checked">): string {
  const results = checked.flatMap((each) => each.results);
  const met = results.filter(({ comparison }) => comparison?.met === true).length;
  const differ = results.filter(({ comparison }) => comparison?.met === false).length;
  const unknown = results.filter(({ verdict }) => verdict.verdict === "unknown").length;
  const tests = `${checked.length} test${checked.length === 1 ? "" : "s"}`;
  return `${tests}, ${results.length} verdict${results.length === 1 ? "" : "s"}: ${met} as expected, ${differ} differ, ${unknown} unknown`;
}

/** A place in a file: lines and columns from 1, in UTF-16 code units; the end is behind the last character. */
export interface Region {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

export function regionOf(text: string, span: { readonly start: number; readonly end: number }): Region {
  const start = position(text, span.start);
  // An empty place, where something is missing, cannot be pointed at: the character there can.
  const end = position(text, Math.max(span.end, span.start + (text.charAt(span.start) === "\n" || span.start >= text.length ? 0 : 1)));
  return { line: start.line, column: start.column, endLine: end.line, endColumn: end.column };
}

/** The place that a finding is about: what the test states, or its condition. */
export function spanOf({ checked, result }: Finding): { readonly start: number; readonly end: number } {
  return result.comparison?.span ?? checked.test.condition?.span ?? { start: 0, end: 0 };
}

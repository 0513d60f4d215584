/** What a run of `check` has found: one test and its verdicts. */
import type { Verdict } from "../explore/verdict.js";
import type { Test } from "../litmus/test.js";
import type { Program } from "../program/program.js";
import { position, type Source } from "../source.js";
import type { Comparison } from "./expect.js";

/** A verdict beside what was expected. */
export interface Result {
  readonly platform: { readonly name: string; readonly conforming: boolean };
  readonly verdict: Verdict;
  /** Where the test states something for this platform. */
  readonly comparison: Comparison | undefined;
  /** A fault of ours: what was thrown. The verdict is then unknown. */
  readonly fault?: string;
}

/** One test on several platforms. */
export interface Checked {
  readonly source: Source;
  readonly test: Test;
  /** Undefined where the test uses what the explorer does not run: its verdicts are then unknown. */
  readonly program: Program | undefined;
  /** What to call the test in a table of several. */
  readonly label: string;
  readonly results: readonly Result[];
}

/** `file:line:column` of the expectation that a verdict is compared with. */
export function expectationPlace(source: Source, comparison: Comparison): string {
  const { line, column } = position(source.text, comparison.span.start);
  return `${source.name}:${line}:${column}`;
}

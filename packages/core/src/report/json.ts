/** The report of `check --json`: docs/output.schema.json describes it. */
import type { Plain, Verdict } from "../explore/verdict.js";
import type { StatedVerdict } from "../litmus/test.js";
import type { Problem, ProblemCode } from "../problem.js";
import type { Program } from "../program/program.js";
import { position, type Source } from "../source.js";
import type { Checked, Result } from "./checked.js";
import { conditionWords } from "./condition-words.js";
import { printValue } from "./names.js";
import { observedOrder, sortStates } from "./state.js";
import { conditionHolds, observation } from "./text.js";

/** The version of the format: it grows when a field goes or changes its meaning, not when one is added. */
export const FORMAT = 1;

/** What `check --json` prints. */
export interface JsonReport {
  readonly format: typeof FORMAT;
  readonly tests: readonly JsonTest[];
  readonly problems: readonly JsonProblem[];
  readonly summary: {
    readonly tests: number;
    readonly verdicts: number;
    readonly expected: number;
    readonly differing: number;
    readonly unknown: number;
    readonly faults: number;
  };
  /** Stopped by Ctrl-C: what was known by then. */
  readonly interrupted: boolean;
  readonly exitCode: number;
}

/** One test of `check --json`. */
export interface JsonTest {
  readonly file: string;
  readonly name: string;
  readonly doc?: string;
  readonly quantifier: "exists" | "~exists" | "forall";
  readonly condition: string;
  readonly sources: readonly string[];
  readonly verdicts: readonly JsonVerdict[];
}

/** One verdict of `check --json`. */
export interface JsonVerdict {
  readonly platform: string;
  readonly verdict: Verdict["verdict"];
  readonly byDefault: Plain;
  readonly variants: readonly { readonly settings: { readonly [option: string]: string }; readonly verdict: Plain }[];
  readonly vacuous: boolean;
  readonly bounds: readonly string[];
  readonly reason?: string;
  readonly fault?: string;
  readonly explored?: { readonly states: number; readonly transitions: number; readonly complete: boolean; readonly deadlocks: number };
  readonly expected?: {
    readonly verdict: StatedVerdict;
    readonly met: boolean;
    readonly byDefault: boolean;
    readonly line: number;
    readonly column: number;
  };
  /** States mode only. */
  readonly states?: readonly { readonly values: { readonly [term: string]: number | string }; readonly satisfies: boolean }[];
  readonly observation?: "Never" | "Sometimes" | "Always";
  readonly holds?: "Ok" | "No" | "Undef";
}

/** One problem of `check --json`. */
export interface JsonProblem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly code: ProblemCode;
  readonly severity: Problem["severity"];
  readonly message: string;
  readonly hint?: string;
}

export interface ReportParts {
  readonly checked: readonly Checked[];
  readonly problems: readonly { readonly source: Source; readonly problem: Problem }[];
  /** Were the verdicts found in states mode? */
  readonly states: boolean;
  readonly interrupted: boolean;
  readonly exitCode: number;
}

/** Makes the report. */
export function jsonReport({ checked, problems, states, interrupted, exitCode }: ReportParts): JsonReport {
  const results = checked.flatMap((each) => each.results);
  const compared = results.filter((result) => result.comparison !== undefined);
  return {
    format: FORMAT,
    tests: checked.map((each) => jsonTest(each, states)),
    problems: problems.map(({ source, problem }) => jsonProblem(source, problem)),
    summary: {
      tests: checked.length,
      verdicts: results.length,
      expected: compared.filter((result) => result.comparison?.met === true).length,
      differing: compared.filter((result) => result.comparison?.met === false).length,
      unknown: results.filter((result) => result.verdict.verdict === "unknown").length,
      faults: results.filter((result) => result.fault !== undefined).length,
    },
    interrupted,
    exitCode,
  };
}

function jsonTest({ source, test, program, results }: Checked, states: boolean): JsonTest {
  const { doc, sources } = test;
  const quantifier = test.condition?.quantifier ?? "exists";
  return {
    file: source.name,
    name: test.name,
    ...(doc === undefined ? {} : { doc }),
    quantifier,
    condition: conditionWords(test),
    sources,
    verdicts: results.map((result) => jsonVerdict(source, quantifier, program, result, states)),
  };
}

function jsonVerdict(
  source: Source,
  quantifier: JsonTest["quantifier"],
  program: Program | undefined,
  { platform, verdict, comparison, fault }: Result,
  states: boolean,
): JsonVerdict {
  const { result } = verdict;
  return {
    platform: platform.name,
    verdict: verdict.verdict,
    byDefault: verdict.byDefault,
    variants: verdict.variants.map((variant) => ({
      settings: Object.fromEntries(variant.settings.map(({ option, value }) => [option, value])),
      verdict: variant.verdict,
    })),
    vacuous: verdict.vacuous,
    bounds: verdict.bounds,
    ...(verdict.reason === undefined ? {} : { reason: verdict.reason }),
    ...(fault === undefined ? {} : { fault }),
    ...(result === undefined
      ? {}
      : { explored: { states: result.states, transitions: result.transitions, complete: result.complete, deadlocks: result.deadlocks } }),
    ...(comparison === undefined
      ? {}
      : {
          expected: {
            verdict: comparison.stated,
            met: comparison.met,
            byDefault: comparison.byDefault,
            ...position(source.text, comparison.span.start),
          },
        }),
    ...(states && result !== undefined && program !== undefined
      ? { states: jsonStates(program, verdict), observation: observation(verdict.ends), holds: conditionHolds(quantifier, verdict) }
      : {}),
  };
}

/** The address of a location is its name, any other value a number. */
function jsonStates(program: Program, verdict: Verdict): NonNullable<JsonVerdict["states"]> {
  const order = observedOrder(program);
  const shown = (value: number): number | string => (printValue(program, value) === String(value) ? value : printValue(program, value));
  return sortStates(program, verdict.ends).map((end) => ({
    values: Object.fromEntries(order.map((index) => [program.observed[index]?.label ?? "?", shown(end.values[index] ?? 0)])),
    satisfies: end.satisfies,
  }));
}

function jsonProblem(source: Source, problem: Problem): JsonProblem {
  const start = position(source.text, problem.span.start);
  const end = position(source.text, problem.span.end);
  return {
    file: source.name,
    line: start.line,
    column: start.column,
    endLine: end.line,
    endColumn: end.column,
    code: problem.code,
    severity: problem.severity,
    message: problem.message,
    ...(problem.hint === undefined ? {} : { hint: problem.hint }),
  };
}

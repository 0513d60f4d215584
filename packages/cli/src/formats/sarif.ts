/**
 * SARIF 2.1.0 (OASIS), as GitHub's code scanning reads it: one result for each problem and for each verdict that is not what its test states; the run that shows it is a code flow, one thread
 * flow for each thread and device, in the order of `executionOrder`.
 */
import { createHash } from "node:crypto";
import type { Log, PhysicalLocation, ReportingDescriptor, Result as SarifResult, ThreadFlow } from "sarif";
import type { Counterexample } from "../counterexample.js";
import { reportUri } from "./paths.js";
import { type Finding, findingsOf, type RunReport, regionOf, spanOf } from "./run-report.js";

type Span = { readonly start: number; readonly end: number };

/** The log as text, two spaces a level; ends with a line break. */
export function sarifText(report: RunReport, version: string): string {
  return `${JSON.stringify(sarifLog(report, version), undefined, 2)}\n`;
}

function sarifLog(report: RunReport, version: string): Log {
  const findings = findingsOf(report);
  const faults = findings.filter(({ kind }) => kind === "fault");
  const rules: ReportingDescriptor[] = [];
  const ruleIndex = (id: string): number => {
    const known = rules.findIndex((rule) => rule.id === id);
    return known === -1 ? rules.push(ruleOf(id)) - 1 : known;
  };
  const results: SarifResult[] = [];
  for (const { source, problem } of report.problems) {
    const text = problem.hint === undefined ? `${sentence(problem.message)}` : `${sentence(problem.message)} Hint: ${problem.hint}.`;
    results.push({
      ruleId: problem.code,
      ruleIndex: ruleIndex(problem.code),
      level: problem.severity,
      message: { text },
      locations: [{ physicalLocation: place(source.name, source.text, problem.span) }],
      partialFingerprints: { "fencepost/v1": fingerprint(source.name, problem.code, problem.message) },
    });
  }
  for (const finding of findings) {
    if (finding.kind === "fault") continue;
    const index = ruleIndex(finding.kind);
    results.push(resultOf(finding, index, report.counterexamples.get(finding.result)));
  }
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "Fencepost", version, semanticVersion: version, rules } },
        automationDetails: { id: "fencepost/check/" },
        columnKind: "utf16CodeUnits",
        invocations: [
          {
            executionSuccessful: faults.length === 0 && !report.interrupted,
            exitCode: report.exitCode,
            ...(faults.length === 0
              ? {}
              : {
                  toolExecutionNotifications: faults.map(({ message, result }) => ({
                    level: "error" as const,
                    message: { text: `${sentence(message)} ${result.fault ?? ""}` },
                  })),
                }),
          },
        ],
        results,
      },
    ],
  };
}

function resultOf(finding: Finding, ruleIndex: number, counterexample: Counterexample | undefined): SarifResult {
  const { kind, checked, result, message, differs } = finding;
  const { source, test } = checked;
  const condition = test.condition;
  const end = counterexample === undefined ? "" : ` At the end: ${counterexample.end || "the condition holds"}`;
  return {
    ruleId: kind,
    ruleIndex,
    level: differs && result.verdict.verdict !== "unknown" ? "error" : "warning",
    message: { text: `${sentence(message)}${end}` },
    locations: [{ physicalLocation: place(source.name, source.text, spanOf(finding)) }],
    partialFingerprints: { "fencepost/v1": fingerprint(source.name, kind, `${test.name} ${result.platform.name}`) },
    ...(condition === undefined
      ? {}
      : {
          relatedLocations: [
            { id: 1, physicalLocation: place(source.name, source.text, condition.span), message: { text: "The outcome in question." } },
          ],
        }),
    ...(counterexample === undefined
      ? {}
      : {
          codeFlows: [
            {
              message: { text: `A run on ${result.platform.name} that ends with the outcome.` },
              threadFlows: threadFlows(source, counterexample, condition?.span),
            },
          ],
        }),
  };
}

/** One for each thread and device that does something, in the order of their first steps. */
function threadFlows(
  source: { readonly name: string; readonly text: string },
  { steps, end }: Counterexample,
  condition: Span | undefined,
): ThreadFlow[] {
  const flows = new Map<string, ThreadFlow>();
  for (const step of steps) {
    const thread = step.thread ?? "machine";
    const flow = flows.get(thread) ?? { id: thread, message: { text: `What ${thread} does.` }, locations: [] };
    flows.set(thread, flow);
    flow.locations.push({
      executionOrder: step.number,
      importance: "essential",
      location: {
        physicalLocation: place(source.name, source.text, step.span ?? condition ?? { start: 0, end: 0 }),
        message: { text: `${step.number}. ${step.what}.` },
      },
    });
  }
  const last = [...flows.values()].at(-1);
  if (last !== undefined && condition !== undefined)
    last.locations.push({
      executionOrder: steps.length + 1,
      importance: "essential",
      location: {
        physicalLocation: place(source.name, source.text, condition),
        message: { text: `At the end: ${end || "the condition holds"}.` },
      },
    });
  return [...flows.values()];
}

function place(name: string, text: string, span: Span): PhysicalLocation {
  const { line, column, endLine, endColumn } = regionOf(text, span);
  const shown = text.slice(span.start, Math.max(span.end, span.start + 1));
  return {
    artifactLocation: { uri: reportUri(name) },
    region: {
      startLine: line,
      startColumn: column,
      endLine,
      endColumn: endLine === line ? Math.max(endColumn, column) : endColumn,
      ...(shown.trim() === "" ? {} : { snippet: { text: shown } }),
    },
  };
}

/** What stays the same while lines move. */
const fingerprint = (...parts: readonly string[]): string => createHash("sha256").update(parts.join("\0")).digest("hex").slice(0, 32);

/** A capital letter at its beginning and a full stop at its end, as SARIF wants messages; what begins with a name keeps it. */
const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);

interface Page {
  readonly short: string;
  readonly help: string;
}

const VERDICT_PAGES: { readonly [id: string]: Page } = {
  "outcome-allowed": {
    short: "A run ends with an outcome that the test states otherwise.",
    help: "The code flow is such a run. `fencepost explain FILE --platform NAME` names the rules of the platform that let it happen, each with its source; `fencepost fix` proposes changes that forbid it.",
  },
  "outcome-forbidden": {
    short: "No run ends with an outcome that the test states otherwise.",
    help: "All orders that the platform allows were searched. `fencepost explain FILE --platform NAME` names the rules that forbid the outcome, each with its source. If they are right, the `expect` line of the test is not.",
  },
  "outcome-depends": {
    short: "Whether the outcome can happen depends on what no source settles.",
    help: "`fencepost explain FILE --platform NAME` names the open question and both answers. `--option NAME=VALUE` fixes it; `expect` can state `depends`.",
  },
  "outcome-unknown": {
    short: "The verdict is unknown: a budget ran out, or the model does not reach.",
    help: "Unknown is never a guess. Give the search more (`--max-states`, `--timeout`, `--memory`), or make the test smaller.",
  },
};

/** What a code of a problem means; the codes are those of packages/core/src/problem.ts. */
const PROBLEM_PAGES: { readonly [code: string]: string } = {
  "unexpected-character": "A character that starts no token.",
  unterminated: "A comment, string or bracket that is not closed.",
  syntax: "A token where another was expected.",
  "integer-range": "An integer that does not fit 32 bits.",
  "too-deep": "Nested deeper than the parser goes.",
  duplicate: "The same name is declared twice.",
  "unknown-name": "A name that nothing declares.",
  "unknown-call": "A function that the language does not have.",
  arguments: "Wrong number or kind of arguments.",
  "unknown-attribute": "An attribute that the declaration does not take.",
  "unknown-platform": "A platform name that nothing defines.",
  unsupported: "A construct that is read but not run.",
  misplaced: "An operation in a place where it cannot stand.",
  condition: "A condition that speaks of nothing in the test.",
  platform: "A platform file that is not well formed.",
  config: "A configuration file that is not well formed.",
  file: "A file that cannot be read.",
};

function ruleOf(id: string): ReportingDescriptor {
  const { short, help } = VERDICT_PAGES[id] ?? {
    short: PROBLEM_PAGES[id] ?? "Something is wrong with an input.",
    help: "docs/language.md describes the language of tests, docs/platforms.md platform files, docs/ci.md the configuration.",
  };
  const name = id
    .split("-")
    .map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`)
    .join("");
  return {
    id,
    // A name that is its id but for letters' case is a mistake of SARIF.
    name: id.startsWith("outcome-") ? name : `${name}Problem`,
    shortDescription: { text: short },
    fullDescription: { text: short },
    help: { text: help.replaceAll("`", "'"), markdown: help },
    defaultConfiguration: { level: id === "outcome-unknown" ? "warning" : "error" },
    properties: {
      tags: ["memory-order", id.startsWith("outcome-") ? "verdict" : "input"],
      precision: "very-high",
      "problem.severity": id === "outcome-unknown" ? "warning" : "error",
    },
  };
}

/** JUnit's XML, as Jenkins, GitLab and their like read it: a suite for each file, a case for each platform. */
import { formatProblem } from "@fencepost/core";
import type { Checked, Result } from "@fencepost/core/report";
import { expectationPlace } from "@fencepost/core/report";
import type { Found } from "../inputs.js";
import { xmlAttribute, xmlText } from "./escape.js";
import { reportPath } from "./paths.js";
import { type Finding, findingsOf, hasPlace, type RunReport, regionOf, wordsOf } from "./run-report.js";

interface Case {
  readonly name: string;
  readonly line: number;
  readonly seconds: number;
  readonly outcome: "passed" | "failure" | "error" | "skipped";
  readonly type: string;
  readonly message: string;
  readonly body: string;
}

interface Suite {
  readonly file: string;
  readonly cases: readonly Case[];
  /** Warnings. */
  readonly remarks: string;
}

/** The whole file; ends with a line break. */
export function junitText(report: RunReport): string {
  const findings = new Map(findingsOf(report).map((finding) => [finding.result, finding]));
  const files = new Set([...report.checked.map(({ source }) => source.name), ...report.problems.map(({ source }) => source.name)]);
  const suites = [...files].map((file): Suite => {
    const problems = report.problems.filter(({ source }) => source.name === file);
    const errors = problems.filter(({ problem }) => problem.severity === "error");
    const cases = report.checked
      .filter(({ source }) => source.name === file)
      .flatMap((checked) => checked.results.map((result) => caseOf(report, checked, result, findings.get(result))));
    return {
      file,
      cases: [...cases, ...errors.map(problemCase)],
      remarks: problems
        .filter(({ problem }) => problem.severity === "warning")
        .map(({ source, problem }) => `${formatProblem(source, problem)}\n`)
        .join(""),
    };
  });
  const all = suites.flatMap(({ cases }) => cases);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="fencepost" ${counts(all)}>`,
    ...suites.flatMap(suiteLines),
    "</testsuites>",
    "",
  ].join("\n");
}

function counts(cases: readonly Case[]): string {
  const count = (outcome: Case["outcome"]): number => cases.filter((each) => each.outcome === outcome).length;
  const seconds = cases.reduce((sum, each) => sum + each.seconds, 0);
  return `tests="${cases.length}" failures="${count("failure")}" errors="${count("error")}" skipped="${count("skipped")}" time="${seconds.toFixed(3)}"`;
}

function suiteLines({ file, cases, remarks }: Suite): string[] {
  const path = reportPath(file);
  const classname = path
    .replace(/\.litmus$/, "")
    .replaceAll(".", "-")
    .replaceAll("/", ".");
  return [
    `  <testsuite name="${xmlAttribute(path)}" ${counts(cases)}>`,
    ...cases.flatMap((each) => caseLines(each, classname, path)),
    ...(remarks === "" ? [] : [`    <system-err>${xmlText(remarks)}</system-err>`]),
    "  </testsuite>",
  ];
}

function caseLines({ name, line, seconds, outcome, type, message, body }: Case, classname: string, path: string): string[] {
  const head = `<testcase classname="${xmlAttribute(classname)}" name="${xmlAttribute(name)}" file="${xmlAttribute(path)}" line="${line}" time="${seconds.toFixed(3)}"`;
  if (outcome === "passed") return [`    ${head}>`, `      <system-out>${xmlText(message)}</system-out>`, "    </testcase>"];
  const inner =
    outcome === "skipped"
      ? `<skipped message="${xmlAttribute(message)}"/>`
      : `<${outcome} message="${xmlAttribute(message)}" type="${xmlAttribute(type)}">${xmlText(body)}</${outcome}>`;
  return [`    ${head}>`, `      ${inner}`, "    </testcase>"];
}

function caseOf(report: RunReport, checked: Checked, result: Result, finding: Finding | undefined): Case {
  const { source, test } = checked;
  const { comparison, fault } = result;
  const line = regionOf(source.text, comparison?.span ?? test.condition?.span ?? { start: 0, end: 0 }).line;
  const shared = { name: `${test.name} on ${result.platform.name}`, line, seconds: report.seconds.get(result) ?? 0 };
  const words = wordsOf(result);
  if (finding === undefined) {
    const told = comparison === undefined ? `${words}; nothing is stated` : `${words}, as stated`;
    return {
      ...shared,
      outcome: result.verdict.verdict === "unknown" && comparison === undefined ? "skipped" : "passed",
      type: "",
      message: told,
      body: "",
    };
  }
  if (fault !== undefined) return { ...shared, outcome: "error", type: "fault", message: finding.message, body: fault };
  if (!finding.differs) return { ...shared, outcome: "skipped", type: "", message: finding.message, body: "" };
  const counterexample = report.counterexamples.get(result);
  const place =
    comparison === undefined ? reportPath(source.name) : expectationPlace({ ...source, name: reportPath(source.name) }, comparison);
  const body = [
    `${place}: ${finding.message}`,
    ...(counterexample === undefined
      ? []
      : [
          "",
          ...counterexample.steps.map(({ number, what }) => `${String(number).padStart(3)}. ${what}.`),
          `At the end: ${counterexample.end}`,
        ]),
    "",
  ].join("\n");
  return { ...shared, outcome: "failure", type: finding.kind, message: finding.message, body };
}

function problemCase(found: Found): Case {
  const { source, problem } = found;
  const region = regionOf(source.text, problem.span);
  const body = hasPlace(found) ? `${formatProblem(source, problem)}\n` : `${source.name}: ${problem.message}\n`;
  return {
    name: `line ${region.line}, column ${region.column}: ${problem.code}`,
    line: region.line,
    seconds: 0,
    outcome: "error",
    type: problem.code,
    message: problem.message,
    body,
  };
}

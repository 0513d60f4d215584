/** Workflow commands of GitHub Actions: annotations in the log, in the run's summary and at the lines of a pull request. */
import { commandData, commandProperty } from "./escape.js";
import { reportPath } from "./paths.js";
import { findingsOf, hasPlace, type Region, type RunReport, regionOf, spanOf, summaryOf } from "./run-report.js";

/** One command a line, then the totals; ends with a line break. */
export function githubText(report: RunReport): string {
  const lines: string[] = [];
  for (const found of report.problems) {
    const { source, problem } = found;
    const text = problem.hint === undefined ? problem.message : `${problem.message}\n${problem.hint}`;
    const region = hasPlace(found) ? regionOf(source.text, problem.span) : undefined;
    lines.push(command(problem.severity, source.name, region, problem.code, text));
  }
  for (const finding of findingsOf(report)) {
    const { kind, checked, result, message, differs } = finding;
    const counterexample = report.counterexamples.get(result);
    const story =
      counterexample === undefined
        ? []
        : [...counterexample.steps.map(({ number, what }) => `${number}. ${what}.`), `At the end: ${counterexample.end}`];
    const severity = kind === "fault" || (differs && result.verdict.verdict !== "unknown") ? "error" : "warning";
    lines.push(
      command(severity, checked.source.name, regionOf(checked.source.text, spanOf(finding)), kind, [message, ...story].join("\n")),
    );
  }
  lines.push(summaryOf(report));
  return `${lines.join("\n")}\n`;
}

/** GitHub shows columns where a place lies in one line. */
function command(severity: "error" | "warning", file: string, region: Region | undefined, code: string, text: string): string {
  const properties: [string, string | number][] = [["file", reportPath(file)]];
  if (region !== undefined) {
    properties.push(["line", region.line], ["endLine", region.endLine]);
    if (region.line === region.endLine) properties.push(["col", region.column], ["endColumn", region.endColumn]);
  }
  properties.push(["title", `fencepost: ${code}`]);
  return `::${severity} ${properties.map(([name, value]) => `${name}=${commandProperty(String(value))}`).join(",")}::${commandData(text)}`;
}

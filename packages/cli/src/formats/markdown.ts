/** A block of Markdown, for a job's summary or a comment: what is wrong first, then the table of all verdicts. */
import { formatProblem } from "@fencepost/core";
import { markdownBlock, markdownText } from "./escape.js";
import { reportPath } from "./paths.js";
import { findingsOf, hasPlace, type RunReport, regionOf, spanOf, summaryOf } from "./run-report.js";

/** A job's summary holds a mebibyte; stories end before that. */
const MOST_STORIES = 50;
/** A table of more rows is folded. */
const MOST_ROWS = 25;

/** Ends with a line break. */
export function markdownReport(report: RunReport): string {
  const findings = findingsOf(report);
  const errors = report.problems.filter(({ problem }) => problem.severity === "error");
  const right = findings.length === 0 && errors.length === 0;
  const parts = [
    `### ${right ? "✅" : "❌"} Fencepost`,
    `${summaryOf(report)}${report.interrupted ? ". Stopped by Ctrl-C: this is what is known." : "."}`,
  ];
  if (report.problems.length > 0)
    parts.push(`**Problems**\n\n${markdownBlock("text", report.problems.map((found) => problemText(found)).join("\n\n")).trimEnd()}`);
  if (findings.length > 0)
    parts.push(
      findings
        .slice(0, MOST_STORIES)
        .map((finding) => {
          const { checked, result, message } = finding;
          const { line } = regionOf(checked.source.text, spanOf(finding));
          const counterexample = report.counterexamples.get(result);
          const head = `- **${markdownText(message)}** (${markdownText(reportPath(checked.source.name))}:${line})`;
          if (counterexample === undefined) return head;
          const story = [
            ...counterexample.steps.map(({ number, what }) => `${String(number).padStart(2)}. ${what}.`),
            `At the end: ${counterexample.end}`,
          ].join("\n");
          return `${head}\n${indent(`<details><summary>A run that shows it</summary>\n\n${markdownBlock("text", story)}\n</details>`)}`;
        })
        .join("\n"),
    );
  if (findings.length > MOST_STORIES) parts.push(`… and ${findings.length - MOST_STORIES} more.`);
  const table = tableOf(report);
  if (table !== undefined)
    parts.push(report.checked.length > MOST_ROWS ? `<details><summary>All verdicts</summary>\n\n${table}\n\n</details>` : table);
  return `${parts.join("\n\n")}\n`;
}

function problemText(found: RunReport["problems"][number]): string {
  const { source, problem } = found;
  const name = reportPath(source.name);
  return hasPlace(found) ? formatProblem({ ...source, name }, problem) : `${name}: ${problem.message}`;
}

const indent = (text: string): string =>
  text
    .split("\n")
    .map((line) => (line === "" ? "" : `  ${line}`))
    .join("\n");

/** Tests down, platforms across; what is not as stated is bold. */
function tableOf({ checked }: RunReport): string | undefined {
  const platforms = [...new Set(checked.flatMap(({ results }) => results.map(({ platform }) => platform.name)))];
  if (platforms.length === 0) return undefined;
  const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [
    row(["test", ...platforms.map(markdownText)]),
    row(["---", ...platforms.map(() => "---")]),
    ...checked.map(({ label, results }) =>
      row([
        markdownText(label),
        ...platforms.map((name) => {
          const result = results.find(({ platform }) => platform.name === name);
          if (result === undefined) return "";
          const { verdict, comparison } = result;
          if (comparison === undefined) return verdict.verdict;
          return comparison.met ? `${verdict.verdict} ✓` : `**${verdict.verdict}** ✗ ${comparison.stated}`;
        }),
      ]),
    ),
  ].join("\n");
}

/** `--format`: what `check` says, for machines. */
import { jsonReport } from "@fencepost/core/report";
import { UsageError } from "../exit.js";
import { writeOutput } from "../output-file.js";
import type { RunReport } from "./run-report.js";

export type { RunReport } from "./run-report.js";

export const FORMATS = ["text", "json", "sarif", "junit", "github", "markdown"] as const;
export type FormatName = (typeof FORMATS)[number];

/** A format, and the file that it goes to; standard output where there is none. */
export interface Format {
  readonly name: FormatName;
  readonly file: string | undefined;
}

/** `sarif`, `sarif=FILE`. Throws a UsageError for what is no format, and where two would go to standard output. */
export function readFormats(texts: readonly string[]): readonly Format[] {
  const formats = texts.map((text): Format => {
    const at = text.indexOf("=");
    const word = at === -1 ? text : text.slice(0, at);
    const file = at === -1 ? undefined : text.slice(at + 1);
    const name = FORMATS.find((each) => each === word);
    if (name === undefined) throw new UsageError(`--format ${text}: the formats are ${FORMATS.join(", ")}, each also as NAME=FILE`);
    if (file === "" || (name === "text" && file !== undefined))
      throw new UsageError(`--format ${text}: ${file === "" ? "the name of a file has to follow `=`" : "text goes to standard output"}`);
    return { name, file };
  });
  const shown = formats.filter(({ file }) => file === undefined);
  if (shown.length > 1)
    throw new UsageError(
      `--format ${shown.map(({ name }) => name).join(" and --format ")}: one of them can go to standard output; write NAME=FILE for the others`,
    );
  return formats;
}

/** Is text what standard output shows? It is, unless a format goes there. */
export const showsText = (formats: readonly Format[]): boolean => !formats.some(({ name, file }) => file === undefined && name !== "text");

/** The report in a format, each of which is loaded when it is asked for; undefined for text, which is printed as it comes. */
async function formatted(name: FormatName, report: RunReport, version: string): Promise<string | undefined> {
  switch (name) {
    case "text":
      return undefined;
    case "json":
      return `${JSON.stringify(jsonReport(report), undefined, 2)}\n`;
    case "sarif":
      return (await import("./sarif.js")).sarifText(report, version);
    case "junit":
      return (await import("./junit.js")).junitText(report);
    case "github":
      return (await import("./github.js")).githubText(report);
    case "markdown":
      return (await import("./markdown.js")).markdownReport(report);
  }
}

/** Writes the formats to their files, and to standard output the one that goes there. */
export async function writeFormats(formats: readonly Format[], report: RunReport, version: string): Promise<void> {
  for (const { name, file } of formats) {
    const text = await formatted(name, report, version);
    if (text === undefined) continue;
    if (file === undefined) process.stdout.write(text);
    else writeOutput(file, text);
  }
}

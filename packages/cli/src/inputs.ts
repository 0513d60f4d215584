/** The tests that the paths of a command line name, read and lowered. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { formatProblem, type Problem, type Source } from "@fencepost/core";
import { parseTest, type Test } from "@fencepost/core/litmus";
import { lowerTest, type Program } from "@fencepost/core/program";
import { UsageError } from "./exit.js";

export interface Input {
  readonly source: Source;
  readonly test: Test;
  /** Undefined where the test uses what the explorer does not run. */
  readonly program: Program | undefined;
  /** Why not, then. */
  readonly unsupported: string | undefined;
  readonly label: string;
}

/** A problem with its text. */
export interface Found {
  readonly source: Source;
  readonly problem: Problem;
}

export interface Inputs {
  readonly inputs: readonly Input[];
  readonly problems: readonly Found[];
  /** The paths named exactly one test: not a directory, nor several files. */
  readonly single: boolean;
}

/** Files, directories (all `*.litmus` below, sorted) and `-` for standard input. What cannot be read is a problem, and the rest is read nonetheless. */
export function readInputs(paths: readonly string[]): Inputs {
  if (paths.length === 0) throw new UsageError("give a file, a directory, or - for standard input");
  const problems: Found[] = [];
  const files: { readonly path: string; readonly label: string | undefined }[] = [];
  const seen = new Set<string>();
  const add = (path: string, label: string | undefined): void => {
    if (seen.has(path)) return;
    seen.add(path);
    files.push({ path, label });
  };
  for (const path of paths) {
    if (path === "-") {
      add(path, undefined);
      continue;
    }
    try {
      if (!statSync(path).isDirectory()) add(path, undefined);
      else {
        const found = litmusFiles(path);
        if (found.length === 0) problems.push(fileProblem(path, "no *.litmus file in this directory"));
        for (const file of found) add(join(path, file), file.replace(/\.litmus$/, "").replaceAll("\\", "/"));
      }
    } catch (error) {
      problems.push(fileProblem(path, unreadable(error)));
    }
  }
  const inputs = files.flatMap(({ path, label }): Input[] => {
    const read = readTest(path);
    problems.push(...read.problems);
    return read.input === undefined ? [] : [{ ...read.input, label: label ?? read.input.label }];
  });
  return { inputs, problems, single: paths.length === 1 && files.length === 1 && files[0]?.label === undefined };
}

function litmusFiles(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(".litmus"))
    .map((entry) => join(entry.parentPath, entry.name).slice(join(folder, "x").length - 1))
    .sort((a, b) => (a < b ? -1 : 1));
}

function readTest(path: string): { readonly input: Input | undefined; readonly problems: readonly Found[] } {
  let source: Source;
  try {
    source = { name: path === "-" ? "<stdin>" : path, text: readFileSync(path === "-" ? 0 : path, "utf8") };
  } catch (error) {
    return { input: undefined, problems: [fileProblem(path, unreadable(error))] };
  }
  const parsed = parseTest(source);
  const problems: Found[] = parsed.problems.map((problem) => ({ source, problem }));
  if (!parsed.ok) return { input: undefined, problems };
  const test = parsed.value;
  const lowered = lowerTest(test, source);
  const shared = { source, test, label: test.name };
  if (lowered.ok) {
    problems.push(...lowered.problems.map((problem) => ({ source, problem })));
    return { input: { ...shared, program: lowered.value, unsupported: undefined }, problems };
  }
  const errors = lowered.problems.filter((problem) => problem.severity === "error");
  // Read, but not for the explorer: the verdict is unknown, and the reason names what it is.
  if (errors.every((problem) => problem.code === "unsupported")) {
    return { input: { ...shared, program: undefined, unsupported: unsupportedWords(errors.map((problem) => problem.message)) }, problems };
  }
  problems.push(...lowered.problems.map((problem) => ({ source, problem })));
  return { input: undefined, problems };
}

/** "`a`: the explorer ..." and "`b`: the explorer ..." in one sentence. */
function unsupportedWords(messages: readonly string[]): string {
  const names = new Map<string, Set<string>>();
  for (const message of messages) {
    const [, name = "", rest = message] = /^(`[^`]+`): (.*)$/s.exec(message) ?? [];
    names.set(rest, (names.get(rest) ?? new Set()).add(name));
  }
  return [...names].map(([rest, found]) => `${[...found].join(", ")}${[...found].join("") === "" ? "" : ": "}${rest}`).join("; ");
}

/** Why a file cannot be read, in the words of the shell. */
export function unreadable(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  return code === "ENOENT"
    ? "no such file or directory"
    : code === "EACCES"
      ? "permission denied"
      : code === "EISDIR"
        ? "this is a directory"
        : error instanceof Error
          ? error.message
          : String(error);
}

export function fileProblem(path: string, message: string): Found {
  return { source: { name: path, text: "" }, problem: { code: "file", severity: "error", span: { start: 0, end: 0 }, message } };
}

/** A problem as it is printed; one of a file that could not be read, or that holds nothing, has no line to show. */
export function printFound({ source, problem }: Found): string {
  return problem.code === "file" || (problem.code === "config" && source.text === "")
    ? `${source.name}: ${problem.severity}[${problem.code}]: ${problem.message}`
    : formatProblem(source, problem);
}

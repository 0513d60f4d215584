/** Tiny notations for tests of the lowering: a body in, its operations out, on one line. */
import { parseTest } from "../../src/litmus/parse.js";
import type { Outcome, Problem } from "../../src/problem.js";
import { lowerTest } from "../../src/program/lower.js";
import { printOperation, printProgram } from "../../src/program/print.js";
import type { Program } from "../../src/program/program.js";
import type { Source } from "../../src/source.js";

export function lower(text: string): { readonly source: Source; readonly outcome: Outcome<Program> } {
  const source = { name: "t.litmus", text };
  const parsed = parseTest(source);
  return { source, outcome: parsed.ok ? lowerTest(parsed.value, source) : parsed };
}

/** `threads` and what may follow them, after an initial state. */
const whole = (threads: string, init: string): string =>
  `C t\n{ ${init} }\n${threads}\n${/^(~?exists|forall)/m.test(threads) ? "" : "exists (true)\n"}`;

/** The program of a test; what is wrong with it, where it has none. */
export function program(threads: string, init = ""): Program {
  const { source, outcome } = lower(whole(threads, init));
  if (!outcome.ok) throw new Error(outcome.problems.map((problem) => describe(source, problem)).join("\n"));
  return outcome.value;
}

/** The whole listing, without its first line. */
export function listing(threads: string, init = ""): string {
  return printProgram(program(threads, init)).split("\n").slice(1).join("\n");
}

/** The operations of the first thread (or of the one named), separated by `; `. */
export function code(threads: string, init = "", name?: string): string {
  const lowered = program(threads, init);
  const thread = name === undefined ? lowered.threads[0] : lowered.threads.find((candidate) => candidate.name === name);
  return thread === undefined ? "no thread" : thread.code.map((operation) => printOperation(lowered, thread, operation)).join("; ");
}

/** A body of P0 with parameters x, y, z. */
export const cpu = (body: string, init = ""): string => code(`P0(int *x, int *y, int *z) { ${body} }`, init);

/** A body of D0, which has the registers a and b; memory x and y; D1 has the register c. */
export const device = (body: string): string => code(`D0(int *x, int *y) { ${body} }`, deviceInit, "D0");
export const deviceInit =
  "mmio int D0.a; mmio int D0.b; mmio int D1.c; port int D0.p; config int D0.q; mmio(wc) int D0.w; mmio int D0.many[4];";

/** A body of P0 that knows the same registers. */
export const driver = (body: string, clauses = ""): string => code(`P0(int *x, int *y) ${clauses} { ${body} }`, deviceInit, "P0");

/** What is wrong, one problem a line: `code "text": message (hint)`. */
export function problems(threads: string, init = ""): string[] {
  const { source, outcome } = lower(whole(threads, init));
  return outcome.problems.map((problem) => describe(source, problem));
}

function describe(source: Source, problem: Problem): string {
  const at = source.text.slice(problem.span.start, problem.span.end).replace(/\s+/g, " ");
  const severity = problem.severity === "warning" ? "warning " : "";
  return `${severity}${problem.code} "${at}": ${problem.message}${problem.hint === undefined ? "" : ` (${problem.hint})`}`;
}

/** `fencepost explain`: why an outcome is allowed or forbidden. */
import { compareWith, expectationFor, type JsonExplanation, unknown } from "@fencepost/core/report";
import { outcome } from "./check.js";
import { createEngine } from "./engine.js";
import { EXIT, exitCode, UsageError } from "./exit.js";
import { readOneTest } from "./one-test.js";
import { writeOutput } from "./output-file.js";
import type { Budget } from "./task.js";

export interface ExplainOptions {
  readonly platform?: string;
  readonly platformFile: readonly string[];
  readonly option: readonly string[];
  readonly compiler?: boolean;
  readonly reduce: "full" | "none";
  readonly maxStates: number;
  readonly timeout?: number;
  readonly memory?: number;
  readonly svg?: string;
  readonly json?: boolean;
  readonly config?: string | boolean;
}

/** Explains one test on one or several platforms; gives the exit code. */
export async function explainCommand(path: string, given: ExplainOptions, isGiven: (option: string) => boolean): Promise<number> {
  // What holds for all tests of a repository, which platforms to look at included, is more than an explanation wants.
  const { options, input, platforms, settings, wrongInput } = await readOneTest(
    "explain",
    path,
    given,
    (option) => option === "platform" || isGiven(option),
  );
  if (platforms.length === 0) return EXIT.input;
  if (options.svg !== undefined && platforms.length !== 1)
    throw new UsageError(`--svg draws one platform, not ${platforms.length}: name it with --platform`);
  if (input === undefined) return EXIT.input;
  if (input.program === undefined) {
    process.stdout.write(`${input.test.name}: unknown: ${input.unsupported ?? "not supported"}\n`);
    return input.test.expects.some((each) => each.verdict !== "unknown") ? EXIT.differs : EXIT.ok;
  }
  const budget: Budget = {
    mode: "verdict",
    reduce: options.reduce,
    maxStates: options.maxStates,
    settings,
    timeout: options.timeout,
    memory: options.memory,
  };
  const engine = createEngine();
  const documents: JsonExplanation[] = [];
  let faults = false;
  let differs = false;
  let ranOut = false;
  for (const [index, platform] of platforms.entries()) {
    try {
      const { text, json, svg, verdict } = await engine.explain({ kind: "explain", program: input.program, platform, budget });
      if (options.json === true) documents.push(json);
      else process.stdout.write(`${index === 0 ? "" : `\n${"-".repeat(100)}\n`}${text}`);
      const expectation = expectationFor(input.test, platform);
      const comparison = expectation && compareWith(expectation, verdict);
      const sum = outcome([
        {
          source: input.source,
          test: input.test,
          program: input.program,
          label: input.label,
          results: [{ platform, verdict, comparison }],
        },
      ]);
      differs ||= sum.differs;
      ranOut ||= sum.budget;
      if (options.svg !== undefined) writeSvg(options.svg, svg, platform.name);
    } catch (error) {
      if (error instanceof UsageError) throw error;
      faults = true;
      const fault = error instanceof Error ? (error.stack ?? error.message) : String(error);
      process.stdout.write(`${unknown(input.test.name, platform.name, "").test} on ${platform.name}: unknown: a fault of ours\n`);
      process.stderr.write(`A fault of Fencepost, please report it: ${fault}\n`);
    }
    if (engine.stopped) break;
  }
  if (options.json === true) process.stdout.write(`${JSON.stringify(documents, undefined, 2)}\n`);
  const interrupted = engine.stopped;
  await engine.close();
  return exitCode({
    faults,
    wrongInput,
    differs,
    budget: ranOut,
    interrupted,
  });
}

function writeSvg(path: string, svg: string | undefined, platform: string): void {
  if (svg === undefined) {
    process.stderr.write(`${path} is not written: on ${platform} there is no run to draw.\n`);
    return;
  }
  writeOutput(path, svg);
}

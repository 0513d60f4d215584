/** `fencepost check`: the verdicts of tests on platforms. */
import { createKnownSearches, type KnownSearches, type Verdict } from "@fencepost/core/explore";
import type { Platform } from "@fencepost/core/platform";
import {
  type Checked,
  compareWith,
  createMatrix,
  expectationFor,
  type Result,
  testBlock,
  unknown,
  unknownPlatforms,
  unknownSettings,
} from "@fencepost/core/report";
import { configuredOptions } from "./configured.js";
import { type Counterexample, counterexampleOf } from "./counterexample.js";
import { createEngine, type Engine } from "./engine.js";
import { exitCode, UsageError } from "./exit.js";
import { type RunReport, readFormats, showsText, writeFormats } from "./formats/index.js";
import { type Found, type Input, type Inputs, printFound, readInputs } from "./inputs.js";
import { createMachineKeys, type MachineKeys } from "./machine-key.js";
import { createShelf, readSettings, type Shelf, selectPlatforms, statedPlatforms } from "./selection.js";
import type { Budget } from "./task.js";
import { createProgress, outputStyle, outputWidth } from "./terminal.js";
import { VERSION } from "./version.js";

export interface CheckOptions {
  readonly platform?: string;
  readonly platformFile: readonly string[];
  readonly option: readonly string[];
  readonly compiler?: boolean;
  readonly mode?: "states" | "verdict";
  readonly reduce: "full" | "none";
  readonly maxStates: number;
  readonly timeout?: number;
  readonly memory?: number;
  readonly json?: boolean;
  readonly format: readonly string[];
  readonly expectOnly?: boolean;
  /** A configuration file; false: none at all. */
  readonly config?: string | boolean;
}

/** Checks and prints; gives the exit code. */
export async function checkCommand(asked: readonly string[], given: CheckOptions, isGiven: (option: string) => boolean): Promise<number> {
  const configured = await configuredOptions(given, isGiven);
  const { options, general } = configured;
  const paths = asked.length > 0 ? asked : (configured.tests ?? []);
  if (paths.length === 0 && configured.problems.length === 0)
    throw new UsageError("give files or directories of tests, or - for standard input; or name `tests` in fencepost.config.json");
  const formats = readFormats(options.json === true ? ["json", ...options.format] : options.format);
  const shelf = createShelf(options.platformFile, options.platform);
  const { inputs, problems: read, single } = paths.length === 0 ? NOTHING : readInputs(paths);
  const { platforms, andNamed } = selectPlatforms(shelf, options.platform, inputs, single);
  const settings = readSettings(options, platforms, { general, shelf });
  const problems: readonly Found[] = [
    ...configured.problems,
    ...shelf.problems,
    ...read,
    ...inputs.flatMap((input) => unknownNames(shelf, input)),
  ];
  for (const found of problems) process.stderr.write(`${printFound(found)}\n`);

  const block = single && platforms.length === 1;
  const budget: Budget = {
    mode: options.mode ?? (block ? "states" : "verdict"),
    reduce: options.reduce,
    maxStates: options.maxStates,
    settings,
    timeout: options.timeout,
    memory: options.memory,
  };
  const style = outputStyle();
  const quiet = !showsText(formats);
  const matrix = createMatrix({
    labels: inputs.map((input) => input.label),
    platforms: platforms.map(({ name }) => name),
    width: outputWidth(),
    style,
  });
  const write = (text: string): void => {
    if (!quiet) process.stdout.write(text);
  };
  const progress = createProgress();
  const engine = createEngine();
  const keys = createMachineKeys();
  const all: Checked[] = [];
  const notes: Notes = { counterexamples: new Map(), seconds: new Map() };
  if (!block && inputs.length > 0 && platforms.length > 0) write(matrix.head);
  // With a platform file that is wrong there may be no platform left.
  for (const [index, input] of platforms.length === 0 && shelf.broken ? [] : inputs.entries()) {
    const mine = andNamed
      ? [...platforms, ...statedPlatforms(shelf, input).filter(({ name }) => !platforms.some((other) => other.name === name))]
      : platforms;
    progress.show(`${index + 1} of ${inputs.length}: ${input.label}`);
    const checked = await checkOne(engine, keys, input, mine, budget, options.expectOnly === true, formats.length > 0 ? notes : undefined);
    if (checked.results.length > 0 || !engine.stopped) all.push(checked);
    progress.clear();
    const only = checked.results[0];
    if (block && only !== undefined)
      write(budget.mode === "states" ? testBlock(checked, only, style) : `${matrix.head}${matrix.row(checked)}${matrix.foot(all)}`);
    else if (!block && (checked.results.length > 0 || !engine.stopped)) write(matrix.row(checked));
    if (engine.stopped) break;
  }
  const interrupted = engine.stopped;
  await engine.close();
  if (!block && inputs.length > 0 && platforms.length > 0) write(matrix.foot(all));
  if (interrupted) process.stderr.write("Stopped by Ctrl-C: what is printed is what is known.\n");
  for (const result of all.flatMap((checked) => checked.results))
    if (result.fault !== undefined) process.stderr.write(`A fault of Fencepost, please report it: ${result.fault}\n`);
  const code = exitCode({ ...outcome(all), wrongInput: problems.some(({ problem }) => problem.severity === "error"), interrupted });
  const report: RunReport = { checked: all, problems, states: budget.mode === "states", interrupted, exitCode: code, ...notes };
  await writeFormats(formats, report, VERSION);
  return code;
}

const NOTHING: Inputs = { inputs: [], problems: [], single: false };

/** What only formats show. */
interface Notes {
  readonly counterexamples: Map<Result, Counterexample>;
  readonly seconds: Map<Result, number>;
}

function unknownNames(shelf: Shelf, { source, test }: Input): Found[] {
  const options = (): Platform["options"] => shelf.names().flatMap((name) => shelf.find(name)?.options ?? []);
  return [
    ...unknownPlatforms(test, (name) => shelf.broken || shelf.find(name) !== undefined, shelf.names()),
    ...unknownSettings(test, options),
  ].map((problem) => ({ source, problem }));
}

/** One test on all platforms; names of the same machine share one search. */
async function checkOne(
  engine: Engine,
  keys: MachineKeys,
  input: Input,
  platforms: readonly Platform[],
  budget: Budget,
  expectOnly: boolean,
  notes: Notes | undefined,
): Promise<Checked> {
  const results: Result[] = [];
  const searches = platforms.length > 1 ? createKnownSearches() : undefined;
  const known = new Map<string, { readonly verdict: Verdict; readonly fault: string | undefined }>();
  for (const platform of platforms) {
    const expectation = expectationFor(input.test, platform);
    if (expectOnly && expectation === undefined) continue;
    const key = input.program === undefined ? "" : keys.of(input.program, platform);
    const begin = process.hrtime.bigint();
    let found = known.get(key);
    if (found === undefined) {
      if (engine.stopped) break;
      found = await verdictOf(engine, input, platform, budget, searches);
      // What no search has found may speak of the platform by its name.
      if (found.verdict.result !== undefined) known.set(key, found);
    }
    const verdict = { ...found.verdict, platform: platform.name, machine: undefined };
    const result: Result = {
      platform: { name: platform.name, conforming: platform.conforming },
      verdict,
      comparison: expectation && compareWith(expectation, verdict),
      ...(found.fault === undefined ? {} : { fault: found.fault }),
    };
    results.push(result);
    if (notes === undefined) continue;
    notes.seconds.set(result, Number(process.hrtime.bigint() - begin) / 1e9);
    const shown = result.comparison?.met === false && input.program !== undefined;
    const counterexample = shown ? counterexampleOf(input.program, platform, budget.settings, verdict) : undefined;
    if (counterexample !== undefined) notes.counterexamples.set(result, counterexample);
  }
  return { source: input.source, test: input.test, program: input.program, label: input.label, results };
}

/** Never throws: a fault of ours costs one verdict, not the others. */
async function verdictOf(
  engine: Engine,
  { test, program, unsupported }: Input,
  platform: Platform,
  budget: Budget,
  searches: KnownSearches | undefined,
): Promise<{ readonly verdict: Verdict; readonly fault: string | undefined }> {
  if (program === undefined) return { verdict: unknown(test.name, platform.name, unsupported ?? "not supported"), fault: undefined };
  try {
    return { verdict: await engine.judge({ kind: "judge", program, platform, budget }, searches), fault: undefined };
  } catch (error) {
    const fault = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { verdict: unknown(test.name, platform.name, "a fault of ours"), fault: `${test.name} on ${platform.name}: ${fault}` };
  }
}

/** What the results come to, for the exit code. */
export function outcome(all: readonly Checked[]): { readonly faults: boolean; readonly differs: boolean; readonly budget: boolean } {
  const results = all.flatMap((checked) => checked.results);
  return {
    faults: results.some((result) => result.fault !== undefined),
    differs: results.some((result) => result.comparison?.met === false),
    budget: results.some((result) => result.comparison === undefined && ranOut(result.verdict)),
  };
}

/** Unknown because a budget ran out, not because the model does not reach. */
const ranOut = (verdict: Verdict): boolean =>
  verdict.verdict === "unknown" && (verdict.result?.stopped !== undefined || verdict.reason === "out of memory");

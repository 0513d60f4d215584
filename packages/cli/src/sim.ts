/** `fencepost sim`: tests against the clock. */
import type { Platform } from "@fencepost/core/platform";
import { didYouMean } from "@fencepost/core/program";
import {
  type Adverse,
  adverse,
  adverseText,
  comparisonText,
  hasTimes,
  type SimulationReport,
  simulate,
  simulationCsv,
  simulationText,
  type Workload,
} from "@fencepost/core/simulate";
import { configuredOptions } from "./configured.js";
import { EXIT, exitCode, UsageError } from "./exit.js";
import { type Input, printFound, readInputs } from "./inputs.js";
import { writeOutput } from "./output-file.js";
import { createShelf, readSettings, selectPlatforms } from "./selection.js";
import { type Axis, plotSvg } from "./sim-plot.js";
import { createProgress } from "./terminal.js";

export interface SimOptions {
  readonly platform?: string;
  readonly platformFile: readonly string[];
  readonly option: readonly string[];
  readonly compiler?: boolean;
  readonly messages: number;
  readonly size: readonly number[];
  readonly entry: number;
  readonly depth: readonly number[];
  readonly devices: number;
  readonly hops: readonly number[];
  readonly rate?: readonly number[];
  readonly arrivals: "even" | "poisson";
  readonly seed: number;
  readonly payload?: string;
  readonly adverse?: boolean;
  readonly compare?: boolean;
  readonly figures?: boolean;
  readonly plot?: string;
  readonly csv?: string;
  readonly json?: boolean;
  readonly config?: string | boolean;
}

/** What a sweep goes over: at most one of these may have several values. */
const AXES = ["size", "rate", "hops", "depth"] as const;

/** Simulates and prints; gives the exit code. */
export async function simCommand(paths: readonly string[], given: SimOptions, isGiven: (option: string) => boolean): Promise<number> {
  const { options, general, problems: configuration } = await configuredOptions(given, isGiven);
  const shelf = createShelf(options.platformFile, options.platform);
  const { inputs, problems: read } = readInputs(paths);
  const selected = selectPlatforms(shelf, options.platform, inputs, true).platforms;
  // Of platforms that nobody asked for here, those that can be simulated: the configuration and the test name them for checks.
  const timed = given.platform === undefined ? selected.filter(hasTimes) : [];
  const platforms = timed.length > 0 ? timed : selected;
  const settings = readSettings(options, platforms, { general, shelf });
  const swept = AXES.filter((axis) => (options[axis]?.length ?? 0) > 1);
  if (swept.length > 1) throw new UsageError(`a sweep goes over one of size, rate, hops and depth, not over ${swept.join(" and ")}`);
  const axis = swept[0];
  const problems = [...configuration, ...shelf.problems, ...read];
  for (const found of problems) process.stderr.write(`${printFound(found)}\n`);
  if (platforms.length === 0) return EXIT.input;
  const workloads = points(options, axis);
  const reports: SimulationReport[] = [];
  const failures: { readonly test: string; readonly platform: string; readonly kind: string; readonly message: string }[] = [];
  const adversaries: (Adverse & { readonly test: string; readonly platform: string })[] = [];
  let stopped = false;
  const onSignal = (): void => {
    stopped = true;
  };
  process.on("SIGINT", onSignal);
  const progress = createProgress();
  for (const input of inputs) {
    const payload = payloadNames(input, options.payload);
    for (const platform of platforms) {
      for (const workload of workloads) {
        if (stopped) break;
        if (input.program === undefined) {
          failures.push({
            test: input.test.name,
            platform: platform.name,
            kind: "unsupported",
            message: input.unsupported ?? "not supported",
          });
          break;
        }
        progress.show(`${input.test.name} on ${platform.name}`);
        if (options.adverse === true) {
          const found = adverse(input.program, platform, options.messages, options.seed, settings);
          if (options.json === true) adversaries.push({ test: input.test.name, platform: platform.name, ...found });
          else process.stdout.write(adverseText(input.program, platform.name, found));
          break;
        }
        // Lets Ctrl-C through between points.
        await new Promise((resolve) => setImmediate(resolve));
        const result = simulate(input.program, platform, { ...workload, ...(payload === undefined ? {} : { payload }) }, { settings });
        if (result.ok) reports.push(result.report);
        else {
          const { kind, message } = result.why;
          const others =
            kind === "no-times"
              ? `; with times: ${shelf
                  .names()
                  .filter((name) => isTimed(shelf.find(name)))
                  .join(", ")}`
              : "";
          failures.push({ test: input.test.name, platform: platform.name, kind, message: message + others });
          break;
        }
      }
    }
  }
  progress.clear();
  process.off("SIGINT", onSignal);
  const compare = options.compare === true || reports.length > 1;
  if (options.json === true)
    process.stdout.write(
      `${JSON.stringify({ format: 1, simulations: reports, ...(options.adverse === true ? { adversaries } : {}), failures }, undefined, 2)}\n`,
    );
  else {
    if (compare && reports.length > 0) process.stdout.write(comparisonText(reports));
    if (!compare || options.figures === true)
      for (const report of reports) process.stdout.write(simulationText(report, options.figures === true));
    for (const failure of failures) process.stdout.write(`${failure.test} on ${failure.platform}: not simulated: ${failure.message}\n`);
  }
  if (options.csv !== undefined) writeOutput(options.csv, simulationCsv(reports));
  if (options.plot !== undefined) {
    if (reports.length === 0) process.stderr.write(`${options.plot} is not written: there is nothing to draw.\n`);
    else writeOutput(options.plot, await plotSvg(reports, axis));
  }
  if (stopped) return EXIT.interrupted;
  return exitCode({
    faults: false,
    wrongInput: problems.some(({ problem }) => problem.severity === "error"),
    differs: failures.length > 0,
    budget: false,
    interrupted: false,
  });
}

const isTimed = (platform: Platform | undefined): boolean => platform !== undefined && hasTimes(platform);

/** The workloads of a sweep, or the one there is. */
function points(options: SimOptions, axis: Axis | undefined): readonly Partial<Workload>[] {
  const base: Partial<Workload> = {
    messages: options.messages,
    size: options.size[0] as number,
    entry: options.entry,
    depth: options.depth[0] as number,
    devices: options.devices,
    hops: options.hops[0] as number,
    rate: options.rate?.[0],
    arrivals: options.arrivals,
    seed: options.seed,
  };
  if (axis === undefined) return [base];
  return (options[axis] ?? []).map((value) => ({ ...base, [axis]: value }));
}

function payloadNames(input: Input, text: string | undefined): readonly string[] | undefined {
  if (text === undefined || input.program === undefined) return undefined;
  const known = input.program.locations.map((location) => location.name);
  return text.split(",").map((name) => {
    if (known.includes(name)) return name;
    const hint = didYouMean(name, known)?.replaceAll("`", "'") ?? `there are ${known.join(", ")}`;
    throw new UsageError(`--payload ${name}: ${input.test.name} has no location '${name}'; ${hint}`);
  });
}

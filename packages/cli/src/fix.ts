/** `fencepost fix`: the smallest sets of changes that forbid an outcome; what is superfluous. */
import type { Source } from "@fencepost/core";
import type { Platform } from "@fencepost/core/platform";
import type { Program } from "@fencepost/core/program";
import {
  type Repair,
  type RepairOptions,
  repair,
  repairJson,
  repairText,
  superfluous,
  superfluousJson,
  superfluousText,
} from "@fencepost/core/repair";
import { EXIT, exitCode, UsageError } from "./exit.js";
import { readOneTest } from "./one-test.js";
import { outputStyle } from "./terminal.js";

export interface FixOptions {
  readonly platform?: string;
  readonly platformFile: readonly string[];
  readonly option: readonly string[];
  readonly compiler?: boolean;
  readonly keep?: string;
  readonly json?: boolean;
  readonly patch?: boolean | number;
  readonly timingOnly?: boolean;
  readonly superfluous?: boolean;
  readonly maxChanges?: number;
  readonly maxStates: number;
  readonly timeout?: number;
  readonly config?: string | boolean;
}

/** Repairs one test; gives the exit code. */
export async function fixCommand(path: string, given: FixOptions, isGiven: (option: string) => boolean): Promise<number> {
  const { options, input, platforms, settings, wrongInput } = await readOneTest("fix", path, given, isGiven);
  if (input === undefined || platforms.length === 0) return EXIT.input;
  if (input.program === undefined) {
    process.stdout.write(`${input.test.name}: unknown: ${input.unsupported ?? "not supported"}\n`);
    return EXIT.differs;
  }
  const end = options.timeout === undefined ? Number.POSITIVE_INFINITY : performance.now() + options.timeout * 1000;
  const how: RepairOptions = {
    keep: keptNames(options.keep, input),
    maxStates: options.maxStates,
    settings,
    timingOnly: options.timingOnly === true,
    interrupted: () => performance.now() > end,
    ...(options.maxChanges === undefined ? {} : { maxChanges: options.maxChanges }),
  };
  if (options.superfluous === true) {
    const code = leaner(input.source, input.program, platforms, how, options.json === true);
    return code === EXIT.ok && wrongInput ? EXIT.input : code;
  }
  const found = repair(input.source, input.program, platforms, how);
  const code = exitCode({
    faults: false,
    wrongInput,
    differs: found.outcome === "none",
    budget: found.outcome === "unknown",
    interrupted: false,
  });
  if (options.json === true) process.stdout.write(repairJson(input.source.name, found, code));
  else if (options.patch !== undefined) writePatch(found, options.patch === true ? 1 : Number(options.patch));
  else process.stdout.write(repairText(found, outputStyle()));
  return code;
}

/** The other way round, on those of the platforms on which there is nothing to repair. */
function leaner(source: Source, program: Program, platforms: readonly Platform[], how: RepairOptions, json: boolean): number {
  const held = platforms.filter((platform) => repair(source, program, [platform], { ...how, maxTrials: 0 }).outcome === "not-needed");
  const names = held.map(({ name }) => name);
  const skipped = platforms.filter((platform) => !held.includes(platform)).map(({ name }) => name);
  const code = held.length === 0 ? EXIT.differs : EXIT.ok;
  const list = held.length === 0 ? [] : superfluous(source, program, held, how);
  if (json) process.stdout.write(superfluousJson(source.name, program.name, names, list, code));
  else {
    if (skipped.length > 0) process.stdout.write(`${program.name} is not forbidden on ${skipped.join(", ")}: not looked at there.\n`);
    if (held.length > 0) process.stdout.write(`${program.name}\n${superfluousText(list, `on ${names.join(", ")}`)}`);
  }
  return code;
}

/** The sentence for the commit, then the patch: `patch -p1` passes over the first. */
function writePatch(found: Repair, number: number): void {
  const answer = found.answers[number - 1];
  if (answer !== undefined) process.stdout.write(`${answer.commit}\n\n${answer.patch}`);
  else if (found.answers.length > 0) throw new UsageError(`--patch ${number}: there are ${found.answers.length} repairs`);
  else process.stderr.write(repairText(found));
}

/** `P0`, `D0`, `cq`: each has to be in the test. */
function keptNames(
  text: string | undefined,
  {
    test,
    program,
  }: {
    readonly test: { readonly threads: readonly { readonly name: string }[] };
    readonly program: Parameters<typeof repair>[1] | undefined;
  },
): readonly string[] {
  const names = (text ?? "").split(",").flatMap((name) => (name.trim() === "" ? [] : [name.trim()]));
  const known = [...test.threads.map(({ name }) => name), ...(program?.locations.map(({ name }) => name) ?? [])];
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new UsageError(`--keep ${unknown}: the test has ${known.join(", ")}`);
  return names;
}

/** A changed test, made ready to be judged: its text, its program, and one machine for each platform and setting of options. */
import { type EndState, type SearchResult, search } from "../explore/explore.js";
import { check } from "../explore/verdict.js";
import { parseTest } from "../litmus/parse.js";
import { MissingAccessor } from "../machine/accessor.js";
import { buildMachine, type Machine } from "../machine/machine.js";
import type { Platform } from "../platform/platform.js";
import { lowerTest } from "../program/lower.js";
import type { Program } from "../program/program.js";
import type { Source } from "../source.js";
import type { Edited } from "./apply.js";

/** A text with changes in it that is a test. */
export interface Trial {
  readonly edited: Edited;
  readonly program: Program;
}

/** Undefined where the text is no test any more: such a change is none. */
export function trialOf(source: Source, edited: Edited | undefined): Trial | undefined {
  if (edited === undefined) return undefined;
  const text: Source = { name: source.name, text: edited.text };
  const test = parseTest(text);
  if (!test.ok) return undefined;
  const program = lowerTest(test.value, text);
  return program.ok ? { edited, program: program.value } : undefined;
}

/** How far each trial searches. */
export interface TrialLimits {
  readonly maxStates: number;
  readonly interrupted?: () => boolean;
  readonly settings: ReadonlyMap<string, string>;
}

/** Where and how the bad outcome happens. */
export interface Escape {
  readonly platform: Platform;
  readonly machine: Machine;
  readonly steps: readonly number[];
}

/** `forbidden`: under every setting of one option. `escape`: a run that ends badly. `unknown`: why not known. */
export type Finding =
  | { readonly kind: "forbidden" }
  | { readonly kind: "escape"; readonly escape: Escape }
  | { readonly kind: "unknown"; readonly platform: string; readonly reason: string };

const reasonOf = (result: SearchResult, limits: TrialLimits): string =>
  result.stopped === "states" ? `more than ${limits.maxStates} states` : "stopped";

/** What the test fixes, and what the caller fixes. */
const settingsOf = (program: Program, limits: TrialLimits): ReadonlyMap<string, string> =>
  new Map([...program.settings, ...limits.settings]);

/** Looks for the bad outcome on one platform: with the options at their defaults, then under every setting that `check` tries. */
export function findEscape(program: Program, platform: Platform, limits: TrialLimits, reduce: "full" | "none" = "full"): Finding {
  const { name } = platform;
  try {
    const attempt = (settings: ReadonlyMap<string, string>): Finding => {
      const machine = buildMachine(program, platform, settings);
      const result = search(machine, { ...limits, mode: "verdict", reduce });
      if (result.witness !== undefined) return { kind: "escape", escape: { platform, machine, steps: result.witness } };
      if (!result.complete) return { kind: "unknown", platform: name, reason: reasonOf(result, limits) };
      return { kind: "forbidden" };
    };
    const fixed = settingsOf(program, limits);
    const byDefault = attempt(fixed);
    if (byDefault.kind !== "forbidden" || platform.options.length === 0) return byDefault;
    const { variants } = check(program, platform, { ...limits, mode: "verdict", reduce });
    const allowed = variants.find(({ verdict }) => verdict === "allowed");
    if (allowed !== undefined)
      return attempt(new Map([...fixed, ...allowed.settings.map(({ option, value }) => [option, value] as const)]));
    const open = variants.some(({ verdict }) => verdict === "unknown");
    return open ? { kind: "unknown", platform: name, reason: "a budget ran out under one of its options" } : byDefault;
  } catch (error) {
    if (error instanceof MissingAccessor) return { kind: "unknown", platform: name, reason: error.message };
    throw error;
  }
}

/** All ends of a program on a platform under one setting of its options. */
export interface Ends {
  readonly complete: boolean;
  readonly ends: readonly EndState[];
  readonly deadlocks: number;
  readonly livelocks: number;
}

export function endsOf(program: Program, platform: Platform, limits: TrialLimits): Ends {
  const { complete, ends, deadlocks, livelocks } = search(buildMachine(program, platform, settingsOf(program, limits)), {
    ...limits,
    mode: "states",
    reduce: "full",
  });
  return { complete, ends, deadlocks, livelocks };
}

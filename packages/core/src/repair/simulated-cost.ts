/** What an answer adds to the cost of a message, simulated: on platforms that have times. */
import type { Platform } from "../platform/platform.js";
import type { Program } from "../program/program.js";
import { cost as simulatedCost } from "../simulate/cost.js";
import { hasTimes } from "../simulate/figures.js";
import type { Cost } from "./cost.js";

/** Messages of one run: enough to tell a fence from a register read. */
const MESSAGES = 50;

type Timed = Extract<ReturnType<typeof simulatedCost>, { kind: "timed" }>;

/** Gives what a changed program costs more than the original on a platform; undefined where the platform has no times or the program cannot be run against the clock. */
export type AddedCost = (changed: Program, platform: Platform) => Cost | undefined;

export function createAddedCost(original: Program, settings: ReadonlyMap<string, string>): AddedCost {
  const known = new Map<Platform, Timed | undefined>();
  const run = (program: Program, platform: Platform): Timed | undefined => {
    if (!hasTimes(platform)) return undefined;
    const found = simulatedCost(program, platform, { messages: MESSAGES }, settings);
    return found.kind === "timed" ? found : undefined;
  };
  return (changed, platform) => {
    if (!known.has(platform)) known.set(platform, run(original, platform));
    const before = known.get(platform);
    const after = before && run(changed, platform);
    if (before === undefined || after === undefined) return undefined;
    return {
      nanoseconds: rounded(after.cpu - before.cpu),
      latency: rounded(after.latency - before.latency),
      rank: 0,
      source: "simulated (docs/simulator.md): CPU time and latency of a message, more than before",
    };
  };
}

/** Tenths of a nanosecond; what is less than half a one is nothing. */
const rounded = (time: number): number => (time < 0.5 ? 0 : Math.round(time * 10) / 10);

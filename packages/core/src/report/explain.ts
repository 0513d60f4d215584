/** Why: the run that shows an allowed outcome and the rules that let it happen, or the rules that forbid it. */
import { search } from "../explore/explore.js";
import { speaksOfStuck } from "../explore/formula.js";
import type { Limits, Variant, Verdict } from "../explore/verdict.js";
import type { Platform } from "../platform/platform.js";
import type { Program } from "../program/program.js";
import { arrange } from "./arrange.js";
import { minimalCells, type Obstacles, type Permissions, permissionsOf } from "./cells.js";
import { type Entry, entriesOf } from "./entry.js";
import { judge } from "./judge.js";
import { type Replay, replay } from "./replay.js";

/** A run that ends with the outcome. */
export interface Story {
  readonly run: Replay;
  readonly entries: readonly Entry[];
  readonly permissions: Permissions;
}

/** Why an outcome is allowed, or forbidden. */
export interface Explanation {
  readonly program: Program;
  readonly platform: Platform;
  readonly settings: ReadonlyMap<string, string>;
  readonly verdict: Verdict;
  /** Where the outcome is allowed under the default options. */
  readonly story: Story | undefined;
  /** Where it is forbidden under the default options, though not for want of a run that ends. */
  readonly obstacles: Obstacles | undefined;
  /** A run that gets stuck, where the search has met one. */
  readonly stuck: Pick<Story, "run" | "entries"> | undefined;
  /** Where it is forbidden by default and allowed otherwise: how, under the first setting that allows it. */
  readonly otherwise: { readonly variant: Variant; readonly story: Story } | undefined;
}

/** Judges a test on a platform and says why. Throws where a witness turns out to be none, which is a fault of ours. */
export function explain(program: Program, platform: Platform, limits: Limits): Explanation {
  const settings = limits.settings ?? new Map<string, string>();
  const verdict = withEnds(judge(program, platform, { ...limits, mode: "verdict" }), limits);
  const obstacles = verdict.byDefault === "forbidden" && !verdict.vacuous ? minimalCells(program, platform, limits) : undefined;
  const variant = verdict.byDefault === "forbidden" ? verdict.variants.find((candidate) => candidate.verdict === "allowed") : undefined;
  return {
    program,
    platform,
    settings,
    verdict,
    story: storyOf(verdict, limits),
    obstacles,
    // Where the condition speaks of it, the story is one already.
    stuck: speaksOfStuck(program.condition.formula) && verdict.byDefault === "allowed" ? undefined : stuckRun(verdict),
    otherwise: variant && otherwise(program, platform, limits, variant),
  };
}

/** The search for a verdict drops runs before they end: whether any does, and whether any gets stuck, is known only from a search for all end states. */
function withEnds(verdict: Verdict, limits: Limits): Verdict {
  if (verdict.byDefault !== "forbidden" || verdict.machine === undefined || verdict.result === undefined) return verdict;
  const { complete, someRunEnds, stuck } = search(verdict.machine, { ...limits, mode: "states" });
  return { ...verdict, vacuous: complete && someRunEnds === false, result: { ...verdict.result, stuck: stuck ?? verdict.result.stuck } };
}

function stuckRun({ machine, result }: Verdict): Explanation["stuck"] {
  if (machine === undefined || result?.stuck === undefined) return undefined;
  const run = replay(machine, arrange(machine, result.stuck, "stuck"), "stuck");
  return { run, entries: entriesOf(run) };
}

function otherwise(program: Program, platform: Platform, limits: Limits, variant: Variant): Explanation["otherwise"] {
  const settings = new Map([...(limits.settings ?? []), ...variant.settings.map(({ option, value }) => [option, value] as const)]);
  const varied = { ...limits, settings };
  const story = storyOf(judge(program, platform, { ...varied, mode: "verdict" }), varied);
  return story && { variant, story };
}

/** The run that a verdict found, told. */
export function storyOf(verdict: Verdict, limits: Limits): Story | undefined {
  const { machine, result } = verdict;
  if (machine === undefined || result?.witness === undefined) return undefined;
  // The witness as it was found has to be a run; only then is it put in a better order.
  replay(machine, result.witness);
  const run = replay(machine, arrange(machine, result.witness));
  return { run, entries: entriesOf(run), permissions: permissionsOf(run, limits) };
}

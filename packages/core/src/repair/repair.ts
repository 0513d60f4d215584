/** The repair: the smallest sets of changes that forbid a test's bad outcome on some platforms, proved, weighed and told. */
import type { Platform } from "../platform/index.js";
import type { Program } from "../program/program.js";
import { entriesOf } from "../report/entry.js";
import { judge } from "../report/judge.js";
import { replay } from "../report/replay.js";
import type { Source } from "../source.js";
import type { Repair, RepairOptions } from "./answer.js";
import { candidatesOf } from "./candidates.js";
import type { Cost } from "./cost.js";
import { strictPlatform } from "./goods.js";
import { type Hitting, hittingSets, type Rejected } from "./hitting.js";
import { createJudgement } from "./prove.js";
import { distinctPlatforms } from "./same-platform.js";
import { type Fault, faultOf } from "./sentence.js";
import { type AddedCost, createAddedCost } from "./simulated-cost.js";
import { subjectOf } from "./source-program.js";
import { type Leaner, superfluousIn } from "./superfluous.js";
import { findEscape, type Trial, type TrialLimits } from "./trial.js";
import { type Context, compareAnswers, timings, weigh } from "./weigh.js";

/** What a test has that its platforms do not need for its outcome to stay forbidden. Empty where it is not forbidden on all of them. */
export function superfluous(source: Source, program: Program, asked: readonly Platform[], options: RepairOptions = {}): readonly Leaner[] {
  const platforms = distinctPlatforms(asked);
  const judgement = createJudgement(program, platforms, limitsOf(options));
  if (judgement.forbidden(program).kind !== "proved") return [];
  return superfluousIn(subjectOf(source, program), platforms, judgement);
}

const limitsOf = (options: RepairOptions): TrialLimits => ({
  maxStates: options.maxStates ?? 200_000,
  settings: options.settings ?? new Map(),
  ...(options.interrupted === undefined ? {} : { interrupted: options.interrupted }),
});

/** Finds the repairs. `source` is the text that the program was read from. Deterministic, unless `interrupted` says stop. */
export function repair(source: Source, program: Program, asked: readonly Platform[], options: RepairOptions = {}): Repair {
  const limits = limitsOf(options);
  const platforms = distinctPlatforms(asked);
  const subject = subjectOf(source, program);
  const original: Trial = { program, edited: { text: source.text, origin: String } };
  const verdicts = new Map(
    platforms.map((platform) => [platform, judge(program, platform, { ...limits, mode: "verdict", reduce: "full" })] as const),
  );
  const before = asked.map((platform) => {
    const same = platforms.find((other) => distinctPlatforms([other, platform]).length === 1);
    return { platform: platform.name, verdict: (same && verdicts.get(same)?.verdict) ?? "unknown" };
  });
  const judgement = createJudgement(program, platforms, limits);
  const candidates = candidatesOf(subject, platforms, options.keep ?? []);
  const base = {
    test: program.name,
    platforms: asked.map(({ name }) => name),
    before,
    candidates: candidates.strongest.length,
    timingOnly: [],
    rejected: [],
    superfluous: [],
    obstacle: undefined,
    allowedInOrder: false,
  };
  const needed = [...verdicts.values()].some(({ verdict }) => verdict === "allowed" || verdict === "depends");
  const unknown = [...verdicts].find(([, { verdict }]) => verdict === "unknown");
  if (!needed) {
    const reason = unknown === undefined ? undefined : `${unknown[0].name}: ${unknown[1].reason ?? "unknown"}`;
    const outcome = unknown === undefined ? "not-needed" : "unknown";
    const superfluous = outcome === "not-needed" ? superfluousIn(subject, platforms, judgement) : [];
    return { ...base, outcome, answers: [], superfluous, complete: undefined, stopped: reason, trials: 0, clauses: 0 };
  }
  const found = hittingSets(source, original, candidates.strongest, {
    platforms,
    limits,
    maxChanges: options.maxChanges ?? 3,
    enough: options.maxChanges ?? 2,
    maxTrials: options.maxTrials ?? 6_000,
    prove: (trial) => judgement.prove(trial.program),
  });
  const added =
    options.classesOnly === true ? undefined : withMemory(createAddedCost(program, new Map([...program.settings, ...limits.settings])));
  const context: Context = {
    source,
    subject,
    asked,
    platforms,
    candidates,
    judgement,
    limits,
    options,
    fault: faultBefore(program, platforms, limits),
    added,
    contradicted: [],
  };
  const answers = found.minimal.flatMap((minimal) => weigh(context, minimal)).sort(compareAnswers);
  const outcome = answers.length > 0 ? "repaired" : found.stopped === undefined ? "none" : "unknown";
  return {
    ...base,
    outcome,
    answers,
    timingOnly: options.timingOnly === true ? timings(context, answers) : [],
    rejected: [
      ...context.contradicted,
      ...found.rejected.map(({ changes, platform, reason }: Rejected) => ({
        changes: changes.map(({ words }) => words),
        platform,
        reason,
      })),
    ],
    obstacle: outcome === "none" ? told(found.obstacle) : undefined,
    allowedInOrder: outcome === "none" && findEscape(program, strictPlatform(), { ...limits, settings: new Map() }).kind === "escape",
    complete: found.complete,
    stopped: found.stopped,
    trials: found.trials,
    clauses: found.clauses,
  };
}

/** Each machine once, though it may be asked for under several names. */
function withMemory(added: AddedCost): AddedCost {
  const known = new Map<Program, Map<Platform, Cost | undefined>>();
  return (changed, platform) => {
    const costs = known.get(changed) ?? new Map<Platform, Cost | undefined>();
    known.set(changed, costs);
    if (!costs.has(platform)) costs.set(platform, added(changed, platform));
    return costs.get(platform);
  };
}

/** What goes wrong on the first platform on which it does. */
function faultBefore(program: Program, platforms: readonly Platform[], limits: TrialLimits): Fault | undefined {
  for (const platform of platforms) {
    const finding = findEscape(program, platform, limits);
    if (finding.kind === "escape") return faultOf(finding.escape);
  }
  return undefined;
}

/** The obstacle in words. */
function told(obstacle: Hitting["obstacle"]): Repair["obstacle"] {
  if (obstacle === undefined) return undefined;
  const { changes, escape, unstoppable } = obstacle;
  const run = entriesOf(replay(escape.machine, escape.steps)).map(({ what }) => what);
  return { platform: escape.platform.name, changes: changes.map(({ words }) => words), unstoppable, run };
}

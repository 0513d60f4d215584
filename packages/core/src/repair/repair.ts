/** The repair: the smallest sets of changes that forbid a test's bad outcome on some platforms, proved, weighed and told. */
import { platform as namedPlatform, type Platform } from "../platform/index.js";
import type { Program } from "../program/program.js";
import { entriesOf } from "../report/entry.js";
import { judge } from "../report/judge.js";
import { replay } from "../report/replay.js";
import type { Source } from "../source.js";
import { applyChanges } from "./apply.js";
import { type Candidates, candidatesOf } from "./candidates.js";
import { cautionOf, idiom } from "./caution.js";
import type { Change, TextEdit } from "./change.js";
import { type Cost, type CostOf, classCost, compareCosts, sumCost } from "./cost.js";
import { type Hitting, hittingSets, type Minimal, type Rejected } from "./hitting.js";
import { unifiedDiff } from "./patch.js";
import { createJudgement, type Judgement } from "./prove.js";
import { distinctPlatforms } from "./same-platform.js";
import { commitSentence, type Fault, faultOf } from "./sentence.js";
import { type Subject, subjectOf } from "./source-program.js";
import { type Leaner, superfluousIn } from "./superfluous.js";
import { proposeTiming } from "./timing.js";
import { findEscape, type Trial, type TrialLimits, trialOf } from "./trial.js";

export interface RepairOptions {
  /** Threads, devices and locations (`P0`, `D0`, `cq`) that must stay as they are. */
  readonly keep?: readonly string[];
  /** The largest sets tried. Default: 3, but nothing larger than 2 once something was found. */
  readonly maxChanges?: number;
  /** Offer delays and register reads that only take time as well, marked unsound. */
  readonly timingOnly?: boolean;
  /** Most states of one search. */
  readonly maxStates?: number;
  /** Most changed tests tried. */
  readonly maxTrials?: number;
  /** Answers are searched once more without reductions, as far as these many states go on each platform; 0: not at all. */
  readonly unreducedStates?: number;
  /** Option values to hold fixed. */
  readonly settings?: ReadonlyMap<string, string>;
  readonly interrupted?: () => boolean;
  /** Costs that were simulated, where a platform has times. */
  readonly cost?: CostOf;
}

/** `sound`: forbidden on `portable`, too. `platform-specific`: not there. `timing-only`: nothing is forbidden, the bad run only gets rarer. */
export type Soundness = "sound" | "platform-specific" | "timing-only";

/** One change of an answer, as data: `edits` are to be made in the original text. */
export interface RepairChange {
  readonly id: string;
  readonly kind: Change["kind"];
  readonly words: string;
  readonly operation: string;
  readonly thread: string | undefined;
  readonly edits: readonly TextEdit[];
}

/** Another form of one change of an answer that does as well, the rest of the answer as it is: proved, too. */
export interface Alternative {
  /** Index into `changes`. */
  readonly instead: number;
  readonly change: RepairChange;
  readonly soundness: Soundness;
}

export interface Answer {
  readonly changes: readonly RepairChange[];
  readonly soundness: Soundness;
  /** On `portable`: `forbidden`, `allowed`, `depends` or `unknown`. */
  readonly onPortable: string;
  /** What a reviewer would say against it; undefined where nothing. */
  readonly caution: string | undefined;
  /** By platform, in the order in which they were asked for. */
  readonly costs: readonly { readonly platform: string; readonly cost: Cost }[];
  readonly alternatives: readonly Alternative[];
  /** The search without reductions: `confirmed`, `too-large` for the states that it was given, or `not-done`. */
  readonly unreduced: "confirmed" | "too-large" | "not-done";
  /** The whole changed text, and the way to it as a unified diff. */
  readonly text: string;
  readonly patch: string;
  /** The sentence for the commit message. */
  readonly commit: string;
}

export interface Repair {
  readonly test: string;
  readonly platforms: readonly string[];
  /** Platforms on which the bad outcome can happen before any change, under the worst setting of every option, and whether that is known. */
  readonly before: readonly { readonly platform: string; readonly verdict: string }[];
  /** `repaired`: there are answers. `not-needed`: forbidden as it is. `none`: no set of changes up to the size looked at helps. `unknown`: a budget ran out first, or the model does not reach. */
  readonly outcome: "repaired" | "not-needed" | "none" | "unknown";
  readonly answers: readonly Answer[];
  /** Delays and register reads, where asked for; they forbid nothing. */
  readonly timingOnly: readonly Answer[];
  /** What forbids the outcome at too high a price. */
  readonly rejected: readonly { readonly changes: readonly string[]; readonly platform: string; readonly reason: string }[];
  /** What could go, or be weaker. Only where the outcome is forbidden as it is. */
  readonly superfluous: readonly Leaner[];
  /** Where there is no repair: a bad run that `changes` leave, told; `unstoppable`: none of the candidates stops it. */
  readonly obstacle:
    | { readonly platform: string; readonly changes: readonly string[]; readonly unstoppable: boolean; readonly run: readonly string[] }
    | undefined;
  /** All minimal answers of up to this many changes were found. */
  readonly complete: number | undefined;
  /** Why not more, where a budget ran out. */
  readonly stopped: string | undefined;
  readonly candidates: number;
  readonly trials: number;
  readonly clauses: number;
}

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
  };
  const answers = found.minimal.flatMap((minimal) => weigh(context, minimal)).sort(compareAnswers);
  const outcome = answers.length > 0 ? "repaired" : found.stopped === undefined ? "none" : "unknown";
  return {
    ...base,
    outcome,
    answers,
    timingOnly: options.timingOnly === true ? timings(context, answers) : [],
    rejected: found.rejected.map(({ changes, platform, reason }: Rejected) => ({
      changes: changes.map(({ words }) => words),
      platform,
      reason,
    })),
    obstacle: outcome === "none" ? told(found.obstacle) : undefined,
    complete: found.complete,
    stopped: found.stopped,
    trials: found.trials,
    clauses: found.clauses,
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

interface Context {
  readonly source: Source;
  readonly subject: Subject;
  readonly asked: readonly Platform[];
  readonly platforms: readonly Platform[];
  readonly candidates: Candidates;
  readonly judgement: Judgement;
  readonly limits: TrialLimits;
  readonly options: RepairOptions;
  readonly fault: Fault | undefined;
}

/** The cheapest forms of a minimal set, with what does as well in their place. */
function weigh(context: Context, found: Minimal): Answer[] {
  const minimal: Minimal = { ...found, changes: inTextOrder(found.changes) };
  const { judgement, candidates, source } = context;
  const trial = (changes: readonly Change[]): Trial | undefined => trialOf(source, applyChanges(source.text, changes));
  const works = (changes: readonly Change[]): boolean => {
    const made = trial(changes);
    return made !== undefined && judgement.forbidden(made.program).kind === "proved";
  };
  const replaced = (changes: readonly Change[], index: number, change: Change): Change[] =>
    changes.map((other, at) => (at === index ? change : other));
  let chosen: readonly Change[] = minimal.changes;
  const forms = minimal.changes.map((change, index) =>
    [change, ...candidates.weaker(change).filter((weaker) => works(replaced(minimal.changes, index, weaker)))].sort((a, b) =>
      compareForms(context, a, b),
    ),
  );
  const cheapest = forms.map((list) => list[0] as Change);
  if (cheapest.some((change, index) => change !== minimal.changes[index])) {
    const made = chosen.length === 1 || works(cheapest) ? cheapest : undefined;
    if (made !== undefined) chosen = made;
  }
  const final = trial(chosen);
  if (final === undefined) return [];
  const proof = judgement.prove(final.program);
  if (proof.kind !== "proved") {
    // A weaker form may lose what a stronger one keeps only if the assumption behind the forms is wrong; then the strongest stands.
    chosen = minimal.changes;
  }
  const made = proof.kind === "proved" ? final : minimal.trial;
  const states = context.options.unreducedStates ?? 5000;
  const unreduced = states > 0 ? judgement.unreduced(made.program, states).kind : "not-done";
  if (unreduced === "contradicted") return [];
  const { soundness, onPortable } = soundnessOf(made.program, context.limits);
  const alternatives = forms.flatMap((list, index): Alternative[] =>
    list.flatMap((change) => {
      if (change === chosen[index]) return [];
      const changes = replaced(chosen, index, change);
      const other = trial(changes);
      if (other === undefined || (chosen.length > 1 && judgement.forbidden(other.program).kind !== "proved")) return [];
      return [{ instead: index, change: dataOf(change), soundness: soundnessOf(other.program, context.limits).soundness }];
    }),
  );
  return [answerOf(context, chosen, made, { soundness, onPortable, alternatives, unreduced })];
}

/** By the place in the text; a change that needs another behind it. */
function inTextOrder(changes: readonly Change[]): readonly Change[] {
  const place = ({ edits }: Change): number => edits[0]?.span.start ?? 0;
  const rank = ({ needs }: Change): number => (needs === undefined ? 0 : 1);
  return [...changes].sort((a, b) => place(a) - place(b) || rank(a) - rank(b) || (a.id < b.id ? -1 : 1));
}

function answerOf(
  context: Context,
  changes: readonly Change[],
  made: Trial,
  rest: Pick<Answer, "soundness" | "onPortable" | "alternatives" | "unreduced">,
): Answer {
  const { source, asked, subject } = context;
  return {
    ...rest,
    changes: changes.map(dataOf),
    caution: cautionOf(subject, changes),
    costs: asked.map((platform) => ({ platform: platform.name, cost: platformCost(context, changes, platform) })),
    text: made.edited.text,
    patch: unifiedDiff(source.name, source.text, made.edited.text),
    commit: commitSentence(subject, changes, asked, rest.soundness, context.fault),
  };
}

/** What takes time without being an answer. */
function timings(context: Context, answers: readonly Answer[]): Answer[] {
  const known = new Set(answers.flatMap(({ changes }) => (changes.length === 1 ? changes.map(({ id }) => id) : [])));
  return proposeTiming(context.subject, context.platforms, context.options.keep ?? [])
    .filter(({ id }) => !known.has(id))
    .map((change) => timed(context, change));
}

function timed(context: Context, change: Change): Answer {
  const made = trialOf(context.source, applyChanges(context.source.text, [change]));
  const trial = made ?? { program: context.subject.program, edited: { text: context.source.text, origin: String } };
  return answerOf(context, [change], trial, { soundness: "timing-only", onPortable: "allowed", alternatives: [], unreduced: "not-done" });
}

const dataOf = ({ id, kind, words, operation, thread, edits }: Change): RepairChange => ({ id, kind, words, operation, thread, edits });

function platformCost({ options }: Context, changes: readonly Change[], platform: Platform): Cost {
  return sumCost(changes.map((change) => options.cost?.(change, platform) ?? classCost(change, platform)));
}

/** The worst over the platforms. */
function costOf(context: Context, changes: readonly Change[]): Cost {
  return context.asked
    .map((platform) => platformCost(context, changes, platform))
    .reduce((worst, cost) => (compareCosts(cost, worst) > 0 ? cost : worst));
}

/** What a reviewer would question last, then the cheapest, then the idiom, then the weakest in all. */
function compareForms(context: Context, a: Change, b: Change): number {
  const questioned = (change: Change): number => (cautionOf(context.subject, [change]) === undefined ? 0 : 1);
  const total = (change: Change): number =>
    context.asked.reduce((sum, platform) => sum + platformCost(context, [change], platform).nanoseconds, 0);
  return (
    questioned(a) - questioned(b) ||
    compareCosts(costOf(context, [a]), costOf(context, [b])) ||
    idiom(context.subject, a) - idiom(context.subject, b) ||
    total(a) - total(b) ||
    (a.id < b.id ? -1 : 1)
  );
}

function compareAnswers(a: Answer, b: Answer): number {
  const worst = (answer: Answer): Cost =>
    answer.costs.map(({ cost }) => cost).reduce((most, cost) => (compareCosts(cost, most) > 0 ? cost : most));
  const id = (answer: Answer): string => answer.changes.map((change) => change.id).join(" ");
  return (
    Number(a.caution !== undefined) - Number(b.caution !== undefined) ||
    compareCosts(worst(a), worst(b)) ||
    Number(a.soundness !== "sound") - Number(b.soundness !== "sound") ||
    a.changes.length - b.changes.length ||
    (id(a) < id(b) ? -1 : 1)
  );
}

function soundnessOf(program: Program, limits: TrialLimits): { readonly soundness: Soundness; readonly onPortable: string } {
  const portable = namedPlatform("portable");
  if (portable === undefined) throw new Error("portable is not among the built-in platforms");
  const settings = new Map([...limits.settings].filter(([id]) => id === "compiler"));
  const { verdict } = judge(program, portable, { ...limits, settings, mode: "verdict", reduce: "full" });
  return { soundness: verdict === "forbidden" ? "sound" : "platform-specific", onPortable: verdict };
}

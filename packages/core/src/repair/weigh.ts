/** A minimal set of changes becomes an answer: in its cheapest forms, with costs, alternatives, patch and sentence. */
import { platform as namedPlatform, type Platform } from "../platform/index.js";
import type { Program } from "../program/program.js";
import { judge } from "../report/judge.js";
import type { Source } from "../source.js";
import type { Alternative, Answer, Refused, RepairChange, RepairOptions, Soundness } from "./answer.js";
import { applyChanges } from "./apply.js";
import type { Candidates } from "./candidates.js";
import { cautionOf, idiom } from "./caution.js";
import type { Change } from "./change.js";
import { type Cost, classCost, compareCosts, compareTimes, sumCost } from "./cost.js";
import type { Minimal } from "./hitting.js";
import { unifiedDiff } from "./patch.js";
import type { Judgement } from "./prove.js";
import { distinctPlatforms } from "./same-platform.js";
import { commitSentence, type Fault } from "./sentence.js";
import type { AddedCost } from "./simulated-cost.js";
import type { Subject } from "./source-program.js";
import { proposeTiming } from "./timing.js";
import { type Trial, type TrialLimits, trialOf } from "./trial.js";

export interface Context {
  readonly source: Source;
  readonly subject: Subject;
  readonly asked: readonly Platform[];
  readonly platforms: readonly Platform[];
  readonly candidates: Candidates;
  readonly judgement: Judgement;
  readonly limits: TrialLimits;
  readonly options: RepairOptions;
  readonly fault: Fault | undefined;
  readonly added: AddedCost | undefined;
  /** Answers that a search without reductions refuted: a fault of ours. */
  readonly contradicted: Refused[];
}

/** The cheapest forms of a minimal set, with what does as well in their place. */
export function weigh(context: Context, found: Minimal): Answer[] {
  const { judgement, candidates, source } = context;
  const strong = inTextOrder(found.changes);
  const trial = (changes: readonly Change[]): Trial | undefined => trialOf(source, applyChanges(source.text, changes));
  const proved = (made: Trial | undefined): made is Trial => made !== undefined && judgement.forbidden(made.program).kind === "proved";
  const replaced = (changes: readonly Change[], index: number, change: Change): Change[] =>
    changes.map((other, at) => (at === index ? change : other));
  const forms = strong.map((change) => sortedForms(context, [change, ...candidates.weaker(change)]));
  // Site by site: the first form that does, the later sites in their strongest form.
  let chosen: readonly Change[] = strong;
  const failed = new Set<Change>();
  for (const [index, list] of forms.entries()) {
    for (const change of list) {
      if (change === strong[index]) break;
      const changes = replaced(chosen, index, change);
      if (proved(trial(changes))) {
        chosen = changes;
        break;
      }
      failed.add(change);
    }
  }
  let made = trial(chosen);
  // A weaker form loses what a stronger one keeps only if the assumption behind the forms is wrong; then the strongest stands.
  if (chosen !== strong && (made === undefined || judgement.prove(made.program).kind !== "proved")) {
    chosen = strong;
    made = found.trial;
  }
  if (made === undefined) return [];
  const states = context.options.unreducedStates ?? 5000;
  const unreduced = states > 0 ? judgement.unreduced(made.program, states) : ({ kind: "not-done" } as const);
  if (unreduced.kind === "contradicted") {
    const words = chosen.map((change) => change.words);
    context.contradicted.push({ changes: words, platform: unreduced.platform, reason: "a search without reductions finds it still" });
    return [];
  }
  const alternatives = forms.flatMap((list, index): Alternative[] =>
    list.flatMap((change) => {
      if (change === chosen[index] || failed.has(change)) return [];
      const other = trial(replaced(chosen, index, change));
      if (!proved(other)) return [];
      return [{ instead: index, change: dataOf(change), soundness: soundnessOf(context, other.program).soundness }];
    }),
  );
  return [answerOf(context, chosen, made, { ...soundnessOf(context, made.program), alternatives, unreduced: unreduced.kind })];
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
    costs: asked.map((platform) => ({ platform: platform.name, cost: answerCost(context, changes, made.program, platform) })),
    text: made.edited.text,
    patch: unifiedDiff(source.name, source.text, made.edited.text),
    commit: commitSentence(subject, changes, asked, rest.soundness, context.fault),
  };
}

/** What takes time without being an answer. */
export function timings(context: Context, answers: readonly Answer[]): Answer[] {
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

function platformCost(changes: readonly Change[], platform: Platform): Cost {
  return sumCost(changes.map((change) => classCost(change, platform)));
}

/** Simulated where that can be done; polling has no bound, whatever a simulated device does. */
function answerCost({ added, platforms }: Context, changes: readonly Change[], made: Program, platform: Platform): Cost {
  const classed = platformCost(changes, platform);
  if (classed.nanoseconds === Number.POSITIVE_INFINITY) return classed;
  const same = platforms.find((other) => distinctPlatforms([other, platform]).length === 1) ?? platform;
  const simulated = added?.(made, same);
  return simulated === undefined ? classed : { ...simulated, rank: classed.rank };
}

/** The worst over the platforms. */
function costOf(context: Context, changes: readonly Change[]): Cost {
  return context.asked
    .map((platform) => platformCost(changes, platform))
    .reduce((worst, cost) => (compareCosts(cost, worst) > 0 ? cost : worst));
}

/** What a reviewer would question last, then the cheapest, then the idiom, then the weakest in all. */
function sortedForms(context: Context, forms: readonly Change[]): readonly Change[] {
  const { subject, asked } = context;
  const keyed = forms.map((change) => ({
    change,
    questioned: cautionOf(subject, [change]) === undefined ? 0 : 1,
    cost: costOf(context, [change]),
    idiom: idiom(subject, change),
    total: asked.reduce((sum, platform) => sum + platformCost([change], platform).nanoseconds, 0),
  }));
  keyed.sort(
    (a, b) =>
      a.questioned - b.questioned ||
      compareCosts(a.cost, b.cost) ||
      a.idiom - b.idiom ||
      a.total - b.total ||
      (a.change.id < b.change.id ? -1 : 1),
  );
  return keyed.map(({ change }) => change);
}

/** The cheaper first. */
export function compareAnswers(a: Answer, b: Answer): number {
  const worst = (answer: Answer): Cost =>
    answer.costs.map(({ cost }) => cost).reduce((most, cost) => (compareTimes(cost, most) > 0 ? cost : most));
  const id = (answer: Answer): string => answer.changes.map((change) => change.id).join(" ");
  return (
    Number(a.caution !== undefined) - Number(b.caution !== undefined) ||
    compareTimes(worst(a), worst(b)) ||
    compareCosts(worst(a), worst(b)) ||
    Number(a.soundness !== "sound") - Number(b.soundness !== "sound") ||
    a.changes.length - b.changes.length ||
    (id(a) < id(b) ? -1 : 1)
  );
}

/** Of a program that is forbidden on the platforms asked for. */
function soundnessOf({ limits, platforms }: Context, program: Program): { readonly soundness: Soundness; readonly onPortable: string } {
  const portable = namedPlatform("portable");
  if (portable === undefined) throw new Error("portable is not among the built-in platforms");
  if (limits.settings.size === 0 && platforms.includes(portable)) return { soundness: "sound", onPortable: "forbidden" };
  const settings = new Map([...limits.settings].filter(([id]) => id === "compiler"));
  const { verdict } = judge(program, portable, { ...limits, settings, mode: "verdict", reduce: "full" });
  return { soundness: verdict === "forbidden" ? "sound" : "platform-specific", onPortable: verdict };
}

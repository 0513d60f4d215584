/** The search for minimal sets against brute force: every set of one or two candidates, tried one by one. */
import type { Platform } from "../../src/platform/index.js";
import type { Program } from "../../src/program/index.js";
import { applyChanges } from "../../src/repair/apply.js";
import { candidatesOf } from "../../src/repair/candidates.js";
import type { Change } from "../../src/repair/change.js";
import { hittingSets } from "../../src/repair/hitting.js";
import { createJudgement } from "../../src/repair/prove.js";
import { subjectOf } from "../../src/repair/source-program.js";
import { findEscape, type Trial, type TrialLimits, trialOf } from "../../src/repair/trial.js";
import type { Source } from "../../src/source.js";

export interface Compared {
  /** Minimal sets by brute force, as the words of their changes. */
  readonly expected: readonly string[];
  readonly found: readonly string[];
}

/** Undefined where there is nothing to repair, or more candidates than `most`. Sets that give one text are one. */
export function againstBruteForce(
  source: Source,
  program: Program,
  platforms: readonly Platform[],
  most: number,
  limits: TrialLimits = { maxStates: 100_000, settings: new Map() },
): Compared | undefined {
  const universe = candidatesOf(subjectOf(source, program), platforms, []).strongest;
  if (universe.length > most) return undefined;
  const judgement = createJudgement(program, platforms, limits);
  const trial = (changes: readonly Change[]): Trial | undefined => trialOf(source, applyChanges(source.text, changes));
  const gone = (changes: readonly Change[]): boolean => {
    const made = trial(changes);
    return made !== undefined && judgement.forbidden(made.program).kind === "proved";
  };
  const proved = (changes: readonly Change[]): boolean => {
    const made = trial(changes);
    return made !== undefined && judgement.prove(made.program).kind === "proved";
  };
  if (!platforms.some((platform) => findEscape(program, platform, limits).kind === "escape")) return undefined;
  const enough = new Set(universe.filter((change) => gone([change])).map(({ id }) => id));
  const held = (change: Change): boolean => enough.has(change.id) || change.covers.some((id) => enough.has(id));
  // What one of the two contains does as well beside the other.
  const less = (change: Change, other: Change): boolean =>
    universe.some((part) => change.covers.includes(part.id) && (enough.has(part.id) || gone([part, other])));
  const sets = universe
    .filter((change) => enough.has(change.id) && !change.covers.some((id) => enough.has(id)) && proved([change]))
    .map((change): readonly Change[] => [change]);
  for (const [index, first] of universe.entries())
    for (const second of universe.slice(index + 1))
      if (!held(first) && !held(second) && proved([first, second]) && !less(first, second) && !less(second, first))
        sets.push([first, second]);
  const { minimal } = hittingSets(source, { program, edited: { text: source.text, origin: String } }, universe, {
    platforms,
    limits,
    maxChanges: 2,
    enough: 2,
    maxTrials: 100_000,
    prove: (made) => judgement.prove(made.program),
  });
  const texts = (list: readonly (Trial | undefined)[]): string[] => [...new Set(list.flatMap((made) => made?.edited.text ?? []))].sort();
  return { expected: texts(sets.map(trial)), found: texts(minimal.map((each) => each.trial)) };
}

/** How many cases a property runs, and how a counterexample is told. */

import type { Platform } from "../../src/platform/platform.js";
import type { Program } from "../../src/program/program.js";
import { type Draft, printDraft, programOf, shrink } from "../generate/draft.js";
import { printPlatform, simplerPlatforms } from "../generate/platforms.js";

/** FENCEPOST_CASES=100000 for a long run of every property. */
const asked = Number(process.env.FENCEPOST_CASES ?? "0");
/** FENCEPOST_SEED=N to go on where another long run ended. */
const first = Number(process.env.FENCEPOST_SEED ?? "0");

export function cases(usual: number): { readonly count: number; readonly timeout: number; readonly first: number } {
  const count = asked > 0 ? asked : usual;
  return { count, timeout: 120_000 + count * 120, first };
}

/** What a property says of one test on one platform: nothing, that it does not apply, or how it fails. */
export type Answer = undefined | "skipped" | { readonly failure: string };

export type Property = (program: Program, platform: Platform, draft: Draft) => Answer;

export function ask(property: Property, draft: Draft, platform: Platform): Answer {
  const program = programOf(printDraft(draft));
  return typeof program === "string" ? "skipped" : property(program, platform, draft);
}

export const failed = (answer: Answer): answer is { readonly failure: string } => typeof answer === "object";

/** A counterexample with everything left out that can be: the platform's changes and the test as text. */
export function counterexample(property: Property, draft: Draft, platform: Platform, seed: number): string {
  let test = draft;
  let on = platform;
  for (let round = 0; round < 3; round++) {
    test = shrink(test, (smaller) => failed(ask(property, smaller, on)));
    for (const simpler of simplerPlatforms(on)) {
      if (!failed(ask(property, test, simpler))) continue;
      on = simpler;
      break;
    }
  }
  const answer = ask(property, test, on);
  return `seed ${seed}\n${printPlatform(on)}\n${printDraft(test)}${failed(answer) ? answer.failure : ""}`;
}

/** Runs a property on generated cases; returns how many applied, or throws with the first counterexample, minimised. */
export function run(
  property: Property,
  seeds: { readonly count: number; readonly first: number },
  make: (seed: number) => { draft: Draft; platform: Platform },
): number {
  let applied = 0;
  for (let seed = seeds.first; seed < seeds.first + seeds.count; seed++) {
    const { draft, platform } = make(seed);
    const answer = ask(property, draft, platform);
    if (failed(answer)) throw new Error(counterexample(property, draft, platform, seed));
    if (answer === undefined) applied++;
  }
  return applied;
}

/** End states as text, for comparison. */
export const listEnds = (ends: readonly { readonly values: readonly number[] }[]): string =>
  [...new Set(ends.map((end) => end.values.join()))].join(" | ");

export const labels = (program: Program): string => program.observed.map((term) => term.label).join(" ");

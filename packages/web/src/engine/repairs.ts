/** Repairs and their price: loaded by the worker when somebody asks. */
import type { Program } from "@fencepost/core";
import type { Platform } from "@fencepost/core/platform";
import { repair, timeWords } from "@fencepost/core/repair";
import { cost, hasTimes, simulate, simulationText } from "@fencepost/core/simulate";
import type { Fixes, Price } from "./protocol.js";

/** How many answers are simulated, in their order. */
const PRICED = 8;

type Load = (text: string) => Program | undefined;

function priceOf(program: Program | undefined, platform: Platform, settings: ReadonlyMap<string, string>): Price | undefined {
  if (program === undefined || !hasTimes(platform)) return undefined;
  const found = cost(program, platform, {}, settings);
  return found.kind === "timed" ? { cpu: found.cpu, latency: found.latency, rate: found.rate } : undefined;
}

export function findFixes(
  text: string,
  program: Program,
  platforms: readonly Platform[],
  settings: ReadonlyMap<string, string>,
  interrupted: () => boolean,
  load: Load,
): Fixes {
  const found = repair({ name: "test.litmus", text }, program, platforms, { settings, interrupted, maxStates: 60_000 });
  const on = platforms[0] as Platform;
  return {
    platforms: found.platforms,
    outcome: found.outcome,
    stopped: found.stopped,
    complete: found.complete,
    candidates: found.candidates,
    before: priceOf(program, on, settings),
    answers: found.answers.map((answer, index) => ({
      changes: answer.changes.map(({ words }) => words),
      soundness: answer.soundness,
      onPortable: answer.onPortable,
      caution: answer.caution,
      costs: answer.costs.map(({ platform, cost: each }) => ({ platform, words: timeWords(each), source: each.source })),
      price: index < PRICED ? priceOf(load(answer.text), on, settings) : undefined,
      unreduced: answer.unreduced,
      text: answer.text,
      patch: answer.patch,
      commit: answer.commit,
    })),
    rejected: found.rejected.map(({ changes, platform, reason }) => ({ changes, platform, reason })),
    superfluous: found.superfluous.map(({ words, kind, instead }) => ({ words, kind, instead })),
    obstacle: found.obstacle && { platform: found.obstacle.platform, run: found.obstacle.run },
  };
}

/** A simulation of the test as it is, in words; why not, where not. */
export function simulated(program: Program, platform: Platform, settings: ReadonlyMap<string, string>): string {
  const outcome = simulate(program, platform, { messages: 2000 }, { settings });
  return outcome.ok ? simulationText(outcome.report, true) : outcome.why.message;
}

/** What is done in a slice of the main thread or in a worker: a search under a budget. */
import type { KnownSearches, Limits, Verdict } from "@fencepost/core/explore";
import type { Platform } from "@fencepost/core/platform";
import type { Program } from "@fencepost/core/program";
import {
  conditionWords,
  explain,
  explanationJson,
  explanationText,
  type JsonExplanation,
  judge,
  ladderSvg,
  layOut,
  unknown,
  verdictWords,
} from "@fencepost/core/report";

/** Limits as they come from the command line; `interrupted` is not among them, so that they can be sent to a worker. */
export interface Budget {
  readonly mode: "states" | "verdict";
  readonly reduce: "full" | "none";
  readonly maxStates: number;
  readonly settings: ReadonlyMap<string, string>;
  /** Seconds for one test on one platform. */
  readonly timeout: number | undefined;
  /** Megabytes that the process may hold. */
  readonly memory: number | undefined;
}

export type Task = {
  readonly kind: "judge" | "explain";
  readonly program: Program;
  readonly platform: Platform;
  readonly budget: Budget;
};

/** A verdict without its machine, which cannot be sent. */
export type Sent = { readonly kind: "judge"; readonly verdict: Verdict } | ({ readonly kind: "explain" } & Explained);

export interface Explained {
  readonly text: string;
  readonly json: JsonExplanation;
  /** Undefined where there is no run to draw. */
  readonly svg: string | undefined;
  readonly verdict: Verdict;
}

/** Why a search was stopped, in words. */
export interface Watch {
  readonly interrupted: () => boolean;
  /** Undefined while nothing has stopped it. */
  cause(): string | undefined;
}

/** Watches the time, the memory and `stop`. */
export function watch(budget: Budget, stop: () => string | undefined): Watch {
  const end = budget.timeout === undefined ? undefined : performance.now() + budget.timeout * 1000;
  let cause: string | undefined;
  return {
    interrupted() {
      if (cause !== undefined) return true;
      cause = stop();
      if (cause === undefined && end !== undefined && performance.now() > end) cause = `more than ${budget.timeout} s (--timeout)`;
      if (cause === undefined && budget.memory !== undefined && process.memoryUsage.rss() > budget.memory * 1e6)
        cause = `more than ${budget.memory} MB (--memory)`;
      return cause !== undefined;
    },
    cause: () => cause,
  };
}

/** Judges, and says in the verdict what stopped it. `known`: searches of this program that need not be made again. */
export function judgeWatched({ program, platform, budget }: Task, watcher: Watch, known?: KnownSearches): Verdict {
  try {
    const verdict = judge(program, platform, { ...limitsOf(budget, watcher), ...(known === undefined ? {} : { known }) });
    const cause = watcher.cause();
    return cause !== undefined && verdict.result?.stopped === "interrupted" ? { ...verdict, reason: cause } : verdict;
  } catch (error) {
    // The table of states could not grow.
    if (error instanceof RangeError && /allocation|array/i.test(error.message))
      return unknown(program.name, platform.name, "out of memory");
    throw error;
  }
}

export function explainWatched({ program, platform, budget }: Task, watcher: Watch): Explained {
  const explanation = explain(program, platform, limitsOf(budget, watcher));
  const cause = watcher.cause();
  const verdict =
    cause !== undefined && explanation.verdict.result?.stopped === "interrupted"
      ? { ...explanation.verdict, reason: cause }
      : explanation.verdict;
  const story = explanation.story ?? explanation.otherwise?.story;
  const svg = story && ladderSvg(layOut(story.run, story.entries, conditionWords(program.test)), verdictWords(verdict));
  return {
    text: explanationText({ ...explanation, verdict }),
    json: explanationJson({ ...explanation, verdict }),
    svg,
    verdict: withoutMachine(verdict),
  };
}

const limitsOf = (budget: Budget, { interrupted }: Watch): Limits => ({ ...budget, interrupted });

/** A machine has functions: it stays where it is. */
export const withoutMachine = (verdict: Verdict): Verdict => ({ ...verdict, machine: undefined });

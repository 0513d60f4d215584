import type { Machine } from "../machine/machine.js";

/** What a search is asked and what it answers. */
export interface SearchOptions {
  readonly mode: "states" | "verdict";
  /** `none` visits every state. */
  readonly reduce: "full" | "none";
  /** Stop (unknown) beyond this many states. */
  readonly maxStates: number;
  /** Asked now and then: true stops the search (unknown). The core has no clock of its own. */
  readonly interrupted?: () => boolean;
  /** Where no end satisfies the proposition: find out whether any run ends at all, even if that takes another search. */
  readonly vacuity?: boolean;
}

/** After so many states a search asks whether to go on: a state of a large machine costs more than the question. */
export const statesBetweenQuestions = ({ instructions }: Machine): number =>
  Math.max(1, Math.min(256, Math.floor(2048 / instructions.length)));

/** How a run ended, as the condition and `locations` see it. */
export interface EndState {
  /** One value per `program.observed`. */
  readonly values: readonly number[];
  /** Does the proposition hold? */
  readonly satisfies: boolean;
}

/** What a search found, and whether it saw all. */
export interface SearchResult {
  /** True: every state that matters was visited (or, in verdict mode, a witness was found). */
  readonly complete: boolean;
  /** Why not, where not. */
  readonly stopped: "states" | "interrupted" | undefined;
  /** Distinct end states (states mode), sorted by value; in verdict mode at most the one found. */
  readonly ends: readonly EndState[];
  /** Is some end state one that satisfies the proposition? */
  readonly satisfiable: boolean;
  /** Does any run end? False: forbidden, but vacuously. Undefined: not known, as runs were dropped that cannot satisfy the proposition (see `vacuity`), or the search stopped. */
  readonly someRunEnds: boolean | undefined;
  /** States with no way on that are no ends. */
  readonly deadlocks: number;
  /** States from which no run ends and none gets stuck: fair cycles for ever (states mode; see docs/decisions/0002-reductions.md). */
  readonly livelocks: number;
  /** Steps to one of them. */
  readonly circling: readonly number[] | undefined;
  /** Steps from the initial state to the first end that satisfies the proposition. */
  readonly witness: readonly number[] | undefined;
  /** Steps to a deadlock. */
  readonly stuck: readonly number[] | undefined;
  readonly states: number;
  readonly transitions: number;
  readonly bytes: number;
}

/** What is known where a search stopped before its first state. */
export const nothingSeen = (stopped: "states" | "interrupted"): SearchResult => ({
  complete: false,
  stopped,
  ends: [],
  satisfiable: false,
  someRunEnds: undefined,
  deadlocks: 0,
  livelocks: 0,
  circling: undefined,
  witness: undefined,
  stuck: undefined,
  states: 0,
  transitions: 0,
  bytes: 0,
});

/** The order in which ends are listed. */
export const compareValues = (a: readonly number[], b: readonly number[]): number => {
  for (let i = 0; i < a.length; i++) {
    const difference = (a[i] as number) - (b[i] as number);
    if (difference !== 0) return difference;
  }
  return 0;
};

/** Forgets what nothing can look at any more, so that states that differ in nothing else become one. */
import type { State, Stepper } from "../machine/step.js";

export interface Relevance {
  /** Forgets in place. False: in verdict mode, no end reached from here can satisfy the proposition. */
  reduce(state: State): boolean;
  /** True where `reduce` has said false for some run: that a run ends is then not known from the ends found. */
  droppedRuns(): boolean;
}

export function createRelevance(_stepper: Stepper, _verdict: boolean): Relevance {
  return { reduce: () => true, droppedRuns: () => false };
}

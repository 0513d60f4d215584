/** Stubborn sets: of the enabled steps of a state, enough to reach every end state. */
import type { State, Stepper } from "../machine/step.js";

export interface Reduction {
  /** Moves the steps to explore to the front of `steps` and returns how many they are. */
  select(state: State, steps: number[], count: number): number;
}

export function createReduction(_stepper: Stepper): Reduction {
  return { select: (_state, _steps, count) => count };
}

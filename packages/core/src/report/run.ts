/** Runs the steps of a witness again, on the reference stepper, and makes sure that they are a run. */
import { satisfied, speaksOfStuck } from "../explore/formula.js";
import type { Machine } from "../machine/machine.js";
import { createStepper, type State, type Stepper } from "../machine/step.js";

export interface Visit {
  readonly stepper: Stepper;
  readonly before: State;
  readonly after: State;
  readonly step: number;
  /** From 0. */
  readonly index: number;
}

/** What a run comes to: an end that satisfies the proposition, or a state with no way on that is no end. */
export type Goal = "outcome" | "stuck";

/**
 * Runs `steps` from the initial state. Gives what is wrong with them: a step that was not enabled, a run that does not come to its goal (`outcome`: it ends, and the end
 * satisfies the filter and the proposition); undefined where all is well. `visit` sees each step with the states around it; the states are only good until it returns.
 */
export function runWitness(
  machine: Machine,
  steps: readonly number[],
  visit?: (at: Visit) => void,
  stepper = createStepper(machine),
  goal: Goal = "outcome",
): string | undefined {
  const before = new Int32Array(machine.layout.size);
  const after = Int32Array.from(machine.initial);
  const enabled: number[] = [];
  for (const [index, step] of steps.entries()) {
    before.set(after);
    const count = stepper.steps(before, enabled);
    let at = 0;
    while (at < count && enabled[at] !== step) at++;
    if (at === count) return `step ${index + 1} is not enabled`;
    if (!stepper.apply(after, step)) return `step ${index + 1} turns out to be a wrong guess`;
    visit?.({ stepper, before, after, step, index });
  }
  if (goal === "stuck") return stepper.ended(after) || stepper.steps(after, enabled) > 0 ? "the run can go on" : undefined;
  const { filter, condition } = machine.program;
  const ended = stepper.ended(after);
  if (!ended && !(speaksOfStuck(condition.formula) && stepper.steps(after, enabled) === 0)) return "the run has not ended";
  if (filter !== undefined && !satisfied(stepper, after, filter, !ended)) return "the end does not satisfy the filter";
  if (!satisfied(stepper, after, condition.formula, !ended)) return "the end does not satisfy the proposition";
  return undefined;
}

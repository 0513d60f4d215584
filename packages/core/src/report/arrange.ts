/**
 * Puts the steps of a witness in the order in which they are easiest to follow. A search finds some order of steps that do not depend on each other; here guesses that come to
 * nothing are left out, a packet's steps move together, and what goes ahead of something without need stops doing so. Each change is kept only if the run stays a witness, so
 * the result is one too.
 */
import type { Machine } from "../machine/machine.js";
import { CACHE, createStepper, GUESS_SKIPPED, GUESS_TAKEN, MOVE, PERFORM, type Stepper, stepAction, stepSubject } from "../machine/step.js";
import { overtakenInstructions } from "./overtaking.js";
import { type Goal, runWitness } from "./run.js";

/** Beyond this many steps a witness stays as it is: trying takes time quadratic in them, or worse. */
const LONGEST = 120;

export function arrange(machine: Machine, steps: readonly number[], goal: Goal = "outcome"): readonly number[] {
  if (steps.length > LONGEST) return steps;
  const stepper = createStepper(machine);
  let best = steps;
  let overtaken = overtakenBy(machine, best, stepper, goal);
  if (overtaken === undefined) return steps;
  const keep = (changed: readonly number[], limit: number): boolean => {
    const found = overtakenBy(machine, changed, stepper, goal);
    if (found === undefined || found > limit) return false;
    best = changed;
    overtaken = found;
    return true;
  };
  const attempt = (from: number, to: number, limit: number): boolean => {
    const changed = [...best];
    const [step] = changed.splice(from, 1) as [number];
    changed.splice(to, 0, step);
    return keep(changed, limit);
  };
  for (let at = best.length - 1; at >= 0; at--) {
    if (idle.has(stepAction(best[at] as number))) keep(best.toSpliced(at, 1), overtaken);
  }
  straighten(machine, stepper, {
    steps: () => best,
    overtaken: () => overtaken as number,
    attempt,
  });
  // A packet goes on as soon as it can; where it cannot join its last step, it waits for its next.
  for (let from = 1; from < best.length; from++) {
    const step = best[from] as number;
    if (stepAction(step) !== MOVE) continue;
    const own = (other: number): boolean => stepSubject(other) === stepSubject(step) && moves(other);
    const last = best.findLastIndex((other, index) => index < from && own(other));
    if (last >= 0 && (last + 1 === from || attempt(from, last + 1, overtaken))) continue;
    const next = best.findIndex((other, index) => index > from && own(other));
    if (next > from + 1 && attempt(from, next - 1, overtaken)) from--;
  }
  return best;
}

/** Steps that a run may do without. */
const idle: ReadonlySet<number> = new Set([GUESS_TAKEN, GUESS_SKIPPED, CACHE]);

const moves = (step: number): boolean => stepAction(step) === MOVE || stepAction(step) === PERFORM;

interface Attempts {
  steps(): readonly number[];
  overtaken(): number;
  /** Moves a step, if the run stays a witness and goes ahead of no more than `limit`. */
  attempt(from: number, to: number, limit: number): boolean;
}

/** Puts off steps that go ahead of something, or what brought there what they go ahead of, as long as that makes fewer of them. */
function straighten(machine: Machine, stepper: Stepper, { steps, overtaken, attempt }: Attempts): void {
  let budget = 400;
  for (let at = 0; at < steps().length && overtaken() > 0 && budget > 0; at++) {
    const older = overtakenAt(machine, stepper, steps(), at);
    if (older === undefined) continue;
    const bringer = steps().findLastIndex((step, index) => index < at && stepAction(step) === MOVE && older.has(stepSubject(step)));
    let moved = bringer >= 0 && attempt(bringer, at, overtaken() - 1);
    for (let to = at + 1; !moved && to < steps().length && budget > 0; to++) {
      budget--;
      moved = attempt(at, to, overtaken() - 1);
    }
    if (moved) at = Math.max(-1, (bringer >= 0 ? Math.min(bringer, at) : at) - 1);
  }
}

/** The instructions whose packets or accesses a step goes ahead of; undefined where there are none. */
function overtakenAt(machine: Machine, stepper: Stepper, steps: readonly number[], at: number): ReadonlySet<number> | undefined {
  const state = Int32Array.from(machine.initial);
  for (const step of steps.slice(0, at)) stepper.apply(state, step);
  const older = overtakenInstructions(stepper, state, steps[at] as number);
  return older.length === 0 ? undefined : new Set(older);
}

/** How much the steps go ahead of, all together; undefined where they are no witness. */
function overtakenBy(machine: Machine, steps: readonly number[], stepper: Stepper, goal: Goal): number | undefined {
  let sum = 0;
  const wrong = runWitness(
    machine,
    steps,
    ({ before, step }) => {
      sum += overtakenInstructions(stepper, before, step).length;
    },
    stepper,
    goal,
  );
  return wrong === undefined ? sum : undefined;
}

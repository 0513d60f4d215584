/**
 * Puts the steps of a witness in the order in which they are easiest to follow. A search finds some order of steps that do not depend on each other; here guesses that come to
 * nothing are left out, a packet's steps move together, and what goes ahead of something without need stops doing so. Each change is kept only if the run stays a witness, so
 * the result is one too.
 */
import type { Machine } from "../machine/machine.js";
import { CACHE, createStepper, GUESS_SKIPPED, GUESS_TAKEN, MOVE, PERFORM, type Stepper, stepAction, stepSubject } from "../machine/step.js";
import { countOvertaken } from "./overtaking.js";
import { runWitness } from "./run.js";

/** Beyond this many steps a witness stays as it is: trying takes time quadratic in them, or worse. */
const LONGEST = 120;

export function arrange(machine: Machine, steps: readonly number[]): readonly number[] {
  if (steps.length > LONGEST) return steps;
  const stepper = createStepper(machine);
  let best = steps;
  let overtaken = overtakenBy(machine, best, stepper);
  if (overtaken === undefined) return steps;
  const keep = (changed: readonly number[], limit: number): boolean => {
    const found = overtakenBy(machine, changed, stepper);
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
  straighten(machine, stepper, () => best, () => overtaken as number, attempt);
  // A packet goes on as soon as it can.
  for (let from = 1; from < best.length; from++) {
    const step = best[from] as number;
    if (stepAction(step) !== MOVE) continue;
    let to = from - 1;
    while (to >= 0 && !(stepSubject(best[to] as number) === stepSubject(step) && moves(best[to] as number))) to--;
    if (to >= 0 && to + 1 < from) attempt(from, to + 1, overtaken);
  }
  return best;
}

/** Steps that a run may do without. */
const idle: ReadonlySet<number> = new Set([GUESS_TAKEN, GUESS_SKIPPED, CACHE]);

const moves = (step: number): boolean => stepAction(step) === MOVE || stepAction(step) === PERFORM;

/** Puts off steps that go ahead of something, as long as that makes fewer of them. */
function straighten(
  machine: Machine,
  stepper: Stepper,
  current: () => readonly number[],
  overtaken: () => number,
  attempt: (from: number, to: number, limit: number) => boolean,
): void {
  let budget = 400;
  for (let from = 0; from < current().length && overtaken() > 0 && budget > 0; from++) {
    if (!goesAhead(machine, stepper, current(), from)) continue;
    for (let to = from + 1; to < current().length && budget > 0; to++) {
      budget--;
      if (attempt(from, to, overtaken() - 1)) {
        from--;
        break;
      }
    }
  }
}

function goesAhead(machine: Machine, stepper: Stepper, steps: readonly number[], at: number): boolean {
  const state = Int32Array.from(machine.initial);
  for (const step of steps.slice(0, at)) stepper.apply(state, step);
  return countOvertaken(stepper, state, steps[at] as number) > 0;
}

/** How much the steps go ahead of, all together; undefined where they are no witness. */
function overtakenBy(machine: Machine, steps: readonly number[], stepper: Stepper): number | undefined {
  let sum = 0;
  const wrong = runWitness(
    machine,
    steps,
    ({ before, step }) => {
      sum += countOvertaken(stepper, before, step);
    },
    stepper,
  );
  return wrong === undefined ? sum : undefined;
}

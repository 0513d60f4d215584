/**
 * Does a bad run survive a change? The run is followed on the changed program's machine: its steps in their order, those that the change brought in taken wherever they fit. What comes out is a
 * bad run of the changed program, so the change alone (or with the barriers put around it) does not help against this run. Where none comes out, the change is taken to help: that may be too
 * kind to it, never too harsh, so no answer is lost.
 */
import { satisfied } from "../explore/formula.js";
import type { Instruction } from "../machine/instruction.js";
import type { Machine } from "../machine/machine.js";
import {
  CACHE,
  createStepper,
  GUESS_SKIPPED,
  GUESS_TAKEN,
  HANDLE,
  packStep,
  type State,
  stepAction,
  stepChoice,
  stepSubject,
} from "../machine/step.js";
import type { Edited } from "./apply.js";

/** Instructions by names that hold in every text that comes from one original. */
function namesOf(machine: Machine, edited: Edited): { readonly names: readonly string[]; readonly ids: ReadonlyMap<string, number> } {
  const counts = new Map<string, number>();
  const ids = new Map<string, number>();
  const names = machine.instructions.map((instruction: Instruction) => {
    const thread = machine.threads[instruction.thread]?.name ?? "";
    const stem = `${thread} ${edited.origin(instruction.operation.span.start)} ${instruction.kind}`;
    const number = counts.get(stem) ?? 0;
    counts.set(stem, number + 1);
    const name = `${stem} ${number}`;
    ids.set(name, instruction.id);
    return name;
  });
  return { names, ids };
}

/** More states of the following than this: given up. */
const MOST_STATES = 600;

/** The steps of a bad run of `machine` that follows `steps`, a run of `old`; undefined where none was found. */
export function survive(
  old: { readonly machine: Machine; readonly edited: Edited },
  steps: readonly number[],
  changed: { readonly machine: Machine; readonly edited: Edited },
): readonly number[] | undefined {
  const { machine } = changed;
  const before = namesOf(old.machine, old.edited);
  const after = namesOf(machine, changed.edited);
  const subjectOf = (step: number): number => {
    const subject = stepSubject(step);
    const action = stepAction(step);
    if (action === HANDLE) return subject;
    if (action === CACHE) {
      const name = old.machine.program.locations[subject]?.name;
      return machine.program.locations.findIndex((location) => location.name === name);
    }
    return after.ids.get(before.names[subject] ?? "") ?? -1;
  };
  const wanted = steps.map((step) => ({ subject: subjectOf(step), action: stepAction(step), choice: stepChoice(step) }));
  const known = new Set(before.names);
  const isNew = (step: number): boolean => {
    const action = stepAction(step);
    return action !== HANDLE && action !== CACHE && !known.has(after.names[stepSubject(step)] ?? "");
  };

  const stepper = createStepper(machine);
  const { filter, condition } = machine.program;
  const seen = new Set<string>();
  const path: number[] = [];
  const attempt = (state: State, step: number, index: number): boolean => {
    const next = Int32Array.from(state);
    if (!stepper.apply(next, step)) return false;
    path.push(step);
    if (go(next, index)) return true;
    path.pop();
    return false;
  };
  const go = (state: State, index: number): boolean => {
    const key = `${index}:${state.join()}`;
    if (seen.size > MOST_STATES || seen.has(key)) return false;
    seen.add(key);
    if (index >= wanted.length && stepper.ended(state)) {
      return (filter === undefined || satisfied(stepper, state, filter)) && satisfied(stepper, state, condition.formula);
    }
    const enabled: number[] = [];
    const count = stepper.steps(state, enabled);
    const list = enabled.slice(0, count);
    const want = wanted[index];
    if (want !== undefined) {
      if (want.subject < 0) return go(state, index + 1);
      const exact = packStep(want.subject, want.action, want.choice);
      if (list.includes(exact) && attempt(state, exact, index + 1)) return true;
      for (const step of list) {
        if (step === exact || stepSubject(step) !== want.subject || stepAction(step) !== want.action) continue;
        if (attempt(state, step, index + 1)) return true;
      }
      // A guess that is no longer needed: the branch is decided already.
      const guess = want.action === GUESS_TAKEN || want.action === GUESS_SKIPPED;
      if (guess && !list.some((step) => stepSubject(step) === want.subject) && go(state, index + 1)) return true;
    }
    return list.some((step) => (want === undefined || isNew(step)) && attempt(state, step, index));
  };
  return go(Int32Array.from(machine.initial), 0) ? path : undefined;
}

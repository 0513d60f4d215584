/** A witness, replayed and told: what happened in each step. */
import { observe } from "../explore/formula.js";
import type { Machine } from "../machine/machine.js";
import { createStepper, type State } from "../machine/step.js";
import type { Event } from "./event.js";
import { type Names, namesOf } from "./names.js";
import { type Goal, runWitness } from "./run.js";
import { createScene } from "./scene.js";
import { tellStep } from "./tell-step.js";

/** A run of a machine: to an end that satisfies the proposition, or to where it is stuck. */
export interface Replay {
  readonly machine: Machine;
  readonly names: Names;
  readonly steps: readonly number[];
  readonly events: readonly Event[];
  /** The state after the last step. */
  readonly end: State;
  /** The `observed` terms at the end. */
  readonly values: readonly number[];
  /** The place that an instruction's packet is in after a step, or -1. */
  whereabouts(step: number, instruction: number): number;
  /** What an instruction's packet is called. */
  nameOf(instruction: number): string;
}

/** Replays a witness. Throws where it is none: the search that found it is then at fault. */
export function replay(machine: Machine, steps: readonly number[], goal: Goal = "outcome"): Replay {
  const stepper = createStepper(machine);
  const names = namesOf(machine);
  const scene = createScene(machine, names);
  const events: Event[] = [];
  let end: State = Int32Array.from(machine.initial);
  const wrong = runWitness(
    machine,
    steps,
    (visit) => {
      for (const told of tellStep(scene, visit))
        events.push({ stretch: undefined, passed: [], overtook: [], missed: [], ...told, number: visit.index + 1, step: visit.step });
      if (visit.index === steps.length - 1) end = Int32Array.from(visit.after);
    },
    stepper,
    goal,
  );
  if (wrong !== undefined) throw new Error(`${machine.program.name} on ${machine.platform.name}: the witness is no run: ${wrong}`);
  const whereabouts = (step: number, instruction: number): number => {
    const last = events.findLast((event) => event.number <= step && event.stretch?.instruction === instruction);
    const site = last?.arrows.at(-1)?.to;
    return site?.kind === "place" ? site.place : -1;
  };
  const nameOf = (instruction: number): string => {
    const stretches = events.flatMap(({ stretch }) => (stretch?.instruction === instruction ? [stretch] : []));
    return (stretches.find((stretch) => stretch.sender === undefined) ?? stretches[0])?.name ?? "a packet";
  };
  return { machine, names, steps, events, end, values: observe(stepper, end, !stepper.ended(end)), whereabouts, nameOf };
}

/**
 * The search: visits every state that the machine can be in, as far as the question needs. Two modes: *states* finds every end state (what herd7 calls States);
 * *verdict* asks only whether the condition's proposition can hold at the end, and keeps of a state only what that can still depend on.
 */
import type { Machine } from "../machine/machine.js";
import { createStepper, type State, type Stepper } from "../machine/step.js";
import { satisfied } from "./formula.js";
import { createRelevance } from "./relevance.js";
import { createReduction } from "./stubborn.js";
import { createTable } from "./table.js";

export interface SearchOptions {
  readonly mode: "states" | "verdict";
  /** `none` visits every state. */
  readonly reduce: "full" | "none";
  /** Stop (unknown) beyond this many states. */
  readonly maxStates: number;
  /** Asked now and then: true stops the search (unknown). The core has no clock of its own. */
  readonly interrupted?: () => boolean;
}

/** How a run ended, as the condition and `locations` see it. */
export interface EndState {
  /** One value per `program.observed`. */
  readonly values: readonly number[];
  /** Does the proposition hold? */
  readonly satisfies: boolean;
}

export interface SearchResult {
  /** True: every state that matters was visited (or, in verdict mode, a witness was found). */
  readonly complete: boolean;
  /** Why not, where not. */
  readonly stopped: "states" | "interrupted" | undefined;
  /** Distinct end states (states mode), sorted by value; in verdict mode at most the one found. */
  readonly ends: readonly EndState[];
  /** Is some end state one that satisfies the proposition? */
  readonly satisfiable: boolean;
  /** Does any run end? False with a complete search: forbidden, but vacuously. */
  readonly someRunEnds: boolean;
  /** States with no way on that are no ends. */
  readonly deadlocks: number;
  /** Steps from the initial state to the first end that satisfies the proposition. */
  readonly witness: readonly number[] | undefined;
  /** Steps to a deadlock. */
  readonly stuck: readonly number[] | undefined;
  readonly states: number;
  readonly transitions: number;
  readonly bytes: number;
}

/** What the program's `observed` terms are worth in a state where the run has ended. */
export function observe(stepper: Stepper, state: State): number[] {
  return stepper.machine.program.observed.map((term) =>
    term.kind === "register" ? stepper.register(state, term.thread, term.register) : stepper.location(state, term.location),
  );
}

const compareValues = (a: readonly number[], b: readonly number[]): number => {
  for (let i = 0; i < a.length; i++) {
    const difference = (a[i] as number) - (b[i] as number);
    if (difference !== 0) return difference;
  }
  return 0;
};

/** Searches breadth first, so that `--reduce none` gives a shortest witness. */
export function search(machine: Machine, options: SearchOptions): SearchResult {
  const stepper = createStepper(machine);
  const { program } = machine;
  const verdict = options.mode === "verdict";
  const relevance = options.reduce === "full" ? createRelevance(stepper, verdict) : undefined;
  const reduction = options.reduce === "full" ? createReduction(stepper) : undefined;
  // One field behind the machine's own: the condition is certain to be satisfied (see relevance.ts).
  const size = machine.layout.size + 1;
  const table = createTable(machine, 1);
  let parents = new Int32Array(256);
  let arrivedBy = new Int32Array(256);
  const ends = new Map<string, EndState>();
  let satisfiable = false;
  let someRunEnds = false;
  let deadlocks = 0;
  let transitions = 0;
  let witness: readonly number[] | undefined;
  let stuck: readonly number[] | undefined;
  let stopped: SearchResult["stopped"];
  const trace = (index: number): readonly number[] => {
    const steps: number[] = [];
    for (let at = index; at > 0; at = parents[at] as number) steps.push(arrivedBy[at] as number);
    return steps.reverse();
  };

  const current = new Int32Array(size);
  const next = new Int32Array(size);
  const steps: number[] = [];
  next.set(machine.initial);
  relevance?.reduce(next);
  table.add(next);

  for (let index = 0; index < table.count; index++) {
    if (table.count > options.maxStates) {
      stopped = "states";
      break;
    }
    if ((index & 255) === 255 && options.interrupted?.() === true) {
      stopped = "interrupted";
      break;
    }
    table.read(index, current);
    let count = stepper.steps(current, steps);
    if (count === 0) {
      if (!stepper.ended(current)) {
        // A state whose every continuation was discarded is a wrong guess, not a deadlock: it has steps. This one has none.
        deadlocks++;
        stuck ??= trace(index);
        continue;
      }
    }
    if (stepper.ended(current)) {
      if (program.filter === undefined || satisfied(stepper, current, program.filter)) {
        someRunEnds = true;
        const satisfies = current[size - 1] === 1 || satisfied(stepper, current, program.condition.formula);
        if (satisfies && !satisfiable) {
          satisfiable = true;
          witness = trace(index);
        }
        if (!verdict) {
          const values = observe(stepper, current);
          ends.set(values.join(), { values, satisfies });
        } else if (satisfies) {
          ends.set("witness", { values: observe(stepper, current), satisfies });
          break;
        }
      }
      // Caches may still move lines about; nothing that ends differ in.
      continue;
    }
    if (reduction !== undefined && count > 1) count = reduction.select(current, steps, count);
    for (let i = 0; i < count; i++) {
      next.set(current);
      const step = steps[i] as number;
      transitions++;
      if (!stepper.apply(next, step)) continue;
      if (relevance !== undefined && !relevance.reduce(next)) {
        continue;
      }
      const at = table.add(next);
      if (table.fresh) {
        if (at >= parents.length) {
          const more = new Int32Array(parents.length * 2);
          more.set(parents);
          parents = more;
          const moreSteps = new Int32Array(arrivedBy.length * 2);
          moreSteps.set(arrivedBy);
          arrivedBy = moreSteps;
        }
        parents[at] = index;
        arrivedBy[at] = step;
      }
    }
  }
  return {
    complete: stopped === undefined,
    stopped,
    ends: [...ends.values()].sort((a, b) => compareValues(a.values, b.values)),
    satisfiable,
    someRunEnds: someRunEnds || (relevance?.droppedRuns() ?? false),
    deadlocks,
    witness,
    stuck,
    states: table.count,
    transitions,
    bytes: table.bytes,
  };
}

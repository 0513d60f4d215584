/**
 * The machine's states as far as a simulation meets them. What can happen in a state, and what becomes of it, is asked of the stepper once and then looked up: the rules
 * stand in `machine/`, and the simulator only says when. So every message ends as some run of the machine ends.
 */
import { observe, satisfied } from "../explore/formula.js";
import { createStepper, type Machine, type State, type Stepper } from "../machine/index.js";

/** The end of a run, as the condition sees it. */
export interface End {
  /** One value per `program.observed`. */
  readonly values: readonly number[];
  /** Does the proposition hold? False where the test's filter drops the run. */
  readonly satisfies: boolean;
  /** The test's filter drops it. */
  readonly dropped: boolean;
  readonly key: string;
}

/** A state. */
export interface Node {
  readonly state: State;
  /** What can happen: packed steps, as the stepper lists them. */
  readonly steps: Int32Array;
  /** Where each leads; undefined: not asked yet; null: nowhere, the run is discarded. */
  readonly edges: (Edge | null | undefined)[];
  /** By thread: the instructions on its path in program order, whether the path goes to the thread's end, and those on it that are not done. */
  readonly paths: readonly (readonly number[])[];
  readonly whole: readonly boolean[];
  readonly open: readonly Int32Array[];
  /** Last value of each location that somebody polls. */
  readonly polled: Int32Array;
  readonly ended: boolean;
  /** Set where `ended`, and where the run is stuck and the condition asks for that. */
  readonly end: End | undefined;
}

/** A step that was made. */
export interface Edge {
  readonly to: Node;
  /** Instructions whose status changed: triples of id, before, after. */
  readonly changes: Int32Array;
}

/** The states that were met, and how they are joined. */
export interface Automaton {
  readonly machine: Machine;
  readonly stepper: Stepper;
  readonly root: Node;
  /** How many states it holds now, and how many it has met. */
  readonly size: number;
  follow(node: Node, index: number): Edge | null;
  /** Forgets all states but the given ones (and what they are): for runs that meet very many. */
  forget(): void;
}

/** `polled`: locations whose values nodes hold. */
export function createAutomaton(machine: Machine, polled: readonly number[]): Automaton {
  const stepper = createStepper(machine);
  const { program, layout } = machine;
  let known = new Map<string, Node>();
  const found: number[] = [];
  const keyOf = (state: State): string => {
    let key = "";
    for (let i = 0; i < state.length; i++) {
      const value = state[i] as number;
      key += String.fromCharCode(value & 0xffff, value >>> 16);
    }
    return key;
  };
  /** Where the condition speaks of runs that get stuck, these end, too. */
  const speaksOfStuck = program.observed.some((term) => term.kind === "stuck");
  const endOf = (state: State, stuck: boolean): End => {
    const values = observe(stepper, state, stuck);
    const dropped = program.filter !== undefined && !satisfied(stepper, state, program.filter, stuck);
    return { values, dropped, satisfies: !dropped && satisfied(stepper, state, program.condition.formula, stuck), key: values.join() };
  };
  const intern = (state: State): Node => {
    const key = keyOf(state);
    const old = known.get(key);
    if (old !== undefined) return old;
    const own = Int32Array.from(state);
    const count = stepper.steps(own, found);
    const ended = stepper.ended(own);
    const paths = machine.threads.map((_, index) => stepper.path(own, index));
    const node: Node = {
      state: own,
      steps: Int32Array.from(found.slice(0, count)),
      edges: [],
      paths: paths.map((path) => path.ids),
      whole: paths.map((path) => path.ends === "end" && path.guesses.length === 0),
      open: paths.map((path) => Int32Array.from(path.ids.filter((id) => !stepper.done(own, id)))),
      polled: Int32Array.from(polled, (location) => stepper.location(own, location)),
      ended,
      end: ended || (speaksOfStuck && count === 0) ? endOf(own, !ended) : undefined,
    };
    known.set(key, node);
    return node;
  };
  const scratch = new Int32Array(layout.size);
  const { status } = layout;
  const count = machine.instructions.length;
  let root = intern(machine.initial);
  return {
    machine,
    stepper,
    get root() {
      return root;
    },
    get size() {
      return known.size;
    },
    follow(node, index) {
      const old = node.edges[index];
      if (old !== undefined) return old;
      scratch.set(node.state);
      let edge: Edge | null = null;
      if (stepper.apply(scratch, node.steps[index] as number)) {
        const changes: number[] = [];
        for (let id = 0; id < count; id++) {
          const before = node.state[status + id] as number;
          const after = scratch[status + id] as number;
          if (before !== after) changes.push(id, before, after);
        }
        edge = { to: intern(scratch), changes: Int32Array.from(changes) };
      }
      node.edges[index] = edge;
      return edge;
    },
    forget() {
      known = new Map();
      root = intern(machine.initial);
    },
  };
}

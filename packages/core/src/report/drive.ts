/** A machine driven by hand: where everything is in a state, and what can happen next. */
import { observe, satisfied } from "../explore/formula.js";
import type { Instruction } from "../machine/instruction.js";
import type { Machine, MachineThread } from "../machine/machine.js";
import { createStepper, type State, type Stepper } from "../machine/step.js";
import type { Formula } from "../program/program.js";
import type { Span } from "../source.js";
import { type Entry, entriesOf } from "./entry.js";
import type { Event } from "./event.js";
import { type Ladder, layOut } from "./ladder.js";
import { namesOf } from "./names.js";
import type { Replay } from "./replay.js";
import { createScene, type Scene } from "./scene.js";
import { printState } from "./state.js";
import { tellStep } from "./tell-step.js";

/** A statement of a thread, and how far it has got: `waits`; `sent`, its packet is under way; `done`. */
export interface LineNow {
  readonly instruction: number;
  readonly text: string;
  /** In the test's source. */
  readonly span: Span;
  readonly standing: "waits" | "sent" | "done";
}

export interface ThreadNow {
  readonly name: string;
  readonly role: "cpu" | "device";
  /** A handler that has not been started yet. */
  readonly idle: boolean;
  readonly lines: readonly LineNow[];
}

/** A place and the packets that wait in it, oldest first. */
export interface PlaceNow {
  /** As lanes of ladders are titled. */
  readonly id: string;
  readonly title: string;
  readonly table: string;
  readonly packets: readonly { readonly instruction: number; readonly label: string; readonly reply: boolean }[];
}

/** Where everything is. */
export interface Snapshot {
  readonly threads: readonly ThreadNow[];
  readonly places: readonly PlaceNow[];
  /** Last values: what a reader sees may be older. */
  readonly memory: readonly { readonly name: string; readonly value: string; readonly register: boolean }[];
  readonly ended: boolean;
}

/** Something that can happen next. */
export interface Choice {
  /** The packed step. */
  readonly step: number;
  readonly actor: string;
  /** A sentence without its full stop. */
  readonly what: string;
  /** What it would go ahead of. */
  readonly events: readonly Pick<Event, "passed" | "overtook">[];
  /** A guess that turns out wrong: the run is over and never happened. */
  readonly discarded: boolean;
}

/** A run driven by hand: where it stands, and what can happen next. */
export interface Drive {
  readonly events: readonly Event[];
  readonly snapshot: Snapshot;
  readonly choices: readonly Choice[];
  /** How many of the steps were made: fewer than asked for where one was not enabled. */
  readonly made: number;
  /** The last step turned out to be a wrong guess. */
  readonly discarded: boolean;
  /** Where the run has ended: how, and whether the test's proposition holds there. */
  readonly end: { readonly state: string; readonly satisfies: boolean } | undefined;
  /** What was done so far, as a ladder. */
  readonly entries: readonly Entry[];
  readonly ladder: Ladder;
}

/** Makes steps from the initial state, as far as they are enabled, and says where that leads. */
export function drive(machine: Machine, steps: readonly number[]): Drive {
  const stepper = createStepper(machine);
  const names = namesOf(machine);
  const scene = createScene(machine, names);
  const state = Int32Array.from(machine.initial);
  const events: Event[] = [];
  const enabled: number[] = [];
  let made = 0;
  let discarded = false;
  for (const step of steps) {
    const before = Int32Array.from(state);
    if (!enabled.slice(0, stepper.steps(before, enabled)).includes(step)) break;
    discarded = !stepper.apply(state, step);
    const visit = { stepper, before, after: state, step, index: made };
    for (const told of tellStep(scene, visit)) events.push({ ...NOTHING, ...told, number: made + 1, step });
    made++;
    if (discarded) break;
  }
  const snapshot = snapshotOf(scene, stepper, state);
  const values = observe(stepper, state, !stepper.ended(state));
  const { filter, condition } = machine.program;
  const holds = (formula: Formula): boolean => satisfied(stepper, state, formula);
  const run: Replay = { machine, names, steps, events, end: state, values, whereabouts: () => -1, nameOf: () => "" };
  const entries = entriesOf(run);
  return {
    events,
    snapshot,
    choices: discarded ? [] : choicesIn(scene, stepper, state),
    made,
    discarded,
    end:
      discarded || !snapshot.ended
        ? undefined
        : { state: printState(machine.program, values), satisfies: (filter === undefined || holds(filter)) && holds(condition.formula) },
    entries,
    ladder: layOut(run, entries, ""),
  };
}

const NOTHING = { stretch: undefined, passed: [], overtook: [], missed: [] };

function choicesIn(scene: Scene, stepper: Stepper, state: State): readonly Choice[] {
  const enabled: number[] = [];
  const count = stepper.steps(state, enabled);
  return enabled.slice(0, count).map((step): Choice => {
    const after = Int32Array.from(state);
    const right = stepper.apply(after, step);
    // What is told of a step that was not made must not be remembered.
    const told = tellStep(
      { ...scene, sent: new Map(scene.sent), target: new Map(scene.target) },
      { stepper, before: state, after, step, index: 0 },
    );
    return {
      step,
      actor: told[0]?.actor ?? "?",
      what: told.map((each) => each.what).join("; "),
      events: told.map(({ passed = [], overtook = [] }) => ({ passed, overtook })),
      discarded: !right,
    };
  });
}

/** The snapshot before the first step of a run, and after each. */
export function snapshotsOf(machine: Machine, steps: readonly number[]): readonly Snapshot[] {
  const stepper = createStepper(machine);
  const scene = createScene(machine, namesOf(machine));
  const state = Int32Array.from(machine.initial);
  const snapshots = [snapshotOf(scene, stepper, state)];
  for (const [index, step] of steps.entries()) {
    const before = Int32Array.from(state);
    stepper.apply(state, step);
    tellStep(scene, { stepper, before, after: state, step, index });
    snapshots.push(snapshotOf(scene, stepper, state));
  }
  return snapshots;
}

function snapshotOf(scene: Scene, stepper: Stepper, state: State): Snapshot {
  const { machine, names } = scene;
  const { program } = machine;
  return {
    threads: machine.threads.map((thread, index) => threadNow(scene, stepper, state, thread, index)),
    places: machine.places.flatMap((_, instance) => placeNow(scene, state, instance)),
    memory: program.locations.map((location, index) => ({
      name: location.name,
      value: names.value(stepper.location(state, index)),
      register: location.space !== "memory",
    })),
    ended: stepper.ended(state),
  };
}

/** What is no statement of its own. */
const SILENT: ReadonlySet<Instruction["kind"]> = new Set(["jump", "unless-pending", "loop-head", "nothing", "loop"]);

function threadNow(scene: Scene, stepper: Stepper, state: State, thread: MachineThread, index: number): ThreadNow {
  const { machine } = scene;
  const idle = thread.handler >= 0 && state[machine.layout.started + thread.handler] === 0;
  // The path has what is decided or guessed by now; behind it the program goes on.
  const { ids } = stepper.path(state, index);
  const fetched = new Set(ids);
  const run = thread.runs[thread.handler < 0 ? 0 : Math.max(0, (state[machine.layout.started + thread.handler] as number) - 1)] ?? thread;
  const last = Math.max(run.first - 1, ...ids);
  const lines: LineNow[] = [];
  /** Of the last line nothing but fences has been looked at. */
  let onlyOrders = false;
  for (let id = run.first; id < run.end; id++) {
    const instruction = machine.instructions[id] as Instruction;
    if (SILENT.has(instruction.kind) || (id <= last && !fetched.has(id))) continue;
    // A fence that only orders is never performed: it is done when all before it is, and says nothing of a statement that does something besides.
    const orders = instruction.kind === "fence" && !instruction.active;
    const before = lines.at(-1);
    const { text, span } = instruction.operation;
    const same = before !== undefined && before.span.start === span.start && before.span.end === span.end;
    if (orders && same) continue;
    const reached = fetched.has(id) && lines.every((line) => line.standing === "done");
    const standing = orders ? (reached ? "done" : "waits") : standingOf(scene, stepper, state, instruction, fetched.has(id));
    // An accessor turns into several instructions: one statement, done when all are.
    if (same) lines[lines.length - 1] = { ...before, standing: onlyOrders || before.standing === standing ? standing : "sent" };
    else lines.push({ instruction: id, text, span, standing });
    onlyOrders = orders;
  }
  return { name: thread.name, role: thread.role, idle, lines };
}

function standingOf({ machine }: Scene, stepper: Stepper, state: State, instruction: Instruction, fetched: boolean): LineNow["standing"] {
  if (!fetched) return "waits";
  const standing = state[machine.layout.status + instruction.id] as number;
  const packet = machine.packets[instruction.packet];
  if (packet !== undefined) return standing === 0 ? "waits" : standing <= packet.hops.length ? "sent" : "done";
  return stepper.done(state, instruction.id) ? "done" : "waits";
}

function placeNow({ machine, names, sent, target }: Scene, state: State, instance: number): readonly PlaceNow[] {
  const at = machine.places[instance] as Machine["places"][number];
  const place = machine.platform.fabric.places[at.place];
  if (place === undefined || at.capacity === 0) return [];
  const packets: PlaceNow["packets"][number][] = [];
  for (let slot = 0; slot < at.capacity; slot++) {
    const packet = machine.packets[(state[at.offset + slot] as number) - 1];
    if (packet === undefined) break;
    const instruction = machine.instructions[packet.instruction] as Instruction;
    packets.push({
      instruction: instruction.id,
      label: names.label(instruction, sent, target.get(instruction.id) ?? -1),
      reply: (state[machine.layout.status + instruction.id] as number) > packet.home,
    });
  }
  return [{ id: names.placeId(instance), title: place.title, table: place.table, packets }];
}

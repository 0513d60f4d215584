/** What is needed to tell any step: the machine, what things are called, where they are, and what packets have taken along. */
import type { Instruction } from "../machine/instruction.js";
import type { Machine, MachineThread } from "../machine/machine.js";
import type { State, Stepper } from "../machine/step.js";
import type { Arrow, Event, Overtaking, Site } from "./event.js";
import type { Names } from "./names.js";
import { olderNotDone, permittingRule } from "./overtaking.js";

/** What is said of a step, or of a part of it; its number is added later. */
export type Told = Pick<Event, "actor" | "what" | "arrows"> & Partial<Pick<Event, "stretch" | "passed" | "overtook" | "missed">>;

/** What a run is told with: the machine, and words for what is in it. */
export interface Scene {
  readonly machine: Machine;
  readonly names: Names;
  /** The value that each instruction has sent, and the location that its packet goes to. */
  readonly sent: Map<number, number>;
  readonly target: Map<number, number>;
  thread(instruction: Instruction): MachineThread;
  siteOfThread(index: number): Site;
  siteOfLocation(location: number): Site;
  /** The value that an instruction holds in a state. */
  value(state: State, instruction: Instruction): number;
  standing(state: State, instruction: Instruction): number;
  /** Older accesses that the instruction goes ahead of. */
  overtakings(stepper: Stepper, before: State, instruction: Instruction): readonly Overtaking[];
}

export const MEMORY: Site = { kind: "memory" };

/** A mark on a lane. */
export const own = (site: Site, label: string): readonly Arrow[] => [{ from: site, to: site, label, kind: "own" }];

export function createScene(machine: Machine, names: Names): Scene {
  const { layout, program } = machine;
  const sent = new Map<number, number>();
  const target = new Map<number, number>();
  return {
    machine,
    names,
    sent,
    target,
    thread: (instruction) => machine.threads[instruction.thread] as MachineThread,
    siteOfThread(index) {
      const thread = machine.threads[index] as MachineThread;
      return thread.role === "device" ? { kind: "device", device: thread.thread.device } : { kind: "thread", thread: index };
    },
    siteOfLocation(location) {
      const found = program.locations[location];
      return found === undefined || found.space === "memory" ? MEMORY : { kind: "device", device: found.owner };
    },
    value: (state, instruction) => state[layout.value[instruction.id] as number] as number,
    standing: (state, instruction) => state[layout.status + instruction.id] as number,
    overtakings: (stepper, before, instruction) =>
      olderNotDone(stepper, before, instruction).map((older) => ({
        older: accessName(names, sent, older, stepper.address(before, older.id)),
        olderInstruction: older.id,
        youngerInstruction: instruction.id,
        rule: permittingRule(machine, older, instruction),
      })),
  };
}

/** An access as the object of "ahead of its older ...". */
function accessName(names: Names, sent: ReadonlyMap<number, number>, instruction: Instruction, location: number): string {
  switch (instruction.kind) {
    case "load":
      return `read of ${names.location(location)}`;
    case "store":
      return `write of ${names.location(location)}`;
    case "rmw":
      return `${atomicName(instruction)} of ${names.location(location)}`;
    default:
      return names.packet(instruction, sent, location);
  }
}

/** The name of the call that an atomic comes from. */
export function atomicName({ operation }: Instruction): string {
  return operation.kind === "atomic" || operation.kind === "lock" || operation.kind === "trylock" ? operation.accessor : "atomic";
}

/** What a step went ahead of: older packets in its place, older accesses in its window. */
import type { Instruction } from "../machine/instruction.js";
import { buildMachine, type Machine } from "../machine/machine.js";
import { MOVE, PERFORM, type State, type Stepper, stepAction, stepSubject } from "../machine/step.js";
import { ACCESS_KINDS, type AccessKind, type WindowRule } from "../platform/platform.js";

/** The packets (by number) that wait in the packet's place and came there earlier, oldest first. */
export function aheadOf(machine: Machine, state: State, packet: number): readonly { readonly packet: number; readonly hop: number }[] {
  const item = machine.packets[packet];
  if (item === undefined) return [];
  const hop = state[machine.layout.status + item.instruction] as number;
  const place = machine.places[item.hops[hop - 1]?.place ?? -1];
  if (place === undefined) return [];
  const result: { packet: number; hop: number }[] = [];
  for (let at = 0; at < place.capacity; at++) {
    const other = (state[place.offset + at] as number) - 1;
    if (other < 0 || other === packet) break;
    result.push({ packet: other, hop: state[machine.layout.status + (machine.packets[other]?.instruction ?? 0)] as number });
  }
  return result;
}

/**
 * Accesses of the thread that are older than the instruction and not done yet; for a handler also those of the thread that it interrupted. A store that the instruction
 * reads from is not counted.
 */
export function olderNotDone(stepper: Stepper, state: State, instruction: Instruction): readonly Instruction[] {
  const { machine } = stepper;
  const thread = machine.threads[instruction.thread];
  if (thread?.role !== "cpu" || instruction.mask === 0) return [];
  const { ids } = stepper.path(state, instruction.thread);
  const interrupted = thread.host < 0 ? [] : stepper.path(state, thread.host).ids.slice(0, state[machine.layout.taken + thread.handler]);
  const own = forwardedFrom(stepper, state, instruction);
  return [...interrupted, ...ids.slice(0, Math.max(0, ids.indexOf(instruction.id)))]
    .map((id) => machine.instructions[id] as Instruction)
    .filter((older) => older.mask !== 0 && older.id !== own && !stepper.done(state, older.id));
}

/** The own store, still in the window, that a load takes its value from, or -1. */
export function forwardedFrom(stepper: Stepper, state: State, load: Instruction): number {
  if (load.kind !== "load") return -1;
  const { machine } = stepper;
  const { ids } = stepper.path(state, load.thread);
  const location = stepper.address(state, load.id);
  for (let at = ids.indexOf(load.id) - 1; at >= 0; at--) {
    const older = machine.instructions[ids[at] as number] as Instruction;
    if (older.kind !== "store" || state[machine.layout.status + older.id] !== 0) continue;
    if (stepper.address(state, older.id) === location) return older.id;
  }
  return -1;
}

/** The instructions of the older packets or accesses that a step goes ahead of. */
export function overtakenInstructions(stepper: Stepper, state: State, step: number): readonly number[] {
  const { machine } = stepper;
  const instruction = machine.instructions[stepSubject(step)];
  if (instruction === undefined) return [];
  switch (stepAction(step)) {
    case MOVE:
      return aheadOf(machine, state, instruction.packet).map((ahead) => machine.packets[ahead.packet]?.instruction ?? -1);
    case PERFORM:
      return olderNotDone(stepper, state, instruction).map((older) => older.id);
    default:
      return [];
  }
}

const kindsOf = (instruction: Instruction): readonly AccessKind[] => ACCESS_KINDS.filter((_, bit) => (instruction.mask & (1 << bit)) !== 0);

/** The window rule that lets `younger` go before `older`: the one that would forbid it if it said no. Undefined where none speaks of the two. */
export function permittingRule(machine: Machine, older: Instruction, younger: Instruction): WindowRule | undefined {
  const { cpu } = machine.platform;
  return cpu.window.find((rule, index) => {
    if (
      rule.pass === "no" ||
      !rule.older.some((kind) => kindsOf(older).includes(kind)) ||
      !rule.younger.some((kind) => kindsOf(younger).includes(kind))
    )
      return false;
    const window = cpu.window.map((other, at) => (at === index ? { ...other, pass: "no" as const } : other));
    const strict = buildMachine(machine.program, { ...machine.platform, cpu: { ...cpu, window } }, machine.settings);
    return strict.window(strict.instructions[older.id] as Instruction, strict.instructions[younger.id] as Instruction) === 0;
  });
}

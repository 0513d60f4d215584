/** What a device can do next: it issues in order, does not wait, and waits where it uses a value. */
import type { Expression } from "../program/program.js";
import { AGAIN, PERFORM, packStep, type State } from "./action.js";
import type { Instruction } from "./instruction.js";
import type { Machine, MachineThread } from "./machine.js";
import type { Packet } from "./packet.js";
import type { Path } from "./path.js";
import type { Progress } from "./progress.js";
import type { Queues } from "./queues.js";
import type { Values } from "./values.js";

/** The steps of devices. */
export type DeviceSteps = ReturnType<typeof createDeviceSteps>;

/** `deviceSteps` appends a device thread's enabled step to `out` and returns the new count. */
export function createDeviceSteps(machine: Machine, values: Values, progress: Progress, queues: Queues) {
  const { instructions, threads, layout } = machine;
  const { status, value: valueOffset, memory } = layout;
  const { evaluate, lack, modified } = values;
  const { passives, path, roundDone } = progress;
  const { hasRoom, unanswered } = queues;
  const { packets } = machine;

  function deviceSteps(state: State, index: number, out: number[], count: number): number {
    const thread = threads[index] as MachineThread;
    const at = path(state, index);
    for (let position = 0; position < at.ids.length; position++) {
      const id = at.ids[position] as number;
      if (passives[id] === true || state[status + id] !== 0) continue;
      // In order: the first that has not been issued, and nothing behind it.
      if (deviceReady(state, at, position, thread, instructions[id] as Instruction)) out[count++] = packStep(id, PERFORM, 0);
      return count;
    }
    const lastId = at.ids[at.ids.length - 1];
    if (at.ends === "loop" && lastId !== undefined && roundDone(state, at)) out[count++] = packStep(lastId, AGAIN, 0);
    return count;
  }

  function deviceReady(state: State, at: Path, position: number, thread: MachineThread, instruction: Instruction): boolean {
    lack.missing = false;
    switch (instruction.kind) {
      case "dma-write":
      case "dma-read":
      case "dma-atomic":
        if (instruction.address !== undefined) evaluate(state, at, position, thread, instruction.address);
        if (instruction.value !== undefined) evaluate(state, at, position, thread, instruction.value);
        if (instruction.modify !== undefined)
          modified(instruction.modify, 0, (expression) => evaluate(state, at, position, thread, expression));
        return !lack.missing && hasRoom(state, instruction.packet, 1);
      case "msi":
      case "intx":
      case "invalidate-done":
        return hasRoom(state, instruction.packet, 1);
      case "register-write":
        evaluate(state, at, position, thread, instruction.value as Expression);
        return !lack.missing;
      case "answer": {
        if (instruction.value !== undefined) evaluate(state, at, position, thread, instruction.value);
        const packet = lack.missing ? -1 : unanswered(state, instruction.location);
        if (packet < 0) return false;
        const { held, hops } = packets[packet] as Packet;
        return held === hops.length || hasRoom(state, packet, held + 1);
      }
      case "wait":
        return waitHolds(state, at, position, thread, instruction);
      case "hear":
        return (state[tellSlot(instruction.device, thread.thread.device)] ?? 0) > 0;
      default:
        return true;
    }
  }

  function tellSlot(from: number, to: number): number {
    const at = machine.tellPairs.findIndex(([a, b]) => a === from && b === to);
    return at < 0 ? -1 : layout.tells + at;
  }

  /** Reads the own registers of a `wait` into its slots for the time of the question. */
  function waitHolds(state: State, at: Path, position: number, thread: MachineThread, instruction: Instruction): boolean {
    const slot = valueOffset[instruction.id] as number;
    instruction.reads.forEach((read, i) => {
      state[slot + i] = state[memory + read.location] as number;
    });
    lack.missing = false;
    // The reads are defined by the wait itself: ask as if standing just behind it.
    state[status + instruction.id] = 1;
    const holdsNow = evaluate(state, at, position + 1, thread, instruction.value as Expression) !== 0 && !lack.missing;
    state[status + instruction.id] = 0;
    instruction.reads.forEach((_, i) => {
      state[slot + i] = 0;
    });
    return holdsNow;
  }

  return { deviceReady, deviceSteps, tellSlot, waitHolds };
}

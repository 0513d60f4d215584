/** What a CPU thread can do next. */
import type { Expression, Modify } from "../program/program.js";
import { AGAIN, GUESS_SKIPPED, GUESS_TAKEN, PERFORM, packStep, type State } from "./action.js";
import type { Caches } from "./caches.js";
import type { Instruction } from "./instruction.js";
import type { Machine, MachineThread } from "./machine.js";
import type { Messages } from "./messages.js";
import type { Path } from "./path.js";
import type { Progress } from "./progress.js";
import type { Queues } from "./queues.js";
import { ANY, type Rereads } from "./rereads.js";
import type { Values } from "./values.js";
import type { Window } from "./window.js";

/** `cpuSteps` appends a thread's enabled steps to `out` and returns the new count. */
export function createCpuSteps(
  machine: Machine,
  values: Values,
  progress: Progress,
  messages: Messages,
  caches: Caches,
  queues: Queues,
  window: Window,
  rereads: Rereads,
) {
  const { instructions, threads, listLike, layout } = machine;
  const { status, order } = layout;
  const { evaluate, isOpen, lack, modified, neededBy, storedValue } = values;
  const { handlerIdle, handlersOf, passives, path, roundDone, target } = progress;
  const { isAtomicMessage, orderLength, readIndex, seenUpTo, valueAt } = messages;
  const { cachedValue } = caches;
  const { hasRoom } = queues;
  const { forwarded, forwarding, heldBack, swallowed, underGuess } = window;

  function cpuSteps(state: State, index: number, out: number[], count: number): number {
    const thread = threads[index] as MachineThread;
    const at = path(state, index);
    for (let position = 0; position < at.ids.length; position++) {
      const id = at.ids[position] as number;
      if (passives[id] === true || state[status + id] !== 0) continue;
      const instruction = instructions[id] as Instruction;
      if (underGuess(state, at, position, instruction) || heldBack(state, at, position, thread)) continue;
      count = performSteps(state, at, position, thread, instruction, out, count);
    }
    const lastId = at.ids[at.ids.length - 1];
    if (at.ends === "branch" && lastId !== undefined) {
      // A guess is only worth making where the window can use it.
      out[count++] = packStep(lastId, GUESS_TAKEN, 0);
      out[count++] = packStep(lastId, GUESS_SKIPPED, 0);
    } else if (at.ends === "loop" && lastId !== undefined && at.guesses.length === 0 && roundDone(state, at)) {
      if ((handlersOf[index] as readonly number[]).every((other) => handlerIdle(state, other))) out[count++] = packStep(lastId, AGAIN, 0);
    }
    return count;
  }

  function performSteps(
    state: State,
    at: Path,
    position: number,
    thread: MachineThread,
    instruction: Instruction,
    out: number[],
    count: number,
  ): number {
    const { id } = instruction;
    switch (instruction.kind) {
      case "load": {
        const location = target(state, at, position, thread, instruction);
        if (location === -1) return count;
        const forward = forwarding(state, at, position, thread, location);
        if (forward === -2) return count;
        if (instruction.modify !== undefined) {
          lack.missing = false;
          for (const expression of neededBy(instruction)) evaluate(state, at, position, thread, expression);
          if (lack.missing) return count;
          if (forward >= 0) {
            const own = storedValue(state, forwarded.path, forwarded.position, forwarded.thread, instructions[forward] as Instruction);
            if (!instruction.locks || own === 0) out[count++] = packStep(id, PERFORM, 0);
            return count;
          }
          return halfSteps(state, at, position, thread, instruction, location, out, count);
        }
        if (forward >= 0 || !listLike || location < 0) {
          out[count++] = packStep(id, PERFORM, 0);
          return count;
        }
        const end = orderLength(state, location);
        const first = seenUpTo(state, thread.observer, location);
        const due = rereads.due(state, at, position, thread, location);
        // Where what it has to read is no longer to be had, the run never happened (`apply` says so).
        if (due !== ANY) out[count++] = packStep(id, PERFORM, Math.max(first, due));
        else for (let choice = first; choice <= end; choice++) out[count++] = packStep(id, PERFORM, choice);
        return count;
      }
      case "store": {
        const location = target(state, at, position, thread, instruction);
        if (location === -1 || (instruction.pair >= 0 && state[status + instruction.pair] === 0)) return count;
        lack.missing = false;
        storedValue(state, at, position, thread, instruction);
        if (lack.missing || (instruction.pair >= 0 && isOpen(state, instruction.pair))) return count;
        if (instruction.pair >= 0 && listLike && location >= 0) {
          // What the read half read must still be the last that this CPU has seen; else the run never happened (`apply` says so).
          out[count++] = packStep(id, PERFORM, Math.max(0, readIndex(state, location, instruction.pair)));
          return count;
        }
        if (!listLike || location < 0) {
          out[count++] = packStep(id, PERFORM, 0);
          return count;
        }
        const end = orderLength(state, location);
        const base = order[location] as number;
        for (
          let choice = instruction.global || machine.platform.cpu.multiCopyAtomic ? end : seenUpTo(state, thread.observer, location);
          choice <= end;
          choice++
        ) {
          if (choice < end && isAtomicMessage((state[base + choice] as number) - 1)) continue;
          out[count++] = packStep(id, PERFORM, choice);
        }
        return count;
      }
      case "rmw": {
        const location = target(state, at, position, thread, instruction);
        if (location === -1) return count;
        lack.missing = false;
        if (instruction.modify !== undefined)
          modified(instruction.modify, 0, (expression) => evaluate(state, at, position, thread, expression));
        if (lack.missing) return count;
        return halfSteps(state, at, position, thread, instruction, location, out, count);
      }
      case "pio-write":
        lack.missing = false;
        evaluate(state, at, position, thread, instruction.value as Expression);
        if (lack.missing) return count;
        if (hasRoom(state, instruction.packet, 1)) out[count++] = packStep(id, PERFORM, 0);
        if (swallowed(at, position, instruction)) out[count++] = packStep(id, PERFORM, 1);
        return count;
      case "pio-read":
      case "token":
        if (hasRoom(state, instruction.packet, 1)) out[count++] = packStep(id, PERFORM, 0);
        return count;
      case "unmapped":
        for (const [packet, slot] of layout.looked.entries()) {
          if (slot >= 0 && machine.packets[packet]?.location === instruction.mapping && state[slot] === 1) return count;
        }
        out[count++] = packStep(id, PERFORM, 0);
        return count;
      case "fence":
      case "map":
      case "unmap":
      case "sync-for-cpu":
      case "sync-for-device":
        out[count++] = packStep(id, PERFORM, 0);
        return count;
      case "ats-wait":
        if (state[layout.invalidated + instruction.device] !== 0) out[count++] = packStep(id, PERFORM, 0);
        return count;
      default:
        return count;
    }
  }

  /** The read half of an atomic, or a whole one: which messages it may read. */
  function halfSteps(
    state: State,
    at: Path,
    position: number,
    thread: MachineThread,
    instruction: Instruction,
    location: number,
    out: number[],
    from: number,
  ): number {
    let count = from;
    if (!listLike || location < 0) {
      if (instruction.locks && location >= 0 && cachedValue(state, location) !== 0) return count;
      out[count++] = packStep(instruction.id, PERFORM, 0);
      return count;
    }
    const end = orderLength(state, location);
    const base = order[location] as number;
    const least =
      instruction.locks || instruction.global || machine.platform.cpu.multiCopyAtomic ? end : seenUpTo(state, thread.observer, location);
    const due = rereads.due(state, at, position, thread, location);
    for (let choice = least; choice <= end; choice++) {
      if (due !== ANY && choice !== due) continue;
      if (instruction.locks && valueAt(state, location, choice) !== 0) continue;
      const value = (expression: Expression): number => evaluate(state, at, position, thread, expression);
      const stores =
        (layout.open[instruction.id] as number) >= 0
          ? instruction.outcome > 0
          : modified(instruction.modify as Modify, valueAt(state, location, choice), value).stores;
      if (stores && choice < end && isAtomicMessage((state[base + choice] as number) - 1)) continue;
      out[count++] = packStep(instruction.id, PERFORM, choice);
    }
    // What it would have to read it can never have: the run never happened (`apply` says so).
    if (due !== ANY && count === from) out[count++] = packStep(instruction.id, PERFORM, end + 1);
    return count;
  }

  return { cpuSteps };
}

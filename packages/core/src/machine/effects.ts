/** What an instruction does when it is performed. */
import type { Expression, Modify } from "../program/program.js";
import type { State } from "./action.js";
import type { Arrival } from "./arrival.js";
import type { Caches } from "./caches.js";
import type { Carried } from "./carried.js";
import type { DeviceSteps } from "./devices.js";
import type { Instruction } from "./instruction.js";
import type { Machine, MachineThread } from "./machine.js";
import type { Messages } from "./messages.js";
import type { Pairs } from "./pairs.js";
import { type Path, prepare } from "./path.js";
import type { Progress } from "./progress.js";
import { ANY, type Rereads } from "./rereads.js";
import type { Values } from "./values.js";
import type { Window } from "./window.js";

/** `perform` makes an instruction happen (false: the run is discarded); `continueBlock` goes on inside an indivisible step. */
export function createEffects(
  machine: Machine,
  values: Values,
  progress: Progress,
  messages: Messages,
  carried: Carried,
  caches: Caches,
  arrival: Arrival,
  window: Window,
  devices: DeviceSteps,
  rereads: Rereads,
  pairs: Pairs,
) {
  const { instructions, threads, listLike, observers, layout } = machine;
  const { status, value: valueOffset, memory } = layout;
  const { evaluate, isMadeLater, lack, lastHops, modified, returned, storedValue } = values;
  const { addressHolds, addressesKnown, behindPointers, checkGuesses, passives, path, target } = progress;
  const { breaksPair } = pairs;
  const { forgetHalf, gather, gatherAll, gatherRead, readIndex, scratch, scratchPrior, seenUpTo, settleAll, show, valueAt } = messages;
  const { fix, gatherForStore, publish, see } = carried;
  const { cpuRead, cpuWrite, dirty, drop, writeBack } = caches;
  const { answer, issue } = arrival;
  const { forwarded, forwarding } = window;
  const { deviceReady, tellSlot } = devices;
  const mostTold = machine.tellPairs.map(([, , most]) => most);

  /** The rest of an indivisible step, as far as it does not have to wait. */
  function continueBlock(state: State, first: number): boolean {
    const { blockEnd, thread: index } = instructions[first] as Instruction;
    if (blockEnd < 0) return true;
    const thread = threads[index] as MachineThread;
    for (;;) {
      const at = path(state, index);
      const position = at.ids.findIndex((id) => passives[id] !== true && state[status + id] === 0);
      const id = at.ids[position];
      if (id === undefined || id >= blockEnd || id < first) return true;
      if (!deviceReady(state, at, position, thread, instructions[id] as Instruction)) return true;
      if (!perform(state, id, 0)) return false;
    }
  }

  /** Performs an instruction; false: the run is discarded. `choice`: which value a load reads, where a store goes in its location's order. */
  function perform(state: State, id: number, choice: number): boolean {
    const instruction = instructions[id] as Instruction;
    const thread = threads[instruction.thread] as MachineThread;
    const at = path(state, instruction.thread);
    const position = at.ids.indexOf(id);
    if (!act(state, at, position, thread, instruction, choice)) return false;
    if (thread.role === "cpu" && (instruction.mask & 3) !== 0 && state[status + id] === 1) {
      if (instruction.location < 0 && !addressHolds(state, instruction)) return false;
      if (behindPointers[id] === true && addressesKnown(state, instruction)) state[status + id] = 2;
    }
    return checkGuesses(state, instruction.thread);
  }

  function act(state: State, at: Path, position: number, thread: MachineThread, instruction: Instruction, choice: number): boolean {
    const { id, kind } = instruction;
    const slot = valueOffset[id] as number;
    const evaluated = (expression: Expression): number => {
      lack.missing = false;
      return evaluate(state, at, position, thread, expression);
    };
    switch (kind) {
      case "load":
        return load(state, at, position, thread, instruction, choice);
      case "store":
        return store(state, at, position, thread, instruction, choice);
      case "rmw":
        return rmw(state, at, position, thread, instruction, choice);
      case "fence":
        fence(state, at, position, thread, instruction);
        return true;
      case "token":
      case "pio-read":
      case "msi":
      case "intx":
      case "invalidate-done":
      case "dma-read":
      case "dma-atomic":
        return issue(state, instruction.packet);
      case "pio-write":
      case "dma-write":
        if (choice === 1) state[status + id] = lastHops[id] as number;
        else {
          state[slot] = evaluated(instruction.value as Expression);
          return issue(state, instruction.packet);
        }
        return true;
      case "register-read":
        state[slot] = state[memory + instruction.location] as number;
        break;
      case "register-write":
        state[memory + instruction.location] = evaluated(instruction.value as Expression);
        break;
      case "wait":
        instruction.reads.forEach((read, i) => {
          state[slot + i] = state[memory + read.location] as number;
        });
        break;
      case "answer": {
        const given = instruction.value === undefined ? undefined : evaluated(instruction.value);
        const reader = answer(state, instruction.location, given);
        state[status + id] = 1;
        return checkGuesses(state, reader.thread);
      }
      case "tell": {
        const tell = tellSlot(thread.thread.device, instruction.device);
        // A loop that is further ahead than that is not followed: the run is discarded.
        if (state[tell] === mostTold[tell - layout.tells]) return false;
        state[tell] = (state[tell] as number) + 1;
        break;
      }
      case "hear": {
        const tell = tellSlot(instruction.device, thread.thread.device);
        state[tell] = (state[tell] as number) - 1;
        break;
      }
      case "map":
        state[layout.entry[instruction.mapping] as number] = 0;
        break;
      case "unmap": {
        // Strict: what was taken away is not found from here on, and `unmapped` waits for what was found before.
        const entry = layout.entry[instruction.mapping] as number;
        state[entry] = Math.max(state[entry] as number, instruction.enable ? 2 : 1);
        break;
      }
      case "sync-for-device":
        if (dirty(state, instruction.location)) writeBack(state, instruction.location);
        break;
      case "sync-for-cpu":
        drop(state, instruction.location);
        break;
      default:
    }
    state[status + id] = 1;
    return true;
  }

  function load(state: State, at: Path, position: number, thread: MachineThread, instruction: Instruction, choice: number): boolean {
    const { id, pair } = instruction;
    const slot = valueOffset[id] as number;
    const location = target(state, at, position, thread, instruction);
    if (at.forwards[position] === undefined) prepare(machine, at, position);
    const forward = location < 0 ? -1 : forwarding(state, at, position, thread, location);
    let result = 0;
    if (forward >= 0) {
      lack.missing = false;
      result = storedValue(state, forwarded.path, forwarded.position, forwarded.thread, instructions[forward] as Instruction);
      if ((layout.origin[id] as number) >= 0) state[layout.origin[id] as number] = (machine.message[forward] as number) + 1;
    } else if (location >= 0) {
      if (!listLike) result = cpuRead(state, location);
      else {
        const due = rereads.due(state, at, position, thread, location);
        if (due !== ANY && due !== choice) return false;
        result = valueAt(state, location, choice);
        see(state, thread.observer, location, choice, id);
      }
    }
    if (!listLike && location >= 0 && !rereads.agrees(state, at, position, thread, location)) return false;
    state[slot] = instruction.operation.kind === "is-locked" ? (result === 0 ? 0 : 1) : result;
    state[status + id] = 1;
    if ((layout.open[id] as number) >= 0) {
      state[slot] = returned(instruction, result, { stores: instruction.outcome > 0, value: 0 });
      state[slot + 1] = result;
      state[layout.open[id] as number] = 1;
    } else if (instruction.modify !== undefined) {
      const outcome = modification(state, at, position, thread, instruction, result);
      if (outcome === undefined) return false;
      state[slot] = isMadeLater(instruction) ? 0 : returned(instruction, result, outcome);
      if (pair >= 0) state[slot + 1] = result;
      if (pair >= 0 && !outcome.stores) {
        // Done without having been performed: no late address is held against it.
        state[status + pair] = 2;
        forgetHalf(state, id);
      }
    }
    rereads.settled(state, instruction.thread);
    if (listLike) settleAll(state);
    return true;
  }

  /** What an atomic makes of the value it read; undefined: not what was chosen for it. */
  function modification(state: State, at: Path, position: number, thread: MachineThread, instruction: Instruction, old: number) {
    lack.missing = false;
    const made = modified(instruction.modify as Modify, old, (expression) => evaluate(state, at, position, thread, expression));
    return (instruction.outcome > 0 && !made.stores) || (instruction.outcome < 0 && made.stores) ? undefined : made;
  }

  function store(state: State, at: Path, position: number, thread: MachineThread, instruction: Instruction, choice: number): boolean {
    const { id, pair } = instruction;
    const location = target(state, at, position, thread, instruction);
    lack.missing = false;
    const result = storedValue(state, at, position, thread, instruction);
    if (pair >= 0 && listLike && location >= 0) {
      const after = readIndex(state, location, pair);
      if (after < 0 || after < seenUpTo(state, thread.observer, location)) return false;
    }
    if (breaksPair(state, location, choice, instruction.thread)) return false;
    state[status + id] = 1;
    if (pair >= 0) {
      const half = instructions[pair] as Instruction;
      const slot = valueOffset[pair] as number;
      if (isMadeLater(half)) state[slot] = returned(half, state[slot + 1] as number, { stores: true, value: result });
      forgetHalf(state, pair);
    }
    if (location < 0) return true;
    if (!listLike) return overwrite(state, location, instruction.thread, result);
    state[valueOffset[id] as number] = result;
    gatherForStore(state, at, position, instruction);
    // Where barriers travel, what came with the store it read has reached this CPU, and goes along anyhow; that store itself is no barrier's.
    if (pair >= 0 && layout.carried < 0) gatherRead(state, location, choice);
    return publish(state, thread, instruction, location, choice);
  }

  /** One memory: a CPU writes. */
  function overwrite(state: State, location: number, writer: number, value: number): boolean {
    if (!rereads.outdate(state, location, writer)) return false;
    cpuWrite(state, location, value);
    return true;
  }

  function rmw(state: State, at: Path, position: number, thread: MachineThread, instruction: Instruction, choice: number): boolean {
    const { id } = instruction;
    const slot = valueOffset[id] as number;
    const location = target(state, at, position, thread, instruction);
    if (location < 0) {
      state[status + id] = 1;
      return true;
    }
    const old = listLike ? valueAt(state, location, choice) : cpuRead(state, location);
    const result = modification(state, at, position, thread, instruction, old);
    if (result === undefined || (result.stores && breaksPair(state, location, choice, instruction.thread))) return false;
    state[slot] = returned(instruction, old, result);
    state[status + id] = 1;
    if (!listLike) return !result.stores || overwrite(state, location, instruction.thread, result.value);
    see(state, thread.observer, location, choice, id);
    if (!result.stores) {
      settleAll(state);
      return true;
    }
    state[slot + 1] = result.value;
    gatherForStore(state, at, position, instruction);
    if (layout.carried < 0) gather(state, id);
    return publish(state, thread, instruction, location, choice);
  }

  function fence(state: State, at: Path, position: number, thread: MachineThread, instruction: Instruction): void {
    const { cpu } = machine.platform;
    scratch.fill(0);
    scratchPrior.fill(0);
    for (let i = 0; i < position; i++) {
      const before = at.ids[i] as number;
      if (before <= instruction.olderUpTo || before === instruction.ofLock) gather(state, before);
    }
    if (!cpu.readsJoin && (instruction.before & 1) !== 0) {
      // One memory behind caches that lag: the fence catches up with all of it.
      if (cpu.multiCopyAtomic) gatherAll(state);
      show(state, thread.observer);
    }
    if (instruction.propagates === "strong" || instruction.propagates === "devices") {
      fix(state);
      for (let observer = 0; observer < observers; observer++) {
        const device = observer >= machine.cpus;
        if (device ? cpu.devicesSee !== "later" : instruction.propagates === "strong") show(state, observer);
      }
    }
    state[status + instruction.id] = 1;
    settleAll(state);
  }

  return { continueBlock, perform };
}

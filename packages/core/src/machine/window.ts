/** A CPU's window: what holds an access back, and which store it takes its value from. */
import type { State } from "./action.js";
import type { Instruction } from "./instruction.js";
import type { Machine, MachineThread } from "./machine.js";
import { blocks, nothingBetween, type Path, prepare, standBetween } from "./path.js";
import type { Progress } from "./progress.js";
import type { Values } from "./values.js";

const WRITE_COMBINING_IN = 16;
/** The mask of a write to write-combining memory alone (see `kindBits`). */
const WRITE_COMBINING_OUT = 32;

/** What a CPU's window holds back. */
export type Window = ReturnType<typeof createWindow>;

/** `heldBack` and `underGuess` say whether an access has to wait; `forwarding` finds the store that a load takes its value from and leaves its place in `forwarded`. */
export function createWindow(machine: Machine, values: Values, progress: Progress) {
  const { instructions, threads, layout } = machine;
  const { status } = layout;
  const { lack, storedValue } = values;
  const { complete, empty, handlersOf, interrupts, isDone, path, target } = progress;

  /** Where the store stands that `forwarding` found. */
  const forwarded = { path: empty, position: -1, thread: threads[0] as MachineThread };

  /** Is `id` held back by older instructions of its own window? `position` is its place on the path. */
  function heldBack(state: State, at: Path, position: number, thread: MachineThread): boolean {
    let hard = at.blockers[position];
    if (hard === undefined) {
      prepare(machine, at, position);
      hard = at.blockers[position] as readonly number[];
    }
    for (let i = 0; i < hard.length; i++) if (!isDone(state, hard[i] as number)) return true;
    const soft = at.sameAddress[position] as readonly number[];
    if (soft.length > 0) {
      const instruction = instructions[at.ids[position] as number] as Instruction;
      const mine = target(state, at, position, thread, instruction);
      for (let i = 0; i < soft.length; i++) {
        const id = soft[i] as number;
        if (isDone(state, id)) continue;
        const theirs = target(state, at, at.ids.indexOf(id), thread, instructions[id] as Instruction);
        if (theirs === mine) return true;
        if (theirs === -1 && instruction.kind !== "load" && machine.platform.cpu.addressPending === "no") return true;
      }
    }
    return interrupts && crossBlocked(state, position, thread, at);
  }

  /** Do two accesses go to one address? An address that is not known yet holds back what is no load. */
  const mayMeet = (theirs: number, mine: number, younger: Instruction): boolean =>
    theirs === mine || (theirs === -1 && younger.kind !== "load" && machine.platform.cpu.addressPending === "no");

  function crossBlocked(state: State, position: number, thread: MachineThread, at: Path): boolean {
    const younger = instructions[at.ids[position] as number] as Instruction;
    if (thread.host >= 0) {
      const host = threads[thread.host] as MachineThread;
      const hostPath = path(state, thread.host);
      const taken = Math.min(state[layout.taken + thread.handler] as number, hostPath.ids.length);
      const between = nothingBetween();
      for (let k = 0; k < position; k++) standBetween(between, instructions[at.ids[k] as number] as Instruction, younger);
      for (let i = taken - 1; i >= 0; i--) {
        const older = instructions[hostPath.ids[i] as number] as Instruction;
        const answer = isDone(state, older.id) ? 0 : blocks(machine, older, younger, between);
        standBetween(between, older, younger);
        if (answer === 1) return true;
        if (answer === 2 && mayMeet(target(state, hostPath, i, host, older), target(state, at, position, thread, younger), younger))
          return true;
      }
      return false;
    }
    for (const index of handlersOf[threads.indexOf(thread)] as readonly number[]) {
      const handler = threads[index] as MachineThread;
      if (state[layout.started + handler.handler] === 0) continue;
      if (position < (state[layout.taken + handler.handler] as number)) continue;
      const handlerPath = path(state, index);
      if (!complete(state, handlerPath)) {
        if (handlerPath.ends !== "end") return true;
        const between = nothingBetween();
        for (let k = state[layout.taken + handler.handler] as number; k < position; k++)
          standBetween(between, instructions[at.ids[k] as number] as Instruction, younger);
        for (let i = handlerPath.ids.length - 1; i >= 0; i--) {
          const older = instructions[handlerPath.ids[i] as number] as Instruction;
          const answer = isDone(state, older.id) ? 0 : blocks(machine, older, younger, between);
          standBetween(between, older, younger);
          if (answer === 1) return true;
          if (answer === 2 && mayMeet(target(state, handlerPath, i, handler, older), target(state, at, position, thread, younger), younger))
            return true;
        }
      }
    }
    return false;
  }

  /** Loads may run ahead of an open branch; the rest waits, within the reach of the control dependency. Where that is the arms alone, a fence before accesses of memory waits for the accesses that it orders, and for no branch. */
  function underGuess(state: State, at: Path, position: number, instruction: Instruction): boolean {
    if (at.guesses.length === 0) return false;
    for (const guess of at.guesses) {
      if (guess >= position) break;
      // Write-combining memory is read ahead of time too (SDM 11.3; Normal-NC on Arm).
      if (instruction.kind === "load" || instruction.mask === WRITE_COMBINING_IN) continue;
      const branch = instructions[at.ids[guess] as number] as Instruction;
      if (machine.platform.cpu.control === "all") return true;
      const fence = instruction.kind === "fence";
      if (((fence ? instruction.after : instruction.mask) & 3) === 0) return true;
      if (fence) continue;
      if (instruction.id > branch.id && instruction.id < branch.join) return true;
    }
    return false;
  }

  /** A write-combining buffer may take a later write to the same word before it sends the earlier one. */
  function swallowed(at: Path, position: number, instruction: Instruction): boolean {
    if (instruction.mask !== WRITE_COMBINING_OUT) return false;
    for (let i = position + 1; i < at.ids.length; i++) {
      if (at.guesses.some((guess) => guess < i)) return false;
      const younger = instructions[at.ids[i] as number] as Instruction;
      if (younger.kind === "token" || (younger.kind === "fence" && (younger.before & instruction.mask) !== 0)) return false;
      if (younger.location === instruction.location && younger.kind === "pio-read") return false;
      if (younger.location === instruction.location && younger.mask === instruction.mask) return true;
      // Any other access to uncached registers of the device empties the buffer.
      if (machine.window(instruction, younger) === 0) return false;
    }
    return false;
  }

  /** The youngest pending store to the location on a path between two positions: -1 none, -2 it has no value yet. */
  function pendingStore(state: State, at: Path, from: number, below: number, thread: MachineThread, location: number): number {
    for (let where = below - 1; where >= from; where--) {
      const store = instructions[at.ids[where] as number] as Instruction;
      if (store.kind !== "store" || state[status + store.id] !== 0 || target(state, at, where, thread, store) !== location) continue;
      lack.missing = false;
      storedValue(state, at, where, thread, store);
      if (lack.missing) return -2;
      forwarded.path = at;
      forwarded.position = where;
      forwarded.thread = thread;
      return store.id;
    }
    return -1;
  }

  /** The own store that a load takes its value from: -1 none, -2 it exists but has no value yet. A handler stands inside the program that it interrupts. */
  function forwarding(state: State, at: Path, position: number, thread: MachineThread, location: number): number {
    if ((at.forwards[position] as readonly number[]).length === 0 && !interrupts) return -1;
    if (thread.host >= 0) {
      const own = pendingStore(state, at, 0, position, thread, location);
      if (own !== -1) return own;
      const host = threads[thread.host] as MachineThread;
      const hostPath = path(state, thread.host);
      return pendingStore(
        state,
        hostPath,
        0,
        Math.min(state[layout.taken + thread.handler] as number, hostPath.ids.length),
        host,
        location,
      );
    }
    let below = position;
    for (const index of handlersOf[threads.indexOf(thread)] as readonly number[]) {
      const handler = threads[index] as MachineThread;
      const taken = state[layout.taken + handler.handler] as number;
      if (state[layout.started + handler.handler] === 0 || taken > position) continue;
      const since = pendingStore(state, at, taken, below, thread, location);
      if (since !== -1) return since;
      const handlerPath = path(state, index);
      const inside = pendingStore(state, handlerPath, 0, handlerPath.ids.length, handler, location);
      if (inside !== -1) return inside;
      below = Math.min(below, taken);
    }
    return pendingStore(state, at, 0, below, thread, location);
  }

  return { forwarded, forwarding, heldBack, swallowed, underGuess };
}

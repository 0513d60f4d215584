/** Atomics whose halves may be apart: nothing is written between what the read half read and what the write half writes, or the run never happened. */
import type { State } from "./action.js";
import type { Instruction } from "./instruction.js";
import type { Machine, MachineThread } from "./machine.js";
import type { Messages } from "./messages.js";
import { prepare } from "./path.js";
import type { Progress } from "./progress.js";
import type { Window } from "./window.js";

/** Atomics in halves. */
export type Pairs = ReturnType<typeof createPairs>;

/** `breaksPair` asks whether a write comes between the halves of somebody's atomic. */
export function createPairs(machine: Machine, progress: Progress, messages: Messages, window: Window) {
  const { instructions, threads, listLike, layout } = machine;
  const { status } = layout;
  const { path, stepperAddress } = progress;
  const { readIndex } = messages;
  const { forwarding } = window;

  /** Read halves of atomics whose halves may be apart. */
  const halves = instructions.filter((instruction) => instruction.kind === "load" && instruction.pair >= 0);

  /** Has the half read a store of its own CPU that is still to be performed? What is written until then comes before that store. */
  function isEarly(state: State, half: Instruction, location: number): boolean {
    const at = path(state, half.thread);
    const position = at.ids.indexOf(half.id);
    if (position < 0) return false;
    if (at.forwards[position] === undefined) prepare(machine, at, position);
    return forwarding(state, at, position, threads[half.thread] as MachineThread, location) !== -1;
  }

  /** Would a write of this thread at this index (-1: behind all) come between the halves of somebody's atomic? Of its own thread, older stores alone can be performed then. */
  function breaksPair(state: State, location: number, index: number, writer: number): boolean {
    for (const half of halves) {
      if (half.thread === writer || state[status + half.id] === 0 || state[status + half.pair] !== 0) continue;
      if (stepperAddress(state, half.id) !== location || isEarly(state, half, location)) continue;
      if (!listLike || index < 0 || readIndex(state, location, half.id) === index) return true;
    }
    return false;
  }

  return { breaksPair };
}

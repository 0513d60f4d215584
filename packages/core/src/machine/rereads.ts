/**
 * Loads that went ahead of an older load of their address (`sameStoreSwaps`). Coherence asks one thing of them: the older load, performed later, may not read a newer store. So both
 * read the same one (the tests RSW and CoRR), or the run never happened. A load that took its value from an own store between the two is in order whatever the older one reads.
 */
import type { State } from "./action.js";
import type { Instruction } from "./instruction.js";
import type { Machine, MachineThread } from "./machine.js";
import type { Messages } from "./messages.js";
import { type Path, prepare } from "./path.js";
import type { Progress } from "./progress.js";
import type { Window } from "./window.js";

/** Any store may be read. */
export const ANY = -1;
/** The store that would have to be read cannot be read any more. */
export const GONE = -2;

/** Status of a load on machines with one memory: what it read has been overwritten while the address of an older load was open. */
const OUTDATED = 3;

/** Loads ahead of older loads. */
export type Rereads = ReturnType<typeof createRereads>;

/** `due` says what an older load has to read, `agrees` whether it still can, `outdate` what a write does to loads that are ahead, `settled` forgets what nobody will ask for. */
export function createRereads(machine: Machine, progress: Progress, messages: Messages, window: Window) {
  const { instructions, threads, layout, olderLoads, listLike } = machine;
  const { status } = layout;
  const { olderLoadsOpen, path, storeBetween, target } = progress;
  const { readIndex } = messages;
  const { forwarding } = window;

  const overtakers = instructions.filter(({ id }) => (olderLoads[id] as readonly number[]).length > 0);
  const youngerLoads: readonly number[][] = instructions.map(() => []);
  for (const { id } of overtakers) for (const older of olderLoads[id] as readonly number[]) (youngerLoads[older] as number[]).push(id);
  const windowOf = (index: number): number =>
    (threads[index] as MachineThread).host >= 0 ? (threads[index] as MachineThread).host : index;

  /** Where stores reach observers one by one: the index in the location's order that an older load has to read because a younger one did. */
  function due(state: State, at: Path, position: number, thread: MachineThread, location: number): number {
    let result = ANY;
    for (const id of youngerLoads[at.ids[position] as number] as readonly number[]) {
      if (state[status + id] === 0) continue;
      const ahead = at.ids.indexOf(id);
      if (ahead < 0 || target(state, at, ahead, thread, instructions[id] as Instruction) !== location) continue;
      if (storeBetween(state, at.ids[position] as number, id, location)) continue;
      const index = readIndex(state, location, id);
      if (index < 0 || (result !== ANY && result !== index)) return GONE;
      result = index;
    }
    return result;
  }

  /** Where there is one memory: has nothing been written since a younger load of the same address read it? */
  function agrees(state: State, at: Path, position: number, thread: MachineThread, location: number): boolean {
    for (const id of youngerLoads[at.ids[position] as number] as readonly number[]) {
      if (state[status + id] !== OUTDATED) continue;
      const ahead = at.ids.indexOf(id);
      if (ahead >= 0 && target(state, at, ahead, thread, instructions[id] as Instruction) === location) return false;
    }
    return true;
  }

  /** One memory: a location is written. False: a load is ahead of an older one that could only read the new value now. */
  function outdate(state: State, location: number, writer: number): boolean {
    for (const { id, thread: index, location: named } of overtakers) {
      if (state[status + id] === 0 || (named >= 0 && named !== location)) continue;
      // What the same window writes is older than the load, which took its value from it, or waits for both.
      if (windowOf(index) === windowOf(writer)) continue;
      if (!(olderLoads[id] as readonly number[]).some((older) => state[status + older] === 0)) continue;
      const thread = threads[index] as MachineThread;
      const at = path(state, index);
      const position = at.ids.indexOf(id);
      if (position < 0 || target(state, at, position, thread, instructions[id] as Instruction) !== location) continue;
      if (at.forwards[position] === undefined) prepare(machine, at, position);
      if (forwarding(state, at, position, thread, location) !== -1) continue;
      for (const older of olderLoads[id] as readonly number[]) {
        const behind = state[status + older] === 0 ? at.ids.indexOf(older) : -1;
        if (behind < 0) continue;
        const there = target(state, at, behind, thread, instructions[older] as Instruction);
        if (there === location) return false;
        if (there === -1) state[status + id] = OUTDATED;
      }
    }
    return true;
  }

  /** A load of this thread was performed: what younger ones read is kept only while another older one is open. */
  function settled(state: State, index: number): void {
    for (const { id, thread } of overtakers) {
      if (thread !== index || state[status + id] === 0 || olderLoadsOpen(state, id)) continue;
      if (state[status + id] === OUTDATED) state[status + id] = 1;
      if (listLike) messages.forgetRead(state, id);
    }
  }

  return { agrees, due, outdate, settled };
}

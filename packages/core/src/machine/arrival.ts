/** The end of a packet's request: it reaches memory, a register, an interrupt. */
import type { Modify } from "../program/program.js";
import type { State } from "./action.js";
import type { Instruction } from "./instruction.js";
import type { Machine, MachineThread } from "./machine.js";
import type { Messages } from "./messages.js";
import type { Packet } from "./packet.js";
import type { Pairs } from "./pairs.js";
import type { Progress } from "./progress.js";
import type { Queues } from "./queues.js";
import type { Rereads } from "./rereads.js";
import type { Values } from "./values.js";

/** What happens at the end of a request. */
export type Arrival = ReturnType<typeof createArrival>;

/** `arrive` does what a packet came for (false: the run is discarded), `issue` sends it, `arrivalChoices` says how many ways there are. */
export function createArrival(
  machine: Machine,
  values: Values,
  progress: Progress,
  messages: Messages,
  queues: Queues,
  rereads: Rereads,
  pairs: Pairs,
) {
  const { instructions, packets, threads, listLike, layout, program } = machine;
  const locations = program.locations;
  const { status, value: valueOffset, memory, order } = layout;
  const { evaluate, modified, returned } = values;
  const { path, resolveIssued } = progress;
  const { breaksPair } = pairs;
  const { gather, land, orderLength, publishLanded, scratch, seenUpTo, settleAll, show, surface, valueAt } = messages;
  const { enter, leave, unanswered } = queues;

  /** A value arrives at a register: handlers, monitors. */
  function arriveAtRegister(state: State, location: number, value: number): void {
    state[memory + location] = value;
    raise(state, "write", location);
    log(state, location, value);
  }

  /** A read arrives at a register: the same. */
  function readAtRegister(state: State, location: number): void {
    raise(state, "read", location);
    log(state, location, undefined);
  }

  /** More wait for a handler than are counted: the run is discarded. */
  let uncounted = false;

  function raise(state: State, kind: "write" | "read", location: number): void {
    for (const thread of threads) {
      const on = thread.thread.on;
      if (on?.kind === kind && on.location === location) {
        const at = layout.pending + thread.handler;
        if (state[at] === thread.mostPending) uncounted = true;
        else state[at] = (state[at] as number) + 1;
      }
    }
  }

  /** Monitors: 1 the first has arrived, 2 then the second; 3 the second came first. A read has no value. */
  function log(state: State, location: number, value: number | undefined): void {
    for (let index = 0; index < machine.arrivals.length; index++) {
      const { first, second } = machine.arrivals[index] as (typeof machine.arrivals)[number];
      const at = layout.monitors + index;
      if (state[at] === 1 && second.location === location && second.value === value) state[at] = 2;
      else if (state[at] !== 0) continue;
      else if (first.location === location && first.value === value) state[at] = 1;
      else if (second.location === location && second.value === value) state[at] = 3;
    }
  }

  function interrupt(state: State, kind: "msi" | "intx", device: number, vector: number): void {
    for (const thread of threads) {
      const on = thread.thread.on;
      if (on === undefined || on.kind !== kind || on.device !== device) continue;
      if (on.kind === "msi" && on.vector !== vector) continue;
      state[layout.pending + thread.handler] = 1;
    }
  }

  /** How many ways there are for a packet to arrive: a read picks what it sees. */
  function arrivalChoices(state: State, packet: number): readonly [number, number] {
    const item = packets[packet] as Packet;
    const instruction = instructions[item.instruction] as Instruction;
    if (!listLike || instruction.kind !== "dma-read" || item.fields.has("zero-length")) return [0, 0];
    const thread = threads[instruction.thread] as MachineThread;
    const location = resolveIssued(state, instruction);
    if (location < 0 || locations[location]?.space !== "memory") return [0, 0];
    return [seenUpTo(state, thread.observer, location), orderLength(state, location)];
  }

  /** May memory be written, as far as loads are concerned that went ahead of older ones? */
  const agreed = (state: State, location: number, writer: number): boolean => listLike || rereads.outdate(state, location, writer);

  /** The end of a packet's request: it does what it came for. */
  function arrive(state: State, packet: number, choice: number): boolean {
    uncounted = false;
    return takeEffect(state, packet, choice) && !uncounted;
  }

  function takeEffect(state: State, packet: number, choice: number): boolean {
    const item = packets[packet] as Packet;
    const instruction = instructions[item.instruction] as Instruction;
    const thread = threads[instruction.thread] as MachineThread;
    const slot = valueOffset[instruction.id] as number;
    const location = resolveIssued(state, instruction);
    const inMemory = location >= 0 && locations[location]?.space === "memory";
    const looked = layout.looked[packet] as number;
    if (looked >= 0) {
      const refused = state[looked] === 2;
      state[looked] = 0;
      // What the table of mappings refuses does nothing; a read gets all ones.
      if (refused) {
        state[slot] = instruction.kind === "dma-write" || item.fields.has("zero-length") ? 0 : -1;
        return true;
      }
    }
    switch (instruction.kind) {
      case "pio-write":
        arriveAtRegister(state, location, state[slot] as number);
        state[slot] = 0;
        break;
      case "pio-read":
        state[slot] = item.held > 0 ? 0 : (state[memory + location] as number);
        readAtRegister(state, location);
        break;
      case "dma-write":
        if (location < 0) break;
        if ((machine.message[instruction.id] as number) >= 0) {
          if (breaksPair(state, location, orderLength(state, location), instruction.thread)) return false;
          publishLanded(state, thread.thread.device, location, machine.message[instruction.id] as number);
          break;
        }
        if (inMemory && (breaksPair(state, location, -1, instruction.thread) || !agreed(state, location, instruction.thread))) return false;
        if (inMemory) land(state, location, state[slot] as number);
        else arriveAtRegister(state, location, state[slot] as number);
        state[slot] = 0;
        break;
      case "dma-read":
        if (location >= 0 && !inMemory) readAtRegister(state, location);
        if (item.fields.has("zero-length") || item.held > 0 || location < 0) state[slot] = 0;
        else if (!inMemory || !listLike) state[slot] = state[memory + location] as number;
        else {
          state[slot] = valueAt(state, location, choice);
          if (choice > 0) {
            scratch.fill(0);
            const message = (state[(order[location] as number) + choice - 1] as number) - 1;
            gather(state, machine.messages[message] as number);
            show(state, thread.observer);
            settleAll(state);
          }
        }
        break;
      case "dma-atomic": {
        if (location < 0) break;
        const old = valueAt(state, location, listLike && inMemory ? orderLength(state, location) : 0);
        const at = path(state, instruction.thread);
        const position = at.ids.indexOf(instruction.id);
        const result = modified(instruction.modify as Modify, old, (expression) => evaluate(state, at, position, thread, expression));
        const message = inMemory ? (machine.message[instruction.id] as number) : -1;
        if (result.stores && message >= 0) {
          if (breaksPair(state, location, orderLength(state, location), instruction.thread)) return false;
          state[slot + 1] = result.value;
          publishLanded(state, thread.thread.device, location, message);
        } else if (result.stores) {
          if (inMemory && (breaksPair(state, location, -1, instruction.thread) || !agreed(state, location, instruction.thread)))
            return false;
          if (inMemory) land(state, location, result.value);
          else arriveAtRegister(state, location, result.value);
        }
        if (!inMemory) raise(state, "read", location);
        state[slot] = returned(instruction, old, result);
        break;
      }
      case "msi":
        surface(state, thread.thread.device);
        interrupt(state, "msi", thread.thread.device, instruction.operation.kind === "msi" ? instruction.operation.vector : 0);
        break;
      case "intx":
        interrupt(state, "intx", thread.thread.device, 0);
        break;
      case "invalidate-done":
        state[layout.invalidated + thread.thread.device] = 1;
        break;
      default:
        break;
    }
    return true;
  }

  /** Sends a packet: into its first place, or straight to its end where the route is empty. False: the run is discarded. */
  function issue(state: State, packet: number): boolean {
    const item = packets[packet] as Packet;
    if (item.home > 0) enter(state, packet, 1);
    else {
      if (!arrive(state, packet, 0)) return false;
      if (item.hops.length > 0) enter(state, packet, 1);
      else state[status + item.instruction] = 1;
    }
    return true;
  }

  /**
   * Answers the oldest read of a register that waits for its answer: its reply goes behind what its device has sent. Without a value a read gets what the register holds,
   * an AtomicOp what it found. Returns whose read it was.
   */
  function answer(state: State, location: number, value: number | undefined): Instruction {
    const packet = unanswered(state, location);
    const item = packets[packet] as Packet;
    const instruction = instructions[item.instruction] as Instruction;
    const slot = valueOffset[instruction.id] as number;
    if (item.fields.has("zero-length")) state[slot] = 0;
    else if (value !== undefined) state[slot] = value;
    else if (instruction.kind !== "dma-atomic") state[slot] = state[memory + location] as number;
    leave(state, packet, item.held);
    if (item.held < item.hops.length) enter(state, packet, item.held + 1);
    else state[status + instruction.id] = item.held + 1;
    return instruction;
  }

  return { answer, arrivalChoices, arrive, issue };
}

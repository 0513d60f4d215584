/**
 * What a step is: the one semantics. A state is an Int32Array (see `Layout` in layout.ts); `steps` lists what can happen next, `apply` makes one of them happen. The
 * explorer, the simulator, replay and the pictures all use these two functions and nothing else.
 *
 * A step that turns a guess out to be wrong makes the state *discarded*: that run never happened.
 *
 * The parts, each a file: values.ts, progress.ts (how far threads are), messages.ts and carried.ts (stores), caches.ts, queues.ts and arrival.ts (packets), window.ts, rereads.ts, pairs.ts and
 * cpu.ts (what a CPU can do), devices.ts, handlers.ts, effects.ts (what happens), obstacles.ts (why not yet).
 */
import {
  AGAIN,
  BURST,
  CACHE,
  GUESS_SKIPPED,
  GUESS_TAKEN,
  HANDLE,
  MOVE,
  PERFORM,
  packStep,
  REFUSED,
  type State,
  stepAction,
  stepChoice,
  stepSubject,
  TAKEN_BY,
} from "./action.js";
import { createArrival } from "./arrival.js";
import { createCaches } from "./caches.js";
import { createCarried } from "./carried.js";
import { createConditionals } from "./conditionals.js";
import { createCpuSteps } from "./cpu.js";
import { createDeviceSteps } from "./devices.js";
import { createEffects } from "./effects.js";
import { createHandlers } from "./handlers.js";
import type { Instruction } from "./instruction.js";
import type { Machine, MachineThread } from "./machine.js";
import { createMessages } from "./messages.js";
import { createObstacles } from "./obstacles.js";
import type { Packet } from "./packet.js";
import { createPairs } from "./pairs.js";
import { GUESSED_SKIPPED, GUESSED_TAKEN, type Path } from "./path.js";
import { createProgress } from "./progress.js";
import { createQueues } from "./queues.js";
import { createRereads } from "./rereads.js";
import { createValues } from "./values.js";
import { createWindow } from "./window.js";

export * from "./action.js";

/** Entries of the table of mappings: it is there; it is found no more. */
const MAPPED = 0;
const GONE = 2;

/** Some of a machine's threads, packets and locations, by number. */
export interface Scope {
  readonly threads: readonly number[];
  readonly packets: readonly number[];
  readonly locations: readonly number[];
}

/** What can happen in a state, and what becomes of it. */
export interface Stepper {
  readonly machine: Machine;
  /** Writes the enabled steps to `out` and returns how many there are. With `only`: those of some threads, packets and locations. */
  steps(state: State, out: number[], only?: Scope): number;
  /** Performs a step in place. False: the state is discarded. */
  apply(state: State, step: number): boolean;
  /** Every thread has ended and every place is empty. With `only`: these threads, and no packet of these is under way. */
  ended(state: State, only?: Scope): boolean;
  /** The path of a thread in a state. */
  path(state: State, thread: number): Path;
  /** Is the instruction done, as far as the window is concerned? */
  done(state: State, instruction: number): boolean;
  /** The value that a register has at the end of its thread, as far as it is known (0 otherwise). */
  register(state: State, thread: number, register: number): number;
  /** The same where the thread's path in the state is known; undefined where the value is not there yet. */
  registerOn(state: State, path: Path, thread: number, register: number): number | undefined;
  /** The last value of a location. */
  location(state: State, location: number): number;
  /**
   * For an instruction that cannot be performed now: instructions one of which has to act first (-1 - t: handler t has to be started). Empty: never again.
   * `packetObstacles`: the same for a packet under way that cannot leave its place; `handlerObstacles`: for a handler that cannot be started.
   */
  obstacles(state: State, instruction: number): readonly number[];
  packetObstacles(state: State, instruction: number): readonly number[];
  handlerObstacles(state: State, thread: number): readonly number[];
  /** Nobody will read the location any more: drop what it holds. */
  forget(state: State, location: number): void;
  /** The memory location an access goes to in this state, or -1 where it is not known yet. */
  address(state: State, instruction: number): number;
}

/**
 * The stepper of a machine. `pictured`: who came when to a place is kept in the state (`PlaceInstance.offset`), for pictures; without, states need only
 * `layout.deciding` slots.
 */
export function createStepper(machine: Machine, pictured = true): Stepper {
  const { instructions, packets, threads, layout, listLike } = machine;
  const locations = machine.program.locations;
  const { status, orderCapacity } = layout;

  const values = createValues(machine);
  const progress = createProgress(machine, values);
  const messages = createMessages(machine, progress);
  const conditionals = createConditionals(machine, progress);
  const carried = createCarried(machine, messages, conditionals);
  const caches = createCaches(machine);
  const queues = createQueues(machine, pictured);
  const window = createWindow(machine, values, progress);
  const rereads = createRereads(machine, progress, messages, window);
  const pairs = createPairs(machine, progress, messages, window);
  const arrival = createArrival(machine, values, progress, messages, queues, rereads, pairs);
  const devices = createDeviceSteps(machine, values, progress, queues);
  const handlers = createHandlers(machine, values, progress, messages, conditionals);
  const effects = createEffects(machine, values, progress, messages, carried, caches, arrival, window, devices, rereads, pairs);
  const { obstacles, packetObstacles, handlerObstacles } = createObstacles(machine, values, progress, queues, window, devices);
  const { cpuSteps } = createCpuSteps(machine, values, progress, messages, caches, queues, window, rereads);
  const { deviceSteps } = devices;
  const { handlerSteps, handle, again } = handlers;
  const { continueBlock, perform } = effects;
  const { path, complete, isDone, checkGuesses, stepperAddress } = progress;
  const { lines, fill, drop, writeBack, dirty, cachedFinal } = caches;
  const { enter, leave, mayLeave, underWay } = queues;
  const { arrivalChoices, arrive } = arrival;
  const { lack, registerAt } = values;
  const { land, valueAt, orderLength, surface } = messages;

  const everything: Scope = {
    threads: threads.map((_, index) => index),
    packets: packets.flatMap((packet, index) => (packet.hops.length > 0 ? [index] : [])),
    locations: locations.flatMap((_, index) => ((layout.copy[index] as number) >= 0 ? [index] : [])),
  };

  function steps(state: State, out: number[], only = everything): number {
    let count = 0;
    // Indices here and in what is called from here: these loops run many times before they are compiled, and an iterator costs an object a round by then.
    const { threads: running, packets: moving, locations: copied } = only;
    for (let i = 0; i < running.length; i++) {
      const index = running[i] as number;
      const thread = threads[index] as MachineThread;
      if (thread.handler >= 0) count = handlerSteps(state, index, out, count);
      count = thread.role === "cpu" ? cpuSteps(state, index, out, count) : deviceSteps(state, index, out, count);
    }
    for (let i = 0; i < moving.length; i++) {
      const packet = moving[i] as number;
      const item = packets[packet] as Packet;
      const hop = state[status + item.instruction] as number;
      if (hop < 1 || hop > item.hops.length || !mayLeave(state, packet)) continue;
      if (machine.otherMoves) {
        count = otherMoves(state, packet, out, count);
        if (entryMet(state, packet) === GONE) continue;
      }
      if (!listLike || hop !== item.home) {
        out[count++] = packStep(item.instruction, MOVE, 0);
        continue;
      }
      const [first, last] = arrivalChoices(state, packet);
      for (let choice = first; choice <= last; choice++) out[count++] = packStep(item.instruction, MOVE, choice);
    }
    for (let i = 0; i < copied.length; i++) {
      const location = copied[i] as number;
      const at = layout.copy[location] as number;
      if (at < 0 || (lines[location] as number[])[0] !== location) continue;
      if (state[at] === 0) out[count++] = packStep(location, CACHE, 0);
      else if (dirty(state, location)) out[count++] = packStep(location, CACHE, 2);
      else out[count++] = packStep(location, CACHE, 1);
    }
    return count;
  }

  /** Where completions are shared: may another requester, whose read of the same location is about to be made, take this completion? */
  function mayTake(state: State, packet: number, thief: number): boolean {
    const { home, hops, instruction } = packets[packet] as Packet;
    const hop = state[status + instruction] as number;
    const by = packets[thief] as Packet;
    if (hop <= home || !sharesCompletions(hops[hop - 1]?.place ?? -1) || state[status + by.instruction] !== 1) return false;
    return queues.waitsFor(state, thief) < 0 && (hop === by.hops.length || queues.hasRoom(state, thief, hop + 1));
  }

  const sharesCompletions = (instance: number): boolean =>
    machine.platform.fabric.places[machine.places[instance]?.place ?? -1]?.does?.includes("share-completions") === true;

  /** The completion goes to another requester, whose own request is never made; its owner has to ask again. */
  function takeCompletion(state: State, packet: number, thief: number): boolean {
    const from = packets[packet] as Packet;
    const by = packets[thief] as Packet;
    const hop = state[status + from.instruction] as number;
    leave(state, packet, hop);
    leave(state, thief, 1);
    state[layout.value[by.instruction] as number] = state[layout.value[from.instruction] as number] as number;
    state[layout.value[from.instruction] as number] = 0;
    if (hop < by.hops.length) enter(state, thief, hop + 1);
    else state[status + by.instruction] = hop + 1;
    if ((layout.looked[packet] as number) >= 0) state[layout.looked[packet] as number] = 0;
    enter(state, packet, 1);
    return checkGuesses(state, (instructions[by.instruction] as Instruction).thread);
  }

  /** How many writes to the words that follow stand right behind this one and may leave with it. */
  function burstLength(state: State, packet: number): number {
    const first = packets[packet] as Packet;
    if (state[status + first.instruction] !== first.home) return 0;
    const together = [packet];
    for (;;) {
      const next = follower(state, together);
      if (next < 0) return together.length - 1;
      together.push(next);
    }
  }

  /** The packet that is the next word of a burst: nothing but the burst's earlier words keeps it in its place; the last of them does, unless it could pass that one wherever it stands. */
  function follower(state: State, together: readonly number[]): number {
    const last = together[together.length - 1] as number;
    for (const next of machine.followers[last] as readonly number[]) {
      const { home, instruction } = packets[next] as Packet;
      if (state[status + instruction] !== home) continue;
      const waits = machine.waits[next]?.[home - 1] ?? [];
      const holding = waits.filter((wait) => state[wait.slot] !== 0);
      const behind = holding.some((wait) => wait.packet === last) || waits.every((wait) => wait.packet !== last);
      if (behind && holding.every((wait) => together.includes(wait.packet))) return next;
    }
    return -1;
  }

  /** One burst: the words arrive in one step, in address order. What the device does not take as a later word is lost. */
  function arriveTogether(state: State, packet: number, words: number): boolean {
    const together = [packet];
    while (together.length <= words) together.push(follower(state, together));
    for (const [at, each] of together.entries()) {
      const { home, hops, instruction, location } = packets[each] as Packet;
      leave(state, each, home);
      if (at > 0 && locations[location]?.noBurst === true) state[layout.value[instruction] as number] = 0;
      else if (!arrive(state, each, 0)) return false;
      if (home < hops.length) enter(state, each, home + 1);
      else state[status + instruction] = home + 1;
    }
    return checkGuesses(state, (instructions[(packets[packet] as Packet).instruction] as Instruction).thread);
  }

  /** A request passes the table of mappings: found, or refused; an entry that was taken away is found no more once it was missed. */
  function lookUp(state: State, packet: number, choice: number): void {
    const slot = layout.looked[packet] as number;
    if (slot < 0) return;
    const entry = layout.entry[(packets[packet] as Packet).location] as number;
    if (choice === REFUSED) state[entry] = GONE;
    state[slot] = choice === REFUSED ? 2 : 1;
  }

  /** What may happen to a packet besides leaving for its next place. */
  function otherMoves(state: State, packet: number, out: number[], from: number): number {
    const item = packets[packet] as Packet;
    let count = from;
    for (const thief of machine.thieves[packet] as readonly number[]) {
      if (mayTake(state, packet, thief)) out[count++] = packStep(item.instruction, MOVE, TAKEN_BY + thief);
    }
    for (let words = 1; words <= burstLength(state, packet); words++) out[count++] = packStep(item.instruction, MOVE, BURST + words);
    if (entryMet(state, packet) !== MAPPED) out[count++] = packStep(item.instruction, MOVE, REFUSED);
    return count;
  }

  /** The entry that a packet meets as it leaves (see `Layout.entry`); mapped where it is not looked up there. */
  function entryMet(state: State, packet: number): number {
    const item = packets[packet] as Packet;
    const looked = state[status + item.instruction] === item.lookup && (layout.looked[packet] as number) >= 0;
    return looked ? (state[layout.entry[item.location] as number] as number) : MAPPED;
  }

  function apply(state: State, step: number): boolean {
    const subject = stepSubject(step);
    const choice = stepChoice(step);
    switch (stepAction(step)) {
      case PERFORM: {
        if (!perform(state, subject, choice)) return false;
        return continueBlock(state, subject);
      }
      case MOVE: {
        const packet = (instructions[subject] as Instruction).packet;
        const item = packets[packet] as Packet;
        const hop = state[status + subject] as number;
        if (choice >= TAKEN_BY && choice < REFUSED) return takeCompletion(state, packet, choice - TAKEN_BY);
        if (choice > BURST && choice < TAKEN_BY) return arriveTogether(state, packet, choice - BURST);
        leave(state, packet, hop);
        if (hop === item.lookup) lookUp(state, packet, choice);
        if (hop === item.home && !arrive(state, packet, choice)) return false;
        if (hop < item.hops.length) enter(state, packet, hop + 1);
        else {
          state[status + subject] = hop + 1;
          if ((instructions[subject] as Instruction).kind === "pio-read") surface(state, item.device);
        }
        return hop < item.hops.length || checkGuesses(state, (instructions[subject] as Instruction).thread);
      }
      case GUESS_TAKEN:
        state[status + subject] = GUESSED_TAKEN;
        return true;
      case GUESS_SKIPPED:
        state[status + subject] = GUESSED_SKIPPED;
        return true;
      case AGAIN:
        again(state, subject);
        return true;
      case HANDLE:
        handle(state, subject, choice);
        return true;
      case CACHE:
        if (choice === 0) fill(state, subject);
        else if (choice === 1) drop(state, subject);
        else writeBack(state, subject);
        return true;
      default:
        throw new Error(`no such step ${step}`);
    }
  }

  function ended(state: State, only = everything): boolean {
    const { threads: running, packets: moving } = only;
    for (let i = 0; i < moving.length; i++) if (underWay(state, moving[i] as number)) return false;
    for (let i = 0; i < running.length; i++) {
      const index = running[i] as number;
      const thread = threads[index] as MachineThread;
      if (thread.handler >= 0) {
        if (state[layout.pending + thread.handler] !== 0) return false;
        if (state[layout.started + thread.handler] === 0) continue;
      }
      if (!complete(state, path(state, index))) return false;
    }
    return true;
  }

  function registerOn(state: State, at: Path, index: number, register: number): number | undefined {
    lack.missing = false;
    const result = registerAt(state, at, at.ids.length, threads[index] as MachineThread, register);
    return lack.missing ? undefined : result;
  }

  return {
    machine,
    steps,
    apply,
    ended,
    path,
    done: isDone,
    obstacles,
    packetObstacles,
    handlerObstacles,
    forget: (state, location) => land(state, location, 0),
    register: (state, index, register) => registerOn(state, path(state, index), index, register) ?? 0,
    registerOn,
    location(state, location) {
      return listLike && (orderCapacity[location] as number) > 0
        ? valueAt(state, location, orderLength(state, location))
        : cachedFinal(state, location);
    },
    address: stepperAddress,
  };
}

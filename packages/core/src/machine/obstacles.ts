/** Why something cannot happen yet: who has to act first (what the reduction asks). */
import type { Expression } from "../program/program.js";
import type { State } from "./action.js";
import type { DeviceSteps } from "./devices.js";
import { type Instruction, writes } from "./instruction.js";
import type { Machine, MachineThread } from "./machine.js";
import type { Packet } from "./packet.js";
import { type Path, prepare } from "./path.js";
import type { Progress } from "./progress.js";
import type { Queues } from "./queues.js";
import type { Values } from "./values.js";
import type { Window } from "./window.js";

/** Is an expression's value known whatever happens? */
const isKnown = (expression: Expression | undefined): boolean => expression === undefined || expression.kind === "constant";

/** Who has to act first. */
export type Obstacles = ReturnType<typeof createObstacles>;

/** For an instruction, a packet or a handler that cannot act now: the instructions one of which has to act first. */
export function createObstacles(
  machine: Machine,
  values: Values,
  progress: Progress,
  queues: Queues,
  window: Window,
  devices: DeviceSteps,
) {
  const { instructions, packets, threads, layout, program } = machine;
  const locations = program.locations;
  const { status } = layout;
  const { evaluate, lack, lacking, neededBy } = values;
  const { handlerIdle, handlersOf, isDone, passives, path, roundWaits, sameCpu, target } = progress;
  const { answerable, inPlace, unanswered, waitsFor } = queues;
  const { forwarding, heldBack, underGuess } = window;
  const { waitHolds } = devices;

  const writing = instructions.filter(writes);
  const writersOf = (location: number): readonly number[] =>
    writing.flatMap((instruction) => (instruction.location === location || instruction.location < 0 ? [instruction.id] : []));

  const readersOf = (location: number): readonly number[] =>
    instructions.flatMap((instruction) =>
      ["pio-read", "dma-read", "dma-atomic"].includes(instruction.kind) && (instruction.location === location || instruction.location < 0)
        ? [instruction.id]
        : [],
    );

  /** By location. */
  const writers: (readonly number[])[] = [];
  if (writing.some(({ location }) => location < 0))
    for (let location = 0; location < locations.length; location++) writers.push(writersOf(location));
  else {
    const own = locations.map((): number[] => []);
    for (const { id, location } of writing) own[location]?.push(id);
    writers.push(...own);
  }

  /** Instructions that answer reads of a register. */
  const answering = instructions.filter(({ kind }) => kind === "answer");
  const answers = locations.map((_, location) => answering.filter((answer) => answer.location === location).map(({ id }) => id));

  const idsOf = (thread: MachineThread): readonly number[] => Array.from({ length: thread.end - thread.first }, (_, i) => thread.first + i);

  /** What has to act before a path can grow. */
  function beyond(state: State, at: Path): readonly number[] {
    const last = at.ids[at.ids.length - 1];
    if (last === undefined || at.ends === "end") return [];
    const instruction = instructions[last] as Instruction;
    if (at.ends === "loop") return [last, ...roundWaits(state, at), ...guessProviders(state, at)];
    const thread = threads[instruction.thread] as MachineThread;
    if (instruction.value === undefined) return [last];
    lack.missing = false;
    evaluate(state, at, at.ids.length - 1, thread, instruction.value);
    return lack.missing ? [last, lack.instruction] : [last];
  }

  function guessProviders(state: State, at: Path): readonly number[] {
    return at.guesses.flatMap((guess) => {
      const branch = instructions[at.ids[guess] as number] as Instruction;
      lack.missing = false;
      evaluate(state, at, guess, threads[branch.thread] as MachineThread, branch.value as Expression);
      return lack.missing ? [lack.instruction] : [];
    });
  }

  function obstacles(state: State, id: number): readonly number[] {
    const instruction = instructions[id] as Instruction;
    const thread = threads[instruction.thread] as MachineThread;
    if (thread.handler >= 0 && (state[layout.started + thread.handler] === 0 || state[status + id] !== 0)) return [-1 - instruction.thread];
    const at = path(state, instruction.thread);
    const position = at.ids.indexOf(id);
    if (position < 0 || passives[id] === true || state[status + id] !== 0) {
      const result = beyond(state, at);
      return result.length === 0 && thread.handler >= 0 ? [-1 - instruction.thread] : result;
    }
    if (thread.role === "device") {
      for (let i = 0; i < position; i++) {
        const before = at.ids[i] as number;
        if (passives[before] !== true && state[status + before] === 0) return [before];
      }
    } else {
      for (let i = 0; i < at.guesses.length; i++) {
        const guess = at.guesses[i] as number;
        if (guess < position && underGuess(state, at, position, instruction)) return guessProviders(state, at);
      }
      if (at.blockers[position] === undefined) prepare(machine, at, position);
      const hard = at.blockers[position] as readonly number[];
      for (let i = 0; i < hard.length; i++) if (!isDone(state, hard[i] as number)) return [hard[i] as number];
      if (heldBack(state, at, position, thread)) {
        const soft = (at.sameAddress[position] as readonly number[]).filter((blocker) => !isDone(state, blocker));
        const own = lacking(state, at, position, thread, [instruction.address]);
        const addresses = soft.map((blocker) => lacking(state, at, at.ids.indexOf(blocker), thread, [instructions[blocker]?.address]));
        const others = thread.host >= 0 ? [thread.host] : (handlersOf[instruction.thread] as readonly number[]);
        return [...soft, own, ...addresses, ...others.flatMap((other) => idsOf(threads[other] as MachineThread))].filter(
          (each) => each >= 0,
        );
      }
    }
    if (instruction.kind === "store" && instruction.pair >= 0 && state[status + instruction.pair] === 0) return [instruction.pair];
    const value = instruction.kind === "wait" ? undefined : instruction.value;
    lack.missing = false;
    const absent =
      isKnown(instruction.address) && isKnown(value) && instruction.modify === undefined
        ? -1
        : lacking(state, at, position, thread, [instruction.address, value, ...neededBy(instruction)]);
    if (absent >= 0) return [absent];
    switch (instruction.kind) {
      case "load": {
        const location = target(state, at, position, thread, instruction);
        if (at.forwards[position] === undefined) prepare(machine, at, position);
        const forward = forwarding(state, at, position, thread, location);
        if (forward === -2) return [lack.instruction];
        return location < 0 || instruction.modify === undefined ? [] : (writers[location] as readonly number[]);
      }
      case "rmw": {
        const location = target(state, at, position, thread, instruction);
        return location < 0 ? [] : (writers[location] as readonly number[]).filter((writer) => writer !== id);
      }
      case "wait": {
        waitHolds(state, at, position, thread, instruction);
        const missed = lack.missing ? [lack.instruction] : [];
        return [...missed, ...instruction.reads.flatMap((read) => writers[read.location] as readonly number[])];
      }
      case "answer": {
        const packet = unanswered(state, instruction.location);
        const next = packet < 0 ? undefined : packets[packet]?.hops[packets[packet]?.held ?? 0];
        if (next !== undefined) return inPlace(state, next.place);
        return (answerable[instruction.location] as readonly number[]).map((reader) => (packets[reader] as Packet).instruction);
      }
      case "unmapped":
        return packets.flatMap((packet, number) => {
          const slot = layout.looked[number] as number;
          return slot >= 0 && packet.location === instruction.mapping && state[slot] === 1 ? [packet.instruction] : [];
        });
      case "hear":
        return instructions.flatMap((other) =>
          other.kind === "tell" && other.device === thread.thread.device && threads[other.thread]?.thread.device === instruction.device
            ? [other.id]
            : [],
        );
      case "ats-wait":
        return instructions.flatMap((other) =>
          other.kind === "invalidate-done" && threads[other.thread]?.thread.device === instruction.device ? [other.id] : [],
        );
      default: {
        const first = packets[instruction.packet]?.hops[0];
        return first === undefined ? [] : inPlace(state, first.place);
      }
    }
  }

  function packetObstacles(state: State, id: number): readonly number[] {
    const packet = (instructions[id] as Instruction).packet;
    const item = packets[packet] as Packet;
    const hop = state[status + id] as number;
    if (hop === item.held) return answers[item.location] as readonly number[];
    const older = waitsFor(state, packet);
    if (older >= 0) return [older];
    const next = item.hops[hop];
    return next === undefined ? [] : inPlace(state, next.place);
  }

  const raisers = threads.map((thread) => {
    const on = thread.thread.on;
    if (on === undefined) return [];
    if (on.kind === "write") return writersOf(on.location);
    if (on.kind === "read") return readersOf(on.location);
    return instructions.flatMap((instruction) =>
      instruction.kind === on.kind && threads[instruction.thread]?.thread.device === on.device ? [instruction.id] : [],
    );
  });

  function handlerObstacles(state: State, index: number): readonly number[] {
    const thread = threads[index] as MachineThread;
    if (state[layout.pending + thread.handler] === 0) return raisers[index] as readonly number[];
    // Its own last run, the program it interrupts, and the other handlers of its CPU, which run one after another.
    const others = (sameCpu[index] as readonly number[]).filter((other) => !handlerIdle(state, other));
    const host = thread.host >= 0 ? [thread.host] : [];
    return [index, ...host, ...others].flatMap((each) => idsOf(threads[each] as MachineThread));
  }

  return { obstacles, packetObstacles, handlerObstacles };
}

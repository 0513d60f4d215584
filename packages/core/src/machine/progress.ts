/** How far threads are: their paths in a state, what on them is done, and guesses that turn out wrong. */
import { ADDRESS_BASE } from "../program/program.js";
import type { State } from "./action.js";
import { createCompares, storesAnyhow } from "./compares.js";
import type { Instruction } from "./instruction.js";
import type { Machine, MachineThread } from "./machine.js";
import { extend, follow, GUESSED_TAKEN, type Path, passive, SKIPPED, TAKEN } from "./path.js";
import type { Values } from "./values.js";

/** How far threads are. */
export type Progress = ReturnType<typeof createProgress>;

/** Paths, what on them is done, addresses as far as they are known, and guesses checked. */
export function createProgress(machine: Machine, values: Values) {
  const { instructions, threads, layout, program } = machine;
  const locations = program.locations;
  const { status } = layout;
  const { evaluate, isOpen, lack, lastHops } = values;
  const { hold, providerOf } = createCompares(machine, values);

  const roots: (Path | undefined)[][] = threads.map(() => []);
  /** Each run of a thread as a thread of its own. */
  const runs = threads.map((thread) => thread.runs.map((range): MachineThread => ({ ...thread, ...range })));
  const runOf = (state: State, index: number): number => {
    const { handler } = threads[index] as MachineThread;
    return handler < 0 ? 0 : Math.max(0, (state[layout.started + handler] as number) - 1);
  };

  const empty: Path = { ids: [], ends: "end", guesses: [], next: [], blockers: [], sameAddress: [], forwards: [], definitions: new Map() };

  function rootOf(index: number, run: number): Path {
    const known = roots[index] as (Path | undefined)[];
    const thread = (runs[index] as readonly MachineThread[])[run] as MachineThread;
    const root = known[run] ?? extend(machine, thread, [], [], thread.first);
    known[run] = root;
    return root;
  }

  function path(state: State, index: number): Path {
    const { handler } = threads[index] as MachineThread;
    if (handler >= 0 && state[layout.started + handler] === 0) return empty;
    const run = runOf(state, index);
    const thread = (runs[index] as readonly MachineThread[])[run] as MachineThread;
    let at = rootOf(index, run);
    while (at.ends === "branch") {
      const position = at.ids.length - 1;
      const branch = instructions[at.ids[position] as number] as Instruction;
      if (branch.value === undefined) {
        const chosen = state[status + branch.id] as number;
        if (chosen === 0) break;
        at = follow(machine, thread, at, chosen === GUESSED_TAKEN ? TAKEN : SKIPPED);
        continue;
      }
      lack.missing = false;
      const condition = evaluate(state, at, position, thread, branch.value);
      if (!lack.missing) at = follow(machine, thread, at, condition !== 0 ? TAKEN : SKIPPED);
      else {
        const guess = state[status + branch.id] as number;
        if (guess === 0) break;
        at = follow(machine, thread, at, guess);
      }
    }
    return at;
  }

  const passives = instructions.map(passive);

  function isDone(state: State, id: number): boolean {
    if (passives[id] === true) return true;
    const standing = state[status + id] as number;
    const instruction = instructions[id] as Instruction;
    switch (instruction.kind) {
      case "pio-read":
      case "token":
        return standing === lastHops[id];
      case "pio-write":
        return instruction.waits ? standing === lastHops[id] : standing >= 1;
      default:
        return standing >= 1;
    }
  }

  /** Everything that a thread has to do on this path is done, packets apart. */
  function complete(state: State, of: Path): boolean {
    if (of.ends !== "end" || of.guesses.length > 0) return false;
    for (const id of of.ids) if (!isDone(state, id)) return false;
    return true;
  }

  /** The location that an access goes to, or -1 where its address is not known yet. */
  function target(state: State, at: Path, position: number, thread: MachineThread, instruction: Instruction): number {
    if (instruction.location >= 0) return instruction.location;
    if (instruction.address === undefined) return -1;
    lack.missing = false;
    const address = evaluate(state, at, position, thread, instruction.address) - ADDRESS_BASE;
    if (lack.missing) return -1;
    return address >= 0 && address < locations.length ? address : -2;
  }

  /** The location of an issued packet's access (devices issue in order: what its address needs was there). */
  function resolveIssued(state: State, instruction: Instruction): number {
    if (instruction.location >= 0) return instruction.location;
    const at = path(state, instruction.thread);
    return target(state, at, at.ids.indexOf(instruction.id), threads[instruction.thread] as MachineThread, instruction);
  }

  /** Between a handler and the thread it interrupts. */
  const handlersOf: readonly (readonly number[])[] = threads.map((_, host) =>
    threads.flatMap((thread, index) => (thread.host === host ? [index] : [])),
  );

  const sameCpu: readonly (readonly number[])[] = threads.map((thread, index) =>
    threads.flatMap((other, otherIndex) =>
      thread.handler >= 0 && otherIndex !== index && other.handler >= 0 && other.role === "cpu" && other.thread.cpu === thread.thread.cpu
        ? [otherIndex]
        : [],
    ),
  );

  const interrupts = threads.some((thread) => thread.host >= 0);

  /** Is nothing of the handler to be performed? What it sent may be under way. */
  const handlerIdle = (state: State, index: number): boolean => {
    const handler = threads[index] as MachineThread;
    return state[layout.started + handler.handler] === 0 || complete(state, path(state, index));
  };

  /** Is a store's message still in some location's order: may somebody not have seen it yet? */
  function isOnItsWay(state: State, id: number): boolean {
    const message = machine.message[id] as number;
    if (message < 0) return false;
    for (let location = 0; location < machine.program.locations.length; location++) {
      const base = layout.order[location] as number;
      for (let at = 0; at < (layout.orderCapacity[location] as number); at++) if (state[base + at] === message + 1) return true;
    }
    return false;
  }

  /**
   * The run (from 1) that a handler can be started as: one nothing of which is under way, the last one rather than another. 0: none. One whose stores all have seen goes before one whose stores all
   * will have seen by then.
   */
  function freeRun(state: State, index: number): number {
    const all = runs[index] as readonly MachineThread[];
    const last = runOf(state, index);
    let otherwise = 0;
    for (let i = 0; i < all.length; i++) {
      const run = (last + i) % all.length;
      const { first, end } = all[run] as MachineThread;
      let free = true;
      let seen = true;
      for (let id = first; id < end && free; id++) {
        free = state[status + id] === 0 || isFinished(state, id);
        if (machine.listLike && seen) seen = !isOnItsWay(state, id);
      }
      if (free && seen) return run + 1;
      if (free && otherwise === 0) otherwise = run + 1;
    }
    return otherwise;
  }

  /** By loop: loads before it that one in its body may be ahead of. What that one read is known only until the next round. */
  const loadsBefore: readonly (readonly number[])[] = instructions.map(({ kind, id, to }) =>
    kind === "loop" ? [...new Set(machine.olderLoads.slice(to, id).flat())].filter((older) => older < to) : [],
  );

  /** Of a path that ends with a loop: does its round still wait for this instruction? */
  function holdsRound(state: State, at: Path, id: number): boolean {
    const loop = instructions[at.ids[at.ids.length - 1] as number] as Instruction;
    return (id >= loop.to || (loadsBefore[loop.id] as readonly number[]).includes(id)) && !isFinished(state, id);
  }

  /** What the round of the loop that ends here still waits for. */
  const roundWaits = (state: State, at: Path): readonly number[] =>
    at.ids.flatMap((id) => (holdsRound(state, at, id) ? [isOpen(state, id) ? providerOf(state, at, id) : id] : []));

  /** The round of the loop that ends here is done. */
  const roundDone = (state: State, at: Path): boolean => !at.ids.some((id) => holdsRound(state, at, id));

  /** Is a load still to be performed that this one may be ahead of? */
  function olderLoadsOpen(state: State, id: number): boolean {
    const older = machine.olderLoads[id] as readonly number[];
    if (!older.some((each) => state[status + each] === 0)) return false;
    const { ids } = path(state, (instructions[id] as Instruction).thread);
    return older.some((each) => state[status + each] === 0 && ids.includes(each));
  }

  /** Done, and its packet at the end of its way: the instruction can be used again. */
  function isFinished(state: State, id: number): boolean {
    if (passives[id] === true) return true;
    const instruction = instructions[id] as Instruction;
    return instruction.packet >= 0 ? state[status + id] === lastHops[id] : isDone(state, id) && !isOpen(state, id);
  }

  function stepperAddress(state: State, id: number): number {
    const instruction = instructions[id] as Instruction;
    if (instruction.location >= 0) return instruction.location;
    const at = path(state, instruction.thread);
    const position = at.ids.indexOf(id);
    return position < 0 ? -1 : target(state, at, position, threads[instruction.thread] as MachineThread, instruction);
  }

  /** Threads that share a window: a thread and the handlers that interrupt it. */
  const hostOf = (index: number): number => ((threads[index] as MachineThread).host >= 0 ? (threads[index] as MachineThread).host : index);

  /** Accesses that may have an older one in their window whose address is computed. */
  const computed = instructions.filter((instruction) => instruction.location < 0 && (instruction.mask & 3) !== 0);
  const behindPointers = instructions.map((instruction) =>
    computed.some(
      (older) => hostOf(older.thread) === hostOf(instruction.thread) && (older.thread !== instruction.thread || older.id < instruction.id),
    ),
  );

  interface Standing {
    readonly path: Path;
    readonly position: number;
    readonly thread: number;
  }

  /** A thread's path with those of the handlers inside it that have been taken, where they were taken; of a handler, the path around it and its own. */
  function sequence(state: State, index: number): readonly Standing[] {
    const host = hostOf(index);
    const at = path(state, host);
    const result: Standing[] = [];
    for (let position = 0; position <= at.ids.length; position++) {
      for (const other of handlersOf[host] as readonly number[]) {
        const { handler } = threads[other] as MachineThread;
        if (index !== host && other !== index) continue;
        if (state[layout.started + handler] === 0 || Math.min(state[layout.taken + handler] as number, at.ids.length) !== position)
          continue;
        const inside = path(state, other);
        for (let k = 0; k < inside.ids.length; k++) result.push({ path: inside, position: k, thread: other });
      }
      if (position < at.ids.length) result.push({ path: at, position, thread: host });
    }
    return result;
  }

  const idAt = ({ path: at, position }: Standing): number => at.ids[position] as number;
  /** What a thread and the handlers inside it have on their paths, in the order in which the CPU has them. */
  const programOrder = (state: State, index: number): readonly number[] => sequence(state, hostOf(index)).map(idAt);
  const targetAt = (state: State, { path: at, position, thread }: Standing): number =>
    target(state, at, position, threads[thread] as MachineThread, instructions[at.ids[position] as number] as Instruction);

  /** Are all older addresses known by now? Then nothing was passed on a guess (status 2). */
  function addressesKnown(state: State, instruction: Instruction): boolean {
    for (const standing of sequence(state, instruction.thread)) {
      const id = idAt(standing);
      if (id === instruction.id) break;
      const older = instructions[id] as Instruction;
      if (older.location < 0 && (older.mask & 3) !== 0 && state[status + id] === 0 && targetAt(state, standing) === -1) return false;
    }
    return true;
  }

  /** Is it a store whose value a younger load may have? Of an atomic in halves that is known once its read half is performed (2: it stores nothing); an exchange stores in any case, and so does what was chosen to. */
  function mayForward(state: State, id: number): boolean {
    const instruction = instructions[id] as Instruction;
    const { kind, pair } = instruction;
    if (kind !== "store" || pair < 0) return kind === "store";
    return state[status + id] !== 2 && (storesAnyhow(instruction) || state[status + pair] !== 0);
  }

  /** An access whose address came late: was something younger to the same address performed too early? */
  function addressHolds(state: State, instruction: Instruction): boolean {
    const around = sequence(state, instruction.thread);
    const mine = around.findIndex((standing) => idAt(standing) === instruction.id);
    if (mine < 0) return true;
    const location = targetAt(state, around[mine] as Standing);
    if (location < 0) return true;
    for (let i = mine + 1; i < around.length; i++) {
      const standing = around[i] as Standing;
      const younger = instructions[idAt(standing)] as Instruction;
      if ((younger.mask & 3) === 0 || state[status + younger.id] === 0 || state[status + younger.id] === 2) continue;
      // Two loads of one thread may swap (rereads.ts).
      if ((machine.olderLoads[younger.id] as readonly number[]).includes(instruction.id)) continue;
      if (targetAt(state, standing) !== location) continue;
      // A younger load that forwarded from a store between the two is in order.
      const between = around.slice(mine + 1, i).some((each) => mayForward(state, idAt(each)) && targetAt(state, each) === location);
      if (!between) return false;
    }
    return true;
  }

  /** Does a store to the location stand between two accesses of one thread? */
  function storeBetween(state: State, older: number, younger: number, location: number): boolean {
    let inside = false;
    for (const standing of sequence(state, (instructions[older] as Instruction).thread)) {
      const id = idAt(standing);
      if (id === younger) return false;
      if (inside && mayForward(state, id) && targetAt(state, standing) === location) return true;
      inside ||= id === older;
    }
    return false;
  }

  /** Guesses whose branch is decided by now, and comparisons that can be made by now: wrong ones discard the run. */
  function checkGuesses(state: State, index: number): boolean {
    const run = runOf(state, index);
    const thread = (runs[index] as readonly MachineThread[])[run] as MachineThread;
    if (thread.straight || thread.role !== "cpu") return true;
    const at = decide(state, thread, rootOf(index, run));
    return at !== undefined && hold(state, at, index);
  }

  /** How far the branches of a thread are decided or guessed; undefined where a guess was wrong. */
  function decide(state: State, thread: MachineThread, root: Path): Path | undefined {
    let at = root;
    while (at.ends === "branch") {
      const position = at.ids.length - 1;
      const branch = instructions[at.ids[position] as number] as Instruction;
      const guess = state[status + branch.id] as number;
      if (branch.value === undefined) {
        if (guess === 0) return at;
        at = follow(machine, thread, at, guess === GUESSED_TAKEN ? TAKEN : SKIPPED);
        continue;
      }
      lack.missing = false;
      const condition = evaluate(state, at, position, thread, branch.value);
      if (lack.missing) {
        if (guess === 0) return at;
        at = follow(machine, thread, at, guess);
      } else {
        const decision = condition !== 0 ? TAKEN : SKIPPED;
        if (guess !== 0) {
          if ((guess === GUESSED_TAKEN) !== (decision === TAKEN)) return undefined;
          state[status + branch.id] = 0;
        }
        at = follow(machine, thread, at, decision);
      }
    }
    return at;
  }

  return {
    addressHolds,
    addressesKnown,
    behindPointers,
    checkGuesses,
    complete,
    empty,
    freeRun,
    handlerIdle,
    handlersOf,
    interrupts,
    isDone,
    isFinished,
    olderLoadsOpen,
    passives,
    path,
    programOrder,
    resolveIssued,
    roundDone,
    roundWaits,
    sameCpu,
    stepperAddress,
    storeBetween,
    target,
  };
}

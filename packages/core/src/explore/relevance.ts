/**
 * Forgets what nothing can look at any more, so that states that differ in nothing else become one: values of registers that no later instruction and no undecided
 * part of the condition reads, memory that nobody will read, what accesses carry when no later store or fence takes it along.
 *
 * In verdict mode the condition is evaluated as far as its atoms are known: a run that can no longer satisfy it is dropped, and once it is certain to be
 * satisfied (the field behind the machine's own says so) its values are forgotten too.
 */
import type { Instruction } from "../machine/instruction.js";
import type { MachineThread } from "../machine/machine.js";
import type { Path } from "../machine/path.js";
import type { Scope, State, Stepper } from "../machine/step.js";
import { registersOf } from "../program/evaluate.js";
import type { Formula, Operand } from "../program/program.js";
import { askedOf, compare, monitorOf } from "./formula.js";

/** What is left of a state once what nothing can look at is forgotten. */
export interface Relevance {
  /** Forgets in place. False: in verdict mode, no end reached from here can satisfy the proposition. */
  reduce(state: State): boolean;
  /** True where `reduce` has said false for some run: that a run ends is then not known from the ends found. */
  droppedRuns(): boolean;
}

function readsOf(instruction: Instruction): Set<number> {
  const result = new Set<number>();
  registersOf(instruction.address, result);
  registersOf(instruction.value, result);
  const { modify } = instruction;
  if (modify !== undefined) {
    registersOf(modify.value, result);
    if (modify.kind === "compare") registersOf(modify.expected, result);
    if (modify.kind === "add-unless") registersOf(modify.unless, result);
  }
  return result;
}

const FOREVER = -1;

/** Three-valued truth: `and` is the least, `or` the greatest, `not` the opposite. */
const FALSE = -1;
const OPEN = 0;
const TRUE = 1;

/** For each instruction that has a value: the instructions that may read it ([FOREVER]: always needed). */
function usersOfValues(stepper: Stepper, within: readonly Instruction[]): readonly (readonly number[])[] {
  const { ask, instructions, threads } = stepper.machine;
  const result: (readonly number[])[] = [];
  // By thread and register, in the order of the text: what reads it.
  const readers = threads.map((): Map<number, number[]> => new Map());
  const looping = threads.map(() => false);
  for (const instruction of within) {
    if (instruction.kind === "loop") looping[instruction.thread] = true;
    const registers = readsOf(instruction);
    if (instruction.kind === "loop-head") for (const register of instruction.registers) registers.add(register);
    for (const register of registers) {
      const list = readers[instruction.thread]?.get(register);
      if (list === undefined) readers[instruction.thread]?.set(register, [instruction.id]);
      else list.push(instruction.id);
    }
  }
  for (const definer of within) {
    ask();
    result[definer.id] = usersOf(definer);
  }
  return result;

  function usersOf(definer: Instruction): readonly number[] {
    const targets = definer.kind === "wait" ? definer.reads.map((read) => read.target) : definer.target >= 0 ? [definer.target] : [];
    const { first } = threads[definer.thread] as MachineThread;
    const from = looping[definer.thread] === true ? first : definer.id + 1;
    const tainted = new Set<number>();
    const users = new Set<number>();
    // Assignments pass values on without holding them.
    for (const open = [...targets]; open.length > 0; ) {
      const register = open.pop() as number;
      if (tainted.has(register)) continue;
      tainted.add(register);
      for (const id of readers[definer.thread]?.get(register) ?? []) {
        if (id < from) continue;
        const instruction = instructions[id] as Instruction;
        if (instruction.kind === "assign") open.push(instruction.target);
        else users.add(id);
      }
    }
    return [...users]
      .sort((a, b) => a - b)
      .map((id) => {
        const { address, kind } = instructions[id] as Instruction;
        // A branch's condition is asked for again and again; so are addresses. A loop's head keeps what its rounds need.
        const always =
          kind === "branch" ||
          kind === "dma-atomic" ||
          kind === "loop-head" ||
          [...registersOf(address, new Set())].some((register) => tainted.has(register));
        return always ? FOREVER : id;
      });
  }
}

/** `scope`: the threads and locations to look after; `formula`: what is asked at the end. */
export function createRelevance(stepper: Stepper, verdict: boolean, scope: Scope, formula: Formula): Relevance {
  const { machine } = stepper;
  const { instructions, threads, layout, program, packets } = machine;
  const { status } = layout;
  const decided = layout.deciding;
  const mine = scope.threads.flatMap((index) => instructions.slice(threads[index]?.first, threads[index]?.end));
  const users = usersOfValues(stepper, mine);
  // Where completions are shared a request may start over.
  const inLoop = new Uint8Array(instructions.length).fill(machine.unreduced ? 1 : 0);
  for (const instruction of mine) {
    const handler = (threads[instruction.thread] as MachineThread).handler >= 0;
    if (handler) inLoop[instruction.id] = 1;
    if (instruction.kind === "loop") for (let id = instruction.to; id <= instruction.id; id++) inLoop[id] = 1;
  }
  const last = Int32Array.from(instructions, (instruction) => {
    const packet = packets[instruction.packet];
    return packet === undefined ? 1 : packet.hops.length + 1;
  });
  const home = Int32Array.from(instructions, (instruction) => {
    const packet = packets[instruction.packet];
    return packet === undefined ? 1 : packet.home + 1;
  });
  /** May the instruction still read its operands? A packet evaluates them when issued. */
  const ahead = (state: State, id: number): boolean => {
    const open = layout.open[id] as number;
    return inLoop[id] === 1 || state[status + id] === 0 || (open >= 0 && state[open] !== 0);
  };
  /** May its access still happen? */
  const accessAhead = (state: State, id: number): boolean => inLoop[id] === 1 || (state[status + id] as number) < (home[id] as number);

  const { locations: observedLocations, filtered } = askedOf(program);
  const most = Math.max(1, ...threads.map((thread) => thread.thread.registers.length));
  const keyOf = (thread: number, register: number): number => thread * most + register;
  const filterRegisters = new Set(filtered.flatMap((side) => (side.kind === "register" ? [keyOf(side.thread, side.register)] : [])));

  const isReader = (instruction: Instruction): boolean =>
    ["load", "rmw", "register-read", "pio-read", "dma-read", "dma-atomic", "wait", "answer"].includes(instruction.kind);
  const byLocation = (select: (location: number) => readonly number[]): readonly (readonly number[])[] => {
    const result: (readonly number[])[] = [];
    for (const location of scope.locations) result[location] = select(location);
    return result;
  };
  const readers = byLocation((location) =>
    mine.flatMap((instruction) =>
      (isReader(instruction) && (instruction.location === location || (instruction.location < 0 && instruction.kind !== "wait"))) ||
      instruction.reads.some((read) => read.location === location)
        ? [instruction.id]
        : [],
    ),
  );
  const writers = byLocation((location) =>
    mine.flatMap((instruction) =>
      ["store", "rmw", "register-write", "pio-write", "dma-write", "dma-atomic"].includes(instruction.kind) &&
      (instruction.location === location || instruction.location < 0)
        ? [instruction.id]
        : [],
    ),
  );

  /** By path: the instruction whose value each register has at the end; -1 not known, -2 nothing defines it. */
  const definitions = new Map<Path, Int32Array>();
  /** The threads' paths in the state at hand, as far as they were asked for. */
  const paths: (Path | undefined)[] = threads.map(() => undefined);

  function finalDefinitions(thread: number, path: Path): Int32Array {
    let result = definitions.get(path);
    if (result === undefined) {
      const owner = threads[thread] as MachineThread;
      result = new Int32Array(owner.thread.registers.length).fill(-2);
      for (let register = 0; register < result.length; register++) {
        for (let at = path.ids.length - 1; at >= 0; at--) {
          const instruction = instructions[path.ids[at] as number] as Instruction;
          if (
            instruction.target === register ||
            (instruction.kind === "wait" && instruction.reads.some((read) => read.target === register))
          ) {
            result[register] = instruction.id;
            break;
          }
          if (instruction.kind === "loop-head" && instruction.registers.includes(register)) {
            result[register] = -1;
            break;
          }
        }
      }
      definitions.set(path, result);
    }
    return result;
  }

  function known(state: State, operand: Operand): number | undefined {
    switch (operand.kind) {
      case "constant":
        return operand.value;
      case "register": {
        if ((threads[operand.thread] as MachineThread).handler >= 0) return undefined;
        const path = paths[operand.thread] ?? stepper.path(state, operand.thread);
        paths[operand.thread] = path;
        if (path.ends !== "end" || path.guesses.length > 0) return undefined;
        const at = finalDefinitions(operand.thread, path)[operand.register] as number;
        if (at === -1) return undefined;
        if (at >= 0) {
          const instruction = instructions[at] as Instruction;
          if (instruction.kind === "assign") return undefined;
          const need = instruction.packet >= 0 ? (last[at] as number) : 1;
          if ((state[status + at] as number) < need) return undefined;
        }
        return stepper.registerOn(state, path, operand.thread, operand.register);
      }
      case "location": {
        if (machine.listLike || (layout.copy[operand.location] as number) >= 0) return undefined;
        return anyAccessAhead(state, writers[operand.location] as readonly number[])
          ? undefined
          : stepper.location(state, operand.location);
      }
    }
  }

  /** Registers that the condition still needs. */
  const needed = new Uint8Array(threads.length * most);

  function evaluateAtom(state: State, of: Formula): boolean | undefined {
    if (of.kind === "order") {
      const at = state[layout.monitors + monitorOf(machine, of)] as number;
      return at === 2 ? true : at === 3 ? false : undefined;
    }
    if (of.kind !== "compare") return undefined;
    const left = known(state, of.left);
    const right = left === undefined ? undefined : known(state, of.right);
    return left === undefined || right === undefined ? undefined : compare(of.operator, left, right);
  }

  // The formula flattened, operands before what they make up; `worth` says what each part is worth in the state at hand.
  const parts: { readonly of: Formula; readonly left: number; readonly right: number }[] = [];
  const flatten = (of: Formula): number => {
    const left = of.kind === "not" ? flatten(of.operand) : of.kind === "and" || of.kind === "or" ? flatten(of.left) : -1;
    const right = of.kind === "and" || of.kind === "or" ? flatten(of.right) : -1;
    parts.push({ of, left, right });
    return parts.length - 1;
  };
  const whole = flatten(formula);
  const worth = new Int8Array(parts.length);

  function evaluate(state: State): number {
    paths.fill(undefined);
    for (let i = 0; i < parts.length; i++) {
      const { of, left, right } = parts[i] as (typeof parts)[number];
      switch (of.kind) {
        case "constant":
          worth[i] = of.value ? TRUE : FALSE;
          break;
        case "compare":
        case "stuck":
        case "order": {
          const value = evaluateAtom(state, of);
          worth[i] = value === undefined ? OPEN : value ? TRUE : FALSE;
          break;
        }
        case "not":
          worth[i] = -(worth[left] as number);
          break;
        case "and":
          worth[i] = Math.min(worth[left] as number, worth[right] as number);
          break;
        case "or":
          worth[i] = Math.max(worth[left] as number, worth[right] as number);
          break;
      }
    }
    return worth[whole] as number;
  }

  /** Marks the registers that keep the formula's value what it is: of a decided conjunction or disjunction, one deciding side. */
  function support(part: number): void {
    const { of, left, right } = parts[part] as (typeof parts)[number];
    switch (of.kind) {
      case "compare":
        if (of.left.kind === "register") needed[keyOf(of.left.thread, of.left.register)] = 1;
        if (of.right.kind === "register") needed[keyOf(of.right.thread, of.right.register)] = 1;
        break;
      case "not":
        support(left);
        break;
      case "and":
      case "or": {
        const deciding = of.kind === "or" ? TRUE : FALSE;
        if (worth[left] === deciding) support(left);
        else if (worth[right] === deciding) support(right);
        else {
          support(left);
          support(right);
        }
        break;
      }
      default:
    }
  }

  const observedRegisters = program.observed.flatMap((term) => (term.kind === "register" ? [keyOf(term.thread, term.register)] : []));
  let dropped = false;

  /** Threads with a fence or store that takes along what earlier accesses saw. */
  const takers = (instruction: Instruction): readonly number[] => {
    const thread = threads[instruction.thread] as MachineThread;
    const result: number[] = [];
    for (let id = instruction.id + 1; id < thread.end; id++) {
      const later = instructions[id] as Instruction;
      if (later.kind === "store" || later.kind === "rmw" || (later.kind === "fence" && later.active)) result.push(id);
    }
    return result;
  };

  /** Registers that assignments set: they may hand a value on to a register that is still needed. */
  const assignments = threads.map((thread) =>
    instructions.slice(thread.first, thread.end).flatMap((instruction) => (instruction.kind === "assign" ? [instruction.target] : [])),
  );

  function handsOn(thread: number): boolean {
    const targets = assignments[thread] as readonly number[];
    for (let i = 0; i < targets.length; i++) if (needed[keyOf(thread, targets[i] as number)] === 1) return true;
    return false;
  }
  function anyAhead(state: State, ids: readonly number[]): boolean {
    for (let i = 0; i < ids.length; i++) if (ahead(state, ids[i] as number)) return true;
    return false;
  }
  function anyAccessAhead(state: State, ids: readonly number[]): boolean {
    for (let i = 0; i < ids.length; i++) if (accessAhead(state, ids[i] as number)) return true;
    return false;
  }

  /** Instructions whose value may be forgotten once nobody needs it. */
  const forgettable = mine.filter(
    ({ id, kind }) =>
      (layout.value[id] as number) >= 0 &&
      inLoop[id] === 0 &&
      kind !== "store" &&
      // What a message holds is for those who read it.
      (machine.message[id] as number) < 0 &&
      kind !== "wait" &&
      !(users[id] as readonly number[]).includes(FOREVER),
  );
  const closed = machine.listLike
    ? mine
        .filter(({ id, kind }) => (layout.closure[id] as number) >= 0 && kind === "load" && inLoop[id] === 0)
        .map((instruction) => ({ id: instruction.id, takers: takers(instruction) }))
    : [];

  return {
    droppedRuns: () => dropped,
    reduce(state) {
      needed.fill(0);
      if (filterRegisters.size > 0) for (const key of filterRegisters) needed[key] = 1;
      if (!verdict) for (const key of observedRegisters) needed[key] = 1;
      else if (state[decided] === 0) {
        const value = evaluate(state);
        if (value === FALSE) {
          dropped = true;
          return false;
        }
        if (value === TRUE) state[decided] = 1;
        else support(whole);
      }
      for (let i = 0; i < forgettable.length; i++) {
        const instruction = forgettable[i] as Instruction;
        const { id } = instruction;
        const slot = layout.value[id] as number;
        if (state[slot] === 0 || (state[status + id] as number) < (last[id] as number)) continue;
        if (instruction.target >= 0 && needed[keyOf(instruction.thread, instruction.target)] === 1) continue;
        if (instruction.target >= 0 && handsOn(instruction.thread)) continue;
        if (anyAhead(state, users[id] as readonly number[])) continue;
        state[slot] = 0;
      }
      for (let i = 0; i < closed.length; i++) {
        const { id, takers: later } = closed[i] as (typeof closed)[number];
        if (state[status + id] === 0 || anyAhead(state, later)) continue;
        const at = layout.closure[id] as number;
        for (let w = 0; w < machine.words; w++) state[at + w] = 0;
        const before = layout.prior[id] as number;
        if (before >= 0) for (let w = 0; w < machine.words; w++) state[before + w] = 0;
      }
      for (let i = 0; i < scope.locations.length; i++) {
        const location = scope.locations[i] as number;
        if (observedLocations.has(location)) continue;
        const at = layout.memory + location;
        const listed = (layout.orderCapacity[location] as number) > 0;
        if ((layout.copy[location] as number) >= 0) continue;
        if (state[at] === 0 && !(listed && state[layout.order[location] as number] !== 0)) continue;
        if (anyAccessAhead(state, readers[location] as readonly number[])) continue;
        // A store's place among messages is part of a witness: they stay while one is to come.
        if (listed && anyAccessAhead(state, writers[location] as readonly number[])) continue;
        stepper.forget(state, location);
      }
      return true;
    },
  };
}

/** Values of registers and expressions, as far as they are known in a state. What is not there yet is said in `lack`. */
import { applyBinary, applyUnary } from "../litmus/arithmetic.js";
import type { Expression, Modify } from "../program/program.js";
import type { State } from "./action.js";
import { comparedWith, storesAfter, storesAnyhow } from "./compares.js";
import type { Instruction } from "./instruction.js";
import type { Machine, MachineThread } from "./machine.js";
import type { Path } from "./path.js";

/** Values as far as they are known. */
export type Values = ReturnType<typeof createValues>;

/** `evaluate` and its kin set `lack.missing` where a value is not there yet, and `lack.instruction` to what it is waiting for; callers clear it first. */
export function createValues(machine: Machine) {
  const { instructions, packets, layout } = machine;
  const { status, value: valueOffset } = layout;

  /** Set by `evaluate` when a value it needs is not there yet: the instruction that value is waiting for. */
  const lack = { missing: false, instruction: -1 };

  function definition(path: Path, position: number, thread: MachineThread, register: number): number {
    const key = position * thread.thread.registers.length + register;
    const known = path.definitions.get(key);
    if (known !== undefined) return known;
    let at = position - 1;
    for (; at >= 0; at--) {
      const instruction = instructions[path.ids[at] as number] as Instruction;
      if (instruction.target === register) break;
      if (instruction.kind === "wait" && instruction.reads.some((read) => read.target === register)) break;
      if (instruction.kind === "loop-head" && instruction.registers.includes(register)) break;
    }
    path.definitions.set(key, at);
    return at;
  }

  function miss(id: number): void {
    if (!lack.missing) lack.instruction = id;
    lack.missing = true;
  }

  function registerAt(state: State, path: Path, position: number, thread: MachineThread, register: number): number {
    const at = definition(path, position, thread, register);
    if (at < 0) return thread.thread.initial[register] ?? 0;
    const instruction = instructions[path.ids[at] as number] as Instruction;
    const standing = state[status + instruction.id] as number;
    const slot = valueOffset[instruction.id] as number;
    switch (instruction.kind) {
      case "assign":
        return evaluate(state, path, at, thread, instruction.value as Expression);
      case "loop-head":
        if (standing === 0) return registerAt(state, path, at, thread, register);
        return state[(layout.kept[instruction.id] as number) + instruction.registers.indexOf(register)] as number;
      case "wait":
        if (standing === 0) miss(instruction.id);
        return state[slot + instruction.reads.findIndex((read) => read.target === register)] as number;
      case "pio-read":
      case "dma-read":
      case "dma-atomic":
        if (standing !== lastHops[instruction.id]) miss(instruction.id);
        return state[slot] as number;
      default:
        if (standing === 0) miss(instruction.id);
        else if (isMadeLater(instruction) && state[status + instruction.pair] === 0) return madeOf(state, path, at, thread, instruction);
        // Whether it stored is known once the comparison can be made.
        else if (instruction.returns === "success" && isOpen(state, instruction.id))
          evaluate(state, path, at, thread, comparedWith(instruction.modify as Modify) as Expression);
        return state[slot] as number;
    }
  }

  /**
   * An atomic in halves that computes: its read half may be performed before the operands are there, its value waits for them, that of atomic_fetch_add, too (herd7 has one computation of
   * both). Once the write half is performed the value stands in its slot.
   */
  const isMadeLater = ({ kind, modify, pair }: Instruction): boolean => kind === "load" && pair >= 0 && modify?.kind === "arithmetic";

  const isOpen = (state: State, id: number): boolean => {
    const slot = layout.open[id] as number;
    return slot >= 0 && state[slot] !== 0;
  };

  /** The value of such an atomic, from what its read half has read. */
  function madeOf(state: State, path: Path, position: number, thread: MachineThread, half: Instruction): number {
    const old = state[(valueOffset[half.id] as number) + 1] as number;
    return returned(
      half,
      old,
      modified(half.modify as Modify, old, (expression) => evaluate(state, path, position, thread, expression)),
    );
  }

  function evaluate(state: State, path: Path, position: number, thread: MachineThread, expression: Expression): number {
    switch (expression.kind) {
      case "constant":
        return expression.value;
      case "register":
        return registerAt(state, path, position, thread, expression.register);
      case "unary":
        return applyUnary(expression.operator, evaluate(state, path, position, thread, expression.operand));
      case "conditional": {
        const condition = evaluate(state, path, position, thread, expression.condition);
        if (lack.missing) return 0;
        return evaluate(state, path, position, thread, condition !== 0 ? expression.then : expression.else);
      }
      case "binary": {
        const a = evaluate(state, path, position, thread, expression.left);
        const b = evaluate(state, path, position, thread, expression.right);
        return applyBinary(expression.operator, a, b);
      }
    }
  }

  /** What a store stores: its expression's value, or what its read half makes of what it read. Sets `missing`. */
  function storedValue(state: State, at: Path, position: number, thread: MachineThread, store: Instruction): number {
    if (store.pair < 0) return evaluate(state, at, position, thread, store.value as Expression);
    const modify = store.modify as Modify;
    if (storesAnyhow(store)) return evaluate(state, at, position, thread, modify.value);
    if (state[status + store.pair] === 0) {
      miss(store.pair);
      return 0;
    }
    const old = state[(valueOffset[store.pair] as number) + 1] as number;
    return made(modify, old, evaluate(state, at, position, thread, modify.value));
  }

  const lastHop = (instruction: Instruction): number => {
    const packet = packets[instruction.packet];
    return packet === undefined ? 1 : packet.hops.length + 1;
  };

  const lastHops = Int32Array.from(instructions, lastHop);

  /** What an atomic stores, if it does, from what it read and its operand. */
  function made(modify: Modify, old: number, operand: number): number {
    switch (modify.kind) {
      case "exchange":
      case "compare":
        return operand;
      case "add-unless":
        return (old + operand) | 0;
      case "arithmetic":
        return applyBinary(modify.operator, old, operand);
    }
  }

  const modified = (modify: Modify, old: number, value: (expression: Expression) => number): { stores: boolean; value: number } => {
    const compared = comparedWith(modify);
    return { stores: compared === undefined || storesAfter(modify, old, value(compared)), value: made(modify, old, value(modify.value)) };
  };

  function returned(instruction: Instruction, old: number, result: { stores: boolean; value: number }): number {
    switch (instruction.returns) {
      case "old":
        return old;
      case "new":
        return result.value;
      case "zero":
        return result.value === 0 ? 1 : 0;
      case "negative":
        return result.value < 0 ? 1 : 0;
      case "success":
        return result.stores ? 1 : 0;
      case "nothing":
        return 0;
    }
  }

  const lacking = (
    state: State,
    at: Path,
    position: number,
    thread: MachineThread,
    expressions: readonly (Expression | undefined)[],
  ): number => {
    lack.missing = false;
    for (const expression of expressions) if (expression !== undefined) evaluate(state, at, position, thread, expression);
    return lack.missing ? lack.instruction : -1;
  };

  /** What an atomic's instruction needs before it can be performed: a read half only what says whether the other half will store, unless that was chosen before. */
  const neededBy = ({ id, kind, modify }: Instruction): readonly Expression[] => {
    if (modify === undefined || (layout.open[id] as number) >= 0) return [];
    const compared = comparedWith(modify);
    const deciding = compared === undefined ? [] : [compared];
    return kind === "load" ? deciding : [modify.value, ...deciding];
  };

  return { evaluate, isMadeLater, isOpen, lack, lacking, lastHops, modified, neededBy, registerAt, returned, storedValue };
}

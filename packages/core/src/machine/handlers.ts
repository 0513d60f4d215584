/** Interrupts taken, and what starts over: handlers and the rounds of loops. */
import { HANDLE, packStep, type State } from "./action.js";
import type { Conditionals } from "./conditionals.js";
import { holdsBoth, type Instruction } from "./instruction.js";
import type { Machine, MachineThread, Range } from "./machine.js";
import type { Messages } from "./messages.js";
import type { Progress } from "./progress.js";
import type { Values } from "./values.js";

/** `handlerSteps` lists where a pending interrupt can be taken, `handle` takes it, `again` starts a loop's next round. */
export function createHandlers(machine: Machine, values: Values, progress: Progress, messages: Messages, conditionals: Conditionals) {
  const { instructions, threads, listLike, words, layout } = machine;
  const { status, value: valueOffset, closure } = layout;
  const { lack, registerAt } = values;
  const { freeRun, handlerIdle, handlersOf, passives, path, sameCpu } = progress;
  const { gather, isAlive, scratch, spread } = messages;

  /** A pending interrupt is taken: anywhere in the interrupted program where nothing younger was performed, and no earlier than those that were taken before it. */
  function handlerSteps(state: State, index: number, out: number[], count: number): number {
    const thread = threads[index] as MachineThread;
    if (state[layout.pending + thread.handler] === 0 || !handlerIdle(state, index) || freeRun(state, index) === 0) return count;
    // Handlers of one CPU run one after another.
    for (const other of sameCpu[index] as readonly number[]) if (!handlerIdle(state, other)) return count;
    if (thread.host < 0) {
      out[count++] = packStep(index, HANDLE, 0);
      return count;
    }
    const hostPath = path(state, thread.host);
    let least = 0;
    hostPath.ids.forEach((id, position) => {
      if (passives[id] !== true && state[status + id] !== 0) least = position + 1;
    });
    let masked = false;
    const limit = hostPath.guesses[0] ?? hostPath.ids.length;
    for (const other of handlersOf[thread.host] as readonly number[])
      least = Math.max(least, Math.min(state[layout.taken + (threads[other] as MachineThread).handler] as number, limit));
    for (let position = 0; position <= limit; position++) {
      if (position >= least && !masked) {
        const next = hostPath.ids[position];
        // Points with nothing but done instructions between them are the same point; a fence between them makes them two.
        const marks =
          next !== undefined && (["interrupts", "fence"] as readonly string[]).includes((instructions[next] as Instruction).kind);
        if (position === limit || marks || (next !== undefined && passives[next] !== true && state[status + next] === 0))
          out[count++] = packStep(index, HANDLE, position);
      }
      const id = hostPath.ids[position];
      const instruction = id === undefined ? undefined : (instructions[id] as Instruction);
      if (instruction?.kind === "interrupts") masked = !instruction.enable;
    }
    return count;
  }

  function again(state: State, id: number): void {
    const loop = instructions[id] as Instruction;
    const thread = threads[loop.thread] as MachineThread;
    const at = path(state, loop.thread);
    const head = loop.to;
    const kept = layout.kept[head] as number;
    const registers = (instructions[head] as Instruction).registers;
    const values = registers.map((register) => {
      lack.missing = false;
      return registerAt(state, at, at.ids.length, thread, register);
    });
    if (listLike) {
      scratch.fill(0);
      for (const inside of at.ids) if (inside >= head) gather(state, inside);
      const keep = closure[head] as number;
      for (let w = 0; w < words; w++) state[keep + w] = scratch[w] as number;
    }
    reset(state, head, id + 1);
    if (registers.length > 0) state[status + head] = 1;
    registers.forEach((_, i) => {
      state[kept + i] = values[i] as number;
    });
    for (const index of handlersOf[loop.thread] as readonly number[]) state[layout.taken + (threads[index] as MachineThread).handler] = 0;
  }

  /** Forgets how the instructions from `first` up to `end` stood. A store has one message at a time: one that somebody has not seen yet is seen by all now. */
  function reset(state: State, first: number, end: number): void {
    for (let id = first; listLike && id < end; id++) {
      const message = machine.message[id] as number;
      if (message >= 0 && isAlive(state, message)) spread(state, message);
    }
    for (let id = first; id < end; id++) {
      const instruction = instructions[id] as Instruction;
      state[status + id] = 0;
      const slot = valueOffset[id] as number;
      const open = layout.open[id] as number;
      if (open >= 0) state[open] = 0;
      conditionals.forget(state, id);
      if (slot >= 0) {
        const width =
          instruction.kind === "wait"
            ? instruction.reads.length
            : (holdsBoth(instruction) && listLike) || (instruction.kind === "load" && (instruction.pair >= 0 || open >= 0))
              ? 2
              : 1;
        for (let i = 0; i < width; i++) state[slot + i] = 0;
      }
      const from = closure[id] as number;
      if (from >= 0 && instruction.kind !== "loop-head") for (let w = 0; w < words; w++) state[from + w] = 0;
    }
  }

  function handle(state: State, index: number, choice: number): void {
    const thread = threads[index] as MachineThread;
    const run = freeRun(state, index);
    const range = thread.runs[run - 1] as Range;
    reset(state, range.first, range.end);
    const pending = layout.pending + thread.handler;
    state[pending] = (state[pending] as number) - 1;
    state[layout.started + thread.handler] = run;
    state[layout.taken + thread.handler] = choice;
  }

  return { again, handle, handlerSteps };
}

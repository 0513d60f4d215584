/**
 * Stubborn sets (Valmari): of the enabled steps of a state, enough to reach every end state and every deadlock. This is what makes delivery late-bound: a write in
 * flight is only moved where something that could see the difference is about to happen.
 *
 * A *node* is what can act: an instruction (performed, guessed, gone round), its packet (moving), a handler (started), a cache line. Two nodes *conflict* where one
 * can disable the other or their order can be told apart; most conflicts are over once one of the two has done the act in question, which a status tells. A set is
 * stubborn when it is closed: with an enabled node come all that conflict with it, with a disabled one come nodes one of which must act before it can.
 * What conflicts stands in conflicts.ts; docs/decisions/0002-reductions.md has the argument and the side conditions.
 */
import type { Instruction } from "../machine/instruction.js";
import type { MachineThread } from "../machine/machine.js";
import { CACHE, HANDLE, MOVE, type Scope, type State, type Stepper, stepAction, stepSubject } from "../machine/step.js";
import { ALWAYS, nodesOf, raises } from "./acts.js";
import { type Conflict, collectConflicts } from "./conflicts.js";

/** Leaves out steps that need not be explored. */
export interface Reduction {
  /** Moves the steps to explore to the front of `steps` and returns how many they are: the fewest that will do, or as few as will do with `seed`, which is one of them. */
  select(state: State, steps: number[], count: number, seed?: number): number;
}

/** `scope`: the threads, packets and locations that can act. */
export function createReduction(stepper: Stepper, scope: Scope): Reduction {
  const { machine } = stepper;
  const { instructions, threads, layout, packets } = machine;
  const numbers = nodesOf(machine);
  const { perform, move, handler, line, count: nodes } = numbers;
  const conflicts = collectConflicts(machine, scope, numbers);

  // Instructions that may act again after they are done: in a loop that is still going, in a handler.
  const inLoop = new Uint8Array(instructions.length);
  for (const instruction of instructions) {
    if (instruction.kind === "loop") for (let id = instruction.to; id <= instruction.id; id++) inLoop[id] = 1;
  }
  const raisers = threads.map((thread): readonly number[] => {
    const on = thread.thread.on;
    if (on === undefined) return [];
    return instructions.flatMap((instruction) => (raises(machine, instruction, on) ? [instruction.id] : []));
  });
  const straightMachine = scope.threads.every((index) => threads[index]?.straight === true && threads[index]?.handler < 0);
  const last = Int32Array.from(instructions, (instruction) => {
    const packet = packets[instruction.packet];
    return packet === undefined ? 1 : packet.hops.length + 1;
  });

  const enabled = new Uint8Array(nodes);
  const inSet = new Uint32Array(nodes);
  let round = 0;
  let latest = 0;
  const stack: number[] = [];
  /** Per instruction: 0 by its status, 1 may act again whatever its status, 2 can never act again. */
  const standing = new Uint8Array(instructions.length);

  function stand(state: State): void {
    if (straightMachine) return;
    standing.fill(0);
    for (const index of scope.threads) {
      const thread = threads[index] as MachineThread;
      const again = thread.handler >= 0 && mayRise(state, index);
      const at = stepper.path(state, index);
      const over = at.ends === "end";
      for (let id = thread.first; id < thread.end; id++) {
        if (again || (inLoop[id] === 1 && !over)) standing[id] = 1;
        else if (over && state[layout.status + id] === 0) standing[id] = 2;
      }
      if (over && !again) for (const id of at.ids) if (standing[id] === 2) standing[id] = 0;
    }
  }

  function mayRise(state: State, index: number): boolean {
    if (state[layout.pending + (threads[index] as MachineThread).handler] !== 0) return true;
    return (raisers[index] as readonly number[]).some((id) => {
      const instruction = instructions[id] as Instruction;
      return (
        (threads[instruction.thread] as MachineThread).handler >= 0 ||
        inLoop[id] === 1 ||
        (state[layout.status + id] as number) < (last[id] as number)
      );
    });
  }

  const ahead = (state: State, node: number, until: number): boolean => {
    if (until === ALWAYS) return true;
    const id = node >> 1;
    if (standing[id] === 2) return false;
    return standing[id] === 1 || (state[layout.status + id] as number) < until;
  };

  // What a node brings into a set does not depend on where the set began: kept for the state at hand, one list behind the other in `brought`.
  const brought: number[] = [];
  let broughtCount = 0;
  const firstOf = new Uint32Array(nodes);
  const endOf = new Uint32Array(nodes);
  const knownIn = new Uint32Array(nodes);
  /** By node: whether a set was begun there in this choice already. A set that meets it holds that one, so it is no smaller. */
  const begunIn = new Uint32Array(nodes);
  let choice = 0;
  let visit = 0;

  function bring(node: number): void {
    brought[broughtCount++] = node;
  }

  function bringInstruction(id: number): void {
    if (id < 0) bring(handler(-1 - id));
    else {
      bring(perform(id));
      if ((instructions[id] as Instruction).packet >= 0) bring(move(id));
    }
  }

  /** With an enabled node come all that conflict with it now, with a disabled one those that have to act first. */
  function collect(state: State, node: number): void {
    if (enabled[node] !== 0) {
      const standing = state[layout.status + (node >> 1)] as number;
      const list = conflicts[node] as readonly Conflict[];
      for (let i = 0; i < list.length; i++) {
        const conflict = list[i] as Conflict;
        const now = conflict.mine === ALWAYS || standing === conflict.mine - 1;
        if (now && ahead(state, conflict.node, conflict.theirs)) bring(conflict.node);
      }
      return;
    }
    if (node >= 2 * instructions.length) {
      const index = node - 2 * instructions.length;
      if (index < threads.length) for (const id of stepper.handlerObstacles(state, index)) bringInstruction(id);
      return;
    }
    const id = node >> 1;
    if (standing[id] === 2) return;
    const status = state[layout.status + id] as number;
    if ((node & 1) === 1) {
      // A packet.
      if (status === 0) bring(perform(id));
      else if (status < (last[id] as number)) {
        for (const other of stepper.packetObstacles(state, id))
          bring((instructions[other] as Instruction).kind === "answer" ? perform(other) : move(other));
      } else if (standing[id] === 1) bring(perform(id));
      return;
    }
    if (status !== 0 && standing[id] !== 1) return;
    const first = stepper.obstacles(state, id);
    for (let i = 0; i < first.length; i++) if (first[i] !== id) bringInstruction(first[i] as number);
  }

  /** Closes the set around a node; returns how many enabled nodes it holds, or a number of at least `limit` where it gave up. */
  function close(state: State, seed: number, limit: number): number {
    round++;
    inSet[seed] = round;
    stack[0] = seed;
    let depth = 1;
    let count = 0;
    while (depth > 0) {
      const node = stack[--depth] as number;
      count += enabled[node] as number;
      if (count >= limit) return count;
      if (knownIn[node] !== visit) {
        knownIn[node] = visit;
        firstOf[node] = broughtCount;
        collect(state, node);
        endOf[node] = broughtCount;
      }
      for (let at = firstOf[node] as number, end = endOf[node] as number; at < end; at++) {
        const next = brought[at] as number;
        if (inSet[next] === round) continue;
        if (begunIn[next] === choice) return limit;
        inSet[next] = round;
        stack[depth++] = next;
      }
    }
    return count;
  }

  function nodeOf(step: number): number {
    const subject = stepSubject(step);
    switch (stepAction(step)) {
      case MOVE:
        return move(subject);
      case HANDLE:
        return handler(subject);
      case CACHE:
        return line(subject);
      default:
        return perform(subject);
    }
  }

  return {
    select(state, steps, count, asked) {
      if (machine.unreduced) return count;
      stand(state);
      visit++;
      choice++;
      broughtCount = 0;
      enabled.fill(0);
      for (let i = 0; i < count; i++) {
        const node = nodeOf(steps[i] as number);
        enabled[node] = (enabled[node] as number) + 1;
      }
      let best = count;
      let bestSeed = -1;
      let previous = -1;
      // Begin where the last set was found: the search then finishes one part of the machine before it turns to the next.
      let start = 0;
      if (asked !== undefined) bestSeed = nodeOf(asked);
      else while (start < count && nodeOf(steps[start] as number) < latest) start++;
      for (let k = 0; k < count && best > 1 && asked === undefined; k++) {
        const i = (start + k) % count;
        // Cache lines move for ever: a set that holds nothing else would put off all that leads to an end.
        if (stepAction(steps[i] as number) === CACHE) continue;
        const seed = nodeOf(steps[i] as number);
        if (seed === previous) continue;
        previous = seed;
        const size = close(state, seed, best);
        begunIn[seed] = choice;
        if (size < best) {
          best = size;
          bestSeed = seed;
        }
      }
      if (bestSeed < 0) return count;
      if (asked === undefined) latest = bestSeed & ~1;
      choice++;
      close(state, bestSeed, count + 1);
      let kept = 0;
      for (let i = 0; i < count; i++) {
        const step = steps[i] as number;
        if (inSet[nodeOf(step)] === round) {
          steps[i] = steps[kept] as number;
          steps[kept++] = step;
        }
      }
      return kept;
    },
  };
}

/**
 * Power: a CPU's store-conditionals are in coherence order (ppc.cat, scXX: `acyclic co | po & (X * X)`). They are performed in any order, as other stores are; of each is kept which of the others come
 * before it in program order and coherence together, transitively closed, and one that would come before itself discards the run.
 *
 * The order that barriers and coherence make (carried.ts) says as much wherever a barrier stands between the two stores of a CPU. So this is kept only where some circle through two threads or more
 * has a pair of stores without one.
 */
import type { Platform } from "../platform/platform.js";
import type { State } from "./action.js";
import { bitMask, bitWord, wordsOf } from "./bit-words.js";
import type { Instruction } from "./instruction.js";
import type { Machine } from "./machine.js";
import type { Progress } from "./progress.js";

/** The write of a lwarx and stwcx., or of what stands for both. */
const isConditional = ({ kind, pair }: Instruction): boolean => kind === "rmw" || (kind === "store" && pair >= 0);

const CONTROL: readonly Instruction["kind"][] = ["branch", "jump", "loop", "loop-head", "unless-pending"];

/** Which store-conditionals are looked after: all where one of a CPU may go before an older one and somebody could tell, else none. */
export function keptConditionals(platform: Platform, instructions: readonly Instruction[]): readonly Instruction[] {
  if (!platform.cpu.conditionalsInOrder) return [];
  const stores = instructions.filter(isConditional);
  const pairs = stores.flatMap((older) =>
    stores.flatMap((younger) =>
      younger.thread === older.thread && younger.id > older.id && (older.location < 0 || older.location !== younger.location)
        ? [{ older, younger }]
        : [],
    ),
  );
  if (new Set(pairs.map(({ older }) => older.thread)).size < 2) return [];
  const meet = (a: Instruction, b: Instruction): boolean => a.location < 0 || b.location < 0 || a.location === b.location;
  /** What follows a pair on a circle: the pairs of all threads that begin where it ends. */
  const next = pairs.map(({ younger }) => pairs.flatMap(({ older }, at) => (meet(younger, older) ? [at] : [])));
  const open = pairs.some(({ older, younger }, at) => {
    if (barrierBetween(instructions, older, younger)) return false;
    const reached = reachedFrom(next, at);
    const circle = [...reached].filter((other) => reachedFrom(next, other).has(at));
    return circle.some((other) => pairs[other]?.older.thread !== older.thread);
  });
  return open ? stores : [];
}

function reachedFrom(next: readonly (readonly number[])[], from: number): ReadonlySet<number> {
  const reached = new Set<number>();
  for (const left = [from]; left.length > 0; ) {
    for (const at of next[left.pop() as number] as readonly number[]) {
      if (reached.has(at)) continue;
      reached.add(at);
      left.push(at);
    }
  }
  return reached;
}

/** Does a barrier that stores do not pass stand between two of a thread on every path? It does where none parts it from one of the two. */
function barrierBetween(instructions: readonly Instruction[], older: Instruction, younger: Instruction): boolean {
  const orders = ({ kind, before, after, propagates, olderUpTo, youngerFrom }: Instruction): boolean =>
    kind === "fence" &&
    (before & after & 2) !== 0 &&
    (propagates === "cumulative" || propagates === "strong") &&
    olderUpTo >= older.id &&
    youngerFrom <= younger.id;
  for (const [from, step] of [
    [older, 1],
    [younger, -1],
  ] as const) {
    for (let id = from.id + step; id > older.id && id < younger.id; id += step) {
      const instruction = instructions[id] as Instruction;
      if (CONTROL.includes(instruction.kind) || instructions.some(({ to, join }) => to === id || join === id)) break;
      if (orders(instruction)) return true;
    }
  }
  return false;
}

/** Store-conditionals in the order of program order and coherence. */
export type Conditionals = ReturnType<typeof createConditionals>;

/** `place`: a store takes its place in its location's order; false where it would come before itself. `forget`: an instruction is used again. */
export function createConditionals(machine: Machine, progress: Progress) {
  const { instructions, layout } = machine;
  const { order, orderCapacity, earlier } = layout;
  const { programOrder, stepperAddress } = progress;
  const kept = instructions.filter(({ id }) => (earlier[id] as number) >= 0);
  const words = wordsOf(kept.length);
  const bits = new Map(kept.map(({ id }, bit) => [id, bit]));
  const into = new Int32Array(words);
  const behind = new Int32Array(words);

  const add = (set: Int32Array, bit: number): void => {
    set[bitWord(bit)] = (set[bitWord(bit)] as number) | bitMask(bit);
  };
  const isPlaced = (state: State, { id }: Instruction): boolean => {
    const bit = bits.get(id) as number;
    return ((state[(earlier[id] as number) + bitWord(bit)] as number) & bitMask(bit)) !== 0;
  };
  const meets = (state: State, at: number, set: Int32Array): boolean => {
    for (let w = 0; w < words; w++) if (((state[at + w] as number) & (set[w] as number)) !== 0) return true;
    return false;
  };
  const unite = (state: State, at: number, set: Int32Array): void => {
    for (let w = 0; w < words; w++) state[at + w] = (state[at + w] as number) | (set[w] as number);
  };

  function place(state: State, { id, thread }: Instruction, location: number): boolean {
    const own = earlier[id] as number;
    if (own < 0) return true;
    into.fill(0);
    behind.fill(0);
    const put = (other: Instruction, ahead: boolean): void => {
      if (!ahead) {
        add(behind, bits.get(other.id) as number);
        return;
      }
      const at = earlier[other.id] as number;
      for (let w = 0; w < words; w++) into[w] = (into[w] as number) | (state[at + w] as number);
    };
    const younger = youngerInCoherence(state, id, location);
    const sequence = programOrder(state, thread);
    const mine = sequence.indexOf(id);
    for (const other of kept) {
      if (other.id === id || !isPlaced(state, other)) continue;
      // What is no longer in its location's order comes before all that is.
      if (stepperAddress(state, other.id) === location) put(other, !younger.has(other.id));
      const at = sequence.indexOf(other.id);
      if (at >= 0) put(other, at < mine);
    }
    add(into, bits.get(id) as number);
    for (let w = 0; w < words; w++) if (((into[w] as number) & (behind[w] as number)) !== 0) return false;
    unite(state, own, into);
    for (const other of kept) {
      const at = earlier[other.id] as number;
      if (other.id !== id && meets(state, at, behind)) unite(state, at, into);
    }
    return true;
  }

  /** Who stands behind it in its location's order. */
  function youngerInCoherence(state: State, id: number, location: number): ReadonlySet<number> {
    const base = order[location] as number;
    const result = new Set<number>();
    for (let at = (orderCapacity[location] as number) - 1; at >= 0; at--) {
      const message = (state[base + at] as number) - 1;
      if (message < 0) continue;
      const other = machine.messages[message] as number;
      if (other === id) break;
      result.add(other);
    }
    return result;
  }

  function forget(state: State, id: number): void {
    const own = earlier[id] as number;
    if (own < 0) return;
    for (let w = 0; w < words; w++) state[own + w] = 0;
    const bit = bits.get(id) as number;
    for (const other of kept) {
      const at = (earlier[other.id] as number) + bitWord(bit);
      state[at] = (state[at] as number) & ~bitMask(bit);
    }
  }

  return { forget, place };
}

/**
 * States packed by what was seen: each slot of the state gets as many bits as it has had different values so far, a slot that has not changed yet none. A value is written as
 * its number among those of its slot; the initial state is all zeros. When a slot has more values than its bits can number, everything is laid out anew.
 */
import type { State } from "../machine/step.js";

export interface Fields {
  /** Words per packed state. */
  readonly words: number;
  /** A value was seen that has no room in the layout: `layOut` has to be called, and what is packed be packed again. */
  readonly stale: boolean;
  /** Where each slot stands: word, shift and mask (0: it has no bits). */
  readonly word: Int32Array;
  readonly shift: Int32Array;
  readonly mask: Int32Array;
  /** The number of a slot's value, given to it now if it is new. */
  number(slot: number, value: number): number;
  /** Takes note of the values of a state. True: some are new. */
  see(state: State): boolean;
  pack(state: State, into: Int32Array, base: number): void;
  unpack(from: Int32Array, base: number, into: State): void;
  /** Gives every slot the bits it needs now. Returns a function that packs anew what was packed before: a state in one array into another that holds zeros there. */
  layOut(): (from: Int32Array, base: number, into: Int32Array, at: number) => void;
}

/** Fields for states with these initial values. */
export function createFields(initial: State): Fields {
  const size = initial.length;
  const numbers = Array.from(initial, (value) => new Map([[value, 0]]));
  const values = Array.from(initial, (value) => [value]);
  const word = new Int32Array(size);
  const shift = new Int32Array(size);
  const mask = new Int32Array(size);
  /** Slots that have bits. */
  let active: number[] = [];
  let words = 1;
  let stale = false;

  function number(slot: number, value: number): number {
    const known = numbers[slot] as Map<number, number>;
    let found = known.get(value);
    if (found === undefined) {
      found = known.size;
      known.set(value, found);
      (values[slot] as number[]).push(value);
      if (found > (mask[slot] as number)) stale = true;
    }
    return found;
  }

  function layOut(): (from: Int32Array, base: number, into: Int32Array, at: number) => void {
    const before = { active, word: word.slice(), shift: shift.slice(), mask: mask.slice() };
    active = [];
    let at = 0;
    let used = 0;
    for (let slot = 0; slot < size; slot++) {
      const most = (values[slot] as number[]).length - 1;
      if (most === 0) continue;
      const width = 32 - Math.clz32(most);
      if (used + width > 32) {
        at++;
        used = 0;
      }
      active.push(slot);
      word[slot] = at;
      shift[slot] = used;
      mask[slot] = width === 32 ? -1 : (1 << width) - 1;
      used += width;
    }
    words = at + 1;
    stale = false;
    return (from, base, into, to) => {
      for (const slot of before.active) {
        const code =
          ((from[base + (before.word[slot] as number)] as number) >>> (before.shift[slot] as number)) & (before.mask[slot] as number);
        const place = to + (word[slot] as number);
        into[place] = (into[place] as number) | (code << (shift[slot] as number));
      }
    };
  }

  return {
    get words() {
      return words;
    },
    get stale() {
      return stale;
    },
    word,
    shift,
    mask,
    number,
    see(state) {
      let fresh = false;
      for (let slot = 0; slot < size; slot++) {
        const known = (numbers[slot] as Map<number, number>).size;
        if (number(slot, state[slot] as number) === known) fresh = true;
      }
      return fresh;
    },
    pack(state, into, base) {
      into.fill(0, base, base + words);
      for (const slot of active) {
        const at = base + (word[slot] as number);
        into[at] = (into[at] as number) | (number(slot, state[slot] as number) << (shift[slot] as number));
      }
    },
    unpack(from, base, into) {
      into.set(initial);
      for (const slot of active) {
        const code = ((from[base + (word[slot] as number)] as number) >>> (shift[slot] as number)) & (mask[slot] as number);
        into[slot] = (values[slot] as number[])[code] as number;
      }
    },
    layOut,
  };
}

/**
 * The set of visited states: each state is packed into a few 32-bit words, the words stand one state after another in one Int32Array, and an open-addressing table
 * of indices finds them. Starts small and doubles: a test with ten states costs ten states.
 */
import type { Machine } from "../machine/machine.js";

/** The states that were met, each once. */
export interface StateTable {
  /** Number of states kept. */
  readonly count: number;
  /** Words per packed state. */
  readonly words: number;
  /** Bytes held. */
  readonly bytes: number;
  /** Index of the state, added where it is new; the sign of `fresh` tells. */
  add(state: Int32Array): number;
  /** True where the last `add` found a new state. */
  readonly fresh: boolean;
  /** Unpacks a state. */
  read(index: number, into: Int32Array): void;
}

const widthsOf = new WeakMap<Machine, Uint8Array>();

/** Bits that each field of the state needs; 32 where nothing is known. */
function fieldWidths(machine: Machine): Uint8Array {
  const known = widthsOf.get(machine);
  if (known !== undefined) return known;
  const { layout, instructions, packets } = machine;
  const widths = new Uint8Array(layout.deciding).fill(32);
  const bits = (largest: number): number => Math.max(1, 32 - Math.clz32(largest));
  for (const instruction of instructions) {
    const packet = packets[instruction.packet];
    widths[layout.status + instruction.id] = bits(packet === undefined ? (instruction.kind === "branch" ? 4 : 2) : packet.hops.length + 1);
  }
  // Who waits for whom stands behind all else (passing.ts).
  widths.fill(1, layout.waits, layout.deciding);
  for (let i = 0; i < machine.arrivals.length; i++) widths[layout.monitors + i] = 2;
  for (const thread of machine.threads) {
    if (thread.handler < 0) continue;
    widths[layout.pending + thread.handler] = bits(thread.mostPending);
    widths[layout.started + thread.handler] = bits(thread.runs.length);
    widths[layout.taken + thread.handler] = 10;
  }
  machine.tellPairs.forEach(([, , most], i) => {
    widths[layout.tells + i] = bits(most);
  });
  for (let i = 0; i < machine.cpus; i++) widths[layout.masked + i] = 1;
  for (let i = 0; i < machine.program.devices.length; i++) widths[layout.invalidated + i] = 1;
  machine.program.locations.forEach((_, location) => {
    const base = layout.order[location] as number;
    for (let i = 0; i < (layout.orderCapacity[location] as number); i++) widths[base + i] = bits(machine.messages.length);
    const copy = layout.copy[location] as number;
    if (copy >= 0) widths[copy] = 2;
  });
  const setBits = Math.min(31, machine.messages.length);
  if (machine.listLike && machine.words === 1) {
    for (let i = 0; i < machine.observers; i++) widths[layout.seen + i] = setBits;
    for (const instruction of instructions)
      if ((layout.closure[instruction.id] as number) >= 0) widths[layout.closure[instruction.id] as number] = setBits;
  }
  widthsOf.set(machine, widths);
  return widths;
}

/** Values are numbered as they appear; a field of values takes this many bits until the numbers run out. */
const VALUE_BITS = 6;

/** Makes an empty table for the states of a machine. Kept are the `slots` of it, and `extra` more one-bit fields that follow the machine's own; all others stay as they are. */
export function createTable(machine: Machine, kept: readonly number[], extra = 0): StateTable {
  const size = kept.length + extra;
  const fields = new Int32Array(size);
  const widths = new Uint8Array(size);
  const wide = new Uint8Array(size);
  const known = fieldWidths(machine);
  for (let field = 0; field < size; field++) {
    const slot = kept[field] ?? machine.layout.deciding + field - kept.length;
    fields[field] = slot;
    widths[field] = known[slot] ?? 1;
    // Fields of unknown width hold values: number them.
    wide[field] = widths[field] === 32 ? 1 : 0;
  }
  let numbered = true;
  const numbers = new Map<number, number>([[0, 0]]);
  const values: number[] = [0];
  let shifts = new Uint8Array(size);
  let wordOf = new Uint16Array(size);
  let words = 0;
  const lay = (): void => {
    let word = 0;
    let used = 0;
    for (let field = 0; field < size; field++) {
      const width = wide[field] === 1 ? (numbered ? VALUE_BITS : 32) : (widths[field] as number);
      if (used + width > 32) {
        word++;
        used = 0;
      }
      wordOf[field] = word;
      shifts[field] = used;
      used += width;
      widths[field] = width;
    }
    words = word + 1;
  };
  lay();
  let pool = new Int32Array(words * 32);
  let slots = new Int32Array(128);
  let count = 0;
  let fresh = false;
  let packed = new Int32Array(words);

  const numberOf = (value: number): number => {
    let number = numbers.get(value);
    if (number === undefined) {
      number = values.length;
      numbers.set(value, number);
      values.push(value);
    }
    return number;
  };

  const pack = (state: Int32Array): boolean => {
    packed.fill(0);
    for (let field = 0; field < size; field++) {
      let value = state[fields[field] as number] as number;
      if (value === 0) continue;
      if (wide[field] === 1 && numbered) {
        value = numberOf(value);
        if (value >= 1 << VALUE_BITS) return false;
      }
      const word = wordOf[field] as number;
      packed[word] = (packed[word] as number) | (value << (shifts[field] as number));
    }
    return true;
  };

  const unpack = (index: number, into: Int32Array): void => {
    const base = index * words;
    for (let field = 0; field < size; field++) {
      const width = widths[field] as number;
      const raw = (pool[base + (wordOf[field] as number)] as number) >>> (shifts[field] as number);
      const value = width === 32 ? raw | 0 : raw & ((1 << width) - 1);
      into[fields[field] as number] = wide[field] === 1 && numbered ? (values[value] as number) : value;
    }
  };

  const hash = (from: Int32Array, base: number): number => {
    let h = 0x9e3779b9 | 0;
    for (let i = 0; i < words; i++) {
      h = Math.imul(h ^ (from[base + i] as number), 0x85ebca6b);
      h ^= h >>> 15;
    }
    h = Math.imul(h, 0xc2b2ae35);
    return h ^ (h >>> 16);
  };

  const rehash = (capacity: number): void => {
    slots = new Int32Array(capacity);
    const mask = capacity - 1;
    for (let index = 0; index < count; index++) {
      let at = hash(pool, index * words) & mask;
      while (slots[at] !== 0) at = (at + 1) & mask;
      slots[at] = index + 1;
    }
  };

  /** More values than numbers: start over with whole words. */
  const widen = (): void => {
    const state = new Int32Array(machine.layout.deciding + extra);
    const old: Int32Array[] = [];
    for (let index = 0; index < count; index++) {
      unpack(index, state);
      old.push(state.slice());
    }
    numbered = false;
    shifts = new Uint8Array(size);
    wordOf = new Uint16Array(size);
    lay();
    packed = new Int32Array(words);
    pool = new Int32Array(words * Math.max(256, count * 2));
    old.forEach((each, index) => {
      pack(each);
      pool.set(packed, index * words);
    });
    rehash(slots.length);
  };

  return {
    get count() {
      return count;
    },
    get words() {
      return words;
    },
    get bytes() {
      return pool.byteLength + slots.byteLength;
    },
    get fresh() {
      return fresh;
    },
    add(state) {
      if (!pack(state)) {
        widen();
        pack(state);
      }
      const mask = slots.length - 1;
      let at = hash(packed, 0) & mask;
      for (;;) {
        const found = slots[at] as number;
        if (found === 0) break;
        const base = (found - 1) * words;
        let same = true;
        for (let i = 0; i < words; i++) {
          if (pool[base + i] !== packed[i]) {
            same = false;
            break;
          }
        }
        if (same) {
          fresh = false;
          return found - 1;
        }
        at = (at + 1) & mask;
      }
      if ((count + 1) * words > pool.length) {
        const larger = new Int32Array(pool.length * 2);
        larger.set(pool);
        pool = larger;
      }
      pool.set(packed, count * words);
      slots[at] = count + 1;
      count++;
      fresh = true;
      if (count * 2 > slots.length) rehash(slots.length * 2);
      return count - 1;
    },
    read: unpack,
  };
}

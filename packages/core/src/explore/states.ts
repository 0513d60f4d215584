/**
 * The packed states visited, one behind the other in one array in the order in which they were found, and an open-addressing table of their numbers and hashes. A state's words are
 * compared whole: no state is taken for another. Behind a state's words stands the set of agents that are asleep in it (every.ts).
 */
export interface States {
  readonly pool: Int32Array;
  /** From one state to the next in the pool; the last number of each is its sleepers. */
  readonly stride: number;
  readonly count: number;
  readonly bytes: number;
  /**
   * Adds those of `count` packed states that are not there yet. Asleep in a state are those agents on which all ways to it agree. Where a state below `expanded` has to wake some up,
   * its number and the set of these go to `woken`.
   */
  add(words: Int32Array, hashes: Int32Array, sleeps: Int32Array, count: number, expanded: number, woken: number[]): void;
  addOne(words: Int32Array): void;
  /** The number of the state that stands as the `at`-th in `words`, or -1. */
  find(words: Int32Array, at: number, hash: number): number;
  /** Takes the states over into another layout: `again` packs the words from one place in an array to another place. */
  repack(words: number, again: (from: Int32Array, base: number, into: Int32Array, at: number) => void): void;
}

/** The hash of a packed state. */
function hashOf(from: Int32Array, base: number, words: number): number {
  let hash = 0x9e3779b9 | 0;
  for (let word = 0; word < words; word++) {
    hash = Math.imul(hash ^ (from[base + word] as number), 0x85ebca6b);
    hash ^= hash >>> 15;
  }
  hash = Math.imul(hash, 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

/** States that are looked up together. */
const TOGETHER = 2048;

/** An empty set of states of so many words each. */
export function createStates(wide: number): States {
  let words = wide;
  let stride = words + 1;
  let pool = new Int32Array(stride * 4096);
  // Pairs: a state's number plus one, and its hash. The place is the hash's upper bits, so that a larger table has the same order and is filled from one end to the other.
  let bits = 13;
  let entries = new Int32Array(2 << bits);
  let count = 0;
  const first = new Int32Array(TOGETHER);
  /** What batches look at ahead of time; kept so that the look is not optimised away. */
  let looked = 0;

  function enlarge(): void {
    const old = entries;
    bits++;
    const shift = 32 - bits;
    const mask = (1 << bits) - 1;
    const larger = new Int32Array(2 << bits);
    for (let from = 0; from < old.length; from += 2) {
      const number = old[from] as number;
      if (number === 0) continue;
      const hash = old[from + 1] as number;
      let at = hash >>> shift;
      while (larger[2 * at] !== 0) at = (at + 1) & mask;
      larger[2 * at] = number;
      larger[2 * at + 1] = hash;
    }
    entries = larger;
  }

  function addRange(
    from: Int32Array,
    hashes: Int32Array,
    sleeps: Int32Array,
    begin: number,
    end: number,
    expanded: number,
    woken: number[],
  ): void {
    const table = entries;
    const into = pool;
    const wide = words;
    const step = stride;
    const shift = 32 - bits;
    const mask = (1 << bits) - 1;
    // Two looks ahead of the work: they do not wait for each other, so that memory is fetched for many at a time.
    let sum = 0;
    for (let at = begin; at < end; at++) {
      const hash = hashes[at] as number;
      const entry = (hash >>> shift) * 2;
      first[at - begin] = table[entry + 1] === hash ? (table[entry] as number) : 0;
    }
    for (let at = begin; at < end; at++) {
      const number = first[at - begin] as number;
      if (number !== 0) sum += into[(number - 1) * step] as number;
    }
    looked = (looked + sum) | 0;
    let total = count;
    for (let at = begin; at < end; at++) {
      const hash = hashes[at] as number;
      const base = at * wide;
      let slot = hash >>> shift;
      for (;;) {
        const number = table[2 * slot] as number;
        if (number === 0) {
          const to = total * step;
          for (let word = 0; word < wide; word++) into[to + word] = from[base + word] as number;
          into[to + wide] = sleeps[at] as number;
          table[2 * slot] = ++total;
          table[2 * slot + 1] = hash;
          break;
        }
        if (table[2 * slot + 1] === hash) {
          const other = (number - 1) * step;
          let word = 0;
          while (word < wide && into[other + word] === from[base + word]) word++;
          if (word === wide) {
            const sleeping = into[other + wide] as number;
            const wake = sleeping & ~(sleeps[at] as number);
            if (wake !== 0) {
              into[other + wide] = sleeping & ~wake;
              if (number <= expanded) woken.push(number - 1, wake);
            }
            break;
          }
        }
        slot = (slot + 1) & mask;
      }
    }
    count = total;
  }

  return {
    get pool() {
      return pool;
    },
    get stride() {
      return stride;
    },
    get count() {
      return count;
    },
    get bytes() {
      return pool.byteLength + entries.byteLength;
    },
    add(from, hashes, sleeps, number, expanded, woken) {
      for (let begin = 0; begin < number; begin += TOGETHER) {
        const end = Math.min(number, begin + TOGETHER);
        const need = count + (end - begin);
        if (need * stride > pool.length) {
          const larger = new Int32Array(Math.max(need, Math.ceil((pool.length / stride) * 1.5)) * stride);
          larger.set(pool.subarray(0, count * stride));
          pool = larger;
        }
        while (need * 4 > 3 << bits) enlarge();
        addRange(from, hashes, sleeps, begin, end, expanded, woken);
      }
    },
    addOne(from) {
      this.add(from, Int32Array.of(hashOf(from, 0, words)), Int32Array.of(0), 1, 0, []);
    },
    find(from, position, hash) {
      const mask = (1 << bits) - 1;
      const base = position * words;
      for (let slot = hash >>> (32 - bits); ; slot = (slot + 1) & mask) {
        const number = entries[2 * slot] as number;
        if (number === 0) return -1;
        if (entries[2 * slot + 1] !== hash) continue;
        let word = 0;
        while (word < words && pool[(number - 1) * stride + word] === from[base + word]) word++;
        if (word === words) return number - 1;
      }
    },
    repack(wider, again) {
      const step = wider + 1;
      const larger = new Int32Array(Math.max(4096, Math.ceil(count * 1.5)) * step);
      entries.fill(0);
      const mask = (1 << bits) - 1;
      for (let index = 0; index < count; index++) {
        again(pool, index * stride, larger, index * step);
        larger[index * step + wider] = pool[index * stride + words] as number;
        const hash = hashOf(larger, index * step, wider);
        let at = hash >>> (32 - bits);
        while (entries[2 * at] !== 0) at = (at + 1) & mask;
        entries[2 * at] = index + 1;
        entries[2 * at + 1] = hash;
      }
      pool = larger;
      words = wider;
      stride = step;
    },
  };
}

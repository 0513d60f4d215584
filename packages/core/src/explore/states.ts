/**
 * The packed states visited, one behind the other in one array in the order in which they were found, and an open-addressing table of their numbers. A state's words are compared
 * whole: no state is taken for another.
 */
export interface States {
  readonly pool: Int32Array;
  readonly count: number;
  readonly bytes: number;
  /**
   * Adds those of `count` packed states that are not there yet. Of each state it keeps a set of agents that are asleep in it: those that all ways to it agree on. Where a state below
   * `expanded` has to wake some up, its number and the set of these go to `woken`.
   */
  add(words: Int32Array, hashes: Int32Array, sleeps: Int32Array, count: number, expanded: number, woken: number[]): void;
  addOne(words: Int32Array): void;
  readonly sleeps: Int32Array;
  /** The number of the state that stands as the `at`-th in `words`, or -1. */
  find(words: Int32Array, at: number, hash: number): number;
  /** Takes the states over into another layout. */
  repack(again: (old: Int32Array, count: number) => Int32Array, words: number): void;
}

/** The hash of a packed state. */
export function hashOf(from: Int32Array, base: number, words: number): number {
  let hash = 0x9e3779b9 | 0;
  for (let word = 0; word < words; word++) {
    hash = Math.imul(hash ^ (from[base + word] as number), 0x85ebca6b);
    hash ^= hash >>> 15;
  }
  hash = Math.imul(hash, 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

/** An empty set of states of so many words each. */
export function createStates(wide: number): States {
  let words = wide;
  let pool = new Int32Array(words * 4096);
  // An entry holds a state's number plus one below, and bits of its hash above: most of what is not the same is told apart without a look at the state.
  let entries = new Int32Array(1 << 14);
  let numberBits = 24;
  let numberMask = (1 << numberBits) - 1;
  let count = 0;
  let asleep = new Int32Array(4096);
  const first = new Int32Array(8192);
  /** What batches look at ahead of time; kept so that the look is not optimised away. */
  let looked = 0;

  function enlarge(): void {
    if (count >= numberMask - 1 && numberBits < 31) {
      numberBits = Math.min(31, numberBits + 4);
      numberMask = numberBits === 31 ? 0x7fffffff : (1 << numberBits) - 1;
    }
    fill(new Int32Array(entries.length * (entries.length < 1 << 23 ? 4 : 2)));
  }

  function fill(into: Int32Array<ArrayBuffer>): void {
    entries = into;
    const mask = entries.length - 1;
    for (let index = 0; index < count; index++) {
      const hash = hashOf(pool, index * words, words);
      let at = hash & mask;
      while (entries[at] !== 0) at = (at + 1) & mask;
      entries[at] = (index + 1) | (hash & ~numberMask);
    }
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
    const mask = entries.length - 1;
    const tag = ~numberMask;
    // Two looks ahead of the work: they do not wait for each other, so that memory is fetched for many at a time.
    for (let at = begin; at < end; at++) first[at - begin] = entries[(hashes[at] as number) & mask] as number;
    let sum = 0;
    for (let at = begin; at < end; at++) {
      const entry = first[at - begin] as number;
      if (((entry ^ (hashes[at] as number)) & tag) === 0 && entry !== 0) sum += pool[((entry & numberMask) - 1) * words] as number;
    }
    looked = (looked + sum) | 0;
    for (let at = begin; at < end; at++) {
      const hash = hashes[at] as number;
      const base = at * words;
      let slot = hash & mask;
      for (;;) {
        const entry = entries[slot] as number;
        if (entry === 0) {
          const to = count * words;
          for (let word = 0; word < words; word++) pool[to + word] = from[base + word] as number;
          asleep[count] = sleeps[at] as number;
          entries[slot] = ++count | (hash & tag);
          break;
        }
        if (((entry ^ hash) & tag) === 0) {
          const index = (entry & numberMask) - 1;
          const other = index * words;
          let word = 0;
          while (word < words && pool[other + word] === from[base + word]) word++;
          if (word === words) {
            const sleeping = asleep[index] as number;
            const wake = sleeping & ~(sleeps[at] as number);
            if (wake !== 0) {
              asleep[index] = sleeping & ~wake;
              if (index < expanded) woken.push(index, wake);
            }
            break;
          }
        }
        slot = (slot + 1) & mask;
      }
    }
  }

  return {
    get pool() {
      return pool;
    },
    get count() {
      return count;
    },
    get sleeps() {
      return asleep;
    },
    get bytes() {
      return pool.byteLength + entries.byteLength + asleep.byteLength;
    },
    add(from, hashes, sleeps, number, expanded, woken) {
      for (let begin = 0; begin < number; begin += 8192) {
        const end = Math.min(number, begin + 8192);
        const need = count + (end - begin);
        if (need * words > pool.length) {
          const larger = new Int32Array(Math.max(need, Math.ceil((pool.length / words) * 1.5)) * words);
          larger.set(pool.subarray(0, count * words));
          pool = larger;
        }
        if (need > asleep.length) {
          const larger = new Int32Array(Math.max(need, Math.ceil(asleep.length * 1.5)));
          larger.set(asleep.subarray(0, count));
          asleep = larger;
        }
        while (need * 4 > entries.length * 3 || need >= numberMask) enlarge();
        addRange(from, hashes, sleeps, begin, end, expanded, woken);
      }
    },
    addOne(from) {
      this.add(from, Int32Array.of(hashOf(from, 0, words)), Int32Array.of(0), 1, 0, []);
    },
    find(from, position, hash) {
      const mask = entries.length - 1;
      const base = position * words;
      for (let at = hash & mask; ; at = (at + 1) & mask) {
        const entry = entries[at] as number;
        if (entry === 0) return -1;
        if (((entry ^ hash) & ~numberMask) !== 0) continue;
        const index = (entry & numberMask) - 1;
        let word = 0;
        while (word < words && pool[index * words + word] === from[base + word]) word++;
        if (word === words) return index;
      }
    },
    repack(again, wider) {
      pool = again(pool, count) as Int32Array<ArrayBuffer>;
      words = wider;
      fill(new Int32Array(entries.length));
    },
  };
}

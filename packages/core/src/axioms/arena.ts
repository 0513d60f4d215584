/** Arrays that are used again: for small ones, making them costs more than all that is done with them. */

export interface Arena {
  /** An array of zeros, the caller's until the next `reset`. */
  take(length: number): Int32Array<ArrayBuffer>;
  /** Everything taken may be given away again. */
  reset(): void;
}

export function createArena(): Arena {
  const shelves = new Map<number, { readonly arrays: Int32Array<ArrayBuffer>[]; used: number }>();
  return {
    take(length) {
      let shelf = shelves.get(length);
      if (shelf === undefined) {
        shelf = { arrays: [], used: 0 };
        shelves.set(length, shelf);
      }
      const known = shelf.arrays[shelf.used];
      shelf.used++;
      if (known !== undefined) return known.fill(0);
      const made = new Int32Array(length);
      shelf.arrays.push(made);
      return made;
    },
    reset() {
      for (const shelf of shelves.values()) shelf.used = 0;
    },
  };
}

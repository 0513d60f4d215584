/** Arrays that are used again: for small ones, making them costs more than all that is done with them. */

export interface Arena {
  /** An array of zeros, the caller's until the next `reset`. */
  take(length: number): Int32Array<ArrayBuffer>;
  /** Everything taken may be given away again. */
  reset(): void;
}

interface Shelf {
  readonly length: number;
  readonly arrays: Int32Array<ArrayBuffer>[];
  used: number;
}

/** For as many words, calling what fills an array costs more than filling it. */
const FEW = 64;

function takeBack(shelf: Shelf): void {
  shelf.used = 0;
}

export function createArena(): Arena {
  const shelves = new Map<number, Shelf>();
  let last: Shelf = { length: -1, arrays: [], used: 0 };
  const shelfOf = (length: number): Shelf => {
    // Arrays of one length are asked for one after the other.
    if (last.length === length) return last;
    let shelf = shelves.get(length);
    if (shelf === undefined) {
      shelf = { length, arrays: [], used: 0 };
      shelves.set(length, shelf);
    }
    last = shelf;
    return shelf;
  };
  return {
    take(length) {
      const shelf = shelfOf(length);
      const known = shelf.arrays[shelf.used];
      shelf.used++;
      if (known !== undefined) {
        if (length > FEW) return known.fill(0);
        for (let at = 0; at < length; at++) known[at] = 0;
        return known;
      }
      const made = new Int32Array(length);
      shelf.arrays.push(made);
      return made;
    },
    reset() {
      shelves.forEach(takeBack);
    },
  };
}

/** Counting the total orders that extend a partial one. */

/** More writes to one location than `countByLast` takes. */
export class TooManyWrites extends Error {}

/** The most elements that `countByLast` takes: a set of them is the bits of one number. */
export const MAX_WRITES = 30;

/**
 * The number of linear extensions of a partial order on a few elements, by which element comes last. `before[i]` holds a bit for each element that has to come before i (transitively closed);
 * `follows[i]` is the element that has to come directly before i, or -1. Throws `TooManyWrites` above `MAX_WRITES`.
 */
export function countByLast(before: readonly number[], follows: readonly number[]): number[] {
  const n = before.length;
  if (n > MAX_WRITES) throw new TooManyWrites();
  const last = filled(n, 0);
  if (n === 0) return last;
  const follower = filled(n, -1);
  for (let i = 0; i < n; i++) {
    const first = follows[i] as number;
    if (first < 0) continue;
    if ((follower[first] as number) >= 0) return last;
    follower[first] = i;
  }
  // Chains that stay together are one block.
  const block = filled(n, -1);
  const ends: number[] = [];
  for (let i = 0; i < n; i++) {
    if ((follows[i] as number) >= 0) continue;
    let at = i;
    let end = i;
    while (at >= 0) {
      block[at] = ends.length;
      end = at;
      at = follower[at] as number;
    }
    ends.push(end);
  }
  // Directly behind each other in a circle.
  if (block.includes(-1)) return last;
  const blocks = ends.length;
  const needs = filled(blocks, 0);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      if (((before[i] as number) >> j) & 1 && block[i] !== block[j]) {
        needs[block[i] as number] = (needs[block[i] as number] as number) | (1 << (block[j] as number));
      }
    }
  }
  const known = new Map<number, number>([[0, 1]]);
  // The number of ways to order the blocks of a set that holds, with a block, all that has to come before it.
  const ways = (set: number): number => {
    const found = known.get(set);
    if (found !== undefined) return found;
    let total = 0;
    for (let each = 0; each < blocks; each++) if (isLast(set, each)) total += ways(set & ~(1 << each));
    known.set(set, total);
    return total;
  };
  const isLast = (set: number, each: number): boolean => {
    if (((set >> each) & 1) === 0) return false;
    for (let other = 0; other < blocks; other++) {
      if ((set >> other) & 1 && ((needs[other] as number) >> each) & 1) return false;
    }
    return true;
  };
  const all = 2 ** blocks - 1;
  for (let each = 0; each < blocks; each++) if (isLast(all, each)) last[ends[each] as number] = ways(all & ~(1 << each));
  return last;
}

function filled(length: number, value: number): number[] {
  return Array.from({ length }, () => value);
}

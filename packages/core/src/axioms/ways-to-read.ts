/** What a thread may read of one location whose writes are in a known order: it never sees the location go back, and that is all. */

/** A register that is observed, and the number of the value in it. */
export type Shown = readonly (readonly [item: number, value: number])[];

/** What is left in registers, and in how many ways that comes about. */
export interface Way {
  readonly items: Shown;
  count: number;
}

/** A thread's access: what it may see (its own write, or one of the stores), by the place of that in the order, with what it shows then. */
export type Access = readonly { readonly place: number; readonly shown: Shown }[];

/** Of a thread with one access. */
function waysOfOne(access: Access): readonly Way[] {
  const ways: Way[] = [];
  for (const { shown } of access) {
    const known = ways.find(({ items }) => isSame(items, shown));
    if (known === undefined) ways.push({ items: shown, count: 1 });
    else known.count++;
  }
  return ways;
}

/** The same access shows the same items, with any values. */
function isSame(a: Shown, b: Shown): boolean {
  return a.every(([, value], at) => value === b[at]?.[1]);
}

/** The ways to make the accesses of a thread, in program order; none where it would have to see the location go back. */
export function waysToRead(accesses: readonly Access[]): readonly Way[] {
  const [only, second] = accesses;
  if (only !== undefined && second === undefined) return waysOfOne(only);
  let ways = new Map<string, { readonly seen: number; readonly items: Shown; count: number }>([["", { seen: 0, items: [], count: 1 }]]);
  for (const access of accesses) {
    const next: typeof ways = new Map();
    for (const { place, shown } of access) {
      for (const { seen, items, count } of ways.values()) {
        if (place < seen) continue;
        const all = shown.length === 0 ? items : [...items, ...shown];
        const key = `${place};${all.join(";")}`;
        const known = next.get(key);
        if (known === undefined) next.set(key, { seen: place, items: all, count });
        else known.count += count;
      }
    }
    ways = next;
  }
  // Where a thread stands in the order is nothing that is left of it.
  const ends = new Map<string, Way>();
  for (const { items, count } of ways.values()) {
    const key = items.join(";");
    const known = ends.get(key);
    if (known === undefined) ends.set(key, { items, count });
    else known.count += count;
  }
  return [...ends.values()];
}

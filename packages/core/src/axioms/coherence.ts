/** Coherence, location by location: what follows for the order of the writes from what is read, and for what may be read from that order. docs/decisions/0040-axioms.md has the four shapes. */
import { addEdge, hasEdge, lowestBit } from "../cat/relation.js";
import type { LocationPlan } from "./plan.js";
import type { Node, Search } from "./search-state.js";

/** Adds a pair to co with all that follows from it; false where the reverse is known. */
export function order(search: Search, node: Node, writes: readonly number[], a: number, b: number): boolean {
  const { words } = search;
  const { must } = node;
  if (hasEdge(must, words, a, b)) return true;
  if (a === b || hasEdge(must, words, b, a)) return false;
  for (let at = 0; at < writes.length; at++) {
    const x = writes[at] as number;
    if (x !== a && !hasEdge(must, words, x, a)) continue;
    addEdge(must, words, x, b);
    for (let w = 0; w < words; w++) must[x * words + w] = (must[x * words + w] as number) | (must[b * words + w] as number);
  }
  return true;
}

/** What the reads that are known say about the order of the writes of a location; false where they contradict each other. */
function orderByReads(search: Search, node: Node, location: LocationPlan): boolean {
  const { source } = node;
  const { sequences, writes } = location;
  // Loops by index, here and below: most tests are over before V8 has optimised this, and until then an iterator makes an object at each step.
  for (let thread = 0; thread < sequences.length; thread++) {
    const sequence = sequences[thread] as LocationPlan["sequences"][number];
    let before = -1;
    for (let at = 0; at < sequence.length; at++) {
      const { event, reads } = sequence[at] as (typeof sequence)[number];
      const seen = reads ? (source[event] as number) : event;
      if (seen < 0) continue;
      if (before >= 0 && seen !== before && !order(search, node, writes, before, seen)) return false;
      before = seen;
    }
  }
  return true;
}

/** An atomic's write comes directly behind the write that its read saw. */
function orderByAtomics(search: Search, node: Node, location: LocationPlan): boolean {
  const { words } = search;
  const { source, must } = node;
  for (const [read, write] of location.atomics) {
    const from = source[read] as number;
    if (from < 0) continue;
    if (!order(search, node, location.writes, from, write)) return false;
    for (const other of location.writes) {
      if (other === from || other === write) continue;
      if (hasEdge(must, words, from, other)) {
        if (!hasEdge(must, words, write, other)) {
          if (!order(search, node, location.writes, write, other)) return false;
          search.changed = true;
        }
      } else if (hasEdge(must, words, other, write) && !hasEdge(must, words, other, from)) {
        if (!order(search, node, location.writes, other, from)) return false;
        search.changed = true;
      }
    }
  }
  return true;
}

/** Drops sources that would contradict what is known of the order; false where a read has none left. */
function narrow(search: Search, node: Node, location: LocationPlan): boolean {
  const { words } = search;
  const { source, may, must } = node;
  const { sequences } = location;
  for (let thread = 0; thread < sequences.length; thread++) {
    const sequence = sequences[thread] as LocationPlan["sequences"][number];
    let before = -1;
    for (let at = 0; at < sequence.length; at++) {
      const { event, reads } = sequence[at] as (typeof sequence)[number];
      if (!reads || (source[event] as number) >= 0) {
        before = reads ? (source[event] as number) : event;
        continue;
      }
      let after = -1;
      for (let next = at + 1; next < sequence.length && after < 0; next++) {
        const later = sequence[next] as (typeof sequence)[number];
        after = later.reads ? (source[later.event] as number) : later.event;
      }
      if (before < 0 && after < 0) continue;
      let left = 0;
      for (let w = 0; w < words; w++) {
        let row = may[event * words + w] as number;
        for (let rest = row; rest !== 0; rest &= rest - 1) {
          const store = (w << 5) + lowestBit(rest);
          const stale = before >= 0 && store !== before && hasEdge(must, words, store, before);
          if (stale || (after >= 0 && store !== after && hasEdge(must, words, after, store))) row &= ~(1 << (store & 31));
        }
        may[event * words + w] = row;
        left |= row;
      }
      if (left === 0) return false;
    }
  }
  return true;
}

/** How many stores a read may still read from. */
export function choosable(search: Search, node: Node, read: number): number {
  const { words } = search;
  let count = 0;
  for (let w = 0; w < words; w++) for (let rest = node.may[read * words + w] as number; rest !== 0; rest &= rest - 1) count++;
  return count;
}

function onlySource(search: Search, node: Node, read: number): number {
  const { words } = search;
  for (let w = 0; w < words; w++) {
    const row = node.may[read * words + w] as number;
    if (row !== 0) return (w << 5) + lowestBit(row);
  }
  return -1;
}

/** Lets a read read from a store. */
export function assign(search: Search, node: Node, read: number, store: number): void {
  const { words } = search;
  node.source[read] = store;
  node.may.fill(0, read * words, (read + 1) * words);
  node.may[read * words + (store >> 5)] = 1 << (store & 31);
}

/** Follows up at one location until nothing changes; false where no execution is left. */
export function settleLocation(search: Search, node: Node, location: LocationPlan): boolean {
  const { coherent, atomic } = search;
  const { reads } = location;
  do {
    search.changed = false;
    if (coherent && !orderByReads(search, node, location)) return false;
    if (atomic && location.atomics.length > 0 && !orderByAtomics(search, node, location)) return false;
    if (coherent && !narrow(search, node, location)) return false;
    for (let at = 0; at < reads.length; at++) {
      const read = reads[at] as number;
      if ((node.source[read] as number) >= 0) continue;
      const left = choosable(search, node, read);
      if (left === 0) return false;
      if (left === 1) {
        assign(search, node, read, onlySource(search, node, read));
        search.changed = true;
      }
    }
  } while (search.changed);
  return true;
}

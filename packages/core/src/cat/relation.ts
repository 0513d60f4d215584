/**
 * Sets of events and relations between them, as rows of bits.
 *
 * Events are numbers 0 <= e < n. A set is ceil(n/32) words; a relation is n such rows, row i being the successors of event i. Bits at and above n are always 0; every operation keeps it so.
 * All operations write into a destination that the caller owns, and allocate nothing. The destination may be one of the operands unless said otherwise. Words are signed (`|0`): values
 * above 2^31 would become doubles.
 */

/** ceil(n/32) words; bit e & 31 of word e >> 5 stands for event e. */
export type EventSet = Int32Array;
/** n rows of ceil(n/32) words; row i holds the successors of event i. */
export type Relation = Int32Array;

/** Words in a row for `n` events. */
export function wordsFor(n: number): number {
  return (n + 31) >> 5;
}

export function emptySet(n: number): EventSet {
  return new Int32Array(wordsFor(n));
}

export function emptyRelation(n: number): Relation {
  return new Int32Array(n * wordsFor(n));
}

export function setOf(n: number, events: Iterable<number>): EventSet {
  const set = emptySet(n);
  for (const event of events) addEvent(set, event);
  return set;
}

export function relationOf(n: number, pairs: Iterable<readonly [number, number]>): Relation {
  const relation = emptyRelation(n);
  const words = wordsFor(n);
  for (const [from, to] of pairs) addEdge(relation, words, from, to);
  return relation;
}

export function addEvent(set: EventSet, event: number): void {
  set[event >> 5] = (set[event >> 5] as number) | (1 << (event & 31));
}

export function hasEvent(set: EventSet, event: number): boolean {
  return (((set[event >> 5] as number) >> (event & 31)) & 1) === 1;
}

export function addEdge(relation: Relation, words: number, from: number, to: number): void {
  const at = from * words + (to >> 5);
  relation[at] = (relation[at] as number) | (1 << (to & 31));
}

export function removeEdge(relation: Relation, words: number, from: number, to: number): void {
  const at = from * words + (to >> 5);
  relation[at] = (relation[at] as number) & ~(1 << (to & 31));
}

export function hasEdge(relation: Relation, words: number, from: number, to: number): boolean {
  return (((relation[from * words + (to >> 5)] as number) >> (to & 31)) & 1) === 1;
}

/** The events of a set, ascending. */
export function eventsOf(set: EventSet): number[] {
  const events: number[] = [];
  for (let word = 0; word < set.length; word++) {
    for (let rest = set[word] as number; rest !== 0; rest &= rest - 1) events.push((word << 5) + lowestBit(rest));
  }
  return events;
}

/** The events of a row of a relation, ascending. */
export function eventsOfRow(relation: Relation, words: number, row: number): number[] {
  const events: number[] = [];
  for (let word = 0; word < words; word++) {
    for (let rest = relation[row * words + word] as number; rest !== 0; rest &= rest - 1) events.push((word << 5) + lowestBit(rest));
  }
  return events;
}

/** The pairs of a relation, by their first event, then by their second. */
export function pairsOf(relation: Relation, n: number): [number, number][] {
  const words = wordsFor(n);
  const pairs: [number, number][] = [];
  for (let from = 0; from < n; from++) {
    for (const to of eventsOf(relation.subarray(from * words, (from + 1) * words))) pairs.push([from, to]);
  }
  return pairs;
}

/** The place of the lowest bit that is set; `word` is not 0. */
export function lowestBit(word: number): number {
  return 31 - Math.clz32(word & -word);
}

/** The number of bits that are set, of a set or of a relation. */
export function count(bits: Int32Array): number {
  let total = 0;
  for (let at = 0; at < bits.length; at++) {
    let word = bits[at] as number;
    word -= (word >> 1) & 0x55555555;
    word = (word & 0x33333333) + ((word >> 2) & 0x33333333);
    total += (((word + (word >> 4)) & 0x0f0f0f0f) * 0x01010101) >> 24;
  }
  return total;
}

// What follows works on sets and on relations alike.

export function copyInto(into: Int32Array, a: Int32Array): void {
  for (let at = 0; at < into.length; at++) into[at] = a[at] as number;
}

export function clear(into: Int32Array): void {
  into.fill(0);
}

export function unionInto(into: Int32Array, a: Int32Array, b: Int32Array): void {
  for (let at = 0; at < into.length; at++) into[at] = (a[at] as number) | (b[at] as number);
}

export function interInto(into: Int32Array, a: Int32Array, b: Int32Array): void {
  for (let at = 0; at < into.length; at++) into[at] = (a[at] as number) & (b[at] as number);
}

export function diffInto(into: Int32Array, a: Int32Array, b: Int32Array): void {
  for (let at = 0; at < into.length; at++) into[at] = (a[at] as number) & ~(b[at] as number);
}

export function isEmpty(a: Int32Array): boolean {
  for (let at = 0; at < a.length; at++) if (a[at] !== 0) return false;
  return true;
}

export function isSubset(a: Int32Array, b: Int32Array): boolean {
  for (let at = 0; at < a.length; at++) if (((a[at] as number) & ~(b[at] as number)) !== 0) return false;
  return true;
}

export function isEqual(a: Int32Array, b: Int32Array): boolean {
  for (let at = 0; at < a.length; at++) if (a[at] !== b[at]) return false;
  return true;
}

/** All events. */
export function fullSetInto(into: EventSet, n: number): void {
  into.fill(-1);
  if ((n & 31) !== 0) into[into.length - 1] = (1 << (n & 31)) - 1;
}

/** The events not in `a`. */
export function complementSetInto(into: EventSet, a: EventSet, n: number): void {
  for (let at = 0; at < into.length; at++) into[at] = ~(a[at] as number);
  if ((n & 31) !== 0) into[into.length - 1] = (into[into.length - 1] as number) & ((1 << (n & 31)) - 1);
}

// Relations.

/** All pairs. */
export function fullInto(into: Relation, n: number): void {
  const words = wordsFor(n);
  into.fill(-1);
  if ((n & 31) === 0) return;
  const last = (1 << (n & 31)) - 1;
  for (let at = words - 1; at < into.length; at += words) into[at] = last;
}

export function complementInto(into: Relation, a: Relation, n: number): void {
  const words = wordsFor(n);
  for (let at = 0; at < into.length; at++) into[at] = ~(a[at] as number);
  if ((n & 31) === 0) return;
  const last = (1 << (n & 31)) - 1;
  for (let at = words - 1; at < into.length; at += words) into[at] = (into[at] as number) & last;
}

/** Each event with itself. */
export function identityInto(into: Relation, n: number): void {
  const words = wordsFor(n);
  into.fill(0);
  for (let e = 0; e < n; e++) into[e * words + (e >> 5)] = 1 << (e & 31);
}

/** Adds each event with itself to what `into` holds. */
export function addIdentity(into: Relation, n: number): void {
  const words = wordsFor(n);
  for (let e = 0; e < n; e++) {
    const at = e * words + (e >> 5);
    into[at] = (into[at] as number) | (1 << (e & 31));
  }
}

/** The identity on the events of a set. */
export function identityOnInto(into: Relation, set: EventSet, n: number): void {
  const words = wordsFor(n);
  into.fill(0);
  for (let e = 0; e < n; e++) into[e * words + (e >> 5)] = (set[e >> 5] as number) & (1 << (e & 31));
}

/** Every event of `a` with every event of `b`. */
export function crossInto(into: Relation, a: EventSet, b: EventSet, n: number): void {
  const words = b.length;
  for (let e = 0, at = 0; e < n; e++) {
    const keep = -(((a[e >> 5] as number) >> (e & 31)) & 1);
    for (let word = 0; word < words; word++, at++) into[at] = (b[word] as number) & keep;
  }
}

/** The events with a successor. `into` is none of the operands. */
export function domainInto(into: EventSet, r: Relation, n: number): void {
  const words = into.length;
  into.fill(0);
  for (let e = 0, at = 0; e < n; e++) {
    let any = 0;
    for (let word = 0; word < words; word++, at++) any |= r[at] as number;
    if (any !== 0) into[e >> 5] = (into[e >> 5] as number) | (1 << (e & 31));
  }
}

/** The events with a predecessor. */
export function rangeInto(into: EventSet, r: Relation, n: number): void {
  const words = into.length;
  into.fill(0);
  for (let e = 0, at = 0; e < n; e++) {
    for (let word = 0; word < words; word++, at++) into[word] = (into[word] as number) | (r[at] as number);
  }
}

/** Each pair turned round. `into` is not `r`. */
export function inverseInto(into: Relation, r: Relation, n: number): void {
  const words = wordsFor(n);
  into.fill(0);
  for (let e = 0, at = 0; e < n; e++) {
    const column = e >> 5;
    const bit = 1 << (e & 31);
    for (let word = 0; word < words; word++, at++) {
      for (let rest = r[at] as number; rest !== 0; rest &= rest - 1) {
        const to = ((word << 5) + 31 - Math.clz32(rest & -rest)) * words + column;
        into[to] = (into[to] as number) | bit;
      }
    }
  }
}

/** `a ; b`: from e to f where some g has e -> g in `a` and g -> f in `b`. `into` is neither operand. */
export function composeInto(into: Relation, a: Relation, b: Relation, n: number): void {
  if (n <= 32) {
    for (let e = 0; e < n; e++) {
      let row = 0;
      for (let rest = a[e] as number; rest !== 0; rest &= rest - 1) row |= b[31 - Math.clz32(rest & -rest)] as number;
      into[e] = row;
    }
    return;
  }
  const words = wordsFor(n);
  if (words === 2) {
    for (let at = 0; at < 2 * n; at += 2) {
      let low = 0;
      let high = 0;
      for (let rest = a[at] as number; rest !== 0; rest &= rest - 1) {
        const from = (31 - Math.clz32(rest & -rest)) << 1;
        low |= b[from] as number;
        high |= b[from + 1] as number;
      }
      for (let rest = a[at + 1] as number; rest !== 0; rest &= rest - 1) {
        const from = (63 - Math.clz32(rest & -rest)) << 1;
        low |= b[from] as number;
        high |= b[from + 1] as number;
      }
      into[at] = low;
      into[at + 1] = high;
    }
    return;
  }
  for (let e = 0; e < n; e++) {
    const row = e * words;
    for (let word = 0; word < words; word++) into[row + word] = 0;
    for (let word = 0; word < words; word++) {
      for (let rest = a[row + word] as number; rest !== 0; rest &= rest - 1) {
        const from = ((word << 5) + 31 - Math.clz32(rest & -rest)) * words;
        for (let column = 0; column < words; column++) into[row + column] = (into[row + column] as number) | (b[from + column] as number);
      }
    }
  }
}

/** `r+`, by Warshall's algorithm. */
export function closureInto(into: Relation, r: Relation, n: number): void {
  if (into !== r) copyInto(into, r);
  // Only over what has both a predecessor and a successor is there a way: that does not change on the way.
  if (n <= 32) {
    let after = 0;
    for (let e = 0; e < n; e++) after |= into[e] as number;
    for (let rest = after; rest !== 0; rest &= rest - 1) {
      const via = 31 - Math.clz32(rest & -rest);
      const row = into[via] as number;
      if (row === 0) continue;
      for (let e = 0; e < n; e++) into[e] = (into[e] as number) | (row & -(((into[e] as number) >> via) & 1));
    }
    return;
  }
  const words = wordsFor(n);
  if (words === 2) {
    let afterLow = 0;
    let afterHigh = 0;
    for (let at = 0; at < 2 * n; at += 2) {
      afterLow |= into[at] as number;
      afterHigh |= into[at + 1] as number;
    }
    for (let via = 0; via < n; via++) {
      if ((((via < 32 ? afterLow : afterHigh) >> (via & 31)) & 1) === 0) continue;
      const low = into[2 * via] as number;
      const high = into[2 * via + 1] as number;
      if ((low | high) === 0) continue;
      const bit = via & 31;
      for (let at = via >> 5; at < 2 * n; at += 2) {
        if ((((into[at] as number) >> bit) & 1) === 0) continue;
        const row = at & ~1;
        into[row] = (into[row] as number) | low;
        into[row + 1] = (into[row + 1] as number) | high;
      }
    }
    return;
  }
  for (let via = 0; via < n; via++) {
    const row = via * words;
    const column = via >> 5;
    const bit = via & 31;
    for (let e = 0; e < n; e++) {
      const at = e * words;
      if ((((into[at + column] as number) >> bit) & 1) === 0) continue;
      for (let word = 0; word < words; word++) into[at + word] = (into[at + word] as number) | (into[row + word] as number);
    }
  }
}

export function isIrreflexive(r: Relation, n: number): boolean {
  const words = wordsFor(n);
  for (let e = 0; e < n; e++) if ((((r[e * words + (e >> 5)] as number) >> (e & 31)) & 1) === 1) return false;
  return true;
}

/** True if no path leads from an event back to itself. `scratch` has at least `wordsFor(n)` words. */
export function isAcyclic(r: Relation, n: number, scratch: Int32Array): boolean {
  const words = wordsFor(n);
  if (words === 1) {
    // Takes away events without successors until none is left, or none can be taken.
    let left = n === 32 ? -1 : (1 << n) - 1;
    for (let before = 0; left !== before; ) {
      before = left;
      for (let rest = left; rest !== 0; ) {
        const e = 31 - Math.clz32(rest);
        rest &= ~(1 << e);
        if (((r[e] as number) & left) === 0) left &= ~(1 << e);
      }
    }
    return left === 0;
  }
  for (let word = 0; word < words; word++) scratch[word] = -1;
  if ((n & 31) !== 0) scratch[words - 1] = (1 << (n & 31)) - 1;
  let left = n;
  for (let before = -1; left !== before && left > 0; ) {
    before = left;
    for (let e = n - 1; e >= 0; e--) {
      const bit = 1 << (e & 31);
      if (((scratch[e >> 5] as number) & bit) === 0) continue;
      const row = e * words;
      let any = 0;
      for (let word = 0; word < words; word++) any |= (r[row + word] as number) & (scratch[word] as number);
      if (any !== 0) continue;
      scratch[e >> 5] = (scratch[e >> 5] as number) & ~bit;
      left--;
    }
  }
  return left === 0;
}

/** A shortest cycle, as its events in order (the last has an edge to the first), or undefined. Allocates: for messages and pictures. */
export function findCycle(r: Relation, n: number): number[] | undefined {
  const words = wordsFor(n);
  let best: number[] | undefined;
  for (let start = 0; start < n; start++) {
    const cameFrom = new Int32Array(n).fill(-1);
    let layer = [start];
    let found = -1;
    while (layer.length > 0 && found < 0) {
      const next: number[] = [];
      for (const e of layer) {
        for (const to of eventsOf(r.subarray(e * words, (e + 1) * words))) {
          if (to === start) {
            found = e;
            break;
          }
          if (cameFrom[to] !== -1) continue;
          cameFrom[to] = e;
          next.push(to);
        }
        if (found >= 0) break;
      }
      layer = next;
    }
    if (found < 0) continue;
    const cycle = [found];
    for (let e = found; e !== start; ) {
      e = cameFrom[e] as number;
      cycle.push(e);
    }
    cycle.reverse();
    if (best === undefined || cycle.length < best.length) best = cycle;
  }
  return best;
}

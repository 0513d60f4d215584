/** What a node leaves open, and what the model says of it by bounds: what rf and co hold in all of its executions, and in some. */
import { addEdge, hasEdge, hasEvent, lowestBit } from "../cat/relation.js";
import { choosable } from "./coherence.js";
import type { LocationPlan } from "./plan.js";
import type { Node, Search } from "./search-state.js";

/** So many sets of executions are asked for in vain before asking becomes rare. */
const PATIENCE = 64;

/** Sets the bounds of a node. */
export function bound(search: Search, node: Node): void {
  const { plan, words, locations, rfMust, rfMay, coMay, sameLocation, co } = search;
  rfMust.fill(0);
  rfMay.fill(0);
  const { reads } = plan;
  for (let at = 0; at < reads.length; at++) {
    const read = reads[at] as number;
    const from = node.source[read] as number;
    if (from >= 0) {
      addEdge(rfMust, words, from, read);
      addEdge(rfMay, words, from, read);
      continue;
    }
    for (let w = 0; w < words; w++) {
      for (let rest = node.may[read * words + w] as number; rest !== 0; rest &= rest - 1) {
        addEdge(rfMay, words, (w << 5) + lowestBit(rest), read);
      }
    }
  }
  coMay.set(sameLocation);
  for (let location = 0; location < locations.length; location++) {
    const { writes } = locations[location] as LocationPlan;
    if (writes.length <= 1) continue;
    for (let at = 0; at < writes.length; at++) {
      const a = writes[at] as number;
      for (let w = 0; w < words; w++) {
        for (let rest = node.must[a * words + w] as number; rest !== 0; rest &= rest - 1) {
          const row = ((w << 5) + lowestBit(rest)) * words + (a >> 5);
          coMay[row] = (coMay[row] as number) & ~(1 << (a & 31));
        }
      }
    }
  }
  co.must = node.must;
}

/** The flags of every execution of the node where all are consistent; undefined where none is; "open" where the bounds do not tell. */
export function judge(search: Search, node: Node): readonly string[] | "open" | undefined {
  const { session, finals, rf, co, tries, successes } = search;
  bound(search, node);
  if (!session.prune(rf, co, finals)) return undefined;
  const left = openReads(search, node);
  // Of one execution, bounds that meet have said all.
  const whole = session.exactBounds && left === 0 && openPair(search, node, false) === undefined;
  if (!whole) {
    const tried = tries[left] ?? 0;
    if (tried >= PATIENCE && !isWorthAsking(tried, successes[left] ?? 0, left)) {
      // Now and then all the same: what lies elsewhere may be settled more often.
      search.skipped = (search.skipped + 1) & 15;
      if (search.skipped !== 0) return "open";
    }
    tries[left] = tried + 1;
    if (!session.settled(rf, co, finals)) return "open";
    successes[left] = (successes[left] ?? 0) + 1;
  }
  return session.settledFlags() ?? "open";
}

/**
 * Where all executions of a node are consistent, its splits need not be looked at: two for each open read, and for each of these two again, or more. Are twice as many saved, on the average, as are asked?
 * With no read open it is orders of writes, of which there may be any number.
 */
function isWorthAsking(tried: number, succeeded: number, left: number): boolean {
  return left === 0 ? succeeded > 0 : succeeded * (2 ** (left + 1) - 2) >= 2 * tried;
}

/** How many reads are open. */
export function openReads(search: Search, node: Node): number {
  const { plan } = search;
  let count = 0;
  for (let at = 0; at < plan.reads.length; at++) if ((node.source[plan.reads[at] as number] as number) < 0) count++;
  return count;
}

/** A read that is still open: one whose value matters first, and of these the one with the fewest choices. */
export function openRead(search: Search, node: Node, relevantOnly: boolean): number {
  const { plan } = search;
  let best = -1;
  let fewest = Number.POSITIVE_INFINITY;
  for (const read of plan.reads) {
    if ((node.source[read] as number) >= 0) continue;
    const relevant = hasEvent(plan.relevant, read);
    if (relevantOnly && !relevant) continue;
    const count = choosable(search, node, read) + (relevant ? 0 : 1000);
    if (count < fewest) {
      fewest = count;
      best = read;
    }
  }
  return best;
}

/** Two writes of one location whose order is open; those of locks first. */
export function openPair(search: Search, node: Node, locksOnly: boolean): readonly [LocationPlan, number, number] | undefined {
  const { words, locations, events } = search;
  if (search.allOrdered) return undefined;
  for (const location of locations) {
    const { writes } = location;
    if (locksOnly && !writes.some((write) => events[write]?.kind === "LKW")) continue;
    for (let j = 1; j < writes.length; j++) {
      for (let i = 0; i < j; i++) {
        const a = writes[i] as number;
        const b = writes[j] as number;
        if (!hasEdge(node.must, words, a, b) && !hasEdge(node.must, words, b, a)) return [location, a, b];
      }
    }
  }
  return undefined;
}

/** The write that a location ends with, `last` being the last one in co: the lock of a spin lock leaves no value, what else was written there does. */
export function finalWrite(search: Search, node: Node, writes: readonly number[], last: number): number {
  const { words, events } = search;
  const leavesValue = (write: number): boolean => events[write]?.kind !== "LKW";
  if (last < 0 || leavesValue(last)) return last;
  const left = writes.filter(leavesValue);
  return left.find((write) => left.every((other) => other === write || hasEdge(node.must, words, other, write))) ?? last;
}

/** The final writes of the locations that are observed, where they are known. */
export function finalsOf(search: Search, node: Node): Int32Array {
  const { words, locations } = search;
  const set = new Int32Array(words);
  for (const location of locations) {
    const { item, writes } = location;
    if (item < 0) continue;
    const chosen = search.chosen.get(location) ?? -1;
    const isLast = (write: number): boolean => writes.every((other) => other === write || hasEdge(node.must, words, other, write));
    const last = chosen >= 0 ? chosen : writes.find(isLast);
    const final = last === undefined ? -1 : finalWrite(search, node, writes, last);
    if (final >= 0) set[final >> 5] = (set[final >> 5] as number) | (1 << (final & 31));
  }
  return set;
}

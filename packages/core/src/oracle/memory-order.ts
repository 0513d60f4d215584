/** Order in memory: which accesses of a location have one, what stands between the halves of an atomic, and loads of one location that may swap. */
import type { Platform } from "../platform/platform.js";
import { formulaAtoms } from "../program/formula.js";
import { type Act, isConditional, silent } from "./act.js";
import { carriedBy } from "./carried.js";
import { type Draft, eachPair } from "./draft.js";
import { arrivalOf, conditional, forwarding, type Item, ownStore, startOf } from "./item.js";

/** How an act touches a location, and when. */
export interface Touch {
  readonly item: Item;
  readonly location: number;
  readonly event: number;
  readonly reads: boolean;
  readonly writes: boolean;
}

/** Two loads of one location that may swap. `store`: the own store before both, whose value either may take early. */
export interface Reread {
  readonly older: Item;
  readonly younger: Item;
  readonly store: Item | undefined;
}

/** What is known of memory once its part of the constraints is made. */
export interface MemoryOrder {
  readonly touches: readonly Touch[];
  /** Locations whose stores reach observers one by one: views of them are guessed (views.ts), not ordered. */
  readonly listed: ReadonlySet<number>;
  /** Loads of one location that may swap if they read the same write. */
  readonly rereads: readonly Reread[];
}

export function orderMemory(draft: Draft, sequences: readonly (readonly Item[])[]): MemoryOrder {
  const touches = draft.items.flatMap((item) => touchesOf(item));
  const listed = listedLocations(draft);
  const looked = lookedAt(draft, touches);
  eachPair(touches, (a, b) => {
    if (a.item === b.item || a.location !== b.location || listed.has(a.location)) return;
    if ((a.writes || b.writes) && looked.has(a.location)) draft.open.push([a.event, b.event]);
  });
  // What a store or fence takes along depends on what was performed before it; so does what a load may take its value from.
  if (listed.size > 0) {
    for (const sequence of sequences) {
      for (const [at, item] of sequence.entries()) {
        for (const older of carriedBy(sequence, at)) draft.open.push([startOf(older), startOf(item)]);
        const store = forwarding(sequence, at);
        if (store !== undefined) draft.open.push([startOf(item), startOf(store)]);
      }
    }
  }
  const rereads = rereadsOf(draft.platform, sequences);
  const memory = { touches, listed, rereads };
  joinHalves(draft, sequences, memory);
  orderRereads(draft, memory);
  return memory;
}

/** The locations that CPUs store to, where not all see a store at once. */
function listedLocations({ platform, items }: Draft): ReadonlySet<number> {
  const listed = new Set<number>();
  if (platform.cpu.multiCopyAtomic) return listed;
  for (const item of items) if (item.location >= 0 && (item.act.kind === "store" || item.act.kind === "rmw")) listed.add(item.location);
  return listed;
}

/** The locations whose value somebody sees. */
function lookedAt({ program }: Draft, touches: readonly Touch[]): ReadonlySet<number> {
  const looked = new Set<number>(program.observed.flatMap((term) => (term.kind === "location" ? [term.location] : [])));
  for (const touch of touches) if (touch.reads) looked.add(touch.location);
  for (const atom of [...formulaAtoms(program.condition.formula), ...formulaAtoms(program.filter)]) {
    if (atom.kind !== "compare") continue;
    for (const side of [atom.left, atom.right]) if (side.kind === "location") looked.add(side.location);
  }
  return looked;
}

/** Nothing is written between the halves of an atomic. Whether a conditional atomic writes is known at the end (values.ts). */
function joinHalves(draft: Draft, sequences: readonly (readonly Item[])[], { touches, listed }: MemoryOrder): void {
  for (const item of draft.items) {
    const write = item.act.half === "read" && item.act.outcome ? draft.byRun.get(item.run)?.[item.position + 1] : undefined;
    if (write === undefined || item.location < 0 || listed.has(item.location)) continue;
    const store = ownStore(sequences, item);
    for (const touch of touches) {
      if (touch.item === write || touch.item === store || touch.location !== item.location || !touch.writes || conditional(touch.item.act))
        continue;
      draft.rules.push({
        if: [startOf(item), touch.event],
        and: store === undefined ? undefined : [startOf(store), touch.event],
        then: [startOf(write), touch.event],
      });
    }
  }
}

/** Of two loads of one location the later reads no older write than the earlier. Views say which write is read; elsewhere it is the last before the load, or its own store. */
function orderRereads(draft: Draft, { touches, listed, rereads }: MemoryOrder): void {
  for (const { older, younger, store } of rereads) {
    if (listed.has(older.location)) continue;
    for (const touch of touches) {
      if (touch.location !== older.location || !touch.writes || touch.item === store || uncertain(touch.item.act)) continue;
      draft.rules.push({
        if: [startOf(younger), touch.event],
        and: store === undefined ? undefined : [startOf(store), touch.event],
        then: [startOf(older), touch.event],
      });
    }
  }
}

function rereadsOf(platform: Platform, sequences: readonly (readonly Item[])[]): readonly Reread[] {
  const result: Reread[] = [];
  if (!platform.cpu.sameStoreSwaps) return result;
  const stores = (item: Item, location: number): boolean =>
    item.location === location && (item.act.kind === "store" || item.act.kind === "rmw");
  for (const sequence of sequences) {
    sequence.forEach((younger, at) => {
      if (younger.act.kind !== "load" || younger.location < 0) return;
      for (let i = at - 1; i >= 0; i--) {
        const older = sequence[i] as Item;
        if (stores(older, younger.location)) break;
        if (older.act.kind !== "load" || older.location !== younger.location || older.run !== younger.run) continue;
        const store = sequence
          .slice(0, i)
          .reverse()
          .find((item) => stores(item, younger.location));
        result.push({ older, younger, store: store?.act.kind === "store" ? store : undefined });
      }
    });
  }
  return result;
}

/** May the act turn out to write nothing? */
const uncertain = (act: Act): boolean => conditional(act) || (act.kind === "dma-atomic" && isConditional(act.modify));

function touchesOf(item: Item): readonly Touch[] {
  const { act, location } = item;
  const touch = (event: number, reads: boolean, writes: boolean, where = location): Touch => ({
    item,
    location: where,
    event,
    reads,
    writes,
  });
  if (act.kind === "wait") return act.reads.map((read) => touch(startOf(item), true, false, read.location));
  if (location < 0 || silent(act) || act.zeroLength || act.swallowed || act.refused || act.lost || item.stolen !== undefined) return [];
  switch (act.kind) {
    case "load":
    case "register-read":
      return [touch(startOf(item), true, false)];
    case "store":
    case "register-write":
      return [touch(startOf(item), false, true)];
    case "rmw":
      return [touch(startOf(item), true, true)];
    case "pio-read":
    case "dma-read":
      return [touch(arrivalOf(item), true, false)];
    case "pio-write":
    case "dma-write":
      return [touch(arrivalOf(item), false, true)];
    case "dma-atomic":
      return [touch(arrivalOf(item), true, true)];
    case "answer":
      return act.value === undefined ? [touch(startOf(item), true, false)] : [];
    default:
      return [];
  }
}

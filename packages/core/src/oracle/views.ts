/**
 * Where stores reach observers one by one there is no one order of a location's accesses. Guessed instead: the coherence order of each location's writes, and which write
 * each read reads. A guess is possible if the events can be ordered so that nobody reads, or overwrites, behind what he has seen.
 *
 * An observer sees a write when he reads it, or makes it, or a strong fence spreads it; and with it all that it takes along (carried.ts). DMA that lands is seen by all.
 */

import type { Program } from "../program/program.js";
import { carriedBy } from "./carried.js";
import type { Constraints } from "./constraints.js";
import { arrivalOf, conditional, forwarding, type Item, ownStore, startOf } from "./item.js";
import { obey } from "./obey.js";
import type { Order } from "./order.js";

export interface View {
  readonly order: Order;
  /** What each read of a listed location reads; undefined: its initial value. */
  readonly from: ReadonlyMap<Item, Item | undefined>;
  /** The writes of each listed location, in coherence order. */
  readonly coherence: ReadonlyMap<number, readonly Item[]>;
}

/** Somebody sees some stores. */
interface Sight {
  readonly event: number;
  sees(observer: string): boolean;
  readonly stores: ReadonlySet<Item>;
}

const fromCpu = (item: Item): boolean => item.act.kind === "store" || item.act.kind === "rmw";
const eventOf = (item: Item): number => (item.packet === undefined ? startOf(item) : arrivalOf(item));

/** Every view that an order of the other events allows. */
export function* viewsOf(program: Program, constraints: Constraints, settled: Order): Generator<View> {
  const { touches, listed, sequences } = constraints;
  const observer = (item: Item): string => {
    const thread = program.threads[item.run.thread];
    return thread?.role === "cpu" ? `cpu ${thread.cpu}` : `device ${thread?.device}`;
  };
  const sequenceOf = (item: Item): readonly Item[] => sequences.find((sequence) => sequence.includes(item)) ?? [];
  const forwards = (item: Item): boolean => {
    if (item.packet !== undefined) return false;
    const sequence = sequenceOf(item);
    const store = forwarding(sequence, sequence.indexOf(item));
    return store !== undefined && constraints.before(settled, startOf(item), startOf(store));
  };
  const locations = [...listed];
  const coherence = new Map<number, readonly Item[]>();
  const from = new Map<Item, Item | undefined>();

  function* ordered(order: Order, at: number): Generator<View> {
    const location = locations[at];
    if (location === undefined) {
      const next = order.copy();
      if (joined() && inStep() && sights(next)) yield { order: next, from: new Map(from), coherence: new Map(coherence) };
      return;
    }
    const there = touches.filter((touch) => touch.location === location);
    const sure = there.filter((touch) => touch.writes && !conditional(touch.item.act)).map((touch) => touch.item);
    const perhaps = there.filter((touch) => touch.writes && conditional(touch.item.act)).map((touch) => touch.item);
    for (const some of subsets(perhaps)) yield* permuted(order, at, [...sure, ...some], []);
  }

  /** Puts the writes of a location in an order, last ones last. */
  function* permuted(order: Order, at: number, left: readonly Item[], done: readonly Item[]): Generator<View> {
    if (left.length === 0) {
      const location = locations[at] as number;
      coherence.set(location, done);
      const readers = touches
        .filter((touch) => touch.location === location && touch.reads && !forwards(touch.item))
        .map((touch) => touch.item);
      yield* read(order, at, readers, 0, done);
      return;
    }
    for (const item of left) {
      const next = order.copy();
      // DMA lands last of all; a store seen by all at once, and two of one observer, too.
      const fixed = done.filter(
        (other) => !fromCpu(item) || !fromCpu(other) || item.act.global || other.act.global || observer(item) === observer(other),
      );
      if (fixed.every((other) => constraints.add(next, eventOf(other), eventOf(item))) && obey(constraints, next)) {
        yield* permuted(
          next,
          at,
          left.filter((other) => other !== item),
          [...done, item],
        );
      }
    }
  }

  /** Chooses what each read of a location reads. */
  function* read(order: Order, at: number, readers: readonly Item[], index: number, writes: readonly Item[]): Generator<View> {
    const reader = readers[index];
    if (reader === undefined) {
      yield* ordered(order, at + 1);
      return;
    }
    const event = eventOf(reader);
    const own = reader.act.half === "read" ? constraints.byRun.get(reader.run)?.[reader.position + 1] : reader;
    const writing = reader.act.half === "read" && !reader.act.outcome ? -1 : writes.indexOf(own as Item);
    for (let choice = -1; choice < writes.length; choice++) {
      // An atomic writes right behind what it has read.
      if (writing >= 0 && choice !== writing - 1) continue;
      const write = writes[choice];
      if (write === reader) continue;
      const next = order.copy();
      let possible = write === undefined || constraints.add(next, eventOf(write), event);
      // Some read the last write of the moment: locks, what is seen by all at once, a device's atomic.
      const last = reader.act.locks || reader.act.global || reader.act.kind === "dma-atomic";
      for (const later of writes.slice(choice + 1)) {
        if (!possible) break;
        if (later !== own && (last || !fromCpu(later))) possible = constraints.add(next, event, eventOf(later));
      }
      if (!possible || !obey(constraints, next)) continue;
      from.set(reader, write);
      yield* read(next, at, readers, index + 1, writes);
    }
    from.delete(reader);
  }

  /** An atomic that took its value early from an own store writes right behind that store. */
  function joined(): boolean {
    return constraints.items.every((item) => {
      if (item.act.half !== "read" || !item.act.outcome || !listed.has(item.location) || !forwards(item)) return true;
      const writes = coherence.get(item.location) as readonly Item[];
      const write = constraints.byRun.get(item.run)?.[item.position + 1] as Item;
      return writes.indexOf(write) === writes.indexOf(ownStore(sequences, item) as Item) + 1;
    });
  }

  /** Of two loads of one location the later reads no older write than the earlier, in whatever order they are performed. */
  function inStep(): boolean {
    return constraints.rereads.every(({ older, younger }) => {
      if (!listed.has(older.location)) return true;
      const writes = coherence.get(older.location) as readonly Item[];
      const place = (item: Item): number => {
        const sequence = sequenceOf(item);
        const write = forwards(item) ? forwarding(sequence, sequence.indexOf(item)) : from.get(item);
        return write === undefined ? -1 : writes.indexOf(write);
      };
      return place(older) <= place(younger);
    });
  }

  /** Adds what follows from who sees what when. False where that is impossible. */
  function sights(order: Order): boolean {
    const known = new Map<Item, ReadonlySet<Item>>();
    /** The stores that an access has seen, or takes along. */
    const closure = (item: Item): ReadonlySet<Item> => {
      let result = known.get(item);
      if (result === undefined) {
        const all = new Set<Item>();
        known.set(item, all);
        const take = (other: Item | undefined): void => {
          if (other !== undefined && fromCpu(other)) for (const store of closure(other)) all.add(store);
        };
        if (from.has(item)) take(from.get(item));
        const location = item.location;
        const stores = fromCpu(item) && coherence.get(location)?.includes(item) === true;
        if (stores) {
          all.add(item);
          if (item.act.half === "write") {
            const read = constraints.byRun.get(item.run)?.[item.position - 1] as Item;
            for (const store of closure(read)) all.add(store);
            if (forwards(read)) take(ownStore(sequences, read));
          }
        }
        if (stores) for (const store of taken(item)) all.add(store);
        result = all;
      }
      return result;
    };
    /** What the accesses that a store or fence carries have seen by then. */
    const taken = (item: Item): ReadonlySet<Item> => {
      const sequence = sequenceOf(item);
      const all = new Set<Item>();
      for (const older of carriedBy(sequence, sequence.indexOf(item))) {
        if (constraints.before(order, startOf(older), startOf(item))) for (const store of closure(older)) all.add(store);
      }
      return all;
    };

    const list: Sight[] = [];
    for (const [reader, write] of from) {
      if (write === undefined || !fromCpu(write)) continue;
      const who = observer(reader);
      if (reader.act.kind !== "dma-atomic") list.push({ event: eventOf(reader), sees: (other) => other === who, stores: closure(write) });
    }
    for (const writes of coherence.values()) {
      for (const write of writes) {
        if (!fromCpu(write)) continue;
        const who = observer(write);
        list.push({ event: startOf(write), sees: (other) => write.act.global || other === who, stores: closure(write) });
      }
    }
    for (const item of constraints.items) {
      if (item.act.kind !== "sync") continue;
      const devicesOnly = item.act.propagates === "devices";
      list.push({ event: startOf(item), sees: (other) => !devicesOnly || other.startsWith("device"), stores: taken(item) });
    }

    /** `who` acts at `event` as if he had not seen `store`: he sees it later. */
    const unseen = (who: string, event: number, store: Item): boolean =>
      list.every(
        (sight) => sight.event === event || !sight.sees(who) || !sight.stores.has(store) || constraints.add(order, event, sight.event),
      );
    for (const [reader, write] of from) {
      if (reader.act.kind === "dma-atomic") continue;
      const writes = coherence.get(reader.location) as readonly Item[];
      for (const later of writes.slice(write === undefined ? 0 : writes.indexOf(write) + 1)) {
        if (fromCpu(later) && !unseen(observer(reader), eventOf(reader), later)) return false;
      }
    }
    for (const writes of coherence.values()) {
      for (const [at, write] of writes.entries()) {
        if (!fromCpu(write)) continue;
        for (const later of writes.slice(at + 1)) if (fromCpu(later) && !unseen(observer(write), startOf(write), later)) return false;
      }
    }
    return obey(constraints, order);
  }

  yield* ordered(settled, 0);
}

function* subsets<T>(list: readonly T[]): Generator<readonly T[]> {
  const [first, ...rest] = list;
  if (first === undefined) {
    yield [];
    return;
  }
  for (const some of subsets(rest)) {
    yield some;
    yield [first, ...some];
  }
}

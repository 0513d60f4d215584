/**
 * Places full of packets of many messages: their servers, their credits, and who stands behind whom. Packets of one message are ordered by the machine's own states; here it is decided
 * whether a packet has to wait for those of other messages.
 */

import type { Passing } from "./neighbours.js";
import type { Times } from "./times.js";

/** Who stands where, and behind whom. */
export interface Queues {
  /** A packet hop enters its place. */
  enter(slot: number, hop: number): void;
  /** It leaves; whoever waited for that is told through `wake`. */
  leave(slot: number, hop: number): void;
  /** What keeps it from leaving for `next` (-1: it arrives): a hop number of another message's packet, or a place and class that is full. -1: nothing. */
  obstacle(slot: number, hop: number, next: number): number;
  /** Tells when the obstacle may be gone. */
  wait(obstacle: number, ticket: number): void;
  /** When the place's server is free, and that it is busy until then. */
  readonly free: Float64Array;
  /** The number of the server. */
  server(slot: number, hop: number): number;
}

export function createQueues(
  times: Times,
  hops: number,
  places: number,
  lanes: number,
  depth: number,
  passing: Passing,
  wake: (ticket: number) => void,
): Queues {
  const slots = lanes * depth;
  const { span } = times;
  const blockers: Int32Array[] = [];
  for (let hop = 0; hop < hops; hop++) {
    const before: number[] = [];
    if ((times.place[hop] as number) >= 0) {
      for (let other = 0; other < hops; other++) {
        if (times.place[other] !== times.place[hop]) continue;
        if (!passing(Math.floor(hop / span), (hop % span) + 1, Math.floor(other / span), (other % span) + 1)) before.push(other);
      }
    }
    blockers.push(Int32Array.from(before));
  }
  // By lane and hop: who entered, in order. Those that left are skipped.
  const capacity = 2 * depth + 8;
  const ringSlot = new Int32Array(lanes * hops * capacity);
  const ringOrder = new Float64Array(lanes * hops * capacity);
  const head = new Int32Array(lanes * hops);
  const length = new Int32Array(lanes * hops);
  const entered = new Float64Array(slots * hops).fill(-1);
  let entries = 0;
  const servers = lanes * places;
  const free = new Float64Array(servers);
  const held = new Int32Array(servers * 3);
  const full = lanes * hops;
  const waiting: number[][] = Array.from({ length: full + servers * 3 }, () => []);
  const some = new Uint8Array(full + servers * 3);

  const server = (slot: number, hop: number): number => {
    const place = times.place[hop] as number;
    return times.shared[place] === 1 ? place : Math.floor(slot / depth) * places + place;
  };
  const account = (slot: number, hop: number): number => server(slot, hop) * 3 + (times.kind[hop] as number);

  const tidy = (ring: number): void => {
    const base = ring * capacity;
    const kept: [number, number][] = [];
    for (let i = 0; i < (length[ring] as number); i++) {
      const at = base + (((head[ring] as number) + i) % capacity);
      const slot = ringSlot[at] as number;
      if (entered[slot * hops + (ring % hops)] === ringOrder[at]) kept.push([slot, ringOrder[at] as number]);
    }
    head[ring] = 0;
    length[ring] = kept.length;
    kept.forEach(([slot, order], i) => {
      ringSlot[base + i] = slot;
      ringOrder[base + i] = order;
    });
  };
  const alarm = (list: number): void => {
    if (some[list] === 0) return;
    some[list] = 0;
    const tickets = waiting[list] as number[];
    waiting[list] = [];
    for (const ticket of tickets) wake(ticket);
  };

  return {
    free,
    server,
    enter(slot, hop) {
      const ring = Math.floor(slot / depth) * hops + hop;
      if (length[ring] === capacity) tidy(ring);
      const at = ring * capacity + (((head[ring] as number) + (length[ring] as number)) % capacity);
      ringSlot[at] = slot;
      ringOrder[at] = entries;
      length[ring] = (length[ring] as number) + 1;
      entered[slot * hops + hop] = entries++;
      const purse = account(slot, hop);
      held[purse] = (held[purse] as number) + 1;
    },
    leave(slot, hop) {
      entered[slot * hops + hop] = -1;
      const ring = Math.floor(slot / depth) * hops + hop;
      const base = ring * capacity;
      while ((length[ring] as number) > 0) {
        const at = base + (head[ring] as number);
        if (entered[(ringSlot[at] as number) * hops + hop] === ringOrder[at]) break;
        head[ring] = ((head[ring] as number) + 1) % capacity;
        length[ring] = (length[ring] as number) - 1;
      }
      const purse = account(slot, hop);
      held[purse] = (held[purse] as number) - 1;
      alarm(ring);
      alarm(full + purse);
    },
    obstacle(slot, hop, next) {
      if (next >= 0) {
        const purse = account(slot, next);
        if ((held[purse] as number) >= (times.credits[times.place[next] as number] as number)) return full + purse;
      }
      if (hop < 0) return -1;
      const lane = Math.floor(slot / depth);
      const mine = entered[slot * hops + hop] as number;
      const list = blockers[hop] as Int32Array;
      for (let i = 0; i < list.length; i++) {
        const other = list[i] as number;
        const ring = lane * hops + other;
        const base = ring * capacity;
        const first = head[ring] as number;
        const count = length[ring] as number;
        for (let k = 0; k < count; k++) {
          const at = base + ((first + k) % capacity);
          const order = ringOrder[at] as number;
          if (order >= mine) break;
          const owner = ringSlot[at] as number;
          if (owner !== slot && entered[owner * hops + other] === order) return ring;
        }
      }
      return -1;
    },
    wait(obstacle, ticket) {
      some[obstacle] = 1;
      (waiting[obstacle] as number[]).push(ticket);
    },
  };
}

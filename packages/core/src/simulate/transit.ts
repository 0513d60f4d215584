/** Packets on their way: how long each stays in a place. */
import type { Mappings } from "./mappings.js";
import type { Run } from "./messages.js";
import type { Queues } from "./queues.js";
import type { Random } from "./random.js";
import type { Counts } from "./tally.js";

/** Packets in their places. */
export type Transit = ReturnType<typeof createTransit>;

/** `random`: by packet hop. Times are ns. */
export function createTransit(
  { machine, anatomy, times, extent, clocks }: Run,
  queues: Queues,
  mappings: Mappings,
  random: readonly Random[],
  counts: Counts,
) {
  const { layout, packets } = machine;
  const { slots, keys, hopCount } = extent;
  const { locations, packetOf } = anatomy;
  const { span } = times;
  const placeOf = Int32Array.from(times.place, (place) => (place < 0 ? -1 : (machine.places[place]?.place ?? -1)));
  const ranOutAt = new Float64Array(slots * Math.max(1, hopCount));
  const readyAt = new Float64Array(machine.otherMoves ? slots * Math.max(1, hopCount) : 0);

  return {
    /** When what a reply carries is there, by slot and hop. */
    readyAt,

    /** A packet comes to its hop (from 1): it waits for the place's server, is served, and goes on its way there. */
    enter(slot: number, id: number, hop: number): void {
      const from = clocks.now;
      const at = (packetOf[id] as number) * span + hop - 1;
      const server = queues.server(slot, at);
      const begin = Math.max(from, queues.free[server] as number);
      const service = times.service[at] as number;
      queues.free[server] = begin + service;
      let way = times.latency[at] as number;
      const jitter = times.jitter[at] as number;
      const draws = random[at] as Random;
      if (jitter > 0) way += jitter * draws.largest(times.grains[at] as number);
      const tail = times.tailShare[at] as number;
      if (tail > 0 && draws.next() < tail) way += (times.tail[at] as number) * draws.exponential();
      const packet = packetOf[id] as number;
      if ((layout.looked[packet] as number) >= 0 && packets[packet]?.lookup === hop) way += mappings.walk(slot, locations[id] as number);
      const until = begin + service + way;
      queues.enter(slot, at);
      ranOutAt[slot * hopCount + at] = until;
      if (machine.otherMoves) readyAt[slot * hopCount + at] = begin + (times.answer[at] as number);
      const place = counts.places[placeOf[at] as number];
      if (place !== undefined && counts.measuring) {
        place.packets++;
        place.wait += begin - from;
        place.transit += service + way;
      }
      clocks.start(slot * keys + id, slot, until);
    },

    leave(slot: number, id: number, hop: number): void {
      const at = (packetOf[id] as number) * span + hop - 1;
      const place = counts.places[placeOf[at] as number];
      if (place !== undefined && counts.measuring) place.held += clocks.now - (ranOutAt[slot * hopCount + at] as number);
      queues.leave(slot, at);
    },
  };
}

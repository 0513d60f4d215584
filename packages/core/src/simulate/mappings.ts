/** The table of mappings in time: which entries its cache holds, and until when one that was taken away may still be found. */
import type { Run } from "./messages.js";
import type { Random } from "./random.js";

export type Mappings = ReturnType<typeof createMappings>;

/** `random`: for when the cache is emptied next. Times are ns. */
export function createMappings({ times, extent, clocks }: Run, random: Random) {
  const { slots, locationCount } = extent;
  /** By slot and location: a request has used the entry since it was written. */
  const cached = new Uint8Array(slots * locationCount);
  const flushedAt = new Float64Array(slots * locationCount);
  const at = (slot: number, location: number): number => slot * locationCount + location;
  return {
    /** A message begins: its buffers have just been mapped. */
    clear(slot: number): void {
      cached.fill(0, at(slot, 0), at(slot + 1, 0));
    },
    /** What a request takes besides its way to have its entry looked up. */
    walk: (slot: number, location: number): number => (cached[at(slot, location)] === 1 ? 0 : times.walk),
    found(slot: number, location: number): void {
      cached[at(slot, location)] = 1;
    },
    write(slot: number, location: number, taken: boolean): void {
      if (taken) flushedAt[at(slot, location)] = clocks.now + times.flush * random.next();
      else cached[at(slot, location)] = 0;
    },
    /** Is an entry that was taken away, and not invalidated, still found? Only if somebody had used it, and the cache was not emptied. */
    lingers: (slot: number, location: number): boolean =>
      cached[at(slot, location)] === 1 && clocks.now < (flushedAt[at(slot, location)] as number),
  };
}

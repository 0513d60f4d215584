/**
 * Completions that are for whoever asks (PCI 2.1): whose completion goes to whom is guessed. A read that loses its completion is asked again; one that takes another's is
 * never made. When that happens, and what was in the completion, follows from the order (constraints.ts, values.ts).
 */
import type { Platform } from "../platform/platform.js";
import type { Program } from "../program/program.js";
import type { Performed, Run } from "./scenario.js";

/** `thief` takes a completion of `victim`. The thefts of one victim stand in the order in which they happen. */
export interface Theft {
  readonly thief: Performed;
  readonly victim: Performed;
}

export const sharesCompletions = (platform: Platform): boolean =>
  platform.fabric.places.some((place) => place.does?.includes("share-completions"));

/** Every way in which the reads of a scenario take each other's completions. */
export function* theftsOf(program: Program, platform: Platform, runs: readonly Run[]): Generator<readonly Theft[]> {
  const reads = sharesCompletions(platform) ? readsOf(program, runs) : [];

  /** Each read takes nobody's completion, or one of another requester's read of the same word. */
  function* choose(at: number, thefts: readonly Theft[]): Generator<readonly Theft[]> {
    const thief = reads[at];
    if (thief === undefined) {
      yield thefts;
      return;
    }
    yield* choose(at + 1, thefts);
    for (const victim of reads) {
      if (victim.requester === thief.requester || victim.location !== thief.location || victim.zeroLength !== thief.zeroLength) continue;
      // Among those that take from the same read, it may be the first, the second …
      const others = thefts.flatMap((theft, index) => (theft.victim === victim ? [index] : []));
      for (const place of [...others, thefts.length])
        yield* choose(at + 1, [...thefts.slice(0, place), { thief, victim }, ...thefts.slice(place)]);
    }
  }
  yield* choose(0, []);
}

function readsOf(program: Program, runs: readonly Run[]) {
  return runs.flatMap((run) =>
    run.acts.flatMap((act, position) => {
      const location = run.locations[position] as number;
      if (act.kind !== "dma-read" || program.locations[location]?.space !== "memory") return [];
      return [{ run, position, location, zeroLength: act.zeroLength, requester: program.threads[run.thread]?.device ?? -1 }];
    }),
  );
}

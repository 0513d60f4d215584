/**
 * Writes that a bridge makes one burst of: which of a run's writes to neighbouring registers leave together is guessed; that they stand right behind each other, and may, is
 * asked of the order (place-order.ts). docs/language.md, section 2: `combining`, `at`, `no_burst`.
 */
import type { Platform } from "../platform/platform.js";
import type { Program } from "../program/program.js";
import type { Act } from "./act.js";
import type { Run } from "./scenario.js";

/** An act of a run, by the run's thread and number. */
export interface Word {
  readonly thread: number;
  readonly number: number;
  readonly position: number;
}

/** Every way to make bursts of a scenario's writes: lists of words, lowest address first, and the runs with the words marked that their device loses. */
export function* burstsOf(
  program: Program,
  platform: Platform,
  runs: readonly Run[],
): Generator<{ readonly runs: readonly Run[]; readonly bursts: readonly (readonly Word[])[] }> {
  const words = platform.fabric.places.some((place) => place.does?.includes("combine")) ? combiningWrites(program, runs) : [];
  for (const chains of chained(program, words, 0, [])) {
    const bursts = chains.filter((chain) => chain.length > 1);
    const lost = bursts.flatMap((chain) => chain.slice(1)).filter((word) => program.locations[word.location]?.noBurst);
    yield { runs: lost.length === 0 ? runs : runs.map((run) => without(run, lost)), bursts };
  }
}

interface Write extends Word {
  readonly location: number;
  readonly cpu: number;
}

function combiningWrites(program: Program, runs: readonly Run[]): Write[] {
  return runs.flatMap((run) =>
    run.acts.flatMap((act: Act, position): Write[] => {
      const location = run.locations[position] as number;
      if (act.kind !== "pio-write" || act.swallowed || !program.locations[location]?.combining) return [];
      return [{ thread: run.thread, number: run.number, position, location, cpu: act.cpu }];
    }),
  );
}

/** Puts each write by itself or, where it is the next word, behind one that nothing stands behind yet. */
function* chained(
  program: Program,
  words: readonly Write[],
  at: number,
  chains: readonly (readonly Write[])[],
): Generator<readonly (readonly Write[])[]> {
  // Lowest addresses first, so that a chain grows at its end.
  const sorted = at === 0 ? [...words].sort((a, b) => offset(program, a) - offset(program, b)) : words;
  const word = sorted[at];
  if (word === undefined) {
    yield chains;
    return;
  }
  yield* chained(program, sorted, at + 1, [...chains, [word]]);
  for (const chain of chains) {
    if (!follows(program, chain[chain.length - 1] as Write, word)) continue;
    yield* chained(
      program,
      sorted,
      at + 1,
      chains.map((each) => (each === chain ? [...chain, word] : each)),
    );
  }
}

const offset = (program: Program, word: Write): number => program.locations[word.location]?.offset ?? -1;

function follows(program: Program, word: Write, next: Write): boolean {
  const [a, b] = [program.locations[word.location], program.locations[next.location]];
  if (a === undefined || b === undefined || word.cpu !== next.cpu || a.owner !== b.owner) return false;
  return a.offset >= 0 && b.offset === a.offset + 4;
}

function without(run: Run, lost: readonly Word[]): Run {
  const here = lost.filter((word) => word.thread === run.thread && word.number === run.number);
  if (here.length === 0) return run;
  return { ...run, acts: run.acts.map((act, at) => (here.some((word) => word.position === at) ? { ...act, lost: true } : act)) };
}

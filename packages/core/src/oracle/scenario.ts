/**
 * What happens in a run, without any order: how often each handler runs and where it interrupts its CPU's thread, how each branch turns out, where each computed
 * address points. All these are guessed; whether the guesses come true is asked once an order stands (values.ts).
 */
import type { Platform } from "../platform/platform.js";
import type { Program } from "../program/program.js";
import { type Act, silent } from "./act.js";
import { burstsOf, type Word } from "./bursts.js";
import { isLookedUp } from "./mappings.js";
import { pathsOf } from "./paths.js";
import { answersOf, type Lookup } from "./roads.js";
import { type Theft, theftsOf } from "./thefts.js";
import { Unsupported } from "./unsupported.js";
import { replaceable } from "./window.js";

/** One run of a thread, along one path. */
export interface Run {
  readonly thread: number;
  /** 0 for the first run of the thread. */
  readonly number: number;
  readonly acts: readonly Act[];
  /** Where each act goes: a location, or -1. */
  readonly locations: readonly number[];
  /** Handlers that interrupt a thread: how many of that thread's acts stand before. -1 for all others. */
  readonly slot: number;
}

export interface Scenario {
  readonly runs: readonly Run[];
  /** By thread that is interrupted: the runs of handlers on it, in the order in which they are taken. */
  readonly taken: ReadonlyMap<number, readonly Run[]>;
  /** Which answer each withheld read gets. */
  readonly answers: readonly { readonly read: Performed; readonly answer: Performed }[];
  /** Writes that leave together. */
  readonly bursts: readonly (readonly Word[])[];
  /** Whose completion goes to whom. */
  readonly thefts: readonly Theft[];
}

/** An act of a run. */
export interface Performed {
  readonly run: Run;
  readonly position: number;
}

/** A handler runs at most so often. */
const MOST_RUNS = 5;

/** The thread that a handler interrupts, or -1. */
export function hostOf(program: Program, thread: number): number {
  const handler = program.threads[thread];
  if (handler?.on === undefined || handler.role !== "cpu") return -1;
  return program.threads.findIndex((other) => other.role === "cpu" && other.on === undefined && other.cpu === handler.cpu);
}

/** May this act raise the handler `thread`? */
export function raises(program: Program, from: number, act: Act, location: number | undefined, thread: number): boolean {
  const on = program.threads[thread]?.on;
  const device = program.threads[from]?.device;
  switch (on?.kind) {
    case "msi":
      return act.kind === "msi" && on.device === device && on.vector === act.vector;
    case "intx":
      return act.kind === "intx" && on.device === device;
    case "write":
      return (
        ((act.kind === "pio-write" && !act.swallowed && !act.lost) || act.kind === "dma-write" || act.kind === "dma-atomic") &&
        (location === undefined || location === on.location)
      );
    case "read":
      return (
        (act.kind === "pio-read" || act.kind === "dma-read" || act.kind === "dma-atomic") &&
        (location === undefined || location === on.location)
      );
    default:
      return false;
  }
}

/** Every scenario of a program. */
export function* scenariosOf(program: Program, platform: Platform, option: Lookup): Generator<Scenario> {
  const paths = program.threads.map((thread) => pathsOf(program, platform, thread));
  for (const thread of program.threads) if (thread.on?.kind === "tell") throw new Unsupported("handlers on tell");

  // How often each handler can run at most.
  const limits: number[] = [];
  const limit = (thread: number, below: readonly number[]): number => {
    if (program.threads[thread]?.on === undefined) return 1;
    if (below.includes(thread)) throw new Unsupported("handlers that raise themselves");
    limits[thread] ??= program.threads.reduce((sum, _, from) => {
      const most = Math.max(
        0,
        ...(paths[from] ?? []).map((path) => path.filter((act) => raises(program, from, act, act.location, thread)).length),
      );
      return most === 0 ? sum : sum + most * limit(from, [...below, thread]);
    }, 0);
    return limits[thread] as number;
  };
  const counts = program.threads.map((_, thread) => limit(thread, []));
  if (counts.some((count) => count > MOST_RUNS)) throw new Unsupported(`a handler that runs more than ${MOST_RUNS} times`);

  const memory = program.locations.flatMap((location, index) => (location.space === "memory" ? [index] : []));
  const chosen: Run[] = [];

  function* runsOf(thread: number): Generator<void> {
    if (thread === program.threads.length) {
      yield;
      return;
    }
    const handler = program.threads[thread]?.on !== undefined;
    for (let runs = handler ? 0 : 1; runs <= (counts[thread] as number); runs++) yield* pathsOfRuns(thread, 0, runs);
  }

  function* pathsOfRuns(thread: number, number: number, runs: number): Generator<void> {
    if (number === runs) {
      yield* runsOf(thread + 1);
      return;
    }
    for (const acts of paths[thread] ?? []) {
      for (const locations of addresses(acts, 0, [])) {
        for (const kept of refusals(acts, locations, 0)) {
          chosen.push({ thread, number, acts: kept, locations, slot: -1 });
          yield* pathsOfRuns(thread, number + 1, runs);
          chosen.pop();
        }
      }
    }
  }

  function* addresses(acts: readonly Act[], at: number, before: readonly number[]): Generator<readonly number[]> {
    const act = acts[at];
    if (act === undefined) {
      yield before;
      return;
    }
    const open = act.location === undefined && act.address !== undefined;
    const half = act.half === "write" ? before[at - 1] : undefined;
    for (const location of half !== undefined ? [half] : open ? [...memory, -1] : [act.location ?? -1])
      yield* addresses(acts, at + 1, [...before, location]);
  }

  /** Which requests the table of mappings refuses. */
  function* refusals(acts: readonly Act[], locations: readonly number[], at: number): Generator<readonly Act[]> {
    const act = acts[at];
    if (act === undefined) {
      yield* combined(acts, locations, 0);
      return;
    }
    yield* refusals(acts, locations, at + 1);
    if (!isLookedUp(program, platform, act, locations[at] as number)) return;
    yield* refusals(
      acts.map((each) => (each === act ? { ...each, refused: true } : each)),
      locations,
      at + 1,
    );
  }

  /** Which writes a write-combining buffer swallows. */
  function* combined(acts: readonly Act[], locations: readonly number[], at: number): Generator<readonly Act[]> {
    const act = acts[at];
    if (act === undefined) {
      yield acts;
      return;
    }
    yield* combined(acts, locations, at + 1);
    const placed = acts.map((each, i) => ({ act: each, location: locations[i] as number }));
    if (replaceable(program, platform, option, placed, at) === undefined) return;
    yield* combined(
      acts.map((each) => (each === act ? { ...each, swallowed: true } : each)),
      locations,
      at + 1,
    );
  }

  for (const _ of runsOf(0)) {
    for (const { runs, bursts } of burstsOf(program, platform, chosen))
      if (plausible(program, runs)) yield* interruptions(program, platform, runs, bursts);
  }
}

/** A handler runs if, and not more often than, something raises it. */
function plausible(program: Program, runs: readonly Run[]): boolean {
  return program.threads.every((thread, index) => {
    if (thread.on === undefined) return true;
    const times = runs.filter((run) => run.thread === index).length;
    let sure = 0;
    let perhaps = 0;
    for (const run of runs) {
      run.acts.forEach((act, at) => {
        if (!raises(program, run.thread, act, run.locations[at], index)) return;
        if (act.kind === "dma-atomic") perhaps++;
        else sure++;
      });
    }
    return times <= sure + perhaps && (times > 0 || sure === 0);
  });
}

/** Places in a thread's acts at which an interrupt can be told apart from one elsewhere: after what takes time and after fences, where interrupts are not masked. */
function slots(acts: readonly Act[]): readonly number[] {
  const result: number[] = [];
  let masked = false;
  for (let at = 0; at <= acts.length; at++) {
    const previous = acts[at - 1];
    if (previous?.kind === "interrupts") masked = !previous.outcome;
    const apart = previous === undefined || !silent(previous) || previous.kind === "interrupts" || previous.kind === "fence";
    if (apart && !masked) result.push(at);
  }
  return result;
}

/** Every way to give each withheld read an answer, and each answer a read. */
function* answerings(program: Program, runs: readonly Run[]): Generator<Scenario["answers"]> {
  const reads: (Performed & { location: number })[] = [];
  const answers: (Performed & { location: number })[] = [];
  for (const run of runs) {
    run.acts.forEach((act, position) => {
      const location = run.locations[position] as number;
      if (act.kind === "answer") answers.push({ run, position, location });
      else if (answersOf(program, act, location) !== undefined) reads.push({ run, position, location });
    });
  }
  if (reads.length !== answers.length) return;
  function* match(at: number, left: typeof answers): Generator<Scenario["answers"]> {
    const read = reads[at];
    if (read === undefined) {
      yield [];
      return;
    }
    for (const answer of left) {
      if (answer.location !== read.location) continue;
      for (const rest of match(
        at + 1,
        left.filter((other) => other !== answer),
      ))
        yield [{ read, answer }, ...rest];
    }
  }
  yield* match(0, answers);
}

function* interruptions(program: Program, platform: Platform, runs: readonly Run[], bursts: Scenario["bursts"]): Generator<Scenario> {
  const hosts = [...new Set(runs.map((run) => hostOf(program, run.thread)).filter((host) => host >= 0))];
  const taken = new Map<number, readonly Run[]>();

  function* choose(at: number): Generator<Scenario> {
    const host = hosts[at];
    if (host === undefined) {
      const all = [...taken.values()].flat();
      const performed = [...runs.filter((run) => hostOf(program, run.thread) < 0), ...all];
      for (const answers of answerings(program, performed))
        for (const thefts of theftsOf(program, platform, performed))
          yield { runs: performed, taken: new Map(taken), answers, bursts, thefts };
      return;
    }
    const own = runs.find((run) => run.thread === host);
    const waiting = runs.filter((run) => hostOf(program, run.thread) === host);
    const places = slots(own?.acts ?? []);
    function* next(left: readonly Run[], placed: readonly Run[]): Generator<Scenario> {
      if (left.length === 0) {
        taken.set(host as number, placed);
        yield* choose(at + 1);
        return;
      }
      const least = placed[placed.length - 1]?.slot ?? 0;
      for (const run of left) {
        // Runs of one handler come in their order.
        if (left.some((other) => other.thread === run.thread && other.number < run.number)) continue;
        const rest = left.filter((other) => other !== run);
        for (const slot of places) if (slot >= least) yield* next(rest, [...placed, { ...run, slot }]);
      }
    }
    yield* next(waiting, []);
  }
  yield* choose(0);
}

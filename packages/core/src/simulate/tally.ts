/** What a run counts. */
import type { End } from "./automaton.js";
import { BATCHES, createSketch, type Sketch } from "./statistics.js";

/** What a CPU loses time with. */
export const STALLS = ["memory", "store", "atomic", "fence", "register read", "flush", "drain", "invalidation", "other"] as const;
/** A kind of stall. */
export type Stall = (typeof STALLS)[number];

/** Time that packets spent in a place. */
export interface PlaceTime {
  /** Sums over packets, ns. */
  wait: number;
  transit: number;
  held: number;
  packets: number;
}

/** Sums of one batch of messages. */
export interface Batch {
  readonly messages: number;
  readonly time: number;
  readonly latency: number;
  readonly work: number;
  readonly stall: number;
  readonly hits: number;
  readonly quantiles: readonly number[];
}

/** Sums of a run. */
export interface Tally {
  readonly messages: number;
  /** Simulated ns over which they were measured. */
  readonly time: number;
  readonly events: number;
  readonly states: number;
  readonly latency: Sketch;
  readonly latencySum: number;
  readonly batches: readonly Batch[];
  readonly work: number;
  readonly poll: number;
  readonly stalls: readonly number[];
  readonly places: readonly PlaceTime[];
  /** How the messages ended, and how often. */
  readonly ends: ReadonlyMap<string, { readonly end: End; count: number }>;
  /** Why the run stopped before all messages were through. */
  readonly stopped: "stuck" | "endless" | "interrupted" | undefined;
  /** What a message that got stuck could not do: names of instructions. */
  readonly stuck: readonly string[];
}

/** Shares of messages for which a latency is given. */
export const QUANTILES: readonly number[] = [0.5, 0.9, 0.99, 0.999];

/** The part of a tally that messages add up to. */
export type Counted = Omit<Tally, "events" | "states" | "stopped" | "stuck">;

/** Adds messages up. */
export interface Counts {
  /** The pipeline is full: what happens from now on counts. */
  readonly measuring: boolean;
  /** As many messages as were wanted. */
  readonly finished: boolean;
  readonly places: readonly PlaceTime[];
  /** A message is over: when, how, how long it took, and the CPU time that went into it; `stalls` by kind. */
  add(now: number, end: End, took: number, work: number, poll: number, stalls: Float64Array): void;
  /** Ends are other objects from now on. */
  forget(): void;
  total(): Counted;
}

/** Counts `messages` messages after the first `warmup`. */
export function createCounts(messages: number, warmup: number, placeCount: number): Counts {
  const perBatch = Math.max(1, Math.floor(messages / BATCHES));
  const places = Array.from({ length: placeCount }, (): PlaceTime => ({ wait: 0, transit: 0, held: 0, packets: 0 }));
  const latency = createSketch();
  const batchLatency = createSketch();
  const sums = new Float64Array(STALLS.length);
  const ends = new Map<string, { end: End; count: number }>();
  const counters = new Map<End, { end: End; count: number }>();
  const batches: Batch[] = [];
  let batch = { messages: 0, latency: 0, work: 0, stall: 0, hits: 0, from: 0 };
  let completed = 0;
  let measured = 0;
  let begin = 0;
  let last = 0;
  let latencySum = 0;
  let workSum = 0;
  let pollSum = 0;
  let finished = false;

  const close = (now: number): void => {
    const { from, ...rest } = batch;
    batches.push({ ...rest, time: now - from, quantiles: QUANTILES.map((at) => batchLatency.quantile(at)) });
    batch = { messages: 0, latency: 0, work: 0, stall: 0, hits: 0, from: now };
    batchLatency.clear();
  };

  const counter = (end: End): { count: number } => {
    let found = counters.get(end);
    if (found === undefined) {
      const key = `${end.dropped ? "dropped " : ""}${end.key}`;
      found = ends.get(key) ?? { end, count: 0 };
      ends.set(key, found);
      counters.set(end, found);
    }
    return found;
  };

  return {
    places,
    get measuring() {
      return completed >= warmup;
    },
    get finished() {
      return finished;
    },
    forget: () => counters.clear(),
    add(now, end, took, work, poll, stalls) {
      completed++;
      if (completed === warmup) {
        begin = now;
        batch.from = now;
      }
      if (completed <= warmup || finished) return;
      counter(end).count++;
      latency.add(took);
      batchLatency.add(took);
      latencySum += took;
      workSum += work;
      pollSum += poll;
      batch.messages++;
      batch.latency += took;
      batch.work += work;
      if (end.satisfies) batch.hits++;
      for (let kind = 0; kind < STALLS.length; kind++) {
        const lost = stalls[kind] as number;
        sums[kind] = (sums[kind] as number) + lost;
        batch.stall += lost;
      }
      measured++;
      last = now;
      if (batch.messages === perBatch && batches.length < BATCHES) close(now);
      if (measured >= messages) finished = true;
    },
    total: () => ({
      messages: measured,
      time: last - begin,
      latency,
      latencySum,
      batches,
      work: workSum,
      poll: pollSum,
      stalls: Array.from(sums),
      places,
      ends,
    }),
  };
}

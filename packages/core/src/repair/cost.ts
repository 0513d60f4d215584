/**
 * What a change costs the CPU, each time it is done. Figures are rough and carry where they come from; what they are for is the order of the answers. A platform that has times of its own gives
 * better ones (simulated-cost.ts); on `portable`, which has none, only the class of the operation counts.
 */
import type { Platform } from "../platform/platform.js";
import type { Change } from "./change.js";

/** What a change costs at run time. */
export interface Cost {
  /** Nanoseconds of CPU time for each pass; infinite where nothing bounds it. */
  readonly nanoseconds: number;
  /** Nanoseconds that a message takes longer, where that was simulated. */
  readonly latency?: number;
  /** By class of operation, where nothing was simulated: 0 nothing for the CPU, 1 an ordered access, 2 a barrier of one kind, 3 a full barrier, 4 a cache or DMA API call, 5 a device's round trip, 6 a CPU's round trip, 7 without bound. */
  readonly rank: number;
  /** Where the figure comes from, and whether it is measured, stated, recalled or assumed. */
  readonly source: string;
}

const ASSUMED = "assumed: no source gives a figure";

function barrierCost(platform: Platform, name: string): Cost {
  const steps = platform.accessors.get(name)?.steps ?? [];
  if (steps.some((step) => step.kind === "token")) {
    return { nanoseconds: 322, rank: 3, source: "stated: five PIO writes with sn_mmiob take 1610 ns on an Altix, OLS 2004 vol. 1 p. 147" };
  }
  if (steps.length === 0) return { nanoseconds: 0, rank: 1, source: "no instruction on this platform" };
  const full = steps.some(
    (step) => step.kind === "fence" && step.before.includes("write") && step.after.includes("read") && step.propagates !== "cumulative",
  );
  if (full)
    return {
      nanoseconds: 20,
      rank: 3,
      source: "assumed; a full barrier cost UCX 9 ns more than a light one on Power (ucx 81eef4f057, stated)",
    };
  return { nanoseconds: 10, rank: 2, source: "assumed, half of a full barrier" };
}

/** The cost of one change on one platform by its class. */
export function classCost(change: Change, platform: Platform): Cost {
  switch (change.kind) {
    case "mapping":
      return { nanoseconds: 0, rank: 0, source: "no instruction: the fabric waits, not the CPU" };
    case "attribute":
    case "order":
      return { nanoseconds: 0, rank: 0, source: "no instruction: the device does it" };
    case "accessor": {
      if (/^(read|in|ioread)/.test(change.operation)) return { ...registerRead(platform), rank: 2, nanoseconds: 10 };
      if (/^(write|out|iowrite)/.test(change.operation)) return { ...barrierCost(platform, "wmb"), rank: 2 };
      if (change.operation === "smp_store_mb") return { ...barrierCost(platform, "smp_mb") };
      return { nanoseconds: change.operation.endsWith("_ONCE") ? 0 : 2, rank: 1, source: ASSUMED };
    }
    case "barrier":
      return barrierCost(platform, change.operation);
    case "sync":
      return { nanoseconds: 100, rank: 4, source: ASSUMED };
    case "device-flush":
      return {
        nanoseconds: 0,
        rank: 5,
        source: "the device waits 43 to 112 ns more than for a read alone: pcie-bench/data @b2abf2f, measured",
      };
    case "interrupt":
      return { nanoseconds: 0, rank: 4, source: ASSUMED };
    case "register-mapping":
      return change.operation === "ioremap_np"
        ? { ...registerRead(platform), rank: 6 }
        : { nanoseconds: 100, rank: 4, source: "stated: 50 to 300 ns between uncached writes, Intel community 1186313" };
    case "pio-read":
      return registerRead(platform);
    case "poll":
      return { nanoseconds: Number.POSITIVE_INFINITY, rank: 7, source: "waits as long as the device takes" };
    case "delay":
      return { nanoseconds: 1000, rank: 7, source: "the delay itself" };
  }
}

function registerRead(platform: Platform): Cost {
  const flushes = platform.accessors.get("readX")?.steps.some((step) => step.kind === "token") === true;
  return flushes
    ? {
        nanoseconds: 5940,
        rank: 6,
        source: "stated: flushing five PIO writes with a regular PIO read takes 5940 ns on an Altix, OLS 2004 vol. 1 p. 147",
      }
    : {
        nanoseconds: 1000,
        rank: 6,
        source: "recalled: 800 to 1200 ns on current Xeon and EPYC; stated: 2 us and more, Intel community 1242424",
      };
}

/** The cost of changes together. */
export function sumCost(costs: readonly Cost[]): Cost {
  return {
    nanoseconds: costs.reduce((sum, { nanoseconds }) => sum + nanoseconds, 0),
    rank: Math.max(0, ...costs.map(({ rank }) => rank)),
    source: [...new Set(costs.map(({ source }) => source))].join("; "),
  };
}

/** By class. */
export const compareCosts = (a: Cost, b: Cost): number => a.rank - b.rank || a.nanoseconds - b.nanoseconds || 0;

/** Times that differ by less than a tenth are alike. */
const step = (time: number): number => (time === Number.POSITIVE_INFINITY ? time : Math.round(Math.log2(1 + time) * 7));

/** By time, simulated or assumed: CPU time first, then latency. */
export const compareTimes = (a: Cost, b: Cost): number =>
  order(step(a.nanoseconds), step(b.nanoseconds)) || order(step(a.latency ?? 0), step(b.latency ?? 0));

const order = (a: number, b: number): number => (a === b ? 0 : a < b ? -1 : 1);

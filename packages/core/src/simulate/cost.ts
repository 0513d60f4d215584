/** What a test's messages cost on a platform, in a few numbers: for ranking programs that do the same thing. */
import { buildMachine, type Instruction, MissingAccessor } from "../machine/index.js";
import type { Platform } from "../platform/platform.js";
import type { Program } from "../program/program.js";
import { hasTimes } from "./figures.js";
import { simulate } from "./simulate.js";
import type { Workload } from "./workload.js";

/** What a message costs: in time, or, where the platform has no times, by what is done. */
export type Cost =
  | {
      /** Simulated: per message, ns. */
      readonly kind: "timed";
      /** CPU time: work and stalls, without polling in vain. */
      readonly cpu: number;
      /** From a message's start until the last thread is done with it, one at a time: mean. */
      readonly latency: number;
      /** Messages per second, as many as go, `depth` at a time. */
      readonly rate: number;
    }
  | {
      /** By class of operation: the platform has no times. */
      readonly kind: "classes";
      /** The weight of each class times how many there are; only the order means anything. */
      readonly weight: number;
      readonly classes: readonly { readonly name: CostClass; readonly count: number }[];
    }
  /** It could not be run. */
  | { readonly kind: "none"; readonly why: string };

/** From dear to cheap. A read that waits for a device costs about a microsecond, a fence some ten nanoseconds, an order in the fabric less (docs/simulator.md). */
export const COST_CLASSES = [
  "delay",
  "register read",
  "flush",
  "waiting write",
  "drain",
  "interrupt",
  "full fence",
  "atomic",
  "fence",
  "ordered access",
  "ordered packet",
  "register write",
  "memory access",
] as const;
/** What is done that costs something. */
export type CostClass = (typeof COST_CLASSES)[number];

const WEIGHTS: { readonly [name in CostClass]: number } = {
  delay: 4000,
  "register read": 1000,
  flush: 1000,
  "waiting write": 800,
  drain: 300,
  interrupt: 300,
  "full fence": 40,
  atomic: 20,
  fence: 10,
  "ordered access": 3,
  "ordered packet": 2,
  "register write": 10,
  "memory access": 1,
};

/** Messages of a run for ranking: enough to tell microseconds from fractions of one. */
const FEW = 400;

/**
 * What a message of the program costs on the platform: simulated where the platform has times, by class of operation otherwise. Deterministic; some milliseconds. `settings`: options of
 * the platform. Compare only costs of one kind.
 */
export function cost(
  program: Program,
  platform: Platform,
  wanted: Partial<Workload> = {},
  settings: ReadonlyMap<string, string> = new Map(),
): Cost {
  if (!hasTimes(platform)) return classCost(program, platform, settings);
  const messages = wanted.messages ?? FEW;
  const loaded = simulate(program, platform, { ...wanted, messages }, { settings });
  if (!loaded.ok) return { kind: "none", why: loaded.why.message };
  const alone = simulate(program, platform, { ...wanted, messages, depth: 1 }, { settings });
  if (!alone.ok) return { kind: "none", why: alone.why.message };
  return { kind: "timed", cpu: alone.report.cpu.value, latency: alone.report.latency.mean.value, rate: loaded.report.rate.value };
}

/** Less than 0: `a` is cheaper. CPU time first, then latency; a cost that could not be found comes last, a difference below half a percent is none. */
export function compareCosts(a: Cost, b: Cost): number {
  if (a.kind === "timed" && b.kind === "timed") {
    const near = (x: number, y: number): boolean => Math.abs(x - y) <= 0.005 * Math.max(x, y);
    if (!near(a.cpu, b.cpu)) return a.cpu - b.cpu;
    return near(a.latency, b.latency) ? 0 : a.latency - b.latency;
  }
  if (a.kind === "classes" && b.kind === "classes") return a.weight - b.weight;
  const rank = { timed: 0, classes: 1, none: 2 };
  return rank[a.kind] - rank[b.kind];
}

function classOf(instruction: Instruction): CostClass | undefined {
  switch (instruction.kind) {
    case "pio-read":
      return "register read";
    case "pio-write":
      return instruction.waits ? "waiting write" : "register write";
    case "token":
      return instruction.waits ? "drain" : "flush";
    case "fence":
      if (instruction.before === 0 && instruction.after === 0) return undefined;
      return (instruction.before & 2) !== 0 && (instruction.after & 1) !== 0 ? "full fence" : "fence";
    case "rmw":
      return "atomic";
    case "load":
    case "store":
      return instruction.facts.acquire || instruction.facts.release ? "ordered access" : "memory access";
    case "msi":
    case "intx":
      return "interrupt";
    case "nothing":
      return instruction.operation.kind === "delay" ? "delay" : undefined;
    default:
      return undefined;
  }
}

function classCost(program: Program, platform: Platform, settings: ReadonlyMap<string, string>): Cost {
  try {
    const machine = buildMachine(program, platform, settings);
    const counts = new Map<CostClass, number>();
    const add = (name: CostClass): void => {
      counts.set(name, (counts.get(name) ?? 0) + 1);
    };
    for (const instruction of machine.instructions) {
      const name = classOf(instruction);
      if (name !== undefined) add(name);
    }
    for (const packet of machine.packets) {
      // A packet that holds others up, or that waits for them, costs the fabric something.
      if (packet.requester >= 0 && !packet.fields.has("ro") && packet.fields.has("barrier")) add("ordered packet");
    }
    const classes = COST_CLASSES.flatMap((name) => {
      const count = counts.get(name);
      return count === undefined ? [] : [{ name, count }];
    });
    return { kind: "classes", weight: classes.reduce((sum, each) => sum + WEIGHTS[each.name] * each.count, 0), classes };
  } catch (error) {
    if (error instanceof MissingAccessor) return { kind: "none", why: error.message };
    throw error;
  }
}

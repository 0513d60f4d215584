/** A test against the clock: what a workload of its messages takes, where the time goes, and how often the condition is really met. */
import { buildMachine, type Machine, type Settings } from "../machine/index.js";
import type { Platform } from "../platform/platform.js";
import type { Program } from "../program/program.js";
import { NoTimes, type UsedFigure } from "./figures.js";
import { gatesOf } from "./gates.js";
import { runWorkload } from "./run.js";
import { type Estimate, fromBatches, share } from "./statistics.js";
import { QUANTILES, STALLS, type Stall, type Tally } from "./tally.js";
import { resolveTimes } from "./times.js";
import { DEFAULT_WORKLOAD, payloadOf, type Workload } from "./workload.js";

/** What happened in a place. */
export interface PlaceReport {
  readonly id: string;
  readonly title: string;
  /** Packets that passed it, per message. */
  readonly packets: number;
  /** Mean ns of a packet: for its turn on the wire, on its way, and until what it may not pass was gone. */
  readonly wait: number;
  readonly transit: number;
  readonly held: number;
}

/** How messages ended, and how often. */
export interface Outcome {
  /** One value per `program.observed`. */
  readonly values: readonly number[];
  readonly satisfies: boolean;
  readonly dropped: boolean;
  readonly count: number;
}

/** What a simulation measured. */
export interface SimulationReport {
  readonly test: string;
  readonly platform: string;
  readonly workload: Workload;
  /** Names of the locations that hold `size` bytes. */
  readonly payload: readonly string[];
  /** Threads that begin with a look at what others write: they poll. */
  readonly polling: readonly string[];
  readonly messages: number;
  /** Messages per second, and Gb/s of payload. */
  readonly rate: Estimate;
  readonly bandwidth: Estimate;
  /** From a message's start (or its arrival, at a given rate) until the last thread is done with it; ns. */
  readonly latency: {
    readonly mean: Estimate;
    readonly least: number;
    readonly most: number;
    readonly quantiles: readonly (Estimate & { readonly share: number })[];
  };
  /** CPU time per message, ns: work and stalls, without polling in vain. */
  readonly cpu: Estimate;
  readonly work: number;
  readonly stall: Estimate;
  readonly stalls: readonly { readonly what: Stall; readonly time: number }[];
  readonly poll: number;
  readonly places: readonly PlaceReport[];
  /** How often the test's condition held: a share of the messages that its filter lets through. */
  readonly hits: Estimate & { readonly count: number; readonly of: number };
  readonly outcomes: readonly Outcome[];
  readonly figures: readonly UsedFigure[];
  readonly events: number;
  readonly states: number;
  /** Why it stopped early. */
  readonly stopped: Tally["stopped"];
  readonly stuck: readonly string[];
}

/** What a program cannot be simulated for. */
export interface NotTimed {
  readonly kind: "no-times" | "stuck" | "endless" | "interrupted" | "empty";
  readonly message: string;
}

/** A report, or why there is none. */
export type Simulation = { readonly ok: true; readonly report: SimulationReport } | { readonly ok: false; readonly why: NotTimed };

/** A workload, and the settings of the machine. */
export interface SimulationOptions {
  readonly settings?: Settings;
  /** Asked now and then: true stops. */
  readonly interrupted?: () => boolean;
  /** Makes another machine of the one that was built: for tests that have to go wrong. */
  readonly change?: (machine: Machine) => Machine;
}

/** The names of a program's locations that a workload makes large, as numbers; an unknown name is an error. */
function payloadLocations(program: Program, workload: Workload, polled: readonly number[]): readonly number[] {
  if (workload.payload === undefined) return payloadOf(program, polled);
  return workload.payload.map((name) => {
    const at = program.locations.findIndex((location) => location.name === name);
    if (at < 0) throw new RangeError(`there is no location ${name}; there are ${program.locations.map((each) => each.name).join(", ")}`);
    return at;
  });
}

/**
 * Runs a workload of a program on a platform. A pure function of its arguments, but for `interrupted`. Throws a RangeError for a payload that names no location.
 */
export function simulate(
  program: Program,
  platform: Platform,
  wanted: Partial<Workload> = {},
  options: SimulationOptions = {},
): Simulation {
  const workload: Workload = { ...DEFAULT_WORKLOAD, ...wanted };
  const built = buildMachine(program, platform, options.settings ?? new Map());
  const machine = options.change?.(built) ?? built;
  const gates = gatesOf(machine);
  const polled = gates.filter((gate) => machine.threads[gate.thread]?.role === "cpu").map((gate) => gate.location);
  const payload = payloadLocations(program, workload, polled);
  if (machine.instructions.length === 0) return { ok: false, why: { kind: "empty", message: "the test does nothing" } };
  let tally: Tally;
  let figures: readonly UsedFigure[];
  try {
    const times = resolveTimes(machine, workload, payload);
    figures = times.figures;
    tally = runWorkload(machine, times, gates, workload, options.interrupted);
  } catch (error) {
    if (error instanceof NoTimes) return { ok: false, why: { kind: "no-times", message: error.message } };
    throw error;
  }
  const failed = (kind: NotTimed["kind"], message: string): Simulation => ({ ok: false, why: { kind, message } });
  if (tally.stopped === "stuck") return failed("stuck", `a message gets stuck: ${tally.stuck.join("; ")} cannot go on`);
  if (tally.stopped === "endless") return failed("endless", `a message does not end: a loop of ${loopNames(machine)} goes round for ever`);
  if (tally.stopped === "interrupted") return failed("interrupted", "interrupted");
  return {
    ok: true,
    report: reportOf(
      program,
      platform,
      workload,
      machine,
      tally,
      figures,
      payload,
      gates.map((gate) => machine.threads[gate.thread]?.name ?? ""),
    ),
  };
}

const loopNames = (machine: Machine): string =>
  [...new Set(machine.instructions.filter((each) => each.kind === "loop").map((each) => machine.threads[each.thread]?.name ?? "?"))].join(
    ", ",
  );

function reportOf(
  program: Program,
  platform: Platform,
  workload: Workload,
  machine: Machine,
  tally: Tally,
  figures: readonly UsedFigure[],
  payload: readonly number[],
  polling: readonly string[],
): SimulationReport {
  const { messages, batches } = tally;
  const per = (pick: (batch: Tally["batches"][number]) => number, total: number): Estimate =>
    fromBatches(batches.length > 0 ? batches.map((batch) => pick(batch) / batch.messages) : [total], total);
  const rate = fromBatches(
    batches.length > 0 ? batches.map((batch) => (batch.messages / batch.time) * 1e9) : [(messages / tally.time) * 1e9],
    (messages / tally.time) * 1e9,
  );
  const bits = payload.length === 0 ? 0 : workload.size * 8;
  const scaled = (estimate: Estimate, by: number): Estimate => ({
    value: estimate.value * by,
    low: estimate.low * by,
    high: estimate.high * by,
  });
  const outcomes = [...tally.ends.values()].map(
    ({ end, count }): Outcome => ({ values: end.values, satisfies: end.satisfies, dropped: end.dropped, count }),
  );
  outcomes.sort((a, b) => compare(a.values, b.values));
  const kept = outcomes.filter((outcome) => !outcome.dropped).reduce((sum, outcome) => sum + outcome.count, 0);
  const hits = outcomes.filter((outcome) => outcome.satisfies).reduce((sum, outcome) => sum + outcome.count, 0);
  const lost = tally.stalls.reduce((sum, each) => sum + each, 0);
  return {
    test: program.name,
    platform: platform.name,
    workload,
    payload: payload.map((location) => program.locations[location]?.name ?? "?"),
    polling,
    messages,
    rate,
    bandwidth: scaled(rate, bits / 1e9),
    latency: {
      mean: per((batch) => batch.latency, tally.latencySum / messages),
      least: tally.latency.least,
      most: tally.latency.most,
      quantiles: QUANTILES.map((at, index) => ({
        share: at,
        ...fromBatches(
          batches.length > 0 ? batches.map((batch) => batch.quantiles[index] as number) : [tally.latency.quantile(at)],
          tally.latency.quantile(at),
        ),
      })),
    },
    cpu: per((batch) => batch.work + batch.stall, (tally.work + lost) / messages),
    work: tally.work / messages,
    stall: per((batch) => batch.stall, lost / messages),
    stalls: STALLS.map((what, index) => ({ what, time: (tally.stalls[index] as number) / messages })).filter((stall) => stall.time > 0),
    poll: tally.poll / messages,
    places: machine.platform.fabric.places.flatMap((place, index): PlaceReport[] => {
      const sums = tally.places[index];
      if (sums === undefined || sums.packets === 0) return [];
      return [
        {
          id: place.id,
          title: place.title,
          packets: sums.packets / messages,
          wait: sums.wait / sums.packets,
          transit: sums.transit / sums.packets,
          held: sums.held / sums.packets,
        },
      ];
    }),
    hits: { ...share(hits, kept), count: hits, of: kept },
    outcomes,
    figures,
    events: tally.events,
    states: tally.states,
    stopped: tally.stopped,
    stuck: tally.stuck,
  };
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return (a[i] as number) - (b[i] as number);
  return 0;
}

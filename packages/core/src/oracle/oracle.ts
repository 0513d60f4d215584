/**
 * The oracle: every end state of a small straight-line test, by brute force. It guesses what happens (scenario.ts), lists the events and what their orders have to obey
 * (constraints.ts), goes through every way of ordering those pairs of events whose order matters, and computes what each complete order means (values.ts, guesses.ts, end.ts).
 *
 * It shares nothing with machine/ and explore/ but the program and the platform: it has no states, no steps and no queues. docs/decisions/0003-oracle.md says what it
 * covers and why its answers can be trusted.
 */
import type { Platform } from "../platform/platform.js";
import { formulaAtoms } from "../program/formula.js";
import type { Program } from "../program/program.js";
import { constrain } from "./constraints.js";
import { endOf, type OracleEnd } from "./end.js";
import { mappingMode } from "./mappings.js";
import { obey } from "./obey.js";
import type { Order } from "./order.js";
import { scenariosOf } from "./scenario.js";
import { sharesCompletions } from "./thefts.js";
import { TooLarge, Unsupported } from "./unsupported.js";
import { viewsOf } from "./views.js";

export type { OracleEnd } from "./end.js";

/** All ends that the oracle found, or why it does not answer. */
export type OracleAnswer =
  /** All end states, sorted by value, and how many orders were looked at. */
  | { readonly kind: "ends"; readonly ends: readonly OracleEnd[]; readonly orders: number }
  /** The oracle does not cover the test or the platform. */
  | { readonly kind: "unsupported"; readonly reason: string }
  /** More orders than the budget allows. */
  | { readonly kind: "too-large" };

/** Orders that are looked at, complete or not, before the oracle gives up. */
const BUDGET = 200_000;

/** Handlers of one CPU run one after another, and a CPU on which nothing else runs is idle: it has a thread that does nothing. */
function withIdle(program: Program): Program {
  const busy = new Set(program.threads.flatMap(({ role, on, cpu }) => (role === "cpu" && on === undefined ? [cpu] : [])));
  const idle = new Map(program.threads.flatMap((thread) => (thread.role === "cpu" && !busy.has(thread.cpu) ? [[thread.cpu, thread]] : [])));
  if (idle.size === 0) return program;
  return {
    ...program,
    threads: [
      ...program.threads,
      ...[...idle.values()].map((handler) => ({ ...handler, on: undefined, registers: [], initial: [], code: [] })),
    ],
  };
}

/** All end states of a program on a platform; `settings`: values of options that differ from their defaults. */
export function consult(
  given: Program,
  platform: Platform,
  settings: ReadonlyMap<string, string> = new Map(),
  budget = BUDGET,
): OracleAnswer {
  const option = (id: string): string | undefined => {
    const found = platform.options.find((candidate) => candidate.id === id);
    return found === undefined ? undefined : (settings.get(id) ?? found.default);
  };
  const program = withIdle(given);
  const ends = new Map<string, OracleEnd>();
  let spent = 0;
  let orders = 0;
  try {
    if (formulaAtoms(program.condition.formula).some(({ kind }) => kind === "stuck")) throw new Unsupported("runs that get stuck");
    if (settings.has("iommu")) throw new Unsupported("the setting iommu from outside the test");
    if (option("dma-landing") === "one-by-one") throw new Unsupported("DMA that CPUs see one by one");
    if (platform.cpu.barriersTravel) throw new Unsupported("barriers that travel with what was read");
    if (!platform.cpu.readsJoin) throw new Unsupported("caches that lag behind");
    if (platform.cpu.devicesSee === "later") throw new Unsupported("stores that reach devices later than CPUs");
    if (sharesCompletions(platform)) {
      const { routes, places } = platform.fabric;
      const shared = (route: readonly string[]): number =>
        places.filter((place) => place.does?.includes("share-completions") && route.includes(place.id)).length;
      if (shared(routes["pio-reply"]) + shared(routes["peer-reply"]) > 0) throw new Unsupported("shared completions of registers");
      if (shared(routes["dma-reply"]) > 1) throw new Unsupported("completions that are shared in two places");
      if (mappingMode(program, platform) !== "passthrough") throw new Unsupported("shared completions of reads that are looked up");
    }
    const cached = program.locations.some((location) => location.space === "memory" && location.mapping.mode === "streaming");
    if (!platform.fabric.coherent && cached) throw new Unsupported("caches that do not snoop");

    for (const scenario of scenariosOf(program, platform, option)) {
      const constraints = constrain(program, platform, option, scenario);
      if (++spent > budget) throw new TooLarge();
      if (constraints === undefined) continue;
      const settle = (order: Order, at: number): void => {
        if (++spent > budget) throw new TooLarge();
        for (let i = at; i < constraints.open.length; i++) {
          const [a, b] = constraints.open[i] as readonly [number, number];
          if (constraints.before(order, a, b) || constraints.before(order, b, a)) continue;
          for (const [first, second] of [
            [a, b],
            [b, a],
          ] as const) {
            const next = order.copy();
            if (constraints.add(next, first, second) && obey(constraints, next)) settle(next, i + 1);
          }
          return;
        }
        for (const view of constraints.listed.size === 0 ? [{ order }] : viewsOf(program, constraints, order)) {
          orders++;
          if (++spent > budget) throw new TooLarge();
          const end = endOf(program, platform, constraints, view);
          if (end !== undefined) ends.set(`${end.values.join()} ${end.satisfies}`, end);
        }
      };
      const order = constraints.order.copy();
      if (obey(constraints, order)) settle(order, 0);
    }
  } catch (error) {
    if (error instanceof Unsupported) return { kind: "unsupported", reason: error.message };
    if (error instanceof TooLarge) return { kind: "too-large" };
    throw error;
  }
  return { kind: "ends", ends: [...ends.values()].sort(byValue), orders };
}

function byValue(a: OracleEnd, b: OracleEnd): number {
  for (let i = 0; i < a.values.length; i++) {
    const difference = (a.values[i] as number) - (b.values[i] as number);
    if (difference !== 0) return difference;
  }
  return Number(a.satisfies) - Number(b.satisfies);
}

/**
 * A scenario as events and what its orders have to obey: events that always come one before the other, pairs whose order has to be settled, and rules of the form
 * "if a is before b, then c is before d".
 *
 * Events are points in time. An access to memory is one; a packet's are: it enters its first place, it goes from place to place, it arrives, its reply is back.
 */
import type { Platform } from "../platform/platform.js";
import type { Program } from "../program/program.js";
import type { Draft, Rule } from "./draft.js";
import { type Events, eventsOf } from "./events.js";
import type { Item } from "./item.js";
import { type MemoryOrder, orderMemory } from "./memory-order.js";
import { orderArrivals, orderBursts, orderPlaces, type Visit } from "./place-order.js";
import { orderActs, orderDevices, orderInterrupts, orderWindow } from "./program-order.js";
import type { Lookup } from "./roads.js";
import type { Scenario } from "./scenario.js";
import { Unsupported } from "./unsupported.js";

export interface Constraints extends Events, MemoryOrder {
  readonly scenario: Scenario;
  /** What each CPU sees in program order, interrupts included. */
  readonly sequences: readonly (readonly Item[])[];
  readonly visits: readonly Visit[];
  /** Pairs of events whose order has to be settled. */
  readonly open: readonly (readonly [number, number])[];
  readonly rules: readonly Rule[];
}

/** Beyond so many events nothing is tried: an order of them is copied at each guess. */
const MOST_EVENTS = 400;

/** Makes the constraints; undefined where they contradict each other outright. */
export function constrain(program: Program, platform: Platform, option: Lookup, scenario: Scenario): Constraints | undefined {
  const events = eventsOf(program, platform, option, scenario);
  if (events === undefined) return undefined;
  const draft: Draft = { ...events, program, platform, option, scenario, open: [], rules: [], possible: true };
  if (!orderBursts(draft)) return undefined;
  orderActs(draft);
  orderDevices(draft);
  const sequences = orderInterrupts(draft);
  for (const sequence of sequences) orderWindow(draft, sequence);
  const memory = orderMemory(draft, sequences);
  const visits = orderPlaces(draft);
  orderArrivals(draft, memory.touches);
  if (events.count > MOST_EVENTS) throw new Unsupported(`more than ${MOST_EVENTS} events`);
  const { open, rules } = draft;
  return draft.possible ? { ...events, ...memory, scenario, sequences, visits, open, rules } : undefined;
}

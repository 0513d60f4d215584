/** Whether everything that a run guesses comes true in an order: branches, addresses, waits, interrupts, room in places. */
import type { Platform } from "../platform/platform.js";
import type { Expression, Program } from "../program/program.js";
import { locationAt } from "./address.js";
import type { Constraints } from "./constraints.js";
import { arrivalOf, conditional, type Item, ownStore, startOf } from "./item.js";
import { mappingMode, mappingsHold } from "./mappings.js";
import { raises } from "./scenario.js";
import { type Settled, storesAfter, type Values } from "./values.js";

/** An order with its values. */
interface Reading {
  readonly program: Program;
  readonly platform: Platform;
  readonly constraints: Constraints;
  readonly view: Settled;
  readonly values: Values;
}

export function comesTrue(reading: Reading): boolean {
  const { program, platform, constraints, view } = reading;
  return (
    mappingsHold(constraints, view.order, mappingMode(program, platform)) &&
    constraints.items.every((item) => goesAsGuessed(reading, item)) &&
    writesAsSeen(reading) &&
    readsInStep(reading) &&
    constraints.items.every((item) => waitsEnd(reading, item)) &&
    raised(reading) &&
    roomEverywhere(reading)
  );
}

/** Branches go the way that they were guessed, computed addresses point where they were guessed to. */
function goesAsGuessed({ program, values }: Reading, item: Item): boolean {
  const { act, run, position } = item;
  if (act.kind === "branch" && (values.valueOf(run, position, act.value) !== 0) !== act.outcome) return false;
  if (act.address === undefined || act.location !== undefined) return true;
  const found = locationAt(program, values.valueOf(run, position, act.address));
  return (program.locations[found]?.space === "memory" ? found : -1) === item.location;
}

/** A view says which conditional atomics write. */
function writesAsSeen({ constraints, view, values }: Reading): boolean {
  if (!("coherence" in view)) return true;
  return constraints.touches.every((touch) => {
    const writes = view.coherence.get(touch.location);
    if (writes === undefined || !touch.writes || !conditional(touch.item.act)) return true;
    return writes.includes(touch.item) === (values.effectOf(touch.item).stored !== undefined);
  });
}

/** Of two loads of one location the later reads no older write, those counted that were uncertain before. */
function readsInStep({ constraints, values }: Reading): boolean {
  const { earlier, effectOf } = values;
  return constraints.rereads.every(({ older, younger, store }) => {
    if (constraints.listed.has(older.location)) return true;
    return !constraints.touches.some(
      ({ item, location, event, writes }) =>
        writes &&
        item !== store &&
        location === older.location &&
        earlier(startOf(younger), event) &&
        (store === undefined || earlier(startOf(store), event)) &&
        earlier(event, startOf(older)) &&
        effectOf(item).stored !== undefined,
    );
  });
}

/** What an act waits for is there, and a conditional atomic did what its path says. What a wait reads is defined by the wait itself. */
function waitsEnd(reading: Reading, item: Item): boolean {
  const { program, platform, constraints, values } = reading;
  const { earlier, effectOf } = values;
  const { act, run, position } = item;
  switch (act.kind) {
    case "rmw":
      if (item.location < 0) return true;
      if (act.locks && effectOf(item).old !== 0) return false;
      // A fork of the path says what a conditional atomic does.
      return !platform.accessors.has("atomic_failed") || act.facts.has("lock") || (effectOf(item).stored !== undefined) === act.outcome;
    case "load":
      return act.half === undefined || item.location < 0 || halvesAgree(reading, item);
    case "wait":
      return values.valueOf(run, position + 1, act.value) !== 0;
    case "hear": {
      const me = program.threads[run.thread]?.device as number;
      return said(reading, "tell", act.device, me, item) > said(reading, "hear", me, act.device, item);
    }
    case "ats-wait":
      return constraints.items.some(
        (other) =>
          other.act.kind === "invalidate-done" &&
          program.threads[other.run.thread]?.device === act.device &&
          earlier(arrivalOf(other), startOf(item)),
      );
    default:
      return true;
  }
}

/** The read half of an atomic found its lock free, stores what its path says, and nothing is written between it and its write half. */
function halvesAgree({ constraints, values }: Reading, item: Item): boolean {
  const { byRun, listed, sequences, touches } = constraints;
  const { earlier, effectOf } = values;
  const { act, run, position } = item;
  if (act.locks && effectOf(item).old !== 0) return false;
  const operand = (expression: Expression): number => values.valueOf(run, position, expression);
  if (act.modify !== undefined && storesAfter(act.modify, effectOf(item).old, operand) !== act.outcome) return false;
  const write = act.outcome ? byRun.get(run)?.[position + 1] : undefined;
  if (write === undefined || listed.has(item.location)) return true;
  const store = ownStore(sequences, item);
  return !touches.some(
    ({ item: other, location, event, writes }) =>
      writes &&
      other !== write &&
      other !== store &&
      (store === undefined || earlier(startOf(store), event)) &&
      location === item.location &&
      earlier(startOf(item), event) &&
      earlier(event, startOf(write)) &&
      effectOf(other).stored !== undefined,
  );
}

/** How often a device told another something, or heard it, before an act. */
function said({ program, constraints, values }: Reading, kind: "tell" | "hear", from: number, to: number, before: Item): number {
  return constraints.items.filter(
    (other) =>
      other.act.kind === kind &&
      program.threads[other.run.thread]?.device === from &&
      other.act.device === to &&
      values.earlier(startOf(other), startOf(before)),
  ).length;
}

/** Every start of a handler was raised, and nothing raised is left. */
function raised({ program, constraints, values }: Reading): boolean {
  const { scenario, items } = constraints;
  const { earlier, effectOf } = values;
  return program.threads.every((thread, index) => {
    const { on } = thread;
    if (on === undefined) return true;
    const starts = scenario.runs.filter((run) => run.thread === index).map((run) => constraints.starts.get(run) as number);
    const raisings = items
      .filter(
        (item) =>
          raises(program, item.run.thread, item.act, item.location, index) &&
          (item.act.kind !== "dma-atomic" || on.kind === "read" || effectOf(item).stored !== undefined),
      )
      .map(arrivalOf);
    starts.sort((a, b) => (earlier(a, b) ? -1 : 1));
    const since = (at: number): number => raisings.filter((raising) => earlier(raising, starts[at] as number)).length;
    // Interrupts merge while they are pending; writes are counted.
    if (on.kind === "write" || on.kind === "read") return raisings.length === starts.length && starts.every((_, at) => since(at) > at);
    return (
      starts.every((_, at) => since(at) > (at === 0 ? 0 : since(at - 1))) &&
      (starts.length === 0 ? raisings.length === 0 : since(starts.length - 1) === raisings.length)
    );
  });
}

/** No place ever holds more packets of a class than it has credits for. */
function roomEverywhere({ constraints, values: { earlier } }: Reading): boolean {
  const classOf = (kind: string): number =>
    kind === "posted" || kind === "intx" ? 0 : kind === "completion" || kind === "io-completion" ? 2 : 1;
  return constraints.visits.every((visit) => {
    const { credits } = visit.stop.place;
    if (credits === undefined || (visit.item.again && visit.enters === visit.item.events[0])) return true;
    const there = constraints.visits.filter(
      (other) =>
        other !== visit &&
        other.stop.key === visit.stop.key &&
        classOf(other.stop.kind) === classOf(visit.stop.kind) &&
        earlier(other.enters, visit.enters) &&
        !earlier(other.leaves, visit.enters),
    );
    return there.length < credits;
  });
}

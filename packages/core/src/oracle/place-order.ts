/** Order in places: packets that stand in one place, what raises and tells, and what arrives first where the condition asks. */
import { formulaAtoms } from "../program/formula.js";
import { type Draft, eachPair, first } from "./draft.js";
import { arrivalOf, type Item } from "./item.js";
import { mappingPairs } from "./mappings.js";
import type { Touch } from "./memory-order.js";
import { mayPass, type Packet, type Stop } from "./roads.js";
import { raises } from "./scenario.js";

/** A place's entry and exit on one packet's way. */
export interface Visit {
  readonly item: Item;
  readonly stop: Stop;
  readonly enters: number;
  readonly leaves: number;
}

/** Words of one burst stand behind each other in the place that they leave together. False where they cannot. */
export function orderBursts(draft: Draft): boolean {
  const { program, platform, option } = draft;
  for (const [word, next] of draft.behind) {
    const [older, younger] = [word.packet as Packet, next.packet as Packet];
    const [at, nextAt] = [older.stops[older.home - 1] as Stop, younger.stops[younger.home - 1] as Stop];
    if (at.key !== nextAt.key) return false;
    // What may pass need not have come behind.
    if (mayPass(program, platform, option, younger, nextAt, older, at)) continue;
    first(draft, word.events[older.home - 1] as number, next.events[younger.home - 1] as number);
  }
  return true;
}

/** Two packets in one place: who may not pass stays behind; where room is limited, who comes first matters. */
export function orderPlaces(draft: Draft): readonly Visit[] {
  const { program, platform, option, open, rules } = draft;
  const visits = draft.items.flatMap((item): Visit[] =>
    (item.packet?.stops ?? []).map((stop, i) => ({ item, stop, enters: item.events[i] as number, leaves: item.events[i + 1] as number })),
  );
  eachPair(visits, (a, b) => {
    if (a.item === b.item || a.stop.key !== b.stop.key) return;
    const [p, q] = [sideOf(a), sideOf(b)];
    const passA = mayPass(program, platform, option, p, a.stop, q, b.stop);
    const passB = mayPass(program, platform, option, q, b.stop, p, a.stop);
    if (!passA || !passB) open.push([a.enters, b.enters]);
    if (!passA) rules.push({ if: [b.enters, a.enters], then: [b.leaves, a.leaves] });
    if (!passB) rules.push({ if: [a.enters, b.enters], then: [a.leaves, b.leaves] });
    if (a.stop.place.credits === undefined) return;
    const pairs: readonly (readonly [number, number])[] = [
      [a.enters, b.enters],
      [a.enters, b.leaves],
      [a.leaves, b.enters],
    ];
    open.push(...pairs.filter(([one, other]) => one !== other));
  });
  return visits;
}

/** A packet on a visit: its request, or its reply. */
function sideOf({ item, enters }: Visit): Packet {
  const packet = item.packet as Packet;
  return item.events.indexOf(enters) > packet.home ? { ...packet, ...packet.answered } : packet;
}

/** What raises a handler, and its starts; what was told and heard; what was invalidated; what was mapped and looked up; what arrived where first. */
export function orderArrivals(draft: Draft, touches: readonly Touch[]): void {
  const { program, items, starts, open } = draft;
  for (const [run, taken] of starts) {
    for (const item of items)
      if (raises(program, item.run.thread, item.act, item.location, run.thread)) open.push([arrivalOf(item), taken]);
  }
  eachPair(items, (a, b) => {
    const kinds = [a.act.kind, b.act.kind];
    const talking = kinds.every((kind) => kind === "tell" || kind === "hear") && kinds.includes("hear");
    const waiting = kinds.includes("ats-wait") && kinds.includes("invalidate-done");
    if (talking || waiting) open.push([arrivalOf(a), arrivalOf(b)]);
  });
  open.push(...mappingPairs(items));
  const compared = new Set(
    [...formulaAtoms(program.condition.formula), ...formulaAtoms(program.filter)].flatMap((atom) =>
      atom.kind === "order" ? [atom.first.location, atom.second.location] : [],
    ),
  );
  const arrivals = touches.filter((touch) => compared.has(touch.location));
  eachPair(arrivals, (a, b) => {
    if (a.item !== b.item) open.push([a.event, b.event]);
  });
}

/** The table of mappings: which requests are looked up, and whether an order of lookups, unmaps and maps can be. */
import type { Platform } from "../platform/platform.js";
import type { Program } from "../program/program.js";
import type { Act } from "./act.js";
import type { Constraints } from "./constraints.js";
import type { Item } from "./item.js";
import type { Order } from "./order.js";

export type MappingMode = "passthrough" | "lazy" | "strict";

/** What the test's header asks for, as far as the fabric has something that looks requests up. Where nobody promises when an unmap takes effect, it does so at any time. */
export function mappingMode(program: Program, platform: Platform): MappingMode {
  const asked = program.settings.findLast(([name]) => name === "iommu")?.[1];
  if (asked !== "lazy" && asked !== "strict") return "passthrough";
  const deeds = platform.fabric.places.flatMap((place) => place.does ?? []);
  if (deeds.includes("translate")) return asked;
  return deeds.includes("may-translate") ? "lazy" : "passthrough";
}

/** Is a request to this location looked up on its way, and can it be refused? */
export function isLookedUp(program: Program, platform: Platform, act: Act, location: number): boolean {
  if (act.kind !== "dma-write" && act.kind !== "dma-read" && act.kind !== "dma-atomic") return false;
  if (act.attributes.translated || program.locations[location]?.space !== "memory") return false;
  if (mappingMode(program, platform) === "passthrough") return false;
  return program.threads.some((thread) =>
    thread.code.some((operation) => operation.kind === "dma-api" && operation.location === location && operation.call.endsWith("map")),
  );
}

/** The event at which a request is looked up; undefined where it is not. */
function lookupOf(item: Item): number | undefined {
  const stop = item.packet?.stops
    .slice(0, item.packet.home)
    .findIndex(({ place }) => place.does?.some((deed) => deed === "translate" || deed === "may-translate"));
  return item.lookedUp && stop !== undefined && stop >= 0 ? item.events[stop + 1] : undefined;
}

const about = (item: Item): number => (item.act.mapping >= 0 ? item.act.mapping : item.location);

/** Pairs of events whose order decides what is found. */
export function mappingPairs(items: readonly Item[]): readonly (readonly [number, number])[] {
  const points = items.flatMap((item): { item: Item; event: number }[] => {
    const lookup = lookupOf(item);
    if (item.act.mapping >= 0) return [{ item, event: item.events[0] as number }];
    if (lookup === undefined) return [];
    const arrival = item.events[item.packet?.home ?? 0] as number;
    return arrival === lookup
      ? [{ item, event: lookup }]
      : [
          { item, event: lookup },
          { item, event: arrival },
        ];
  });
  return points.flatMap((a, i) =>
    points.slice(i + 1).flatMap((b) => (a.item !== b.item && about(a.item) === about(b.item) ? [[a.event, b.event] as const] : [])),
  );
}

/** Does each lookup find what was guessed, and does each unmap wait for what was found before? */
export function mappingsHold(constraints: Constraints, order: Order, mode: MappingMode): boolean {
  const { items } = constraints;
  const earlier = (a: number, b: number): boolean => constraints.before(order, a, b);
  const tables = new Set(items.flatMap((item) => (item.act.mapping >= 0 || item.lookedUp ? [about(item)] : [])));
  for (const table of tables) {
    const points = items.flatMap((item): { item: Item; event: number }[] => {
      const event = item.act.mapping === table ? (item.events[0] as number) : item.location === table ? lookupOf(item) : undefined;
      return event === undefined ? [] : [{ item, event }];
    });
    points.sort((a, b) => (earlier(a.event, b.event) ? -1 : 1));
    let entry: "there" | "perhaps" | "gone" = "there";
    for (const { item, event } of points) {
      switch (item.act.kind) {
        case "map":
          entry = "there";
          break;
        case "unmap":
          if (mode === "strict") entry = "gone";
          else if (entry === "there") entry = "perhaps";
          break;
        case "unmapped":
          for (const other of items) {
            const lookup = other.location === table && !other.act.refused ? lookupOf(other) : undefined;
            if (lookup !== undefined && earlier(lookup, event) && !earlier(other.events[other.packet?.home ?? 0] as number, event))
              return false;
          }
          break;
        default:
          if (item.act.refused ? entry === "there" : entry === "gone") return false;
          if (item.act.refused) entry = "gone";
      }
    }
  }
  return true;
}

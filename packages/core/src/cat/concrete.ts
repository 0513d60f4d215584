/**
 * Values on the events of one structure, with sets as sets: what `interpret` computes with. Slow and general; the graph does all the rest.
 */
import type { NodeId } from "./graph.js";
import * as bits from "./relation.js";
import type { Condition, Expression, Pattern, Place } from "./syntax.js";
import { CatError, type Environment } from "./value.js";

export type Concrete =
  | { readonly kind: "set" | "relation"; readonly bits: Int32Array }
  | { readonly kind: "event"; readonly event: number }
  | { readonly kind: "pair"; readonly from: number; readonly to: number }
  /** A set of anything else; no element twice. */
  | { readonly kind: "values"; readonly elements: readonly Concrete[] }
  | { readonly kind: "tuple"; readonly elements: readonly Concrete[] }
  | { readonly kind: "nothing" }
  | { readonly kind: "universe" }
  | { readonly kind: "tag"; readonly name: string }
  | { readonly kind: "function"; readonly parameters: Pattern; readonly body: Expression; scope: Scope }
  | { readonly kind: "primitive"; readonly name: string };

/** Where names are found: the interpreter's own, then those of the compiled model. */
export class Scope {
  readonly names = new Map<string, Concrete>();

  constructor(
    readonly outer: Scope | undefined,
    readonly root: Environment,
  ) {}
}

/** The events that an interpretation speaks of. */
export interface Ground {
  readonly n: number;
  readonly loc: Int32Array;
  /** The bits of a node of the graph. */
  read(node: NodeId): { readonly kind: "set" | "relation"; readonly bits: Int32Array };
  readonly variant: (condition: Condition) => boolean | undefined;
  /** Told wherever something is made of all events (a complement, an identity): where that never happens, and nothing that is read has an event in it, the result is the same for any number of events. */
  readonly asksForAll?: () => void;
}

/** A set of sets with more elements is refused. */
export const MOST_ELEMENTS = 200_000;

export function event(number: number): Concrete {
  return { kind: "event", event: number };
}

export function elementsOf(ground: Ground, value: Concrete): readonly Concrete[] | undefined {
  switch (value.kind) {
    case "nothing":
      return [];
    case "set":
      return bits.eventsOf(value.bits).map(event);
    case "relation":
      return bits.pairsOf(value.bits, ground.n).map(([from, to]) => ({ kind: "pair", from, to }));
    case "values":
      return value.elements;
    default:
      return undefined;
  }
}

export function rebuilt(ground: Ground, like: Concrete, elements: readonly Concrete[]): Concrete {
  if (like.kind === "set")
    return {
      kind: "set",
      bits: bits.setOf(
        ground.n,
        elements.map((element) => (element.kind === "event" ? element.event : 0)),
      ),
    };
  if (like.kind === "relation") {
    return {
      kind: "relation",
      bits: bits.relationOf(
        ground.n,
        elements.map((element) => (element.kind === "pair" ? [element.from, element.to] : [0, 0])),
      ),
    };
  }
  return { kind: "values", elements };
}

export function explicitSet(ground: Ground, elements: readonly Concrete[]): Concrete {
  if (elements.length === 0) return { kind: "nothing" };
  if (elements.every((element) => element.kind === "event"))
    return rebuilt(ground, { kind: "set", bits: bits.emptySet(ground.n) }, elements);
  if (elements.every((element) => element.kind === "pair"))
    return rebuilt(ground, { kind: "relation", bits: bits.emptyRelation(ground.n) }, elements);
  return valuesOf(elements);
}

/** A key by which equal values are told. */
export function keyOf(value: Concrete): string {
  switch (value.kind) {
    case "set":
    case "relation":
      return bits.isEmpty(value.bits) ? "{}" : `${value.kind}:${value.bits.join(",")}`;
    case "nothing":
      return "{}";
    case "event":
      return `e${value.event}`;
    case "pair":
      return `p${value.from},${value.to}`;
    case "tag":
      return `'${value.name}`;
    case "tuple":
      return `(${value.elements.map(keyOf).join(";")})`;
    case "values":
      return value.elements.length === 0 ? "{}" : `{${value.elements.map(keyOf).sort().join(";")}}`;
    default:
      return value.kind;
  }
}

export function valuesOf(elements: readonly Concrete[]): Concrete {
  const known = new Map<string, Concrete>();
  for (const element of elements) {
    const key = keyOf(element);
    if (!known.has(key)) known.set(key, element);
  }
  return { kind: "values", elements: [...known.values()] };
}

export function asRelation(ground: Ground, value: Concrete, place: Place): Int32Array {
  if (value.kind === "relation") return value.bits;
  if (value.kind === "nothing") return bits.emptyRelation(ground.n);
  if (value.kind === "pair") return bits.relationOf(ground.n, [[value.from, value.to]]);
  if (value.kind === "universe") return fullRelation(ground);
  throw new CatError(place, "a relation is needed here");
}

export function asSet(ground: Ground, value: Concrete, place: Place): Int32Array {
  if (value.kind === "set") return value.bits;
  if (value.kind === "nothing") return bits.emptySet(ground.n);
  if (value.kind === "event") return bits.setOf(ground.n, [value.event]);
  if (value.kind === "universe") return fullSet(ground);
  throw new CatError(place, "a set of events is needed here");
}

function fullRelation(ground: Ground): Int32Array {
  ground.asksForAll?.();
  const all = bits.emptyRelation(ground.n);
  bits.fullInto(all, ground.n);
  return all;
}

function fullSet(ground: Ground): Int32Array {
  ground.asksForAll?.();
  const all = bits.emptySet(ground.n);
  bits.fullSetInto(all, ground.n);
  return all;
}

export function fresh(ground: Ground, fill: (into: Int32Array) => void): Concrete {
  const into = bits.emptyRelation(ground.n);
  fill(into);
  return { kind: "relation", bits: into };
}

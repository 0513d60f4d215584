/**
 * Threads that do the same. Exchanging them turns executions into executions, consistent into consistent (a model names no thread), and changes no final state that does not speak of their
 * registers. Where each of n such threads has, at the same place of its program, a write to one location, co orders these writes in one of n! ways, and exchanging threads leads from each way to
 * each other: so it is enough to count the executions with one of the orders, n! times.
 */
import { hasEdge } from "../cat/relation.js";
import type { Frame } from "./frame.js";
import type { LocationPlan } from "./plan.js";
import type { Skeleton, SkeletonEvent } from "./skeleton.js";
import type { Term } from "./value.js";

export interface Symmetry {
  /** Writes of one location that may be taken to be ordered as they stand here. */
  readonly chains: readonly { readonly location: LocationPlan; readonly writes: readonly number[] }[];
  /** How many executions each one stands for. */
  readonly factor: number;
}

export function findSymmetry(skeleton: Skeleton, frame: Frame, locations: readonly LocationPlan[]): Symmetry {
  const none: Symmetry = { chains: [], factor: 1 };
  let last = -1;
  for (const { thread } of skeleton.events) if (thread > last) last = thread;
  const observed = new Set<number>();
  for (const item of frame.items) if (item.kind === "register") observed.add(item.thread);
  if (last + 1 - observed.size < 2) return none;
  const threads = new Map<number, number[]>();
  skeleton.events.forEach(({ thread }, event) => {
    if (thread < 0 || observed.has(thread)) return;
    const list = threads.get(thread);
    if (list === undefined) threads.set(thread, [event]);
    else list.push(event);
  });
  if (threads.size < 2) return none;
  const classes = new Map<string, number[][]>();
  for (const events of threads.values()) {
    const key = threadKey(skeleton, events);
    const members = classes.get(key);
    if (members === undefined) classes.set(key, [events]);
    else members.push(events);
  }
  const chains: { location: LocationPlan; writes: number[] }[] = [];
  let factor = 1;
  for (const members of classes.values()) {
    const [first] = members;
    if (members.length < 2 || first === undefined) continue;
    // A lock's order decides most: it comes first.
    const places = first.flatMap((event, place) => {
      const location = locations.find(({ writes }) => writes.includes(event));
      return location === undefined ? [] : [{ place, location, lock: skeleton.events[event]?.kind === "LKW" }];
    });
    const chosen = places.find(({ lock }) => lock) ?? places[0];
    if (chosen === undefined) continue;
    chains.push({ location: chosen.location, writes: members.map((events) => events[chosen.place] as number) });
    for (let n = 2; n <= members.length; n++) factor *= n;
  }
  return { chains, factor };
}

/** Two threads with the same key do the same: events, values, and all orders within the thread. */
function threadKey(skeleton: Skeleton, events: readonly number[]): string {
  const place = new Map(events.map((event, index) => [event, index]));
  const { n, relations } = skeleton.structure;
  const words = (n + 31) >> 5;
  const inside = ["po", "addr", "data", "ctrl", "iico_data"].map((name) => {
    const relation = relations.get(name);
    return relation === undefined ? "" : events.map((a) => events.map((b) => (hasEdge(relation, words, a, b) ? 1 : 0)).join("")).join("/");
  });
  const first = skeleton.events[events[0] as number]?.instruction ?? 0;
  const own = events.map((event) => {
    const { kind, tags, location, atomic, value, instruction } = skeleton.events[event] as SkeletonEvent;
    return [
      kind,
      tags.join("+"),
      location ?? "",
      atomic ? 1 : 0,
      instruction - first,
      value === undefined ? "" : termKey(value, place),
    ].join(" ");
  });
  const constraints = skeleton.constraints.flatMap(({ term, holds }) => {
    const key = termKey(term, place);
    // Of another thread.
    return key.includes("?") ? [] : [`${key}${holds ? "" : " not"}`];
  });
  return JSON.stringify([own, inside, constraints]);
}

function termKey(term: Term, place: ReadonlyMap<number, number>): string {
  switch (term.kind) {
    case "constant":
      return JSON.stringify(term.value);
    case "read":
      return `@${place.get(term.event) ?? "?"}`;
    case "operation":
      return `(${termKey(term.left, place)}${term.operator}${termKey(term.right, place)})`;
  }
}

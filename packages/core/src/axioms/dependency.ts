/**
 * Orders of one path of a thread, as herd7 computes them for C: program order (events of one instruction only where one needs the other) and address, data and control dependencies. A
 * dependency starts at a load, goes through registers, and ends at the access (or the fence, for control) that needs what was loaded.
 */
import { isRegister, type ThreadEvent, type ThreadPath } from "./event.js";

/** Pairs of indices into `ThreadPath.events`, all of them visible events. */
export interface ThreadOrders {
  /** Indices of the events that a model sees, in order. */
  readonly visible: readonly number[];
  readonly po: readonly (readonly [number, number])[];
  readonly addr: readonly (readonly [number, number])[];
  readonly data: readonly (readonly [number, number])[];
  readonly ctrl: readonly (readonly [number, number])[];
}

/** What happens to spin locks. */
export const LOCK_EVENTS: ReadonlySet<string> = new Set(["LKR", "LKW", "LC", "UL", "LF", "RL", "RU"]);

/** Memory accesses, fences and lock events: what a dependency may start or end at. */
function isRelevant(event: ThreadEvent): boolean {
  return event.kind === "R" || event.kind === "W" || event.kind === "RW" || event.kind === "F" || LOCK_EVENTS.has(event.kind);
}

function isLoad(event: ThreadEvent): boolean {
  return event.kind === "R" || event.kind === "RW" || event.kind === "LF" || event.kind === "RL" || event.kind === "RU";
}

function isStore(event: ThreadEvent): boolean {
  return event.kind === "W" || event.kind === "RW";
}

function at(path: ThreadPath, event: number): ThreadEvent {
  return path.events[event] as ThreadEvent;
}

/** Computes the orders of a path. */
export function orderThread(path: ThreadPath): ThreadOrders {
  const visible: number[] = [];
  path.events.forEach((event, index) => {
    if (!isRegister(event)) visible.push(index);
  });
  return { visible, po: programOrder(path, visible), ...dependencies(path) };
}

function programOrder(path: ThreadPath, visible: readonly number[]): (readonly [number, number])[] {
  const pairs: (readonly [number, number])[] = [];
  let within: Set<number>[] | undefined;
  for (let second = 1; second < visible.length; second++) {
    for (let first = 0; first < second; first++) {
      const from = visible[first] as number;
      const to = visible[second] as number;
      if (at(path, from).instruction < at(path, to).instruction) pairs.push([from, to]);
      else {
        within ??= closure(path.events.length, [...path.data, ...path.control]);
        if (within[from]?.has(to)) pairs.push([from, to]);
        else if (within[to]?.has(from)) pairs.push([to, from]);
      }
    }
  }
  return pairs;
}

/** For each event, those that are reached by one or more steps. */
function closure(n: number, steps: readonly (readonly [number, number])[]): Set<number>[] {
  const next: number[][] = Array.from({ length: n }, () => []);
  for (const [from, to] of steps) next[from]?.push(to);
  return next.map((successors) => reach(successors, next));
}

function reach(from: readonly number[], next: readonly (readonly number[])[]): Set<number> {
  const seen = new Set<number>();
  const work = [...from];
  for (let event = work.pop(); event !== undefined; event = work.pop()) {
    if (seen.has(event)) continue;
    seen.add(event);
    work.push(...(next[event] ?? []));
  }
  return seen;
}

function dependencies(path: ThreadPath): Pick<ThreadOrders, "addr" | "data" | "ctrl"> {
  const n = path.events.length;
  const takes: number[][] = Array.from({ length: n }, () => []);
  // Steps between registers: from one to the next within an instruction, and from a write to its reads.
  const through: number[][] = Array.from({ length: n }, () => []);
  for (const [from, to] of path.data) {
    takes[from]?.push(to);
    if (!isRelevant(at(path, from)) && !isRelevant(at(path, to))) through[from]?.push(to);
  }
  for (const [from, to] of path.registerReads) through[from]?.push(to);

  const loads: number[] = [];
  path.events.forEach((event, index) => {
    if (isLoad(event)) loads.push(index);
  });
  // What carries a loaded value: the register events behind those that take it directly.
  const carried = new Map<number, Set<number>>();
  for (const load of loads) {
    const behind = (takes[load] ?? []).flatMap((event) => through[event] ?? []);
    carried.set(load, reach(behind, through));
  }
  const sources = (event: number): number[] => {
    const found = loads.filter((load) => carried.get(load)?.has(event));
    if (isLoad(at(path, event))) found.push(event);
    return found;
  };

  const addr: (readonly [number, number])[] = [];
  const data: (readonly [number, number])[] = [];
  for (const [from, to] of path.data) {
    const last = at(path, from);
    const end = at(path, to);
    if (isStore(end) && last.port === "data") for (const load of sources(from)) data.push([load, to]);
    else if (isStore(end) && last.atomic && end.atomic && last.kind === "R") data.push([from, to]);
    if (end.kind === "R" || end.kind === "RW" || (end.kind === "W" && last.port === "address") || LOCK_EVENTS.has(end.kind)) {
      for (const load of sources(from)) addr.push([load, to]);
    }
  }
  return { addr, data, ctrl: path.branches.length === 0 ? [] : controls(path, takes, through, loads, carried, addr, data) };
}

function controls(
  path: ThreadPath,
  takes: readonly (readonly number[])[],
  through: readonly (readonly number[])[],
  loads: readonly number[],
  carried: ReadonlyMap<number, ReadonlySet<number>>,
  addr: readonly (readonly [number, number])[],
  data: readonly (readonly [number, number])[],
): (readonly [number, number])[] {
  const n = path.events.length;
  // What an event decides about, as part of a condition.
  const decides: number[][] = Array.from({ length: n }, () => []);
  for (const { start, end, stop } of path.branches) {
    for (let from = start; from < end; from++) for (let to = end; to < stop; to++) decides[from]?.push(to);
  }
  const isRead = (event: number): boolean => {
    const { kind } = at(path, event);
    return kind === "R" || kind === "RW" || kind === "read";
  };
  // Control of control: a register written in a branch carries what the branch was decided by.
  const onwards = through.map((next, event) => (isRead(event) ? [...next, ...(decides[event] ?? [])] : next));
  const pairs = new Map<number, Set<number>>();
  const add = (from: number, to: number): void => {
    if (!isRelevant(at(path, to))) return;
    let set = pairs.get(from);
    if (set === undefined) {
      set = new Set();
      pairs.set(from, set);
    }
    set.add(to);
  };
  for (const load of loads) {
    const ends = new Set(carried.get(load));
    for (const [from, to] of [...addr, ...data]) if (from === load) ends.add(to);
    for (const end of ends) {
      if (isRead(end) || isLoad(at(path, end))) for (const to of decides[end] ?? []) add(load, to);
    }
    const behind = (takes[load] ?? []).flatMap((event) => onwards[event] ?? []);
    for (const end of reach(behind, onwards)) if (isRead(end)) for (const to of decides[end] ?? []) add(load, to);
    if (isRead(load)) for (const to of decides[load] ?? []) add(load, to);
  }
  return [...pairs].flatMap(([from, set]) => [...set].map((to) => [from, to] as const));
}

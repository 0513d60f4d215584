/** One path of a thread, made ready to be put together with those of the other threads: only what a model sees, numbered from 0, with the orders as pairs of these numbers. Made once, used in many skeletons. */
import { orderThread } from "./dependency.js";
import type { Constraint, EventKind, ThreadEvent, ThreadPath } from "./event.js";
import { renumber, type Term } from "./value.js";

/** Pairs of events, one behind the other: from, to, from, to… */
export type Pairs = readonly number[];

export interface PreparedPath {
  /** The events that a model sees; terms speak of reads by their place in this list. */
  readonly events: readonly ThreadEvent[];
  /** The sets that the events are in, whatever their addresses are. */
  readonly sets: readonly { readonly name: string; readonly members: readonly number[] }[];
  readonly po: Pairs;
  readonly addr: Pairs;
  readonly data: Pairs;
  readonly ctrl: Pairs;
  readonly iico: Pairs;
  /** Pairs of one instruction, the earlier event first, each event with itself too. */
  readonly together: Pairs;
  readonly constraints: readonly Constraint[];
  readonly registers: ReadonlyMap<string, Term>;
  /** True where an address is read. */
  readonly open: boolean;
  /** True where a read's address is a number: `*r` of a register that holds 0 goes nowhere. */
  readonly astray: boolean;
  /** True where a loop was cut. */
  readonly cut: boolean;
  /** As it was executed. */
  readonly origin: ThreadPath;
}

export function preparePath(path: ThreadPath, origin = path): PreparedPath {
  const { visible, po, addr, data, ctrl } = orderThread(path);
  const place = new Map(visible.map((event, index) => [event, index]));
  const placeOf = (event: number): number => place.get(event) as number;
  const local = (term: Term): Term => renumber(term, placeOf);
  const events = visible.map((index): ThreadEvent => {
    const event = path.events[index] as ThreadEvent;
    return {
      ...event,
      address: event.address === undefined ? undefined : local(event.address),
      value: event.value === undefined ? undefined : local(event.value),
    };
  });
  const flat = (pairs: readonly (readonly [number, number])[]): number[] => {
    const list: number[] = [];
    for (const [from, to] of pairs) {
      const a = place.get(from);
      const b = place.get(to);
      if (a !== undefined && b !== undefined) list.push(a, b);
    }
    return list;
  };
  const together: number[] = [];
  events.forEach(({ instruction }, a) => {
    // Events of one instruction stand together.
    for (let b = a; b < events.length && events[b]?.instruction === instruction; b++) together.push(a, b);
  });
  return {
    events,
    sets: setsOf(events),
    po: flat(po),
    addr: flat(addr),
    data: flat(data),
    ctrl: flat(ctrl),
    iico: flat(path.data),
    together,
    constraints: path.constraints.map(({ term, holds }) => ({ term: local(term), holds })),
    registers: new Map([...path.registers].map(([name, term]) => [name, local(term)])),
    open: events.some(({ address }) => address !== undefined && address.kind !== "constant"),
    astray: events.some(({ kind, address }) => kind === "R" && address?.kind === "constant" && typeof address.value !== "string"),
    cut: path.cut,
    origin,
  };
}

/** The name of a tag's set of events: `rcu-lock` gives `Rcu-lock`. */
export function tagSet(tag: string): string {
  return tag.charAt(0).toUpperCase() + tag.slice(1);
}

const KIND_SETS: Readonly<Record<EventKind, readonly string[]>> = {
  R: ["R", "M", "Exp"],
  W: ["W", "M", "Exp"],
  RW: ["R", "W", "M", "RMW", "X", "Exp"],
  F: ["F"],
  LKR: ["LKR", "LK"],
  LKW: ["LKW", "LK"],
  // herd7's lock of C11 never says that it was taken (LS), so that LF it is.
  LC: ["LK", "LF"],
  UL: ["UL"],
  LF: ["LF"],
  RL: ["RL"],
  RU: ["RU"],
  SRCU: ["SRCU"],
  cutoff: [],
  read: [],
  write: [],
};

/** The sets of an initial write. */
export const INITIAL_SETS: readonly string[] = [...KIND_SETS.W, "IW", "NA"];

function setsOf(events: readonly ThreadEvent[]): { readonly name: string; readonly members: readonly number[] }[] {
  const sets = new Map<string, number[]>();
  events.forEach(({ kind, atomic, tags }, event) => {
    const names = [...KIND_SETS[kind], ...tags.map(tagSet)];
    if (atomic) names.push("RMW", "X");
    if (!tags.includes("A")) names.push("NA", ...(tags.length > 0 ? ["annot"] : []));
    for (const name of new Set(names)) {
      const members = sets.get(name);
      if (members === undefined) sets.set(name, [event]);
      else members.push(event);
    }
  });
  return [...sets].map(([name, members]) => ({ name, members }));
}

/** Acts of runs as events, and what program order says of an act: where its operands come from, which own store it may take its value from. */
import type { Expression } from "../program/program.js";
import { type Act, comparedBy, isConditional } from "./act.js";
import type { Packet } from "./roads.js";
import type { Run } from "./scenario.js";

/** An act of a run, and its events. */
export interface Item {
  readonly run: Run;
  readonly position: number;
  readonly act: Act;
  readonly location: number;
  readonly packet: Packet | undefined;
  /** The table of mappings is asked on its way. */
  readonly lookedUp: boolean;
  /** Empty for what takes no time. Packets: entry of the first place, of the next, …, the end. */
  readonly events: readonly number[];
  /** When it was issued: before `events` where completions were lost to others and it was asked again. */
  readonly issued: number;
  /** The read whose completion it takes, in its own one's stead. */
  readonly stolen: Item | undefined;
  /** It entered its first place again, where its room was kept. */
  readonly again: boolean;
}

export const startOf = (item: Item): number => item.issued;
export const endOf = (item: Item): number => item.events[item.events.length - 1] as number;
export const arrivalOf = (item: Item): number => item.events[item.packet?.home ?? 0] as number;

/** When the act is performed, as far as the CPU's window is concerned. */
export function performed(item: Item): number {
  const { kind, waits } = item.act;
  return kind === "pio-read" || kind === "token" || (kind === "pio-write" && waits) ? endOf(item) : startOf(item);
}

/** When the value that the act brings is there. */
export function known(item: Item): number {
  return endOf(item);
}

/** What an act needs before it happens. An atomic in halves reads without: its path says whether it stores. */
export function operandsOf({ half, modify, value }: Act): readonly (Expression | undefined)[] {
  if (modify === undefined) return [value];
  return half === "read" ? [] : [value, modify.value, comparedBy(modify)];
}

/** The act that last set a register before a position; undefined where it still has its initial value. */
export function definitionOf(items: readonly Item[], position: number, register: number): Item | undefined {
  for (let at = position - 1; at >= 0; at--) {
    const item = items[at] as Item;
    if (item.act.target === register || item.act.reads.some((read) => read.target === register)) return item;
  }
  return undefined;
}

/** May an atomic that is not in halves turn out to store nothing? */
export function conditional(act: Act): boolean {
  return act.half === undefined && isConditional(act.modify);
}

/** The own store whose value a load takes where it goes ahead of it: the youngest older one to its address. */
export function forwarding(sequence: readonly Item[], at: number): Item | undefined {
  const load = sequence[at] as Item;
  if (load.act.kind !== "load" || load.location < 0) return undefined;
  for (let i = at - 1; i >= 0; i--) {
    const older = sequence[i] as Item;
    if (older.location === load.location && (older.act.kind === "store" || older.act.kind === "rmw"))
      return older.act.kind === "store" ? older : undefined;
  }
  return undefined;
}

/** The own store that a load may take its value from early, wherever the load stands. */
export function ownStore(sequences: readonly (readonly Item[])[], load: Item): Item | undefined {
  const sequence = sequences.find((each) => each.includes(load)) ?? [];
  return forwarding(sequence, sequence.indexOf(load));
}

/** An act: one access, fence, token, request or wait of a thread. Nothing is said yet about when it happens. */
import type { AccessKind } from "../platform/platform.js";
import type { Attributes, Expression, Modify, Returns } from "../program/program.js";

export type ActKind =
  | "load"
  | "store"
  | "rmw"
  | "fence"
  /** A fence that takes time: it ends when what stands before it has reached everybody. */
  | "sync"
  | "token"
  | "pio-read"
  | "pio-write"
  | "dma-write"
  | "dma-read"
  | "dma-atomic"
  | "msi"
  | "intx"
  | "invalidate-done"
  | "register-read"
  | "register-write"
  | "wait"
  | "answer"
  | "tell"
  | "hear"
  | "ats-wait"
  /** The table of mappings: an entry comes, goes, and all that found it have arrived. */
  | "map"
  | "unmap"
  | "unmapped"
  | "assign"
  | "branch"
  | "interrupts";

/** Something that happens in a run: the oracle puts these in an order. */
export interface Act {
  readonly kind: ActKind;
  /** Index of its operation in the thread's code. */
  readonly operation: number;
  readonly target: number | undefined;
  readonly address: Expression | undefined;
  /** Location, where it is written in the test. */
  readonly location: number | undefined;
  /** What is stored; what is assigned; what a branch or a wait asks. */
  readonly value: Expression | undefined;
  readonly modify: Modify | undefined;
  readonly returns: Returns;
  /** An atomic whose read and write may be apart is two acts, a load and a store. `outcome` of the load: whether the store follows. */
  readonly half: "read" | "write" | undefined;
  /** Waits until the lock is free. */
  readonly locks: boolean;
  /** The value is whether what was read is not 0. */
  readonly isLocked: boolean;
  readonly reads: readonly { readonly target: number; readonly location: number }[];
  /** What the window's rules see of it, and what fences do: not the same for an atomic that returns nothing. */
  readonly kinds: readonly AccessKind[];
  readonly fenced: readonly AccessKind[];
  readonly facts: ReadonlySet<string>;
  /** Fences: kinds on either side. */
  readonly before: readonly AccessKind[];
  readonly after: readonly AccessKind[];
  /** Where stores reach CPUs one by one: what a fence makes of that, and two flags of accesses. */
  readonly propagates: "none" | "stores" | "cumulative" | "strong" | "devices";
  readonly global: boolean;
  readonly inherits: boolean;
  /** A posted write that the CPU waits for. */
  readonly waits: boolean;
  /** Tokens: only the access of the same accessor waits. */
  readonly own: boolean;
  /** A register write that the next spin unlock answers for. */
  readonly pends: boolean;
  readonly token: string;
  readonly device: number;
  readonly vector: number;
  readonly zeroLength: boolean;
  readonly attributes: Attributes;
  /** A write that a later one to the same word replaces in a write-combining buffer: it never leaves. */
  readonly swallowed: boolean;
  /** A later word of a burst, which its device does not take. */
  readonly lost: boolean;
  /** A request that the table of mappings refuses. */
  readonly refused: boolean;
  /** The location whose entry in the table of mappings it is about, or -1. */
  readonly mapping: number;
  /** Branches: the outcome on this path, and where the arms end. `interrupts`: whether they are enabled. */
  readonly outcome: boolean;
  readonly join: number;
  /** The indivisible step it belongs to, by the operation that opens it; -1 for none. */
  readonly block: number;
  /** The CPU that it runs on: a thread may migrate. -1 in devices. */
  readonly cpu: number;
  /** How many loops have gone round before it on this path. */
  readonly round: number;
  /** What it is to a compiler: a plain access, one that plain ones may be moved across, something that nothing is moved across. */
  readonly compiled: "plain" | "crossed" | "stops";
}

/** Where an act stands in its thread's program, on the path that is written out. */
export type Standing = Pick<Act, "operation" | "block" | "cpu" | "round">;

const NO_ATTRIBUTES: Attributes = { ro: false, ido: false, uio: false, translated: false, tc: 0 };

/** An act of which nothing is said but where it stands. */
export const BLANK: Omit<Act, "kind" | keyof Standing> = {
  target: undefined,
  address: undefined,
  location: undefined,
  value: undefined,
  modify: undefined,
  returns: "nothing",
  half: undefined,
  locks: false,
  isLocked: false,
  reads: [],
  kinds: [],
  fenced: [],
  facts: new Set(),
  before: [],
  after: [],
  propagates: "none",
  global: false,
  inherits: false,
  waits: false,
  own: false,
  pends: false,
  token: "",
  device: -1,
  vector: 0,
  zeroLength: false,
  attributes: NO_ATTRIBUTES,
  swallowed: false,
  lost: false,
  refused: false,
  mapping: -1,
  outcome: false,
  join: -1,
  compiled: "crossed",
};

/** Acts that only compute or steer: they take no time and order nothing of themselves. */
export function silent(act: Act): boolean {
  return act.kind === "assign" || act.kind === "branch" || act.kind === "interrupts" || act.kind === "fence";
}

/** Does an atomic store only on a condition? */
export const isConditional = (modify: Modify | undefined): boolean => modify?.kind === "compare" || modify?.kind === "add-unless";

/** What an atomic compares with what it reads, to store or not. */
export const comparedBy = (modify: Modify | undefined): Expression | undefined =>
  modify?.kind === "compare" ? modify.expected : modify?.kind === "add-unless" ? modify.unless : undefined;

/** Does a write half store the same whatever its read half reads? Of a compare a path says that it stores. */
export const storesAnyhow = (modify: Modify | undefined): boolean => modify?.kind === "exchange" || modify?.kind === "compare";

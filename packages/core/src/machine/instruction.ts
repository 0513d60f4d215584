/** What a machine performs: the operations of the program, lowered by the platform's accessors to instructions. */
import { ACCESS_KINDS, type AccessKind } from "../platform/platform.js";
import type { Expression, Modify, Operation, Returns } from "../program/program.js";

/** What an instruction does. */
export type InstructionKind =
  /** Cached memory. */
  | "load"
  | "store"
  | "rmw"
  /** Window order; performed as an event of its own only where `active`. */
  | "fence"
  /** A packet that the thread waits for. */
  | "token"
  /** Control. */
  | "assign"
  | "branch"
  | "jump"
  /** Goes past a fence, unless a register write is pending on the path (pending.ts). */
  | "unless-pending"
  | "loop"
  | "loop-head"
  | "nothing"
  /** Packets. */
  | "pio-read"
  | "pio-write"
  | "dma-write"
  | "dma-read"
  | "dma-atomic"
  | "msi"
  | "intx"
  | "invalidate-done"
  /** A device's own registers and its waiting. */
  | "register-read"
  | "register-write"
  | "wait"
  /** Answers the oldest read of a register that waits for its answer. */
  | "answer"
  | "tell"
  | "hear"
  /** CPU odds and ends. */
  | "interrupts"
  | "ats-wait"
  | "sync-for-cpu"
  | "sync-for-device"
  /** The table of mappings: an entry is written, taken away; all requests that found it are where they go. */
  | "map"
  | "unmap"
  | "unmapped";

/** What an access is to the window's rules. */
export interface AccessFacts {
  readonly acquire: boolean;
  readonly release: boolean;
  readonly ordered: boolean;
  readonly unordered: boolean;
  readonly plain: boolean;
  readonly atomic: boolean;
  readonly lock: boolean;
}

/** One thing that a thread can do; a step performs it, or sends its packet on its way. */
export interface Instruction {
  readonly id: number;
  readonly thread: number;
  readonly kind: InstructionKind;
  /** The operation it comes from. */
  readonly operation: Operation;
  /** Register that receives its value, or -1. */
  readonly target: number;
  readonly address: Expression | undefined;
  /** Location, where it is known before the run; -1 otherwise. */
  readonly location: number;
  /** The location whose entry in the table of mappings it is about, or -1. */
  readonly mapping: number;
  /** What is stored, or the condition of a branch; a branch without one is a free choice. */
  readonly value: Expression | undefined;
  readonly modify: Modify | undefined;
  readonly returns: Returns;
  /** What a conditional atomic turned out to do has to be what was chosen: it stores (1), it does not (-1); 0 either. */
  readonly outcome: number;
  /** The other half of an atomic whose halves may be apart (a load and a store), or -1. */
  readonly pair: number;
  /** Waits for the lock to be free. */
  readonly locks: boolean;
  readonly facts: AccessFacts;
  /** Bits of AccessKind (index in ACCESS_KINDS); 0 for what is no access. */
  readonly mask: number;
  /** Fences: which kinds on either side; tokens hold back everything. */
  readonly before: number;
  readonly after: number;
  /** The kinds that fences see in it: `mask`, but for the read half of an atomic that returns nothing. */
  readonly fenced: number;
  readonly propagates: "none" | "stores" | "cumulative" | "strong" | "devices";
  /** Fences that count only beside another access: the last instruction they order before them, and the first after. */
  readonly olderUpTo: number;
  readonly youngerFrom: number;
  /** The lock whose acquisition such a fence follows, or -1. */
  readonly ofLock: number;
  /** A fence that is performed as an event. */
  readonly active: boolean;
  readonly global: boolean;
  readonly inherits: boolean;
  readonly waits: boolean;
  /** Tokens: only the access of the same accessor waits. */
  readonly own: boolean;
  /** A register write that the next spin unlock answers for; how many spin locks are held more after this (pending.ts). */
  readonly pends: boolean;
  readonly nests: number;
  /** Control: where to go on (instruction ids), where arms join, and the registers that a loop's head stands for. */
  readonly to: number;
  readonly join: number;
  readonly registers: readonly number[];
  /** Packet number, or -1. */
  readonly packet: number;
  readonly reads: readonly { readonly target: number; readonly location: number }[];
  readonly device: number;
  readonly enable: boolean;
  /** The CPU it runs on: threads may migrate. -1 for devices. */
  readonly cpu: number;
  /** A point that the compiler moves nothing across. */
  readonly compiler: boolean;
  /** In an indivisible step: the first instruction of the block that acts, and one past its last; -1 otherwise. */
  readonly block: number;
  readonly blockEnd: number;
}
/** Does it hold two values where stores are messages: what it returns, and what it stores? */
export const holdsBoth = ({ kind }: Pick<Instruction, "kind">): boolean => kind === "rmw" || kind === "dma-atomic";

/** Does a device write with it? */
export const lands = ({ kind }: Pick<Instruction, "kind">): boolean => kind === "dma-write" || kind === "dma-atomic";

const WRITING: readonly InstructionKind[] = ["store", "rmw", "register-write", "pio-write", "dma-write", "dma-atomic"];

/** Does it write, perhaps, to its location? */
export const writes = ({ kind }: Instruction): boolean => WRITING.includes(kind);

/** The kinds of accesses as bits of a mask. */
export const KIND_BIT: { readonly [kind in AccessKind]: number } = { read: 1, write: 2, in: 4, out: 8, wcin: 16, wcout: 32 };

/** The mask of several kinds. */
export function kindBits(kinds: readonly AccessKind[]): number {
  return kinds.reduce((bits, kind) => bits | KIND_BIT[kind], 0);
}

/** The kinds in a mask. */
export const kindsOf = (mask: number): readonly AccessKind[] => ACCESS_KINDS.filter((kind) => (mask & KIND_BIT[kind]) !== 0);

/** What is no access, and an access that nothing is said of. */
export const NO_FACTS: AccessFacts = {
  acquire: false,
  release: false,
  ordered: false,
  unordered: false,
  plain: false,
  atomic: false,
  lock: false,
};

/** An instruction while its thread is lowered. */
export type Draft = { -readonly [key in keyof Instruction]: Instruction[key] };

/** An instruction with everything that is not said at its default. Written out: a spread of this many properties is several times slower. */
export function draft(id: number, thread: number, kind: InstructionKind, operation: Operation, cpu: number, fields: Partial<Draft>): Draft {
  return {
    id,
    thread,
    kind,
    operation,
    target: fields.target ?? -1,
    address: fields.address,
    location: fields.location ?? -1,
    mapping: fields.mapping ?? -1,
    value: fields.value,
    modify: fields.modify,
    returns: fields.returns ?? "nothing",
    outcome: fields.outcome ?? 0,
    pair: fields.pair ?? -1,
    locks: fields.locks ?? false,
    facts: fields.facts ?? NO_FACTS,
    mask: fields.mask ?? 0,
    before: fields.before ?? 0,
    after: fields.after ?? 0,
    fenced: fields.fenced ?? fields.mask ?? 0,
    propagates: fields.propagates ?? "none",
    olderUpTo: fields.olderUpTo ?? 1 << 20,
    youngerFrom: fields.youngerFrom ?? -1,
    ofLock: fields.ofLock ?? -1,
    active: fields.active ?? false,
    global: fields.global ?? false,
    inherits: fields.inherits ?? false,
    waits: fields.waits ?? false,
    own: fields.own ?? false,
    pends: fields.pends ?? false,
    nests: fields.nests ?? 0,
    to: fields.to ?? -1,
    join: fields.join ?? -1,
    registers: fields.registers ?? [],
    packet: fields.packet ?? -1,
    reads: fields.reads ?? [],
    device: fields.device ?? -1,
    enable: fields.enable ?? false,
    cpu: fields.cpu ?? cpu,
    compiler: fields.compiler ?? false,
    block: fields.block ?? -1,
    blockEnd: fields.blockEnd ?? -1,
  };
}

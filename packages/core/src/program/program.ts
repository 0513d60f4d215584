/**
 * The program form: what a test does, with names resolved and control flow made explicit, and nothing yet said about a platform.
 * Which fences, waits and packets an accessor turns into is the platform's business (`platform/`, `machine/`).
 */
import type { BinaryOperator } from "../litmus/arithmetic.js";
import type { Test } from "../litmus/test.js";
import type { Span } from "../source.js";

export type { BinaryOperator } from "../litmus/arithmetic.js";

/** The name of the array that a location is an element of: `ring.own` for `ring[1].own`; its own name where it is none. */
export const arrayOf = (name: string): string => name.replace(/\[\d+\]/, "");

/** Values are 32-bit integers. The address of location `i` is the value `ADDRESS_BASE + i`. */
export const ADDRESS_BASE = 0x100000;

/** A test with names resolved and control flow explicit; nothing of a platform yet. */
export interface Program {
  readonly name: string;
  readonly test: Test;
  readonly locations: readonly Location[];
  readonly devices: readonly Device[];
  readonly threads: readonly Thread[];
  readonly condition: Condition;
  readonly filter: Formula | undefined;
  /** Settings and options that the test's header gives (`credits=1`): they hold where the caller gives none. */
  readonly settings: readonly (readonly [string, string])[];
  /** The terms that a state shows: those of the condition, then `locations`. */
  readonly observed: readonly Observed[];
}

/** A word of memory, or a register. */
export interface Location {
  /** As printed: `x`, `x[1]`, `D0.status`. */
  readonly name: string;
  readonly space: "memory" | "mmio" | "port" | "config";
  /** Index into `devices` for a register; -1 for the chipset (HOST) and for memory. */
  readonly owner: number;
  readonly initial: number;
  /** How the driver maps memory for DMA. Memory that a device reaches without a `dma` declaration is coherent. */
  readonly mapping: MappingRequest;
  /** How the CPU maps a register. */
  readonly memoryType: "uc" | "wc" | "np";
  /** `mmio(combining)`: the bridge may merge neighbouring writes to it. */
  readonly combining: boolean;
  /** `mmio(at=4)`: its offset in bytes behind the BAR, or -1. */
  readonly offset: number;
  /** `mmio(no_burst)`: the device loses a write of it that comes as the second word of a burst, or a later one. */
  readonly noBurst: boolean;
  /** Locations with the same number lie in one cache line. */
  readonly line: number;
  /** spinlock_t and friends, or used as one. */
  readonly lock: boolean;
}

/** What the driver asks of the DMA API; the platform says what becomes of it. */
export interface MappingRequest {
  readonly mode: "streaming" | "coherent";
  readonly writeBarrier: boolean;
  readonly weakOrdering: boolean;
  readonly relaxedOrdering: boolean;
  readonly prefetch: boolean;
  /** DMA mask in bits, 32 or 64 usually. */
  readonly mask: number;
  /** Device index the mapping is for, or -1 for all. */
  readonly device: number;
}

/** A device, and where it stands. */
export interface Device {
  readonly name: string;
  readonly node: number;
  readonly bridge: number;
  /** Root port (PCIe). */
  readonly port: number;
  readonly slot: number;
  readonly function: number;
  /** Index of the device whose card (link) this is a function of; its own index otherwise. */
  readonly card: number;
  /** Switch below the root port, or -1. */
  readonly switch: number;
}

/** What raises a handler. */
export type Trigger =
  | { readonly kind: "msi"; readonly device: number; readonly vector: number }
  | { readonly kind: "intx"; readonly device: number }
  /** A write of that register arrives, or a read. */
  | { readonly kind: "write"; readonly location: number }
  | { readonly kind: "read"; readonly location: number }
  | { readonly kind: "tell"; readonly device: number };

/** A thread's operations. */
export interface Thread {
  readonly name: string;
  readonly role: "cpu" | "device";
  /** Device index: the device itself, or the one it is an engine of; -1 for CPU threads. */
  readonly device: number;
  /** CPU number; threads with the same number share a CPU. -1 for devices. */
  readonly cpu: number;
  readonly node: number;
  readonly user: boolean;
  /** Set on handlers. */
  readonly on: Trigger | undefined;
  /** Register names; registers are named by index. Temporaries have names that start with `$`. */
  readonly registers: readonly string[];
  /** Initial register values (`0:r1=x`), 0 by default. */
  readonly initial: readonly number[];
  readonly code: readonly Operation[];
  readonly span: Span;
}

/** A value computed from constants and registers. */
export type Expression =
  | { readonly kind: "constant"; readonly value: number }
  | { readonly kind: "register"; readonly register: number }
  | { readonly kind: "unary"; readonly operator: "!" | "~" | "-"; readonly operand: Expression }
  | { readonly kind: "binary"; readonly operator: BinaryOperator; readonly left: Expression; readonly right: Expression }
  | { readonly kind: "conditional"; readonly condition: Expression; readonly then: Expression; readonly else: Expression };

/** How an atomic computes what it stores from the old value `o` and its arguments. */
export type Modify =
  | { readonly kind: "exchange"; readonly value: Expression }
  /** Stores `value` where the old value equals `expected`. */
  | { readonly kind: "compare"; readonly expected: Expression; readonly value: Expression }
  /** atomic_add_unless: adds unless the old value equals `unless`. */
  | { readonly kind: "add-unless"; readonly value: Expression; readonly unless: Expression }
  | { readonly kind: "arithmetic"; readonly operator: "+" | "-" | "&" | "|" | "^"; readonly value: Expression };

/** What an atomic returns. `zero`: whether the new value is 0 (dec_and_test); `success`: whether it stored. */
export type Returns = "old" | "new" | "zero" | "negative" | "success" | "nothing";

/** What a device sets in its packets. */
export interface Attributes {
  /** Relaxed ordering, ID-based ordering, unordered I/O. */
  readonly ro: boolean;
  readonly ido: boolean;
  readonly uio: boolean;
  /** Translated already (ATS): not looked up on its way. */
  readonly translated: boolean;
  /** Traffic class 0..7. */
  readonly tc: number;
}

/** Fields that every operation has. `text` is the source text of the statement, for explanations. */
interface Base {
  readonly span: Span;
  readonly text: string;
}

/** One step of a thread's program. */
export type Operation = Base &
  (
    | { readonly kind: "assign"; readonly target: number; readonly value: Expression }
    /** Goes on at `otherwise` where the condition is 0. `join` is the index where both arms have ended. */
    | { readonly kind: "branch"; readonly condition: Expression; readonly otherwise: number; readonly join: number }
    /** Forward jump. */
    | { readonly kind: "jump"; readonly to: number }
    /** Backward jump to `head`: one more round of the loop that ends here. `polls`: the body only reads and computes. */
    | { readonly kind: "loop"; readonly head: number; readonly polls: boolean }
    /** CPU access to memory: `READ_ONCE`, `plain-read`, `smp_load_acquire`, … (the accessor's canonical name). */
    | { readonly kind: "read"; readonly accessor: string; readonly target: number; readonly address: Expression }
    | { readonly kind: "write"; readonly accessor: string; readonly address: Expression; readonly value: Expression }
    /** Atomic read-modify-write; `order` is the suffix: full, acquire, release or relaxed; void atomics are relaxed. */
    | {
        readonly kind: "atomic";
        readonly accessor: string;
        readonly order: "full" | "acquire" | "release" | "relaxed";
        readonly target: number | undefined;
        readonly address: Expression;
        readonly modify: Modify;
        readonly returns: Returns;
      }
    /** `spin_lock`, `mutex_lock`: waits until the lock is 0 and sets it to 1. `flavour` is "spin" or "mutex". */
    | { readonly kind: "lock" | "unlock"; readonly accessor: string; readonly flavour: "spin" | "mutex"; readonly address: Expression }
    | { readonly kind: "trylock" | "is-locked"; readonly accessor: string; readonly target: number; readonly address: Expression }
    /** `smp_mb`, `rmb`, `dma_wmb`, `mmiowb`, `barrier`, … */
    | { readonly kind: "barrier"; readonly accessor: string }
    /**
     * PIO. `accessor` is the family: readX, readX_relaxed, raw_readX, inX, readsX, insX, config_read (and write…); ioreadX and iowriteX are readX and writeX, or inX and outX
     * where the register is a port. Plain access to a `wc` mapping is plain_readX / plain_writeX.
     */
    | { readonly kind: "pio-read"; readonly accessor: string; readonly target: number; readonly location: number }
    | { readonly kind: "pio-write"; readonly accessor: string; readonly location: number; readonly value: Expression }
    /** dma_sync_single_for_cpu, dma_sync_single_for_device, dma_unmap_single, dma_map_single. */
    | { readonly kind: "dma-api"; readonly call: "sync-for-cpu" | "sync-for-device" | "unmap" | "map"; readonly location: number }
    | { readonly kind: "delay"; readonly call: string }
    | { readonly kind: "interrupts"; readonly enable: boolean }
    | { readonly kind: "migrate"; readonly cpu: Expression }
    | { readonly kind: "ats-wait"; readonly device: number }
    /** A device's memory request; `parts` has more than one entry for DMA_WRITEV and DMA_READV (one TLP). */
    | {
        readonly kind: "dma-write";
        readonly parts: readonly { readonly address: Expression; readonly value: Expression }[];
        readonly attributes: Attributes;
      }
    | {
        readonly kind: "dma-read";
        readonly parts: readonly { readonly address: Expression; readonly target: number }[];
        readonly zeroLength: boolean;
        readonly attributes: Attributes;
      }
    | {
        readonly kind: "dma-atomic";
        readonly address: Expression;
        readonly target: number | undefined;
        readonly modify: Modify;
        readonly attributes: Attributes;
      }
    | { readonly kind: "msi"; readonly vector: number; readonly attributes: Attributes }
    | { readonly kind: "intx" | "ats-invalidate-done"; readonly attributes: Attributes }
    /** The device's own register, at once. */
    | { readonly kind: "register-read"; readonly target: number; readonly location: number }
    | { readonly kind: "register-write"; readonly location: number; readonly value: Expression }
    /** Waits until the expression is true; the own registers that it reads are in `locations`, as `target` registers read at that moment. */
    | {
        readonly kind: "wait";
        readonly condition: Expression;
        readonly reads: readonly { readonly target: number; readonly location: number }[];
      }
    /**
     * Answers the oldest read of that register that waits for its answer, with `value` (without one: what the register holds). Registers that some operation answers are
     * read in this way alone. The attributes are those of the completion.
     */
    | { readonly kind: "answer"; readonly location: number; readonly value: Expression | undefined; readonly attributes: Attributes }
    | { readonly kind: "tell"; readonly device: number }
    | { readonly kind: "hear"; readonly device: number }
    /** The next `length` operations are one indivisible step. */
    | { readonly kind: "atomic-block"; readonly length: number }
  );

/** What ends of runs are told apart by. */
export type Observed =
  | { readonly kind: "register"; readonly thread: number; readonly register: number; readonly label: string }
  | { readonly kind: "location"; readonly location: number; readonly label: string }
  /** 1 where the first arrived before the second, else 0. */
  | { readonly kind: "order"; readonly first: Arrival; readonly second: Arrival; readonly label: string }
  /** 1 where the run got stuck, else 0. */
  | { readonly kind: "stuck"; readonly label: string };

/** What is asked about the ends of runs. */
export interface Condition {
  readonly quantifier: "exists" | "~exists" | "forall";
  readonly formula: Formula;
}

/** A proposition about the end of a run. */
export type Formula =
  | { readonly kind: "constant"; readonly value: boolean }
  | { readonly kind: "compare"; readonly operator: "=" | "!=" | "<" | "<=" | ">" | ">="; readonly left: Operand; readonly right: Operand }
  /** The arrival `first` came before `second`: see docs/language.md section 6. */
  | { readonly kind: "order"; readonly first: Arrival; readonly second: Arrival }
  /** True of a run that got stuck; a condition that says so speaks of these besides the runs that end. */
  | { readonly kind: "stuck" }
  | { readonly kind: "not"; readonly operand: Formula }
  | { readonly kind: "and" | "or"; readonly left: Formula; readonly right: Formula };

/** What a formula compares. */
export type Operand =
  | { readonly kind: "constant"; readonly value: number }
  | { readonly kind: "register"; readonly thread: number; readonly register: number }
  | { readonly kind: "location"; readonly location: number };

/** A write of `value` to a register arrives there, or, where no value is given, a read of it. */
export interface Arrival {
  readonly location: number;
  readonly value: number | undefined;
}

/** What a thread does along one path of its control flow: events with symbolic values, and the orders within instructions that dependencies are computed from. */
import type { Span } from "../source.js";
import type { Hazard } from "./mistake.js";
import type { Term } from "./value.js";

/**
 * R, W: an access to memory. F: a fence. LKR and LKW: the two halves of taking a lock; LC: the same for a lock of C11, in one; UL: giving it back; LF: a failed trylock; RL and RU: spin_is_locked() that
 * sees it taken, or free. SRCU: synchronize_srcu(). RW: a C11 read-modify-write, both in one. `read` and `write`: accesses to a register, which only dependencies need.
 */
export type EventKind = "R" | "W" | "RW" | "F" | "LKR" | "LKW" | "UL" | "LC" | "LF" | "RL" | "RU" | "SRCU" | "cutoff" | "read" | "write";

/** What the value of a read is for: part of an address, of a stored value, or neither. herd7's ports. */
export type Port = "address" | "data" | "none";

export interface ThreadEvent {
  readonly kind: EventKind;
  /** Annotations: `ONCE`, `RELEASE`, `wmb`, `rcu-lock`… */
  readonly tags: readonly string[];
  /** True for the halves of a read-modify-write. */
  readonly atomic: boolean;
  readonly port: Port;
  readonly address: Term | undefined;
  /** What a W writes; what an R gives is the term `read` of the event itself. */
  readonly value: Term | undefined;
  /** Number of the instruction in program order: events of the same instruction are ordered only by `data` and `control`. */
  readonly instruction: number;
  readonly span: Span;
}

/** The register's name, in `tags`, of a register event. */
export function isRegister(event: ThreadEvent): boolean {
  return event.kind === "read" || event.kind === "write";
}

/** A value that the path needs: it is taken only where the term is true (not 0), or false. */
export interface Constraint {
  readonly term: Term;
  readonly holds: boolean;
}

/** A branch: the events of the condition, and those that depend on it. */
export interface Branch {
  readonly start: number;
  readonly end: number;
  readonly stop: number;
}

/** One path of a thread. */
export interface ThreadPath {
  readonly events: readonly ThreadEvent[];
  /** Pairs of events of one instruction: the second takes a value from the first. */
  readonly data: readonly (readonly [number, number])[];
  /** Pairs of events of one instruction: the second happens only after the first. */
  readonly control: readonly (readonly [number, number])[];
  /** Register reads and the writes they read from. */
  readonly registerReads: readonly (readonly [number, number])[];
  readonly branches: readonly Branch[];
  readonly constraints: readonly Constraint[];
  /** Registers at the end. */
  readonly registers: ReadonlyMap<string, Term>;
  /** Where an execution may do what means nothing. */
  readonly hazards: readonly Hazard[];
  /** True where a loop was cut: the path is no whole execution. */
  readonly cut: boolean;
}

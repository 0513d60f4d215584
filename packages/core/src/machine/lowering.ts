/** A thread on its way from operations to instructions: how far it is lowered, and how an instruction is added. */
import type { Platform } from "../platform/platform.js";
import { ADDRESS_BASE, type Expression, type Location, type Operation, type Program, type Thread } from "../program/program.js";
import { type Draft, draft, type InstructionKind } from "./instruction.js";
import { note, nothingPending, type Pending } from "./pending.js";

/** What all threads of a program share while they are lowered. */
export interface Lowerings {
  readonly program: Program;
  readonly platform: Platform;
  /** The instructions so far. */
  readonly drafts: Draft[];
  /** Devices' requests are looked up in a table of mappings; an unmap waits until what it took away is found no more. */
  readonly translating: boolean;
  readonly strict: boolean;
  /** Where computed addresses can point. */
  pointers(): readonly number[];
}

/** One thread while it is lowered. */
export interface Lowering extends Lowerings {
  /** The thread's number. */
  readonly index: number;
  /** Its first instruction. */
  readonly first: number;
  /** CPUs that registers are written from. */
  readonly writing: ReadonlySet<number>;
  /** Fences that wait for the atomic they stand before. */
  readonly waiting: Draft[];
  /** The CPU that it runs on by now. */
  cpu: number;
  /** The device whose register was accessed last, or -1. */
  lastDevice: number;
  /** What is pending as far as the thread goes straight on; whether it does so far, and whether anything was ever pending. */
  readonly pending: Pending;
  straight: boolean;
  pends: boolean;
}

/** The operations of these kinds. */
export type OperationOf<Kind extends Operation["kind"]> = Extract<Operation, { readonly kind: Kind }>;

/** The thread with this number, nothing of it lowered yet. */
export function startLowering(shared: Lowerings, index: number, thread: Thread): Lowering {
  const writers = shared.program.threads.filter(({ code }) => code.some(({ kind }) => kind === "pio-write"));
  const { program, platform, drafts, translating, strict, pointers } = shared;
  return {
    program,
    platform,
    drafts,
    translating,
    strict,
    pointers,
    index,
    first: drafts.length,
    writing: new Set(writers.flatMap(cpusOf)),
    waiting: [],
    cpu: thread.cpu,
    lastDevice: -1,
    pending: nothingPending(),
    straight: true,
    pends: false,
  };
}

/** The CPUs that a thread runs on, one after another. */
function cpusOf({ cpu, code }: Thread): readonly number[] {
  return [
    cpu,
    ...code.flatMap((operation) => (operation.kind === "migrate" && operation.cpu.kind === "constant" ? [operation.cpu.value] : [])),
  ];
}

/** Adds an instruction. */
export function append(lowering: Lowering, kind: InstructionKind, operation: Operation, fields: Partial<Draft>): Draft {
  const { drafts, waiting } = lowering;
  if (fields.facts?.atomic === true && !fields.facts.lock) {
    for (const fence of waiting) fence.youngerFrom = drafts.length;
    waiting.length = 0;
  }
  const made = draft(drafts.length, lowering.index, kind, operation, lowering.cpu, fields);
  drafts.push(made);
  if (kind === "branch" || kind === "loop" || kind === "jump") lowering.straight = false;
  note(lowering.pending, made);
  if (made.pends) lowering.pends = true;
  return made;
}

/** The location that an expression names outright, or -1. */
export function staticLocation(expression: Expression, locations: readonly Location[]): number {
  if (expression.kind !== "constant") return -1;
  const index = expression.value - ADDRESS_BASE;
  return index >= 0 && index < locations.length ? index : -1;
}

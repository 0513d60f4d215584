/**
 * The path of a thread: the instructions that its window holds, in program order, as far as branches are decided or guessed. Paths form a tree (a child per
 * decision at each branch); what can be precomputed about a path is kept on its node.
 */
import { committedBefore } from "./commits.js";
import type { Instruction } from "./instruction.js";
import type { Machine, MachineThread } from "./machine.js";
import { isPending } from "./pending.js";

/** How a branch stands: 0 is not decided; decided, its condition holds, or does not. */
export const TAKEN = 1;
export const SKIPPED = 2;
/** A branch is guessed, before its condition is known. */
export const GUESSED_TAKEN = 3;
export const GUESSED_SKIPPED = 4;

/** The instructions of a thread as far as its branches are decided or guessed. */
export interface Path {
  /** Instruction ids in program order; the last may be the branch or loop at which the path ends. */
  readonly ids: readonly number[];
  /** Why it ends: at a branch whose condition is open, at a loop's end, or at the thread's end. */
  readonly ends: "branch" | "loop" | "end";
  /** Positions of branches that are guessed. */
  readonly guesses: readonly number[];
  /** Children by how the last branch stands, and the path as it stands while the branch is open. */
  readonly next: (Path | undefined)[];
  /** Per position: instructions that have to be done before it (by rule or fence). */
  readonly blockers: (readonly number[] | undefined)[];
  /** Per position: older accesses that block it where they turn out to go to the same address. */
  readonly sameAddress: (readonly number[] | undefined)[];
  /** Per position: older stores that may forward to this load, youngest first. */
  readonly forwards: (readonly number[] | undefined)[];
  /** Position of the definition that a register read at a position sees; -1 for none. Keys: position * registers + register. */
  readonly definitions: Map<number, number>;
}

/** Extends a path from an instruction up to the next branch, loop end or end of thread. */
export function extend(machine: Machine, thread: MachineThread, prefix: readonly number[], guesses: readonly number[], from: number): Path {
  const ids = [...prefix];
  let at = from;
  let ends: Path["ends"] = "end";
  while (at < thread.end) {
    const instruction = machine.instructions[at] as Instruction;
    ids.push(at);
    if (instruction.kind === "branch") {
      ends = "branch";
      break;
    }
    if (instruction.kind === "loop") {
      ends = "loop";
      break;
    }
    const goesPast = instruction.kind === "jump" || (instruction.kind === "unless-pending" && !isPending(machine.instructions, ids));
    at = goesPast ? instruction.to : at + 1;
  }
  return { ids, ends, guesses, next: [], blockers: [], sameAddress: [], forwards: [], definitions: new Map() };
}

/** Follows a decision at the branch that ends the path. */
export function follow(machine: Machine, thread: MachineThread, path: Path, decision: number): Path {
  let next = path.next[decision];
  if (next === undefined) {
    const last = path.ids.length - 1;
    const branch = machine.instructions[path.ids[last] as number] as Instruction;
    const taken = decision === TAKEN || decision === GUESSED_TAKEN;
    const guessed = decision === GUESSED_TAKEN || decision === GUESSED_SKIPPED;
    next = extend(machine, thread, path.ids, guessed ? [...path.guesses, last] : path.guesses, taken ? branch.id + 1 : branch.to);
    path.next[decision] = next;
  }
  return next;
}

/** Instructions that do nothing of their own: they count as done. */
export function passive(instruction: Instruction): boolean {
  switch (instruction.kind) {
    case "assign":
    case "branch":
    case "jump":
    case "unless-pending":
    case "loop":
    case "loop-head":
    case "nothing":
    case "interrupts":
      return true;
    case "fence":
      return !instruction.active;
    default:
      return false;
  }
}

/** Instructions that wait for everything older and hold back everything younger. */
function serialising(instruction: Instruction): boolean {
  return (
    instruction.kind === "ats-wait" ||
    instruction.kind === "unmapped" ||
    instruction.kind === "sync-for-cpu" ||
    instruction.kind === "sync-for-device"
  );
}

/** Accessors whose assembly tells the compiler nothing about memory: it may move plain accesses across them, and them across those. */
const NO_CLOBBER = [
  "readX_relaxed",
  "writeX_relaxed",
  "raw_readX",
  "raw_writeX",
  "plain_readX",
  "plain_writeX",
  // asm-generic/io.h: a loop of raw accesses.
  "readsX",
  "writesX",
];

/** Accesses of memory with a barrier for the compiler, whatever the CPU needs (asm-generic/barrier.h; on x86 that is all there is beside the access). */
const CLOBBER = ["smp_load_acquire", "smp_store_release", "rcu_assign_pointer"];

/** What the compiler may move plain accesses across: no atomics, no locks. */
function free({ operation }: Instruction): boolean {
  switch (operation.kind) {
    case "pio-read":
    case "pio-write":
      return NO_CLOBBER.includes(operation.accessor);
    case "read":
    case "write":
      return !CLOBBER.includes(operation.accessor);
    default:
      return operation.kind === "is-locked";
  }
}

/** Before the CPU sees them, the compiler may swap two accesses to different addresses of which one is plain and the other does not stop it. */
function compilerMayMove(older: Instruction, younger: Instruction): boolean {
  if (older.location < 0 || younger.location < 0 || older.location === younger.location) return false;
  return (older.facts.plain || younger.facts.plain) && free(older) && free(younger);
}

/** Barriers, atomics, locks and accessors with a memory clobber: the compiler moves nothing across. */
function compilerStops(instruction: Instruction): boolean {
  if (instruction.compiler || instruction.kind === "fence" || instruction.kind === "token") return true;
  return instruction.mask !== 0 && !free(instruction);
}

/** PIO kinds: what a token waits for. */
const IO_MASK = 4 | 8 | 16 | 32;

/** A fence that orders whatever stands before it has this, and no lock of its own. */
const EVERYTHING = 1 << 20;

/** What stands between a younger instruction and older ones, as far as it was added: enough to say whether a fence keeps the two in order. */
export interface Between {
  /** The kinds that the fences among them keep before the younger one. */
  before: number;
  /** Fences that do so only for what stands up to some access. */
  readonly bounded: Instruction[];
  /** Something that the compiler moves nothing across. */
  stops: boolean;
}

/** Nothing stands between. */
export const nothingBetween = (): Between => ({ before: 0, bounded: [], stops: false });

/** One instruction more stands between. */
export function standBetween(between: Between, instruction: Instruction, younger: Instruction): void {
  if (!between.stops) between.stops = compilerStops(instruction);
  if (instruction.kind !== "fence" || younger.id < instruction.youngerFrom || (younger.fenced & instruction.after) === 0) return;
  if (instruction.olderUpTo >= EVERYTHING) between.before |= instruction.before;
  else between.bounded.push(instruction);
}

/** Does `older` have to be done before `younger`, both in one window, with `between` standing between them? 2: if they go to one address. */
export function blocks(machine: Machine, older: Instruction, younger: Instruction, between: Between): number {
  if (passive(older) || passive(younger)) return 0;
  if (serialising(older) || serialising(younger)) return 1;
  if (older.mapping >= 0 && older.mapping === younger.mapping) return 1;
  // A drained path of PIO writes concerns what others could take for their sign; loads are none. A flush is there for the loads behind it.
  if (older.kind === "token" && older.own && older.operation !== younger.operation) return 0;
  if (older.kind === "token") return older.waits && younger.kind === "load" ? 0 : 1;
  if (younger.kind === "token") return (older.mask & IO_MASK) !== 0 && (!younger.facts.ordered || older.facts.ordered) ? 1 : 0;
  if (younger.kind === "fence")
    return older.kind !== "fence" && (older.id <= younger.olderUpTo || older.id === younger.ofLock) && (older.fenced & younger.before) !== 0
      ? 1
      : 0;
  if (older.kind === "fence") return younger.id >= older.youngerFrom && (younger.fenced & older.after) !== 0 ? 1 : 0;
  const rule = machine.window(older, younger);
  if (rule === 0 && !(machine.compilerReorders && compilerMayMove(older, younger) && !between.stops)) return 1;
  if ((older.fenced & between.before) !== 0) return 1;
  for (const fence of between.bounded)
    if ((older.fenced & fence.before) !== 0 && (older.id <= fence.olderUpTo || older.id === fence.ofLock)) return 1;
  return rule === 2 ? 2 : 0;
}

/** Fills in what the path says about one position. */
export function prepare(machine: Machine, path: Path, position: number): void {
  const younger = machine.instructions[path.ids[position] as number] as Instruction;
  const hard: number[] = [];
  const soft: number[] = [];
  const forwards: number[] = [];
  const between = nothingBetween();
  machine.ask();
  for (let i = passive(younger) ? -1 : position - 1; i >= 0; i--) {
    const older = machine.instructions[path.ids[i] as number] as Instruction;
    const answer = blocks(machine, older, younger, between);
    standBetween(between, older, younger);
    if (answer === 1) hard.push(older.id);
    else if (answer === 2) soft.push(older.id);
    if (
      younger.kind === "load" &&
      older.kind === "store" &&
      (older.location < 0 || younger.location < 0 || older.location === younger.location)
    )
      forwards.push(older.id);
  }
  if (machine.platform.cpu.sameAddressCommits && younger.kind === "store")
    for (const id of committedBefore(machine.instructions, path.ids, position)) if (!hard.includes(id)) hard.push(id);
  path.blockers[position] = hard;
  path.sameAddress[position] = soft;
  path.forwards[position] = forwards;
}

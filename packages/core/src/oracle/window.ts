/** The rules of a CPU's window: which of two acts of one CPU, in program order, has to be performed before the other. */
import { holds } from "../platform/condition.js";
import type { AccessKind, Platform } from "../platform/platform.js";
import type { Program } from "../program/program.js";
import { type Act, silent } from "./act.js";
import { compilerReorders } from "./compiler.js";
import type { Lookup } from "./roads.js";

const IO: readonly AccessKind[] = ["in", "out", "wcin", "wcout"];

/** An act and the location it goes to. */
export interface Placed {
  readonly act: Act;
  readonly location: number;
}

const meets = (a: readonly AccessKind[], b: readonly AccessKind[]): boolean => a.some((kind) => b.includes(kind));
export const inMemory = (act: Act): boolean => act.kind === "load" || act.kind === "store" || act.kind === "rmw";

/** Does `older` have to be performed before `younger` starts, whatever values turn up? `between`: the acts that stand between them; `oneRun`: both are of one run of a thread. */
export function inOrder(
  program: Program,
  platform: Platform,
  option: Lookup,
  older: Placed,
  younger: Placed,
  between: readonly Placed[],
  oneRun: boolean,
): boolean {
  if (silent(older.act) || silent(younger.act)) return false;
  if (older.act.kind === "ats-wait" || younger.act.kind === "ats-wait") return true;
  if (older.act.kind === "unmapped" || younger.act.kind === "unmapped") return true;
  if (older.act.mapping >= 0 && older.act.mapping === younger.act.mapping) return true;
  // A token is waited for, by all but loads where it only drains the path of PIO writes; it itself follows the CPU's PIO.
  if (
    older.act.kind === "token" &&
    older.act.own &&
    !(oneRun && older.act.operation === younger.act.operation && older.act.round === younger.act.round)
  )
    return false;
  if (older.act.kind === "token") return older.act.token === "flush" || younger.act.kind !== "load";
  if (younger.act.kind === "token")
    return meets(older.act.kinds, IO) && (!younger.act.facts.has("ordered") || older.act.facts.has("ordered"));
  // A write-combining buffer holds one value a word.
  if (
    older.location >= 0 &&
    older.location === younger.location &&
    meets(older.act.kinds, ["wcout"]) &&
    meets(younger.act.kinds, ["wcin", "wcout"])
  )
    return true;
  // Coherence: only a load may go ahead of an older store to its address, whose value it takes.
  if (inMemory(older.act) && inMemory(younger.act) && older.location >= 0 && older.location === younger.location) {
    const incoherent = !platform.cpu.coherentReads && [older, younger].every(({ act }) => act.kind === "load" && act.facts.has("plain"));
    // Loads of one store may swap; that it is one store is a rule of its own (memory-order.ts, views.ts).
    const swap = oneRun && platform.cpu.sameStoreSwaps && older.act.kind === "load" && younger.act.kind === "load";
    if (!incoherent && !swap && (older.act.kind !== "store" || younger.act.kind !== "load")) return true;
  }
  if (older.act.kind === "sync") return younger.act.kind !== "sync" && meets(younger.act.fenced, older.act.after);
  if (younger.act.kind === "sync") return meets(older.act.fenced, younger.act.before);
  if (between.some(({ act }) => isFence(act) && meets(older.act.fenced, act.before) && meets(younger.act.fenced, act.after))) return true;
  return forbidden(program, platform, option, older, younger) && !swapped(program, older, younger, between);
}

/** May the compiler have swapped them, before the CPU saw them? Not two accesses of one location; one of them is plain. */
function swapped(program: Program, older: Placed, younger: Placed, between: readonly Placed[]): boolean {
  if (!compilerReorders(program) || older.location < 0 || younger.location < 0 || older.location === younger.location) return false;
  if (older.act.location === undefined || younger.act.location === undefined) return false;
  const sides = [older.act.compiled, younger.act.compiled];
  return sides.includes("plain") && ![...sides, ...between.map(({ act }) => act.compiled)].includes("stops");
}

const isFence = (act: Act): boolean => act.kind === "fence" || act.kind === "sync";

/** Do the rules alone forbid that `younger` is performed first? */
export function forbidden(program: Program, platform: Platform, option: Lookup, older: Placed, younger: Placed): boolean {
  return older.act.kinds.some((first) =>
    younger.act.kinds.some((second) => ruled(program, platform, option, older, first, younger, second)),
  );
}

/** Does the first rule that matches say no? */
function ruled(
  program: Program,
  platform: Platform,
  option: Lookup,
  older: Placed,
  first: AccessKind,
  younger: Placed,
  second: AccessKind,
): boolean {
  const rule = platform.cpu.window.find(
    (candidate) =>
      candidate.older.includes(first) &&
      candidate.younger.includes(second) &&
      holds(candidate.when, (name) => fact(program, name, older, younger), option),
  );
  return rule?.pass === "no";
}

function fact(program: Program, name: string, older: Placed, younger: Placed): boolean {
  if (name.startsWith("older.")) return older.act.facts.has(name.slice("older.".length));
  if (name.startsWith("younger.")) return younger.act.facts.has(name.slice("younger.".length));
  const a = program.locations[older.location];
  const b = program.locations[younger.location];
  if (a === undefined || b === undefined) return false;
  switch (name) {
    case "same-device":
      return a.owner === b.owner;
    case "same-register-space":
      return a.space === b.space;
    case "same-address":
      return a === b;
    default:
      throw new Error(`unknown condition ${name}`);
  }
}

/**
 * May the write at a position stay in a write-combining buffer until a later one to the same word replaces it? Fences, tokens, a read of the word and every access that
 * has to wait for it send it off.
 */
export function replaceable(
  program: Program,
  platform: Platform,
  option: Lookup,
  sequence: readonly Placed[],
  at: number,
): number | undefined {
  const write = sequence[at] as Placed;
  if (write.act.kind !== "pio-write" || !write.act.kinds.includes("wcout")) return undefined;
  for (let i = at + 1; i < sequence.length; i++) {
    const younger = sequence[i] as Placed;
    const { act } = younger;
    if (act.kind === "token" || (isFence(act) && act.before.includes("wcout"))) return undefined;
    if (younger.location === write.location && act.kind === "pio-read") return undefined;
    if (younger.location === write.location && act.kind === "pio-write") return i;
    if (forbidden(program, platform, option, write, younger)) return undefined;
  }
  return undefined;
}

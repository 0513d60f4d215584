/** An accessor written out as the platform says: its fences, its tokens, its access. */
import type { Lowered, Platform } from "../platform/platform.js";
import type { Operation, Program, Thread } from "../program/program.js";
import { type Act, type ActKind, BLANK, type Standing } from "./act.js";
import { compiledAs } from "./compiler.js";
import { Unsupported } from "./unsupported.js";

/** What an operation is written out for. */
export interface Subject {
  readonly program: Program;
  readonly platform: Platform;
  readonly here: Standing;
  /** The device that the thread accessed last; -1 for none. */
  readonly device: number;
  /** An atomic that stores nothing. */
  readonly failed: boolean;
  /** Does a register write wait for a spin unlock? */
  readonly pending: () => boolean;
}

/** An operation that is being written out, and its acts so far. */
export interface Writing extends Subject {
  readonly operation: Operation;
  readonly acts: Act[];
}

/** What an accessor is where a platform does not list it by its own name. */
const SAME_AS: { readonly [accessor: string]: string } = {
  atomic_void: "atomic_relaxed",
  plain_read: "READ_ONCE",
  atomic_read: "READ_ONCE",
  rcu_dereference: "READ_ONCE",
  spin_is_locked: "READ_ONCE",
  plain_write: "WRITE_ONCE",
  atomic_set: "WRITE_ONCE",
  rcu_assign_pointer: "smp_store_release",
  smp_mb__before_atomic: "smp_mb",
  smp_mb__after_atomic: "smp_mb",
  spin_trylock: "spin_lock",
  mutex_trylock: "spin_trylock",
  mutex_is_locked: "spin_is_locked",
  mutex_lock: "spin_lock",
  mutex_unlock: "spin_unlock",
};

function steps(platform: Platform, accessor: string): readonly Lowered[] {
  for (let name: string | undefined = accessor; name !== undefined; name = SAME_AS[name]) {
    const found = platform.accessors.get(name);
    if (found !== undefined) return found.steps;
  }
  throw new Unsupported(`the platform says nothing of ${accessor}`);
}

export function add(writing: Writing, kind: ActKind, fields: Partial<Act> = {}): void {
  const compiled = kind === "fence" || kind === "token" ? "stops" : compiledAs(writing.operation);
  writing.acts.push({ ...BLANK, ...writing.here, kind, compiled, ...fields });
}

/** Writes out an accessor; `kind`, `fields` and `facts` say what its access step is here. */
export function through(writing: Writing, accessor: string, kind: ActKind, fields: Partial<Act>, ...facts: readonly string[]): void {
  for (const step of steps(writing.platform, accessor)) {
    if (step.kind === "fence") addFence(writing, step);
    else if (step.kind === "token") addToken(writing, step);
    else if (kind !== "fence") addAccess(writing, step, kind, fields, facts);
  }
}

function addFence(writing: Writing, step: Lowered & { kind: "fence" }): void {
  if (step.beside === "pending-write") {
    if (!writing.pending()) return;
  } else if (step.beside !== "none") throw new Unsupported("fences that count only beside another access");
  const { before, after, propagates } = step;
  const waits = !writing.platform.cpu.multiCopyAtomic && (propagates === "strong" || propagates === "devices");
  add(writing, waits ? "sync" : "fence", { before, after, propagates });
}

function addToken(writing: Writing, step: Lowered & { kind: "token" }): void {
  const { program, platform, here, device } = writing;
  // No thread of this CPU writes registers: there is nothing to drain.
  if (step.token === "drain" && !writesRegisters(program, here.cpu)) return;
  if (platform.fabric.tokens[step.token] === undefined || (step.token === "flush" && device < 0)) return;
  add(writing, "token", { token: step.token, device, facts: new Set(step.ordered ? ["ordered"] : []), own: step.own });
}

function writesRegisters(program: Program, cpu: number): boolean {
  const comes = (thread: Thread): boolean =>
    thread.cpu === cpu ||
    thread.code.some((operation) => operation.kind === "migrate" && operation.cpu.kind === "constant" && operation.cpu.value === cpu);
  return program.threads.some((thread) => comes(thread) && thread.code.some((operation) => operation.kind === "pio-write"));
}

function addAccess(
  writing: Writing,
  step: Lowered & { kind: "access" },
  kind: ActKind,
  fields: Partial<Act>,
  facts: readonly string[],
): void {
  // Write-combining memory: no accessor promises order at the device.
  const combines = fields.kinds?.some((each) => each === "wcin" || each === "wcout") === true;
  const flags = (["acquire", "release", "ordered", "unordered"] as const).filter((flag) => step[flag] && !(combines && flag === "ordered"));
  const all = {
    ...fields,
    facts: new Set([...flags, ...facts]),
    waits: step.waits || fields.waits === true,
    pends: step.pending,
    global: step.global,
    inherits: step.inherits && kind === "rmw",
    fenced: fields.kinds ?? [],
  };
  if (kind !== "rmw" || (!writing.failed && !step.split)) {
    add(writing, kind, kind === "rmw" ? { ...all, outcome: true } : all);
    return;
  }
  const without = (flag: string): ReadonlySet<string> => new Set([...all.facts].filter((each) => each !== flag));
  add(writing, "load", {
    ...all,
    half: "read",
    outcome: !writing.failed,
    kinds: ["read"],
    fenced: step.noreturn ? [] : ["read"],
    facts: without("release"),
  });
  if (writing.failed) return;
  add(writing, "store", {
    ...all,
    half: "write",
    target: undefined,
    locks: false,
    inherits: false,
    kinds: ["write"],
    fenced: ["write"],
    facts: without("acquire"),
  });
}

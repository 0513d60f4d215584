/**
 * What a thread does, act by act: each path through a straight-line body (one per outcome of its branches), every accessor written out as the platform says. An act
 * is one access, fence, token, request or wait; nothing is said yet about when it happens.
 */
import { ACCESS_KINDS, type AccessKind, type Lowered, type Platform } from "../platform/platform.js";
import {
  ADDRESS_BASE,
  type Attributes,
  type Expression,
  type Modify,
  type Operation,
  type Program,
  type Returns,
  type Thread,
} from "../program/program.js";
import { mappingMode } from "./mappings.js";
import { pendingWrite } from "./pending.js";
import { Unsupported } from "./unsupported.js";

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

const NO_ATTRIBUTES: Attributes = { ro: false, ido: false, uio: false, translated: false, tc: 0 };

const BLANK: Omit<Act, "kind" | "operation" | "block" | "cpu" | "round"> = {
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

/** Does an atomic store only on a condition? */
export const isConditional = (modify: Modify | undefined): boolean => modify?.kind === "compare" || modify?.kind === "add-unless";

function steps(platform: Platform, accessor: string): readonly Lowered[] {
  for (let name: string | undefined = accessor; name !== undefined; name = SAME_AS[name]) {
    const found = platform.accessors.get(name);
    if (found !== undefined) return found.steps;
  }
  throw new Unsupported(`the platform says nothing of ${accessor}`);
}

/** Does an expression choose between two values? What it waits for then depends on values. */
function chooses(expression: Expression | undefined): boolean {
  switch (expression?.kind) {
    case "conditional":
      return true;
    case "unary":
      return chooses(expression.operand);
    case "binary":
      return chooses(expression.left) || chooses(expression.right);
    default:
      return false;
  }
}

function expressionsOf(act: Act): readonly (Expression | undefined)[] {
  const { modify } = act;
  const of =
    modify === undefined
      ? []
      : [modify.value, modify.kind === "compare" ? modify.expected : modify.kind === "add-unless" ? modify.unless : undefined];
  return [act.address, act.value, ...of];
}

/** Loops that poll go round so often: what a poll did not find changes nothing, and a poll that found it is the last. */
const MOST_ROUNDS = 2;

/** How far a path has come: the device that was accessed last, the CPU, the rounds of each loop. */
interface Way {
  readonly device: number;
  readonly cpu: number;
  readonly rounds: ReadonlyMap<number, number>;
}

/** Every path through a thread. */
export function pathsOf(program: Program, platform: Platform, thread: Thread): readonly (readonly Act[])[] {
  const paths: (readonly Act[])[] = [];
  const blocks = new Map<number, number>();
  if (thread.on !== undefined && platform.accessors.has("handler")) throw new Unsupported("what the kernel does before a handler");
  thread.code.forEach((operation, at) => {
    if (operation.kind === "loop" && !operation.polls) throw new Unsupported("loops that do more than poll");
    if (operation.kind === "atomic-block") for (let i = 1; i <= operation.length; i++) blocks.set(at + i, at);
  });

  const follow = (prefix: readonly Act[], from: number, before: Way): void => {
    const acts = [...prefix];
    let way = before;
    for (let at = from; at < thread.code.length; at++) {
      const operation = thread.code[at] as Operation;
      if (operation.kind === "jump") {
        at = operation.to - 1;
        continue;
      }
      if (operation.kind === "loop") {
        const round = (way.rounds.get(at) ?? 0) + 1;
        if (round >= MOST_ROUNDS) return;
        way = { ...way, rounds: new Map([...way.rounds, [at, round]]) };
        at = operation.head - 1;
        continue;
      }
      const here = { block: blocks.get(at) ?? -1, cpu: way.cpu, round: [...way.rounds.values()].reduce((sum, each) => sum + each, 0) };
      if (operation.kind === "branch") {
        const branch = {
          ...BLANK,
          ...here,
          kind: "branch" as const,
          operation: at,
          value: operation.condition,
          join: operation.join,
        };
        if (chooses(operation.condition)) throw new Unsupported("a conditional expression");
        follow([...acts, { ...branch, outcome: true }], at + 1, way);
        follow([...acts, { ...branch, outcome: false }], operation.otherwise, way);
        return;
      }
      if (operation.kind === "pio-read" || operation.kind === "pio-write")
        way = { ...way, device: program.locations[operation.location]?.owner ?? -1 };
      const all = (failed: boolean): readonly Act[] =>
        write(program, platform, operation, { ...here, operation: at }, way.device, failed, () => pendingWrite(thread, acts));
      const written = all(false);
      if (written.some((act) => expressionsOf(act).some(chooses))) throw new Unsupported("a conditional expression");
      if (written.some((act) => act.block >= 0 && ["wait", "hear", "answer", "dma-read", "dma-atomic"].includes(act.kind))) {
        throw new Unsupported("an indivisible step that may have to wait");
      }
      // An atomic that may turn out to store nothing: then its write half is not there, nor its fences where the platform says so.
      const half = written.find((act) => act.half === "read");
      const own = operation.kind === "atomic" && platform.accessors.has("atomic_failed");
      if (operation.kind === "atomic" || operation.kind === "trylock") {
        if (isConditional(written.find((act) => act.modify !== undefined)?.modify) && (half !== undefined || own))
          follow([...acts, ...all(true)], at + 1, way);
      }
      acts.push(...written);
      if (operation.kind === "migrate" && operation.cpu.kind === "constant") way = { ...way, cpu: operation.cpu.value };
    }
    paths.push(acts);
  };
  follow([], 0, { device: -1, cpu: thread.cpu, rounds: new Map() });
  return paths;
}

/** The acts of one operation. `failed`: an atomic that stores nothing. `pending`: does a register write wait for a spin unlock? */
function write(
  program: Program,
  platform: Platform,
  operation: Operation,
  here: Pick<Act, "operation" | "block" | "cpu" | "round">,
  lastDevice: number,
  failed: boolean,
  pending: () => boolean,
): readonly Act[] {
  const acts: Act[] = [];
  const compiled = compiledAs(operation);
  const add = (kind: ActKind, fields: Partial<Act> = {}): void => {
    acts.push({ ...BLANK, ...here, kind, compiled: kind === "fence" || kind === "token" ? "stops" : compiled, ...fields });
  };
  /** Writes out an accessor; `access` says what its access step is here. */
  const through = (accessor: string, kind: ActKind, fields: Partial<Act>, ...facts: readonly string[]): void => {
    for (const step of steps(platform, accessor)) {
      switch (step.kind) {
        case "fence":
          if (step.beside === "pending-write") {
            if (!pending()) break;
          } else if (step.beside !== "none") throw new Unsupported("fences that count only beside another access");
          add(!platform.cpu.multiCopyAtomic && (step.propagates === "strong" || step.propagates === "devices") ? "sync" : "fence", {
            before: step.before,
            after: step.after,
            propagates: step.propagates,
          });
          break;
        case "token":
          // No thread of this CPU writes registers: there is nothing to drain.
          if (step.token === "drain" && !writesRegisters(program, here.cpu)) break;
          if (platform.fabric.tokens[step.token] === undefined || (step.token === "flush" && lastDevice < 0)) break;
          add("token", { token: step.token, device: lastDevice, facts: new Set(step.ordered ? ["ordered"] : []), own: step.own });
          break;
        case "access": {
          if (kind === "fence") break;
          // Write-combining memory: no accessor promises order at the device.
          const combines = fields.kinds?.some((each) => each === "wcin" || each === "wcout") === true;
          const flags = (["acquire", "release", "ordered", "unordered"] as const).filter(
            (flag) => step[flag] && !(combines && flag === "ordered"),
          );
          const all = {
            ...fields,
            facts: new Set([...flags, ...facts]),
            waits: step.waits || fields.waits === true,
            pends: step.pending,
            global: step.global,
            inherits: step.inherits && kind === "rmw",
            fenced: fields.kinds ?? [],
          };
          const without = (flag: string): ReadonlySet<string> => new Set([...all.facts].filter((each) => each !== flag));
          if (kind === "rmw" && failed) {
            add("load", {
              ...all,
              half: "read",
              outcome: false,
              kinds: ["read"],
              fenced: step.noreturn ? [] : ["read"],
              facts: without("release"),
            });
          } else if (kind === "rmw" && step.split) {
            add("load", {
              ...all,
              half: "read",
              outcome: true,
              kinds: ["read"],
              fenced: step.noreturn ? [] : ["read"],
              facts: without("release"),
            });
            add("store", {
              ...all,
              half: "write",
              target: undefined,
              locks: false,
              inherits: false,
              kinds: ["write"],
              fenced: ["write"],
              facts: without("acquire"),
            });
          } else add(kind, kind === "rmw" ? { ...all, outcome: true } : all);
        }
      }
    }
  };
  const place = (address: Expression): Partial<Act> => ({ address, location: locationOf(program, address) });

  switch (operation.kind) {
    case "assign":
      add("assign", { target: operation.target, value: operation.value });
      break;
    case "read":
      through(
        operation.accessor,
        "load",
        { target: operation.target, ...place(operation.address), kinds: ["read"] },
        ...plain(operation.accessor),
      );
      break;
    case "write":
      through(
        operation.accessor,
        "store",
        { value: operation.value, ...place(operation.address), kinds: ["write"] },
        ...plain(operation.accessor),
      );
      break;
    case "atomic":
      through(
        failed && platform.accessors.has("atomic_failed")
          ? platform.accessors.has(`atomic_failed_${operation.order}`)
            ? `atomic_failed_${operation.order}`
            : "atomic_failed"
          : operation.returns === "nothing"
            ? "atomic_void"
            : `atomic_${operation.order}`,
        "rmw",
        {
          target: operation.target,
          ...place(operation.address),
          modify: operation.modify,
          returns: operation.returns,
          kinds: ["read", "write"],
        },
        "atomic",
      );
      break;
    case "lock":
    case "trylock":
      through(
        operation.kind === "lock" ? `${operation.flavour}_lock` : operation.accessor,
        "rmw",
        {
          target: operation.kind === "trylock" ? operation.target : undefined,
          ...place(operation.address),
          modify: { kind: "compare", expected: { kind: "constant", value: 0 }, value: { kind: "constant", value: 1 } },
          returns: operation.kind === "trylock" ? "success" : "nothing",
          locks: operation.kind === "lock",
          kinds: ["read", "write"],
        },
        "atomic",
        "lock",
      );
      break;
    case "unlock":
      through(
        `${operation.flavour}_unlock`,
        "store",
        { ...place(operation.address), value: { kind: "constant", value: 0 }, kinds: ["write"] },
        "lock",
      );
      break;
    case "is-locked":
      through(
        operation.accessor,
        "load",
        { target: operation.target, ...place(operation.address), isLocked: true, kinds: ["read"] },
        "lock",
      );
      break;
    case "barrier":
      // To the compiler each is one, even where the CPU needs none.
      if (compilerReorders(program)) add("fence");
      through(operation.accessor, "fence", {});
      break;
    case "pio-read":
    case "pio-write": {
      const location = program.locations[operation.location];
      const combining = location?.memoryType === "wc";
      const fields = { location: operation.location, device: location?.owner ?? -1 };
      if (operation.kind === "pio-read")
        through(operation.accessor, "pio-read", { ...fields, target: operation.target, kinds: [combining ? "wcin" : "in"] });
      else
        through(operation.accessor, "pio-write", {
          ...fields,
          value: operation.value,
          kinds: [combining ? "wcout" : "out"],
          waits: location?.memoryType === "np",
        });
      break;
    }
    case "dma-write":
      for (const part of operation.parts) add("dma-write", { ...place(part.address), value: part.value, attributes: operation.attributes });
      break;
    case "dma-read":
      for (const part of operation.parts)
        add("dma-read", {
          ...place(part.address),
          target: part.target,
          zeroLength: operation.zeroLength,
          attributes: operation.attributes,
        });
      break;
    case "dma-atomic":
      add("dma-atomic", {
        ...place(operation.address),
        target: operation.target,
        modify: operation.modify,
        returns: "old",
        attributes: operation.attributes,
      });
      break;
    case "msi":
      add("msi", { vector: operation.vector, attributes: operation.attributes });
      break;
    case "intx":
      add("intx", { attributes: operation.attributes });
      break;
    case "ats-invalidate-done":
      add("invalidate-done", { attributes: operation.attributes });
      break;
    case "register-read":
      add("register-read", { target: operation.target, location: operation.location });
      break;
    case "register-write":
      add("register-write", { location: operation.location, value: operation.value });
      break;
    case "wait":
      add("wait", { value: operation.condition, reads: operation.reads });
      break;
    case "answer":
      add("answer", { location: operation.location, value: operation.value, attributes: operation.attributes });
      break;
    case "tell":
    case "hear":
    case "ats-wait":
      add(operation.kind, { device: operation.device });
      break;
    case "interrupts":
      add("interrupts", { outcome: operation.enable });
      break;
    case "dma-api": {
      // What a cache that does not snoop makes of these calls is not covered; elsewhere they order nothing.
      const mapping = program.locations[operation.location]?.mapping.mode;
      if (!platform.fabric.coherent && mapping === "streaming") throw new Unsupported("caches that do not snoop");
      const mode = mappingMode(program, platform);
      if (mode === "passthrough" || (operation.call !== "map" && operation.call !== "unmap")) break;
      add(operation.call, { mapping: operation.location, kinds: ["write"], fenced: ["write"] });
      if (operation.call === "unmap" && mode === "strict") add("unmapped", { mapping: operation.location });
      break;
    }
    case "migrate": {
      // A context switch orders everything, and what it orders has reached everybody; a platform may do more.
      const both = { before: ACCESS_KINDS, after: ACCESS_KINDS };
      if (platform.cpu.multiCopyAtomic) add("fence", both);
      else add("sync", { ...both, propagates: "strong" });
      if (platform.accessors.has("migrate")) through("migrate", "fence", {});
      break;
    }
    case "branch":
    case "jump":
    case "loop":
    case "delay":
    case "atomic-block":
      break;
  }
  return acts;
}

function writesRegisters(program: Program, cpu: number): boolean {
  const comes = (thread: Thread): boolean =>
    thread.cpu === cpu ||
    thread.code.some((operation) => operation.kind === "migrate" && operation.cpu.kind === "constant" && operation.cpu.value === cpu);
  return program.threads.some((thread) => comes(thread) && thread.code.some((operation) => operation.kind === "pio-write"));
}

export const compilerReorders = (program: Program): boolean => program.settings.findLast(([name]) => name === "compiler")?.[1] === "on";

/** Accessors of registers whose assembly says nothing of memory. */
const SILENT = /^(raw_|plain_)|_relaxed$|^(reads|writes)X$/;

/** What an operation is to a compiler. */
function compiledAs(operation: Operation): Act["compiled"] {
  switch (operation.kind) {
    case "read":
    case "write":
      if (operation.accessor.startsWith("plain_")) return "plain";
      return /acquire|release|rcu_assign_pointer/.test(operation.accessor) ? "stops" : "crossed";
    case "pio-read":
    case "pio-write":
      return SILENT.test(operation.accessor) ? "crossed" : "stops";
    case "atomic":
    case "lock":
    case "unlock":
    case "trylock":
    case "barrier":
    case "migrate":
      return "stops";
    default:
      return "crossed";
  }
}

function plain(accessor: string): readonly string[] {
  return accessor === "plain_read" || accessor === "plain_write" ? ["plain"] : [];
}

/** The location at an address; -1 for none. */
export function locationAt(program: Program, address: number): number {
  const index = address - ADDRESS_BASE;
  return index >= 0 && index < program.locations.length ? index : -1;
}

function locationOf(program: Program, address: Expression): number | undefined {
  return address.kind === "constant" ? locationAt(program, address.value) : undefined;
}

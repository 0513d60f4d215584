/** Accessors: what the platform makes of a kernel function, as fences and tokens around the access itself. */
import type { Lowered, Platform } from "../platform/platform.js";
import type { Operation } from "../program/program.js";
import { type AccessFacts, type Draft, KIND_BIT, kindBits, NO_FACTS } from "./instruction.js";
import { append, type Lowering } from "./lowering.js";

/** The access among an accessor's steps. */
export type AccessStep = Extract<Lowered, { kind: "access" }>;
type FenceStep = Extract<Lowered, { kind: "fence" }>;
type TokenStep = Extract<Lowered, { kind: "token" }>;

/** Accessors that one platform file need not list because another says the same. */
const ACCESSOR_FALLBACK: { readonly [name: string]: string } = {
  atomic_void: "atomic_relaxed",
  smp_mb__before_atomic: "smp_mb",
  smp_mb__after_atomic: "smp_mb",
  atomic_read: "READ_ONCE",
  atomic_set: "WRITE_ONCE",
  plain_read: "READ_ONCE",
  plain_write: "WRITE_ONCE",
  rcu_dereference: "READ_ONCE",
  rcu_assign_pointer: "smp_store_release",
  spin_trylock: "spin_lock",
  mutex_lock: "spin_lock",
  mutex_unlock: "spin_unlock",
  spin_is_locked: "READ_ONCE",
};

/** A platform without an accessor the program needs: the caller's platform was not validated. */
export class MissingAccessor extends Error {
  constructor(
    readonly accessor: string,
    readonly platform: string,
  ) {
    super(`platform ${platform} says nothing of ${accessor}`);
  }
}

function accessorSteps(platform: Platform, name: string): readonly Lowered[] {
  for (let at: string | undefined = name; at !== undefined; at = ACCESSOR_FALLBACK[at]) {
    const found = platform.accessors.get(at);
    if (found !== undefined) return found.steps;
  }
  throw new MissingAccessor(name, platform.name);
}

/** Adds the accessor's steps, around the access that `access` adds. */
export function expand(lowering: Lowering, name: string, operation: Operation, access: (step: AccessStep) => void): void {
  for (const step of accessorSteps(lowering.platform, name)) {
    switch (step.kind) {
      case "access":
        access(step);
        break;
      case "fence":
        if (step.beside === "pending-write") appendPendingFence(lowering, operation, step);
        else appendFence(lowering, operation, step);
        break;
      case "token":
        appendToken(lowering, operation, step);
        break;
    }
  }
}

function appendFence(lowering: Lowering, operation: Operation, step: FenceStep): void {
  const { cpu } = lowering.platform;
  const strong = !cpu.multiCopyAtomic && (step.propagates === "strong" || step.propagates === "devices");
  const joins = !cpu.readsJoin && (kindBits(step.before) & KIND_BIT.read) !== 0;
  const fence = append(lowering, "fence", operation, {
    before: kindBits(step.before),
    after: kindBits(step.after),
    propagates: cpu.multiCopyAtomic ? "none" : step.propagates,
    active: strong || joins,
    ...beside(lowering, step.beside),
  });
  if (step.beside === "before-atomic") lowering.waiting.push(fence);
}

/** A fence that is there only where a register write is pending. On a thread that goes straight on that is known by now. */
function appendPendingFence(lowering: Lowering, operation: Operation, step: FenceStep): void {
  if (lowering.straight ? !lowering.pending.write : !lowering.pends) return;
  if (lowering.straight) {
    appendFence(lowering, operation, step);
    return;
  }
  const skip = append(lowering, "unless-pending", operation, {});
  appendFence(lowering, operation, step);
  skip.to = lowering.drafts.length;
}

/** Where a fence counts only beside another access: up to which instruction before it, and from which after it. */
function beside(lowering: Lowering, what: FenceStep["beside"]): Partial<Draft> {
  const { drafts, first } = lowering;
  const last = (matches: (draft: Draft) => boolean, before = drafts.length): number => {
    for (let id = before - 1; id >= first; id--) if (matches(drafts[id] as Draft)) return id;
    return -1;
  };
  const isAtomic = (draft: Draft): boolean => draft.facts.atomic && !draft.facts.lock && draft.modify !== undefined;
  const isLock = (draft: Draft): boolean => draft.facts.lock && draft.modify !== undefined;
  switch (what) {
    case "none":
    case "pending-write":
      return {};
    case "before-atomic":
      // Nothing, until an atomic follows.
      return { youngerFrom: 1 << 20 };
    case "after-atomic":
      return { olderUpTo: last(isAtomic) };
    case "after-spinlock":
      return { olderUpTo: last(isLock) };
    case "after-unlock-lock": {
      const lock = last(isLock);
      const read = lock >= 0 && (drafts[lock] as Draft).kind === "store" ? (drafts[lock] as Draft).pair : lock;
      return {
        olderUpTo: last((draft) => draft.facts.lock && draft.kind === "store" && draft.pair < 0, Math.max(lock, first)),
        ofLock: read,
      };
    }
  }
}

function appendToken(lowering: Lowering, operation: Operation, step: TokenStep): void {
  const { cpu, lastDevice, platform, writing } = lowering;
  if (step.token === "flush" && lastDevice < 0) return;
  if (platform.fabric.tokens[step.token] === undefined) return;
  // Nothing to wait for where nobody writes registers from this CPU.
  if (step.token === "drain" && !writing.has(cpu)) return;
  append(lowering, "token", operation, {
    device: lastDevice,
    before: 0,
    after: 63,
    facts: { ...NO_FACTS, ordered: step.ordered },
    waits: step.token !== "flush",
    own: step.own,
  });
}

/** What the access of an accessor is to the window's rules. */
export function factsOf(step: AccessStep, more: Partial<AccessFacts> = {}): AccessFacts {
  const { acquire, release, ordered, unordered } = step;
  return { ...NO_FACTS, acquire, release, ordered, unordered, ...more };
}

/**
 * Kernel C lowered to an architecture: each primitive becomes the loads, stores, atomics and fences that the kernel's headers make of it, so that the test can be held against the
 * architecture's model. Dependencies are those of the C text, as a compiler keeps them that breaks none; each `if` is a branch, and a branch controls all that comes after it, not only what stands
 * in the `if` as in C.
 *
 * The tables are of Linux 6.19: arch/<arch>/include/asm/{barrier,atomic,cmpxchg,spinlock}.h and, where these say nothing, include/asm-generic/barrier.h, include/linux/atomic/ and
 * include/linux/spinlock.h. Atomics are one instruction where the architecture has that (x86, arm64's LSE, RISC-V's AMO), and a load-linked with a store-conditional on Power. A lock is the
 * weakest that the headers have: an atomic with acquire that finds 0 and leaves 1, and a store-release of 0.
 */
import type { Branch, Constraint, EventKind, ThreadEvent, ThreadPath } from "./event.js";
import { constant, renumber, type Term } from "./value.js";

/** What one C-level access becomes: fences before it, annotations of the access itself, fences after it. */
interface Access {
  readonly before?: readonly string[];
  readonly tags?: readonly string[];
  readonly after?: readonly string[];
}

/** An atomic that reads and writes. */
interface Update {
  readonly before?: readonly string[];
  readonly read?: readonly string[];
  readonly write?: readonly string[];
  readonly after?: readonly string[];
}

type Strength = "relaxed" | "acquire" | "release" | "full";

export interface Architecture {
  /** As in `--arch`. */
  readonly name: string;
  /** The shipped model that it is held against, without `.cat`. */
  readonly model: string;
  /** Whose words the model may read: see vocabulary.ts. */
  readonly vocabulary: string;
  readonly load: Access;
  readonly loadAcquire: Access;
  readonly store: Access;
  readonly storeRelease: Access;
  readonly update: Readonly<Record<Strength, Update>>;
  /** Of atomics that return nothing. */
  readonly updateSilent: Update;
  /** cmpxchg that finds another value; by its order where that says more. */
  readonly updateFailed: Access & { readonly [strength in Strength]?: Access };
  /** What the kernel's fences become, by herd7's names: a list of fences, empty for none. */
  readonly fences: Readonly<Record<KernelFence, readonly string[]>>;
}

type KernelFence =
  | "mb"
  | "rmb"
  | "wmb"
  | "before-atomic"
  | "after-atomic"
  | "after-spinlock"
  | "after-unlock-lock"
  | "after-srcu-read-unlock"
  | "barrier";

const NONE: readonly string[] = [];

const X86: Architecture = {
  name: "x86",
  model: "tso",
  vocabulary: "X86_64",
  load: {},
  loadAcquire: {},
  store: {},
  storeRelease: {},
  // Every locked instruction is a full barrier, one that stores nothing too (lock cmpxchg).
  update: { relaxed: {}, acquire: {}, release: {}, full: {} },
  updateSilent: {},
  updateFailed: {},
  fences: {
    // lock; addl $0,-4(%rsp)
    mb: ["MFENCE"],
    rmb: NONE,
    wmb: NONE,
    "before-atomic": NONE,
    "after-atomic": NONE,
    "after-spinlock": NONE,
    "after-unlock-lock": NONE,
    "after-srcu-read-unlock": NONE,
    barrier: NONE,
  },
};

const ARM64: Architecture = {
  name: "arm64",
  model: "arm64",
  vocabulary: "AArch64",
  load: {},
  loadAcquire: { tags: ["A"] },
  store: {},
  storeRelease: { tags: ["L"] },
  update: {
    relaxed: {},
    acquire: { read: ["A"] },
    release: { write: ["L"] },
    full: { read: ["A"], write: ["L"] },
  },
  updateSilent: { read: ["NoRet"] },
  updateFailed: {},
  fences: {
    mb: ["DMB.ISH"],
    rmb: ["DMB.ISHLD"],
    wmb: ["DMB.ISHST"],
    "before-atomic": ["DMB.ISH"],
    "after-atomic": ["DMB.ISH"],
    "after-spinlock": ["DMB.ISH"],
    "after-unlock-lock": NONE,
    "after-srcu-read-unlock": NONE,
    barrier: NONE,
  },
};

const RISCV: Architecture = {
  name: "riscv",
  model: "riscv",
  vocabulary: "RISCV",
  load: {},
  loadAcquire: { after: ["Fence.r.rw"] },
  store: {},
  storeRelease: { before: ["Fence.rw.w"] },
  update: {
    relaxed: {},
    acquire: { after: ["Fence.r.rw"] },
    release: { before: ["Fence.rw.w"] },
    full: { read: ["AcqRel"], write: ["AcqRel"] },
  },
  updateSilent: {},
  updateFailed: {},
  fences: {
    mb: ["Fence.rw.rw"],
    rmb: ["Fence.r.r"],
    wmb: ["Fence.w.w"],
    "before-atomic": ["Fence.rw.rw"],
    "after-atomic": ["Fence.rw.rw"],
    "after-spinlock": ["Fence.rw.rw"],
    // ARCH_WEAK_RELEASE_ACQUIRE, which RISC-V selects with queued spin locks.
    "after-unlock-lock": ["Fence.rw.rw"],
    "after-srcu-read-unlock": NONE,
    barrier: NONE,
  },
};

/** A load-linked with its store-conditional. */
const LINKED = { read: ["EX"], write: ["EX"] };

const PPC64: Architecture = {
  name: "ppc64",
  model: "ppc",
  vocabulary: "PPC",
  load: {},
  loadAcquire: { after: ["LWSYNC"] },
  store: {},
  storeRelease: { before: ["LWSYNC"] },
  update: {
    relaxed: LINKED,
    // PPC_ACQUIRE_BARRIER: isync, which is patched to lwsync on every 64-bit CPU.
    acquire: { ...LINKED, after: ["LWSYNC"] },
    release: { ...LINKED, before: ["LWSYNC"] },
    full: { ...LINKED, before: ["SYNC"], after: ["SYNC"] },
  },
  updateSilent: LINKED,
  // The barrier before the reservation loop is passed, the one behind it is not.
  updateFailed: { tags: ["EX"], full: { before: ["SYNC"], tags: ["EX"] }, release: { before: ["LWSYNC"], tags: ["EX"] } },
  fences: {
    mb: ["SYNC"],
    rmb: ["LWSYNC"],
    wmb: ["LWSYNC"],
    "before-atomic": ["SYNC"],
    "after-atomic": ["SYNC"],
    "after-spinlock": ["SYNC"],
    "after-unlock-lock": ["SYNC"],
    "after-srcu-read-unlock": NONE,
    barrier: NONE,
  },
};

/** The architectures that kernel C is lowered to, by name. */
export const ARCHITECTURES: ReadonlyMap<string, Architecture> = new Map(
  [X86, ARM64, RISCV, PPC64].map((architecture) => [architecture.name, architecture]),
);

/** Thrown for what has no lowering: RCU and SRCU are algorithms over the whole machine, and no instructions. */
export class NotLowered extends Error {
  constructor(
    message: string,
    readonly span: ThreadEvent["span"],
  ) {
    super(message);
  }
}

/** A path of a thread in an architecture's instructions. Throws `NotLowered`. */
export function lowerPath(path: ThreadPath, architecture: Architecture): ThreadPath {
  const plans = path.events.map((event, index) => planOf(path, event, index, architecture));
  // Where each event comes to stand, and where what belongs to it begins.
  const begins: number[] = [];
  const places: number[] = [];
  let length = 0;
  for (const { before, after, kept } of plans) {
    begins.push(length);
    places.push(length + before.length);
    length += before.length + (kept === undefined ? 0 : 1) + after.length;
  }
  begins.push(length);
  const place = (index: number): number => places[index] as number;
  const moved = (term: Term | undefined): Term | undefined => (term === undefined ? undefined : renumber(term, place));
  const gone = (index: number): boolean => plans[index]?.kept === undefined;

  const events: ThreadEvent[] = [];
  const control: (readonly [number, number])[] = [];
  const constraints: Constraint[] = path.constraints.map(({ term, holds }) => ({ term: renumber(term, place), holds }));
  for (const [index, { before, kept, after, finds }] of plans.entries()) {
    const { instruction, span } = path.events[index] as ThreadEvent;
    const fence = (tag: string): ThreadEvent => ({
      kind: "F",
      tags: [tag],
      atomic: false,
      port: "none",
      address: undefined,
      value: undefined,
      instruction,
      span,
    });
    const first = events.length;
    events.push(...before.map(fence));
    if (kept !== undefined) events.push({ ...kept, address: moved(kept.address), value: moved(kept.value) });
    events.push(...after.map(fence));
    // A fence stands between what its access waits for and the access, or between the access and what waits for it, within one instruction of the text too.
    for (let at = first; at + 1 < events.length; at++) control.push([at, at + 1]);
    if (finds !== undefined) {
      const read: Term = { kind: "read", event: place(index) };
      constraints.push({ term: { kind: "operation", operator: "==", left: read, right: constant(finds) }, holds: true });
    }
  }
  const waits = [...path.data, ...path.control];
  for (const [from, to] of waits) {
    for (let at = begins[to] as number; at < place(to); at++) control.push([place(from), at]);
    const last = (begins[from + 1] as number) - 1;
    for (let at = place(from) + 1; at <= last; at++) control.push([at, place(to)]);
  }
  // An update is one: its fences stand around both halves.
  const pairs = (list: readonly (readonly [number, number])[]): (readonly [number, number])[] =>
    list.filter(([from, to]) => !gone(from) && !gone(to)).map(([from, to]) => [place(from), place(to)]);
  const branches: Branch[] = path.branches.map(({ start, end }) => ({
    start: begins[start] as number,
    end: begins[end] as number,
    stop: length,
  }));
  return {
    ...path,
    events,
    data: pairs(path.data),
    control: [...pairs(path.control), ...control],
    registerReads: pairs(path.registerReads),
    branches,
    constraints,
    registers: new Map([...path.registers].map(([name, term]) => [name, renumber(term, place)])),
  };
}

/** What an event becomes. `kept` is undefined for fences that are not there. `finds`: the value that a lock operation must read. */
interface Plan {
  readonly before: readonly string[];
  readonly kept: ThreadEvent | undefined;
  readonly after: readonly string[];
  readonly finds?: number;
}

function planOf(path: ThreadPath, event: ThreadEvent, index: number, architecture: Architecture): Plan {
  const as = (kind: EventKind, { before = NONE, tags = NONE, after = NONE }: Access, more: Partial<ThreadEvent> = {}): Plan => ({
    before,
    kept: { ...event, ...more, kind, tags },
    after,
  });
  const { update } = architecture;
  switch (event.kind) {
    case "read":
    case "write":
    case "cutoff":
      return { before: NONE, kept: event, after: NONE };
    case "R": {
      if (has(event, "srcu-lock")) throw rcu(event);
      if (!event.atomic) return as("R", has(event, "acquire") ? architecture.loadAcquire : architecture.load);
      if (!isPaired(path, index)) return as("R", architecture.updateFailed[strengthOf(event)] ?? architecture.updateFailed);
      const { before, read } = updateOf(event, architecture);
      return as("R", { ...(before === undefined ? {} : { before }), ...(read === undefined ? {} : { tags: read }) });
    }
    case "W": {
      if (has(event, "srcu-unlock")) throw rcu(event);
      if (!event.atomic) return as("W", has(event, "release") ? architecture.storeRelease : architecture.store);
      const { write, after } = updateOf(event, architecture);
      return as("W", { ...(write === undefined ? {} : { tags: write }), ...(after === undefined ? {} : { after }) });
    }
    case "F": {
      const fences = event.tags.map((tag) => architecture.fences[tag.toLowerCase() as KernelFence]);
      if (fences.length === 0 || fences.some((list) => list === undefined)) {
        if (event.tags.some((tag) => tag.includes("rcu"))) throw rcu(event);
        throw new NotLowered(`the fence \`${event.tags.join(" ")}\` has no lowering to ${architecture.name}`, event.span);
      }
      const [first, ...rest] = fences.flat();
      if (first === undefined) return { before: NONE, kept: undefined, after: NONE };
      return { before: NONE, kept: { ...event, tags: [first] }, after: rest };
    }
    case "LKR": {
      const { before = NONE, read = NONE } = update.acquire;
      return { ...as("R", { before, tags: read }, { atomic: true }), finds: 0 };
    }
    case "LKW": {
      const { write = NONE, after = NONE } = update.acquire;
      return as("W", { tags: write, after }, { atomic: true, value: constant(1) });
    }
    case "UL":
      return as("W", architecture.storeRelease, { value: constant(0) });
    case "LF":
      return { ...as("R", architecture.updateFailed, { atomic: true }), finds: 1 };
    case "RL":
      return { ...as("R", architecture.load), finds: 1 };
    case "RU":
      return { ...as("R", architecture.load), finds: 0 };
    case "SRCU":
      throw rcu(event);
    case "LC":
    case "RW":
      throw new NotLowered("C11 atomics are not lowered: the tables are the kernel's", event.span);
  }
}

function rcu(event: ThreadEvent): NotLowered {
  return new NotLowered("RCU and SRCU have no lowering: they are algorithms, and no instructions", event.span);
}

function has(event: ThreadEvent, tag: string): boolean {
  return event.tags.some((own) => own.toLowerCase() === tag);
}

function updateOf(event: ThreadEvent, architecture: Architecture): Update {
  if (has(event, "noreturn")) return architecture.updateSilent;
  return architecture.update[strengthOf(event)];
}

function strengthOf(event: ThreadEvent): Strength {
  return has(event, "mb") ? "full" : has(event, "acquire") ? "acquire" : has(event, "release") ? "release" : "relaxed";
}

/** Does the read of an atomic have a write in the same instruction? */
function isPaired(path: ThreadPath, index: number): boolean {
  const { instruction } = path.events[index] as ThreadEvent;
  return path.events.some((event, other) => other > index && event.instruction === instruction && event.kind === "W" && event.atomic);
}

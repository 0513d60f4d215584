/**
 * A machine: one program on one platform, made ready to run. Accessors are lowered to instructions, packets get their routes, tables become matrices over this
 * program's instructions, and every part of the state gets its place in one Int32Array. What a step *is* stands in `step.ts`.
 */
import { holds } from "../platform/condition.js";
import { applyMappingRules, requestedWords } from "../platform/mapping.js";
import {
  ACCESS_KINDS,
  type AccessKind,
  type Cell,
  LANDING_OPTION,
  type Lowered,
  type PacketKind,
  type PlaceDeed,
  type Platform,
  type RouteKind,
} from "../platform/platform.js";
import {
  ADDRESS_BASE,
  type Arrival,
  type Attributes,
  type Expression,
  type Location,
  type Modify,
  type Operation,
  type Program,
  type Returns,
  type Thread,
} from "../program/program.js";
import { creditsOf } from "../program/settings.js";
import { overlappingRuns } from "./overlap.js";
import { createPassing, withWaits } from "./passing.js";
import { addressesTaken } from "./pointers.js";

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

export interface Hop {
  /** Instance number of the place. */
  readonly place: number;
  readonly kind: PacketKind;
}

/** What travels for one instruction: request hops up to `home`, then reply hops. */
export interface Packet {
  readonly instruction: number;
  readonly hops: readonly Hop[];
  /** Number of request hops: after the hop with this index (1-based) it arrives. */
  readonly home: number;
  /** The hop on which it waits, having arrived, until the device's program answers it (`ANSWER`); 0 where nothing is withheld. */
  readonly held: number;
  /** The hop on leaving which it is looked up in the table of mappings; 0 where it is not. */
  readonly lookup: number;
  /** Device id, or -2 - cpu. */
  readonly requester: number;
  /** The device whose places it uses, or -1 (chipset). */
  readonly device: number;
  readonly cpu: number;
  readonly location: number;
  readonly tc: number;
  readonly uio: boolean;
  readonly fields: ReadonlySet<string>;
  /** What differs in its reply where the device's program answers: the completer's id, the completion's attributes. */
  readonly answered: { readonly requester: number; readonly fields: ReadonlySet<string> } | undefined;
}

/** One packet on one of its hops (counted from 1). */
export interface Visit {
  readonly packet: number;
  readonly hop: number;
}

/** A packet that another one has to wait for where it came to the place first; `slot` of the state is 1 while that is so. */
export interface Wait extends Visit {
  readonly slot: number;
}

/** One instance of a place. */
export interface PlaceInstance {
  /** Index among the fabric's places; -1 for a register whose reads wait for the device's answer. */
  readonly place: number;
  readonly key: number;
  readonly label: string;
  /**
   * Who came when, for pictures: offset of the queue in the state and the most packets it can hold. No step depends on it (what does stands in `Machine.waits`), and it
   * is kept only by steppers that are asked to.
   */
  readonly offset: number;
  readonly capacity: number;
  readonly credits: number;
  /** The packets that can be here. */
  readonly visitors: readonly Visit[];
}

/** Instructions from `first` up to `end`. */
export interface Range {
  readonly first: number;
  readonly end: number;
}

export interface MachineThread {
  readonly name: string;
  readonly role: "cpu" | "device";
  readonly thread: Thread;
  readonly first: number;
  /** One past the last instruction. */
  readonly end: number;
  /** The instructions of each run that may be under way beside others (overlap.ts): one range but for handlers that send packets. */
  readonly runs: readonly Range[];
  /** Observer number: CPUs first, then devices (machines that are not multi-copy atomic). */
  readonly observer: number;
  readonly straight: boolean;
  readonly handler: number;
  /** The thread that this handler interrupts, or -1. */
  readonly host: number;
}

export interface Layout {
  readonly size: number;
  /** The slots from here up to `deciding` say who waits for whom (see `Machine.waits`). */
  readonly waits: number;
  /** Steps depend on the slots below this one; those from here on are for pictures (see `PlaceInstance.offset`). */
  readonly deciding: number;
  readonly status: number;
  /** Offset of the value of each instruction, or -1. */
  readonly value: Int32Array;
  /** Offset of a loop's kept registers, by `loop-head` instruction; -1 otherwise. */
  readonly kept: Int32Array;
  readonly memory: number;
  /** Pending interrupts per handler, and which of its runs is the last that has started (see `MachineThread.runs`): 0 none. */
  readonly pending: number;
  readonly started: number;
  /** Where in its host's program a handler was taken. */
  readonly taken: number;
  readonly tells: number;
  readonly monitors: number;
  readonly masked: number;
  readonly invalidated: number;
  /** Not multi-copy atomic: what each observer has seen, what each message takes along, and each location's order. */
  readonly seen: number;
  readonly closure: Int32Array;
  /** What barriers that reached an observer hold ahead of its stores; -1 where barriers do not travel. */
  readonly carried: number;
  /**
   * Power: what precedes a message (or what an access saw) in the order that coherence and barriers make together; transitively closed, a superset of `closure`. By
   * instruction, by observer, by location; -1 where barriers do not travel.
   */
  readonly prior: Int32Array;
  readonly carriedPrior: number;
  /** Power: of what precedes a store, that which its CPU's barriers put there; by instruction, and by location for the oldest value still kept. Whoever reads the store passes it on. */
  readonly barred: Int32Array;
  readonly baseBarred: Int32Array;
  /** Power: stores that a strong fence has waited for, and what precedes them: nothing that is performed later precedes these. -1 where barriers do not travel. */
  readonly fixed: number;
  readonly basePrior: Int32Array;
  /** What the oldest value still kept takes along, by location; -1 where there are no messages. */
  readonly baseClosure: Int32Array;
  /** What the read half of an atomic read, or a load that may be ahead of an older one: 0 the oldest value kept, else the message's number plus one; -1 for other instructions. */
  readonly origin: Int32Array;
  readonly order: Int32Array;
  readonly orderCapacity: Int32Array;
  /** Non-coherent: cached copies (0 absent, 1 clean, 2 dirty) and their values; -1 where a location has none. */
  readonly copy: Int32Array;
  /** Entries of the table of mappings, by location (0 mapped, 1 taken away but perhaps still found, 2 gone); -1 where nothing is ever unmapped. */
  readonly entry: Int32Array;
  /** By packet that is looked up: 0 not yet, 1 found and not arrived, 2 refused. */
  readonly looked: Int32Array;
}

export interface Machine {
  readonly program: Program;
  /** Packets can do something else than go on: be refused by the table of mappings, leave together, have their completion taken. */
  readonly otherMoves: boolean;
  /** Something here does what `explore/stubborn.ts` does not know (completions are taken): every step is explored. */
  readonly unreduced: boolean;
  /** By packet: those whose requester may take its completion where completions are shared. */
  readonly thieves: readonly (readonly number[])[];
  /** By packet: those that may leave with it as the next word of a burst. */
  readonly followers: readonly (readonly number[])[];
  readonly platform: Platform;
  readonly settings: ReadonlyMap<string, string>;
  /** The compiler may reorder plain accesses before the CPU sees them (setting `compiler` = on). */
  readonly compilerReorders: boolean;
  /** Options whose value was looked at while building. */
  readonly optionsRead: ReadonlySet<string>;
  readonly threads: readonly MachineThread[];
  readonly instructions: readonly Instruction[];
  readonly packets: readonly Packet[];
  readonly places: readonly PlaceInstance[];
  /** By packet and hop (from 0): whom it has to wait for there. A place is no more than this: packets that may pass each other have no order. */
  readonly waits: readonly (readonly (readonly Wait[])[])[];
  /** The same by the packet waited for: the slots to clear when it leaves. */
  readonly holdsBack: readonly (readonly (readonly number[])[])[];
  readonly observers: number;
  /** The first observers are CPUs. */
  readonly cpus: number;
  /** Stores are kept as messages in coherence order, because observers may differ in what they have seen. */
  readonly listLike: boolean;
  /** Words per set of messages. */
  readonly words: number;
  /** Message number of a store on machines that are not multi-copy atomic, or -1; and back. */
  readonly message: Int32Array;
  readonly messages: Int32Array;
  /** By instruction: the older loads of its thread that a load may be performed before, if both read the same store (`sameStoreSwaps`). */
  readonly olderLoads: readonly (readonly number[])[];
  readonly tellPairs: readonly (readonly [number, number])[];
  /** What `order(…)` atoms compare; each has a monitor in the state. */
  readonly arrivals: readonly { readonly first: Arrival; readonly second: Arrival }[];
  readonly layout: Layout;
  readonly initial: Int32Array;
  /** May `younger` be performed before `older` by the window's rules alone? 0 no, 1 may, 2 not if to the same address. */
  window(older: Instruction, younger: Instruction): number;
  /** The window rule or cell that answered, for explanations. */
  windowRule(older: Instruction, younger: Instruction): string | undefined;
  /** May packet `younger` at its hop leave before `older` at its hop? */
  pass(younger: number, youngerHop: number, older: number, olderHop: number): boolean;
  cell(younger: number, youngerHop: number, older: number, olderHop: number): Cell | undefined;
}

const KIND_BIT: { readonly [kind in AccessKind]: number } = { read: 1, write: 2, in: 4, out: 8, wcin: 16, wcout: 32 };

export function kindBits(kinds: readonly AccessKind[]): number {
  return kinds.reduce((bits, kind) => bits | KIND_BIT[kind], 0);
}

const kindsOf = (mask: number): readonly AccessKind[] => ACCESS_KINDS.filter((kind) => (mask & KIND_BIT[kind]) !== 0);

const NO_FACTS: AccessFacts = {
  acquire: false,
  release: false,
  ordered: false,
  unordered: false,
  plain: false,
  atomic: false,
  lock: false,
};

type Draft = { -readonly [key in keyof Instruction]: Instruction[key] };

/** An instruction with everything that is not said at its default. Written out: a spread of this many properties is several times slower. */
function draft(id: number, thread: number, kind: InstructionKind, operation: Operation, cpu: number, fields: Partial<Draft>): Draft {
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

/** The location that an expression names outright, or -1. */
function staticLocation(expression: Expression, locations: readonly Location[]): number {
  if (expression.kind !== "constant") return -1;
  const index = expression.value - ADDRESS_BASE;
  return index >= 0 && index < locations.length ? index : -1;
}

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

interface Builder {
  readonly program: Program;
  readonly platform: Platform;
  readonly drafts: Draft[];
  /** Devices' requests are looked up in a table of mappings; an unmap waits until what it took away is found no more. */
  readonly translating: boolean;
  readonly strict: boolean;
  /** Where computed addresses can point. */
  pointers(): readonly number[];
}

/** Lowers one thread; operation indices become instruction ids. */
function lowerThread(builder: Builder, index: number, thread: Thread): { first: number; end: number } {
  const { program, platform, drafts } = builder;
  const first = drafts.length;
  const start: number[] = [];
  const fixes: { draft: Draft; to: number; join: number }[] = [];
  const heads = new Map<number, readonly number[]>();
  for (const operation of thread.code) {
    if (operation.kind !== "loop") continue;
    const registers = new Set<number>();
    const at = thread.code.indexOf(operation);
    for (const inside of thread.code.slice(operation.head, at)) for (const register of assigned(inside)) registers.add(register);
    // A register that each round assigns before anything can read it need not be kept from round to round.
    for (const inside of thread.code.slice(operation.head, at)) {
      if (inside.kind !== "read" && inside.kind !== "pio-read" && inside.kind !== "register-read") break;
      if (inside.kind === "read" && inside.address.kind !== "constant") break;
      registers.delete(inside.target);
    }
    heads.set(operation.head, [...registers]);
  }
  const writesRegisters = program.threads.some(
    (other) => other.cpu === thread.cpu && other.code.some((operation) => operation.kind === "pio-write"),
  );
  let lastDevice = -1;
  let cpu = thread.cpu;
  const add = (kind: InstructionKind, operation: Operation, fields: Partial<Draft>): Draft => {
    if (fields.facts?.atomic === true && !fields.facts.lock) {
      for (const fence of waiting) fence.youngerFrom = drafts.length;
      waiting.length = 0;
    }
    const made = draft(drafts.length, index, kind, operation, cpu, fields);
    drafts.push(made);
    return made;
  };
  /** Fences that wait for the atomic they stand before. */
  const waiting: Draft[] = [];
  const beside = (what: "none" | "before-atomic" | "after-atomic" | "after-spinlock" | "after-unlock-lock"): Partial<Draft> => {
    const last = (matches: (draft: Draft) => boolean, before = drafts.length): number => {
      for (let id = before - 1; id >= first; id--) if (matches(drafts[id] as Draft)) return id;
      return -1;
    };
    const isAtomic = (draft: Draft): boolean => draft.facts.atomic && !draft.facts.lock && draft.modify !== undefined;
    const isLock = (draft: Draft): boolean => draft.facts.lock && draft.modify !== undefined;
    switch (what) {
      case "none":
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
  };
  /** The accessor's steps around the access that `access` adds. */
  const lower = (name: string, operation: Operation, access: (step: Lowered & { kind: "access" }) => void): void => {
    for (const step of accessorSteps(platform, name)) {
      switch (step.kind) {
        case "access":
          access(step);
          break;
        case "fence": {
          const strong = !platform.cpu.multiCopyAtomic && (step.propagates === "strong" || step.propagates === "devices");
          const joins = !platform.cpu.readsJoin && (kindBits(step.before) & KIND_BIT.read) !== 0;
          add("fence", operation, {
            before: kindBits(step.before),
            after: kindBits(step.after),
            propagates: platform.cpu.multiCopyAtomic ? "none" : step.propagates,
            active: strong || joins,
            ...beside(step.beside),
          });
          if (step.beside === "before-atomic") waiting.push(drafts[drafts.length - 1] as Draft);
          break;
        }
        case "token":
          if (step.token === "flush" && lastDevice < 0) break;
          if (platform.fabric.tokens[step.token] === undefined) break;
          // Nothing to wait for where no thread of this CPU writes registers.
          if (step.token === "drain" && !writesRegisters) break;
          add("token", operation, {
            device: lastDevice,
            before: 0,
            after: 63,
            facts: { ...NO_FACTS, ordered: step.ordered },
            waits: step.token !== "flush",
          });
          break;
      }
    }
  };
  const facts = (step: Lowered & { kind: "access" }, more: Partial<AccessFacts> = {}): AccessFacts => ({
    acquire: step.acquire,
    release: step.release,
    ordered: step.ordered,
    unordered: step.unordered,
    plain: false,
    atomic: false,
    lock: false,
    ...more,
  });
  /** A read-modify-write: one instruction, or two halves where the platform lets them be apart. */
  const atomic = (operation: Operation, step: Lowered & { kind: "access" }, fields: Partial<Draft>): void => {
    if (!step.split) {
      add("rmw", operation, { ...fields, mask: KIND_BIT.read | KIND_BIT.write, global: step.global });
      return;
    }
    const read = add("load", operation, {
      ...fields,
      mask: KIND_BIT.read,
      fenced: step.noreturn ? 0 : KIND_BIT.read,
      facts: { ...(fields.facts ?? NO_FACTS), release: false },
    });
    const write = add("store", operation, {
      ...fields,
      target: -1,
      locks: false,
      inherits: false,
      mask: KIND_BIT.write,
      global: step.global,
      pair: read.id,
      facts: { ...(fields.facts ?? NO_FACTS), acquire: false },
    });
    read.pair = write.id;
  };
  /**
   * A device's request: where its address is computed, an arm for each location that it can point to, because a packet's way and its mapping's attributes are those of
   * its target.
   */
  const pointed = (operation: Operation, address: Expression, request: (location: number) => void): void => {
    const named = staticLocation(address, program.locations);
    if (named >= 0 || address.kind === "constant") {
      request(named);
      return;
    }
    const skips: Draft[] = [];
    for (const location of builder.pointers()) {
      const here: Expression = {
        kind: "binary",
        operator: "==",
        left: address,
        right: { kind: "constant", value: ADDRESS_BASE + location },
      };
      const test = add("branch", operation, { value: here });
      request(location);
      skips.push(add("jump", operation, {}));
      test.to = drafts.length;
      test.join = drafts.length;
    }
    request(-1);
    for (const skip of skips) skip.to = drafts.length;
    add("nothing", operation, {});
  };
  // What the kernel does before it calls a handler.
  const [beginning] = thread.code;
  if (thread.on !== undefined && thread.role === "cpu" && beginning !== undefined && platform.accessors.has("handler"))
    lower("handler", beginning, () => undefined);
  for (const [at, operation] of thread.code.entries()) {
    start.push(drafts.length);
    const head = heads.get(at);
    if (head !== undefined) add("loop-head", operation, { registers: head });
    switch (operation.kind) {
      case "assign":
        add("assign", operation, { target: operation.target, value: operation.value });
        break;
      case "branch":
        fixes.push({ draft: add("branch", operation, { value: operation.condition }), to: operation.otherwise, join: operation.join });
        break;
      case "jump":
        fixes.push({ draft: add("jump", operation, {}), to: operation.to, join: operation.to });
        break;
      case "loop":
        fixes.push({ draft: add("loop", operation, {}), to: operation.head, join: operation.head });
        break;
      case "read":
        lower(operation.accessor, operation, (step) =>
          add("load", operation, {
            target: operation.target,
            address: operation.address,
            location: staticLocation(operation.address, program.locations),
            mask: KIND_BIT.read,
            facts: facts(step, { plain: operation.accessor === "plain_read" }),
          }),
        );
        break;
      case "write":
        lower(operation.accessor, operation, (step) =>
          add("store", operation, {
            address: operation.address,
            location: staticLocation(operation.address, program.locations),
            value: operation.value,
            mask: KIND_BIT.write,
            global: step.global,
            facts: facts(step, { plain: operation.accessor === "plain_write" }),
          }),
        );
        break;
      case "atomic":
        // One that stores only on a condition has its fences only where it stores: a free choice that the outcome has to meet.
        const conditional =
          (operation.modify.kind === "compare" || operation.modify.kind === "add-unless") && platform.accessors.has("atomic_failed");
        const name = operation.returns === "nothing" ? "atomic_void" : `atomic_${operation.order}`;
        const arm = (accessor: string, outcome: number): void =>
          lower(accessor, operation, (step) => {
            const fields: Partial<Draft> = {
              target: operation.target ?? -1,
              address: operation.address,
              location: staticLocation(operation.address, program.locations),
              modify: operation.modify,
              returns: operation.returns,
              outcome,
              facts: facts(step, { atomic: true }),
            };
            // One that stores nothing is a read.
            if (outcome < 0) add("load", operation, { ...fields, mask: KIND_BIT.read });
            else atomic(operation, step, fields);
          });
        if (!conditional) {
          arm(name, 0);
          break;
        }
        const choice = add("branch", operation, {});
        arm(name, 1);
        const skip = add("jump", operation, {});
        choice.to = drafts.length;
        const failed = `atomic_failed_${operation.order}`;
        arm(platform.accessors.has(failed) ? failed : "atomic_failed", -1);
        choice.join = drafts.length;
        skip.to = drafts.length;
        skip.join = drafts.length;
        // Something for the jump to land on.
        add("nothing", operation, {});
        break;
      case "lock":
      case "trylock":
        lower(operation.kind === "lock" ? `${operation.flavour}_lock` : "spin_trylock", operation, (step) =>
          atomic(operation, step, {
            target: operation.kind === "trylock" ? operation.target : -1,
            address: operation.address,
            location: staticLocation(operation.address, program.locations),
            modify: { kind: "compare", expected: { kind: "constant", value: 0 }, value: { kind: "constant", value: 1 } },
            returns: operation.kind === "trylock" ? "success" : "nothing",
            locks: operation.kind === "lock",
            inherits: step.inherits,
            facts: facts(step, { atomic: true, lock: true }),
          }),
        );
        break;
      case "unlock":
        lower(`${operation.flavour}_unlock`, operation, (step) =>
          add("store", operation, {
            address: operation.address,
            location: staticLocation(operation.address, program.locations),
            value: { kind: "constant", value: 0 },
            mask: KIND_BIT.write,
            global: step.global,
            facts: facts(step, { lock: true }),
          }),
        );
        break;
      case "is-locked":
        lower("spin_is_locked", operation, (step) =>
          add("load", operation, {
            target: operation.target,
            address: operation.address,
            location: staticLocation(operation.address, program.locations),
            mask: KIND_BIT.read,
            facts: facts(step, { lock: true }),
          }),
        );
        break;
      case "barrier":
        add("fence", operation, { compiler: true });
        lower(operation.accessor, operation, () => undefined);
        break;
      case "pio-read":
      case "pio-write": {
        const location = program.locations[operation.location];
        if (location === undefined) break;
        lastDevice = location.owner;
        lower(operation.accessor, operation, (step) =>
          operation.kind === "pio-read"
            ? add("pio-read", operation, {
                target: operation.target,
                location: operation.location,
                mask: location.memoryType === "wc" ? KIND_BIT.wcin : KIND_BIT.in,
                device: location.owner,
                facts: facts(step),
              })
            : add("pio-write", operation, {
                location: operation.location,
                value: operation.value,
                mask: location.memoryType === "wc" ? KIND_BIT.wcout : KIND_BIT.out,
                device: location.owner,
                waits: step.waits || location.memoryType === "np",
                facts: facts(step),
              }),
        );
        break;
      }
      case "dma-write":
        for (const part of operation.parts)
          pointed(operation, part.address, (location) =>
            add("dma-write", operation, { address: part.address, location, value: part.value }),
          );
        break;
      case "dma-read":
        for (const part of operation.parts)
          pointed(operation, part.address, (location) =>
            add("dma-read", operation, { address: part.address, location, target: part.target }),
          );
        break;
      case "dma-atomic":
        pointed(operation, operation.address, (location) =>
          add("dma-atomic", operation, {
            address: operation.address,
            location,
            target: operation.target ?? -1,
            modify: operation.modify,
            returns: "old",
          }),
        );
        break;
      case "msi":
        add("msi", operation, {});
        break;
      case "intx":
        add("intx", operation, {});
        break;
      case "ats-invalidate-done":
        add("invalidate-done", operation, {});
        break;
      case "register-read":
        add("register-read", operation, { target: operation.target, location: operation.location });
        break;
      case "register-write":
        add("register-write", operation, { location: operation.location, value: operation.value });
        break;
      case "wait":
        add("wait", operation, { value: operation.condition, reads: operation.reads });
        break;
      case "answer":
        add("answer", operation, { location: operation.location, value: operation.value });
        break;
      case "tell":
        add("tell", operation, { device: operation.device });
        break;
      case "hear":
        add("hear", operation, { device: operation.device });
        break;
      case "interrupts":
        add("interrupts", operation, { enable: operation.enable });
        break;
      case "ats-wait":
        add("ats-wait", operation, { device: operation.device });
        break;
      case "dma-api": {
        const location = program.locations[operation.location];
        const cached = !platform.fabric.coherent && location !== undefined && location.mapping.mode === "streaming";
        const looked = builder.translating && location !== undefined;
        if (looked && operation.call === "unmap") {
          add("unmap", operation, { mapping: operation.location, fenced: KIND_BIT.write, enable: builder.strict });
          if (builder.strict) add("unmapped", operation, { mapping: operation.location });
        }
        if (cached && operation.call === "sync-for-cpu") add("sync-for-cpu", operation, { location: operation.location });
        else if (cached && operation.call === "sync-for-device") add("sync-for-device", operation, { location: operation.location });
        else if (cached && operation.call === "unmap") add("sync-for-cpu", operation, { location: operation.location });
        else if (cached && operation.call === "map") add("sync-for-device", operation, { location: operation.location });
        else add("nothing", operation, {});
        if (looked && operation.call === "map") add("map", operation, { mapping: operation.location, fenced: KIND_BIT.write });
        break;
      }
      case "migrate": {
        // A context switch: everything the old CPU did is seen before the new one goes on; a platform may also empty the old CPU's path of PIO writes.
        add("fence", operation, {
          before: 63,
          after: 63,
          propagates: platform.cpu.multiCopyAtomic ? "none" : "strong",
          active: !platform.cpu.multiCopyAtomic,
        });
        if (platform.accessors.has("migrate")) lower("migrate", operation, () => undefined);
        if (operation.cpu.kind === "constant") cpu = operation.cpu.value;
        break;
      }
      case "delay":
      case "atomic-block":
        add("nothing", operation, {});
        break;
    }
  }
  const end = drafts.length;
  const id = (operation: number): number => start[operation] ?? end;
  for (const [at, operation] of thread.code.entries()) {
    if (operation.kind !== "atomic-block") continue;
    const blockEnd = id(at + 1 + operation.length);
    const inside = drafts.slice(id(at + 1), blockEnd);
    const block = inside.find((draft) => !["assign", "branch", "jump", "nothing", "loop", "loop-head"].includes(draft.kind))?.id ?? -1;
    for (const draft of inside) {
      draft.block = block;
      draft.blockEnd = blockEnd;
    }
  }
  for (const fix of fixes) {
    fix.draft.to = id(fix.to);
    fix.draft.join = id(fix.join);
  }
  return { first, end };
}

/** Registers that an operation assigns. */
function assigned(operation: Operation): readonly number[] {
  switch (operation.kind) {
    case "assign":
    case "read":
    case "trylock":
    case "is-locked":
    case "pio-read":
    case "register-read":
      return [operation.target];
    case "atomic":
    case "dma-atomic":
      return operation.target === undefined ? [] : [operation.target];
    case "dma-read":
      return operation.parts.map((part) => part.target);
    case "wait":
      return operation.reads.map((read) => read.target);
    default:
      return [];
  }
}

const NO_ATTRIBUTES: Attributes = { ro: false, ido: false, uio: false, translated: false, tc: 0 };

/** The packets of a program and the places they visit. */
class Roads {
  readonly packets: Packet[] = [];
  readonly visits: { place: number; key: number; count: number }[] = [];
  private readonly instances = new Map<string, number>();

  constructor(
    private readonly program: Program,
    private readonly platform: Platform,
    private readonly option: (id: string) => string | undefined,
  ) {
    for (const thread of program.threads)
      for (const operation of thread.code) if (operation.kind === "answer") this.answers.set(operation.location, operation.attributes);
  }

  /** Registers whose reads the device's program answers: the attributes of those completions. */
  private readonly answers = new Map<number, Attributes>();

  /** Where a request has arrived and waits for its answer: one queue for each register. */
  private held(location: number): Hop {
    const label = `held/${location}`;
    let number = this.instances.get(label);
    if (number === undefined) {
      number = this.visits.length;
      this.instances.set(label, number);
      this.visits.push({ place: -1, key: location, count: 0 });
    }
    const visit = this.visits[number];
    if (visit !== undefined) visit.count++;
    return { place: number, kind: "completion" };
  }

  /** What the place of a hop does besides holding packets. */
  deeds(hop: Hop): readonly PlaceDeed[] {
    return this.platform.fabric.places[this.visits[hop.place]?.place ?? -1]?.does ?? [];
  }

  private instance(id: string, device: number, cpu: number): number {
    const place = this.platform.fabric.places.findIndex((candidate) => candidate.id === id);
    const found = this.platform.fabric.places[place];
    if (found === undefined) throw new Error(`fabric ${this.platform.fabric.name}: no place ${id}`);
    const at = this.program.devices[device];
    const key = ((): number => {
      switch (found.per) {
        case "machine":
          return 0;
        case "node":
          return at?.node ?? -1;
        case "bridge":
          return at === undefined ? -1 : at.node * 64 + at.bridge;
        case "port":
          return at?.port ?? -1;
        case "slot":
          return at === undefined ? -1 : (at.node * 64 + at.bridge) * 64 + at.slot;
        case "card":
          return at?.card ?? -1;
        case "device":
          return device;
        case "cpu":
          return cpu;
      }
    })();
    const label = `${place}/${key}`;
    let number = this.instances.get(label);
    if (number === undefined) {
      number = this.visits.length;
      this.instances.set(label, number);
      this.visits.push({ place, key, count: 0 });
    }
    return number;
  }

  private hops(route: RouteKind | readonly string[], kind: PacketKind, upstream: number, downstream: number, cpu: number): Hop[] {
    const ids = typeof route === "string" ? this.platform.fabric.routes[route] : route;
    return ids.map((id) => {
      // A peer's packet goes up from its requester and down to its target: a place is downstream where only PIO requests and DMA replies go.
      const down = this.platform.fabric.routes["pio-write"].includes(id) || this.platform.fabric.routes["dma-reply"].includes(id);
      const place = this.instance(id, down ? downstream : upstream, cpu);
      const visit = this.visits[place];
      if (visit !== undefined) visit.count++;
      return { place, kind };
    });
  }

  /** Makes the packet of an instruction, or returns -1 where it sends none. */
  add(draft: Draft, thread: Thread): number {
    const { program } = this;
    const operation = draft.operation;
    const own = thread.device;
    const attributes = "attributes" in operation ? operation.attributes : NO_ATTRIBUTES;
    const target = program.locations[draft.location];
    const fields = new Set<string>();
    const { cpu } = draft;
    let requester = own >= 0 ? own : -2 - cpu;
    let device = own;
    let request: Hop[] = [];
    let reply: Hop[] = [];
    const peer = own >= 0 && target !== undefined && target.space !== "memory";
    switch (draft.kind) {
      case "pio-read": {
        device = target?.owner ?? -1;
        const route: RouteKind = target?.space === "port" ? "port-read" : target?.space === "config" ? "config-read" : "pio-read";
        if (device >= 0) {
          request = this.hops(route, "read", device, device, cpu);
          reply = this.hops("pio-reply", "completion", device, device, cpu);
        }
        break;
      }
      case "pio-write": {
        device = target?.owner ?? -1;
        const route: RouteKind = target?.space === "port" ? "port-write" : target?.space === "config" ? "config-write" : "pio-write";
        if (device >= 0) {
          const posted = target?.space === "mmio" && target.memoryType !== "np";
          request = this.hops(route, posted ? "posted" : "npdata", device, device, cpu);
          if (draft.waits) reply = this.hops("pio-reply", posted ? "completion" : "io-completion", device, device, cpu);
        }
        break;
      }
      case "dma-write":
        if (peer) {
          fields.add("peer");
          request = this.hops("peer-write", "posted", own, target?.owner ?? -1, -1);
        } else request = this.hops("dma-write", "posted", own, own, -1);
        break;
      case "dma-read":
      case "dma-atomic": {
        const kind: PacketKind = draft.kind === "dma-read" ? "read" : "npdata";
        if (draft.kind === "dma-atomic") fields.add("atomic");
        if (peer) {
          fields.add("peer");
          request = this.hops("peer-read", kind, own, target?.owner ?? -1, -1);
          reply = this.hops("peer-reply", "completion", target?.owner ?? -1, own, -1);
        } else {
          request = this.hops("dma-read", kind, own, own, -1);
          reply = this.hops("dma-reply", "completion", own, own, -1);
        }
        break;
      }
      case "msi":
        fields.add("msi");
        request = this.hops("msi", "posted", own, own, -1);
        break;
      case "intx":
        request = this.hops("intx", "intx", own, own, -1);
        break;
      case "invalidate-done":
        request = this.hops("dma-write", "posted", own, own, -1);
        break;
      case "token": {
        const name = draft.waits ? "drain" : "flush";
        const token = this.platform.fabric.tokens[name];
        if (token === undefined) return -1;
        requester = -2 - cpu;
        device = draft.device;
        request = this.hops(token.route, token.kind, device, device, cpu);
        break;
      }
      default:
        return -1;
    }
    if (operation.kind === "dma-read" && operation.zeroLength) fields.add("zero-length");
    if (attributes.ro) fields.add("ro");
    if (attributes.ido) fields.add("ido");
    if (draft.facts.ordered) fields.add("ordered");
    if (own >= 0 && !peer) this.map(draft, target, own, fields);
    const reads = draft.kind === "pio-read" || draft.kind === "dma-read" || draft.kind === "dma-atomic";
    const given = reads && target !== undefined && target.owner >= 0 ? this.answers.get(draft.location) : undefined;
    const inMemory = own >= 0 && target !== undefined && target.space === "memory" && draft.kind.startsWith("dma-");
    const packet: Packet = {
      instruction: draft.id,
      lookup:
        inMemory && !attributes.translated
          ? request.findIndex((hop) => this.deeds(hop).some((deed) => deed === "translate" || deed === "may-translate")) + 1
          : 0,
      hops: [...request, ...(given === undefined ? [] : [this.held(draft.location)]), ...reply],
      home: request.length,
      held: given === undefined ? 0 : request.length + 1,
      answered:
        given === undefined || target === undefined
          ? undefined
          : {
              requester: given.ido ? target.owner : requester,
              fields: new Set([...fields, ...(given.ro ? ["ro"] : []), ...(given.ido ? ["ido"] : [])]),
            },
      requester,
      device,
      cpu,
      location: draft.location,
      tc: attributes.tc,
      uio: attributes.uio,
      fields,
    };
    this.packets.push(packet);
    return this.packets.length - 1;
  }

  /** Requested against applied: what the platform makes of the mapping. */
  private map(draft: Draft, target: Location | undefined, device: number, fields: Set<string>): void {
    const message = draft.kind === "msi" || draft.kind === "intx";
    const mapping = target === undefined || (target.mapping.device >= 0 && target.mapping.device !== device) ? undefined : target.mapping;
    if (!message && target !== undefined) fields.add(mapping?.mode ?? "coherent");
    const words = message ? [draft.kind] : target === undefined ? [] : requestedWords(mapping);
    applyMappingRules(this.platform, words, this.option, fields);
  }
}

function accessFact(program: Program, name: string, older: Instruction, younger: Instruction): boolean {
  const [side, field] = name.split(".") as [string, string | undefined];
  if (field !== undefined) return (side === "younger" ? younger : older).facts[field as keyof AccessFacts] === true;
  switch (name) {
    case "same-device":
      return (
        older.location >= 0 &&
        younger.location >= 0 &&
        program.locations[older.location]?.owner === program.locations[younger.location]?.owner
      );
    case "same-register-space":
      return (
        older.location >= 0 &&
        younger.location >= 0 &&
        program.locations[older.location]?.space === program.locations[younger.location]?.space
      );
    case "same-address":
      return older.location >= 0 && older.location === younger.location;
    default:
      throw new Error(`unknown condition ${name}`);
  }
}

/** Options of a run: the value of each platform option that is not its default, and those that hold on every platform (program/settings.ts). */
export type Settings = ReadonlyMap<string, string>;

/** Could two CPUs tell how DMA lands? They could if both read what devices write, on a machine whose stores reach them one by one. */
export function landingShows(program: Program, platform: Platform, instructions: readonly Instruction[]): boolean {
  if (platform.cpu.multiCopyAtomic) return false;
  const written = new Set<number>();
  for (const { kind, location } of instructions)
    if ((kind === "dma-write" || kind === "dma-atomic") && program.locations[location]?.space === "memory") written.add(location);
  const readers = new Set<number>();
  for (const { kind, location, cpu } of instructions)
    if ((kind === "load" || kind === "rmw") && written.size > 0 && (location < 0 || written.has(location))) readers.add(cpu);
  return readers.size > 1;
}

/** Loads that another load of its thread may be performed before where both read the same store. Caches that do not snoop keep loads in order. */
function olderLoadsOf(program: Program, platform: Platform, instructions: readonly Instruction[]): readonly (readonly number[])[] {
  const cached =
    !platform.fabric.coherent && program.locations.some(({ space, mapping }) => space === "memory" && mapping.mode === "streaming");
  const none: readonly number[] = [];
  if (!platform.cpu.sameStoreSwaps || cached) return instructions.map(() => none);
  const loads = instructions.filter(({ kind }) => kind === "load");
  return instructions.map((younger) => {
    if (younger.kind !== "load") return none;
    const older = loads.filter(
      ({ id, thread, location }) =>
        thread === younger.thread && id < younger.id && (location < 0 || younger.location < 0 || location === younger.location),
    );
    return older.length === 0 ? none : older.map(({ id }) => id);
  });
}

/** Builds the machine of a program on a platform. */
export function buildMachine(program: Program, platform: Platform, given: Settings = new Map()): Machine {
  // What the caller gives wins over the header of the test.
  const settings: Settings = new Map([...program.settings, ...given]);
  const optionsRead = new Set<string>();
  const option = (id: string): string | undefined => {
    const found = platform.options.find((candidate) => candidate.id === id);
    if (found === undefined) return undefined;
    optionsRead.add(id);
    return settings.get(id) ?? found.default;
  };
  const drafts: Draft[] = [];
  // Only where something of the fabric looks requests up.
  const deeds = platform.fabric.places.flatMap((place) => place.does ?? []);
  const asked = settings.get("iommu") ?? "passthrough";
  const iommu =
    asked === "passthrough" ? asked : deeds.includes("translate") ? asked : deeds.includes("may-translate") ? "lazy" : "passthrough";
  let pointers: readonly number[] | undefined;
  const builder: Builder = {
    program,
    platform,
    drafts,
    translating: iommu !== "passthrough",
    strict: iommu === "strict",
    pointers() {
      pointers ??= addressesTaken(program);
      return pointers;
    },
  };
  const ranges = program.threads.map((thread, index): readonly Range[] =>
    Array.from({ length: overlappingRuns(program, thread) }, () => lowerThread(builder, index, thread)),
  );

  const roads = new Roads(program, platform, option);
  for (const draft of drafts) {
    const thread = program.threads[draft.thread];
    if (thread !== undefined) draft.packet = roads.add(draft, thread);
  }
  const instructions: readonly Instruction[] = drafts;

  // Observers: one per CPU, then one per device.
  const cpus = [...new Set(program.threads.filter((thread) => thread.role === "cpu").map((thread) => thread.cpu))];
  const observers = cpus.length + program.devices.length;
  let handlers = 0;
  const threads = program.threads.map((thread, index): MachineThread => {
    const runs = ranges[index] as readonly Range[];
    const range = { first: runs[0]?.first ?? 0, end: runs[runs.length - 1]?.end ?? 0 };
    const code = instructions.slice(range.first, range.end);
    const host =
      thread.on === undefined
        ? -1
        : program.threads.findIndex((other) => other.role === "cpu" && other.on === undefined && other.cpu === thread.cpu);
    return {
      name: thread.name,
      role: thread.role,
      thread,
      first: range.first,
      end: range.end,
      runs,
      observer: thread.role === "cpu" ? cpus.indexOf(thread.cpu) : cpus.length + thread.device,
      straight: code.every((instruction) => instruction.kind !== "branch" && instruction.kind !== "loop" && instruction.kind !== "jump"),
      handler: thread.on === undefined ? -1 : handlers++,
      host: thread.role === "cpu" ? host : -1,
    };
  });

  // The state's layout.
  let size = 0;
  const take = (count: number): number => {
    const at = size;
    size += count;
    return at;
  };
  const status = take(instructions.length);
  // DMA that CPUs see one by one is kept as CPU stores are; a device's atomic is seen by all at once.
  const oneByOne = landingShows(program, platform, instructions) && option(LANDING_OPTION) === "one-by-one";
  const isStore = (instruction: Instruction): boolean =>
    instruction.kind === "store" ||
    instruction.kind === "rmw" ||
    (oneByOne && instruction.kind === "dma-write" && program.locations[instruction.location]?.space === "memory");
  // Without a store there is nothing that observers could see differently.
  const listLike =
    instructions.some(isStore) && (!platform.cpu.multiCopyAtomic || !platform.cpu.readsJoin || platform.cpu.devicesSee === "later");
  const storeList = listLike ? instructions.filter(isStore).map((instruction) => instruction.id) : [];
  const message = new Int32Array(instructions.length).fill(-1);
  storeList.forEach((id, number) => {
    message[id] = number;
  });
  const words = Math.ceil(storeList.length / 31);
  const olderLoads = olderLoadsOf(program, platform, instructions);
  const value = new Int32Array(instructions.length).fill(-1);
  const kept = new Int32Array(instructions.length).fill(-1);
  const closure = new Int32Array(instructions.length).fill(-1);
  const origin = new Int32Array(instructions.length).fill(-1);
  for (const instruction of instructions) {
    const hasValue =
      ["load", "rmw", "pio-read", "pio-write", "dma-write", "dma-read", "dma-atomic", "register-read"].includes(instruction.kind) ||
      (instruction.kind === "store" && listLike);
    // Two values: what it returns, and what it stores (rmw) or has read (the read half of an atomic).
    if (hasValue)
      value[instruction.id] = take(
        (instruction.kind === "rmw" && listLike) || (instruction.kind === "load" && instruction.pair >= 0) ? 2 : 1,
      );
    if (listLike && instruction.kind === "load" && (instruction.pair >= 0 || (olderLoads[instruction.id] as readonly number[]).length > 0))
      origin[instruction.id] = take(1);
    if (instruction.kind === "wait") value[instruction.id] = take(instruction.reads.length);
    if (instruction.kind === "loop-head") kept[instruction.id] = take(instruction.registers.length);
    if (listLike && (isStore(instruction) || instruction.kind === "load" || instruction.kind === "loop-head"))
      closure[instruction.id] = take(words);
  }
  const memory = take(program.locations.length);
  const pending = take(handlers);
  const started = take(handlers);
  const taken = take(handlers);
  const tellPairs: (readonly [number, number])[] = [];
  for (const instruction of instructions) {
    if (instruction.kind !== "tell") continue;
    const from = program.threads[instruction.thread]?.device ?? -1;
    if (!tellPairs.some(([a, b]) => a === from && b === instruction.device)) tellPairs.push([from, instruction.device]);
  }
  const tells = take(tellPairs.length);
  const arrivals: { first: Arrival; second: Arrival }[] = [];
  collectArrivals(program.condition.formula, arrivals);
  if (program.filter !== undefined) collectArrivals(program.filter, arrivals);
  const monitors = take(arrivals.length);
  const masked = take(cpus.length);
  const invalidated = take(program.devices.length);
  const seen = take(listLike ? observers * words : 0);
  const travels = platform.cpu.barriersTravel && listLike;
  const carried = travels ? take(observers * words) : -1;
  const carriedPrior = travels ? take(observers * words) : -1;
  const fixed = travels ? take(words) : -1;
  const barred = Int32Array.from(instructions, (instruction) => (travels && isStore(instruction) ? take(words) : -1));
  const baseBarred = new Int32Array(program.locations.length).fill(-1);
  const prior = new Int32Array(instructions.length).fill(-1);
  const basePrior = new Int32Array(program.locations.length).fill(-1);
  if (travels) for (const instruction of instructions) if ((closure[instruction.id] as number) >= 0) prior[instruction.id] = take(words);
  const order = new Int32Array(program.locations.length).fill(-1);
  const orderCapacity = new Int32Array(program.locations.length);
  const baseClosure = new Int32Array(program.locations.length).fill(-1);
  if (listLike) {
    const dynamic = instructions.filter((instruction) => isStore(instruction) && instruction.location < 0).length;
    program.locations.forEach((location, index) => {
      if (location.space !== "memory") return;
      const count = dynamic + instructions.filter((instruction) => isStore(instruction) && instruction.location === index).length;
      orderCapacity[index] = count;
      order[index] = take(count);
      if (count > 0) baseClosure[index] = take(words);
      if (count > 0 && travels) basePrior[index] = take(words);
      if (count > 0 && travels) baseBarred[index] = take(words);
    });
  }
  const copy = new Int32Array(program.locations.length).fill(-1);
  if (!platform.fabric.coherent) {
    program.locations.forEach((location, index) => {
      if (location.space === "memory" && location.mapping.mode === "streaming") copy[index] = take(2);
    });
  }
  const entry = new Int32Array(program.locations.length).fill(-1);
  for (const { mapping } of instructions) if (mapping >= 0 && (entry[mapping] as number) < 0) entry[mapping] = take(1);
  const looked = new Int32Array(roads.packets.length).fill(-1);
  for (const [number, packet] of roads.packets.entries())
    if (packet.lookup > 0 && packet.location >= 0 && (entry[packet.location] as number) >= 0) looked[number] = take(1);
  const thieves = thievesOf(roads);
  const followers = followersOf(roads, program);
  const { cell, pass } = createPassing(program, platform, roads, instructions, option, settings.get("must") !== "no");
  const places = roads.visits.map((visit): PlaceInstance => {
    const place = platform.fabric.places[visit.place];
    return {
      place: visit.place,
      key: visit.key,
      label:
        place === undefined
          ? `held(${program.locations[visit.key]?.name ?? "?"})`
          : `${place.id}${visit.key > 0 || place.per !== "machine" ? `(${visit.key})` : ""}`,
      offset: -1,
      capacity: visit.count,
      credits: place === undefined ? Number.POSITIVE_INFINITY : (place.credits ?? creditsOf(settings.get("credits"), place.id)),
      visitors: [],
    };
  });

  const initial = new Int32Array(size);
  program.locations.forEach((location, index) => {
    initial[memory + index] = location.initial;
  });

  // Matrices.
  const count = instructions.length;
  const windowAnswers = new Int8Array(count * count).fill(-1);
  const windowRules = new Map<number, string>();
  const computeWindow = (older: Instruction, younger: Instruction): number => {
    let answer = 1;
    const memoryBits = KIND_BIT.read | KIND_BIT.write;
    const inMemory = (older.mask & memoryBits) !== 0 && (younger.mask & memoryBits) !== 0;
    // A write-combining buffer holds one value a word.
    if (
      (older.mask & KIND_BIT.wcout) !== 0 &&
      (younger.mask & (KIND_BIT.wcout | KIND_BIT.wcin)) !== 0 &&
      older.location === younger.location
    )
      return 0;
    // Coherence: only a load may go before an older store to its address (it forwards).
    const incoherent =
      !platform.cpu.coherentReads && older.kind === "load" && younger.kind === "load" && older.facts.plain && younger.facts.plain;
    // Two loads may swap; that both read the same store is asked when the older one is performed (rereads.ts).
    const swaps = (olderLoads[younger.id] as readonly number[]).includes(older.id);
    if (inMemory && !incoherent && !swaps && !(older.kind === "store" && younger.kind === "load")) {
      if (older.location < 0 || younger.location < 0) answer = 2;
      else if (older.location === younger.location) return 0;
    }
    // An atomic has two kinds: of each pair of kinds the first rule that matches decides.
    for (const first of kindsOf(older.mapping >= 0 ? older.fenced : older.mask)) {
      for (const second of kindsOf(younger.mapping >= 0 ? younger.fenced : younger.mask)) {
        const rule = platform.cpu.window.find(
          (each) =>
            each.older.includes(first) &&
            each.younger.includes(second) &&
            holds(each.when, (name) => accessFact(program, name, older, younger), option),
        );
        if (rule?.pass !== "no") continue;
        windowRules.set(older.id * count + younger.id, rule.id);
        return 0;
      }
    }
    return answer;
  };
  return withWaits({
    program,
    otherMoves: entry.some((slot) => slot >= 0) || followers.some((list) => list.length > 0) || thieves.some((list) => list.length > 0),
    unreduced: thieves.some((list) => list.length > 0),
    thieves,
    followers,
    platform,
    settings,
    compilerReorders: settings.get("compiler") === "on",
    optionsRead,
    threads,
    instructions,
    packets: roads.packets,
    places,
    waits: [],
    holdsBack: [],
    observers,
    cpus: cpus.length,
    listLike,
    words,
    message,
    messages: Int32Array.from(storeList),
    olderLoads,
    tellPairs,
    arrivals,
    layout: {
      size,
      waits: size,
      deciding: size,
      status,
      value,
      kept,
      memory,
      pending,
      started,
      taken,
      tells,
      monitors,
      masked,
      invalidated,
      seen,
      closure,
      carried,
      prior,
      carriedPrior,
      barred,
      baseBarred,
      fixed,
      basePrior,
      baseClosure,
      origin,
      order,
      orderCapacity,
      copy,
      entry,
      looked,
    },
    initial,
    window(older, younger) {
      const key = older.id * count + younger.id;
      let answer = windowAnswers[key] ?? 1;
      if (answer < 0) {
        answer = computeWindow(older, younger);
        windowAnswers[key] = answer;
      }
      return answer;
    },
    windowRule: (older, younger) => windowRules.get(older.id * count + younger.id),
    pass,
    cell,
  });
}

/** Whose completions can be taken by whom: reads of one location by different requesters, where the way back leads through a place that shares completions. */
function thievesOf(roads: Roads): readonly (readonly number[])[] {
  const { packets } = roads;
  return packets.map((packet) => {
    const hop = packet.hops.findIndex((each, at) => at >= packet.home && roads.deeds(each).includes("share-completions"));
    const at = packet.hops[hop];
    if (at === undefined || at.kind !== "completion" || packet.location < 0 || packet.fields.has("atomic")) return [];
    return packets.flatMap((other, number) =>
      other.requester !== packet.requester &&
      other.location === packet.location &&
      other.home > 0 &&
      !other.fields.has("atomic") &&
      other.hops[hop]?.place === at.place &&
      other.hops[hop]?.kind === at.kind &&
      other.fields.has("zero-length") === packet.fields.has("zero-length")
        ? [number]
        : [],
    );
  });
}

/** Which writes can leave with a write as the next word of its burst: to the register four bytes on, of the same device, both mapped `combining`, by the same CPU. */
function followersOf(roads: Roads, program: Program): readonly (readonly number[])[] {
  const { packets } = roads;
  return packets.map((packet) => {
    const register = program.locations[packet.location];
    const last = packet.hops[packet.home - 1];
    if (register?.combining !== true || last?.kind !== "posted" || !roads.deeds(last).includes("combine")) return [];
    return packets.flatMap((other, number) => {
      const next = program.locations[other.location];
      const neighbours = register.offset >= 0 && next?.offset === register.offset + 4 && next.combining && next.owner === register.owner;
      return neighbours &&
        other.cpu === packet.cpu &&
        other.requester === packet.requester &&
        other.hops[other.home - 1]?.place === last.place
        ? [number]
        : [];
    });
  });
}

function collectArrivals(formula: Program["condition"]["formula"], into: { first: Arrival; second: Arrival }[]): void {
  switch (formula.kind) {
    case "order":
      into.push({ first: formula.first, second: formula.second });
      break;
    case "not":
      collectArrivals(formula.operand, into);
      break;
    case "and":
    case "or":
      collectArrivals(formula.left, into);
      collectArrivals(formula.right, into);
      break;
    case "constant":
    case "compare":
      break;
  }
}

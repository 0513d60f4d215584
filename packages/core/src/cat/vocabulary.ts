/**
 * The names that a model can read without defining them: one table. A structure (`Structure` of model.ts) holds those that `CompiledModel.needs` lists; what a structure does not hold is
 * empty. Names of tags of a bell file come besides: a tag `'once` that some `instructions` declare is the set `Once` of the events that carry it.
 */
import type { NodeKind } from "./graph.js";

export interface Word {
  readonly name: string;
  readonly kind: NodeKind;
  /** Architectures whose events know it; undefined for all. */
  readonly of: readonly string[] | undefined;
  /** What it holds. */
  readonly about: string;
}

const set = (name: string, about: string, ...of: string[]): Word => ({ name, kind: "set", of: of.length === 0 ? undefined : of, about });
const relation = (name: string, about: string, ...of: string[]): Word => ({
  name,
  kind: "relation",
  of: of.length === 0 ? undefined : of,
  about,
});

/** The table. Where a word differs between architectures it stands once for each meaning. */
export const VOCABULARY: readonly Word[] = [
  // Events of every architecture.
  set("M", "accesses to memory: R | W, initial writes among them; accesses of lock operations not (see LKR)"),
  set("R", "reads of memory"),
  set("W", "writes to memory, initial writes among them"),
  set("IW", "initial writes: one for each location, in no thread"),
  set(
    "FW",
    "final writes: for each location whose final value is observed or compared, the write that has the last word. Dynamic: it is part of the execution",
  ),
  set("F", "fences, and other events that access nothing and order (rcu_read_lock, synchronize_rcu)"),
  set("B", "branches: where control depends on what was read (tests in C have none: control dependencies are given)"),
  set("BCC", "conditional branches, as register events have them"),
  set("PRED", "predicated instructions"),
  set(
    "X",
    "reads and writes of atomic read-modify-writes; as RMW in C",
    "C",
    "AArch64",
    "ARM",
    "PPC",
    "RISCV",
    "X86",
    "X86_64",
    "BPF",
    "MIPS",
  ),
  set("EX", "exclusive accesses: load-linked and store-conditional, LDXR and STXR, LR and SC", "AArch64", "ARM", "PPC", "RISCV", "MIPS"),
  set("Exp", "explicit accesses: all, as there are no page tables"),
  set("NExp", "accesses that the machine makes by itself (page tables): none"),
  set("SPEC", "speculated events: none"),
  set("EXEC", "events that are not speculated: all"),
  set("SPURIOUS", "accesses that no instruction asks for: none"),
  set("Rreg", "reads of registers, where a model derives dependencies (`catdep`): none here"),
  set("Wreg", "writes of registers: none here"),
  set("ADDR", "register events that feed an address: none here"),
  set("DATA", "register events that feed a value: none here"),
  relation(
    "po",
    "program order: pairs of events of one thread, in the order of the program; transitive; nothing between the events of one instruction, but in C (herd7's wide po) the read of a read-modify-write before its write",
  ),
  relation("partial_po", "po"),
  relation("loc", "pairs of events with the same location: an equivalence on the events that have one"),
  relation("int", "pairs of events of the same thread; initial writes are in no thread, not even with themselves"),
  relation(
    "ext",
    "pairs of events of different threads; an initial write with every event of a thread and back, not with other initial writes",
  ),
  relation("rf", "from each write to the reads that read its value. Dynamic: it is part of the execution"),
  relation("addr", "from a read to the accesses whose address depends on its value, syntactically"),
  relation("data", "from a read to the writes whose value depends on it, syntactically"),
  relation("ctrl", "from a read to the events after a branch whose condition depends on it, syntactically"),
  relation("rmw", "from the read to the write of each successful read-modify-write: amo | lxsx"),
  relation("amo", "the part of rmw that one instruction makes"),
  relation("lxsx", "the part of rmw that a load-linked and its store-conditional make"),
  relation("same-instance", "pairs of events of one instruction, each event with itself among them"),
  relation("same-value", "pairs of events that carry the same value. Dynamic; what `different-values` reads"),
  relation("sm", "pairs of accesses of one single-copy atomic access: as all sizes are one, each access with itself"),
  relation("si", "sm"),
  relation("aligned", "as sm, for aligned accesses"),
  relation("pco", "what is known of the order of writes before the model runs: nothing"),
  relation("same-instr", "pairs of events of one instruction of the program text"),
  relation("same-static", "pairs of executions of the same event of the program text"),
  relation("control", "from a read to the events of a structured conditional on it: part of ctrl"),
  relation("depend", "dependencies of any kind: empty here"),
  relation("tst", "empty here"),
  relation("success", "empty here"),
  relation(
    "iico_data",
    "order of data within an instruction: empty, but from the read to the write of a read-modify-write where the structure has it",
  ),
  relation("iico_ctrl", "order of control within an instruction: empty here"),
  relation("iico_order", "other order within an instruction: empty here"),
  relation("rf-reg", "reads-from of registers: empty here"),
  relation("same-low-order-bits", "empty here"),
  relation("equiv-spec", "empty here"),
  // C, with the kernel's primitives or C11's atomics.
  set("RMW", "reads and writes of atomic read-modify-writes, failed ones (cmpxchg that did not match) among them", "C"),
  set("LKR", "reads of spin_lock() and of successful spin_trylock()", "C"),
  set("LKW", "their writes", "C"),
  set("LK", "attempts at a C11 lock", "C"),
  set("LS", "successful C11 locks", "C"),
  set("UL", "spin_unlock()", "C"),
  set("LF", "failed spin_trylock()", "C"),
  set("RL", "spin_is_locked() that says 1", "C"),
  set("RU", "spin_is_locked() that says 0", "C"),
  set("A", "C11: atomic accesses", "C"),
  set("NA", "C11: accesses that are not atomic", "C"),
  set("ACQ", "C11: memory_order_acquire", "C"),
  set("REL", "C11: memory_order_release", "C"),
  set("ACQ_REL", "C11: memory_order_acq_rel", "C"),
  set("SC", "C11: memory_order_seq_cst", "C"),
  set("RLX", "C11: memory_order_relaxed", "C"),
  set("CON", "C11: memory_order_consume", "C"),
  set("annot", "accesses and fences with an annotation", "C"),
  // x86.
  ...["MFENCE", "SFENCE", "LFENCE"].map((name) => set(name, `the fence ${name}`, "X86", "X86_64")),
  set("NT", "non-temporal writes", "X86", "X86_64", "AArch64"),
  // Power, MIPS.
  set("SYNC", "the fence sync", "PPC", "MIPS"),
  ...["LWSYNC", "ISYNC", "EIEIO"].map((name) => set(name, `the fence ${name.toLowerCase()}`, "PPC")),
  // RISC-V.
  ...["r", "w", "rw"].flatMap((before) =>
    ["r", "w", "rw"].map((after) => set(`Fence.${before}.${after}`, `fence ${before},${after}`, "RISCV")),
  ),
  set("Fence.tso", "fence.tso", "RISCV"),
  set("Fence.i", "fence.i", "RISCV"),
  set("Acq", "accesses with .aq alone", "RISCV"),
  set("Rel", "accesses with .rl alone", "RISCV"),
  set("AcqRel", "accesses with .aqrl", "RISCV"),
  set("Sc", "as AcqRel, by an older name", "RISCV"),
  // Arm.
  set("A", "load-acquire (LDAR, and the reads of CASA, SWPA...)", "AArch64", "ARM"),
  set("L", "store-release (STLR, and the writes of CASL, SWPL...)", "AArch64", "ARM"),
  set("Q", "load-acquire PC (LDAPR)", "AArch64"),
  set("NoRet", "reads of atomics that return nothing (STADD...)", "AArch64"),
  set("S", "speculated accesses", "AArch64"),
  ...[
    "T",
    "FAULT",
    "TagCheck",
    "EXC-ENTRY",
    "EXC-RET",
    "TLBI",
    "TLBIIS",
    "TLBInXS",
    "DC.CVAU",
    "IC.IALLUIS",
    "IC.IALLU",
    "IC.IVAU",
    "PTEtoPA",
  ].map((name) =>
    (name === "PTEtoPA" ? relation : set)(name, "memory tags, faults, exceptions, page tables and the upkeep of caches: none", "AArch64"),
  ),
  set("AL", "accesses with acquire or release", "ARM"),
  set("ISB", "the fence isb", "AArch64", "ARM"),
  ...["DMB", "DSB"].flatMap((fence) =>
    ["SY", "LD", "ST", "ISH", "ISHLD", "ISHST", "NSH", "NSHLD", "NSHST", "OSH", "OSHLD", "OSHST"].map((option) =>
      set(`${fence}.${option}`, `the fence ${fence.toLowerCase()} ${option.toLowerCase()}`, "AArch64"),
    ),
  ),
  ...["DMB", "DMB.ST", "DMB.ISH", "DSB", "DSB.ST"].map((name) => set(name, `the fence ${name.toLowerCase().replace(".", " ")}`, "ARM")),
  // BPF.
  set("SC", "sequentially consistent atomics", "BPF"),
  set("AQ", "load-acquire", "BPF"),
  set("RL", "store-release", "BPF"),
];

/** The words that models of an architecture can read. */
export function wordsOf(architecture: string): readonly Word[] {
  return VOCABULARY.filter(({ of }) => of === undefined || of.includes(architecture));
}

/** Architectures with words of their own. */
export const ARCHITECTURES: readonly string[] = [...new Set(VOCABULARY.flatMap(({ of }) => of ?? []))];

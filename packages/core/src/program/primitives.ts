/**
 * Every name that a test can call, and what it is. The table is the vocabulary: a name that is not here is unknown.
 * Names, argument orders and the meaning of the suffixes are the Linux kernel's (Documentation/atomic_t.txt,
 * Documentation/memory-barriers.txt, include/asm-generic/io.h); those in capitals are the language's own.
 */

import { sameAs } from "./other-names.js";

/** Memory order of an atomic: a value-returning one without suffix is full, a void one relaxed. */
export type Order = "full" | "acquire" | "release" | "relaxed";

/** The first argument is the thing itself (`READ_ONCE(*x)`) or a pointer to it (`smp_load_acquire(x)`). */
export type Place = "lvalue" | "pointer";

/** What an atomic does with its arguments, named as in `form`. */
export type AtomicShape =
  | { readonly kind: "exchange" | "compare" | "try-compare" | "add-unless" }
  /** `step`: the amount of an atomic that takes none (inc, dec). `complement`: andnot. */
  | { readonly kind: "arithmetic"; readonly operator: "+" | "-" | "&" | "|" | "^"; readonly step?: 1; readonly complement?: true }
  /** atomic_inc_not_zero. */
  | { readonly kind: "inc-not-zero" };

export interface Pio {
  readonly kind: "pio-read" | "pio-write";
  readonly family: string;
  /** The family where the register turns out to be an I/O port; undefined where that is a mistake. */
  readonly port?: string;
  /** A string form: its other argument may be a buffer. */
  readonly string?: true;
}

export type Meaning =
  | {
      readonly kind: "read" | "write";
      readonly accessor: string;
      readonly place: Place /** A barrier that follows. */;
      readonly then?: string;
    }
  | {
      readonly kind: "atomic";
      readonly order: Order;
      readonly shape: AtomicShape;
      readonly returns: "old" | "new" | "zero" | "negative" | "success" | "nothing";
    }
  | { readonly kind: "barrier"; readonly accessor: string }
  | {
      readonly kind: "lock" | "unlock";
      readonly flavour: "spin" | "mutex";
      readonly accessor: string;
      /** Hard interrupts: masked unconditionally (`_irq`), or saved and restored (`_irqsave`). */
      readonly interrupts: "untouched" | "masked" | "saved";
    }
  | { readonly kind: "trylock" | "is-locked"; readonly accessor: string }
  | { readonly kind: "unlock-wait"; readonly accessor: string }
  | Pio
  | { readonly kind: "dma-api"; readonly call: "sync-for-cpu" | "sync-for-device" | "unmap" | "map" }
  | { readonly kind: "delay" }
  | { readonly kind: "interrupts"; readonly change: "disable" | "enable" | "save" | "restore" }
  | { readonly kind: "migrate" | "ats-wait" }
  /** What a device does. */
  | { readonly kind: "dma-write" | "dma-writev" | "dma-read" | "dma-read-zero" | "dma-readv" | "dma-add" | "dma-swap" | "dma-cas" }
  | { readonly kind: "msi" | "intx" | "ats-invalidate-done" | "answer" | "wait" | "tell" | "hear" }
  /** Its argument, unchanged; or 0, as of a check that never fails. */
  | { readonly kind: "identity" | "zero" }
  /** Computes with bits: linux/bits.h, linux/bitfield.h. The mask of a field is a constant. */
  | { readonly kind: "bits"; readonly what: "bit" | "mask" | "get" | "prepare" }
  /** Reads a register until a condition holds: linux/iopoll.h. `operation`: the accessor, where it is no argument; `at`: where register, value and condition stand. */
  | {
      readonly kind: "poll";
      readonly operation: string | undefined;
      readonly at: { readonly register: number; readonly value: number; readonly condition: number };
    }
  /** Read, but not run: `why` says what to do. */
  | { readonly kind: "unsupported"; readonly why: string };

export interface Primitive {
  readonly name: string;
  /** How it is written: `atomic_add(i, v)`. A `?` marks arguments that may be left out, `...` that more may follow. */
  readonly form: string;
  readonly minimum: number;
  readonly maximum: number;
  readonly meaning: Meaning;
  /** Who can call it. */
  readonly side: "cpu" | "device" | "any";
}

const table = new Map<string, Primitive>();

/** The primitive of that name, or of one that means the same; the `atomic64_` and `atomic_long_` forms are the `atomic_` ones. */
export function primitive(name: string): Primitive | undefined {
  return table.get(name) ?? table.get(sameAs(name) ?? name.replace(/^atomic(64|_long)_/, "atomic_"));
}

/** Every name, in the table's order. */
export function primitiveNames(): IterableIterator<string> {
  return table.keys();
}

const deviceKinds: ReadonlySet<Meaning["kind"]> = new Set<Meaning["kind"]>([
  "dma-write",
  "dma-writev",
  "dma-read",
  "dma-read-zero",
  "dma-readv",
  "dma-add",
  "dma-swap",
  "dma-cas",
  "msi",
  "intx",
  "ats-invalidate-done",
  "answer",
  "wait",
  "tell",
  "hear",
]);
const bothKinds: ReadonlySet<Meaning["kind"]> = new Set<Meaning["kind"]>(["delay", "identity", "zero", "bits", "unsupported"]);

const words = (text: string): string[] => text.split(/\s+/);

function add(name: string, parameters: string, meaning: Meaning): void {
  const list = parameters === "" ? [] : parameters.split(", ");
  table.set(name, {
    name,
    form: `${name}(${parameters})`,
    minimum: list.filter((parameter) => !parameter.endsWith("?") && parameter !== "...").length,
    maximum: list.includes("...") ? Number.POSITIVE_INFINITY : list.length,
    meaning,
    side: deviceKinds.has(meaning.kind) ? "device" : bothKinds.has(meaning.kind) ? "any" : "cpu",
  });
}

// Marked accesses.

const read = (name: string, parameters: string, accessor: string, place: Place): void =>
  add(name, parameters, { kind: "read", accessor, place });
const write = (name: string, parameters: string, accessor: string, place: Place): void =>
  add(name, parameters, { kind: "write", accessor, place });

read("READ_ONCE", "*x", "READ_ONCE", "lvalue");
write("WRITE_ONCE", "*x, value", "WRITE_ONCE", "lvalue");
read("smp_load_acquire", "p", "smp_load_acquire", "pointer");
write("smp_store_release", "p, value", "smp_store_release", "pointer");
read("rcu_dereference", "*p", "rcu_dereference", "lvalue");
read("rcu_dereference_raw", "*p", "rcu_dereference", "lvalue");
read("rcu_dereference_check", "*p, c", "rcu_dereference", "lvalue");
read("lockless_dereference", "*p", "rcu_dereference", "lvalue");
write("rcu_assign_pointer", "*p, value", "rcu_assign_pointer", "lvalue");
add("smp_store_mb", "*x, value", { kind: "write", accessor: "WRITE_ONCE", place: "lvalue", then: "smp_mb" });
read("atomic_read", "v", "atomic_read", "pointer");
read("atomic_read_acquire", "v", "smp_load_acquire", "pointer");
write("atomic_set", "v, i", "atomic_set", "pointer");
write("atomic_set_release", "v, i", "smp_store_release", "pointer");

// Barriers.

for (const name of words(`smp_mb smp_rmb smp_wmb smp_mb__before_atomic smp_mb__after_atomic smp_mb__after_spinlock smp_mb__after_unlock_lock
  barrier mb rmb wmb dma_mb dma_rmb dma_wmb mmiowb io_stop_wc udma_to_device_barrier udma_from_device_barrier
  udma_ordering_write_barrier mmio_flush_writes mmio_wc_start`)) {
  add(name, "", { kind: "barrier", accessor: name });
}
// To the compiler these are barriers; nothing else of them is visible in a test.
for (const name of ["cpu_relax", "preempt_disable", "preempt_enable"]) add(name, "", { kind: "barrier", accessor: "barrier" });

// Atomics. Suffixes: Documentation/atomic_t.txt, "ORDERING".

const suffixes: readonly (readonly [string, Order])[] = [
  ["", "full"],
  ["_relaxed", "relaxed"],
  ["_acquire", "acquire"],
  ["_release", "release"],
];
const arithmetic: readonly (readonly [string, AtomicShape])[] = [
  ["add", { kind: "arithmetic", operator: "+" }],
  ["sub", { kind: "arithmetic", operator: "-" }],
  ["inc", { kind: "arithmetic", operator: "+", step: 1 }],
  ["dec", { kind: "arithmetic", operator: "-", step: 1 }],
  ["and", { kind: "arithmetic", operator: "&" }],
  ["andnot", { kind: "arithmetic", operator: "&", complement: true }],
  ["or", { kind: "arithmetic", operator: "|" }],
  ["xor", { kind: "arithmetic", operator: "^" }],
];
for (const [name, shape] of arithmetic) {
  const parameters = shape.kind === "arithmetic" && shape.step !== undefined ? "v" : "i, v";
  add(`atomic_${name}`, parameters, { kind: "atomic", order: "relaxed", shape, returns: "nothing" });
  for (const [suffix, order] of suffixes) {
    add(`atomic_fetch_${name}${suffix}`, parameters, { kind: "atomic", order, shape, returns: "old" });
    if (["add", "sub", "inc", "dec"].includes(name)) {
      add(`atomic_${name}_return${suffix}`, parameters, { kind: "atomic", order, shape, returns: "new" });
    }
  }
}
for (const [suffix, order] of suffixes) {
  for (const prefix of ["", "atomic_"]) {
    add(`${prefix}xchg${suffix}`, "p, value", { kind: "atomic", order, shape: { kind: "exchange" }, returns: "old" });
    add(`${prefix}cmpxchg${suffix}`, "p, old, new", { kind: "atomic", order, shape: { kind: "compare" }, returns: "old" });
    add(`${prefix}try_cmpxchg${suffix}`, "p, &old, new", { kind: "atomic", order, shape: { kind: "try-compare" }, returns: "old" });
  }
  add(`atomic_add_negative${suffix}`, "i, v", { kind: "atomic", order, shape: { kind: "arithmetic", operator: "+" }, returns: "negative" });
}
add("atomic_sub_and_test", "i, v", { kind: "atomic", order: "full", shape: { kind: "arithmetic", operator: "-" }, returns: "zero" });
add("atomic_dec_and_test", "v", { kind: "atomic", order: "full", shape: { kind: "arithmetic", operator: "-", step: 1 }, returns: "zero" });
add("atomic_inc_and_test", "v", { kind: "atomic", order: "full", shape: { kind: "arithmetic", operator: "+", step: 1 }, returns: "zero" });
add("atomic_add_unless", "v, a, u", { kind: "atomic", order: "full", shape: { kind: "add-unless" }, returns: "success" });
add("atomic_fetch_add_unless", "v, a, u", { kind: "atomic", order: "full", shape: { kind: "add-unless" }, returns: "old" });
add("atomic_inc_not_zero", "v", { kind: "atomic", order: "full", shape: { kind: "inc-not-zero" }, returns: "success" });

// Locks.

for (const prefix of ["", "raw_"]) {
  // The `_bh` forms hold off softirqs. Handlers here are hard interrupts, which they do not hold off.
  for (const [suffix, interrupts, parameters] of [
    ["", "untouched", "l"],
    ["_bh", "untouched", "l"],
    ["_irq", "masked", "l"],
  ] as const) {
    add(`${prefix}spin_lock${suffix}`, parameters, { kind: "lock", flavour: "spin", accessor: "spin_lock", interrupts });
    add(`${prefix}spin_unlock${suffix}`, parameters, { kind: "unlock", flavour: "spin", accessor: "spin_unlock", interrupts });
  }
  add(`${prefix}spin_lock_irqsave`, "l, flags", { kind: "lock", flavour: "spin", accessor: "spin_lock", interrupts: "saved" });
  add(`${prefix}spin_unlock_irqrestore`, "l, flags", { kind: "unlock", flavour: "spin", accessor: "spin_unlock", interrupts: "saved" });
  add(`${prefix}spin_lock_nested`, "l, subclass", { kind: "lock", flavour: "spin", accessor: "spin_lock", interrupts: "untouched" });
  add(`${prefix}spin_trylock`, "l", { kind: "trylock", accessor: "spin_trylock" });
  add(`${prefix}spin_is_locked`, "l", { kind: "is-locked", accessor: "spin_is_locked" });
}
add("spin_unlock_wait", "l", { kind: "unlock-wait", accessor: "spin_is_locked" });
add("mutex_lock", "l", { kind: "lock", flavour: "mutex", accessor: "mutex_lock", interrupts: "untouched" });
add("mutex_unlock", "l", { kind: "unlock", flavour: "mutex", accessor: "mutex_unlock", interrupts: "untouched" });
add("mutex_trylock", "l", { kind: "trylock", accessor: "mutex_trylock" });
add("mutex_is_locked", "l", { kind: "is-locked", accessor: "mutex_is_locked" });

for (const [name, change] of [
  ["local_irq_disable", "disable"],
  ["local_irq_enable", "enable"],
] as const) {
  add(name, "", { kind: "interrupts", change });
}
add("local_irq_save", "flags", { kind: "interrupts", change: "save" });
add("local_irq_restore", "flags", { kind: "interrupts", change: "restore" });

// PIO: the width is dropped, one location is one register.

for (const width of ["b", "w", "l", "q"]) {
  add(`read${width}`, "register", { kind: "pio-read", family: "readX" });
  add(`read${width}_relaxed`, "register", { kind: "pio-read", family: "readX_relaxed" });
  add(`__raw_read${width}`, "register", { kind: "pio-read", family: "raw_readX" });
  add(`reads${width}`, "register, buffer?, count?", { kind: "pio-read", family: "readsX", string: true });
  add(`write${width}`, "value, register", { kind: "pio-write", family: "writeX" });
  add(`write${width}_relaxed`, "value, register", { kind: "pio-write", family: "writeX_relaxed" });
  add(`__raw_write${width}`, "value, register", { kind: "pio-write", family: "raw_writeX" });
  add(`writes${width}`, "register, value, count?", { kind: "pio-write", family: "writesX", string: true });
  if (width === "q") continue;
  add(`in${width}`, "port", { kind: "pio-read", family: "inX" });
  add(`ins${width}`, "port, buffer?, count?", { kind: "pio-read", family: "insX", string: true });
  add(`out${width}`, "value, port", { kind: "pio-write", family: "outX" });
  add(`outs${width}`, "port, value, count?", { kind: "pio-write", family: "outsX", string: true });
}
for (const width of ["8", "16", "32", "64", "16be", "32be", "64be"]) {
  add(`ioread${width}`, "register", { kind: "pio-read", family: "readX", port: "inX" });
  add(`iowrite${width}`, "value, register", { kind: "pio-write", family: "writeX", port: "outX" });
  if (width.endsWith("be")) continue;
  add(`ioread${width}_rep`, "register, buffer?, count?", { kind: "pio-read", family: "readsX", port: "insX", string: true });
  add(`iowrite${width}_rep`, "register, value, count?", { kind: "pio-write", family: "writesX", port: "outsX", string: true });
}
add("memcpy_fromio", "buffer, register, count?", { kind: "pio-read", family: "readsX", string: true });
add("memcpy_toio", "register, value, count?", { kind: "pio-write", family: "writesX", string: true });
// No order at all, and no barrier afterwards: lib/iomap_copy.c.
for (const width of ["32", "64"]) {
  add(`__ioread${width}_copy`, "buffer, register, count?", { kind: "pio-read", family: "raw_readX", string: true });
  add(`__iowrite${width}_copy`, "register, value, count?", { kind: "pio-write", family: "raw_writeX", string: true });
}
add("memset_io", "register, value, count?", { kind: "pio-write", family: "writesX" });
for (const width of ["byte", "word", "dword"]) {
  add(`pci_read_config_${width}`, "device?, register, &value?", { kind: "pio-read", family: "config_read" });
  add(`pci_write_config_${width}`, "device?, register, value", { kind: "pio-write", family: "config_write" });
}

// linux/iopoll.h. Nothing runs out of time here.
for (const suffix of ["", "_atomic"]) {
  for (const width of ["b", "w", "l", "q"]) {
    for (const relaxed of ["", "_relaxed"]) {
      add(`read${width}${relaxed}_poll_timeout${suffix}`, "register, value, condition, delay?, timeout?", {
        kind: "poll",
        operation: `read${width}${relaxed}`,
        at: { register: 0, value: 1, condition: 2 },
      });
    }
  }
  add(`readx_poll_timeout${suffix}`, "accessor, register, value, condition, delay?, timeout?", {
    kind: "poll",
    operation: undefined,
    at: { register: 1, value: 2, condition: 3 },
  });
  add(`read_poll_timeout${suffix}`, "accessor, value, condition, delay, timeout, delay_before_read, register", {
    kind: "poll",
    operation: undefined,
    at: { register: 6, value: 1, condition: 2 },
  });
}

// DMA API.

for (const [name, call] of [
  ["dma_sync_single_for_cpu", "sync-for-cpu"],
  ["dma_sync_single_for_device", "sync-for-device"],
  ["dma_unmap_single", "unmap"],
  ["dma_unmap_page", "unmap"],
  ["dma_map_single", "map"],
  ["dma_map_page", "map"],
] as const) {
  add(name, "x, ...", { kind: "dma-api", call });
}

add("dma_mapping_error", "device, address", { kind: "zero" });

// Time, placement, and what is there to please the compiler.

for (const name of ["udelay", "ndelay", "mdelay", "msleep"]) add(name, "time", { kind: "delay" });
add("usleep_range", "from, to", { kind: "delay" });
add("MIGRATE", "cpu", { kind: "migrate" });
add("ats_wait", "device", { kind: "ats-wait" });
for (const name of words(`likely unlikely cpu_to_le16 cpu_to_le32 cpu_to_le64 le16_to_cpu le32_to_cpu le64_to_cpu
  cpu_to_be16 cpu_to_be32 cpu_to_be64 be16_to_cpu be32_to_cpu be64_to_cpu WARN_ON WARN_ON_ONCE`)) {
  add(name, "e", { kind: "identity" });
}

for (const name of ["BIT", "BIT_ULL"]) add(name, "number", { kind: "bits", what: "bit" });
for (const name of ["GENMASK", "GENMASK_ULL"]) add(name, "high, low", { kind: "bits", what: "mask" });
add("FIELD_GET", "mask, value", { kind: "bits", what: "get" });
add("FIELD_PREP", "mask, value", { kind: "bits", what: "prepare" });

// Devices.

add("DMA_WRITE", "*x, value, ...", { kind: "dma-write" });
add("DMA_WRITEV", "*x, value, ...", { kind: "dma-writev" });
add("DMA_READ", "*x, ...", { kind: "dma-read" });
add("DMA_READ_ZERO", "*x, ...", { kind: "dma-read-zero" });
add("DMA_READV", "r, *x, ...", { kind: "dma-readv" });
add("DMA_FETCH_ADD", "*x, value, ...", { kind: "dma-add" });
add("DMA_SWAP", "*x, value, ...", { kind: "dma-swap" });
add("DMA_CAS", "*x, old, new, ...", { kind: "dma-cas" });
add("MSI", "vector?, ...", { kind: "msi" });
add("MSIX", "vector?, ...", { kind: "msi" });
add("INTX", "...", { kind: "intx" });
add("ATS_INVALIDATE_DONE", "...", { kind: "ats-invalidate-done" });
add("ANSWER", "register, value?, ...", { kind: "answer" });
add("WAIT", "e", { kind: "wait" });
add("TELL", "device", { kind: "tell" });
add("HEAR", "device", { kind: "hear" });

// What is read but not run.

const rcu = "the explorer does not run RCU; `fencepost herd` does";
for (const name of words(`rcu_read_lock rcu_read_unlock rcu_read_lock_bh rcu_read_unlock_bh rcu_read_lock_sched rcu_read_unlock_sched
  synchronize_rcu synchronize_rcu_expedited synchronize_sched rcu_barrier call_rcu kfree_rcu srcu_read_lock
  srcu_read_unlock srcu_down_read srcu_up_read synchronize_srcu synchronize_srcu_expedited call_srcu
  smp_mb__after_srcu_read_unlock`)) {
  add(name, "...", { kind: "unsupported", why: rcu });
}
for (const name of words(`read_lock read_unlock write_lock write_unlock read_trylock write_trylock read_lock_irq read_unlock_irq write_lock_irq
  write_unlock_irq read_lock_bh read_unlock_bh write_lock_bh write_unlock_bh read_lock_irqsave read_unlock_irqrestore
  write_lock_irqsave write_unlock_irqrestore down_read up_read down_write up_write`)) {
  add(name, "...", { kind: "unsupported", why: "reader-writer locks are not modelled; spin_lock and mutex_lock are" });
}
for (const name of ["spin_trylock_irqsave", "spin_trylock_irq", "spin_trylock_bh"]) {
  add(name, "...", { kind: "unsupported", why: "mask interrupts first, then use spin_trylock" });
}
for (const name of ["smp_cond_load_acquire", "smp_cond_load_relaxed", "atomic_cond_read_acquire", "atomic_cond_read_relaxed"]) {
  add(name, "...", { kind: "unsupported", why: "write the loop: `while (!smp_load_acquire(x)) ;`" });
}

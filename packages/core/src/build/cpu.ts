/**
 * What a CPU thread can do, under the kernel's names in camelCase: `READ_ONCE` is `readOnce`, `smp_load_acquire` is `smpLoadAcquire`, `readl_relaxed` is `readlRelaxed`. A kernel
 * thread has all of it; a user-space thread has no programmed I/O, and the compiler knows.
 */
import type { Body, Steps } from "./body.js";
import type { DeviceName, IoRegister, IoSpace, Memory, Place, Register, Value } from "./handle.js";

/** Barriers, and what they are in the kernel. None of them orders a device's DMA; see docs/language.md for what each does. */
const BARRIERS = {
  /** `smp_mb()` */
  smpMb: "smp_mb",
  /** `smp_rmb()` */
  smpRmb: "smp_rmb",
  /** `smp_wmb()` */
  smpWmb: "smp_wmb",
  /** `mb()` */
  mb: "mb",
  /** `rmb()` */
  rmb: "rmb",
  /** `wmb()` */
  wmb: "wmb",
  /** `dma_mb()` */
  dmaMb: "dma_mb",
  /** `dma_rmb()`: between a look at who owns a descriptor and the reads of what it describes. */
  dmaRmb: "dma_rmb",
  /** `dma_wmb()`: between the writes of a descriptor and handing it over. */
  dmaWmb: "dma_wmb",
  /** `mmiowb()`: orders PIO writes of different CPUs, and no DMA. Gone since Linux 5.2. */
  mmiowb: "mmiowb",
  /** `barrier()`: for the compiler only. */
  barrier: "barrier",
  /** rdma-core's `udma_to_device_barrier()`. */
  udmaToDeviceBarrier: "udma_to_device_barrier",
  /** rdma-core's `udma_from_device_barrier()`. */
  udmaFromDeviceBarrier: "udma_from_device_barrier",
  /** rdma-core's `udma_ordering_write_barrier()`. */
  udmaOrderingWriteBarrier: "udma_ordering_write_barrier",
  /** rdma-core's `mmio_flush_writes()`. */
  mmioFlushWrites: "mmio_flush_writes",
  /** rdma-core's `mmio_wc_start()`. */
  mmioWcStart: "mmio_wc_start",
} as const;

/** Reads of memory-mapped registers. */
const MMIO_READS = {
  /** `readb(register)` */
  readb: "readb",
  /** `readw(register)` */
  readw: "readw",
  /** `readl(register)`: its reply follows the device's earlier DMA. On sn2 it flushes what the interconnect still holds. */
  readl: "readl",
  /** `readq(register)` */
  readq: "readq",
  /** `readb_relaxed(register)` */
  readbRelaxed: "readb_relaxed",
  /** `readw_relaxed(register)` */
  readwRelaxed: "readw_relaxed",
  /** `readl_relaxed(register)`: no CPU barrier today; on sn2 no flush of DMA either. */
  readlRelaxed: "readl_relaxed",
  /** `readq_relaxed(register)` */
  readqRelaxed: "readq_relaxed",
  /** `__raw_readl(register)` */
  rawReadl: "__raw_readl",
} as const;

/** Writes of memory-mapped registers; the value comes first, as in the kernel. */
const MMIO_WRITES = {
  /** `writeb(value, register)` */
  writeb: "writeb",
  /** `writew(value, register)` */
  writew: "writew",
  /** `writel(value, register)`: waits for the thread's earlier memory writes. */
  writel: "writel",
  /** `writeq(value, register)` */
  writeq: "writeq",
  /** `writeb_relaxed(value, register)` */
  writebRelaxed: "writeb_relaxed",
  /** `writew_relaxed(value, register)` */
  writewRelaxed: "writew_relaxed",
  /** `writel_relaxed(value, register)`: ordered with accesses to the same peripheral only. */
  writelRelaxed: "writel_relaxed",
  /** `writeq_relaxed(value, register)` */
  writeqRelaxed: "writeq_relaxed",
  /** `__raw_writel(value, register)` */
  rawWritel: "__raw_writel",
} as const;

/** Reads that take a memory-mapped register as well as an I/O port. */
const IO_READS = {
  /** `ioread8(register)` */
  ioread8: "ioread8",
  /** `ioread16(register)` */
  ioread16: "ioread16",
  /** `ioread32(register)` */
  ioread32: "ioread32",
} as const;

const IO_WRITES = {
  /** `iowrite8(value, register)` */
  iowrite8: "iowrite8",
  /** `iowrite16(value, register)` */
  iowrite16: "iowrite16",
  /** `iowrite32(value, register)` */
  iowrite32: "iowrite32",
} as const;

const PORT_READS = {
  /** `inb(port)` */
  inb: "inb",
  /** `inw(port)` */
  inw: "inw",
  /** `inl(port)` */
  inl: "inl",
} as const;

const PORT_WRITES = {
  /** `outb(value, port)` */
  outb: "outb",
  /** `outw(value, port)` */
  outw: "outw",
  /** `outl(value, port)` */
  outl: "outl",
} as const;

/** Locks: `spin_lock(lock)` is `spinLock`. */
const LOCKS = {
  /** `spin_lock(lock)` */
  spinLock: "spin_lock",
  /** `spin_unlock(lock)` */
  spinUnlock: "spin_unlock",
  /** `spin_lock_irq(lock)`: masks interrupts as well. */
  spinLockIrq: "spin_lock_irq",
  /** `spin_unlock_irq(lock)` */
  spinUnlockIrq: "spin_unlock_irq",
  /** `mutex_lock(lock)` */
  mutexLock: "mutex_lock",
  /** `mutex_unlock(lock)` */
  mutexUnlock: "mutex_unlock",
} as const;

/** The DMA API on memory that is mapped already. */
const DMA_API = {
  /** `dma_sync_single_for_cpu(x)`: for machines whose DMA does not snoop. It flushes no DMA. */
  dmaSyncSingleForCpu: "dma_sync_single_for_cpu",
  /** `dma_sync_single_for_device(x)` */
  dmaSyncSingleForDevice: "dma_sync_single_for_device",
  /** `dma_unmap_single(x)`: it flushes no DMA. */
  dmaUnmapSingle: "dma_unmap_single",
} as const;

type Names = { readonly [method: string]: string };
type Barriers = { readonly [Name in keyof typeof BARRIERS]: () => void };
/** The value is in a new register, or in the one given. */
type Reads<Table extends Names, Space extends IoSpace> = {
  readonly [Name in keyof Table]: (register: IoRegister<Space>, into?: Register) => Register;
};
type Writes<Table extends Names, Space extends IoSpace> = {
  readonly [Name in keyof Table]: (value: Value, register: IoRegister<Space>) => void;
};
type OnMemory<Table extends Names> = { readonly [Name in keyof Table]: (location: Memory) => void };

/** What a thread in user space can do: memory and barriers, and no programmed I/O. */
export interface UserProgram extends Steps<Value>, Barriers {
  /** `READ_ONCE(*x)` in a new register, or in the one given. */
  readOnce(place: Place, into?: Register): Register;
  /** `WRITE_ONCE(*x, value)` */
  writeOnce(place: Place, value: Value): void;
  /** A plain read, `*x`. */
  read(place: Place, into?: Register): Register;
  /** A plain write, `*x = value`. */
  write(place: Place, value: Value): void;
  /** `smp_load_acquire(x)` */
  smpLoadAcquire(place: Place, into?: Register): Register;
  /** `smp_store_release(x, value)` */
  smpStoreRelease(place: Place, value: Value): void;
  /** `xchg(x, value)`: gives the old value. */
  xchg(place: Place, value: Value): Register;
  /** `cmpxchg(x, old, new)`: gives the old value. */
  cmpxchg(place: Place, old: Value, value: Value): Register;
}

/** What a thread in the kernel can do. */
export interface CpuProgram
  extends UserProgram,
    Reads<typeof MMIO_READS, "mmio">,
    Writes<typeof MMIO_WRITES, "mmio">,
    Reads<typeof IO_READS, "mmio" | "port">,
    Writes<typeof IO_WRITES, "mmio" | "port">,
    Reads<typeof PORT_READS, "port">,
    Writes<typeof PORT_WRITES, "port">,
    OnMemory<typeof LOCKS>,
    OnMemory<typeof DMA_API> {
  /** `pci_read_config_dword(register)` */
  pciReadConfigDword(register: IoRegister<"config">, into?: Register): Register;
  /** `pci_write_config_dword(register, value)` */
  pciWriteConfigDword(register: IoRegister<"config">, value: Value): void;
  /** `local_irq_disable()` */
  localIrqDisable(): void;
  /** `local_irq_enable()` */
  localIrqEnable(): void;
  /** `ats_wait(device)`: until the device says that its translations are gone. */
  atsWait(device: DeviceName): void;
  /** `MIGRATE(cpu)`: the thread goes on on another CPU. */
  migrate(cpu: number): void;
}

/** Methods for each name of a table. */
function methods<Table extends Names, Method>(
  table: Table,
  method: (primitive: string) => Method,
): { readonly [Name in keyof Table]: Method } {
  return Object.fromEntries(Object.entries(table).map(([key, primitive]) => [key, method(primitive)])) as {
    readonly [Name in keyof Table]: Method;
  };
}

/** Records a user-space thread into `body`. */
export function userProgram(body: Body): UserProgram {
  return {
    ...body.steps<Value>(),
    ...methods(BARRIERS, (primitive) => () => body.perform(body.invoke(primitive, []))),
    readOnce: (place, into) => body.put(body.invoke("READ_ONCE", [place]), into),
    writeOnce: (place, value) => body.perform(body.invoke("WRITE_ONCE", [place, value])),
    read: (place, into) => body.put(body.place(place), into),
    write: (place, value) => body.store(body.place(place), body.expression(value)),
    smpLoadAcquire: (place, into) => body.put(body.invoke("smp_load_acquire", [place]), into),
    smpStoreRelease: (place, value) => body.perform(body.invoke("smp_store_release", [place, value])),
    xchg: (place, value) => body.declare(body.invoke("xchg", [place, value])),
    cmpxchg: (place, old, value) => body.declare(body.invoke("cmpxchg", [place, old, value])),
  };
}

/** Records a kernel thread into `body`. */
export function cpuProgram(body: Body): CpuProgram {
  const read =
    (primitive: string) =>
    (register: IoRegister, into?: Register): Register =>
      body.put(body.invoke(primitive, [register]), into);
  const write =
    (primitive: string) =>
    (value: Value, register: IoRegister): void =>
      body.perform(body.invoke(primitive, [value, register]));
  const onMemory =
    (primitive: string) =>
    (location: Memory): void =>
      body.perform(body.invoke(primitive, [location]));
  return {
    ...userProgram(body),
    ...methods(MMIO_READS, read),
    ...methods(MMIO_WRITES, write),
    ...methods(IO_READS, read),
    ...methods(IO_WRITES, write),
    ...methods(PORT_READS, read),
    ...methods(PORT_WRITES, write),
    ...methods(LOCKS, onMemory),
    ...methods(DMA_API, onMemory),
    pciReadConfigDword: read("pci_read_config_dword"),
    pciWriteConfigDword: (register, value) => body.perform(body.invoke("pci_write_config_dword", [register, value])),
    localIrqDisable: () => body.perform(body.invoke("local_irq_disable", [])),
    localIrqEnable: () => body.perform(body.invoke("local_irq_enable", [])),
    atsWait: (device) => body.perform(body.invoke("ats_wait", [device])),
    migrate: (cpu) => body.perform(body.invoke("MIGRATE", [cpu])),
  };
}

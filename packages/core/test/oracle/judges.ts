/** A fixed set of small tests whose answers are known, together touching everything the oracle covers: [name, platform, text, allowed?]. */
import type { Program } from "../../src/program/program.js";
import { programOf } from "../subject.js";

export interface Judge {
  readonly name: string;
  readonly platform: string;
  readonly program: Program;
  readonly allowed: boolean;
}

const list: readonly (readonly [string, string, string, boolean])[] = [
  [
    "SB",
    "x86",
    `{ } P0(int *x, int *y) { WRITE_ONCE(*x, 1); int r0 = READ_ONCE(*y); } P1(int *x, int *y) { WRITE_ONCE(*y, 1); int r0 = READ_ONCE(*x); }
    exists (0:r0=0 /\\ 1:r0=0)`,
    true,
  ],
  [
    "SB+mbs",
    "x86",
    `{ } P0(int *x, int *y) { WRITE_ONCE(*x, 1); smp_mb(); int r0 = READ_ONCE(*y); } P1(int *x, int *y) { WRITE_ONCE(*y, 1); smp_mb(); int r0 = READ_ONCE(*x); }
    exists (0:r0=0 /\\ 1:r0=0)`,
    false,
  ],
  [
    "SB+rfi",
    "x86",
    `{ } P0(int *x, int *y) { WRITE_ONCE(*x, 1); int r1 = READ_ONCE(*x); int r0 = READ_ONCE(*y); } P1(int *x, int *y) { WRITE_ONCE(*y, 1); smp_mb(); int r0 = READ_ONCE(*x); }
    exists (0:r1=1 /\\ 0:r0=0 /\\ 1:r0=0)`,
    true,
  ],
  [
    "MP",
    "arm64",
    `{ } P0(int *x, int *y) { WRITE_ONCE(*x, 1); WRITE_ONCE(*y, 1); } P1(int *x, int *y) { int r0 = READ_ONCE(*y); int r1 = READ_ONCE(*x); }
    exists (1:r0=1 /\\ 1:r1=0)`,
    true,
  ],
  [
    "MP+rmb",
    "arm64",
    `{ } P0(int *x, int *y) { WRITE_ONCE(*x, 1); WRITE_ONCE(*y, 1); } P1(int *x, int *y) { int r0 = READ_ONCE(*y); smp_rmb(); int r1 = READ_ONCE(*x); }
    exists (1:r0=1 /\\ 1:r1=0)`,
    true,
  ],
  [
    "MP+wmb",
    "arm64",
    `{ } P0(int *x, int *y) { WRITE_ONCE(*x, 1); smp_wmb(); WRITE_ONCE(*y, 1); } P1(int *x, int *y) { int r0 = READ_ONCE(*y); int r1 = READ_ONCE(*x); }
    exists (1:r0=1 /\\ 1:r1=0)`,
    true,
  ],
  [
    "RSW",
    "arm64",
    `{ } P0(int *x, int *y) { WRITE_ONCE(*x, 1); smp_wmb(); WRITE_ONCE(*y, 1); }
    P1(int *x, int *y, int *z) { int r0 = READ_ONCE(*y); int r1 = READ_ONCE(*(z + (r0 ^ r0))); int r2 = READ_ONCE(*z); int r3 = READ_ONCE(*(x + (r2 ^ r2))); }
    exists (1:r0=1 /\\ 1:r3=0)`,
    true,
  ],
  [
    "CoRR",
    "arm64",
    `{ } P0(int *x) { WRITE_ONCE(*x, 1); WRITE_ONCE(*x, 2); } P1(int *x) { int r0 = READ_ONCE(*x); int r1 = READ_ONCE(*x); }
    exists (1:r0=2 /\\ 1:r1=1)`,
    false,
  ],
  [
    "CoRR",
    "portable",
    `{ } P0(int *x) { WRITE_ONCE(*x, 1); } P1(int *x) { int r0 = READ_ONCE(*x); int r1 = READ_ONCE(*x); }
    exists (1:r0=1 /\\ 1:r1=0)`,
    false,
  ],
  [
    "MP+wmb+fri-rfi-addr",
    "riscv",
    `{ } P0(int *x, int *y) { WRITE_ONCE(*x, 1); smp_wmb(); WRITE_ONCE(*y, 1); }
    P1(int *x, int *y) { int r0 = READ_ONCE(*y); WRITE_ONCE(*y, 2); int r1 = READ_ONCE(*y); int r2 = READ_ONCE(*(x + (r1 ^ r1))); }
    exists (1:r0=1 /\\ 1:r1=2 /\\ 1:r2=0)`,
    true,
  ],
  [
    "SB+rfi-xchg",
    "arm64",
    `{ } P0(int *x, int *y) { WRITE_ONCE(*x, 1); int r1 = xchg_relaxed(x, 2); int r0 = READ_ONCE(*(y + (r1 ^ r1))); }
    P1(int *x, int *y) { WRITE_ONCE(*y, 1); smp_mb(); int r0 = READ_ONCE(*x); }
    exists (0:r1=1 /\\ 0:r0=0 /\\ 1:r0=0)`,
    true,
  ],
  [
    "MP on TSO",
    "x86",
    `{ } P0(int *x, int *y) { WRITE_ONCE(*x, 1); WRITE_ONCE(*y, 1); } P1(int *x, int *y) { int r0 = READ_ONCE(*y); int r1 = READ_ONCE(*x); }
    exists (1:r0=1 /\\ 1:r1=0)`,
    false,
  ],
  [
    "MP+wmb+rmb",
    "arm64",
    `{ } P0(int *x, int *y) { WRITE_ONCE(*x, 1); smp_wmb(); WRITE_ONCE(*y, 1); } P1(int *x, int *y) { int r0 = READ_ONCE(*y); smp_rmb(); int r1 = READ_ONCE(*x); }
    exists (1:r0=1 /\\ 1:r1=0)`,
    false,
  ],
  [
    "MP+rel+acq",
    "arm64",
    `{ } P0(int *x, int *y) { WRITE_ONCE(*x, 1); smp_store_release(y, 1); } P1(int *x, int *y) { int r0 = smp_load_acquire(y); int r1 = READ_ONCE(*x); }
    exists (1:r0=1 /\\ 1:r1=0)`,
    false,
  ],
  [
    "MP+wmb+addr",
    "arm64",
    `{ int *p = &x; int y = 5; } P0(int **p, int *y) { WRITE_ONCE(*y, 1); smp_wmb(); WRITE_ONCE(*p, y); }
    P1(int **p, int *x) { int *r0 = READ_ONCE(*p); int r1 = READ_ONCE(*r0); } exists (1:r1=5)`,
    false,
  ],
  [
    "LB",
    "riscv",
    `{ } P0(int *x, int *y) { int r0 = READ_ONCE(*x); WRITE_ONCE(*y, 1); } P1(int *x, int *y) { int r0 = READ_ONCE(*y); WRITE_ONCE(*x, 1); }
    exists (0:r0=1 /\\ 1:r0=1)`,
    true,
  ],
  [
    "LB+data+ctrl",
    "riscv",
    `{ } P0(int *x, int *y) { int r0 = READ_ONCE(*x); WRITE_ONCE(*y, r0); } P1(int *x, int *y) { int r0 = READ_ONCE(*y); if (r0) WRITE_ONCE(*x, 1); }
    exists (0:r0=1 /\\ 1:r0=1)`,
    false,
  ],
  [
    "MP+wmb+ctrl",
    "arm64",
    `{ } P0(int *x, int *y) { WRITE_ONCE(*x, 1); smp_wmb(); WRITE_ONCE(*y, 1); } P1(int *x, int *y) { int r0 = READ_ONCE(*y); if (r0 == 1) { int r1 = READ_ONCE(*x); } }
    exists (1:r0=1 /\\ 1:r1=0)`,
    true,
  ],
  [
    "CoRR",
    "arm64",
    `{ } P0(int *x) { WRITE_ONCE(*x, 1); } P1(int *x) { int r0 = READ_ONCE(*x); int r1 = READ_ONCE(*x); } exists (1:r0=1 /\\ 1:r1=0)`,
    false,
  ],
  ["CoWW", "arm64", `{ } P0(int *x) { WRITE_ONCE(*x, 1); WRITE_ONCE(*x, 2); } P1(int *x) { int r0 = READ_ONCE(*x); } exists (x=1)`, false],
  [
    "two increments",
    "arm64",
    `{ } P0(int *x) { int r0 = atomic_fetch_add_relaxed(1, x); } P1(int *x) { int r0 = atomic_fetch_add_relaxed(1, x); } exists (x=1)`,
    false,
  ],
  [
    "cmpxchg",
    "arm64",
    `{ } P0(int *x) { int r0 = cmpxchg_relaxed(x, 0, 1); } P1(int *x) { int r0 = cmpxchg_relaxed(x, 0, 2); } exists (0:r0=0 /\\ 1:r0=0)`,
    false,
  ],
  [
    "locked increments",
    "x86",
    `{ spinlock_t l; } P0(spinlock_t *l, int *x) { spin_lock(l); int r0 = READ_ONCE(*x); WRITE_ONCE(*x, r0 + 1); spin_unlock(l); }
    P1(spinlock_t *l, int *x) { spin_lock(l); int r0 = READ_ONCE(*x); WRITE_ONCE(*x, r0 + 1); spin_unlock(l); } exists (x=1)`,
    false,
  ],
  [
    "DMA in order",
    "x86",
    `{ } D0(int *x, int *y) { DMA_WRITE(*x, 1); DMA_WRITE(*y, 1); } P0(int *x, int *y) { int r0 = READ_ONCE(*y); rmb(); int r1 = READ_ONCE(*x); }
    exists (0:r0=1 /\\ 0:r1=0)`,
    false,
  ],
  [
    "DMA relaxed",
    "x86",
    `{ } D0(int *x, int *y) { DMA_WRITE(*x, 1); DMA_WRITE(*y, 1, RO); } P0(int *x, int *y) { int r0 = READ_ONCE(*y); rmb(); int r1 = READ_ONCE(*x); }
    exists (0:r0=1 /\\ 0:r1=0)`,
    true,
  ],
  [
    "out-of-order DMA",
    "x86+sn2-pic",
    `{ dma(streaming) int x; dma(streaming) int y; } D0(int *x, int *y) { DMA_WRITE(*x, 1); DMA_WRITE(*y, 1); }
    P0(int *x, int *y) { int r0 = READ_ONCE(*y); rmb(); int r1 = READ_ONCE(*x); } exists (0:r0=1 /\\ 0:r1=0)`,
    true,
  ],
  [
    "write barrier on the queue",
    "x86+sn2-pic",
    `{ dma(streaming) int x; dma(streaming, write_barrier) int y; } D0(int *x, int *y) { DMA_WRITE(*x, 1); DMA_WRITE(*y, 1); }
    P0(int *x, int *y) { int r0 = READ_ONCE(*y); rmb(); int r1 = READ_ONCE(*x); } exists (0:r0=1 /\\ 0:r1=0)`,
    false,
  ],
  [
    "PIO read flushes DMA (sn2)",
    "x86+sn2-pic",
    `{ dma(streaming) int x; dma(streaming) int y; mmio int D0.s; } D0(int *x, int *y) { DMA_WRITE(*x, 1); DMA_WRITE(*y, 1); }
    P0(int *x, int *y) { int r0 = READ_ONCE(*y); int r2 = readl(D0.s); int r1 = READ_ONCE(*x); } exists (0:r0=1 /\\ 0:r1=0)`,
    false,
  ],
  [
    "relaxed PIO read does not",
    "x86+sn2-pic",
    `{ dma(streaming) int x; dma(streaming) int y; mmio int D0.s; } D0(int *x, int *y) { DMA_WRITE(*x, 1); DMA_WRITE(*y, 1); }
    P0(int *x, int *y) { int r0 = READ_ONCE(*y); int r2 = readl_relaxed(D0.s); int r1 = READ_ONCE(*x); } exists (0:r0=1 /\\ 0:r1=0)`,
    true,
  ],
  [
    "status read pushes DMA",
    "arm64",
    `{ mmio int D0.s; } D0(int *x) { DMA_WRITE(*x, 1); D0.s = 1; } P0(int *x) { int r0 = readl(D0.s); int r1 = READ_ONCE(*x); } exists (0:r0=1 /\\ 0:r1=0)`,
    false,
  ],
  [
    "status read without a barrier",
    "arm64",
    `{ mmio int D0.s; } D0(int *x) { DMA_WRITE(*x, 1); D0.s = 1; } P0(int *x) { int r0 = readl_relaxed(D0.s); int r1 = READ_ONCE(*x); } exists (0:r0=1 /\\ 0:r1=0)`,
    true,
  ],
  [
    "doorbell",
    "arm64",
    `{ mmio int D0.d; } P0(int *x) { WRITE_ONCE(*x, 1); writel(1, D0.d); } D0(int *x) { WAIT(D0.d == 1); int r0 = DMA_READ(*x); } exists (D0:r0=0)`,
    false,
  ],
  [
    "doorbell relaxed",
    "arm64",
    `{ mmio int D0.d; } P0(int *x) { WRITE_ONCE(*x, 1); writel_relaxed(1, D0.d); } D0(int *x) { WAIT(D0.d == 1); int r0 = DMA_READ(*x); } exists (D0:r0=0)`,
    true,
  ],
  [
    "mmiowb between CPUs",
    "x86+sn2-pic",
    `{ mmio int D0.a; } P0(int *x) { writel(1, D0.a); mmiowb(); WRITE_ONCE(*x, 1); } P1(int *x) { int r0 = READ_ONCE(*x); if (r0) writel(2, D0.a); } D0() { }
    exists (1:r0=1 /\\ D0.a=1)`,
    false,
  ],
  [
    "PIO of two CPUs",
    "x86+sn2-pic",
    `{ mmio int D0.a; } P0(int *x) { writel(1, D0.a); WRITE_ONCE(*x, 1); } P1(int *x) { int r0 = READ_ONCE(*x); if (r0) writel(2, D0.a); } D0() { }
    exists (1:r0=1 /\\ D0.a=1)`,
    true,
  ],
  [
    "MSI follows data",
    "x86",
    `{ } D0(int *x) { DMA_WRITE(*x, 1); MSI(); } P0(int *x) on msi(D0) { int r0 = 1; int r1 = READ_ONCE(*x); } exists (0:r0=1 /\\ 0:r1=0)`,
    false,
  ],
  [
    "INTx does not",
    "x86",
    `{ } D0(int *x) { DMA_WRITE(*x, 1); INTX(); } P0(int *x) on intx(D0) { int r0 = 1; int r1 = READ_ONCE(*x); } exists (0:r0=1 /\\ 0:r1=0)`,
    true,
  ],
  [
    "vectors",
    "x86",
    `{ } D0(int *x) { MSI(1); } P0(int *x) on msi(D0, 2) { int r0 = 1; } P1(int *x) on msi(D0, 1) { int r0 = 1; } exists (0:r0=1 \\/ 1:r0=0)`,
    false,
  ],
  ["own write, own read", "x86", `{ } D0(int *x) { DMA_WRITE(*x, 1); int r0 = DMA_READ(*x); } exists (D0:r0=0)`, false],
  ["own write, other class", "x86", `{ } D0(int *x) { DMA_WRITE(*x, 1); int r0 = DMA_READ(*x, TC(1)); } exists (D0:r0=0)`, true],
  [
    "reads in any order",
    "x86",
    `{ } P0(int *x, int *y) { WRITE_ONCE(*x, 1); WRITE_ONCE(*y, 1); } D0(int *x, int *y) { int r0 = DMA_READ(*y); int r1 = DMA_READ(*x); } exists (D0:r0=1 /\\ D0:r1=0)`,
    true,
  ],
  [
    "a read that waits for the other",
    "x86",
    `{ } P0(int *x, int *y) { WRITE_ONCE(*x, 1); WRITE_ONCE(*y, 1); }
    D0(int *x, int *y) { int r0 = DMA_READ(*y); if (r0) { int r1 = DMA_READ(*x); DMA_WRITE(*z, r1 + 5); } } exists (D0:r0=1 /\\ z=5)`,
    false,
  ],
  [
    "writes pass reads",
    "x86",
    `{ } P0(int *x, int *y) { int r0 = READ_ONCE(*y); WRITE_ONCE(*x, 1); } D0(int *x, int *y) { int r0 = DMA_READ(*x); DMA_WRITE(*y, 1); } exists (0:r0=1 /\\ D0:r0=1)`,
    true,
  ],
  [
    "AtomicOps",
    "x86",
    `{ } D0(int *x) { int r0 = DMA_FETCH_ADD(*x, 1); } D1(int *x) { int r0 = DMA_CAS(*x, 1, 5); } exists (x=1 /\\ D1:r0=1)`,
    false,
  ],
  [
    "CAS too late",
    "x86",
    `{ } D0(int *x) { int r0 = DMA_FETCH_ADD(*x, 1); } D1(int *x) { int r0 = DMA_CAS(*x, 1, 5); } exists (x=1 /\\ D1:r0=0)`,
    true,
  ],
  [
    "told out of band",
    "x86",
    `{ } D0(int *x) { DMA_WRITE(*x, 1); TELL(D1); } D1(int *x, int *y) { HEAR(D0); DMA_WRITE(*y, 1); } P0(int *x, int *y) { int r0 = READ_ONCE(*y); rmb(); int r1 = READ_ONCE(*x); }
    exists (0:r0=1 /\\ 0:r1=0)`,
    true,
  ],
  [
    "heard before told",
    "x86",
    `{ mmio int D0.a; mmio int D1.b; } D0() { TELL(D1); D0.a = 1; } D1() { HEAR(D0); HEAR(D0); D1.b = 1; } exists (D1.b=1)`,
    false,
  ],
  [
    "one TLP",
    "x86+sn2-pic",
    `{ dma(streaming) int x; dma(streaming) int y; } D0(int *x, int *y) { DMA_WRITEV(*x, 1, *y, 1); } P0(int *x, int *y) { int r0 = READ_ONCE(*y); rmb(); int r1 = READ_ONCE(*x); }
    exists (0:r0=1 /\\ 0:r1=0)`,
    false,
  ],
  [
    "peer to peer",
    "x86",
    `{ mmio int D1.a; } D0(int *x) { DMA_WRITE(*x, 1); DMA_WRITE(D1.a, 1); } D1(int *x) { WAIT(D1.a == 1); int r0 = DMA_READ(*x); } exists (D1:r0=0)`,
    false,
  ],
  [
    "order of arrival",
    "x86",
    `{ mmio int D0.a; mmio int D0.b; } P0() { writel(1, D0.a); writel(1, D0.b); } D0() { } exists (order(D0.b=1, D0.a=1))`,
    false,
  ],
  [
    "order of arrival of reads",
    "x86",
    `{ mmio int D0.a; mmio int D0.b; } P0() { writel(1, D0.a); int r0 = readl(D0.b); } D0() { } exists (order(D0.b, D0.a=1))`,
    false,
  ],
  [
    "order of arrival of reads of two devices",
    "x86",
    `{ mmio int D0.a; mmio int D1.b; } P0() { writel(1, D0.a); int r0 = readl(D1.b); } D0() { } D1() { } exists (order(D1.b, D0.a=1))`,
    true,
  ],
  [
    "write waits",
    "x86",
    `{ port int D0.p; mmio int D0.b; } P0(int *x) { outl(1, D0.p); WRITE_ONCE(*x, 1); } D0(int *x) { int r0 = DMA_READ(*x); int r1 = r0; if (r1) D0.b = D0.p + 5; } exists (D0.b=5)`,
    false,
  ],
  [
    "write combining",
    "x86",
    `{ mmio(wc) int D0.a; } P0() { writel_relaxed(1, D0.a); writel_relaxed(2, D0.a); } D0() { WAIT(D0.a == 2); int r0 = 1; } exists (order(D0.a=1, D0.a=2))`,
    true,
  ],
  [
    "an engine in one step",
    "x86",
    `{ mmio int D0.a; } D0() { int r0; ATOMIC { r0 = D0.a; D0.a = r0 + 1; } } D1() in(D0) { int r0; ATOMIC { r0 = D0.a; D0.a = r0 + 1; } } exists (D0.a=1)`,
    false,
  ],
  [
    "engines without",
    "x86",
    `{ mmio int D0.a; } D0() { int r0 = D0.a; D0.a = r0 + 1; } D1() in(D0) { int r0 = D0.a; D0.a = r0 + 1; } exists (D0.a=1)`,
    true,
  ],
  [
    "a handler in the device",
    "x86",
    `{ mmio int D0.d; } P0(int *x) { WRITE_ONCE(*x, 1); writel(1, D0.d); } D0() { } D1(int *x) in(D0) on write(D0.d) { int r0 = DMA_READ(*x); int r1 = 1; } exists (D1:r1=1 /\\ D1:r0=0)`,
    false,
  ],
  [
    "trylock",
    "arm64",
    `{ spinlock_t l; } P0(spinlock_t *l) { int r0 = spin_trylock(l); } P1(spinlock_t *l) { int r0 = spin_trylock(l); } exists (0:r0=1 /\\ 1:r0=1)`,
    false,
  ],
  [
    "stores that reach CPUs one by one: IRIW with read barriers",
    "portable",
    `{ } P0(int *x) { WRITE_ONCE(*x, 1); } P1(int *y) { WRITE_ONCE(*y, 1); }
    P2(int *x, int *y) { int r0 = READ_ONCE(*x); smp_rmb(); int r1 = READ_ONCE(*y); } P3(int *x, int *y) { int r0 = READ_ONCE(*y); smp_rmb(); int r1 = READ_ONCE(*x); }
    exists (2:r0=1 /\\ 2:r1=0 /\\ 3:r0=1 /\\ 3:r1=0)`,
    true,
  ],
  [
    "… IRIW with full barriers",
    "portable",
    `{ } P0(int *x) { WRITE_ONCE(*x, 1); } P1(int *y) { WRITE_ONCE(*y, 1); }
    P2(int *x, int *y) { int r0 = READ_ONCE(*x); smp_mb(); int r1 = READ_ONCE(*y); } P3(int *x, int *y) { int r0 = READ_ONCE(*y); smp_mb(); int r1 = READ_ONCE(*x); }
    exists (2:r0=1 /\\ 2:r1=0 /\\ 3:r0=1 /\\ 3:r1=0)`,
    false,
  ],
  [
    "… MP with smp_wmb and smp_rmb",
    "portable",
    `{ } P0(int *x, int *y) { WRITE_ONCE(*x, 1); smp_wmb(); WRITE_ONCE(*y, 1); } P1(int *x, int *y) { int r0 = READ_ONCE(*y); smp_rmb(); int r1 = READ_ONCE(*x); }
    exists (1:r0=1 /\\ 1:r1=0)`,
    false,
  ],
  [
    "… WRC with a release",
    "portable",
    `{ } P0(int *x) { WRITE_ONCE(*x, 1); } P1(int *x, int *y) { int r0 = READ_ONCE(*x); smp_store_release(y, 1); }
    P2(int *x, int *y) { int r0 = READ_ONCE(*y); smp_rmb(); int r1 = READ_ONCE(*x); } exists (1:r0=1 /\\ 2:r0=1 /\\ 2:r1=0)`,
    false,
  ],
  [
    "… WRC with a dependency",
    "portable",
    `{ } P0(int *x) { WRITE_ONCE(*x, 1); } P1(int *x, int *y) { int r0 = READ_ONCE(*x); WRITE_ONCE(*y, r0); }
    P2(int *x, int *y) { int r0 = READ_ONCE(*y); smp_rmb(); int r1 = READ_ONCE(*x); } exists (1:r0=1 /\\ 2:r0=1 /\\ 2:r1=0)`,
    true,
  ],
  [
    "… 2+2W with smp_wmb",
    "portable",
    `{ } P0(int *x, int *y) { WRITE_ONCE(*x, 1); smp_wmb(); WRITE_ONCE(*y, 2); } P1(int *x, int *y) { WRITE_ONCE(*y, 1); smp_wmb(); WRITE_ONCE(*x, 2); }
    exists (x=1 /\\ y=1)`,
    true,
  ],
  [
    "… an unlock and a lock on one CPU",
    "portable",
    `{ } P0(int *x) { WRITE_ONCE(*x, 1); } P1(int *x, int *y, spinlock_t *l) { spin_lock(l); int r0 = READ_ONCE(*x); spin_unlock(l); spin_lock(l); WRITE_ONCE(*y, 1); spin_unlock(l); }
    P2(int *x, int *y) { int r0 = READ_ONCE(*y); smp_rmb(); int r1 = READ_ONCE(*x); } exists (1:r0=1 /\\ 2:r0=1 /\\ 2:r1=0)`,
    false,
  ],
  [
    "… a device that reads",
    "portable",
    `{ mmio int D0.door; } P0(int *x) { WRITE_ONCE(*x, 1); writel(1, D0.door); } D0(int *x) { WAIT(D0.door == 1); int r0 = DMA_READ(*x); } exists (D0:r0=0)`,
    false,
  ],
  [
    "… a store-release of ia64",
    "ia64",
    `{ } P0(int *x) { smp_store_release(x, 1); } P1(int *y) { smp_store_release(y, 1); }
    P2(int *x, int *y) { int r0 = smp_load_acquire(x); int r1 = READ_ONCE(*y); } P3(int *x, int *y) { int r0 = smp_load_acquire(y); int r1 = READ_ONCE(*x); }
    exists (2:r0=1 /\\ 2:r1=0 /\\ 3:r0=1 /\\ 3:r1=0)`,
    false,
  ],
  [
    "a completion for whoever asks",
    "x86+pci21",
    `{ } D0(int *x, int *y) { int r0 = DMA_READ(*y); int r1 = 2; if (r0) { r1 = DMA_READ(*x); } } D1(int *x) { int r0 = DMA_READ(*x); }
    P0(int *x, int *y) { WRITE_ONCE(*x, 1); dma_wmb(); WRITE_ONCE(*y, 1); } exists (D0:r0=1 /\\ D0:r1=0)`,
    true,
  ],
  [
    "a completion for who asked",
    "x86+pci",
    `{ } D0(int *x, int *y) { int r0 = DMA_READ(*y); int r1 = 2; if (r0) { r1 = DMA_READ(*x); } } D1(int *x) { int r0 = DMA_READ(*x); }
    P0(int *x, int *y) { WRITE_ONCE(*x, 1); dma_wmb(); WRITE_ONCE(*y, 1); } exists (D0:r0=1 /\\ D0:r1=0)`,
    false,
  ],
  [
    "a completion of another word, and one's own",
    "x86+pci21",
    `{ int x=1; int y=2; } D0(int *x, int *y) { int r0 = DMA_READ(*x); int r1 = DMA_READ(*x); } D1(int *y) { int r0 = DMA_READ(*y); }
    exists (D0:r0!=1 \\/ D0:r1!=1 \\/ D1:r0!=2)`,
    false,
  ],
  [
    "its owner asks again",
    "x86+pci21",
    `{ } D0(int *x) { int r0 = DMA_READ(*x); } D1(int *x) { int r0 = DMA_READ(*x); DMA_WRITE(*x, r0 + 5); } exists (D0:r0=5 /\\ D1:r0=0)`,
    true,
  ],
  [
    "a burst whose later word is lost",
    "pci",
    `{ mmio(combining, at=0) int D0.a; mmio(combining, at=4, no_burst) int D0.b; } P0() { writel(1, D0.a); writel(1, D0.b); } D0() { } exists (D0.b=0)`,
    true,
  ],
  [
    "a read back between the words",
    "pci",
    `{ mmio(combining, at=0) int D0.a; mmio(combining, at=4, no_burst) int D0.b; } P0() { writel(1, D0.a); int r0 = readl(D0.a); writel(1, D0.b); } D0() { }
    exists (D0.b=0)`,
    false,
  ],
  [
    "words in falling order",
    "pci",
    `{ mmio(combining, at=0, no_burst) int D0.a; mmio(combining, at=4, no_burst) int D0.b; } P0() { writel(1, D0.b); writel(1, D0.a); } D0() { }
    exists (D0.a=0 \\/ D0.b=0)`,
    false,
  ],
  [
    "a write of another CPU between the words",
    "pci",
    `{ mmio(combining, at=0) int D0.a; mmio(combining, at=4, no_burst) int D0.b; mmio int D0.c; } P0() { writel(1, D0.a); writel(1, D0.b); } P1() { writel(1, D0.c); }
    D0() { } exists (D0.b=0 /\\ order(D0.c=1, D0.a=1))`,
    true,
  ],
  [
    "a withheld answer pushes DMA",
    "x86",
    `{ mmio int D0.s; } D0(int *x) on read(D0.s) { DMA_WRITE(*x, 1); ANSWER(D0.s, 1); } P0(int *x) { int r0 = readl(D0.s); int r1 = READ_ONCE(*x); }
    exists (0:r0!=1 \\/ 0:r1=0)`,
    false,
  ],
  [
    "an answer with RO",
    "x86",
    `{ mmio int D0.s; } D0(int *x) on read(D0.s) { DMA_WRITE(*x, 1); ANSWER(D0.s, 1, RO); } P0(int *x) { int r0 = readl(D0.s); int r1 = READ_ONCE(*x); }
    exists (0:r0=1 /\\ 0:r1=0)`,
    true,
  ],
  [
    "unmapped strictly",
    "x86",
    `iommu=strict { dma(streaming) int x; } D0(int *x) { DMA_WRITE(*x, 1); } P0(int *x) { dma_unmap_single(x); WRITE_ONCE(*x, 5); } exists (x=1)`,
    false,
  ],
  [
    "unmapped lazily",
    "x86",
    `iommu=lazy { dma(streaming) int x; } D0(int *x) { DMA_WRITE(*x, 1); } P0(int *x) { dma_unmap_single(x); WRITE_ONCE(*x, 5); } exists (x=1)`,
    true,
  ],
  [
    "refused once, refused for good",
    "x86",
    `iommu=lazy { dma(streaming) int x; } D0(int *x) { int r0 = DMA_READ(*x); if (r0) { int r1 = DMA_READ(*x); } } P0(int *x) { dma_unmap_single(x); }
    exists (D0:r0=-1 /\\ D0:r1=0)`,
    false,
  ],
  [
    "translated before",
    "x86",
    `iommu=strict { dma(streaming) int x; } D0(int *x) { DMA_WRITE(*x, 1, AT); } P0(int *x) { dma_unmap_single(x); WRITE_ONCE(*x, 5); } exists (x=1)`,
    true,
  ],
  [
    "mapped again",
    "x86",
    `iommu=strict { dma(streaming) int x; mmio int D0.d; } D0(int *x) { WAIT(D0.d == 1); int r0 = DMA_READ(*x); }
    P0(int *x) { dma_unmap_single(x); dma_map_single(x); writel(1, D0.d); } exists (D0:r0=-1)`,
    false,
  ],
  [
    "IDO of two functions",
    "x86",
    `{ device D1(card=D0, function=1); } D0(int *x) { DMA_WRITE(*x, 1); TELL(D1); } D1(int *y) { HEAR(D0); DMA_WRITE(*y, 1, IDO); }
    P0(int *x, int *y) { int r0 = READ_ONCE(*y); rmb(); int r1 = READ_ONCE(*x); } exists (0:r0=1 /\\ 0:r1=0)`,
    true,
  ],
  [
    "unordered I/O",
    "x86",
    `{ } D0(int *x, int *y) { DMA_WRITE(*x, 1, UIO); DMA_WRITE(*y, 1); } P0(int *x, int *y) { int r0 = READ_ONCE(*y); rmb(); int r1 = READ_ONCE(*x); }
    exists (0:r0=1 /\\ 0:r1=0)`,
    true,
  ],
  [
    "room for one",
    "x86",
    `credits=1 { } D0(int *x, int *y) { int r0 = DMA_READ(*x); int r1 = DMA_READ(*y); } P0(int *x, int *y) { WRITE_ONCE(*x, 1); smp_mb(); WRITE_ONCE(*y, 1); }
    exists (D0:r0=0 /\\ D0:r1=1)`,
    true,
  ],
  [
    "room for one, two reads in order",
    "x86",
    `credits=1 { } D0(int *x) { DMA_WRITE(*x, 1, RO); DMA_WRITE(*x, 2, RO); DMA_WRITE(*x, 3, RO); } P0(int *x) { int r0 = READ_ONCE(*x); int r1 = READ_ONCE(*x); }
    exists (0:r0=3 /\\ 0:r1=1)`,
    false,
  ],
  [
    "interrupts masked",
    "x86",
    `{ } D0() { MSI(); } P0(int *x) { local_irq_disable(); WRITE_ONCE(*x, 1); WRITE_ONCE(*x, 2); local_irq_enable(); } P1(int *x) on msi(D0) cpu(0) { int r0 = READ_ONCE(*x); }
    exists (1:r0=1)`,
    false,
  ],
];

export const JUDGES: readonly Judge[] = list.map(([name, platform, text, allowed]) => {
  const program = programOf(`C ${name.replace(/[^\w+-]/g, "-")}\n${text.replace(/^(\w+=\w+) /, "$1\n")}`, name);
  return { name, platform, program, allowed };
});

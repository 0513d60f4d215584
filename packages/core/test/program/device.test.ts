import { describe, expect, test } from "vitest";
import { code, device, deviceInit, driver, listing, problems } from "./listing.js";

describe("what a device does", () => {
  test.each([
    ["DMA_WRITE(*x, 1);", "dma-write x = 1"],
    ["DMA_WRITE(*x, 1, RO, IDO, UIO, TC(3));", "dma-write x = 1 [RO, IDO, UIO, TC(3)]"],
    ["int r0 = DMA_READ(*x, RO); DMA_WRITE(*y, r0 + 1);", "dma-read r0 = x [RO]; dma-write y = r0 + 1"],
    ["DMA_READ(*x); DMA_READ(*y);", "dma-read $$0 = x; dma-read $$1 = y"],
    ["DMA_READ_ZERO(*x);", "dma-read-zero $$0 = x"],
    ["DMA_WRITEV(*x, 1, *y, 2, TC(1));", "dma-write x = 1, y = 2 [TC(1)]"],
    ["DMA_READV(r0, *x, r1, *y); D0.a = r0 + r1;", "dma-read r0 = x, r1 = y; D0.a = r0 + r1"],
    ["int r0 = DMA_FETCH_ADD(*x, 2);", "r0 = dma-atomic x + 2"],
    ["int r0 = DMA_SWAP(*x, 2, RO);", "r0 = dma-atomic x = 2 [RO]"],
    ["int r0 = DMA_CAS(*x, 0, 2);", "r0 = dma-atomic x 0 -> 2"],
    ["DMA_WRITE(D1.c, 1); int r0 = DMA_READ(D1.c);", "dma-write D1.c = 1; dma-read r0 = D1.c"],
    ["int *r0 = DMA_READ(*x); DMA_WRITE(*r0, 1);", "dma-read r0 = x; dma-write *(r0) = 1"],
    ["DMA_WRITE(*D0.a, 1);", "$0 = D0.a; dma-write *($0) = 1"],
    [
      "MSI(); MSI(2); MSIX(1, RO); MSI(TC(2)); INTX(); ATS_INVALIDATE_DONE();",
      "msi 0; msi 2; msi 1 [RO]; msi 0 [TC(2)]; intx; ats-invalidate-done",
    ],
    ["D0.a = 1; int r0 = D0.b; D0.many[2] = r0;", "D0.a = 1; r0 = D0.b; D0.many[2] = r0"],
    ["if (D0.a == 1) D0.b += 2;", "$0 = D0.a; branch $0 == 1 else 4 join 4; $0 = D0.b; D0.b = $0 + 2"],
    ["TELL(D1); HEAR(D1); udelay(1);", "tell D1; hear D1; udelay"],
    ["ATOMIC { D0.a = 1; D0.b = 1; } D0.a = 2;", "atomic 2; D0.a = 1; D0.b = 1; D0.a = 2"],
  ])("%s", (body, expected) => {
    expect(device(body)).toBe(expected);
  });

  test("a parameter may name an own register", () => {
    expect(code("D0(int *a) { *a = 1; WAIT(*a == 2); }", deviceInit)).toBe("D0.a = 1; wait $0 == 2 where $0 = D0.a");
  });

  test("what it does not", () => {
    expect(
      problems(
        "D0(int *x) { D1.c = 1; int r0 = D1.c; *x = 1; r0 = *x; READ_ONCE(*x); smp_mb(); writel(1, D1.c); WAIT(D1.c); DMA_WRITE(D0.p, 1); }",
        deviceInit,
      ),
    ).toEqual([
      'misplaced "D1.c = 1": `D1.c` is not a register of D0 (write `DMA_WRITE(D1.c, …)`)',
      'misplaced "D1.c": `D1.c` is not a register of D0 (write `r = DMA_READ(D1.c)`)',
      'misplaced "*x = 1": a device writes memory by DMA (write `DMA_WRITE(*x, …)`)',
      'misplaced "*x": a device reads memory by DMA (write `r = DMA_READ(*x)`)',
      'misplaced "READ_ONCE(*x)": `READ_ONCE` is for a CPU, and D0 is a device (write `r = DMA_READ(*x)`)',
      'misplaced "smp_mb()": `smp_mb` is for a CPU, and D0 is a device',
      'misplaced "writel(1, D1.c)": `writel` is for a CPU, and D0 is a device (its own registers are written as `D0.reg = e`, those of another device with DMA_WRITE)',
      'misplaced "D1.c": a device waits for its own registers and for values that it has (poll it with `r = DMA_READ(D1.c)`)',
      'misplaced "D0.p": `D0.p` is an I/O port, which DMA does not reach',
    ]);
  });

  test("attributes", () => {
    expect(problems("D0(int *x) { DMA_WRITE(*x, 1, FAST, TC(8)); MSI(-1); TELL(P0); }")).toEqual([
      'unknown-attribute "FAST": this is no attribute of a transaction (there are RO, IDO, UIO, AT and TC(n))',
      'arguments "TC(8)": a traffic class is a constant from 0 to 7 (write `TC(1)`)',
      'arguments "-1": the vector must be a constant, 0 or more',
      'unknown-name "P0": there is no device `P0` (did you mean `D0`?)',
    ]);
  });

  test("and a CPU does not do DMA", () => {
    expect(problems("P0(int *x) { DMA_WRITE(*x, 1); D0.a = 1; int r0 = D0.a; MSI(); ATOMIC { } }", deviceInit)).toEqual([
      'misplaced "DMA_WRITE(*x, 1)": `DMA_WRITE` is for a device, and P0 is a CPU thread (write `WRITE_ONCE(*x, value)`)',
      'warning misplaced "D0.a = 1": `D0.a` is a register, accessed here without an accessor: a bare store (a driver writes `writel`)',
      'warning misplaced "D0.a": `D0.a` is a register, accessed here without an accessor: a bare load (a driver writes `readl`)',
      'misplaced "MSI()": `MSI` is for a device, and P0 is a CPU thread',
      'misplaced "ATOMIC { }": ATOMIC is a step of a device (a CPU has atomics and locks)',
    ]);
  });
});

describe("PIO", () => {
  test.each([
    ["int r0 = readl(D0.a);", "r0 = readX D0.a"],
    ["int r0 = readb(&D0.a);", "r0 = readX D0.a"],
    ["int r0 = readq_relaxed(D0.a);", "r0 = readX_relaxed D0.a"],
    ["int r0 = __raw_readw(D0.a);", "r0 = raw_readX D0.a"],
    ["int r0 = readsl(D0.a);", "r0 = readsX D0.a"],
    ["readsl(D0.a, x, 4);", "$0 = readsX D0.a; plain_write x = $0"],
    ["int r0; readsl(D0.a, &r0, 1);", "r0 = readsX D0.a"],
    ["writel(1, D0.a); writel(D0.a, 2); writel(3, &D0.a);", "writeX D0.a = 1; writeX D0.a = 2; writeX D0.a = 3"],
    ["writel(x, D0.a);", "writeX D0.a = &x"],
    ["writel(READ_ONCE(*x), D0.a);", "$0 = READ_ONCE x; writeX D0.a = $0"],
    ["writel_relaxed(1, D0.a); __raw_writel(2, D0.a);", "writeX_relaxed D0.a = 1; raw_writeX D0.a = 2"],
    [
      "writesl(D0.a, 1); writesl(D0.a, x, 4); memcpy_toio(D0.w, x, 4);",
      "writesX D0.a = 1; $0 = plain_read x; writesX D0.a = $0; $0 = plain_read x; writesX D0.w = $0",
    ],
    ["memcpy_fromio(x, D0.w, 4);", "$0 = readsX D0.w; plain_write x = $0"],
    [
      "int r0 = ioread32(D0.a); iowrite32(1, D0.a); r0 = ioread32be(D0.a); ioread32_rep(D0.a, x, 1);",
      "r0 = readX D0.a; writeX D0.a = 1; r0 = readX D0.a; $0 = readsX D0.a; plain_write x = $0",
    ],
    [
      "int r0 = ioread32(D0.p); iowrite8(1, D0.p); r0 = inl(D0.p); outb(2, D0.p); r0 = insl(D0.p); outsl(D0.p, 1);",
      "r0 = inX D0.p; outX D0.p = 1; r0 = inX D0.p; outX D0.p = 2; r0 = insX D0.p; outsX D0.p = 1",
    ],
    [
      "int r0 = pci_read_config_dword(D0.q); pci_read_config_dword(D0, D0.q, &r0); pci_read_config_word(pdev, D0.q, r0);",
      "r0 = config_read D0.q; r0 = config_read D0.q; r0 = config_read D0.q",
    ],
    [
      "pci_write_config_dword(D0.q, 1); pci_write_config_dword(D0, D0.q, 2); pci_write_config_byte(pdev, D0.q, 3);",
      "config_write D0.q = 1; config_write D0.q = 2; config_write D0.q = 3",
    ],
    [
      "int r0 = D0.w; D0.w = 1; *D0.w = 2; WRITE_ONCE(D0.w, 3);",
      "r0 = plain_readX D0.w; plain_writeX D0.w = 1; plain_writeX D0.w = 2; raw_writeX D0.w = 3",
    ],
    ["for (int i = 0; i < 2; i++) writel(i, D0.many[i + 1]);", "writeX D0.many[1] = 0; writeX D0.many[2] = 1"],
    ["while (!(readl(D0.a) & 4)) udelay(1);", "$0 = readX D0.a; branch !!($0 & 4) else 4 join 4; udelay; loop 0 polls"],
  ])("%s", (body, expected) => {
    expect(driver(body)).toBe(expected.replace("branch !!($0 & 4)", "branch !($0 & 4)"));
  });

  test("through a parameter", () => {
    expect(code("P0(int *a, int *w) { writel(1, a); int r0 = readl(a); *w = 2; }", deviceInit)).toBe(
      "writeX D0.a = 1; r0 = readX D0.a; plain_writeX D0.w = 2",
    );
  });

  test("in the wrong space", () => {
    expect(
      problems(
        "P0(int *x) { readl(D0.p); inl(D0.a); readl(D0.q); pci_read_config_dword(D0.a); writel(1, x); outl(1, D0.a); readl(D0.zz); readl(5); }",
        deviceInit,
      ),
    ).toEqual([
      'misplaced "readl(D0.p)": `readl` is for memory-mapped registers, and `D0.p` is an I/O port (write `inl`)',
      'misplaced "inl(D0.a)": `inl` is for I/O ports, and `D0.a` is a register (write `readl`)',
      'misplaced "readl(D0.q)": `readl` is for memory-mapped registers, and `D0.q` is configuration space (write `pci_read_config_dword`)',
      'misplaced "pci_read_config_dword(D0.a)": `pci_read_config_dword` is for configuration space, and `D0.a` is a register (write `readl`)',
      'misplaced "writel(1, x)": `writel` accesses a device\'s register, and `x` is memory (write READ_ONCE or WRITE_ONCE, or declare `mmio int D0.x;`)',
      'misplaced "outl(1, D0.a)": `outl` is for I/O ports, and `D0.a` is a register (write `writel`)',
      'unknown-name "D0.zz": `D0.zz` is not declared (declare it in the initial state: `mmio int D0.zz;`)',
      'arguments "readl(5)": `readl` needs a register by its name (it is written `readl(register)`, the register as `D0.reg`; each register has a name of its own)',
    ]);
  });

  test("an index that is not constant", () => {
    const index = 'arguments "i": the index of a register must be a constant (write one access for each, or a `for` with constant bounds)';
    expect(problems("P0(int *x) { int i = READ_ONCE(*x); writel(x, D0.many[i]); }", deviceInit)).toEqual([index]);
    expect(problems("D0(int *x) { int i = DMA_READ(*x); D0.many[i] = 1; }", deviceInit)).toEqual([index]);
  });

  test("user space has none, but may map registers", () => {
    expect(problems("P0() user { writel(1, D0.a); }", deviceInit)).toEqual([
      'misplaced "writel(1, D0.a)": user space has no PIO, and P0 is a user thread (map the barrier or move the access to the kernel)',
    ]);
    expect(code("P0(int *a, int *w) user { *a = 1; WRITE_ONCE(*w, 2); int r0 = *w; }", deviceInit)).toBe(
      "raw_writeX D0.a = 1; raw_writeX D0.w = 2; r0 = raw_readX D0.w",
    );
  });
});

describe("locks, interrupts, the DMA API", () => {
  test.each([
    ["spin_lock(x); spin_unlock(x); mutex_lock(y); mutex_unlock(y);", "spin_lock x; spin_unlock x; mutex_lock y; mutex_unlock y"],
    ["spin_lock_irq(x); spin_unlock_irq(x);", "interrupts off; spin_lock x; spin_unlock x; interrupts on"],
    [
      "unsigned long f; spin_lock_irqsave(x, f); spin_unlock_irqrestore(x, f);",
      "interrupts off; spin_lock x; spin_unlock x; interrupts on",
    ],
    ["spin_lock_bh(x); raw_spin_unlock(&*x);", "spin_lock x; spin_unlock x"],
    [
      "unsigned long f; local_irq_disable(); local_irq_save(f); local_irq_restore(f); local_irq_enable();",
      "interrupts off; interrupts off; interrupts on",
    ],
    ["int r0 = spin_trylock(x); int r1 = spin_is_locked(x);", "r0 = spin_trylock x; r1 = spin_is_locked x"],
    ["spin_unlock_wait(x);", "$0 = spin_is_locked x; branch $0 else 3 join 3; loop 0 polls"],
    [
      "dma_sync_single_for_cpu(x); dma_sync_single_for_device(dev, *x, 4, DMA_TO_DEVICE); dma_unmap_single(x);",
      "dma sync-for-cpu x; dma sync-for-device x; dma unmap x",
    ],
    ["int *r0 = dma_map_single(dev, x, 4, DMA_TO_DEVICE);", "dma map x; r0 = &x"],
    [
      "MIGRATE(1); ats_wait(D0); msleep(1); mmiowb(); dma_rmb(); udma_to_device_barrier();",
      "migrate 1; ats-wait D0; msleep; mmiowb; dma_rmb; udma_to_device_barrier",
    ],
  ])("%s", (body, expected) => {
    expect(driver(body)).toBe(expected);
  });

  test("what is locked is a lock", () => {
    expect(listing("P0(int *x, spinlock_t *s) { spin_lock(x); } P1(int *m) { }", "struct mutex m;")).toContain(
      "  m = 0 (lock)\n  x = 0 (lock)\n  s = 0 (lock)\n",
    );
  });

  test("answers", () => {
    expect(problems("D0(int *x) { ANSWER(*x, 1); ANSWER(D1.a); ANSWER(D0.a, 1, TC(1)); }", "mmio int D0.a; mmio int D1.a;")).toEqual([
      'misplaced "*x": a device answers reads of its own registers (memory answers by itself)',
      'misplaced "D1.a": a device answers reads of its own registers (write `ANSWER(D0.status, 1)` in D0)',
      'unknown-attribute "TC(1)": a completion has the traffic class of its request, and is neither unordered I/O nor translated (there are RO and IDO)',
    ]);
    expect(problems("D0() { ANSWER(D0.a, 1, RO); ANSWER(D0.a); }", "mmio int D0.a;")).toEqual([
      'arguments "ANSWER(D0.a)": the answers of `D0.a` differ in their attributes (give all of them the same)',
    ]);
  });

  test("offsets", () => {
    expect(problems("D0() { } P0() { writel(1, D0.a); }", "mmio(combining, at=3, no_burst) int D0.a;")).toEqual([
      'arguments "at=3": `at` takes an offset in bytes, a multiple of 4 (write `at=4`)',
    ]);
  });

  test("atomics and locks are memory's", () => {
    expect(problems("P0() { xchg(D0.a, 1); spin_lock(D0.a); }", deviceInit)).toEqual([
      'misplaced "xchg(D0.a, 1)": `xchg` works on memory, and `D0.a` is none',
      'misplaced "spin_lock(D0.a)": `spin_lock` works on memory, and `D0.a` is none',
    ]);
  });
});

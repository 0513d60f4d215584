/** Names of the kernel that are no primitives: another name for one, or a hint how a test says it. */
import { describe, expect, test } from "vitest";
import { parseTest } from "../../src/litmus/parse.js";
import { lowerTest } from "../../src/program/lower.js";
import { instead, sameAs } from "../../src/program/other-names.js";
import { primitive } from "../../src/program/primitives.js";
import { printProgram } from "../../src/program/print.js";

const test_ = (body: string): string =>
  `C t\n{ dma(streaming) int x; mmio int D0.r; port int D0.p; spinlock_t l; }\nP0(int *x, spinlock_t *l) { ${body} }\nD0() { }\nexists (true)`;

function lowered(body: string): { readonly text: string | undefined; readonly problems: readonly string[] } {
  const source = { name: "t", text: test_(body) };
  const parsed = parseTest(source);
  const result = parsed.ok ? lowerTest(parsed.value, source) : parsed;
  return {
    text: result.ok ? printProgram(result.value).replace(/\/\/.*/g, "") : undefined,
    problems: [...(parsed.ok ? parsed.problems : []), ...result.problems].map(
      (each) => `${each.severity} ${each.code}: ${each.hint ?? ""}`,
    ),
  };
}

describe("other names of a primitive", () => {
  test.each([
    ["dma_sync_sg_for_cpu(dev, x, 1, DMA_FROM_DEVICE);", "dma_sync_single_for_cpu(*x);"],
    ["dma_unmap_page_attrs(dev, x, 4, DMA_FROM_DEVICE, 0);", "dma_unmap_single(*x);"],
    ["pci_map_single(x);", "dma_map_single(*x);"],
    ["int a = in_le32(D0.r);", "int a = readl(D0.r);"],
    ["out_be32(D0.r, 1);", "writel(1, D0.r);"],
    ["lo_hi_writeq(1, D0.r);", "writeq(1, D0.r);"],
    ["outb_p(1, D0.p);", "outb(1, D0.p);"],
    ["virt_wmb();", "smp_wmb();"],
    ["smp_mb__before_clear_bit();", "smp_mb__before_atomic();"],
    ["spin_lock_nested(l, 1);", "spin_lock(l);"],
    ["local_bh_disable();", "preempt_disable();"],
    ["int a = be32_to_cpu(READ_ONCE(*x));", "int a = le32_to_cpu(READ_ONCE(*x));"],
  ])("%s", (other, usual) => {
    const found = lowered(other);
    expect(found.problems).toEqual([]);
    expect(found.text).toBe(lowered(usual).text);
  });

  test("each is another name for something that there is", () => {
    for (const name of ["lo_hi_readq", "virt_mb", "pci_unmap_sg", "inl_p", "fsleep"]) {
      expect(primitive(sameAs(name) ?? "")).toBeDefined();
    }
  });

  test("a string write takes a local as its buffer", () => {
    expect(lowered("int a = 5; iowrite32_rep(D0.r, &a, 1);").problems).toEqual([]);
  });
});

describe("hints", () => {
  test.each([
    ["dma_alloc_coherent(x);", "dma(coherent)"],
    ["dma_map_single_attrs(x, DMA_ATTR_WRITE_BARRIER);", "write_barrier"],
    ["ioremap_wc(D0.r);", "mmio(wc)"],
    ["regmap_read_poll_timeout(D0.r);", "do {"],
    ["mfence();", "mb();"],
    ["wait_for_completion(x);", "smp_load_acquire"],
    ["__set_bit(0, x);", "set_bit"],
    ["BUG_ON(x);", "condition"],
    ["atomic_thread_fence(x);", "fencepost herd"],
    ["disable_irq(x);", "local_irq_disable"],
    ['asm volatile("mf" ::: "memory");', "barrier();"],
    ["dma_rmb;", "dma_rmb()"],
  ])("%s", (body, hint) => {
    const { problems } = lowered(body);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^error /);
    expect(problems[0]).toContain(hint);
  });

  test("a name that nobody knows has none", () => {
    expect(instead("frobnicate")).toBeUndefined();
  });
});

describe("a register without an accessor", () => {
  test("is a bare load or store, with a warning", () => {
    expect(lowered("D0.r = 1; int a = *(volatile int *)&D0.r;").problems).toEqual([
      "warning misplaced: a driver writes `writel`",
      "warning misplaced: a driver writes `readl`",
    ]);
    expect(lowered("D0.r = 1;").text).toMatch(/plain_writeX/);
  });

  test("which READ_ONCE, a port and an atomic are not", () => {
    expect(lowered("int a = READ_ONCE(D0.r);").problems).toEqual(["error misplaced: write `readl(D0.r)`"]);
    expect(lowered("D0.p = 1;").problems).toEqual(["error misplaced: write `outl(…, D0.p)`"]);
  });
});

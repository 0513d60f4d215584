/** What a driver's text has besides accesses: structures, names for numbers, bit fields, polling macros, handles of mappings. */
import { describe, expect, test } from "vitest";
import { parseTest } from "../../src/litmus/parse.js";
import { printTest } from "../../src/litmus/print.js";
import { lowerTest } from "../../src/program/lower.js";
import { printProgram } from "../../src/program/print.js";

const INIT =
  "struct desc { u32 addr; u32 own; }; dma(coherent) struct desc ring[2]; dma(streaming) struct desc one; dma(streaming) int buf[2]; mmio int D0.st;";

function lowered(body: string, before = "", init = INIT): { readonly code: string; readonly problems: readonly string[] } {
  const source = { name: "t", text: `C t\n${before}{ ${init} }\nP0(struct desc *ring) { ${body} }\nD0() { }\nexists (true)` };
  const parsed = parseTest(source);
  const result = parsed.ok ? lowerTest(parsed.value, source) : parsed;
  if (parsed.ok) {
    // What is printed is read as the same.
    const again = parseTest({ name: "t", text: printTest(parsed.value) });
    expect(again.ok && printTest(again.value)).toBe(printTest(parsed.value));
  }
  const code = result.ok ? printProgram(result.value).replace(/\/\/.*/g, "") : "";
  return {
    code: /P0[\s\S]*?\n\n|P0[\s\S]*$/.exec(code)?.[0] ?? "",
    problems: [...parsed.problems, ...result.problems].map((each) => each.message),
  };
}

describe("the same thing, said as a driver says it", () => {
  test.each([
    ["int a = READ_ONCE(ring[1].own);", "int a = READ_ONCE(ring.own[1]);", ""],
    ["int a = one.own;", "int a = one->own;", ""],
    ["one.own = 1;", "one->own = 1;", ""],
    ["smp_store_release(&one->own, 1);", "smp_store_release(&one.own, 1);", ""],
    ["WRITE_ONCE(one.own, DONE);", "WRITE_ONCE(one.own, 8);", "#define DONE BIT(3) /* all of it */\n"],
    ["WRITE_ONCE(one.own, B);", "WRITE_ONCE(one.own, 5);", "#include <linux/io.h>\n#define A 0x4\n#define B (A | \\\n  1U)\n"],
    ["WRITE_ONCE(one.own, A);", "WRITE_ONCE(one.own, 1);", "#define A 1 // one\n/*\n#define A 2\n*/\n"],
    ["WRITE_ONCE(one.own, EIO);", "WRITE_ONCE(one.own, -5);", "#define EIO -5\n"],
    ["int a = FIELD_GET(GENMASK(7, 4), READ_ONCE(one.own));", "int a = READ_ONCE(one.own) >> 4 & 15;", ""],
    ["int a = FIELD_PREP(GENMASK(7, 4), 3);", "int a = 48;", ""],
    ["int a = sizeof(struct desc) + sizeof(*ring) + sizeof a;", "int a = 12;", ""],
    [
      "u32 v; int a = readl_poll_timeout(D0.st, v, v & BIT(0), 10, 1000);",
      "u32 v; do { v = readl(D0.st); } while (!(v & 1)); int a = 0;",
      "",
    ],
    [
      "u32 v; int a = readx_poll_timeout_atomic(readl_relaxed, D0.st, v, v == 1, 10, 1000);",
      "u32 v; do { v = readl_relaxed(D0.st); } while (!(v == 1)); int a = 0;",
      "",
    ],
    [
      "u32 v; int a = read_poll_timeout(readl, v, v, 10, 1000, false, D0.st);",
      "u32 v; do { v = readl(D0.st); } while (!v); int a = 0;",
      "",
    ],
    ["struct desc *d = &ring[1]; int a = READ_ONCE(d->own);", "int d = 1; int a = READ_ONCE(ring[1].own);", ""],
    ["struct desc *d = ring + 1; WRITE_ONCE((*d).own, 3);", "int d = 1; WRITE_ONCE(ring[1].own, 3);", ""],
    ["int i = READ_ONCE(buf[0]); struct desc *d = &ring[i]; d->own = 3;", "int i = READ_ONCE(buf[0]); int d = i; ring[d].own = 3;", ""],
    ["struct desc *d = ring; int i = d->own; d++; i = d->own;", "int d = 0; int i = ring[d].own; d++; i = ring[d].own;", ""],
    ["struct desc *d = ring; int i = d[1].own; d = &d[1];", "int d = 0; int i = ring[d + 1].own; d = d + 1;", ""],
    ["struct desc *d = &one; int a = smp_load_acquire(&d->own);", "int d = 0; int a = smp_load_acquire(&one.own);", ""],
    ["struct desc *d = &ring[1], *e = d; int a = e->own;", "int d = 1; int e = 1; int a = ring[1].own;", ""],
    [
      "struct desc *d = ring; d = ring; if (d == &ring[1]) d->own = 1;",
      "int d = 0; d = 0; if (&ring[d].addr == &ring[1].addr) ring[d].own = 1;",
      "",
    ],
    [
      "struct desc *d = &ring[1]; dma_unmap_single(dev, d, 8, 1);",
      "int d = 1; dma_unmap_single(ring[1].addr); dma_unmap_single(ring[1].own);",
      "",
    ],
    [
      "struct desc *d = ring; struct desc *end = ring + 2; while (d < end) { d->own = 1; d++; }",
      "int d = 0; int end = 2; while (&ring[d].addr < &ring[0].addr + 2) { ring[d].own = 1; d++; }",
      "",
    ],
    ["dma_unmap_single(dev, &ring[1], 8, 1);", "dma_unmap_single(ring[1].addr); dma_unmap_single(ring[1].own);", ""],
    ["WRITE_ONCE(one.own, DONE);", "WRITE_ONCE(one.own, 5);", "enum state { IDLE, BUSY = 1 << 2, DONE };\n"],
    ["WRITE_ONCE(one.own, BUSY | 0b11);", "WRITE_ONCE(one.own, 7);", "typedef enum {\n  IDLE, // first\n  BUSY = 4\n} state_t;\n"],
    ["dma_unmap_single(dev, one, sizeof(*one), DMA_FROM_DEVICE);", "dma_unmap_single(one.addr); dma_unmap_single(one.own);", ""],
    [
      "dma_sync_single_for_cpu(&pdev->dev, buf, 8, DMA_FROM_DEVICE);",
      "dma_sync_single_for_cpu(buf[0]); dma_sync_single_for_cpu(&buf[1]);",
      "",
    ],
    [
      "dma_addr_t a = dma_map_single(&pdev->dev, buf, 8, 1); if (dma_mapping_error(&pdev->dev, a)) return -1; dma_unmap_single(&pdev->dev, a, 8, 1);",
      "dma_addr_t a = dma_map_single(buf); dma_unmap_single(buf);",
      "",
    ],
    [
      "int r = READ_ONCE(one.own); switch (r) { case 0: one.addr = 1; break; case 1: case A: { one.addr = 2; break; } default: return; }",
      "int r = READ_ONCE(one.own); if (r == 0) one.addr = 1; else if (r == 1 || r == 4) { one.addr = 2; } else return;",
      "#define A 4\n",
    ],
    [
      "int r = one.own; for (;;) { switch (r) { case 0: continue; default: one.addr = 2; } break; }",
      "int r = one.own; for (;;) { if (r == 0) continue; else one.addr = 2; break; }",
      "",
    ],
    [
      "int r = one.own; switch (r) { case 0: if (one.addr) break; one.addr = 1; break; case 1: one.addr = 2; }",
      "int r = one.own; do { if (r == 0) { if (one.addr) break; one.addr = 1; } else if (r == 1) one.addr = 2; } while (0);",
      "",
    ],
    ["int r = 1; return r ? IRQ_HANDLED : IRQ_NONE;", "int r = 1; return;", ""],
    ["int r = 1; if (r) return readl(D0.st); r = 2;", "int r = 1; if (r) { readl(D0.st); return; } r = 2;", ""],
    ["set_bit(3, &one->own); clear_bit(1, &one->own);", "atomic_or(8, &one.own); atomic_andnot(2, &one.own);", ""],
    ["if (test_and_set_bit(0, &one->own)) one->addr = 1;", "if ((atomic_fetch_or(1, &one.own) & 1) != 0) one.addr = 1;", ""],
    ["int a = test_bit(2, &one->own);", "int a = (READ_ONCE(one.own) & 4) != 0;", ""],
    ['if (WARN_ON(one->own)) pr_err("bad %d\\n", 3);', "if (one->own) ;", ""],
    ['pr_info("own %u\\n", one->own);', "one->own;", ""],
    ["int a = readl(&ring->st); writel(1, &ring->st);", "int a = readl(D0.st); writel(1, D0.st);", ""],
    ["int h = 0; if (++h == 1) h = 0;", "int h = 0; h += 1; if (h == 1) h = 0;", ""],
  ])("%s", (natural, plain, before) => {
    const one = lowered(natural, before);
    const other = lowered(plain);
    expect(one.problems).toEqual([]);
    // Steps apart: temporaries are numbered by statement.
    const steps = (code: string): string => code.replace(/\$\d+/g, "$").replace(/[ \t]+/g, " ");
    expect(steps(one.code)).toBe(steps(other.code));
    expect(one.code).not.toBe("");
  });
});

test("a structure with values", () => {
  const { code, problems } = lowered("int a = one.b;", "", "struct { u32 a; u32 b; } one = {1, 2};");
  expect(problems).toEqual([]);
  expect(code).toContain("one.b");
  const read = parseTest({ name: "t", text: "C t\n{ struct { u32 a; u32 b; } one = {1, 2}; }\nexists (one.b=2)" });
  expect(read.ok && printTest(read.value)).toContain("u32 one.b = 2;");
});

test.each([
  ["struct { u32 a; u32 b; } one = {.b = 2};", "one.b=2", "u32 one.b = 2;"],
  ["struct d { u32 a; u32 b; }; struct d two[2] = {{1}, {.b = 2}};", "two[1].b=2", "u32 two[2].b = {0, 2};"],
  ["typedef struct { u32 a; u32 b; } t; t one;", "one.b=2", "u32 one.b;"],
  ["struct in { u32 p; u32 q; }; struct d { u32 a; struct in b; }; struct d x[2];", "x[1].b.q=1", "u32 x[2].b.q;"],
  ["struct in { u32 p; }; struct d { struct in b[2]; } x;", "x.b[1].p=1", "u32 x.b[2].p;"],
  ["struct { u32 a; struct { u32 b; }; } x;", "x.b=1", "u32 x.b;"],
  [
    "struct r { u32 st; u64 ctl; u8 c; }; mmio(combining, at=8) struct r D1.regs;",
    "D1.regs.ctl=1",
    "mmio(combining, at=16) u64 D1.regs.ctl;",
  ],
  ["mmio struct { u32 st; u32 ctl; } D1;", "D1.ctl=1", "mmio u32 D1.ctl;"],
  ["int x, *p = &x, y = 3;", "y=3", "int y = 3;"],
])("%s", (init, condition, printed) => {
  const text = `C t\n{ ${init} }\nP0() { }\nD1() { }\nexists (${condition})`;
  const read = parseTest({ name: "t", text });
  expect(read.problems).toEqual([]);
  const again = read.ok ? printTest(read.value) : "";
  expect(again).toContain(printed);
  expect(again).toContain(`exists (${condition})`);
  const same = parseTest({ name: "t", text: again });
  expect(same.ok && printTest(same.value)).toBe(again);
  const program = read.ok ? lowerTest(read.value, { name: "t", text }) : read;
  expect(program.problems).toEqual([]);
});

test.each([
  ["int a = 1 / 0;", "`/` by 0 is undefined in C: its value is 0 here"],
  ["int a = 1 << 40;", "a shift by 40 is undefined in C: counts are taken modulo 32 here"],
  ["int a = FIELD_GET(READ_ONCE(one.own), 1);", "`FIELD_GET` needs a constant mask"],
  ["int a = GENMASK(3, 7);", "there are no bits 3 to 7"],
  [
    "u32 v; readx_poll_timeout(writel, D0.st, v, v, 1, 1);",
    "`readx_poll_timeout` takes an accessor that reads a register, and a variable for its value",
  ],
  ["int a = two->own;", "`two.own` is neither a parameter nor a declared location"],
])("%s: %s", (body, message) => {
  expect(lowered(body).problems).toEqual([message]);
});

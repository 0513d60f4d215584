/** What answers that devices withhold, lookups in the table of mappings, bursts and shared completions take. */
import { describe, expect, test } from "vitest";
import { type SimulationReport, simulate } from "../../src/simulate/index.js";
import { allowedEnds } from "../../src/simulate/validation/index.js";
import { platformOf, programOf } from "./subject.js";

function report(text: string, platform: string, workload: Parameters<typeof simulate>[2] = {}): SimulationReport {
  const program = programOf(`C t\n${text}`);
  const result = simulate(program, platformOf(platform), { messages: 2000, depth: 1, ...workload });
  if (!result.ok) throw new Error(result.why.message);
  const allowed = allowedEnds(program, platformOf(platform), 10_000);
  for (const outcome of result.report.outcomes) expect(allowed).toContain(outcome.values.join());
  return result.report;
}

const figure = ({ figures }: SimulationReport, name: string): number => figures.find((each) => each.name === name)?.value ?? Number.NaN;

describe("an answer that a device's program gives", () => {
  const read = (program: string): SimulationReport =>
    report(
      `{ mmio int D0.s; dma(coherent) int x; }\nD0(int *x) on read(D0.s) { ${program} }\nP0() { int r0 = readl(D0.s); }\nexists (0:r0=1)`,
      "x86",
    );
  test("comes a response after the read has", () => {
    const silent = report(`{ mmio int D0.s = 1; }\nD0() { }\nP0() { int r0 = readl(D0.s); }\nexists (0:r0=1)`, "x86");
    const answered = read("ANSWER(D0.s, 1);");
    expect(answered.hits.value).toBe(1);
    // What a register takes to answer by itself, it takes with a program.
    expect(Math.abs(answered.latency.mean.value - silent.latency.mean.value)).toBeLessThan(5);
  });
  test("waits for what the program waits for", () => {
    const reads = read("int r0 = DMA_READ(*x); ANSWER(D0.s, r0 + 1);");
    const memory = figure(reads, "memory read");
    expect(reads.latency.mean.value - read("ANSWER(D0.s, 1);").latency.mean.value).toBeGreaterThan(memory);
  });
  test("that never comes is named", () => {
    const never = programOf(
      `C t\n{ mmio int D0.s; }\nD0() { WAIT(D0.s == 1); ANSWER(D0.s); }\nP0() { int r0 = readl(D0.s); }\nexists (0:r0=1)`,
    );
    expect(simulate(never, platformOf("x86"), { messages: 10 })).toMatchObject({ ok: false, why: { kind: "stuck" } });
  });
});

describe("the table of mappings", () => {
  const cpu = (mode: string): SimulationReport =>
    report(
      `iommu=${mode}\n{ dma(streaming) int x; }\nD0(int *x) { DMA_WRITE(*x, 1); }\nP0(int *x) { dma_unmap_single(x); }\nexists (x=1)`,
      "x86",
    );
  test("a strict unmap costs its invalidation, a lazy one writes the entry and goes on", () => {
    const [strict, lazy] = [cpu("strict"), cpu("lazy")];
    expect(strict.cpu.value - lazy.cpu.value).toBeCloseTo(figure(strict, "translation invalidate"), 0);
    expect(strict.stalls.map(({ what }) => what)).toEqual(["invalidation"]);
  });
  test("the first request of a mapping walks the table, later ones do not", () => {
    const reads = (mode: string, count: number): SimulationReport =>
      report(
        `iommu=${mode}\n{ dma(streaming) int x; }\nD0(int *x) { ${Array.from({ length: count }, (_, i) => `int r${i} = DMA_READ(*x); if (r${i}) { }`).join(" ")} }\nP0(int *y) { dma_unmap_single(x); }\nexists (true)`.replace(
          "P0(int *y) { dma_unmap_single(x); }",
          "P0(int *x, int *y) { if (READ_ONCE(*y) == 9) { dma_unmap_single(x); } }",
        ),
        "x86",
      );
    const link = ({ places }: SimulationReport): number => places.find(({ id }) => id === "link")?.transit ?? 0;
    const walk = figure(reads("strict", 1), "translation walk");
    const without = link(reads("passthrough", 1));
    expect(link(reads("strict", 1)) - without).toBeCloseTo(walk, 3);
    // Half of two.
    expect(link(reads("strict", 2)) - without).toBeCloseTo(walk / 2, 3);
  });
  test("an entry that is taken away lazily is still found where it was used before, but for the few flushes", () => {
    const used = (body: string): number =>
      report(
        `iommu=lazy\n{ dma(streaming) int x; mmio int D0.go; }\nD0(int *x) { ${body} WAIT(D0.go == 1); DMA_WRITE(*x, 1); }\nP0(int *x) { ndelay(5000); dma_unmap_single(x); writel(1, D0.go); }\nexists (x=1)`,
        "x86",
      ).hits.value;
    expect(used("int r0 = DMA_READ(*x); if (r0) { }")).toBeGreaterThan(0.99);
    expect(used("")).toBe(0);
  });
});

describe("bursts", () => {
  const writes = (attributes: string, platform = "pci"): SimulationReport =>
    report(
      `{ ${[0, 1, 2, 3].map((at) => `mmio(${attributes}at=${4 * at}) int D0.r${at};`).join(" ")} }\nP0() { ${[0, 1, 2, 3].map((at) => `writel(1, D0.r${at});`).join(" ")} }\nD0() { }\nexists (D0.r3=1)`,
      platform,
      { depth: 16 },
    );
  test("have one header: writes that are bound by the bus go faster", () => {
    expect(writes("combining, ").rate.value / writes("").rate.value).toBeGreaterThan(1.1);
    // PCI Express does not combine.
    expect(writes("combining, ", "x86").rate.value).toBe(writes("", "x86").rate.value);
  });
  test("are made of what stands there: not across a read back", () => {
    const lost = (between: string): number =>
      report(
        `{ mmio(combining, at=0) int D0.a; mmio(combining, at=4, no_burst) int D0.b; }\nP0() { writel(1, D0.a); ${between} writel(1, D0.b); }\nD0() { }\nexists (D0.b=0)`,
        "pci",
      ).hits.value;
    expect(lost("")).toBeGreaterThan(0);
    expect(lost("int r0 = readl(D0.a);")).toBe(0);
  });
});

test("a completion goes to whoever comes by while it lies ready", () => {
  const stolen = (platform: string): SimulationReport =>
    report(
      `{ dma(coherent) int x; }\nD0(int *x, int *y) { DMA_WRITE(*y, 1); int r0 = DMA_READ(*x); }\nD1(int *x) { DMA_WRITE(*x, 1); int r0 = DMA_READ(*x); }\nexists (D1:r0=0)`,
      platform,
      { messages: 5000, size: 4, entry: 4 },
    );
  const shared = stolen("x86+pci21");
  expect(shared.hits.count).toBeGreaterThan(0);
  expect(shared.hits.value).toBeLessThan(1);
  expect(stolen("pci").hits.count).toBe(0);
});

import { describe, expect, test } from "vitest";
import { compareCosts, cost, type SimulationReport, simulate } from "../../src/simulate/index.js";
import { catalogueProgram, platformOf, programOf } from "./subject.js";

function report(path: string, platform: string, workload: Parameters<typeof simulate>[2] = {}): SimulationReport {
  const result = simulate(catalogueProgram(path), platformOf(platform), workload);
  if (!result.ok) throw new Error(result.why.message);
  return result.report;
}

test("the same seed gives the same report, another seed another one", () => {
  const workload = { messages: 500, hops: 16, size: 512 };
  expect(report("altix/cq-race", "sn2-pic", workload)).toEqual(report("altix/cq-race", "sn2-pic", workload));
  expect(report("altix/cq-race", "sn2-pic", { ...workload, seed: 2 }).latency).not.toEqual(
    report("altix/cq-race", "sn2-pic", workload).latency,
  );
});

test("a closed loop at depth 1 has one message under way: rate and latency are each other's inverse, but for what is in flight when all threads are done", () => {
  const one = report("altix/cq-barrier", "sn2-pic", { messages: 2000, depth: 1 });
  expect((one.rate.value * one.latency.mean.value) / 1e9).toBeCloseTo(1, 2);
});

test("Little's law at a given rate", () => {
  const some = report("altix/cq-barrier", "pcie", { messages: 20_000, depth: 64, rate: 1e6 });
  expect(some.rate.value / 1e6).toBeCloseTo(1, 1);
  // Far from saturation nothing queues: a message takes what it takes alone.
  const alone = report("altix/cq-barrier", "pcie", { messages: 2000, depth: 1 });
  expect(some.latency.quantiles[0]?.value).toBeGreaterThan(alone.latency.least * 0.99);
  expect(some.latency.quantiles[0]?.value).toBeLessThan(alone.latency.mean.value * 1.2);
});

test("an atomic that fails at first may store in the end, and what it compares with may come late: the other guess is made in turn", () => {
  for (const compared of ["1", "1 + (r0 ^ r0)"]) {
    const of = programOf(`C turns
{ z = 1; }
P0(int *x, int *z) { int r0 = READ_ONCE(*x); int r1 = cmpxchg_relaxed(z, ${compared}, 2); }
P1(int *x, int *z) { WRITE_ONCE(*x, 1); smp_mb(); int r4 = cmpxchg_relaxed(z, 2, 9); }
exists (1:r4=2)
`);
    for (const on of ["arm64", "ppc64", "riscv"]) {
      const result = simulate(of, platformOf(on), { messages: 200 });
      expect(result.ok && result.report.hits.low).toBeGreaterThan(0.8);
    }
  }
});

test("the link's bandwidth bounds the rate: long writes come within a few percent of the analytic model", () => {
  const writes = programOf(`C writes\n{ dma(streaming) int data; }\nD0(int *data) { DMA_WRITE(*data, 1); }\nexists (data=1)\n`);
  const platform = platformOf("pcie");
  const fast = {
    ...platform,
    fabric: { ...platform.fabric, timing: { ...platform.fabric.timing, places: platform.fabric.timing?.places ?? {}, device: {} } },
  };
  const result = simulate(writes, fast, { messages: 5000, size: 4096, depth: 64 });
  expect(result.ok && result.report.bandwidth.value).toBeCloseTo(52.92, 1);
});

describe("the race", () => {
  test("is hit on sn2 when hops tear the writes apart, more often with more hops", () => {
    const at = [8, 12, 16].map((hops) => report("altix/cq-race", "sn2-pic", { messages: 5000, size: 2048, hops }).hits);
    expect(at[0]?.low).toBeGreaterThan(0);
    expect(at[1]?.low).toBeGreaterThan(at[0]?.high as number);
    expect(at[2]?.low).toBeGreaterThan(at[1]?.high as number);
  });
  test("is less often hit behind a read that flushes nothing, and never behind the cures; a bound is given, never a zero", () => {
    const workload = { messages: 5000, size: 2048, hops: 16 };
    const bare = report("altix/cq-race", "sn2-pic", workload).hits;
    const relaxed = report("altix/cq-pio-read-relaxed", "sn2-pic", workload).hits;
    expect(relaxed.high).toBeLessThan(bare.low);
    for (const cure of ["barrier", "pio-read", "coherent", "msi"]) {
      const { hits } = report(`altix/cq-${cure}`, "sn2-pic", workload);
      expect(hits.count).toBe(0);
      expect(hits.high).toBeGreaterThan(0);
    }
  });
});

test("more devices: shared places and CPUs are shared, cards are not", () => {
  const rate = (devices: number): number => report("altix/cq-race", "sn2-pic", { messages: 4000, size: 2048, devices }).rate.value;
  expect(rate(2) / rate(1)).toBeCloseTo(2, 1);
  const cpu = (devices: number): number => report("altix/cq-pio-read", "sn2-pic", { messages: 2000, devices }).rate.value;
  expect(cpu(2) / cpu(1)).toBeLessThan(1.1);
});

test("a platform without times says which part has none", () => {
  const result = simulate(catalogueProgram("altix/cq-race"), platformOf("portable"));
  expect(result).toEqual({
    ok: false,
    why: { kind: "no-times", message: "platform portable has no times: its CPU portable and its fabric portable say nothing of them" },
  });
});

describe("cost", () => {
  test("ranks the cures of the race on sn2: the barrier mapping before the relaxed read before the read", () => {
    const of = (name: string) => cost(catalogueProgram(`altix/${name}`), platformOf("sn2-pic"));
    expect(compareCosts(of("cq-barrier"), of("cq-pio-read"))).toBeLessThan(0);
    expect(compareCosts(of("cq-pio-read-relaxed"), of("cq-pio-read"))).toBeLessThan(0);
    expect(of("cq-barrier").kind).toBe("timed");
  });
  test("falls back to classes of operation where there are no times", () => {
    const of = (name: string) => cost(catalogueProgram(`altix/${name}`), platformOf("portable"));
    expect(of("cq-barrier").kind).toBe("classes");
    expect(compareCosts(of("cq-barrier"), of("cq-pio-read"))).toBeLessThan(0);
  });
});

test("a message that cannot go on is named", () => {
  const stuck = programOf(
    `C stuck\n{ mmio int D0.door; dma(coherent) int x; }\nD0(int *x) { WAIT(D0.door == 2); DMA_WRITE(*x, 1); }\nP0() { writel(1, D0.door); }\nexists (x=1)\n`,
  );
  expect(simulate(stuck, platformOf("pcie"), { messages: 10 })).toEqual({
    ok: false,
    why: { kind: "stuck", message: "a message gets stuck: D0: wait cannot go on" },
  });
  const endless = programOf(`C endless\n{ int x; }\nP0(int *x) { while (READ_ONCE(*x) == 0) { } }\nexists (x=0)\n`);
  expect(simulate(endless, platformOf("pcie"), { messages: 10 })).toEqual({
    ok: false,
    why: { kind: "endless", message: "a message does not end: a loop of P0 goes round for ever" },
  });
});

test("a loop that polls takes its time, and what it spends in vain is polling, not work", () => {
  const ring = (wait: string) =>
    programOf(
      `C loop\n{ mmio int D0.door; dma(coherent) int used; }\nP0(int *used) { writel(1, D0.door); ${wait} }\nD0(int *used) { WAIT(D0.door == 1); DMA_WRITE(*used, 1); }\nexists (used=1)\n`,
    );
  const result = simulate(ring("while (READ_ONCE(*used) == 0) { cpu_relax(); }"), platformOf("x86"), { messages: 200, depth: 1 });
  if (!result.ok) throw new Error(result.why.message);
  const { report } = result;
  // A register write, some instructions and the look that finds the value.
  expect(report.cpu.value).toBeLessThan(300);
  expect(report.poll).toBeGreaterThan(100);
  expect(report.cpu.value + report.poll).toBeCloseTo(report.latency.mean.value, -1);
  // One round takes some ten nanoseconds: two events each.
  expect(report.events / report.messages).toBeLessThan(120);
  expect(report.payload).toEqual(["used"]);
});

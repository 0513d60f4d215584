import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { packStep } from "../../src/machine/index.js";
import { arrange, entriesOf, judge, replay } from "../../src/report/index.js";
import { platformOf, programOf } from "../subject.js";
import { limits, race, SB } from "./subject.js";

function witness(text: string, platform: string) {
  const { machine, result } = judge(programOf(text), platformOf(platform), limits);
  if (machine === undefined || result?.witness === undefined) throw new Error("not allowed");
  return { machine, steps: result.witness };
}

/** The run in words. */
function told(text: string, platform: string): readonly string[] {
  const { machine, steps } = witness(text, platform);
  return entriesOf(replay(machine, arrange(machine, steps))).map((entry) => entry.what);
}

test("a run is told step by step, with what was passed and where the missed write was", () => {
  const { machine, steps } = witness(race(), "sn2-pic");
  const { events } = replay(machine, arrange(machine, steps));
  const landing = events.find((event) => event.passed.length > 0);
  expect(landing?.passed.map(({ older, placeId, cell }) => [older, placeId, cell?.id])).toEqual([
    ["DMA write data=1", "numa", "out-of-order-DMA"],
  ]);
  const stale = events.find((event) => event.missed.length > 0);
  expect(stale?.what).toBe("P0 reads data: 0 - DMA write data=1 is still in the bridge and NUMA interconnect");
  expect(stale?.arrows).toEqual([{ from: { kind: "memory" }, to: { kind: "thread", thread: 1 }, label: "data: 0", kind: "read" }]);
});

test("the whole story of the race", () => {
  expect(told(race(), "sn2-pic")).toEqual([
    "D0 sends DMA write data=1 through the card's bus into the bridge and NUMA interconnect",
    "D0 sends DMA write cq=1 through the card's bus, then the bridge and NUMA interconnect; it lands in memory, passing DMA write data=1 in the bridge and NUMA interconnect",
    "P0 reads cq: 1",
    "P0 reads data: 0 - DMA write data=1 is still in the bridge and NUMA interconnect",
    "DMA write data=1 leaves the bridge and NUMA interconnect and lands in memory",
  ]);
});

test("a window lets a younger access go first", () => {
  const [first, ...rest] = told(SB, "x86");
  expect(first).toMatch(/^P[01] reads [xy]: 0, ahead of its older write of [xy]$/);
  expect(rest.join("\n")).toMatch(/reads [xy]: 0 - P[01]'s write of [xy] has not left P[01]'s CPU yet/);
});

test("where stores reach others one by one, a read misses what has not reached its CPU", () => {
  const wrc = `C WRC
{}
P0(int *x) { WRITE_ONCE(*x, 1); }
P1(int *x, int *y) { int r0 = READ_ONCE(*x); smp_rmb(); int r1 = READ_ONCE(*y); }
P2(int *x, int *y) { WRITE_ONCE(*y, 1); }
P3(int *x, int *y) { int r0 = READ_ONCE(*y); smp_rmb(); int r1 = READ_ONCE(*x); }
exists (1:r0=1 /\\ 1:r1=0 /\\ 3:r0=1 /\\ 3:r1=0)
`;
  expect(told(wrc, "ppc64").join("\n")).toMatch(/P[0-3]'s write of [xy] has not reached P[13] yet/);
});

test("a read may take its own write before anybody else sees it", () => {
  const own = SB.replaceAll("int r0", "int r1 = READ_ONCE(*x); int r2 = READ_ONCE(*y); int r0");
  expect(told(own, "x86").some((what) => what.includes("from its own write, which has not left the CPU yet"))).toBe(true);
});

test("an indivisible step is told in its parts", () => {
  const block = `C block
{ dma(coherent) int event; mmio int D0.mask; }
P0(int *event) { writel(1, D0.mask); int r1 = READ_ONCE(*event); }
D0(int *event) { ATOMIC { if (D0.mask == 0) DMA_WRITE(*event, 1); } }
exists (0:r1=0 /\\ event=1)
`;
  const what = told(block, "pcie").join("\n");
  expect(what).toContain("D0 reads its own D0.mask: 0");
  expect(what).toContain("D0 sends DMA write event=1");
});

test("what is no run, does not end, or ends elsewhere is a fault", () => {
  const { machine, steps } = witness(race(), "sn2-pic");
  expect(() => replay(machine, steps.slice(0, -1))).toThrow("the run has not ended");
  expect(() => replay(machine, [...steps.slice(0, 2), packStep(0, 4, 0)])).toThrow("step 3 is not enabled");
  const other = judge(programOf(race().replace("0:r1=0", "0:r1=1")), platformOf("sn2-pic"), limits);
  expect(() => replay(machine, other.result?.witness ?? [])).toThrow("the end does not satisfy the proposition");
});

const catalogue = fileURLToPath(new URL("../../../../catalogue", import.meta.url));
const files = readdirSync(catalogue, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".litmus"));

test("every witness of the catalogue is a run, and stays one when it is put in order", () => {
  let seen = 0;
  for (const file of files.sort().filter((_, index) => index % 12 === 0)) {
    const program = programOf(readFileSync(join(catalogue, file), "utf8"));
    for (const name of ["portable", "arm64", "sn2", "bcm2711"]) {
      const { machine, result } = judge(program, platformOf(name), limits);
      if (machine === undefined || result?.witness === undefined) continue;
      seen++;
      const plain = replay(machine, result.witness);
      const ordered = replay(machine, arrange(machine, result.witness));
      expect(ordered.steps.length).toBeLessThanOrEqual(plain.steps.length);
      const overtaken = (events: typeof plain.events): number =>
        events.reduce((sum, event) => sum + event.passed.length + event.overtook.length, 0);
      expect(overtaken(ordered.events)).toBeLessThanOrEqual(overtaken(plain.events));
    }
  }
  expect(seen).toBeGreaterThan(20);
});

/** Finite credits: with the PCI table's "must be able to pass" cells nothing gets stuck, however little room there is. */
import { expect, test } from "vitest";
import { search } from "../../src/explore/explore.js";
import { parseTest } from "../../src/litmus/parse.js";
import { buildMachine } from "../../src/machine/machine.js";
import { platform } from "../../src/platform/index.js";
import type { Platform } from "../../src/platform/platform.js";
import { lowerTest } from "../../src/program/lower.js";

const source = {
  name: "circle",
  text: `C circle
{ dma(coherent) int x; dma(coherent) int y; mmio int D0.s; mmio int D0.q; }
P0() { int r0 = readl(D0.q); }
P1() { int r0 = readl(D0.q); }
D0(int *x, int *y) { int r0 = DMA_READ(*x); int r1 = DMA_READ(*y); int r2 = DMA_READ(*x); DMA_WRITE(*x, 1); }
exists (x=1)
`,
};

function deadlocks(on: Platform, credits: string | undefined, reduce: "none" | "full"): number {
  const parsed = parseTest(source);
  if (!parsed.ok) throw new Error(parsed.problems[0]?.message);
  const lowered = lowerTest(parsed.value, source);
  if (!lowered.ok) throw new Error(lowered.problems[0]?.message);
  const settings = new Map(credits === undefined ? [] : [["credits", credits]]);
  return search(buildMachine(lowered.value, on, settings), { mode: "states", reduce, maxStates: 500_000 }).deadlocks;
}

/** The platform with nothing that *has* to be able to pass, nor a completion or posted write that may. */
function withoutPassing(from: Platform): Platform {
  const tables = Object.fromEntries(
    Object.entries(from.fabric.tables).map(([name, cells]) => [
      name,
      cells.map((cell) => (cell.pass === "must" ? { ...cell, pass: "no" as const } : cell)),
    ]),
  );
  return { ...from, fabric: { ...from.fabric, tables } };
}

const pcie = platform("pcie") as Platform;

test.each(["none", "full"] as const)("PCIe with room for one packet of each class does not get stuck (reduce %s)", (reduce) => {
  expect(deadlocks(pcie, "1", reduce)).toBe(0);
});

test("with unlimited room nothing gets stuck either way", () => {
  expect(deadlocks(withoutPassing(pcie), undefined, "full")).toBe(0);
});

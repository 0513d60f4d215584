import { expect, test } from "vitest";
import { plainRaces, restsOnPlainDependency } from "../../src/explore/races.js";
import { parseTest } from "../../src/litmus/parse.js";
import { buildMachine } from "../../src/machine/machine.js";
import { platform } from "../../src/platform/index.js";
import { lowerTest } from "../../src/program/lower.js";

/** What races in a thread that reads what a device writes, and whether an order rests on it. */
function raced(body: string): readonly [string, boolean] {
  const text = `C t\n{ dma(coherent) int x; int y; int a[2]; spinlock_t l; }\nD0(int *x) { DMA_WRITE(*x, 1); }\nP0(int *x, int *y) { ${body} }\nP1(int *y) { int r = READ_ONCE(*y); }\nexists (0:r=1)`;
  const parsed = parseTest({ name: "t", text });
  const lowered = parsed.ok ? lowerTest(parsed.value, { name: "t", text }) : parsed;
  const portable = platform("portable");
  if (!lowered.ok || portable === undefined) throw new Error(lowered.problems[0]?.message);
  const machine = buildMachine(lowered.value, portable, new Map());
  const races = plainRaces(machine);
  return [races.join(" "), restsOnPlainDependency(machine, races)];
}

test.each([
  ["int r = READ_ONCE(*x);", "", false],
  ["int r = *x;", "x", false],
  ["int r = *x; WRITE_ONCE(*y, r);", "x", true],
  ["int r = *x; if (r) WRITE_ONCE(*y, 1);", "x", true],
  ["int r = *x; int s = a[r];", "x", true],
  ["int r = *x; smp_mb(); WRITE_ONCE(*y, r);", "x", false],
  ["int r = *x; WRITE_ONCE(*y, 1);", "x", false],
  // Each statement computes in temporaries of its own.
  ["int r = likely(*x); spin_lock(&l); a[0] += 1; spin_unlock(&l);", "x", false],
  ["int r = likely(*x) + 1; a[0] += r;", "x", true],
])("%s", (body, races, rests) => {
  expect(raced(body)).toEqual([races, rests]);
});

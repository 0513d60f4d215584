import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { explain, explanationText } from "../../src/report/index.js";
import { platformOf, programOf } from "../subject.js";
import { limits, race } from "./subject.js";

const text = (source: string, platform: string): string => explanationText(explain(programOf(source), platformOf(platform), limits));

test("an allowed outcome: the run, the rule, the ladder, the mappings", () => {
  expect(text(race({ tail: 'source "A. Kepner, 2006"' }), "sn2-pic")).toBe(`race on sn2-pic: allowed
  "A completion queue entry overtakes the data it announces"
  exists (0:r0=1 /\\ 0:r1=0)
  sn2-pic: SGI Altix, PIC bridge; CPU ia64, fabric sn2-pic, kernel 5.1

How it happens:
  1. D0 sends DMA write data=1 through the card's bus into the bridge and NUMA interconnect.
  2. D0 sends DMA write cq=1 through the card's bus, then the bridge and NUMA interconnect; it lands
     in memory, passing DMA write data=1 in the bridge and NUMA interconnect.
  3. P0 reads cq: 1.
  4. P0 reads data: 0 - DMA write data=1 is still in the bridge and NUMA interconnect.
  5. DMA write data=1 leaves the bridge and NUMA interconnect and lands in memory.
At the end: 0:r0=1; 0:r1=0;

The rule that decides:
  numa: out-of-order-DMA - younger posted, intx may pass older posted, intx
      [A. Kepner, OpenFabrics 2006-12-13; linux-ia64 2007-08]
  Without it the outcome would be forbidden.

     D0   link  numa      memory        P0
 1   |--data=1-->|          |           |
     |     :     |          |           |
 2   |-----+-----*---cq=1-->|           |
     |     :     | * passes DMA write data=1 in numa (out-of-order-DMA)
     |     :     |          |           |
 3   |     :     |          |---cq: 1-->|
     |     :     |          |           |
 4   |     :     |          |--data: 0->|
     |     :     |          | DMA write data=1 is still in the bridge and NUMA interconnect
     |     :     |          |           |
 5   |     :     |--data=1->|           |
     |     :     :          |           |

link: the card's bus
numa: bridge and NUMA interconnect

What becomes of the mappings:
  data: requested streaming; on the bus nothing
  cq: requested streaming; on the bus nothing

Source of the test: A. Kepner, 2006
`);
});

test("a forbidden outcome: what forbids it", () => {
  expect(text(race(), "pcie")).toContain(`No run ends with it.

What forbids it: without any one of these the outcome would be allowed.
  pcie: A2a - younger posted, intx must not pass older posted, intx
`);
});

test("what depends: the default's run, and the question that is open", () => {
  const found = text(race({ data: "streaming, write_barrier" }), "sn2-pic");
  expect(found).toContain("race on sn2-pic: depends: allowed; forbidden if barrier = two-way\n");
  expect(found).toContain("It depends on what no source settles:\n  forbidden if barrier = two-way\n      Q1: ");
  expect(found).toContain("  data: requested streaming, write barrier; on the bus barrier\n");
});

test("forbidden by default, allowed otherwise: how it happens then", () => {
  const found = text(race({ between: "rmb(); int r2 = readl(D0.status);", mmio: "mmio int D0.status;" }), "sn2-tioce");
  expect(found).toContain("depends: forbidden; allowed if ");
  expect(found).toMatch(/How it happens, if .* = .*:\n {2}1\. /);
});

test("a vacuous verdict says so and looks for no rule", () => {
  const stuck = "C stuck\n{}\nP0(int *x) { while (READ_ONCE(*x) == 0) { } }\nexists (x=1)\n";
  expect(text(stuck, "x86")).toContain("No run ends at all, so the outcome is forbidden vacuously.");
});

test("a run that gets stuck is told, and what it waits for", () => {
  const locks = (first: string, second: string): string =>
    `spin_lock(${first}); spin_lock(${second}); spin_unlock(${second}); spin_unlock(${first});`;
  const found = text(
    `C dead
{ spinlock_t l; spinlock_t m; }
P0(spinlock_t *l, spinlock_t *m) { ${locks("l", "m")} }
P1(spinlock_t *l, spinlock_t *m) { ${locks("m", "l")} }
exists (l=2)
`,
    "x86",
  );
  expect(found).toContain(`A run can get stuck:
  1. P0 takes l.
  2. P1 takes m.
Then nothing can move any more:
  P0 waits at spin_lock(m)
  P1 waits at spin_lock(l)
`);
});

const catalogued = (file: string): string => readFileSync(new URL(`../../../../catalogue/${file}`, import.meta.url), "utf8");

test.each([
  ["pcie/withheld-reply-ro.litmus", "x86", ["it reaches D0, which has not answered yet", "D0 answers P0's read of D0.status: 1"]],
  [
    "pcie/unmap-read-refused.litmus",
    "x86",
    ["takes buf out of the table of mappings", "is refused, because nothing is mapped there any more"],
  ],
  ["pcie/delayed-read-stolen.litmus", "x86+pci21", ["finds the answer to D1's DMA read of data", "takes it: 0", "D1 has to ask again"]],
  ["bugs/50-combined-burst-before.litmus", "pci", ["comes as a later word of the same burst, and the device loses it"]],
])("what becomes of packets besides going on: %s", (file, platform, said) => {
  const told = text(catalogued(file), platform).replace(/\s+/g, " ");
  for (const words of said) expect(told).toContain(words);
  expect(told).not.toContain("must not pass");
});

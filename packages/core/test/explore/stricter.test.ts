import { describe, expect, test } from "vitest";
import { search } from "../../src/explore/explore.js";
import { stricter } from "../../src/explore/stricter.js";
import { buildMachine, type Machine } from "../../src/machine/machine.js";
import { variantOf } from "../../src/machine/variant.js";
import { printDraft, programOf } from "../generate/draft.js";
import { CPUS, FABRICS, randomPlatform } from "../generate/platforms.js";
import { random } from "../generate/random.js";
import { randomTest } from "../generate/tests.js";
import { cases } from "../property/cases.js";
import { platformOf, programOf as subject } from "../subject.js";

const two = subject(`C two
{ dma(streaming) int a; dma(streaming) int b; dma(write_barrier) int q; dma(write_barrier) int s; }
D0(int *a, int *q) { DMA_WRITE(*a, 1); DMA_WRITE(*q, 1); }
D1(int *b, int *s) { DMA_WRITE(*b, 1); DMA_WRITE(*s, 1); }
P0(int *q, int *a) { int r0 = READ_ONCE(*q); rmb(); int r1 = READ_ONCE(*a); }
exists (0:r0=1 /\\ 0:r1=0)
`);

const under = (settings: Record<string, string>): Machine => buildMachine(two, platformOf("sn2-pic"), new Map(Object.entries(settings)));

describe("a barrier write that waits for more is stricter", () => {
  const [bridge, slot, each] = ["bridge", "slot", "function"].map((scope) => under({ "barrier-scope": scope })) as [
    Machine,
    Machine,
    Machine,
  ];
  test.each([
    ["bridge than slot", bridge, slot, true],
    ["slot than bridge", slot, bridge, false],
    ["slot than itself", slot, under({}), true],
    ["one function's than slot's, where a card has one function", each, slot, true],
    ["two-way than one-way", under({ barrier: "two-way" }), slot, true],
    ["one-way than two-way", slot, under({ barrier: "two-way" }), false],
    ["neither of two that differ both ways", under({ barrier: "two-way" }), bridge, false],
  ])("%s", (_, strict, loose, answer) => {
    expect(stricter(strict, loose)).toBe(answer);
  });
  test("another platform's machine is no matter of order alone", () => {
    expect(stricter(slot, buildMachine(two, platformOf("sn2-tiocp")))).toBe(false);
  });
});

const seeds = cases(150);

test("a machine under other options, made from another one, is the machine that is built", { timeout: seeds.timeout }, () => {
  let compared = 0;
  for (let seed = seeds.first; seed < seeds.first + seeds.count; seed++) {
    const source = random(seed);
    const on = randomPlatform(source, { cpus: CPUS, fabrics: FABRICS, credits: false });
    const program = programOf(printDraft(randomTest(source, { loops: false, size: 7 })));
    if (typeof program === "string") continue;
    const base = buildMachine(program, on);
    for (const { id, values } of on.options) {
      for (const value of values) {
        const made = variantOf(base, new Map([[id, value]]));
        const built = buildMachine(program, on, new Map([[id, value]]));
        expect([made.waits, made.holdsBack, made.layout, made.initial, made.places, made.packets]).toEqual([
          built.waits,
          built.holdsBack,
          built.layout,
          built.initial,
          built.places,
          built.packets,
        ]);
        for (const option of built.optionsRead) expect(made.optionsRead.has(option)).toBe(true);
        compared++;
      }
    }
  }
  expect(compared).toBeGreaterThan(seeds.count);
});

test("what a stricter machine reaches, the other one reaches", { timeout: seeds.timeout }, () => {
  let compared = 0;
  for (let seed = seeds.first; compared < seeds.count / 10 && seed < seeds.first + seeds.count * 20; seed++) {
    const source = random(seed);
    const on = randomPlatform(source, { cpus: ["x86", "arm64"], fabrics: ["pcie", "sn2"], credits: false });
    const program = programOf(printDraft(randomTest(source, { loops: false, size: 7 })));
    if (typeof program === "string" || on.options.length === 0) continue;
    const machines = on.options.flatMap(({ id, values }) => values.map((value) => buildMachine(program, on, new Map([[id, value]]))));
    for (const strict of machines) {
      for (const loose of machines) {
        if (strict === loose || !stricter(strict, loose) || stricter(loose, strict)) continue;
        const [few, many] = [strict, loose].map((machine) => search(machine, { mode: "states", reduce: "full", maxStates: 3000 }));
        if (few?.complete !== true || many?.complete !== true) continue;
        const reached = new Set(many.ends.map((end) => end.values.join()));
        expect(few.ends.filter((end) => !reached.has(end.values.join()))).toEqual([]);
        compared++;
      }
    }
  }
  expect(compared).toBeGreaterThanOrEqual(seeds.count / 10);
});

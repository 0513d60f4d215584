import { expect, test } from "vitest";
import { search } from "../../src/explore/index.js";
import { buildMachine } from "../../src/machine/index.js";
import { explain, minimalCells } from "../../src/report/index.js";
import { without } from "../../src/report/without.js";
import { platformOf, programOf } from "../subject.js";
import { limits, race, SB } from "./subject.js";

const obstacles = (text: string, platform: string) => minimalCells(programOf(text), platformOf(platform), limits);
const ids = (text: string, platform: string) => obstacles(text, platform).sets.map((set) => set.map((rule) => rule.id));

test("each rule that alone forbids an outcome is named", () => {
  expect(ids(race(), "pcie")).toEqual([["pcie: A2a"], ["rc: A2a"]]);
  expect(ids(race({ cq: "coherent" }), "sn2-pic")).toContainEqual(["numa: barrier-waits-slot"]);
});

test("rules that forbid it one behind the other are named together", () => {
  const text = race({ between: "rmb(); int r2 = readl(D0.status);", mmio: "mmio int D0.status;" });
  expect(ids(text, "pcie")).toEqual([["pcie: A2a", "pcie: D2a"]]);
});

test("a fence is a rule too", () => {
  expect(ids(SB.replaceAll("int r0", "smp_mb(); int r0"), "x86").flat()).toEqual([expect.stringMatching(/^smp_mb: fence /)]);
});

test("without the rules that are named the outcome is allowed, and with any one of them back it is not", () => {
  const texts = [
    race(),
    race({ between: "rmb(); int r2 = readl(D0.status);", mmio: "mmio int D0.status;" }),
    SB.replaceAll("int r0", "smp_mb(); int r0"),
  ];
  for (const text of texts) {
    for (const name of ["pcie", "arm64", "riscv"]) {
      const program = programOf(text);
      const on = platformOf(name);
      const allowed = (gone: Parameters<typeof without>[1]): boolean =>
        search(buildMachine(program, without(on, gone)), limits).satisfiable;
      for (const set of minimalCells(program, on, limits).sets) {
        expect(allowed(set)).toBe(true);
        for (const rule of set) expect(allowed(set.filter((other) => other !== rule))).toBe(false);
      }
    }
  }
});

test("what no rule forbids has no obstacle", () => {
  const coherence =
    "C CoRR\n{}\nP0(int *x) { WRITE_ONCE(*x, 1); }\nP1(int *x) { int r0 = READ_ONCE(*x); int r1 = READ_ONCE(*x); }\nexists (1:r0=1 /\\ 1:r1=2)\n";
  expect(obstacles(coherence, "x86")).toEqual({ sets: [], complete: true });
});

test("a budget that runs out is said", () => {
  const { sets, complete } = minimalCells(programOf(race()), platformOf("pcie"), { ...limits, maxStates: 1 });
  expect([sets, complete]).toEqual([[], false]);
});

test("the rule that decides an allowed outcome is the one without which it is forbidden", () => {
  const { story } = explain(programOf(race()), platformOf("sn2-pic"), limits);
  expect(story?.permissions.deciding.map((rule) => rule.id)).toEqual(["numa: out-of-order-DMA"]);
  const reordered = explain(programOf(SB), platformOf("x86"), limits).story;
  expect(reordered?.permissions.deciding.map((rule) => [rule.kind, rule.says])).toEqual([
    ["no-rule", "nothing keeps a read behind an older write"],
  ]);
});

test("two ways that no place orders are named", () => {
  const text =
    "C intx\n{ dma(streaming) int data; }\nD0(int *data) { DMA_WRITE(*data, 1); INTX(); }\nP0(int *data) on intx(D0) { int r0 = 1; int r1 = READ_ONCE(*data); }\nexists (0:r0=1 /\\ 0:r1=0)\n";
  const { story } = explain(programOf(text), platformOf("pcie"), limits);
  expect(story?.permissions.rules.map((rule) => rule.kind)).toEqual(["fact"]);
});

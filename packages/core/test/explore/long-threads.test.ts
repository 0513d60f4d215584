/** Threads of thousands of statements: what they cost, that time that runs out is noticed while they are built, and that their steps can be told apart. */
import { expect, test } from "vitest";
import { search } from "../../src/explore/explore.js";
import { check } from "../../src/explore/index.js";
import { askOf, Interrupted } from "../../src/machine/deadline.js";
import { buildMachine, type Machine } from "../../src/machine/machine.js";
import {
  BURST,
  CACHE,
  createStepper,
  MOST_SUBJECTS,
  packStep,
  REFUSED,
  stepAction,
  stepChoice,
  stepSubject,
  TAKEN_BY,
} from "../../src/machine/step.js";
import type { Program } from "../../src/program/program.js";
import { platformOf, programOf } from "../subject.js";

const STATEMENTS = ["WRITE_ONCE(*x, 1);", "r0 = READ_ONCE(*y);", "writel(2, D0.a);", "smp_wmb();", "WRITE_ONCE(*z, r0);"];

function long(count: number): Program {
  const body = Array.from({ length: count }, (_, at) => STATEMENTS[at % STATEMENTS.length]).join(" ");
  return programOf(
    `C long\n{ int x; int y; int z; mmio int D0.a; } P0(int *x, int *y, int *z) { int r0; ${body} } P1(int *x) { int r0 = READ_ONCE(*x); } D0() { } exists (1:r0=1)`,
  );
}

/** How often the first state's steps ask the window. */
function asked(count: number): number {
  let asks = 0;
  const machine = buildMachine(long(count), platformOf("arm64"));
  const counting: Machine = {
    ...machine,
    window(older, younger) {
      asks++;
      return machine.window(older, younger);
    },
  };
  createStepper(counting).steps(counting.initial, []);
  return asks;
}

test("each two accesses are asked about once", () => {
  expect(asked(400) / asked(200)).toBeLessThan(4.2);
  expect(asked(400)).toBeLessThan((400 * 400) / 2);
});

test.each(["x86", "portable", "ppc64"])("time that is up is noticed before the first state: %s", (name) => {
  const program = long(1500);
  const platform = platformOf(name);
  // While the machine is built.
  expect(() =>
    buildMachine(
      program,
      platform,
      new Map(),
      askOf(() => true),
    ),
  ).toThrow(Interrupted);
  const unbuilt = check(program, platform, { mode: "verdict", reduce: "full", maxStates: 1000, interrupted: () => true });
  expect([unbuilt.verdict, unbuilt.result?.stopped, unbuilt.result?.states]).toEqual(["unknown", "interrupted", 0]);
  // While it is looked at: after so many questions, all of them before a second state.
  const machine = buildMachine(program, platform);
  let questions = 0;
  const stopped = search(machine, { mode: "verdict", reduce: "full", maxStates: 1000, interrupted: () => ++questions > 20 });
  expect([stopped.stopped, stopped.states <= 1, questions]).toEqual(["interrupted", true, 21]);
  // The machine is nobody's deadline.
  expect(() => machine.ask()).not.toThrow();
});

test("steps of the last instruction are told apart, and a machine with more is not searched", () => {
  const last = MOST_SUBJECTS - 1;
  for (const choice of [0, last, BURST + last, TAKEN_BY + last, REFUSED]) {
    const step = packStep(last, CACHE, choice);
    expect([stepSubject(step), stepAction(step), stepChoice(step)]).toEqual([last, CACHE, choice]);
    expect(step).toBeGreaterThanOrEqual(0);
    expect(step | 0).toBe(step);
  }
  const body = "smp_store_release(x, 1); ".repeat(4000);
  const program = programOf(`C more\n{ } P0(int *x) { ${body} } exists (x=2)`);
  const verdict = check(program, platformOf("ppc64"), { mode: "verdict", reduce: "full", maxStates: 1000 });
  expect([verdict.verdict, verdict.reason]).toEqual(["unknown", "12000 instructions, and no more than 8192 can be searched"]);
});

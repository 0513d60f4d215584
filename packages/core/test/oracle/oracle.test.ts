import { describe, expect, test } from "vitest";
import { search } from "../../src/explore/explore.js";
import { buildMachine } from "../../src/machine/machine.js";
import { consult } from "../../src/oracle/oracle.js";
import { platform } from "../generate/platforms.js";
import { programOf } from "../subject.js";
import { JUDGES } from "./judges.js";

describe("tests whose answers are known", () => {
  test.each(JUDGES.map((judge) => [judge.name, judge] as const))("%s", (_, judge) => {
    const answer = consult(judge.program, platform(judge.platform));
    if (answer.kind !== "ends") throw new Error(JSON.stringify(answer));
    expect(answer.ends.some((end) => end.satisfies)).toBe(judge.allowed);
    const found = search(buildMachine(judge.program, platform(judge.platform)), { mode: "states", reduce: "none", maxStates: 100_000 });
    expect(found.satisfiable).toBe(judge.allowed);
  });
});

describe("what the oracle does not cover, it says", () => {
  test.each([
    ["loops that do more than poll", "x86", `{ } P0(int *x) { while (READ_ONCE(*x) == 0) WRITE_ONCE(*x, 1); } exists (true)`],
    ["barriers that travel with what was read", "ppc64", `{ } P0(int *x) { WRITE_ONCE(*x, 1); } exists (true)`],
    ["caches that lag behind", "alpha", `{ } P0(int *x) { WRITE_ONCE(*x, 1); } exists (true)`],
    ["caches that do not snoop", "arm64-noncoherent", `{ dma(streaming) int x; } P0(int *x) { WRITE_ONCE(*x, 1); } exists (true)`],
    ["a conditional expression", "x86", `{ } P0(int *x) { int r0 = READ_ONCE(*x); WRITE_ONCE(*x, r0 ? 1 : 2); } exists (true)`],
  ])("%s", (reason, name, text) => {
    const program = programOf(`C t\n${text}`);
    expect(consult(program, platform(name))).toEqual({ kind: "unsupported", reason });
  });

  test("too many orders", () => {
    const program = programOf(`C t
{ }
P0(int *x) { WRITE_ONCE(*x, 1); WRITE_ONCE(*x, 2); WRITE_ONCE(*x, 3); }
P1(int *x) { WRITE_ONCE(*x, 4); WRITE_ONCE(*x, 5); WRITE_ONCE(*x, 6); }
exists (x=1)`);
    expect(consult(program, platform("x86"), new Map(), 10)).toEqual({ kind: "too-large" });
  });
});

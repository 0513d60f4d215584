import { expect, test } from "vitest";
import { testBlock } from "../../src/report/index.js";
import { checked, race, SB } from "./subject.js";

/** The block without how much was explored, which every reduction changes. */
function block(text: string, platform: string): string {
  const found = checked(text, [platform], "states");
  const [result] = found.results;
  if (result === undefined) throw new Error("nothing found");
  return testBlock(found, result).replace(/^Explored .*\n/m, "");
}

test("one test on one platform, as herd7 users know it", () => {
  expect(block(race(), "sn2-pic")).toBe(`Test race Allowed
States 4
0:r0=0; 0:r1=0;
0:r0=0; 0:r1=1;
0:r0=1; 0:r1=0;
0:r0=1; 0:r1=1;
Ok
Condition exists (0:r0=1 /\\ 0:r1=0)
Observation race Sometimes
sn2-pic: allowed
`);
  expect(block(race(), "pcie")).toBe(`Test race Allowed
States 3
0:r0=0; 0:r1=0;
0:r0=0; 0:r1=1;
0:r0=1; 0:r1=1;
No
Condition exists (0:r0=1 /\\ 0:r1=0)
Observation race Never
pcie: forbidden
`);
});

test("Ok and No are of the condition with its quantifier, Observation and verdict of the bare proposition", () => {
  const lines = (condition: string): readonly (string | undefined)[] => {
    const text = block(SB.replace(/exists.*/, condition), "x86").split("\n");
    return [text[0], text.find((line) => line === "Ok" || line === "No"), text.find((line) => line.startsWith("Observation")), text.at(-2)];
  };
  expect(lines("exists (0:r0=0 /\\ 1:r0=0)")).toEqual(["Test SB Allowed", "Ok", "Observation SB Sometimes", "x86: allowed"]);
  expect(lines("~exists (0:r0=0 /\\ 1:r0=0)")).toEqual(["Test SB Forbidden", "No", "Observation SB Sometimes", "x86: allowed"]);
  expect(lines("forall (0:r0=0 \\/ 0:r0=1)")).toEqual(["Test SB Required", "Ok", "Observation SB Always", "x86: allowed"]);
  expect(lines("~exists (0:r0=2)")).toEqual(["Test SB Forbidden", "Ok", "Observation SB Never", "x86: forbidden"]);
});

test("what depends says on what, and how it compares", () => {
  const text = block(race({ data: "streaming, write_barrier", tail: "expect sn2-pic: allowed" }), "sn2-pic");
  expect(text).toContain("sn2-pic: depends: allowed; forbidden if barrier = two-way\n");
  expect(text).toContain("As expected (test.litmus:7:8), by the default of what no source settles\n");
});

test("what differs from its expect says where that stands", () => {
  expect(block(race({ tail: "expect pcie: allowed" }), "pcie")).toContain("Differs from its expect (test.litmus:7:8): allowed\n");
});

test("forbidden because no run ends is marked", () => {
  const stuck = "C stuck\n{}\nP0(int *x) { while (READ_ONCE(*x) == 0) { } }\nexists (x=1)\n";
  expect(block(stuck, "x86")).toContain("x86: forbidden\nVacuous: no run ends\n");
});

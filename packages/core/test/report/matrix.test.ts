import { expect, test } from "vitest";
import type { Checked } from "../../src/report/checked.js";
import { createMatrix } from "../../src/report/matrix.js";
import { PLAIN } from "../../src/report/style.js";
import { checked, race } from "./subject.js";

function matrix(all: readonly Checked[], platforms: readonly string[], width: number): string {
  const made = createMatrix({ labels: all.map((each) => each.label), platforms, width });
  return `${made.head}${all.map((each) => made.row(each)).join("")}${made.foot(all)}`;
}

const both = [
  checked(race({ tail: "expect sn2: forbidden; pcie: forbidden" }), ["sn2", "pcie"]),
  { ...checked(race({ data: "streaming, write_barrier" }), ["sn2", "pcie"]), label: "data-barrier" },
];

test("tests down, platforms across; what differs is marked and listed with its place", () => {
  expect(matrix(both, ["sn2", "pcie"], 100)).toBe(`              sn2         pcie
race          allowed!    forbidden
data-barrier  depends     forbidden

Differ from their expect:
  test.litmus:7:8: sn2: expected forbidden, found allowed

Depend on what no source settles:
  data-barrier on sn2: allowed; forbidden if barrier = two-way

2 tests on 2 platforms: 4 verdicts, 1 as expected, 1 differ, 0 unknown
`);
});

test("where the words are too wide, a letter stands for each, below a staircase of names", () => {
  expect(matrix(both, ["sn2", "pcie"], 30)).toBe(`             sn2
             | pcie
race         A!f
data-barrier D f

A allowed   f forbidden   D/d depends, allowed/forbidden by default   ? unknown   ! differs from its expect

Differ from their expect:
  test.litmus:7:8: sn2: expected forbidden, found allowed

Depend on what no source settles:
  data-barrier on sn2: allowed; forbidden if barrier = two-way

2 tests on 2 platforms: 4 verdicts, 1 as expected, 1 differ, 0 unknown
`);
});

test("a platform that is no column stands behind the row", () => {
  expect(matrix([checked(race(), ["sn2", "sn2@2.6.24"])], ["sn2"], 100)).toContain("race  allowed     sn2@2.6.24 allowed\n");
});

test("colours come from the style alone", () => {
  const made = createMatrix({
    labels: ["race"],
    platforms: ["sn2", "pcie"],
    width: 100,
    style: { ...PLAIN, red: (text) => `<${text}>`, green: (text) => `[${text}]` },
  });
  expect(made.row(both[0] as Checked)).toBe("race  <allowed!>    [forbidden]\n");
});

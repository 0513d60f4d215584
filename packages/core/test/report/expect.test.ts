import { expect, test } from "vitest";
import { compareWith, expectationFor, unknownPlatforms } from "../../src/report/index.js";
import { programOf } from "../subject.js";
import { race } from "./subject.js";

const stated = (tail: string, name: string, conforming: boolean) =>
  expectationFor(programOf(race({ tail })).test, { name, conforming })?.verdict;

test("a line for the platform itself wins over `all`, which speaks of conforming platforms only", () => {
  const tail = "expect all: forbidden; x86: allowed";
  expect(stated(tail, "x86", true)).toBe("allowed");
  expect(stated("expect x86: allowed; all: forbidden", "x86", true)).toBe("allowed");
  expect(stated(tail, "arm64", true)).toBe("forbidden");
  expect(stated(tail, "sn2", false)).toBeUndefined();
});

test("several lines add up, and the last one holds", () => {
  expect(stated("expect x86: allowed\nexpect arm64: forbidden\nexpect x86: forbidden", "x86", true)).toBe("forbidden");
});

test.each([
  ["allowed", "allowed", "allowed", true, false],
  ["allowed", "forbidden", "forbidden", false, false],
  ["allowed", "depends", "allowed", true, true],
  ["forbidden", "depends", "allowed", false, false],
  ["depends", "depends", "allowed", true, false],
  ["depends", "allowed", "allowed", false, false],
  ["forbidden", "unknown", "unknown", false, false],
  ["unknown", "unknown", "unknown", true, false],
] as const)("expected %s, found %s (by default %s): met %s, by a default %s", (verdict, found, byDefault, met, isDefault) => {
  const comparison = compareWith({ platform: "p", verdict, span: { start: 0, end: 1 } }, { verdict: found, byDefault });
  expect([comparison.met, comparison.byDefault]).toEqual([met, isDefault]);
});

test("a name that nothing defines is a problem, with the nearest name", () => {
  const { test: read } = programOf(race({ tail: "expect sn3: allowed; all: forbidden; quux: allowed" }));
  const problems = unknownPlatforms(read, (name) => name === "sn2", ["sn2"]);
  expect(problems.map(({ code, message, hint }) => [code, message, hint])).toEqual([
    ["unknown-platform", "there is no platform `sn3`", "did you mean `sn2`?"],
    ["unknown-platform", "there is no platform `quux`", "`fencepost platforms` lists them"],
  ]);
});

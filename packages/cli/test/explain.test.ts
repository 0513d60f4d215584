import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { fencepost, file, race } from "./command.js";

const path = file("race.litmus", race("expect sn2: allowed"));

test("several platforms, one after the other", () => {
  const { out, code } = fencepost(["explain", path, "--platform", "sn2,pcie"]);
  expect(code).toBe(0);
  expect(out).toMatch(/^race on sn2: allowed\n/);
  expect(out).toMatch(/\n-{100}\nrace on pcie: forbidden\n/);
});

test("a picture is written, where there is a run to draw", () => {
  const svg = file("race.svg", "");
  expect(fencepost(["explain", path, "--platform", "sn2", "--svg", svg]).code).toBe(0);
  expect(readFileSync(svg, "utf8")).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" width="800"/);
  const none = `${svg}.none`;
  expect(fencepost(["explain", path, "--platform", "pcie", "--svg", none]).err).toContain("there is no run to draw");
  expect(existsSync(none)).toBe(false);
});

test.each([
  ["an unknown platform", ["--platform", "sn3"], 2],
  ["a picture of several platforms", ["--platform", "sn2,pcie", "--svg", "x.svg"], 2],
  ["a picture in no folder", ["--platform", "sn2", "--svg", "/nowhere/x.svg"], 2],
  ["a budget that runs out against what is expected", ["--platform", "sn2", "--max-states", "1"], 1],
  ["a budget that runs out", ["--platform", "x86", "--max-states", "1"], 4],
] as const)("exit code for %s", (_, args, code) => {
  expect(fencepost(["explain", path, ...args]).code).toBe(code);
});

test("a wrong input is said and nothing else", () => {
  const { out, err, code } = fencepost(["explain", file("broken.litmus", "C x\n{\n")]);
  expect([out, code]).toEqual(["", 3]);
  expect(err).toContain("broken.litmus:2:1: error[unterminated]");
});

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { fencepost, file, race } from "./command.js";

test("one simulation in full, the same every time", () => {
  const args = [
    "sim",
    file("race.litmus", race()),
    "--platform",
    "sn2-pic",
    "--messages",
    "500",
    "--size",
    "2048",
    "--hops",
    "16",
    "--figures",
  ];
  const first = fencepost(args);
  expect(first.code).toBe(0);
  expect(first.out).toContain("race on sn2-pic\n");
  expect(first.out).toMatch(/condition +\d+ of 500 messages: /);
  expect(first.out).toContain("NUMAlink 4: 3.2 GB/s");
  expect(fencepost(args).out).toBe(first.out);
});

test("a sweep on two platforms, drawn and written", () => {
  const svg = file("out.svg", "");
  const csv = file("out.csv", "");
  const ran = fencepost([
    "sim",
    file("race.litmus", race()),
    "--platform",
    "sn2-pic,pcie",
    "--messages",
    "200",
    "--size",
    "64,512",
    "--plot",
    svg,
    "--csv",
    csv,
  ]);
  expect(ran.code).toBe(0);
  expect(ran.out.trim().split("\n")).toHaveLength(5);
  expect(readFileSync(csv, "utf8").trim().split("\n")).toHaveLength(5);
  expect(readFileSync(svg, "utf8")).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/);
});

test("JSON holds reports, and what could not be simulated; the exit code says so", () => {
  const ran = fencepost(["sim", file("race.litmus", race()), "--platform", "pcie,portable", "--messages", "100", "--json"]);
  const document = JSON.parse(ran.out) as { simulations: { platform: string; hits: { high: number } }[]; failures: { message: string }[] };
  expect(document.simulations.map((each) => each.platform)).toEqual(["pcie"]);
  expect(document.simulations[0]?.hits.high).toBeGreaterThan(0);
  expect(document.failures[0]?.message).toMatch(/has no times.*; with times: x86, arm64/);
  expect(ran.code).toBe(1);
});

test("of the platforms that nobody asked for, those with times are simulated", () => {
  const ran = fencepost(["sim", file("race.litmus", race()), "--messages", "100"]);
  expect(ran.code).toBe(0);
  expect(ran.out).toContain("race  x86 ");
  expect(ran.out).not.toContain("portable");
});

test("an adversary finds all four ends of the race", () => {
  const ran = fencepost(["sim", file("race.litmus", race()), "--platform", "sn2-pic", "--adverse", "--messages", "100"]);
  expect(ran.out.match(/0:r0=[01]; 0:r1=[01];/g)).toHaveLength(4);
  expect(ran.out).toContain("0:r0=1; 0:r1=0;");
});

test.each([
  [["--size", "0"], "A number above 0 is needed"],
  [["--size", "64,128", "--hops", "0,1"], "a sweep goes over one of"],
  [["--payload", "dato"], "did you mean 'data'?"],
  [["--arrivals", "odd"], "Allowed choices are even, poisson"],
  [["--platform", "sn3"], "there is no platform 'sn3'; did you mean sn2?"],
  [["--platform", "x86+banana"], "there is no fabric 'banana'; fabrics: "],
  [["--platform", "banana+pci"], "there is no CPU 'banana'; CPUs: "],
  [["--platform", "x86@banana"], "there is no kernel version 'banana'"],
  [["--platform", "x86,"], "a platform has no name"],
  [["--option", "credit=1"], "did you mean 'credits'?"],
  [["--plot", "no-such-folder/x.svg"], "there is no directory no-such-folder"],
])("%j is refused with a word about it", (args, says) => {
  const ran = fencepost(["sim", file("race.litmus", race()), "--messages", "100", ...args]);
  expect(ran.code).toBe(2);
  expect(ran.err).toContain(says);
});

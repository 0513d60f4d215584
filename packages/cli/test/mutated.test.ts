/** Any text gives a result or an error that says where: catalogue files with seeded damage. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fencepost, file, root } from "./command.js";

/** A small generator of numbers below a bound, the same ones for the same seed. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return Math.floor(((state >>> 8) / 0x1000000) * below);
  };
}

const pieces = [
  "{",
  "}",
  "(",
  ")",
  ";",
  "exists",
  "expect",
  "0",
  "4294967296",
  "*",
  "/*",
  "(*",
  '"',
  "\u0000",
  "P0",
  "while (1) {",
  "DMA_WRITE(",
  "é",
];

function damage(text: string, next: (below: number) => number): string {
  let result = text;
  for (let count = 1 + next(3); count > 0; count--) {
    const at = next(result.length + 1);
    const length = next(12);
    const insert = next(2) === 0 ? "" : (pieces[next(pieces.length)] ?? "");
    result = result.slice(0, at) + insert + result.slice(at + length);
  }
  return result;
}

const catalogue = join(root, "catalogue");
const files = readdirSync(catalogue, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".litmus"))
  .sort();

test("damaged files never are a fault of ours", () => {
  const next = generator(20070817);
  const paths = Array.from({ length: 300 }, (_, index) => {
    const text = readFileSync(join(catalogue, files[next(files.length)] ?? ""), "utf8");
    return file(`mutated-${index}.litmus`, damage(text, next));
  });
  const { code, out, err } = fencepost(["check", ...paths, "--platform", "sn2,x86", "--max-states", "2000"]);
  expect(err).not.toContain("A fault of Fencepost");
  expect([1, 3]).toContain(code);
  for (const line of err.split("\n")) if (/error\[/.test(line)) expect(line).toMatch(/^\S+mutated-\d+\.litmus:\d+:\d+: error\[[a-z-]+\]: /);
  expect(out).toMatch(/\d+ tests on \d+ platforms/);
});

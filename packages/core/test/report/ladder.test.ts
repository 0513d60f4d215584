import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { conditionWords, explain, type Ladder, ladderSvg, ladderText, layOut } from "../../src/report/index.js";
import { platformOf, programOf } from "../subject.js";
import { limits, race } from "./subject.js";

function ladderOf(text: string, platform: string): Ladder | undefined {
  const program = programOf(text);
  const { story, otherwise } = explain(program, platformOf(platform), limits);
  const found = story ?? otherwise?.story;
  return found && layOut(found.run, found.entries, conditionWords(program.test));
}

const relaxed = race({ between: "rmb(); int r2 = readl_relaxed(D0.status);", mmio: "mmio int D0.status;" });

test("devices stand left, then the places on the way, memory, the CPUs", () => {
  expect(ladderOf(relaxed, "sn2-pic")?.lanes.map((lane) => lane.title)).toEqual(["D0", "link", "down", "numa", "shub", "memory", "P0"]);
});

test("a packet waits in its place from the row that brings it to the row that takes it away", () => {
  expect(ladderOf(race(), "sn2-pic")?.waits).toEqual([{ lane: 2, first: 0, last: 4, label: "data=1", track: 0 }]);
});

test("lanes that would not fit are drawn closer, and the text stays within its width", () => {
  const ladder = ladderOf(relaxed, "sn2-pic") as Ladder;
  for (const width of [100, 72, 50])
    for (const line of ladderText(ladder, width).split("\n")) expect(line.length).toBeLessThanOrEqual(width);
});

test.each([
  ["race", race()],
  ["relaxed-read", relaxed],
])("the picture of %s is as it was when somebody looked at it", async (name, text) => {
  await expect(ladderSvg(ladderOf(text, "sn2-pic") as Ladder, "allowed")).toMatchFileSnapshot(`pictures/${name}.svg`);
});

test("a picture holds no markup but its own", () => {
  const ladder = ladderOf(race(), "sn2-pic") as Ladder;
  const svg = ladderSvg({ ...ladder, name: '<script>"x" & \u0001', condition: "</style>" }, "allowed");
  expect(svg).not.toContain("<script>");
  expect(svg).toContain("&#60;script&#62;&#34;x&#34; &#38; ?");
  expect(svg.match(/<\/style>/g)).toHaveLength(1);
});

const catalogue = fileURLToPath(new URL("../../../../catalogue", import.meta.url));
const files = readdirSync(catalogue, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".litmus"));

test("pictures of the catalogue stay on their sheet, and texts in 100 columns", () => {
  for (const file of files.sort().filter((_, index) => index % 16 === 0)) {
    for (const name of ["portable", "sn2", "bcm2711"]) {
      const ladder = ladderOf(readFileSync(join(catalogue, file), "utf8"), name);
      if (ladder === undefined) continue;
      for (const line of ladderText(ladder).split("\n")) expect(line.length, `${file} on ${name}: ${line}`).toBeLessThanOrEqual(100);
      const svg = ladderSvg(ladder, "allowed");
      expect(svg).not.toMatch(/NaN|undefined|Infinity/);
      for (const [, x] of svg.matchAll(/ x[12]?="([-\d.]+)"/g)) expect(Number(x)).toBeGreaterThanOrEqual(0);
      for (const [, x] of svg.matchAll(/ x[12]?="([-\d.]+)"/g)) expect(Number(x)).toBeLessThanOrEqual(800);
    }
  }
});

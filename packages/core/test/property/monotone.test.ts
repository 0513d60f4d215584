/** P2: turning a cell from *no* to *may* never removes an outcome. */
import { expect, test } from "vitest";
import { search } from "../../src/explore/explore.js";
import { buildMachine } from "../../src/machine/machine.js";
import type { Platform } from "../../src/platform/platform.js";
import type { Program } from "../../src/program/program.js";
import { CPUS, FABRICS, randomPlatform } from "../generate/platforms.js";
import { type Random, random } from "../generate/random.js";
import { randomTest } from "../generate/tests.js";
import { type Answer, cases, labels, listEnds, type Property, run } from "./cases.js";

/** The platform with one *no* made *may*: a window rule, or a cell of a table. */
function loosened(source: Random, platform: Platform): Platform {
  const tables = Object.entries(platform.fabric.tables).flatMap(([table, cells]) =>
    cells.flatMap((cell, at) => (cell.pass === "no" ? [{ table, at }] : [])),
  );
  const rules = platform.cpu.window.flatMap((rule, at) => (rule.pass === "no" ? [{ table: undefined, at }] : []));
  const all = [...tables, ...rules, ...rules];
  if (all.length === 0) return platform;
  const { table, at } = source.pick(all);
  const open = <T extends { readonly pass: "no" | "may" | "must" }>(cells: readonly T[]): readonly T[] =>
    cells.map((cell, i) => (i === at ? { ...cell, pass: "may" } : cell));
  if (table === undefined) return { ...platform, cpu: { ...platform.cpu, window: open(platform.cpu.window) } };
  return {
    ...platform,
    fabric: { ...platform.fabric, tables: { ...platform.fabric.tables, [table]: open(platform.fabric.tables[table] ?? []) } },
  };
}

const seeds = cases(1000);

test("a looser cell keeps every outcome", { timeout: seeds.timeout }, () => {
  let source = random(0);
  const keeps: Property = (program, platform): Answer => {
    const endsOn = (on: Platform): ReturnType<typeof search> =>
      search(buildMachine(program as Program, on), { mode: "states", reduce: "full", maxStates: 3000 });
    const before = endsOn(platform);
    const after = endsOn(loosened(source, platform));
    if (!before.complete || !after.complete) return "skipped";
    const kept = new Set(after.ends.map((end) => end.values.join()));
    const lost = before.ends.filter((end) => !kept.has(end.values.join()));
    return lost.length === 0 ? undefined : { failure: `observed ${labels(program)}: lost ${listEnds(lost)}` };
  };
  const applied = run(keeps, seeds, (seed) => {
    source = random(seed ^ 0x10005e);
    const platform = randomPlatform(source, { cpus: CPUS, fabrics: FABRICS, credits: false });
    const draft = randomTest(source, { loops: source.chance(0.2), size: 8, rare: source.chance(0.5) });
    // The same cell, however often the property is asked while a counterexample is minimised.
    const pick = source.below(1 << 20);
    source = { below: (bound) => pick % bound, chance: () => true, pick: (list) => list[pick % list.length] as never };
    return { draft, platform };
  });
  expect(applied).toBeGreaterThan(seeds.count / 2);
});

/** Finite credits: with the PCI table's "must be able to pass" cells nothing gets stuck; without any one of the four, something does. */
import { describe, expect, test } from "vitest";
import { type SearchResult, search } from "../../src/explore/explore.js";
import { buildMachine } from "../../src/machine/machine.js";
import type { Platform } from "../../src/platform/platform.js";
import type { Program } from "../../src/program/program.js";
import { catalogueProgram, platformOf } from "../subject.js";

const program = (name: string): Program => catalogueProgram(`pcie/${name}`);

function look(of: Program, on: Platform, settings: Readonly<Record<string, string>>, reduce: "none" | "full"): SearchResult {
  return search(buildMachine(of, on, new Map(Object.entries(settings))), { mode: "states", reduce, maxStates: 500_000 });
}

const pcie = platformOf("pcie");

/** PCIe on which one cell that says *must* says *no*, in every table. */
function without(cell: string): Platform {
  const tables = Object.fromEntries(
    Object.entries(pcie.fabric.tables).map(([name, cells]) => [
      name,
      cells.map((each) => (each.id === cell && each.pass === "must" ? { ...each, pass: "no" as const } : each)),
    ]),
  );
  return { ...pcie, fabric: { ...pcie.fabric, tables } };
}

/** The cells of the PCI table that say *must* (PCIe 2.4.1), and the test that each of them saves. */
const SAVED = { A3: "credits-posted-read", A4: "credits-posted-atomic", D3: "credits-completion-read", D4: "credits-completion-atomic" };

describe.each(Object.entries(SAVED))("%s, %s", (cell, name) => {
  const of = program(name);

  test.each(["none", "full"] as const)("as PCIe has it, nothing gets stuck (reduce %s)", (reduce) => {
    const found = look(of, pcie, {}, reduce);
    expect([found.complete, found.deadlocks, found.satisfiable, found.someRunEnds]).toEqual([true, 0, false, true]);
  });

  test.each(["none", "full"] as const)("without that cell alone a run gets stuck (reduce %s)", (reduce) => {
    const found = look(of, without(cell), {}, reduce);
    expect(found.deadlocks).toBeGreaterThan(0);
    expect(found.satisfiable).toBe(true);
    // Others still end.
    expect(found.ends.map((end) => end.satisfies).sort()).toEqual([false, true]);
  });

  test("with unlimited room nothing gets stuck without it either", () => {
    expect(look(of, without(cell), { credits: "100" }, "full").deadlocks).toBe(0);
  });

  test("the setting must=no takes all of them away", () => {
    expect(look(of, pcie, { must: "no" }, "full").satisfiable).toBe(true);
  });
});

test("a completion that passes a read saves nothing where posted writes may not pass", () => {
  expect(look(program("credits-posted-read"), without("A3"), {}, "full").deadlocks).toBeGreaterThan(0);
  expect(look(program("credits-completion-read"), without("A3"), {}, "full").deadlocks).toBe(0);
});

/**
 * P5: cells.json says, for each table cell and window rule of ten platforms, which catalogue test changes its verdict when that cell is flipped (`node scripts/cells-flipped.mjs
 * --write`). Each is flipped again here; the share never falls.
 */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { search } from "../../src/explore/explore.js";
import { buildMachine } from "../../src/machine/machine.js";
import { platform } from "../../src/platform/index.js";
import type { Pass, Platform } from "../../src/platform/platform.js";
import type { Program } from "../../src/program/program.js";
import { catalogueProgram } from "../subject.js";

interface Kept {
  readonly flipped: number;
  readonly all: number;
  readonly platforms: { readonly [platform: string]: { readonly [cell: string]: string | null } };
}

const kept = JSON.parse(readFileSync(new URL("cells.json", import.meta.url), "utf8")) as Kept;

/** Of 1000 cells, how many have to be noticed. Raise it when it can be raised. */
const LEAST = 600;

const programs = new Map<string, Program>();

function program(name: string): Program {
  const found = programs.get(name) ?? catalogueProgram(name.replace(".litmus", ""));
  programs.set(name, found);
  return found;
}

const allowed = (name: string, on: Platform): boolean =>
  search(buildMachine(program(name), on), { mode: "verdict", reduce: "full", maxStates: 20_000 }).satisfiable;

const flip = <T extends { readonly pass: Pass }>(rule: T): T => ({ ...rule, pass: rule.pass === "no" ? "may" : "no" });

/** The cells of a platform, each with the platform on which it is flipped. */
function flips(on: Platform): ReadonlyMap<string, Platform> {
  const result = new Map<string, Platform>();
  for (const [index, rule] of on.cpu.window.entries()) {
    const window = on.cpu.window.map((other, at) => (at === index ? flip(other) : other));
    result.set(`window/${rule.id}`, { ...on, cpu: { ...on.cpu, window } });
  }
  const used = new Set(on.fabric.places.map((place) => place.table));
  for (const [table, cells] of Object.entries(on.fabric.tables)) {
    if (!used.has(table)) continue;
    for (const { id } of cells) {
      const tables = Object.fromEntries(
        Object.entries(on.fabric.tables).map(([name, each]) => [name, each.map((cell) => (cell.id === id ? flip(cell) : cell))]),
      );
      result.set(id, { ...on, fabric: { ...on.fabric, tables } });
    }
  }
  return result;
}

describe.each(Object.entries(kept.platforms))("%s", (name, cells) => {
  const on = platform(name) as Platform;
  const changed = flips(on);

  test("every cell is accounted for", () => {
    expect([...changed.keys()].sort()).toEqual(Object.keys(cells).sort());
  });

  test("a flip changes the verdict that it is said to change", () => {
    const unnoticed = Object.entries(cells).filter(
      ([cell, by]) => by !== null && allowed(by, on) === allowed(by, changed.get(cell) as Platform),
    );
    expect(unnoticed).toEqual([]);
  });
});

test("the share does not fall", () => {
  const all = Object.values(kept.platforms).flatMap((cells) => Object.values(cells));
  const noticed = all.filter((by) => by !== null).length;
  expect([noticed, all.length]).toEqual([kept.flipped, kept.all]);
  expect(noticed * 1000).toBeGreaterThanOrEqual(LEAST * all.length);
});

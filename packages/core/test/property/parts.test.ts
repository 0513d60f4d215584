/** Two tests side by side that have nothing to do with each other: the search takes them one by one, and finds what a search of both at once finds. */
import { expect, test } from "vitest";
import { family } from "../../../../scripts/bench/family.mjs";
import { type SearchResult, search } from "../../src/explore/explore.js";
import { questionsOf } from "../../src/explore/parts.js";
import { buildMachine, type Machine } from "../../src/machine/machine.js";
import { platform } from "../../src/platform/index.js";
import type { Platform } from "../../src/platform/platform.js";
import { runWitness } from "../../src/report/run.js";
import { type Draft, printDraft, programOf } from "../generate/draft.js";
import { CPUS, FABRICS, printPlatform, randomPlatform } from "../generate/platforms.js";
import { random } from "../generate/random.js";
import { randomTest } from "../generate/tests.js";
import { cases } from "./cases.js";

const cpuThreads = (draft: Draft): number => draft.threads.filter(({ head }) => head.startsWith("P")).length;

/** A draft's text with threads, CPUs, devices and locations that the other one does not have. */
function moved(text: string, by: number): string {
  return text
    .replace(/\bP(\d)/g, (_, number: string) => `P${Number(number) + by}`)
    .replace(/\b(\d):r/g, (_, number: string) => `${Number(number) + by}:r`)
    .replace(/\b(cpu|MIGRATE)\((\d)\)/g, (_, name: string, number: string) => `${name}(${Number(number) + by})`)
    .replace(/\bD(\d)/g, (_, number: string) => `D${Number(number) + 4}`)
    .replace(/\b([lxyzp])\b/g, "$1b");
}

function beside(first: Draft, second: Draft, operator: "/\\" | "\\/"): string {
  const split = (text: string): { init: string; code: string; condition: string } => {
    const [, init = "", code = "", condition = ""] = /\{\n(.*?)\}\n(.*)exists (\(.*\))\n$/s.exec(text) ?? [];
    return { init, code, condition };
  };
  const a = split(printDraft({ ...first, filter: undefined, shown: [] }));
  const b = split(moved(printDraft({ ...second, filter: undefined, shown: [] }), cpuThreads(first)));
  // CPU threads first: they are numbered by where they stand.
  const threads = `${a.code}${b.code}`.split(/(?<=^\}\n)/m);
  const code = [...threads.filter((text) => text.startsWith("P")), ...threads.filter((text) => !text.startsWith("P"))].join("");
  return `C both\n{\n${a.init}${b.init}}\n${code}exists (${a.condition} ${operator} ${b.condition})\n`;
}

const look = (machine: Machine, reduce: "full" | "none"): SearchResult =>
  search(machine, { mode: "verdict", reduce, maxStates: 6000, vacuity: true });

function flaw(text: string, platform: Platform): string | undefined | "skipped" {
  const program = programOf(text);
  if (typeof program === "string") return "skipped";
  const machine = buildMachine(program, platform);
  if (questionsOf(machine) === undefined) return "skipped";
  const none = look(machine, "none");
  if (!none.complete) return "skipped";
  const full = look(machine, "full");
  if (full.satisfiable !== none.satisfiable) return `none ${none.satisfiable}, parts ${full.satisfiable}`;
  if (none.someRunEnds !== full.someRunEnds) return `some run ends: none ${none.someRunEnds}, parts ${full.someRunEnds}`;
  return full.witness === undefined ? undefined : runWitness(machine, full.witness);
}

const seeds = cases(200);

test("parts one by one and all at once", { timeout: seeds.timeout }, () => {
  let applied = 0;
  for (let seed = seeds.first; seed < seeds.first + seeds.count; seed++) {
    const source = random(seed ^ 0x9a27);
    const platform = randomPlatform(source, { cpus: CPUS, fabrics: FABRICS, credits: false });
    const make = (): Draft => randomTest(source, { loops: source.chance(0.3), size: 4, rare: source.chance(0.5) });
    // Now and then the same test twice: then the one answer is the other's.
    const first = make();
    const text = beside(first, source.chance(0.4) ? first : make(), source.chance(0.5) ? "/\\" : "\\/");
    const found = flaw(text, platform);
    if (found === "skipped") continue;
    if (found !== undefined) throw new Error(`seed ${seed}: ${found}\n${printPlatform(platform)}\n${text}`);
    applied++;
  }
  expect(applied).toBeGreaterThan(seeds.count / 5);
});

test("pairs that are the same but for names are searched once", () => {
  const on = platform("sn2-pic");
  const pairs = (m: number, cure: "none" | "pio"): { readonly machine: Machine; readonly found: SearchResult } => {
    const program = programOf(family(3, m, cure));
    if (typeof program === "string" || on === undefined) throw new Error("no program");
    const machine = buildMachine(program, on);
    return { machine, found: search(machine, { mode: "verdict", reduce: "full", maxStates: 10_000 }) };
  };
  expect(pairs(5, "pio").found).toMatchObject({ satisfiable: false, complete: true, states: pairs(1, "pio").found.states });
  const { machine, found } = pairs(5, "none");
  expect(found.satisfiable).toBe(true);
  expect(runWitness(machine, found.witness ?? [])).toBeUndefined();
});

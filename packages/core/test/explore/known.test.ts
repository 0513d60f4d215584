/** Platforms that are the same machine for a test share its searches, and nothing but the number of searches differs. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { createKnownSearches, type KnownSearches } from "../../src/explore/known.js";
import { DEFAULT_LIMITS, type Verdict } from "../../src/explore/verdict.js";
import { parseTest } from "../../src/litmus/parse.js";
import { platform, platformNames } from "../../src/platform/index.js";
import type { Platform } from "../../src/platform/platform.js";
import { lowerTest } from "../../src/program/lower.js";
import type { Program } from "../../src/program/program.js";
import { judge } from "../../src/report/judge.js";

function program(name: string): Program {
  const text = readFileSync(new URL(`../../../../catalogue/${name}.litmus`, import.meta.url), "utf8");
  const parsed = parseTest({ name, text });
  if (!parsed.ok) throw new Error(parsed.problems[0]?.message);
  const lowered = lowerTest(parsed.value, { name, text });
  if (!lowered.ok) throw new Error(lowered.problems[0]?.message);
  return lowered.value;
}

const platforms = platformNames().map((name) => platform(name) as Platform);

/** Counts what is asked, and what is searched. */
function counting(): { readonly known: KnownSearches; readonly counts: { asked: number; searched: number } } {
  const { find } = createKnownSearches();
  const counts = { asked: 0, searched: 0 };
  return {
    counts,
    known: {
      find(machine, options, search) {
        counts.asked++;
        return find(machine, options, () => {
          counts.searched++;
          return search();
        });
      },
    },
  };
}

const comparable = (verdict: Verdict): unknown => ({ ...verdict, machine: undefined });

// In the second, options of the window decide, which a search that is not made does not ask for.
test.each(["altix/cq-race", "bugs/65-mthca-command-after", "classic/MP+mb+wmb"])("%s on all platforms", (name) => {
  const { known, counts } = counting();
  const of = program(name);
  for (const on of platforms) {
    const alone = judge(of, on, DEFAULT_LIMITS);
    expect(comparable(judge(of, on, { ...DEFAULT_LIMITS, known })), on.name).toEqual(comparable(alone));
  }
  // 14 of 23, 16 of 28 and 11 of 23 as the platforms are today.
  expect(counts.searched).toBeLessThan(0.75 * counts.asked);
});

test("limits are part of the question", () => {
  const { known, counts } = counting();
  const of = program("altix/cq-race");
  const on = platform("pcie") as Platform;
  for (const mode of ["states", "verdict", "states"] as const) judge(of, on, { ...DEFAULT_LIMITS, mode, known });
  judge(of, on, { ...DEFAULT_LIMITS, maxStates: 2, known });
  expect(counts).toEqual({ asked: 4, searched: 3 });
});

test("a search that was interrupted is made again", () => {
  const { known, counts } = counting();
  const of = program("pcie/credits-posted-read");
  const on = platform("pcie") as Platform;
  expect(judge(of, on, { ...DEFAULT_LIMITS, known, interrupted: () => true }).verdict).toBe("unknown");
  const stopped = counts.searched;
  expect(judge(of, on, { ...DEFAULT_LIMITS, known }).verdict).toBe("forbidden");
  expect(counts.searched).toBeGreaterThan(stopped);
});

/** Platforms that are the same machine for a test share its searches, and nothing but the number of searches differs. */
import { expect, test } from "vitest";
import { createKnownSearches, type KnownSearches, OF_MACHINE } from "../../src/explore/known.js";
import { DEFAULT_LIMITS, type Verdict } from "../../src/explore/verdict.js";
import { buildMachine } from "../../src/machine/machine.js";
import { platformNames } from "../../src/platform/index.js";
import { judge } from "../../src/report/judge.js";
import { catalogueProgram, platformOf } from "../subject.js";

const platforms = platformNames().map(platformOf);

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
  const of = catalogueProgram(name);
  for (const on of platforms) {
    const alone = judge(of, on, DEFAULT_LIMITS);
    expect(comparable(judge(of, on, { ...DEFAULT_LIMITS, known })), on.name).toEqual(comparable(alone));
  }
  // 14 of 23, 16 of 28 and 11 of 23 as the platforms are today.
  expect(counts.searched).toBeLessThan(0.75 * counts.asked);
});

test("limits are part of the question", () => {
  const { known, counts } = counting();
  const of = catalogueProgram("altix/cq-race");
  const on = platformOf("pcie");
  for (const mode of ["states", "verdict", "states"] as const) judge(of, on, { ...DEFAULT_LIMITS, mode, known });
  judge(of, on, { ...DEFAULT_LIMITS, maxStates: 2, known });
  expect(counts).toEqual({ asked: 4, searched: 3 });
});

test("a search that was interrupted is made again", () => {
  const { known, counts } = counting();
  const of = catalogueProgram("pcie/credits-posted-read");
  const on = platformOf("pcie");
  expect(judge(of, on, { ...DEFAULT_LIMITS, known, interrupted: () => true }).verdict).toBe("unknown");
  const stopped = counts.searched;
  expect(judge(of, on, { ...DEFAULT_LIMITS, known }).verdict).toBe("forbidden");
  expect(counts.searched).toBeGreaterThan(stopped);
});

test("a machine has no field that the comparison does not know of", () => {
  const machine = buildMachine(catalogueProgram("altix/cq-race"), platformOf("sn2"));
  expect(Object.keys(machine).filter((field) => !(field in OF_MACHINE))).toEqual([]);
});

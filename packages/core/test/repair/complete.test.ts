/** The search against brute force: every set of candidates up to a size, tried one by one. */
import { describe, expect, test, vi } from "vitest";
import { applyChanges } from "../../src/repair/apply.js";
import { candidatesOf } from "../../src/repair/candidates.js";
import type { Change } from "../../src/repair/change.js";
import { hittingSets } from "../../src/repair/hitting.js";
import { createJudgement } from "../../src/repair/prove.js";
import { subjectOf } from "../../src/repair/source-program.js";
import { type TrialLimits, trialOf } from "../../src/repair/trial.js";
import { catalogue, named } from "./text.js";

// Nothing here is timed: a busy machine only takes longer.
vi.setConfig({ testTimeout: 120_000 });

const limits: TrialLimits = { maxStates: 100_000, settings: new Map() };

const cases: readonly (readonly [string, string])[] = [
  ["altix/cq-race", "sn2"],
  ["altix/cq-race", "portable"],
  ["bugs/73-hpc-completion-before", "portable"],
  ["bugs/55-tg3-queue-stopped-before", "arm64"],
  ["bugs/11-nvme-phase-before", "arm64,sn2"],
  ["linux-io/relaxed-both", "portable"],
  ["linux-io/mutex-writel", "portable,ppc64,riscv"],
  ["linux-io/doorbell-relaxed", "riscv"],
  ["pcie/posted-intx", "portable"],
];

describe("all minimal sets of up to two changes are found", () => {
  test.each(cases)("%s on %s", (name, platforms) => {
    const { source, program } = catalogue(name);
    const on = named(platforms);
    const judgement = createJudgement(program, on, limits);
    const universe = candidatesOf(subjectOf(source, program), on, []).strongest;
    const key = (changes: readonly Change[]): string =>
      changes
        .map(({ id }) => id)
        .sort()
        .join(" ");
    const good = (changes: readonly Change[]): boolean => {
      const trial = trialOf(source, applyChanges(source.text, changes));
      return trial !== undefined && judgement.prove(trial.program).kind === "proved";
    };
    const gone = (changes: readonly Change[]): boolean => {
      const trial = trialOf(source, applyChanges(source.text, changes));
      return trial !== undefined && judgement.forbidden(trial.program).kind === "proved";
    };
    const singles = universe.filter((change) => gone([change]));
    const expected = singles
      .filter((change) => good([change]) && !change.covers.some((id) => singles.some((other) => other.id === id)))
      .map((change) => key([change]));
    const helped = (change: Change): boolean => singles.some(({ id }) => id === change.id || change.covers.includes(id));
    universe.forEach((first, index) => {
      for (const second of universe.slice(index + 1))
        if (!helped(first) && !helped(second) && good([first, second])) expected.push(key([first, second]));
    });
    const found = hittingSets(source, { program, edited: { text: source.text, origin: String } }, universe, {
      platforms: on,
      limits,
      maxChanges: 2,
      enough: 2,
      maxTrials: 10_000,
      prove: (trial) => judgement.prove(trial.program),
    });
    expect(expected.length).toBeGreaterThan(0);
    expect(found.minimal.map(({ changes }) => key(changes)).sort()).toEqual(expected.sort());
  });
});

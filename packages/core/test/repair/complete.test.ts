/** The search against brute force. `node scripts/repair-complete.mjs` does it for the whole catalogue. */
import { describe, expect, test } from "vitest";
import type { Platform } from "../../src/platform/platform.js";
import { printDraft } from "../generate/draft.js";
import { CPUS, FABRICS, randomPlatform } from "../generate/platforms.js";
import { random } from "../generate/random.js";
import { randomTest } from "../generate/tests.js";
import { type Answer, cases, type Property, run } from "../property/cases.js";
import { againstBruteForce } from "./brute.js";
import { catalogue, named } from "./text.js";

// Nothing here is timed: a busy machine only takes longer.
const CASES: readonly (readonly [string, string])[] = [
  ["altix/cq-race", "sn2"],
  ["altix/cq-race", "portable"],
  ["bugs/73-hpc-completion-before", "portable"],
  ["bugs/55-tg3-queue-stopped-before", "arm64"],
  ["bugs/11-nvme-phase-before", "arm64,sn2"],
  ["linux-io/relaxed-both", "portable"],
  ["linux-io/register-order-two-devices", "portable,pcie"],
  ["linux-io/doorbell-relaxed", "riscv"],
  ["pcie/posted-intx", "portable"],
];

describe("all minimal sets of up to two changes are found", () => {
  test.each(CASES)("%s on %s", (name, platforms) => {
    const { source, program } = catalogue(name);
    const compared = againstBruteForce(source, program, named(platforms), 40);
    expect(compared?.expected.length).toBeGreaterThan(0);
    expect(compared?.found).toEqual(compared?.expected);
  });

  const seeds = cases(60);
  test("of generated tests", { timeout: seeds.timeout }, () => {
    let sets = 0;
    const agree: Property = (program, platform: Platform, draft): Answer => {
      const source = { name: "generated", text: printDraft(draft) };
      const compared = againstBruteForce(source, program, [platform], 14, { maxStates: 3000, settings: new Map() });
      if (compared === undefined || compared.expected.length + compared.found.length === 0) return "skipped";
      sets += compared.expected.length;
      const missed = compared.expected.filter((text) => !compared.found.includes(text));
      const extra = compared.found.filter((text) => !compared.expected.includes(text));
      if (missed.length + extra.length === 0) return undefined;
      return { failure: `missed:\n${missed.join("\n")}\nnot minimal:\n${extra.join("\n")}` };
    };
    run(agree, seeds, (seed) => {
      const source = random(seed ^ 0x4e9a12);
      const platform = randomPlatform(source, { cpus: CPUS, fabrics: FABRICS, credits: false });
      return { draft: randomTest(source, { loops: source.chance(0.1), size: 6 }), platform };
    });
    expect(sets).toBeGreaterThan(0);
  });
});

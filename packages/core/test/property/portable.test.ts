/** P1: what a conforming platform allows, `portable` allows. */
import { expect, test } from "vitest";
import { type SearchResult, search } from "../../src/explore/explore.js";
import { buildMachine } from "../../src/machine/machine.js";
import type { Platform } from "../../src/platform/platform.js";
import { printDraft } from "../generate/draft.js";
import { CONFORMING, forgetsPortWrites, platform } from "../generate/platforms.js";
import { random } from "../generate/random.js";
import { randomTest } from "../generate/tests.js";
import { type Answer, cases, labels, listEnds, type Property, run } from "./cases.js";

/** Classes of tests for which it does not hold, each with its reason (docs/decisions/0006-verdicts-that-differ.md). */
const EXCEPTIONS: readonly { readonly reason: string; applies(text: string, on: Platform): boolean }[] = [
  {
    reason: "streaming memory without dma_sync_* where caches do not snoop",
    applies: (text, on) => !on.fabric.coherent && /streaming/.test(text),
  },
  {
    reason: "plain loads of one location, which race with a store: of races portable promises nothing, and says so",
    applies: (text, on) => !on.cpu.coherentReads && / = \*\(?[xyz]/.test(text),
  },
  {
    reason: "port writes under a lock",
    applies: (text, on) => forgetsPortWrites(on) && /\bouts?[bwl]\(/.test(text) && /lock/.test(text),
  },
  {
    reason: "room is counted by place, and portable has fewer of them",
    applies: (text) => /^credits=/m.test(text),
  },
];

const seeds = cases(1000);

test("allowed on a conforming platform implies allowed on portable", { timeout: seeds.timeout }, () => {
  const portable = platform("portable");
  const follows: Property = (program, on, draft): Answer => {
    if (EXCEPTIONS.some((exception) => exception.applies(printDraft(draft), on))) return "skipped";
    const endsOn = (where: Platform): SearchResult =>
      search(buildMachine(program, where), { mode: "states", reduce: "full", maxStates: 5000 });
    const here = endsOn(on);
    const there = endsOn(portable);
    if (!here.complete || !there.complete) return "skipped";
    const kept = new Set(there.ends.map((end) => end.values.join()));
    const more = here.ends.filter((end) => !kept.has(end.values.join()));
    return more.length === 0 ? undefined : { failure: `observed ${labels(program)}: not on portable ${listEnds(more)}` };
  };
  const applied = run(follows, seeds, (seed) => {
    const source = random(seed ^ 0x9011);
    return {
      draft: randomTest(source, { loops: source.chance(0.2), size: 8, rare: source.chance(0.5) }),
      platform: source.pick(CONFORMING),
    };
  });
  expect(applied).toBeGreaterThan(seeds.count / 2);
});

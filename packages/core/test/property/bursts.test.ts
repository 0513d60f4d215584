/** Bursts: the reduced search and the oracle find what the unreduced search finds where writes to neighbouring registers may leave together. */
import { expect, test } from "vitest";
import { search } from "../../src/explore/explore.js";
import { buildMachine } from "../../src/machine/machine.js";
import { consult } from "../../src/oracle/oracle.js";
import { burstTest } from "../generate/bursts.js";
import { randomPlatform } from "../generate/platforms.js";
import { random } from "../generate/random.js";
import { type Answer, cases, labels, listEnds, type Property, run } from "./cases.js";

let together = 0;
let judged = 0;
const agrees: Property = (program, platform): Answer => {
  const machine = buildMachine(program, platform);
  if (!machine.followers.some((list) => list.length > 0)) return "skipped";
  const none = search(machine, { mode: "states", reduce: "none", maxStates: 20_000 });
  const full = search(buildMachine(program, platform), { mode: "states", reduce: "full", maxStates: 20_000 });
  if (!none.complete) return "skipped";
  if (listEnds(none.ends) !== listEnds(full.ends))
    return { failure: `observed ${labels(program)}\n  none ${listEnds(none.ends)}\n  full ${listEnds(full.ends)}` };
  if (none.deadlocks > 0 !== full.deadlocks > 0) return { failure: `deadlocks: none ${none.deadlocks}, full ${full.deadlocks}` };
  const answer = consult(program, platform, new Map(), 3000);
  if (answer.kind === "ends") {
    if (listEnds(none.ends) !== listEnds(answer.ends))
      return { failure: `observed ${labels(program)}\n  machine ${listEnds(none.ends)}\n  oracle  ${listEnds(answer.ends)}` };
    judged++;
  }
  const apart = search({ ...machine, followers: machine.followers.map(() => []) }, { mode: "states", reduce: "none", maxStates: 20_000 });
  if (answer.kind === "ends" && listEnds(apart.ends) !== listEnds(none.ends)) together++;
  return undefined;
};

const seeds = cases(150);

test("reduced, unreduced and the oracle agree on bursts", { timeout: seeds.timeout }, () => {
  const applied = run(agrees, seeds, (seed) => {
    const source = random(seed ^ 0xb0257);
    return {
      draft: burstTest(source),
      platform: randomPlatform(source, { cpus: ["x86", "arm64"], fabrics: ["pci", "pci-x", "portable"], credits: true }),
    };
  });
  expect(applied).toBeGreaterThan(seeds.count / 2);
  expect(judged).toBeGreaterThan(seeds.count / 3);
  // In many of them a burst makes a difference.
  expect(together).toBeGreaterThan(seeds.count / 12);
});

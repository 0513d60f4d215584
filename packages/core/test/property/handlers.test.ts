/** Handlers that run again: reduced, unreduced and the oracle agree, however often they are raised and whatever of their runs is under way. */
import { expect, test } from "vitest";
import { search } from "../../src/explore/explore.js";
import { buildMachine } from "../../src/machine/machine.js";
import { consult } from "../../src/oracle/oracle.js";
import { handlerTest } from "../generate/handlers.js";
import { ATOMIC_CPUS, COHERENT_FABRICS, MESSAGE_CPUS, randomPlatform } from "../generate/platforms.js";
import { random } from "../generate/random.js";
import { randomTest } from "../generate/tests.js";
import { type Answer, cases, labels, listEnds, type Property, run } from "./cases.js";

let often = 0;
const agrees: Property = (program, platform): Answer => {
  const answer = consult(program, platform, new Map(), 2500);
  if (answer.kind !== "ends") return "skipped";
  const machine = buildMachine(program, platform);
  const none = search(machine, { mode: "states", reduce: "none", maxStates: 8000 });
  if (!none.complete) return "skipped";
  if (listEnds(none.ends) !== listEnds(answer.ends))
    return { failure: `observed ${labels(program)}\n  machine ${listEnds(none.ends)}\n  oracle  ${listEnds(answer.ends)}` };
  const full = search(buildMachine(program, platform), { mode: "states", reduce: "full", maxStates: 8000 });
  if (listEnds(none.ends) !== listEnds(full.ends))
    return { failure: `observed ${labels(program)}\n  none ${listEnds(none.ends)}\n  full ${listEnds(full.ends)}` };
  const verdict = search(buildMachine(program, platform), { mode: "verdict", reduce: "full", maxStates: 8000 });
  if (verdict.satisfiable !== answer.ends.some((end) => end.satisfies)) return { failure: `satisfiable: ${verdict.satisfiable}` };
  if (machine.threads.some(({ runs, mostPending }) => runs.length > 1 || mostPending > 3)) often++;
  return undefined;
};

const seeds = cases(120);

test("reduced, unreduced and the oracle agree on handlers that run again", { timeout: seeds.timeout }, () => {
  const applied = run(agrees, seeds, (seed) => {
    const source = random(seed ^ 0x4a9d);
    const draft = handlerTest(source);
    return {
      draft,
      platform: randomPlatform(source, {
        cpus: ["x86", "arm64", "portable", "ia64"],
        fabrics: ["pcie", "pci", "sn2-pic", "portable"],
        credits: true,
      }),
    };
  });
  expect(applied).toBeGreaterThan(seeds.count / 5);
  expect(often).toBeGreaterThan(seeds.count / 12);
});

const more = cases(150);

test("the same on handlers of every kind", { timeout: more.timeout }, () => {
  const applied = run(agrees, more, (seed) => {
    const source = random(seed ^ 0x4a9e);
    const cpus = source.chance(0.7) ? ATOMIC_CPUS : MESSAGE_CPUS;
    const platform = randomPlatform(source, { cpus, fabrics: COHERENT_FABRICS, credits: true });
    return { draft: randomTest(source, { loops: source.chance(0.2), size: 7, rare: source.chance(0.4), handlers: true }), platform };
  });
  expect(applied).toBeGreaterThan(more.count / 3);
});

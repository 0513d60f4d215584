/** Shared completions: the search and the oracle agree where a completion may go to a requester that did not ask for it. */
import { expect, test } from "vitest";
import { search } from "../../src/explore/explore.js";
import { buildMachine } from "../../src/machine/machine.js";
import { consult } from "../../src/oracle/oracle.js";
import { randomPlatform } from "../generate/platforms.js";
import { random } from "../generate/random.js";
import { sharing, theftTest } from "../generate/thefts.js";
import { type Answer, cases, labels, listEnds, type Property, run } from "./cases.js";

let taken = 0;
const agrees: Property = (program, platform): Answer => {
  const machine = buildMachine(program, platform);
  if (!machine.thieves.some((list) => list.length > 0)) return "skipped";
  const answer = consult(program, platform, new Map(), 12_000);
  if (answer.kind !== "ends") return "skipped";
  const none = search(machine, { mode: "states", reduce: "none", maxStates: 20_000 });
  if (!none.complete) return "skipped";
  if (listEnds(none.ends) !== listEnds(answer.ends))
    return { failure: `observed ${labels(program)}\n  machine ${listEnds(none.ends)}\n  oracle  ${listEnds(answer.ends)}` };
  const full = search(buildMachine(program, platform), { mode: "states", reduce: "full", maxStates: 20_000 });
  if (listEnds(none.ends) !== listEnds(full.ends))
    return { failure: `observed ${labels(program)}\n  none ${listEnds(none.ends)}\n  full ${listEnds(full.ends)}` };
  const verdict = search(buildMachine(program, platform), { mode: "verdict", reduce: "full", maxStates: 20_000 });
  if (verdict.satisfiable !== answer.ends.some((end) => end.satisfies)) return { failure: `satisfiable: ${verdict.satisfiable}` };
  const apart = search({ ...machine, thieves: machine.thieves.map(() => []) }, { mode: "states", reduce: "none", maxStates: 20_000 });
  if (listEnds(apart.ends) !== listEnds(none.ends)) taken++;
  return undefined;
};

const seeds = cases(150);

test("the search and the oracle agree on shared completions", { timeout: seeds.timeout }, () => {
  const applied = run(agrees, seeds, (seed) => {
    const source = random(seed ^ 0x7eef);
    const draft = theftTest(source);
    const fabrics = ["pci21", "pci21", "pci21", "pci21", "pci21", "pcie", "sn2-pic"];
    return { draft, platform: sharing(randomPlatform(source, { cpus: ["x86", "arm64"], fabrics, credits: true })) };
  });
  expect(applied).toBeGreaterThan(seeds.count / 4);
  expect(taken).toBeGreaterThan(seeds.count / 30);
});

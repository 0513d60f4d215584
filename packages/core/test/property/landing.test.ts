/** DMA that CPUs see one by one: a reduced search finds what an unreduced one finds, and all that is possible where it lands for all at once stays possible. */
import { expect, test } from "vitest";
import { type SearchResult, search } from "../../src/explore/explore.js";
import { buildMachine } from "../../src/machine/machine.js";
import { platform } from "../generate/platforms.js";
import { random } from "../generate/random.js";
import { randomTest } from "../generate/tests.js";
import { type Answer, cases, labels, listEnds, type Property, run } from "./cases.js";

const MOST_STATES = 5000;
const ONE_BY_ONE = new Map([["dma-landing", "one-by-one"]]);

const agrees: Property = (program, on): Answer => {
  const machine = buildMachine(program, on, ONE_BY_ONE);
  const look = (of: typeof machine, mode: "states" | "verdict", reduce: "full" | "none"): SearchResult =>
    search(of, { mode, reduce, maxStates: MOST_STATES });
  // Only one CPU reads what devices write: the option is not asked for.
  if (!machine.instructions.some(({ id, kind }) => kind === "dma-write" && (machine.message[id] as number) >= 0)) return "skipped";
  const none = look(machine, "states", "none");
  if (!none.complete) return "skipped";
  const full = look(machine, "states", "full");
  if (listEnds(none.ends) !== listEnds(full.ends))
    return { failure: `observed ${labels(program)}\n  none ${listEnds(none.ends)}\n  full ${listEnds(full.ends)}` };
  if (none.deadlocks > 0 !== full.deadlocks > 0) return { failure: `deadlocks: none ${none.deadlocks}, full ${full.deadlocks}` };
  if (look(machine, "verdict", "full").satisfiable !== none.satisfiable) return { failure: "verdict mode says otherwise" };
  // On Power the coherence order before such a write is kept, and forgotten where it lands for all.
  if (on.cpu.barriersTravel) return undefined;
  const atOnce = look(buildMachine(program, on), "states", "none");
  if (!atOnce.complete) return "skipped";
  const found = new Set(none.ends.map(({ values }) => values.join()));
  const lost = atOnce.ends.filter(({ values }) => !found.has(values.join()));
  return lost.length === 0 ? undefined : { failure: `observed ${labels(program)}\n  only where all see it at once: ${listEnds(lost)}` };
};

const seeds = cases(500);

test.each(["portable", "ppc64"])("DMA that CPUs see one by one, on %s", { timeout: seeds.timeout }, (name) => {
  const applied = run(agrees, seeds, (seed) => {
    const source = random(seed ^ 0x1a9d);
    return { draft: randomTest(source, { loops: source.chance(0.2), size: 8 }), platform: platform(name) };
  });
  expect(applied).toBeGreaterThan(seeds.count / 40);
});

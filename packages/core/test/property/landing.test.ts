/** DMA that CPUs see one by one: a reduced search finds what an unreduced one finds, and all that is possible where it lands for all at once stays possible. */
import { expect, test } from "vitest";
import { type SearchResult, search } from "../../src/explore/explore.js";
import { lands } from "../../src/machine/instruction.js";
import { buildMachine } from "../../src/machine/machine.js";
import type { Draft } from "../generate/draft.js";
import { platform } from "../generate/platforms.js";
import { type Random, random } from "../generate/random.js";
import { randomTest } from "../generate/tests.js";
import { type Answer, cases, labels, listEnds, type Property, run } from "./cases.js";

const MOST_STATES = 5000;
const ONE_BY_ONE = new Map([["dma-landing", "one-by-one"]]);

const agrees: Property = (program, on): Answer => {
  const machine = buildMachine(program, on, ONE_BY_ONE);
  const look = (of: typeof machine, mode: "states" | "verdict", reduce: "full" | "none"): SearchResult =>
    search(of, { mode, reduce, maxStates: MOST_STATES });
  // Only one CPU reads what devices write: the option is not asked for.
  if (!machine.instructions.some((each) => lands(each) && (machine.message[each.id] as number) >= 0)) return "skipped";
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
    return { draft: randomTest(source, { loops: source.chance(0.2), size: 8, rare: source.chance(0.5) }), platform: platform(name) };
  });
  expect(applied).toBeGreaterThan(seeds.count / 40);
});

/** Devices that write words by atomics and otherwise, and CPUs that read and write them. */
function atomicTest(source: Random): Draft {
  const names = ["x", "y"];
  const shown: string[] = [...names];
  const threads = ["P0", "P1", ...(source.chance(0.4) ? ["P2"] : []), "D0", ...(source.chance(0.3) ? ["D1"] : [])].map((thread) => {
    const body: string[] = [];
    const length = 1 + source.below(thread.startsWith("D") ? 3 : 2);
    for (let i = 0; i < length; i++) {
      const name = source.pick(names);
      const [get, r] = [
        `int r${i} = `,
        source.chance(0.3) && i > 0 && body[i - 1]?.startsWith("int") ? `r${i - 1} + 1` : `${1 + source.below(3)}`,
      ];
      const line = thread.startsWith("D")
        ? source.pick([
            `DMA_WRITE(*${name}, ${r})`,
            `${get}DMA_FETCH_ADD(*${name}, 1)`,
            `${get}DMA_CAS(*${name}, ${source.below(2)}, ${r})`,
            `${get}DMA_READ(*${name})`,
          ])
        : source.pick([
            `${get}READ_ONCE(*${name})`,
            `${get}READ_ONCE(*${name})`,
            `WRITE_ONCE(*${name}, ${r})`,
            `${get}atomic_fetch_add_relaxed(1, ${name})`,
          ]);
      if (line.startsWith("int")) shown.push(`${thread.replace("P", "")}:r${i}`);
      body.push(line);
      if (!thread.startsWith("D") && source.chance(0.4)) body.push(source.pick(["smp_rmb()", "smp_mb()", "smp_wmb()"]));
    }
    return { head: `${thread}(int *x, int *y)`, body };
  });
  return {
    init: names.map((name) => `dma(coherent) int ${name}`),
    threads,
    shown,
    condition: [`${source.pick(shown)}=${source.below(3)}`],
  };
}

const atomics = cases(50);

test.each(["portable", "ppc64"])("devices' atomics that CPUs see one by one, on %s", { timeout: atomics.timeout }, (name) => {
  const applied = run(agrees, atomics, (seed) => ({ draft: atomicTest(random(seed ^ 0xa703)), platform: platform(name) }));
  expect(applied).toBeGreaterThan(atomics.count / 8);
});

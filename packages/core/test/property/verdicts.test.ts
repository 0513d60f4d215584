/** Whatever is asked of the ends of a test, the verdict says what its end states say: whole end states, and terms with values that end states have, together or apart. */
import { expect, test } from "vitest";
import { search } from "../../src/explore/explore.js";
import { buildMachine } from "../../src/machine/machine.js";
import type { Formula, Program } from "../../src/program/program.js";
import { printDraft } from "../generate/draft.js";
import { randomMemoryTest } from "../generate/memory.js";
import { CPUS, FABRICS, platform, randomPlatform } from "../generate/platforms.js";
import { type Random, random } from "../generate/random.js";
import { randomTest } from "../generate/tests.js";
import { type Answer, cases, type Property, run } from "./cases.js";
import { excused, SEARCH_FAULTS } from "./known-faults.js";

const MOST_STATES = 5000;
const QUESTIONS = 4;

/** A term of `program.observed` and the value that is asked of it. */
interface Term {
  readonly at: number;
  readonly value: number;
}

/** A whole end state, or terms with values of end states: mostly of one, so that the answer is often yes. */
function question(source: Random, program: Program, ends: readonly (readonly number[])[]): readonly Term[] {
  const askable = program.observed.flatMap((term, at) => (term.kind === "register" || term.kind === "location" ? [at] : []));
  if (askable.length === 0) return [];
  const one = source.pick(ends);
  if (source.chance(0.5)) return askable.map((at) => ({ at, value: one[at] as number }));
  return Array.from({ length: 1 + source.below(4) }, (): Term => {
    const at = source.pick(askable);
    return { at, value: (source.chance(0.75) ? one : source.pick(ends))[at] as number };
  });
}

function formulaOf(program: Program, terms: readonly Term[]): Formula {
  const compared = terms.map(({ at, value }): Formula => {
    const term = program.observed[at] as Program["observed"][number];
    if (term.kind === "order" || term.kind === "stuck") throw new Error("not asked");
    return { kind: "compare", operator: "=", left: term, right: { kind: "constant", value } };
  });
  return compared.reduce((left, right): Formula => ({ kind: "and", left, right }));
}

const agrees: Property = (program, on, draft): Answer => {
  const text = printDraft(draft);
  if (excused(SEARCH_FAULTS, text, on)) return "skipped";
  const states = search(buildMachine(program, on), { mode: "states", reduce: "full", maxStates: MOST_STATES });
  if (!states.complete || states.ends.length === 0) return "skipped";
  const ends = states.ends.map(({ values }) => values);
  const source = random(text.length * 7919 + ends.length);
  for (let asked = 0; asked < QUESTIONS; asked++) {
    const terms = question(source, program, ends);
    if (terms.length === 0) return "skipped";
    const formula = formulaOf(program, terms);
    const found = search(buildMachine({ ...program, condition: { ...program.condition, formula } }, on), {
      mode: "verdict",
      reduce: "full",
      maxStates: MOST_STATES,
    });
    const holds = ends.some((values) => terms.every(({ at, value }) => values[at] === value));
    const names = terms.map(({ at, value }) => `${program.observed[at]?.label}=${value}`).join(" /\\ ");
    if (found.satisfiable !== holds && (found.satisfiable || found.complete))
      return { failure: `${names}: the end states say ${holds}, the verdict ${found.satisfiable}` };
  }
  return undefined;
};

const seeds = cases(100);

test("a verdict of memory alone", { timeout: seeds.timeout }, () => {
  const applied = run(agrees, seeds, (seed) => {
    const source = random(seed ^ 0x7e4d);
    const on = platform(source.pick(["arm64", "portable", "ppc64", "riscv"]));
    // What atomics add and compare with is computed in tests with barriers beside them.
    const draft = randomMemoryTest(source, { size: 5, atomics: true, locks: source.chance(0.2), beside: true, dense: source.chance(0.7) });
    return { draft, platform: on };
  });
  expect(applied).toBeGreaterThan(seeds.count / 2);
});

test("a verdict of devices and CPUs", { timeout: seeds.timeout }, () => {
  const applied = run(agrees, seeds, (seed) => {
    const source = random(seed ^ 0x11d7);
    const on = randomPlatform(source, { cpus: CPUS, fabrics: FABRICS, credits: true });
    return { draft: randomTest(source, { loops: source.chance(0.3), size: 7, rare: source.chance(0.5) }), platform: on };
  });
  expect(applied).toBeGreaterThan(seeds.count / 2);
});

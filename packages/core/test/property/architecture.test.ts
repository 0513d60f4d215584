/** The explorer on an architecture ends as the architecture's model says, for random tests of cached memory: the same end states, no more and no less. */
import { expect, test } from "vitest";
import { ARCHITECTURES, type Architecture, answer } from "../../src/axioms/index.js";
import { type CompiledModel, compileModel, libraryFile, parseCat, type Session } from "../../src/cat/index.js";
import { search } from "../../src/explore/explore.js";
import { parseTest } from "../../src/litmus/parse.js";
import { buildMachine } from "../../src/machine/machine.js";
import { printDraft } from "../generate/draft.js";
import { randomMemoryTest } from "../generate/memory.js";
import { platform } from "../generate/platforms.js";
import { random } from "../generate/random.js";
import { type Answer, cases, type Property, run } from "./cases.js";
import { excused, MODEL_FAULTS } from "./known-faults.js";

const MOST_STATES = 20_000;
const MOST_NODES = 20_000;

interface Loaded {
  readonly lower: Architecture | undefined;
  readonly model: CompiledModel;
  readonly session: Session;
}

function loaded(name: string, lower: Architecture | undefined): Loaded {
  const parsed = parseCat(libraryFile(`${name}.cat`) as NonNullable<ReturnType<typeof libraryFile>>, libraryFile);
  const model = parsed.ok ? compileModel(parsed.value, lower === undefined ? {} : { architecture: lower.vocabulary }) : parsed;
  if (!model.ok) throw new Error(name);
  return { lower, model: model.value, session: model.value.session() };
}

const models = new Map<string, Loaded>([...ARCHITECTURES].map(([name, lower]) => [name, loaded(lower.model, lower)]));
models.set("portable", loaded("lkmm", undefined));

/** Rows of `name=value`, each sorted, as one text. */
const sorted = (rows: readonly (readonly string[])[]): string =>
  [...new Set(rows.map((row) => [...row].sort().join(" ")))].sort().join("\n    ");

const agrees: Property = (program, on, draft): Answer => {
  const { lower, model, session } = models.get(on.name) as Loaded;
  if (excused(MODEL_FAULTS, printDraft(draft), on)) return "skipped";
  const parsed = parseTest({ name: "generated.litmus", text: printDraft(draft) });
  if (!parsed.ok) return "skipped";
  const axioms = answer(parsed.value, model, session, { maxNodes: MOST_NODES, ...(lower === undefined ? {} : { lower }) });
  if (axioms.kind === "problems") return { failure: axioms.problems.map(({ message }) => message).join("; ") };
  if (axioms.kind === "unknown" || axioms.answer.flags.length > 0) return "skipped";
  const { items, shown } = axioms.answer.frame;
  const threads = parsed.value.threads.map(({ name }) => name.slice(1));
  const names = items.slice(0, shown).map((item) => (item.kind === "register" ? `${threads[item.thread]}:${item.name}` : `[${item.name}]`));
  // A value out of thin air has no number.
  if (axioms.answer.states.some((state) => state.some((value) => typeof value !== "number"))) return "skipped";
  const byAxioms = sorted(axioms.answer.states.map((state) => names.map((name, at) => `${name}=${state[at]}`)));
  const found = search(buildMachine(program, on), { mode: "states", reduce: "full", maxStates: MOST_STATES });
  if (!found.complete) return "skipped";
  const labels = program.observed.map(({ label }) => label);
  const byExplorer = sorted(found.ends.map(({ values }) => labels.map((label, at) => `${label}=${values[at]}`)));
  return byAxioms === byExplorer ? undefined : { failure: `  model\n    ${byAxioms}\n  explorer\n    ${byExplorer}` };
};

const seeds = cases(60);

test.each([...models.keys()])("the explorer on %s ends as the model says", { timeout: seeds.timeout }, (name) => {
  const on = platform(name);
  const applied = run(agrees, seeds, (seed) => {
    const source = random(seed ^ 0xa4c4);
    const beside = source.chance(0.4);
    const dense = source.chance(0.25);
    return {
      draft: randomMemoryTest(source, { size: 7, atomics: true, locks: name === "portable" && beside, beside, dense }),
      platform: on,
    };
  });
  expect(applied).toBeGreaterThan(seeds.count / 2);
});

/** P4: other names and another order of declaration change nothing. */
import { expect, test } from "vitest";
import { search } from "../../src/explore/explore.js";
import { buildMachine } from "../../src/machine/machine.js";
import type { Platform } from "../../src/platform/platform.js";
import { type Draft, printDraft, programOf, type Statement } from "../generate/draft.js";
import { CPUS, FABRICS, randomPlatform } from "../generate/platforms.js";
import { type Random, random } from "../generate/random.js";
import { randomTest } from "../generate/tests.js";
import { type Answer, cases, type Property, run } from "./cases.js";

function shuffled<T>(source: Random, list: readonly T[]): T[] {
  const result = [...list];
  for (let i = result.length - 1; i > 0; i--) {
    const j = source.below(i + 1);
    [result[i], result[j]] = [result[j] as T, result[i] as T];
  }
  return result;
}

/** Permutes the names of one kind. */
function permutation(source: Random, names: readonly string[]): ReadonlyMap<string, string> {
  const others = shuffled(source, names);
  return new Map(names.map((name, i) => [name, others[i] as string]));
}

interface Renaming {
  readonly draft: Draft;
  /** From a new label to the old one. */
  back(label: string): string;
}

function rename(source: Random, draft: Draft): Renaming {
  const text = printDraft(draft);
  const present = (names: readonly string[]): string[] => names.filter((name) => new RegExp(`\\b${name}\\b`).test(text));
  const memory = permutation(source, present(["x", "y", "z"]));
  const cpus = permutation(
    source,
    draft.threads.flatMap((thread) => /^P\d/.exec(thread.head) ?? []),
  );
  const devices = permutation(source, present(["D0", "D1"]));
  const all = new Map([...memory, ...cpus, ...devices]);
  const words = (of: string, names: ReadonlyMap<string, string>): string =>
    of
      .replace(/\b(x|y|z|P\d|D\d)\b/g, (name) => names.get(name) ?? name)
      .replace(/\b(\d):r/g, (_, number: string) => `${(names.get(`P${number}`) ?? `P${number}`).slice(1)}:r`)
      .replace(
        /\b(cpu|MIGRATE)\((\d)\)/g,
        (_, call: string, number: string) => `${call}(${(names.get(`P${number}`) ?? `P${number}`).slice(1)})`,
      );
  const statement = (of: Statement): Statement =>
    typeof of === "string"
      ? words(of, all)
      : {
          head: words(of.head, all),
          body: of.body.map(statement),
          ...(of.otherwise === undefined ? {} : { otherwise: of.otherwise.map(statement) }),
        };
  const inverse = new Map([...all].map(([name, other]) => [other, name]));
  return {
    draft: {
      settings: draft.settings ?? [],
      init: shuffled(
        source,
        draft.init.map((line) => words(line, all)),
      ),
      threads: shuffled(
        source,
        draft.threads.map((thread) => ({ head: words(thread.head, all), body: thread.body.map(statement) })),
      ),
      shown: draft.shown.map((term) => words(term, all)),
      filter: draft.filter === undefined ? undefined : words(draft.filter, all),
      condition: draft.condition.map((term) => words(term, all)),
    },
    back: (label) => words(label, inverse),
  };
}

/** End states by label, whatever the order of the labels. */
function ends(draft: Draft, platform: Platform, back: (label: string) => string): string | undefined {
  const program = programOf(printDraft(draft));
  if (typeof program === "string") throw new Error(program);
  const result = search(buildMachine(program, platform), { mode: "states", reduce: "full", maxStates: 3000 });
  if (!result.complete) return undefined;
  const labels = program.observed.map((term) => back(term.label));
  const list = result.ends.map((end) =>
    labels
      .map((label, i) => `${label}=${end.values[i]}`)
      .sort()
      .join(" "),
  );
  return `${[...new Set(list)].sort().join("\n")}\nsatisfiable ${result.satisfiable}, deadlock ${result.deadlocks > 0}`;
}

const seeds = cases(800);

test("renamed tests end the same", { timeout: seeds.timeout }, () => {
  let current = 0;
  const same: Property = (_, platform, draft): Answer => {
    // Ports and slots are named by number, and the defaults are the devices' own numbers. A pointer's value is the place of its target in the list.
    if (draft.init.some((line) => /slot=|port=|\*p/.test(line))) return "skipped";
    const renamed = rename(random(current), draft);
    const before = ends(draft, platform, (label) => label);
    const after = ends(renamed.draft, platform, renamed.back);
    if (before === undefined || after === undefined) return "skipped";
    return before === after ? undefined : { failure: `${before}\nrenamed:\n${printDraft(renamed.draft)}${after}` };
  };
  const applied = run(same, seeds, (seed) => {
    current = seed;
    const source = random(seed ^ 0x2e4a3e);
    const platform = randomPlatform(source, { cpus: CPUS, fabrics: FABRICS, credits: true });
    return { draft: randomTest(source, { loops: source.chance(0.2), size: 8, rare: source.chance(0.5) }), platform };
  });
  expect(applied).toBeGreaterThan(seeds.count / 2);
});

/** The engines as the page uses them: everything a worker can be asked. No DOM here. */
import { DEFAULT_LIMITS, type Limits, type Variant } from "@fencepost/core/explore";
import { parseTest } from "@fencepost/core/litmus";
import { buildMachine, HANDLE, stepAction, stepSubject } from "@fencepost/core/machine";
import { type Platform, platform, platformNames, similarNames } from "@fencepost/core/platform";
import { lowerTest, type Program } from "@fencepost/core/program";
import {
  compareWith,
  conditionWords,
  entriesOf,
  expectationFor,
  explain,
  type Story as FullStory,
  judge,
  type Ladder,
  layOut,
  mappingsOf,
  permissionsOf,
  replay,
  snapshotsOf,
  unknownPlatforms,
  unknownSettings,
  variantWords,
  verdictWords,
  without,
} from "@fencepost/core/report";
import type { Account, Cell, Engine, Question, Reading, Story } from "./protocol.js";

/** A page must answer: a search ends after this many states or milliseconds, and its verdict is then unknown. */
export const BUDGET = { states: 400_000, milliseconds: 3000 };

/** Texts whose programs are kept. */
const KEPT = 16;

/** A text that was read. */
export interface Loaded {
  readonly reading: Reading;
  readonly program: Program | undefined;
}

const loaded = new Map<string, Loaded>();

function loadText(text: string): Loaded {
  const known = loaded.get(text);
  if (known !== undefined) return known;
  const source = { name: "test.litmus", text };
  const parsed = parseTest(source);
  const test = parsed.ok ? parsed.value : undefined;
  const lowered = test && lowerTest(test, source);
  const names = test === undefined ? [] : unknownPlatforms(test, (name) => platform(name) !== undefined, platformNames());
  const settings = test === undefined ? [] : unknownSettings(test, () => platformNames().flatMap((name) => platform(name)?.options ?? []));
  const result: Loaded = {
    reading: {
      problems: [...parsed.problems, ...(lowered?.problems ?? []), ...names, ...settings],
      test: test && {
        name: test.name,
        doc: test.doc,
        condition: conditionWords(test),
        sources: test.sources,
        stated: [...new Set(test.expects.map((each) => each.platform))].filter((name) => name !== "all" && platform(name) !== undefined),
        devices: test.threads.some((thread) => thread.role === "device" || thread.clauses.some((clause) => clause.kind === "on")),
      },
      runs: lowered?.ok === true,
    },
    program: lowered?.ok === true ? lowered.value : undefined,
  };
  if (loaded.size >= KEPT) loaded.delete(loaded.keys().next().value as string);
  loaded.set(text, result);
  return result;
}

/** Thrown for what a link or a hand-written name can get wrong; its message is for people. */
class BenchError extends Error {}

function named(name: string): Platform {
  const found = platform(name);
  if (found !== undefined) return found;
  const hint = similarNames(name)[0];
  throw new BenchError(`There is no platform “${name}”${hint === undefined ? "" : `; did you mean “${hint}”?`}`);
}

/** A question with its program and platform found. */
export interface Asked {
  readonly program: Program;
  readonly platform: Platform;
  readonly limits: Limits;
}

/** Milliseconds for a search of repairs, which is many searches. */
const REPAIR_TIME = 20_000;

function asked(question: Question, milliseconds = BUDGET.milliseconds): Asked {
  const { program, reading } = loadText(question.text);
  if (program === undefined) throw new BenchError(reading.problems[0]?.message ?? "This is no test.");
  const on = named(question.platform);
  const end = performance.now() + milliseconds;
  return {
    program,
    platform: question.off.length === 0 ? on : without(on, question.off),
    limits: {
      ...DEFAULT_LIMITS,
      maxStates: BUDGET.states,
      interrupted: () => performance.now() > end,
      settings: new Map(question.settings.filter(([id]) => id === "compiler" || id === "credits" || on.options.some((o) => o.id === id))),
    },
  };
}

type Found = ReturnType<typeof judge>;

function cellOf({ program, platform: on }: Asked, verdict: Found): Cell {
  const expectation = expectationFor(program.test, on);
  const comparison = expectation && compareWith(expectation, verdict);
  return {
    platform: on.name,
    verdict: verdict.verdict,
    byDefault: verdict.byDefault,
    words: verdictWords(verdict),
    reason: verdict.reason === "stopped" ? `the search took longer than ${BUDGET.milliseconds / 1000} s` : verdict.reason,
    vacuous: verdict.vacuous,
    bounds: verdict.bounds,
    states: verdict.result?.states ?? 0,
    expected: comparison && { stated: comparison.stated, met: comparison.met },
  };
}

function storyView(story: Pick<FullStory, "run" | "entries"> & Partial<FullStory>, words: string, at: Question): Story {
  const { run, entries, permissions } = story;
  const ladder: Ladder = layOut(run, entries, conditionWords(run.machine.program.test));
  return {
    steps: run.steps,
    entries,
    ladder,
    snapshots: snapshotsOf(run.machine, run.steps),
    spans: entries.map((entry) => {
      const made = entry.events[0]?.step;
      return made === undefined || stepAction(made) >= HANDLE ? undefined : run.machine.instructions[stepSubject(made)]?.operation.span;
    }),
    rules: permissions?.rules ?? [],
    deciding: permissions?.deciding ?? [],
    at,
    words,
  };
}

/** The question under the settings of a variant. */
function varied(question: Question, { settings }: Variant): Question {
  const more = settings.map(({ option, value }) => [option, value] as const);
  return { ...question, settings: [...question.settings.filter(([id]) => !more.some(([other]) => other === id)), ...more] };
}

const machineOf = ({ program, platform: on, limits }: Asked) => buildMachine(program, on, limits.settings ?? new Map());

function explainQuestion(question: Question): Account {
  const all = asked(question);
  const { program, platform: on, limits } = all;
  const full = explain(program, on, limits);
  const words = verdictWords(full.verdict);
  const read = full.verdict.machine?.optionsRead;
  return {
    question,
    cell: cellOf(all, full.verdict),
    platformTitle: on.title,
    story: full.story && storyView(full.story, words, question),
    obstacles: full.obstacles,
    otherwise: full.otherwise && {
      words: variantWords(full.otherwise.variant),
      story: storyView(full.otherwise.story, variantWords(full.otherwise.variant), varied(question, full.otherwise.variant)),
    },
    stuck: full.stuck && storyView(full.stuck, "a run gets stuck", question),
    options: on.options.filter((option) => read?.has(option.id) === true || limits.settings?.has(option.id) === true),
    mapping: mappingsOf(program, on, limits.settings ?? new Map()).map(({ location, requested, bits }) => ({ location, requested, bits })),
  };
}

function storyOfSteps(question: Question, steps: readonly number[]): Story {
  const { program, platform: on, limits } = asked(question);
  const run = replay(buildMachine(program, on, limits.settings ?? new Map()), steps);
  return storyView({ run, entries: entriesOf(run), permissions: permissionsOf(run, limits) }, "allowed", question);
}

/** Tests of the catalogue are small; one that is not must not hold up the others. */
const CATALOGUE_LIMITS: Limits = { ...DEFAULT_LIMITS, maxStates: 60_000 };

export const engine: Engine = {
  async ahead() {
    await Promise.all([import("./further.js"), import("./repairs.js"), import("./models.js")]);
  },
  read: (text) => loadText(text).reading,
  judge(question) {
    const all = asked(question);
    return cellOf(all, judge(all.program, all.platform, all.limits));
  },
  explain: explainQuestion,
  async another(question, known) {
    const all = asked(question);
    const { another } = await import("./further.js");
    const found = another(machineOf(all), known, all.limits);
    return found && { story: storyView(found.story, "allowed", question), differs: found.differs };
  },
  replay: storyOfSteps,
  async drive(question, steps) {
    const machine = machineOf(asked(question));
    const { play } = await import("./further.js");
    return play(machine, steps);
  },
  async text(question) {
    const { program, platform: on, limits } = asked(question);
    const { explained } = await import("./further.js");
    return explained(program, on, limits);
  },
  async svg({ at, steps, words }) {
    const machine = machineOf(asked(at));
    const { picture } = await import("./further.js");
    return picture(machine, steps, words);
  },
  async fixes(question, names) {
    const { program, platform: on, limits } = asked(question, REPAIR_TIME);
    const list = names.length === 0 ? [on] : names.map(named);
    const { findFixes } = await import("./repairs.js");
    const interrupted = limits.interrupted ?? (() => false);
    return findFixes(question.text, program, list, limits.settings ?? new Map(), interrupted, (text) => loadText(text).program);
  },
  async models(text) {
    const end = performance.now() + BUDGET.milliseconds;
    const { modelRows } = await import("./models.js");
    return modelRows(text, () => performance.now() > end);
  },
  async simulate(question) {
    const { program, platform: on, limits } = asked(question);
    const { simulated } = await import("./repairs.js");
    return simulated(program, on, limits.settings ?? new Map());
  },
  platforms: () =>
    platformNames().map((name) => {
      const { title, conforming } = named(name);
      return { name, title, conforming };
    }),
  async platform(name) {
    const found = platform(name);
    if (found === undefined) return undefined;
    const { platformView } = await import("./further.js");
    return platformView(found);
  },
  async report(text, names, settings) {
    const list = names.flatMap((name) => (platform(name) === undefined ? [] : [asked({ text, platform: name, settings, off: [] })]));
    const { jsonText } = await import("./further.js");
    return jsonText(text, loadText(text), list);
  },
  verdicts: (texts, names) =>
    texts.map((text) => {
      const { program } = loadText(text);
      if (program === undefined) return names.map(() => "unknown");
      return names.map((name) => judge(program, named(name), CATALOGUE_LIMITS).verdict);
    }),
  decided(texts, name, rule) {
    const on = named(name);
    const weaker = without(on, [rule]);
    return texts.flatMap((text, index) => {
      const { program } = loadText(text);
      if (program === undefined) return [];
      const before = judge(program, on, CATALOGUE_LIMITS);
      const after = judge(program, weaker, CATALOGUE_LIMITS);
      return before.byDefault !== "unknown" && after.byDefault !== "unknown" && before.byDefault !== after.byDefault ? [index] : [];
    });
  },
};

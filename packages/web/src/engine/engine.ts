/** The engines as the page uses them: everything a worker can be asked. No DOM here. */
import { load, type Program } from "@fencepost/core";
import { DEFAULT_LIMITS, type Limits } from "@fencepost/core/explore";
import { parseTest } from "@fencepost/core/litmus";
import { buildMachine, HANDLE, stepAction, stepSubject } from "@fencepost/core/machine";
import { type Platform, platform, platformNames, ROUTE_KINDS, similarNames } from "@fencepost/core/platform";
import {
  anotherStory,
  cellRule,
  compareWith,
  conditionWords,
  drive,
  entriesOf,
  expectationFor,
  explain,
  explanationText,
  type Story as FullStory,
  jsonReport,
  judge,
  type Ladder,
  ladderSvg,
  layOut,
  mappingsOf,
  permissionsOf,
  type Result,
  type Rule,
  replay,
  snapshotsOf,
  unknownPlatforms,
  variantWords,
  verdictWords,
  windowRule,
  without,
} from "@fencepost/core/report";
import type { Account, Cell, CellView, Engine, PlatformView, Question, Reading, Story } from "./protocol.js";

/** A page must answer: a search ends after this many states or milliseconds, and its verdict is then unknown. */
export const BUDGET = { states: 400_000, milliseconds: 3000 };

/** Texts whose programs are kept. */
const KEPT = 16;

interface Loaded {
  readonly reading: Reading;
  readonly program: Program | undefined;
}

const loaded = new Map<string, Loaded>();

function loadText(text: string): Loaded {
  const known = loaded.get(text);
  if (known !== undefined) return known;
  const source = { name: "test.litmus", text };
  const parsed = parseTest(source);
  const outcome = parsed.ok ? load(source) : parsed;
  const test = parsed.ok ? parsed.value : undefined;
  const names = test === undefined ? [] : unknownPlatforms(test, (name) => platform(name) !== undefined, platformNames());
  const result: Loaded = {
    reading: {
      problems: [...outcome.problems, ...names],
      test: test && {
        name: test.name,
        doc: test.doc,
        condition: conditionWords(test),
        sources: test.sources,
        stated: [...new Set(test.expects.map((each) => each.platform))].filter((name) => name !== "all" && platform(name) !== undefined),
      },
      runs: outcome.ok,
    },
    program: outcome.ok ? (outcome.value as Program) : undefined,
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

interface Asked {
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

function storyView(story: Pick<FullStory, "run" | "entries"> & Partial<FullStory>, words: string): Story {
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
    svg: ladderSvg(ladder, words),
  };
}

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
    story: full.story && storyView(full.story, words),
    obstacles: full.obstacles,
    otherwise: full.otherwise && {
      words: variantWords(full.otherwise.variant),
      story: storyView(full.otherwise.story, variantWords(full.otherwise.variant)),
    },
    stuck: full.stuck && storyView(full.stuck, "a run gets stuck"),
    options: on.options.filter((option) => read?.has(option.id) === true || limits.settings?.has(option.id) === true),
    mapping: mappingsOf(program, on, limits.settings ?? new Map()).map(({ location, requested, bits }) => ({ location, requested, bits })),
    text: explanationText(full),
  };
}

function storyOfSteps(question: Question, steps: readonly number[]): Story {
  const { program, platform: on, limits } = asked(question);
  const run = replay(buildMachine(program, on, limits.settings ?? new Map()), steps);
  return storyView({ run, entries: entriesOf(run), permissions: permissionsOf(run, limits) }, "allowed");
}

function platformView(on: Platform): PlatformView {
  const { cpu, fabric } = on;
  const view = (
    rule: Rule,
    cell: {
      readonly id: string;
      readonly younger: readonly string[];
      readonly older: readonly string[];
      readonly when: readonly string[];
      readonly pass: CellView["pass"];
      readonly source: string;
    },
  ): CellView => ({
    rule,
    id: cell.id,
    younger: cell.younger,
    older: cell.older,
    when: cell.when,
    pass: cell.pass,
    source: cell.source,
  });
  const ways = new Map<string, { kinds: string[]; places: readonly string[] }>();
  for (const kind of ROUTE_KINDS) {
    const places = fabric.routes[kind];
    const key = places.join(" ");
    const way = ways.get(key) ?? { kinds: [], places };
    way.kinds.push(kind);
    ways.set(key, way);
  }
  return {
    name: on.name,
    title: on.title,
    conforming: on.conforming,
    era: on.era,
    cpu: {
      name: cpu.name,
      title: cpu.title,
      source: cpu.source,
      says: [
        `A store reaches other CPUs ${cpu.multiCopyAtomic ? "at once" : "one by one"}.`,
        `Devices see it ${cpu.devicesSee === "at-once" ? "with them" : "later"}.`,
        `Control dependencies hold back ${cpu.control === "all" ? "all later stores" : "the stores in the branch's arms"}.`,
      ],
    },
    fabric: { name: fabric.name, title: fabric.title, source: fabric.source, coherent: fabric.coherent },
    window: cpu.window.map((rule, index) => view(windowRule(on, index), rule)),
    places: fabric.places.map(({ id, title, per, table, source }) => ({ id, title, per, table, source })),
    tables: Object.entries(fabric.tables).map(([name, cells]) => ({
      name,
      cells: cells.map((cell, index) => view(cellRule(on, name, index), cell)),
    })),
    routes: [...ways.values()],
    mapping: fabric.mapping.map((rule) => ({
      id: rule.id,
      when: rule.when,
      sets: Object.entries(rule.set)
        .map(([bit, value]) => (value ? bit : `no ${bit}`))
        .join(", "),
      source: rule.source,
    })),
    accessors: [...on.accessors]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, accessor]) => ({ name, text: accessor.text.join("; ") || "nothing", source: accessor.source })),
    options: on.options,
  };
}

/** Tests of the catalogue are small; one that is not must not hold up the others. */
const CATALOGUE_LIMITS: Limits = { ...DEFAULT_LIMITS, maxStates: 60_000 };

function jsonText(text: string, names: readonly string[], settings: Question["settings"]): string {
  const { program, reading } = loadText(text);
  const source = { name: "test.litmus", text };
  const parsed = parseTest(source);
  const results = names.flatMap((name): Result[] => {
    if (program === undefined || platform(name) === undefined) return [];
    const on = named(name);
    const verdict = judge(program, on, asked({ text, platform: name, settings, off: [] }).limits);
    const expectation = expectationFor(program.test, on);
    return [{ platform: on, verdict, comparison: expectation && compareWith(expectation, verdict) }];
  });
  const checked = parsed.ok ? [{ source, test: parsed.value, program, label: parsed.value.name, results }] : [];
  const problems = reading.problems.map((problem) => ({ source, problem }));
  const differs = results.some((result) => result.comparison?.met === false);
  const exitCode = problems.some(({ problem }) => problem.severity === "error") ? 3 : differs ? 1 : 0;
  return `${JSON.stringify(jsonReport({ checked, problems, states: false, interrupted: false, exitCode }), undefined, 2)}\n`;
}

export const engine: Engine = {
  read: (text) => loadText(text).reading,
  judge(question) {
    const all = asked(question);
    return cellOf(all, judge(all.program, all.platform, all.limits));
  },
  explain: explainQuestion,
  another(question, known) {
    const { program, platform: on, limits } = asked(question);
    const found = anotherStory(buildMachine(program, on, limits.settings ?? new Map()), known, limits);
    return found && { story: storyView(found.story, "allowed"), differs: found.differs };
  },
  replay: storyOfSteps,
  drive(question, steps) {
    const { program, platform: on, limits } = asked(question);
    const machine = buildMachine(program, on, limits.settings ?? new Map());
    const played = drive(machine, steps);
    return { ...played, snapshots: snapshotsOf(machine, steps.slice(0, played.made)) };
  },
  async fixes(question, names) {
    const { program, platform: on, limits } = asked(question, REPAIR_TIME);
    const list = names.length === 0 ? [on] : names.map(named);
    const { findFixes } = await import("./repairs.js");
    const interrupted = limits.interrupted ?? (() => false);
    return findFixes(question.text, program, list, limits.settings ?? new Map(), interrupted, (text) => loadText(text).program);
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
  platform(name) {
    const found = platform(name);
    return found && platformView(found);
  },
  report: jsonText,
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

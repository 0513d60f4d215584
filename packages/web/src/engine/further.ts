/** What comes after the first story: other runs, free play, exports, a platform's page. Loaded by the worker when somebody asks. */
import type { Program } from "@fencepost/core";
import type { Limits } from "@fencepost/core/explore";
import { parseTest } from "@fencepost/core/litmus";
import type { Machine } from "@fencepost/core/machine";
import { type Platform, ROUTE_KINDS } from "@fencepost/core/platform";
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
  jsonReport,
  judge,
  ladderSvg,
  layOut,
  type Replay,
  type Result,
  type Rule,
  replay,
  snapshotsOf,
  windowRule,
} from "@fencepost/core/report";
import type { Asked, Loaded } from "./engine.js";
import type { CellView, PlatformView, Played } from "./protocol.js";

export const another = anotherStory;

/** Makes steps by hand. */
export function play(machine: Machine, steps: readonly number[]): Played {
  const played = drive(machine, steps);
  return { ...played, snapshots: snapshotsOf(machine, steps.slice(0, played.made)) };
}

/** The whole explanation for people, 100 columns wide. */
export const explained = (program: Program, on: Platform, limits: Limits): string => explanationText(explain(program, on, limits));

/** A run as an SVG file. */
export function picture(machine: Machine, steps: readonly number[], words: string): string {
  const run = replayed(machine, steps);
  return ladderSvg(layOut(run, entriesOf(run), conditionWords(machine.program.test)), words);
}

/** A run to the outcome, or else one that gets stuck. */
function replayed(machine: Machine, steps: readonly number[]): Replay {
  try {
    return replay(machine, steps);
  } catch {
    return replay(machine, steps, "stuck");
  }
}

/** The report of `fencepost check --json`. */
export function jsonText(text: string, { program, reading }: Loaded, list: readonly Asked[]): string {
  const source = { name: "test.litmus", text };
  const parsed = parseTest(source);
  const results = list.map(({ program: of, platform: on, limits }): Result => {
    const verdict = judge(of, on, limits);
    const expectation = expectationFor(of.test, on);
    return { platform: on, verdict, comparison: expectation && compareWith(expectation, verdict) };
  });
  const checked = parsed.ok ? [{ source, test: parsed.value, program, label: parsed.value.name, results }] : [];
  const problems = reading.problems.map((problem) => ({ source, problem }));
  const differs = results.some((result) => result.comparison?.met === false);
  const exitCode = problems.some(({ problem }) => problem.severity === "error") ? 3 : differs ? 1 : 0;
  return `${JSON.stringify(jsonReport({ checked, problems, states: false, interrupted: false, exitCode }), undefined, 2)}\n`;
}

/** A platform with its rules as sentences. */
export function platformView(on: Platform): PlatformView {
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

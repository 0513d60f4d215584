/**
 * Fencepost as a library. A test, as text or from the builder (`@fencepost/core/build`), goes through these functions:
 *
 *     parse: text -> Test        lower: Test -> Program        check, search, explain: Program x Platform -> what is so
 *
 * All take and give plain frozen data (platforms hold maps besides), so what one gives can be kept, compared, cloned and sent to a worker. Nothing here does any I/O or looks at a clock; it
 * runs in Node, in workers and in pages alike. What a user can cause is an `Outcome` with problems; `valueOf` turns that into an exception where it is handier.
 *
 * The stages have more to offer under their own paths: `@fencepost/core/litmus`, `/program`, `/platform`, `/machine`, `/explore`, `/report`.
 *
 * @module
 */
import { deepFreeze } from "./build/freeze.js";
import { DEFAULT_LIMITS, type Verdict as FoundVerdict, type Limits, type SearchResult, search as searchMachine } from "./explore/index.js";
import { parseTest, printTest, type Test } from "./litmus/index.js";
import { buildMachine } from "./machine/index.js";
import { type Platform, platform, readPlatform, similarNames } from "./platform/index.js";
import { formatProblem, type Outcome, type Problem } from "./problem.js";
import { lowerTest, type Program } from "./program/index.js";
import {
  conditionWords,
  type Entry,
  entriesOf,
  explain as explainFully,
  explanationText,
  judge,
  ladderSvg,
  layOut,
  type Rule,
  replay as replayMachine,
  verdictWords,
} from "./report/index.js";
import type { Source } from "./source.js";

export type { EndState, Limits, Plain, SearchResult, Variant } from "./explore/index.js";
export type { Test } from "./litmus/index.js";
export { type Platform, partNames, platformNames, platformSchema, similarNames } from "./platform/index.js";
export * from "./problem.js";
export type { MappingRequest, Program } from "./program/index.js";
export { type Entry, printState, type Rule, verdictWords } from "./report/index.js";
export * from "./source.js";

/** Reads a test. Takes any text and never throws; all mistakes are reported at once. A bare text is called `<text>` in messages. */
export function parse(text: string | Source): Outcome<Test> {
  return deepFreeze(parseTest(sourceOf(text)));
}

/** The test in its one canonical form. Reading it gives the same test, but for comments and positions. */
export function print(test: Test): string {
  return printTest(test);
}

/** A text with a name; that of a test is its canonical form, into which the positions of a built test point. */
export function sourceOf(text: string | Source | Test): Source {
  if (typeof text === "string") return { name: "<text>", text };
  return "text" in text ? text : { name: text.name, text: printTest(text) };
}

/**
 * Resolves a test: names, control flow, primitives. Says nothing of a platform yet. `source` is the text that a parsed test came from, so that messages and explanations quote it;
 * without it they quote, and point into, `sourceOf(test)`, as they should for a built test.
 */
export function lower(test: Test, source?: Source): Outcome<Program> {
  if (source !== undefined) return deepFreeze(lowerTest(test, source));
  const canonical = sourceOf(test);
  const read = parseTest(canonical);
  return deepFreeze(read.ok ? lowerTest(read.value, canonical) : read);
}

/** `parse` and `lower` at once. */
export function load(text: string | Source): Outcome<Program> {
  const source = sourceOf(text);
  const test = parse(source);
  if (!test.ok) return test;
  const program = lower(test.value, source);
  return deepFreeze({ ...program, problems: [...test.problems, ...program.problems] });
}

/** A built-in platform: a point on the axes CPU x fabric x kernel era, as in `arm64`, `sn2-pic@2.6.24` or `riscv+pci`. */
export function findPlatform(name: string): Outcome<Platform> {
  const value = platform(name);
  if (value !== undefined) return deepFreeze({ ok: true, value, problems: [] });
  const hint = similarNames(name)[0];
  const problem: Problem = {
    code: "unknown-platform",
    severity: "error",
    span: { start: 0, end: name.length },
    message: `there is no platform \`${name}\``,
  };
  return deepFreeze({ ok: false, problems: [hint === undefined ? problem : { ...problem, hint: `did you mean \`${hint}\`?` }] });
}

/** A platform of the user's own, from the text of its file (docs/platforms.md), checked beyond its shape. It may be like the built-in ones and use their parts. */
export function loadPlatform(file: Source): Outcome<Platform> {
  return deepFreeze(readPlatform(file));
}

/** What a check found: allowed, forbidden, depends or unknown, and how it came to it. Plain data: see `replay` for the witness in it. */
export type Verdict = Omit<FoundVerdict, "machine">;

/**
 * Can a run of the program on the platform end as its condition says? Whatever quantifier stands before it, the verdict speaks of the bare proposition. A pure function of its arguments,
 * but for `interrupted`. Never throws for what a test or a platform says: where the model does not reach, or a limit is met, the verdict is *unknown*.
 *
 * Searches for the verdict, at most two million states, unless `limits` says otherwise; `mode: "states"` finds all end states.
 */
export function check(program: Program, on: Platform, limits: Partial<Limits> = {}): Verdict {
  return withoutMachine(judge(program, on, { ...DEFAULT_LIMITS, ...limits }));
}

/** One search under one setting of the platform's options (their defaults, where `limits` sets none), without the judgement that `check` adds. Throws for a platform that says nothing of an accessor. */
export function search(program: Program, on: Platform, limits: Partial<Limits> = {}): SearchResult {
  const all = { ...DEFAULT_LIMITS, ...limits };
  return deepFreeze(searchMachine(buildMachine(program, on, all.settings ?? new Map()), all));
}

/**
 * Runs the steps of a witness again and tells them: `replay(program, on, verdict.result.witness)`. Throws where they are no run of the program that ends as its condition says. `settings`
 * are those under which the witness was found.
 */
export function replay(
  program: Program,
  on: Platform,
  witness: readonly number[],
  settings: ReadonlyMap<string, string> = new Map(),
): readonly Entry[] {
  return deepFreeze(entriesOf(replayMachine(buildMachine(program, on, settings), witness)));
}

/** Why a verdict is what it is. */
export interface Explanation {
  readonly verdict: Verdict;
  /** The run that ends with the outcome, told in order; empty where it is forbidden under every setting of the options, or unknown. */
  readonly entries: readonly Entry[];
  /** The rules of the platform by which something went ahead of something in that run, with their sources. */
  readonly permissions: readonly Rule[];
  /** Those among them without which the outcome would be forbidden. */
  readonly deciding: readonly Rule[];
  /** Where it is forbidden: sets of rules without which it would be allowed. Each set suffices. */
  readonly obstacles: readonly (readonly Rule[])[];
  /** All of it for people, 100 columns wide. */
  readonly text: string;
  /** The run as a ladder diagram, an SVG file 800 px wide; undefined where there is no run. */
  readonly svg: string | undefined;
}

/** Checks, and says why: the run and the rules that let it happen, or the rules that forbid the outcome. */
export function explain(program: Program, on: Platform, limits: Partial<Limits> = {}): Explanation {
  const full = explainFully(program, on, { ...DEFAULT_LIMITS, ...limits });
  const story = full.story ?? full.otherwise?.story;
  return deepFreeze({
    verdict: withoutMachine(full.verdict),
    entries: story?.entries ?? [],
    permissions: story?.permissions.rules ?? [],
    deciding: story?.permissions.deciding ?? [],
    obstacles: full.obstacles?.sets ?? [],
    text: explanationText(full),
    svg: story && ladderSvg(layOut(story.run, story.entries, conditionWords(program.test)), verdictWords(full.verdict)),
  });
}

/** A machine has functions. */
function withoutMachine(found: FoundVerdict): Verdict {
  const { machine: _, ...verdict } = found;
  return deepFreeze(verdict);
}

/** Thrown by `valueOf`: what the user did wrong, as an exception. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";

  constructor(
    readonly problems: readonly Problem[],
    source: Source | undefined,
  ) {
    super(
      problems
        .map((problem) =>
          source === undefined
            ? `${problem.code}: ${problem.message}${problem.hint === undefined ? "" : `; ${problem.hint}`}`
            : formatProblem(source, problem),
        )
        .join("\n"),
    );
  }
}

/** The value of an outcome, for scripts and unit tests: throws a `ProblemError` where there is none. With `source`, the text that the positions point into, messages quote it. */
export function valueOf<Value>(outcome: Outcome<Value>, source?: Source): Value {
  if (outcome.ok) return outcome.value;
  throw new ProblemError(outcome.problems, source);
}

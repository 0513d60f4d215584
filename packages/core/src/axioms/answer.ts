/** What a model says of a test: herd7's answer, as data. */
import type { CompiledModel, Session } from "../cat/model.js";
import type { Test, Thread } from "../litmus/test.js";
import type { Problem } from "../problem.js";
import { type Arena, createArena } from "./arena.js";
import type { ThreadPath } from "./event.js";
import { executeThread, TooManyPaths } from "./execute.js";
import { type Frame, frameOf } from "./frame.js";
import { type Architecture, lowerPath, NotLowered } from "./lower-arch.js";
import { KERNEL_MACROS, type Macros } from "./macro.js";
import { madeOnce } from "./made-once.js";
import { findMistake } from "./mistake.js";
import { MAX_WRITES, TooManyWrites } from "./orders.js";
import { createOutcomes, holds } from "./outcome.js";
import { type PreparedPath, preparePath } from "./prepared-path.js";
import { isUndetermined } from "./read-values.js";
import { NOTHING_REQUIRED, requiredFor } from "./required.js";
import { searchSkeleton } from "./search.js";
import { forEachSkeleton, type Skeleton } from "./skeleton.js";
import { elementOf, type Value } from "./value.js";

export interface AnswerOptions {
  /** What function names stand for; the kernel's where nothing is given. */
  readonly macros?: Macros;
  /** Rounds of a loop; 2 as in herd7. */
  readonly unroll?: number;
  /** The first version of the kernel's model (herd7's variant lkmmv1): a full barrier of an atomic is two fences. */
  readonly fencesAroundAtomics?: boolean;
  /** Lowers the test to an architecture, whose model is then asked. */
  readonly lower?: Architecture;
  /** herd7's -speedcheck: only executions that decide the condition; `fast` stops at the first. */
  readonly speedcheck?: "true" | "fast";
  /** Asked now and then; true gives up, and the answer is unknown. */
  readonly interrupted?: () => boolean;
  /** Sets of executions that the search may look at; the answer is unknown beyond. */
  readonly maxNodes?: number;
}

export interface Answer {
  readonly name: string;
  readonly quantifier: "exists" | "~exists" | "forall";
  /** The items that a state shows, with their values: one row per state, sorted as herd7 sorts them. */
  readonly states: readonly (readonly Value[])[];
  readonly frame: Frame;
  /** Executions in which the proposition holds, and in which it does not. */
  readonly positive: number;
  readonly negative: number;
  readonly observation: "Never" | "Sometimes" | "Always";
  /** Is the condition, quantifier and all, met? */
  readonly validated: boolean;
  /** Flags that some execution raises, sorted. */
  readonly flags: readonly string[];
  /** A loop was cut: legal outcomes may be missing. */
  readonly cut: boolean;
  /** Sets of executions that were looked at. */
  readonly nodes: number;
}

/** `unknown`: a budget ran out. */
export type Answered =
  | { readonly kind: "answer"; readonly answer: Answer }
  | { readonly kind: "unknown"; readonly reason: string }
  | { readonly kind: "problems"; readonly problems: readonly Problem[] };

const MAX_PATHS = 20_000;

/** Answers a test under a model. The session may be used again for the next test. */
export function answer(test: Test, model: CompiledModel, session: Session, options: AnswerOptions = {}): Answered {
  const prepared = prepare(test, options, pathsOf(session));
  return prepared.kind === "prepared" ? enumerate(test, model, session, options, prepared.frame, prepared.threads) : prepared;
}

type Prepared =
  | { readonly kind: "prepared"; readonly frame: Frame; readonly threads: readonly (readonly PreparedPath[])[] }
  | Exclude<Answered, { readonly kind: "answer" }>;

/** Paths of threads by their bodies: one that was read once and stands in many tests (`KnownParts`) is executed once. */
type KnownPaths = WeakMap<
  Thread["body"],
  {
    readonly registers: ReadonlyMap<string, Value>;
    readonly macros: Macros | undefined;
    readonly unroll: number | undefined;
    readonly fencesAroundAtomics: boolean | undefined;
    readonly lower: Architecture | undefined;
    readonly elementSize: number | undefined;
    readonly arrays: string;
    readonly paths: readonly PreparedPath[];
  }
>;

/** The paths of the threads. */
export function prepare(test: Test, options: AnswerOptions, known?: KnownPaths): Prepared {
  const problems: Problem[] = [];
  const frame = frameOf(test, problems);
  if (problems.length > 0) return { kind: "problems", problems: distinct(problems) };
  const threads: (readonly PreparedPath[])[] = [];
  const { elementSize } = frame;
  const arrays = frame.arrays.size === 0 ? "" : [...frame.arrays].map(([name, length]) => `${name}[${length}]`).join(" ");
  try {
    test.threads.forEach((thread, index) => {
      const { lower, unroll, fencesAroundAtomics } = options;
      const registers = frame.registers[index] ?? new Map();
      const before = known?.get(thread.body);
      if (
        before !== undefined &&
        before.macros === options.macros &&
        before.unroll === unroll &&
        before.fencesAroundAtomics === fencesAroundAtomics &&
        before.lower === lower &&
        before.elementSize === elementSize &&
        before.arrays === arrays &&
        isSame(before.registers, registers)
      ) {
        threads.push(before.paths);
        return;
      }
      const paths = executeThread(
        thread,
        { registers },
        {
          macros: options.macros ?? KERNEL_MACROS,
          unroll: options.unroll ?? 2,
          fencesAroundAtomics: options.fencesAroundAtomics ?? false,
          maxPaths: MAX_PATHS,
          elementSize,
          arrays,
          emptyBranches: lower !== undefined,
        },
        problems,
      );
      const prepared = paths.map((path) => pathFor(path, lower));
      threads.push(prepared);
      if (problems.length === 0)
        known?.set(thread.body, {
          registers,
          macros: options.macros,
          unroll,
          fencesAroundAtomics,
          lower,
          elementSize,
          arrays,
          paths: prepared,
        });
    });
  } catch (error) {
    if (error instanceof NotLowered) {
      return { kind: "problems", problems: [{ code: "unsupported", severity: "error", span: error.span, message: error.message }] };
    }
    if (error instanceof TooManyPaths) return { kind: "unknown", reason: `more than ${MAX_PATHS} paths through one thread` };
    throw error;
  }
  if (problems.length > 0) return { kind: "problems", problems: distinct(problems) };
  return { kind: "prepared", frame, threads };
}

function pathFor(path: ThreadPath, lower: Architecture | undefined): PreparedPath {
  return preparePath(lower === undefined ? path : lowerPath(path, lower), path);
}

function enumerate(
  test: Test,
  model: CompiledModel,
  session: Session,
  options: AnswerOptions,
  frame: Frame,
  threads: readonly (readonly PreparedPath[])[],
): Answered {
  const quantifier = test.condition?.quantifier ?? "forall";
  const outcomes = createOutcomes(frame.items.length);
  outcomes.number(0);
  const flagged = new Map<string, number>();
  const arena = arenaOf(session);
  const budget = { nodes: options.maxNodes ?? Number.POSITIVE_INFINITY };
  const begun = budget.nodes;
  let nodes = 0;
  let cut = false;
  let gaveUp = false;
  const wanted =
    options.speedcheck === undefined
      ? undefined
      : quantifier === "forall"
        ? ({ kind: "not", operand: frame.condition } as const)
        : frame.condition;
  const required = wanted === undefined ? NOTHING_REQUIRED : requiredFor(wanted, frame.items);
  const counter = { nodes: begun === Number.POSITIVE_INFINITY ? 2 ** 52 : begun };
  const searchOptions = {
    coherent: model.coherent,
    atomic: model.atomic,
    values: model.needs.values,
    wanted,
    required: required.values,
    first: options.speedcheck === "fast",
    interrupted: options.interrupted ?? (() => false),
    budget: counter,
    flagged,
    arena,
  };
  const found = (): boolean => {
    cut = true;
    return false;
  };
  const start = counter.nodes;
  const each = (skeleton: Skeleton): boolean => {
    if (skeleton.cut) {
      // herd7 says so where some candidate goes round once more, whatever the model makes of it.
      if (!cut)
        searchSkeleton(skeleton, session, frame, outcomes, {
          ...searchOptions,
          coherent: false,
          atomic: false,
          unjudged: true,
          visit: found,
        });
      return true;
    }
    const end = searchSkeleton(skeleton, session, frame, outcomes, searchOptions);
    if (end === "gave-up") gaveUp = true;
    return end === "done";
  };
  try {
    forEachSkeleton(threads, frame, each, arena, required);
  } catch (error) {
    if (error instanceof TooManyWrites) return { kind: "unknown", reason: `more than ${MAX_WRITES} unordered writes to one location` };
    throw error;
  }
  // With `-speedcheck` herd7 sees but the executions that it looks for.
  if (!gaveUp && wanted === undefined) {
    const happens = (paths: readonly (readonly PreparedPath[])[]): boolean => {
      let happened = false;
      const visit = (): boolean => {
        happened = true;
        return false;
      };
      const search = (skeleton: Skeleton): boolean => {
        const end = searchSkeleton(skeleton, session, frame, outcomes, { ...searchOptions, visit });
        if (end === "gave-up") gaveUp = true;
        return end === "done";
      };
      forEachSkeleton(paths, frame, search, arena);
      return happened;
    };
    const mistake = findMistake(threads, frame.initial.values(), (path) => pathFor(path, options.lower), happens);
    if (mistake !== undefined) return { kind: "problems", problems: [mistake] };
  }
  nodes = start - counter.nodes;
  if (gaveUp) return { kind: "unknown", reason: counter.nodes < 0 ? `more than ${begun} sets of executions` : "interrupted" };

  let positive = 0;
  let negative = 0;
  const states: Value[][] = [];
  const seen = new Set<string>();
  outcomes.forEach((numbers, count) => {
    const valueOf = (item: number): Value => outcomes.value(numbers[item] as number);
    if (frame.filter !== undefined && holds(frame.filter, valueOf) !== true) return;
    const ok = holds(frame.condition, valueOf) === true;
    if (wanted !== undefined && ok !== (quantifier !== "forall")) return;
    if (ok) positive += count;
    else negative += count;
    // Without items that are not shown, no two of these are the same.
    if (frame.shown < numbers.length) {
      const key = numbers.slice(0, frame.shown).join(",");
      if (seen.has(key)) return;
      seen.add(key);
    }
    const state: Value[] = [];
    for (let item = 0; item < frame.shown; item++) state.push(outcomes.value(numbers[item] as number));
    states.push(state);
  });
  if (positive + negative > Number.MAX_SAFE_INTEGER) return { kind: "unknown", reason: "more executions than can be counted" };
  const observation = positive === 0 ? "Never" : negative === 0 && wanted === undefined ? "Always" : "Sometimes";
  return {
    kind: "answer",
    answer: {
      name: test.name.replace(/\.litmus$/, ""),
      quantifier,
      states: states.sort(compareStates),
      frame,
      positive,
      negative,
      observation: wanted !== undefined && quantifier === "forall" ? (negative === 0 ? "Always" : "Sometimes") : observation,
      validated: quantifier === "exists" ? positive > 0 : quantifier === "~exists" ? positive === 0 : negative === 0,
      flags: [...flagged].flatMap(([flag, count]) => (count > 0 ? [flag] : [])).sort(),
      cut,
      nodes,
    },
  };
}

/** Values that nothing determines before integers before addresses, item by item. */
function compareStates(a: readonly Value[], b: readonly Value[]): number {
  for (let at = 0; at < a.length; at++) {
    const left = a[at] as Value;
    const right = b[at] as Value;
    if (left === right) continue;
    const open = Number(isUndetermined(right)) - Number(isUndetermined(left));
    if (open !== 0) return open;
    if (typeof left === "number") return typeof right === "number" ? left - right : -1;
    if (typeof right === "number") return 1;
    return compareAddresses(left, right);
  }
  return 0;
}

/** By name, the elements of an array by their index. */
function compareAddresses(left: string, right: string): number {
  const one = elementOf(left);
  const other = elementOf(right);
  return one.name === other.name ? one.index - other.index : one.name < other.name ? -1 : 1;
}

function isSame(a: ReadonlyMap<string, Value>, b: ReadonlyMap<string, Value>): boolean {
  if (a === b) return true;
  if (a.size !== b.size) return false;
  for (const [name, value] of a) if (b.get(name) !== value) return false;
  return true;
}

/** A session's tests are of one collection. */
const pathsOf = madeOnce<Session, KnownPaths>(() => new WeakMap());

/** One arena a session: both are used again and again, by one test at a time. */
const arenaOf = madeOnce<Session, Arena>(() => createArena());

/** A name that is wrong in two places of one term is told once. */
function distinct(problems: readonly Problem[]): readonly Problem[] {
  return problems.filter(
    (problem, index) =>
      problems.findIndex(({ span, message }) => span.start === problem.span.start && message === problem.message) === index,
  );
}

/**
 * The search: visits every state that the machine can be in, as far as the question needs. Two modes: *states* finds every end state (what herd7 calls States);
 * *verdict* asks only whether the condition's proposition can hold at the end, and keeps of a state only what that can still depend on.
 */
import { askOf, unlessInterrupted } from "../machine/deadline.js";
import type { Machine } from "../machine/machine.js";
import { createStepper, MOST_SUBJECTS, type Scope, type Stepper, stepDeed } from "../machine/step.js";
import type { Formula } from "../program/program.js";
import { searchEvery } from "./every.js";
import { observe, satisfied, speaksOfStuck } from "./formula.js";
import { endlessOf, hasToHappen, livelocksAmong, successorsOf, type Way } from "./livelock.js";
import { type Questions, questionsOf, slotsOf, whole } from "./parts.js";
import { compareValues, type EndState, nothingSeen, type SearchOptions, type SearchResult, statesBetweenQuestions } from "./result.js";

export type { EndState, SearchOptions, SearchResult } from "./result.js";

import { createRelevance } from "./relevance.js";
import { shapeOf, translate } from "./shape.js";
import { createReduction } from "./stubborn.js";
import { createTable } from "./table.js";

/** A step that was tried. */
interface Tried extends Way {
  readonly step: number;
}

/** Steps passed through before a state is kept after all: a loop that polls for ever must meet itself. */
const LONGEST_CHAIN = 64;

/** More than can be told apart in a step? */
export const tooLarge = ({ instructions }: Machine): boolean => instructions.length > MOST_SUBJECTS;

/**
 * Searches breadth first, so that `--reduce none` gives a shortest witness. In verdict mode, parts of the machine that have nothing to do with each other are searched one by
 * one (parts.ts).
 */
export function search(machine: Machine, options: SearchOptions): SearchResult {
  if (tooLarge(machine)) return nothingSeen("states");
  return unlessInterrupted(() => searchAsking({ ...machine, ask: askOf(options.interrupted) }, options)) ?? nothingSeen("interrupted");
}

function searchAsking(machine: Machine, options: SearchOptions): SearchResult {
  const stepper = createStepper(machine, false);
  if (options.reduce === "none") return searchNone(stepper, options);
  const questions = options.mode === "verdict" ? questionsOf(machine) : undefined;
  if (questions !== undefined) return searchParts(stepper, questions, options);
  const everything = whole(machine);
  const found = searchPart(stepper, everything, machine.program.condition.formula, options);
  if (options.vacuity !== true || found.someRunEnds !== undefined || !found.complete) return found;
  return { ...found, someRunEnds: searchPart(stepper, everything, ALWAYS, options).someRunEnds };
}

/** Beyond this many states it is worth learning what steps do. */
const MANY_STATES = 4000;

function searchNone(stepper: Stepper, options: SearchOptions): SearchResult {
  const { machine } = stepper;
  const plainly = (maxStates: number): SearchResult =>
    searchPart(stepper, whole(machine), machine.program.condition.formula, { ...options, maxStates });
  if (options.maxStates <= MANY_STATES) return plainly(options.maxStates);
  const few = plainly(MANY_STATES);
  if (few.stopped !== "states") return few;
  return searchEvery(stepper, options) ?? plainly(options.maxStates);
}

/** States that there is room for at the beginning: most searches see fewer. */
const FEW = 32;

/** Searches one part of a machine, as if the rest were not there. */
export function searchPart(stepper: Stepper, scope: Scope, formula: Formula, options: SearchOptions): SearchResult {
  const { machine } = stepper;
  const { program } = machine;
  const verdict = options.mode === "verdict";
  const asksForStuck = speaksOfStuck(formula);
  const relevance = options.reduce === "full" ? createRelevance(stepper, verdict, scope, formula) : undefined;
  const reduction = options.reduce === "full" ? createReduction(stepper, scope) : undefined;
  // One field behind the machine's own: the condition is certain to be satisfied (see relevance.ts).
  const size = machine.layout.deciding + 1;
  const table = createTable(machine, slotsOf(machine, scope), 1);
  // How each state was reached: from which one, by which steps (states that had only one way on are passed through and not kept).
  let parents = new Int32Array(FEW);
  let segmentEnd = new Int32Array(FEW);
  let segments = new Int32Array(4 * FEW);
  let segmentCount = 0;
  /** The steps since the last state that is kept: so many of these. */
  const chain: number[] = [];
  let chained = 0;
  const ends = new Map<string, EndState>();
  let satisfiable = false;
  let someRunEnds = false;
  let deadlocks = 0;
  let transitions = 0;
  let witness: readonly number[] | undefined;
  let stuck: readonly number[] | undefined;
  let stopped: SearchResult["stopped"];
  const trace = (index: number): readonly number[] => {
    const steps: number[] = [];
    for (let at = index; at > 0; at = parents[at] as number) {
      for (let i = (segmentEnd[at] as number) - 1; i >= (segmentEnd[at - 1] as number); i--) steps.push(segments[i] as number);
    }
    return steps.reverse();
  };
  const grown = (array: Int32Array, need: number): Int32Array<ArrayBuffer> => {
    const larger = new Int32Array(Math.max(need, array.length * 2));
    larger.set(array);
    return larger;
  };
  const remember = (at: number, parent: number): void => {
    if (at >= parents.length) {
      parents = grown(parents, at + 1);
      segmentEnd = grown(segmentEnd, at + 1);
    }
    if (segmentCount + chained > segments.length) segments = grown(segments, segmentCount + chained);
    for (let i = 0; i < chained; i++) segments[segmentCount++] = chain[i] as number;
    parents[at] = parent;
    segmentEnd[at] = segmentCount;
  };

  // States mode: who leads where, for livelocks.
  const edges: { readonly from: number[]; readonly to: number[] } = { from: [], to: [] };
  const finals: number[] = [];

  const current = new Int32Array(size);
  const next = new Int32Array(size);
  const steps: number[] = [];
  const ahead: number[] = [];
  next.set(machine.initial.subarray(0, size - 1));
  current.set(next);
  relevance?.reduce(next);
  table.add(next);

  /** Goes on from `next` as long as there is only one way. False: the run is discarded or no longer matters. */
  const passThrough = (): boolean => {
    if (reduction === undefined) return true;
    for (let length = 0; length < LONGEST_CHAIN; length++) {
      let count = stepper.steps(next, ahead, scope);
      if (count === 0 || stepper.ended(next, scope)) return true;
      if (count > 1) count = reduction.select(next, ahead, count);
      if (count > 1) return true;
      const step = ahead[0] as number;
      transitions++;
      chain[chained++] = step;
      if (!stepper.apply(next, step) || relevance?.reduce(next) === false) return false;
    }
    return true;
  };

  // Any end will do where everything satisfies: the newest state is the nearest to one.
  const newest: number[] | undefined = verdict && formula.kind === "constant" && formula.value ? [0] : undefined;
  let visited = 0;
  const between = statesBetweenQuestions(machine);
  /** The state that a step of `current`, which is the state `index`, leads to; -1 where the run is discarded or no longer matters. */
  const follow = (index: number, step: number): number => {
    next.set(current);
    transitions++;
    if (!stepper.apply(next, step) || relevance?.reduce(next) === false) return -1;
    chain[0] = step;
    chained = 1;
    if (!passThrough()) return -1;
    const at = table.add(next);
    if (table.fresh) {
      remember(at, index);
      newest?.push(at);
    }
    return at;
  };
  const visit = (): true => {
    for (;;) {
      const index = newest === undefined ? visited : newest.pop();
      if (index === undefined || visited === table.count) break;
      if (table.count > options.maxStates) {
        stopped = "states";
        break;
      }
      if (++visited % between === 0 && options.interrupted?.() === true) {
        stopped = "interrupted";
        break;
      }
      table.read(index, current);
      let count = stepper.steps(current, steps, scope);
      const ended = stepper.ended(current, scope);
      if (!ended && count === 0) {
        // No way on, and no end. (Where every way on is discarded, the guess was wrong: that is no deadlock.)
        finals.push(index);
        deadlocks++;
        stuck ??= trace(index);
        if (!asksForStuck) continue;
      }
      if (ended || count === 0) {
        if (ended) finals.push(index);
        if (program.filter === undefined || satisfied(stepper, current, program.filter, !ended)) {
          someRunEnds = true;
          const satisfies = current[size - 1] === 1 || satisfied(stepper, current, formula, !ended);
          if (satisfies && !satisfiable) {
            satisfiable = true;
            witness = trace(index);
          }
          const values = observe(stepper, current, !ended);
          if (!verdict) ends.set(values.join(), { values, satisfies });
          else if (satisfies) {
            ends.set("witness", { values, satisfies });
            break;
          }
        }
        // Cache lines may still move about; ends do not differ in that.
        continue;
      }
      if (reduction !== undefined && count > 1) count = reduction.select(current, steps, count);
      for (let i = 0; i < count; i++) {
        const at = follow(index, steps[i] as number);
        if (verdict || at < 0) continue;
        edges.from.push(index);
        edges.to.push(at);
      }
    }
    return true;
  };

  // States mode, of states from which no end was reached: the steps that were tried, and where they lead.
  const tried = new Map<number, readonly Tried[]>();
  const tryOut = (index: number, those: readonly number[]): readonly Tried[] => {
    const known = tried.get(index) ?? [];
    table.read(index, current);
    const result = [...known];
    for (const step of those) {
      if (known.some((each) => each.step === step)) continue;
      const to = follow(index, step);
      result.push({ step, deed: stepDeed(step), to });
      if (to < 0) continue;
      edges.from.push(index);
      edges.to.push(to);
    }
    tried.set(index, result);
    return result;
  };
  const triedIn = (index: number): readonly Tried[] => {
    const known = tried.get(index);
    if (known !== undefined) return known;
    table.read(index, current);
    const count = stepper.steps(current, steps, scope);
    return tryOut(index, steps.slice(0, reduction === undefined || count < 2 ? count : reduction.select(current, steps, count)));
  };
  /** A circle of a few threads may put off what others do for ever: one of these acts, with all that conflicts with it. */
  const tryIgnored = (states: readonly number[], inside: ReadonlySet<number>): boolean => {
    const ways = states.flatMap(triedIn);
    if (table.count > visited) return true;
    const goesOn = new Set(ways.filter(({ to }) => inside.has(to)).map(({ deed }) => deed));
    for (const index of states) {
      const known = triedIn(index);
      table.read(index, current);
      const count = stepper.steps(current, steps, scope);
      const ignored = steps
        .slice(0, count)
        .find((step) => hasToHappen(step) && !goesOn.has(stepDeed(step)) && !known.some((each) => each.step === step));
      if (ignored === undefined) continue;
      tryOut(index, steps.slice(0, reduction?.select(current, steps, count, ignored)));
      return true;
    }
    return false;
  };
  const circles = (): readonly number[] => {
    for (;;) {
      const successors = successorsOf(table.count, edges);
      const found = livelocksAmong(endlessOf(table.count, edges, finals), {
        successors: (index) => successors[index] as readonly number[],
        ways: triedIn,
        ...(reduction === undefined ? {} : { tryIgnored }),
      });
      if (found !== undefined) return found;
      visit();
      if (stopped !== undefined) return [];
    }
  };
  // A state of a large machine may take longer than there is time.
  if (unlessInterrupted(visit) === undefined) stopped = "interrupted";
  const circling = verdict || stopped !== undefined ? [] : unlessInterrupted(circles);
  if (circling === undefined) stopped = "interrupted";
  return {
    complete: stopped === undefined,
    stopped,
    ends: [...ends.values()].sort((a, b) => compareValues(a.values, b.values)),
    satisfiable,
    someRunEnds: someRunEnds || (stopped === undefined && relevance?.droppedRuns() !== true ? false : undefined),
    deadlocks,
    livelocks: circling?.length ?? 0,
    circling: circling?.[0] === undefined ? undefined : trace(circling[0]),
    witness,
    stuck,
    states: table.count,
    transitions,
    bytes: table.bytes,
  };
}

const ALWAYS: Formula = { kind: "constant", value: true };

/** Searches the parts one by one and puts the answers together. */
function searchParts(stepper: Stepper, { asks, questions }: Questions, options: SearchOptions): SearchResult {
  let states = 0;
  let transitions = 0;
  let bytes = 0;
  let stopped: SearchResult["stopped"];
  const { machine } = stepper;
  // Parts that are the same but for names are searched once.
  const answered = new Map<string, { readonly part: Scope; readonly result: SearchResult }>();
  const shapes: ((formula: Formula) => string)[] = [];
  const look = (at: number, formula: Formula): SearchResult => {
    const { part } = questions[at] as Questions["questions"][number];
    shapes[at] ??= shapeOf(machine, part);
    const shape = shapes[at](formula);
    const twin = answered.get(shape);
    if (twin !== undefined) {
      const again = (steps: readonly number[] | undefined): readonly number[] | undefined =>
        steps?.map((step) => translate(machine, step, twin.part, part));
      return { ...twin.result, witness: again(twin.result.witness), stuck: again(twin.result.stuck) };
    }
    const found = searchPart(stepper, part, formula, {
      ...options,
      maxStates: Math.max(1, options.maxStates - states),
    });
    states += found.states;
    transitions += found.transitions;
    bytes = Math.max(bytes, found.bytes);
    stopped ??= found.stopped;
    answered.set(shape, { part, result: found });
    return found;
  };
  /** For each part: steps to an end of its own, where one was found. */
  const endings: (readonly number[] | undefined)[] = [];
  const end = (at: number): readonly number[] | undefined => {
    endings[at] ??= look(at, ALWAYS).witness;
    return endings[at];
  };
  const answers = questions.map(() => undefined as SearchResult | undefined);
  let yes = asks === "all";
  for (const [at, { formula }] of questions.entries()) {
    if (formula === undefined) continue;
    const answer = look(at, formula);
    answers[at] = answer;
    if (answer.satisfiable) endings[at] = answer.witness;
    if (answer.satisfiable === (asks === "any") || stopped !== undefined) {
      yes = answer.satisfiable;
      break;
    }
  }
  // The rest has to end.
  const rest = (from: (at: number) => readonly number[] | undefined): readonly number[] | undefined => {
    const steps: number[] = [];
    for (const at of questions.keys()) {
      const part = from(at);
      if (part === undefined) return undefined;
      steps.push(...part);
    }
    return steps;
  };
  const witness = yes ? rest(end) : undefined;
  const total = { complete: stopped === undefined, stopped, states, transitions, bytes };
  let someRunEnds = witness === undefined ? undefined : true;
  if (witness === undefined && options.vacuity === true && stopped === undefined) {
    const all = questions.every((_, at) => answers[at]?.someRunEnds === true || end(at) !== undefined);
    if (all || stopped === undefined) someRunEnds = all;
  }
  const deadlocks = answers.reduce((sum, answer) => sum + (answer?.deadlocks ?? 0), 0);
  const blocked = answers.find((answer) => answer?.stuck !== undefined);
  return {
    ...total,
    ends: witness === undefined ? [] : [endOf(stepper, witness)],
    satisfiable: witness !== undefined,
    someRunEnds,
    deadlocks,
    livelocks: 0,
    circling: undefined,
    witness,
    stuck: blocked === undefined ? undefined : rest((at) => (answers[at] === blocked ? blocked.stuck : (end(at) ?? answers[at]?.stuck))),
  };
}

function endOf(stepper: Stepper, steps: readonly number[]): EndState {
  const state = stepper.machine.initial.slice();
  for (const step of steps) stepper.apply(state, step);
  return { values: observe(stepper, state), satisfies: true };
}

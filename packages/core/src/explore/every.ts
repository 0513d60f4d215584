/**
 * Every state, fast: the search without reductions for tests with many states. Successors come from learned trees (learned.ts) and never leave their packed form (fields.ts). They
 * are gathered in batches, so that the many places of memory that a batch looks at are fetched side by side. No parents are kept: the run to a state is found afterwards, layer by
 * layer. docs/decisions/0011-learned-steps.md.
 */

import { type State, type Stepper, stepDeed } from "../machine/step.js";
import { type Compiled, compile } from "./compiled.js";
import { createFields, type Fields } from "./fields.js";
import { createFootprints } from "./footprints.js";
import { observe, satisfied, speaksOfStuck } from "./formula.js";
import { agentsOf, createLearned, type Learned } from "./learned.js";
import { livelocksAmong, type Way } from "./livelock.js";
import type { EndState, SearchOptions, SearchResult } from "./result.js";
import { compareValues } from "./result.js";
import { createStates } from "./states.js";

/** Successors held back until they are looked up together. */
const BATCH = 1024;
/** After so many states what was learned is made into code. */
const FIRST_COMPILED = 4096;
/**
 * After so many times as many states that the code did not know all of, it is made again: V8 needs a tenth of a second and more to optimise it, and a state takes a few microseconds more by
 * the trees than by the code.
 */
const AGAIN = 16;
/** Random runs that show which values there are before the fields are laid out. */
const RUNS = 48;
/** So many of them in a row that show nothing new are enough. */
const VAIN_RUNS = 9;

/** One state's successors, packed one behind the other. */
interface Successors {
  words: Int32Array;
  hashes: Int32Array;
  /** The step to each, and the agents that need not act in it. */
  steps: Int32Array;
  sleeps: Int32Array;
  count: number;
}

/** Values met on random runs. */
function walk(stepper: Stepper, initial: State, fields: Fields): void {
  const longest = 8 * stepper.machine.instructions.length + 64;
  const steps: number[] = [];
  const next = initial.slice();
  let seed = 1;
  let vain = 0;
  for (let run = 0; run < RUNS && vain < VAIN_RUNS; run++) {
    vain++;
    const state = initial.slice();
    for (let length = 0; length < longest; length++) {
      const count = stepper.steps(state, steps);
      if (count === 0) break;
      seed = (Math.imul(seed, 0x915f77f5) + 0x2545f491) | 0;
      // Some runs hurry threads on and leave packets where they are, some the other way round: extremes show the most.
      const hurry = seed >>> 28 < 13 ? run % 3 : 0;
      const chosen = hurry === 1 ? 0 : hurry === 2 ? count - 1 : (seed >>> 8) % count;
      next.set(state);
      // A wrong guess is taken back.
      if (!stepper.apply(next, steps[chosen] as number)) continue;
      state.set(next);
      if (fields.see(state)) vain = 0;
    }
  }
}

/** Visits every state. Undefined: too much is different in too many states to be learned; search without this. */
export function searchEvery(stepper: Stepper, options: SearchOptions, firstCompiled = FIRST_COMPILED): SearchResult | undefined {
  const { machine } = stepper;
  const { program } = machine;
  const { formula } = program.condition;
  const verdict = options.mode === "verdict";
  const asksForStuck = speaksOfStuck(formula);
  const size = machine.layout.deciding;
  const initial = machine.initial.slice(0, size);
  const fields = createFields(initial);
  walk(stepper, initial, fields);
  fields.layOut();
  const scopes = agentsOf(stepper);
  const footprints = createFootprints(scopes, size);
  let learned = createLearned(stepper, scopes, fields, size, footprints);
  let askedBefore = 0;
  const states = createStates(fields.words);
  const state = initial.slice();
  const batch: Successors = {
    words: new Int32Array(0),
    hashes: new Int32Array(0),
    steps: new Int32Array(0),
    sleeps: new Int32Array(0),
    count: 0,
  };
  const room = (): void => {
    const most = BATCH + 4096;
    batch.words = new Int32Array(most * fields.words);
    batch.hashes = new Int32Array(most);
    batch.steps = new Int32Array(most);
    batch.sleeps = new Int32Array(most);
    batch.count = 0;
  };
  room();

  let transitions = 0;
  const found = new Int32Array(scopes.length);
  const foundAgent = new Int32Array(scopes.length);

  const read = (index: number): State => {
    fields.unpack(states.pool, index * states.stride, state);
    return state;
  };

  const sleepers = (index: number): number => states.pool[(index + 1) * states.stride - 1] as number;

  /** The leaves of a state's agents, those with effects in `found`. -1: the run has ended; -2: new values were seen. */
  function agentsAt(index: number): number {
    const { pool } = states;
    const base = index * states.stride;
    let { tree } = learned;
    const { agents, leaves } = learned;
    let count = 0;
    let over = true;
    for (let agent = 0; agent < agents.length; agent++) {
      let at = agents[agent] as number;
      while (at > 0)
        at = tree[
          at + 3 + (((pool[base + (tree[at] as number)] as number) >>> (tree[at + 1] as number)) & (tree[at + 2] as number))
        ] as number;
      let leaf = ~at;
      if (at === 0) {
        leaf = learned.learnAgent(agent, read(index));
        tree = learned.tree;
      }
      const answer = leaves[leaf] as Learned["leaves"][number];
      if (!answer.over) over = false;
      if (answer.effects.length > 0) {
        found[count] = leaf;
        foundAgent[count++] = agent;
      }
    }
    return over ? -1 : count;
  }

  /**
   * Adds the successors of a state to the batch: those by agents that are not `asleep`, and with `only` by these. Where agents commute, one order of them is enough to reach every
   * state (sleep sets: Godefroid 1990): whoever has acted from here need not act next after one with whom it commutes. False: new values were seen.
   */
  function generate(index: number, count: number, asleep: number, only = -1): boolean {
    const { pool } = states;
    const { words: wide } = fields;
    const base = index * states.stride;
    let { tree, outcomes } = learned;
    const { leaves, effects, steps } = learned;
    const { words, hashes, sleeps } = batch;
    const { bound } = footprints;
    let done = asleep;
    const span = 1 + 2 * wide;
    let next = batch.count;
    for (let at = 0; at < count; at++) {
      const agent = foundAgent[at] as number;
      const bit = agent < 32 ? 1 << agent : 0;
      if ((asleep & bit) !== 0 || (bit & ~only) !== 0 || (bit === 0 && only !== -1)) continue;
      const list = (leaves[found[at] as number] as Learned["leaves"][number]).effects;
      for (let k = 0; k < list.length; k++) {
        const effect = list[k] as number;
        let node = effects[effect] as number;
        while (node > 0)
          node = tree[
            node + 3 + (((pool[base + (tree[node] as number)] as number) >>> (tree[node + 1] as number)) & (tree[node + 2] as number))
          ] as number;
        let leaf = ~node;
        if (node === 0) {
          leaf = learned.learnEffect(effect, read(index));
          if (fields.stale) return false;
          ({ tree, outcomes } = learned);
        }
        const sleeping = done & ~(bound[effect] as number);
        let from = leaf * span;
        transitions++;
        if (outcomes[from++] === 1) continue;
        let hash = 0x9e3779b9 | 0;
        const to = next * wide;
        for (let word = 0; word < wide; word++) {
          const value = ((pool[base + word] as number) & (outcomes[from] as number)) | (outcomes[from + 1] as number);
          from += 2;
          words[to + word] = value;
          hash = Math.imul(hash ^ value, 0x85ebca6b);
          hash ^= hash >>> 15;
        }
        hash = Math.imul(hash, 0xc2b2ae35);
        hashes[next] = hash ^ (hash >>> 16);
        batch.steps[next] = steps[effect] as number;
        sleeps[next] = sleeping;
        next++;
      }
      done |= bit;
    }
    batch.count = next;
    return true;
  }

  /** Lays the fields out anew and forgets what was learned on the old layout. False: it happens too often. */
  function relearn(): boolean {
    if (inVain()) return false;
    layOutAnew();
    return true;
  }

  /** Are there about as many different answers as states? Then learning them is dearer than asking. */
  function inVain(): boolean {
    const asked = askedBefore + learned.asked;
    return asked > 20_000 && asked > states.count / 4;
  }

  function layOutAnew(): void {
    askedBefore += learned.asked;
    const again = fields.layOut();
    states.repack(fields.words, again);
    if (compiled !== undefined) missed = 0;
    learned = createLearned(stepper, scopes, fields, size, footprints);
    room();
    compiled = undefined;
  }

  const initialWords = new Int32Array(fields.words);
  fields.pack(initial, initialWords, 0);
  states.addOne(initialWords);

  const ends = new Map<string, EndState>();
  const finals: number[] = [];
  /** The first state of each layer of the search. */
  const layers: number[] = [0];
  let satisfiable = -1;
  let someRunEnds = false;
  let deadlocks = 0;
  let stuck = -1;
  let stopped: SearchResult["stopped"];
  let layerEnd = 1;
  const woken: number[] = [];
  let compiled: Compiled | undefined;
  /** States since the code was made that it did not know all of; before, all. */
  let missed = 0;

  /** Looks up what was gathered. `expanded`: states below have had their successors made. */
  function settle(expanded: number): boolean {
    states.add(batch.words, batch.hashes, batch.sleeps, batch.count, expanded, woken);
    batch.count = 0;
    while (woken.length > 0) {
      const wake = woken.pop() as number;
      const index = woken.pop() as number;
      const count = agentsAt(index);
      if (count > 0 && !generate(index, count, sleepers(index), wake)) {
        woken.push(index, wake);
        batch.count = 0;
        if (!relearn()) return false;
        continue;
      }
      if (batch.count > BATCH || woken.length === 0) {
        states.add(batch.words, batch.hashes, batch.sleeps, batch.count, expanded, woken);
        batch.count = 0;
      }
    }
    return true;
  }

  for (let index = 0; ; index++) {
    if (index === layerEnd || batch.count > BATCH) {
      if (!settle(index) || inVain()) return undefined;
      if (states.count > options.maxStates) {
        stopped = "states";
        break;
      }
      if (options.interrupted?.() === true) {
        stopped = "interrupted";
        break;
      }
      if (index === layerEnd) {
        if (states.count === layerEnd) break;
        layers.push(layerEnd);
        layerEnd = states.count;
      }
    }
    if (missed > (compiled === undefined ? firstCompiled : AGAIN * firstCompiled)) {
      compiled = compile(learned, fields, footprints.bound, batch);
      // Where a page forbids code made at run time, asking again does not help.
      missed = compiled === undefined ? Number.NEGATIVE_INFINITY : 0;
    }
    if (compiled !== undefined) {
      const at = compiled.expand(states.pool, states.stride, index, layerEnd, batch.count, BATCH);
      batch.count = compiled.next();
      transitions += compiled.tried();
      if (at > index) {
        index = at - 1;
        continue;
      }
    }
    for (;;) {
      const before = batch.count;
      const counted = transitions;
      const count = agentsAt(index);
      if (count <= 0) {
        const ended = count === -1;
        finals.push(index);
        if (!ended) {
          deadlocks++;
          if (stuck < 0) stuck = index;
          if (!asksForStuck) break;
        }
        const end = read(index);
        if (program.filter !== undefined && !satisfied(stepper, end, program.filter, !ended)) break;
        someRunEnds = true;
        const satisfies = satisfied(stepper, end, formula, !ended);
        if (satisfies && satisfiable < 0) satisfiable = index;
        if (!verdict || satisfies) {
          const values = observe(stepper, end, !ended);
          ends.set(values.join(), { values, satisfies });
        }
        break;
      }
      if (generate(index, count, sleepers(index))) {
        missed++;
        break;
      }
      batch.count = before;
      transitions = counted;
      if (!settle(index) || !relearn()) return undefined;
    }
    if (verdict && satisfiable >= 0) break;
  }

  /** Steps from the initial state to one that was visited: its predecessor stands before it, in the layer before it. */
  function trace(target: number): readonly number[] {
    const result: number[] = [];
    let layer = layers.length - 1;
    for (let goal = target; goal > 0; ) {
      while ((layers[layer] as number) > goal) layer--;
      let index = layers[Math.max(0, layer - 1)] as number;
      for (let at = stepTo(index, goal); at < 0; at = stepTo(index, goal)) index = index + 1 < goal ? index + 1 : 0;
      result.push(batch.steps[stepTo(index, goal)] as number);
      goal = index;
    }
    return result.reverse();
  }

  /** Which of a state's successors, now in the batch, another state is: -1 for none. */
  function stepTo(index: number, goal: number): number {
    const wide = fields.words;
    const count = followers(index);
    for (let at = 0; at < count; at++) {
      let word = 0;
      while (word < wide && batch.words[at * wide + word] === states.pool[goal * states.stride + word]) word++;
      if (word === wide) return at;
    }
    return -1;
  }

  /** All successors of a state; how many. */
  function followers(index: number): number {
    for (;;) {
      batch.count = 0;
      const count = agentsAt(index);
      if (count <= 0 || generate(index, count, 0)) return batch.count;
      // Beyond what was searched there may be values that were not seen.
      layOutAnew();
    }
  }

  /** States of real runs from which no end and no deadlock can be reached (livelock.ts). */
  function circles(): readonly number[] {
    const { count: total } = states;
    const UNKNOWN = 0;
    const REACHES = 1;
    const VISITED = 2;
    const standing = new Uint8Array(total);
    for (const final of finals) standing[final] = REACHES;
    const stack: number[] = [];
    const tried: number[] = [];
    const left: number[] = [];
    const next = (at: number): number => states.find(batch.words, at, batch.hashes[at] as number);
    // Depth first: when something is met that reaches an end, so does all that led to it.
    for (let start = 0; start < total; start++) {
      if (standing[start] !== UNKNOWN) continue;
      standing[start] = VISITED;
      stack.push(start);
      tried.push(0);
      while (stack.length > 0) {
        const top = stack.length - 1;
        const count = followers(stack[top] as number);
        let at = tried[top] as number;
        let into = -1;
        for (; at < count && into < 0; at++) if (standing[next(at)] !== VISITED) into = next(at);
        tried[top] = at;
        if (into < 0) {
          left.push(stack.pop() as number);
          tried.pop();
        } else if (standing[into] === REACHES) {
          for (const state of stack) standing[state] = REACHES;
          stack.length = 0;
          tried.length = 0;
        } else {
          standing[into] = VISITED;
          stack.push(into);
          tried.push(0);
        }
      }
    }
    // Those left when they led back to something that turned out to reach an end only later.
    for (let changed = true; changed; ) {
      changed = false;
      for (const index of left) {
        if (standing[index] !== VISITED) continue;
        const count = followers(index);
        let some = false;
        for (let at = 0; at < count && !some; at++) some = standing[next(at)] === REACHES;
        if (!some) continue;
        standing[index] = REACHES;
        changed = true;
      }
    }
    const endless = left.filter((index) => standing[index] === VISITED).sort((a, b) => a - b);
    return livelocksAmong(endless, { successors, ways }) ?? [];
  }

  /** Where a state leads to, discarded runs left out. */
  function successors(index: number): readonly number[] {
    return Array.from({ length: followers(index) }, (_, at) => states.find(batch.words, at, batch.hashes[at] as number));
  }

  function ways(index: number): readonly Way[] {
    const result = successors(index).map((to, at): Way => ({ deed: stepDeed(batch.steps[at] as number), to }));
    const from = read(index).slice();
    const all: number[] = [];
    const count = stepper.steps(from, all);
    for (const step of all.slice(0, count)) if (!stepper.apply(from.slice(), step)) result.push({ deed: stepDeed(step), to: -1 });
    return result;
  }

  const counted = transitions;
  const circling = verdict || stopped !== undefined ? [] : circles();
  return {
    complete: stopped === undefined,
    stopped,
    ends: [...ends.values()].sort((a, b) => compareValues(a.values, b.values)),
    satisfiable: satisfiable >= 0,
    someRunEnds,
    deadlocks,
    livelocks: circling.length,
    circling: circling[0] === undefined ? undefined : trace(circling[0]),
    witness: satisfiable < 0 ? undefined : trace(satisfiable),
    stuck: stuck < 0 ? undefined : trace(stuck),
    states: states.count,
    transitions: counted,
    bytes: states.bytes,
  };
}

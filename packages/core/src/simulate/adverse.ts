/**
 * An adversary in place of the clock: it schedules the machine's steps so as to reach outcomes that a clock rarely shows. In half of the runs everybody gets a random priority and the first
 * always goes, until priorities change at random moments (Burckhardt et al., ASPLOS 2010); in the other half the way is taken that leads where it has been least often, of those that may still lead to something new.
 */
import { buildMachine, CACHE, type Machine, type Settings, stepAction, stepSubject } from "../machine/index.js";
import type { Platform } from "../platform/platform.js";
import type { Program } from "../program/program.js";
import { createAutomaton, type Node } from "./automaton.js";
import { createRandom } from "./random.js";
import type { Outcome } from "./simulate.js";

/** What the adversary reached, in how many runs. */
export interface Adverse {
  /** How the runs ended: all of them ends that the machine can have. */
  readonly outcomes: readonly Outcome[];
  readonly runs: number;
  /** Runs that were discarded (a wrong guess), that got stuck, or that were cut off. */
  readonly discarded: number;
  readonly stuck: number;
  readonly cut: number;
  readonly steps: number;
  readonly states: number;
}

/** Steps after which a run is cut off: it may be going round for ever. */
const LONGEST = 600;
/** Steps after which a run looks for its end. */
const LONG = 120;
/** States kept. */
const MOST_STATES = 60_000;

export function adverse(
  program: Program,
  platform: Platform,
  runs: number,
  seed: number,
  settings: Settings = new Map(),
  change: (machine: Machine) => Machine = (machine) => machine,
): Adverse {
  const machine = change(buildMachine(program, platform, settings));
  const automaton = createAutomaton(machine, []);
  const random = createRandom(seed, 0);
  const outcomes = new Map<string, { -readonly [key in keyof Outcome]: Outcome[key] }>();
  const subjects = Math.max(machine.instructions.length, machine.threads.length, machine.program.locations.length);
  const priority = new Float64Array(subjects);
  let discarded = 0;
  let stuck = 0;
  let cut = 0;
  let steps = 0;
  const shuffle = (): void => {
    for (let i = 0; i < subjects; i++) priority[i] = random.next();
  };
  /** States from which nothing new can be found: ends, and those all of whose ways lead to such. */
  const exhausted = new Set<Node>();
  const spent = (node: Node): boolean => {
    if (node.end !== undefined || node.steps.length === 0) return true;
    for (let at = 0; at < node.steps.length; at++) {
      const edge = node.edges[at];
      if (edge === undefined || (edge !== null && !exhausted.has(edge.to))) return false;
    }
    return true;
  };
  const visits = new Map<Node, number>();
  /** The way to where it has been least often, among those that may lead to something new; -1: none does. */
  const fresh = (node: Node): number => {
    let best = -1;
    let least = 0;
    let ties = 0;
    for (let at = 0; at < node.steps.length; at++) {
      const edge = node.edges[at];
      if (edge === null || (edge !== undefined && exhausted.has(edge.to))) continue;
      const been = edge === undefined ? 0 : (visits.get(edge.to) ?? 0);
      if (best < 0 || been < least) {
        best = at;
        least = been;
        ties = 1;
      } else if (been === least && random.next() * ++ties < 1) best = at;
    }
    return best;
  };
  /** By priority; a long run is brought to its end, without cache lines that move of their own accord. */
  const first = (node: Node, long: boolean): number => {
    let best = -1;
    let most = 0;
    let ties = 0;
    for (let at = 0; at < node.steps.length; at++) {
      if (node.edges[at] === null) continue;
      const step = node.steps[at] as number;
      const own = long && stepAction(step) === CACHE ? -1 : (priority[stepSubject(step)] as number);
      if (best < 0 || own > most) {
        best = at;
        most = own;
        ties = 1;
        // Choices of one subject, and the arms of a guess: any of them.
      } else if (own === most && random.next() * ++ties < 1) best = at;
    }
    return best;
  };
  for (let run = 0; run < runs; run++) {
    if (automaton.size > MOST_STATES) {
      automaton.forget();
      exhausted.clear();
      visits.clear();
    }
    let node = automaton.root;
    const curious = run % 2 === 1;
    const path: Node[] = [];
    shuffle();
    for (let length = 0; ; length++) {
      path.push(node);
      if (curious) visits.set(node, (visits.get(node) ?? 0) + 1);
      if (node.end !== undefined) {
        const { end } = node;
        const key = `${end.dropped ? "dropped " : ""}${end.key}`;
        const known = outcomes.get(key);
        if (known === undefined) outcomes.set(key, { values: end.values, satisfies: end.satisfies, dropped: end.dropped, count: 1 });
        else known.count++;
        break;
      }
      if (length >= LONGEST) {
        cut++;
        break;
      }
      if (random.next() < 0.05 || length > LONGEST / 2) shuffle();
      const long = length > LONG;
      const found = curious && !long ? fresh(node) : -1;
      const at = found >= 0 ? found : first(node, long);
      if (at < 0) {
        if (node.steps.length === 0) stuck++;
        else discarded++;
        break;
      }
      steps++;
      const edge = automaton.follow(node, at);
      if (edge === null) {
        discarded++;
        break;
      }
      node = edge.to;
    }
    for (let back = path.pop(); back !== undefined && (exhausted.has(back) || spent(back)); back = path.pop()) exhausted.add(back);
  }
  return { outcomes: [...outcomes.values()], runs, discarded, stuck, cut, steps, states: automaton.size };
}

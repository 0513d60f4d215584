/**
 * The stepper's answers, learned. What an agent (a thread, a packet, a cache line) can do, and what a step does, are functions of the few slots that the stepper looks at when it
 * is asked. So each question is a decision tree: an inner node looks at a slot, a leaf has the answer. Where a tree has no branch yet the stepper is asked once, on a stand-in that
 * takes note of what it looks at and writes (recording.ts), and the answer becomes a leaf. From then on it holds for every state that agrees on these slots: the stepper, asked the
 * same, would look at the same slots in the same order and find the same there.
 *
 * Trees work on packed states (fields.ts) and lie in one array. At a positive position: word, shift, mask of a slot, then a position for each value; 0 is a branch not learned yet; a
 * negative one is the leaf with the number ~position.
 */
import type { Scope, State, Stepper } from "../machine/step.js";
import type { Fields } from "./fields.js";
import type { Footprints } from "./footprints.js";
import { createRecording } from "./recording.js";

/** What an agent can do. */
export interface AgentLeaf {
  readonly over: boolean;
  /** Numbers of effects, in the order of the stepper's steps. */
  readonly effects: readonly number[];
}

export interface Learned {
  /** The trees. */
  readonly tree: Int32Array;
  /** By agent: where its tree begins. */
  readonly agents: Int32Array;
  readonly leaves: readonly AgentLeaf[];
  /** By effect: where its tree begins, and the step. */
  readonly effects: readonly number[];
  readonly steps: readonly number[];
  /**
   * Leaves of effects, each `1 + 2 * words` numbers: 1 where the run is discarded, then for each word what to keep of the old one and what to put in.
   */
  readonly outcomes: Int32Array;
  /** Learns what an agent (an effect) does in a state, and gives the leaf. After it the fields may be stale: then begin again with new trees. */
  learnAgent(agent: number, state: State): number;
  learnEffect(effect: number, state: State): number;
  /** How often the stepper was asked. */
  readonly asked: number;
}

/** Each packet, line and thread on its own. Packets first: what a thread does next commutes with more of them than what it may do some time does. */
export function agentsOf(stepper: Stepper): readonly Scope[] {
  const { threads, packets, program, layout } = stepper.machine;
  const none: Scope = { threads: [], packets: [], locations: [] };
  return [
    ...packets.flatMap((packet, index): Scope[] => (packet.hops.length > 0 ? [{ ...none, packets: [index] }] : [])),
    ...program.locations.flatMap((_, index): Scope[] => ((layout.copy[index] as number) >= 0 ? [{ ...none, locations: [index] }] : [])),
    ...threads.map((_, index): Scope => ({ ...none, threads: [index] })),
  ];
}

/** Nothing learned yet. `fields` must be laid out. */
export function createLearned(stepper: Stepper, scopes: readonly Scope[], fields: Fields, size: number, footprints: Footprints): Learned {
  const { words } = fields;
  const recording = createRecording(size);
  let tree = new Int32Array(1 << 12);
  let end = 1;
  const agents = new Int32Array(scopes.length);
  const leaves: AgentLeaf[] = [];
  const { steps } = footprints;
  const effects = steps.map(() => 0);
  const interned = new Map<string, number>();
  let outcomes = new Int32Array(64 * (1 + 2 * words));
  let outcomeCount = 0;
  let asked = 0;

  /**
   * Adds the branch that the recording's reads take to a tree and ends it with `leaf`. Slots without bits have had one value so far and need no node: once they get a second
   * value the fields are laid out anew, and all is learned again. Returns where the tree begins.
   */
  function grow(root: number, leaf: number, read: State): number {
    let begin = root;
    let at = root;
    /** Where the position that led here is written; -1: it is the root. */
    let from = -1;
    for (const slot of recording.reads) {
      if (fields.mask[slot] === 0) continue;
      const mask = fields.mask[slot] as number;
      if (at === 0) {
        if (end + mask + 4 > tree.length) {
          const larger = new Int32Array(Math.max(tree.length * 2, end + mask + 4));
          larger.set(tree);
          tree = larger;
        }
        at = end;
        tree[at] = fields.word[slot] as number;
        tree[at + 1] = fields.shift[slot] as number;
        tree[at + 2] = mask;
        end += mask + 4;
        if (from < 0) begin = at;
        else tree[from] = at;
      } else if (at < 0 || tree[at] !== fields.word[slot] || tree[at + 1] !== fields.shift[slot]) {
        throw new Error("the stepper looked elsewhere than before");
      }
      from = at + 3 + fields.number(slot, read[slot] as number);
      at = tree[from] as number;
    }
    if (from < 0) return ~leaf;
    tree[from] = ~leaf;
    return begin;
  }

  function effect(agent: number, step: number): number {
    const found = footprints.number(step, agent);
    while (effects.length <= found) effects.push(0);
    return found;
  }

  const out: number[] = [];

  function intern(key: string, make: () => void, next: number): number {
    const found = interned.get(key);
    if (found !== undefined) return found;
    make();
    interned.set(key, next);
    return next;
  }

  return {
    get tree() {
      return tree;
    },
    agents,
    leaves,
    effects,
    steps,
    get outcomes() {
      return outcomes;
    },
    get asked() {
      return asked;
    },
    learnAgent(agent, state) {
      asked++;
      recording.state.set(state);
      const scope = scopes[agent] as Scope;
      const leaf = recording.record((standIn): AgentLeaf => {
        const count = stepper.steps(standIn, out, scope);
        return { over: stepper.ended(standIn, scope), effects: out.slice(0, count).map((step) => effect(agent, step)) };
      });
      // What it writes to find out it takes back.
      footprints.asked(agent, leaf.effects, recording.reads);
      const number = intern(`${leaf.over} ${leaf.effects.join()}`, () => leaves.push(leaf), leaves.length);
      agents[agent] = grow(agents[agent] as number, number, state);
      return number;
    },
    learnEffect(index, state) {
      asked++;
      recording.state.set(state);
      const kept = recording.record((standIn) => stepper.apply(standIn, steps[index] as number));
      footprints.made(index, recording.reads, recording.writes);
      const outcome = new Int32Array(1 + 2 * words);
      if (!kept) outcome[0] = 1;
      else {
        for (let word = 0; word < words; word++) outcome[1 + 2 * word] = -1;
        for (const slot of recording.writes) {
          const number = fields.number(slot, recording.state[slot] as number);
          const at = 1 + 2 * (fields.word[slot] as number);
          const shift = fields.shift[slot] as number;
          const mask = fields.mask[slot] as number;
          if (number > mask) continue;
          outcome[at] = (outcome[at] as number) & ~(mask << shift);
          outcome[at + 1] = (outcome[at + 1] as number) | (number << shift);
        }
      }
      const number = intern(
        outcome.join(),
        () => {
          const need = (outcomeCount + 1) * outcome.length;
          if (need > outcomes.length) {
            const larger = new Int32Array(outcomes.length * 2);
            larger.set(outcomes);
            outcomes = larger;
          }
          outcomes.set(outcome, outcomeCount * outcome.length);
          outcomeCount++;
        },
        outcomeCount,
      );
      effects[index] = grow(effects[index] as number, number, state);
      return number;
    },
  };
}

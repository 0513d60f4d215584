/**
 * What agents and steps look at and write, as far as was learned, in whatever layout: which of them commute. Where a step is made in a state, all that it looks at and writes there has
 * been learned, and so has what the agents look at and write that could act next to it.
 */
import type { Scope } from "../machine/step.js";

export interface Footprints {
  /** By step number: of the first 32 agents, those with which the step does not commute: the one writes what the other looks at or writes. */
  readonly bound: readonly number[];
  /** By step number: the step. */
  readonly steps: readonly number[];
  /** The number of an agent's step. */
  number(step: number, agent: number): number;
  /** An agent was asked what it can do: what was looked at decided that these steps can be made. */
  asked(agent: number, can: readonly number[], reads: readonly number[]): void;
  /** A step was made. */
  made(number: number, reads: readonly number[], writes: readonly number[]): void;
}

/** Cache lines commute with nobody: they still move where a run has ended, and what has ended is not followed any further. */
export function createFootprints(scopes: readonly Scope[], size: number): Footprints {
  const bitOf = (agent: number): number => (agent < 32 ? 1 << agent : 0);
  const lines = scopes.reduce((bits, scope, agent) => (scope.locations.length > 0 ? bits | bitOf(agent) : bits), 0);
  const steps: number[] = [];
  const bound: number[] = [];
  const agents: number[] = [];
  const numbers = new Map<number, number>();
  /** By slot: the agents that look at it, and that write it. */
  const readers = new Int32Array(size);
  const writers = new Int32Array(size);
  /** By step. */
  const looks: Uint8Array[] = [];
  const writes: Uint8Array[] = [];

  function agentReads(agent: number, slot: number): void {
    const bit = bitOf(agent);
    if (((readers[slot] as number) & bit) === bit) return;
    readers[slot] = (readers[slot] as number) | bit;
    for (const [step, written] of writes.entries()) if (written[slot] === 1) bound[step] = (bound[step] as number) | bit;
  }

  function agentWrites(agent: number, slot: number): void {
    const bit = bitOf(agent);
    if (((writers[slot] as number) & bit) === bit) return;
    writers[slot] = (writers[slot] as number) | bit;
    for (const [step, written] of writes.entries())
      if (written[slot] === 1 || looks[step]?.[slot] === 1) bound[step] = (bound[step] as number) | bit;
  }

  function stepReads(step: number, slot: number): void {
    const mine = looks[step] as Uint8Array;
    if (mine[slot] === 1) return;
    mine[slot] = 1;
    bound[step] = (bound[step] as number) | (writers[slot] as number);
  }

  return {
    bound,
    steps,
    number(step, agent) {
      let found = numbers.get(step);
      if (found === undefined) {
        found = steps.length;
        numbers.set(step, found);
        steps.push(step);
        agents.push(agent);
        looks.push(new Uint8Array(size));
        writes.push(new Uint8Array(size));
        bound.push(scopes[agent]?.locations.length === 0 ? bitOf(agent) | lines : -1);
      }
      return found;
    },
    asked(agent, can, reads) {
      for (const slot of reads) {
        agentReads(agent, slot);
        for (const step of can) stepReads(step, slot);
      }
    },
    made(step, reads, written) {
      const agent = agents[step] as number;
      for (const slot of reads) {
        agentReads(agent, slot);
        stepReads(step, slot);
      }
      const mine = writes[step] as Uint8Array;
      for (const slot of written) {
        agentWrites(agent, slot);
        if (mine[slot] === 1) continue;
        mine[slot] = 1;
        bound[step] = (bound[step] as number) | (writers[slot] as number) | (readers[slot] as number);
      }
    },
  };
}

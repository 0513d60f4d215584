/** Checks that whoever makes the executions sees to: coherence, and that nothing comes between the halves of an atomic. */
import type { Compiled } from "./compile.js";
import type { NodeId } from "./graph.js";
import type { Structure } from "./model.js";
import { emptySet, type Relation, wordsFor } from "./relation.js";

/**
 * Is this check assured? Only where what it says beyond that concerns lock events, which have their own rules (lock.cat), or nothing. `most`: what may be in a node in any execution.
 */
export function isAssured(
  { assurable }: Compiled,
  structure: Structure | undefined,
  n: number,
  index: number,
  most: (node: NodeId) => Relation,
): boolean {
  if (structure?.assured === undefined) return false;
  const { coherence, atomicity } = structure.assured;
  const beyond = (coherence ? assurable.coherence.get(index) : undefined) ?? (atomicity ? assurable.atomicity.get(index) : undefined);
  return beyond?.every((node) => amongLocks(most(node), structure, n)) ?? false;
}

/** Does every pair of a relation have a lock event in it? */
function amongLocks(relation: Relation, structure: Structure, n: number): boolean {
  const words = wordsFor(n);
  const locks = emptySet(n);
  for (const name of ["LKR", "LKW", "UL"]) {
    const set = structure.sets.get(name);
    if (set !== undefined) for (let word = 0; word < words; word++) locks[word] = (locks[word] as number) | (set[word] as number);
  }
  for (let e = 0; e < n; e++) {
    if (((locks[e >> 5] as number) >> (e & 31)) & 1) continue;
    for (let word = 0; word < words; word++) {
      if (((relation[e * words + word] as number) & ~(locks[word] as number)) !== 0) return false;
    }
  }
  return true;
}

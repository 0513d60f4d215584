/**
 * Power: instructions of one location are committed in order (Herding Cats, figure 25: po-loc in cc0). A store is committed after what its address, its value and the branches before it come from, so it waits
 * for every older load of a location that one of those was loaded from, even where that one took its value from an own store or went ahead.
 */
import { registersOf } from "../program/evaluate.js";
import type { Expression } from "../program/program.js";
import type { Instruction } from "./instruction.js";

/** The loads on a path that the store at a position waits for besides. `ids`: the path. */
export function committedBefore(instructions: readonly Instruction[], ids: readonly number[], position: number): readonly number[] {
  const at = (where: number): Instruction => instructions[ids[where] as number] as Instruction;
  const open: { readonly register: number; readonly below: number }[] = [];
  const follow = (below: number, ...expressions: readonly (Expression | undefined)[]): void => {
    for (const expression of expressions) for (const register of registersOf(expression, new Set())) open.push({ register, below });
  };
  const store = at(position);
  follow(position, store.address, store.value, store.modify?.value);
  // Branches, and addresses of whatever stands before it.
  for (let where = 0; where < position; where++) {
    const { address, kind, value } = at(where);
    follow(where, address, kind === "branch" ? value : undefined);
  }
  const seen = new Set<number>();
  const sources = new Map<number, number>();
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { below, register } = next;
    let where = below - 1;
    while (where >= 0 && at(where).target !== register && !(at(where).kind === "loop-head" && at(where).registers.includes(register)))
      where--;
    if (where < 0 || seen.has(where)) continue;
    seen.add(where);
    const { address, kind, location, value } = at(where);
    follow(where, address, kind === "assign" ? value : undefined);
    if (kind === "load" && location >= 0) sources.set(location, Math.max(where, sources.get(location) ?? -1));
  }
  if (sources.size === 0) return [];
  const result: number[] = [];
  for (let where = 0; where < position; where++) {
    const { id, kind, location } = at(where);
    if (kind === "load" && where < (sources.get(location) ?? -1)) result.push(id);
  }
  return result;
}

/** End states as herd7 prints them: `0:r0=0; 0:r1=1; [x]=2;`. */
import type { Observed, Program } from "../program/program.js";
import { printValue } from "./names.js";

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const RANK: { readonly [kind in Observed["kind"]]: number } = { register: 0, location: 1, order: 2, stuck: 3 };

/** herd7's order of what a state shows: registers by thread number, then by name; then locations. Devices come after the CPUs, what arrived first comes last. */
function compareObserved(program: Program, a: Observed, b: Observed): number {
  if (a.kind !== "register" || b.kind !== "register") return RANK[a.kind] - RANK[b.kind] || byText(a.label, b.label);
  const rank = (of: Observed & { kind: "register" }): readonly [number, number] => {
    const thread = program.threads[of.thread];
    return [thread?.role === "device" ? 1 : 0, Number(/\d+$/.exec(thread?.name ?? "")?.[0] ?? 0)];
  };
  const [left, right] = [rank(a), rank(b)];
  return left[0] - right[0] || left[1] - right[1] || byText(a.label, b.label);
}

/** The indices of `program.observed` in the order in which they are printed. */
export function observedOrder(program: Program): readonly number[] {
  return program.observed
    .map((_, index) => index)
    .sort((a, b) => compareObserved(program, program.observed[a] as Observed, program.observed[b] as Observed));
}

/** One end state in one line. */
export function printState(program: Program, values: readonly number[]): string {
  return observedOrder(program)
    .map((index) => `${program.observed[index]?.label}=${printValue(program, values[index] ?? 0)};`)
    .join(" ");
}

/** States in herd7's order: by the first of what they show, then the next. */
export function sortStates<T extends { readonly values: readonly number[] }>(program: Program, states: readonly T[]): readonly T[] {
  const order = observedOrder(program);
  return [...states].sort((a, b) => {
    for (const index of order) {
      const difference = (a.values[index] ?? 0) - (b.values[index] ?? 0);
      if (difference !== 0) return difference;
    }
    return 0;
  });
}

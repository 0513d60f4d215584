/**
 * Livelocks: states of real runs from which no run ends and none gets stuck. Of the states that reach no end, those count from which a circle can be reached in which everything that
 * has to happen can happen. A state in which some thread's next act is always discarded (a guess that was wrong, an atomic that came too late) belongs to no run, even if
 * another thread goes round and round beside it. docs/decisions/0002-reductions.md.
 */
import { AGAIN, HANDLE, MOVE, PERFORM, stepAction } from "../machine/step.js";

/** One thing that can happen in a state: `deed` is who does what, `to` the state that it leads to, or -1 where the run is discarded. */
export interface Way {
  readonly deed: number;
  readonly to: number;
}

/** States visited, as far as livelocks are concerned. */
export interface Circling {
  /** Where the steps that were tried lead to, discarded ones left out. */
  successors(state: number): readonly number[];
  /** All steps that were tried in a state. */
  ways(state: number): readonly Way[];
  /**
   * Tries something in one of these states that has to happen, was not tried there, and in none of them led to one of them: true where there was such a thing, and the
   * search has to go on. Not there where everything was tried.
   */
  tryIgnored?(states: readonly number[], inside: ReadonlySet<number>): boolean;
}

/** Has to happen sooner or later: neither a guess, which need not be made, nor a cache line that moves of its own accord. */
export function hasToHappen(step: number): boolean {
  const action = stepAction(step);
  return action === PERFORM || action === MOVE || action === AGAIN || action === HANDLE;
}

/** `endless`: the states that reach no end. The livelocks among them; undefined where the search has to go on first. */
export function livelocksAmong(endless: readonly number[], circling: Circling): readonly number[] | undefined {
  const live = new Set<number>();
  const isEndless = new Set(endless);
  let ignored = false;
  // Components come with what they lead to before them.
  for (const component of components(endless, isEndless, circling)) {
    const inside = new Set(component);
    const onwards = component.flatMap((state) => circling.successors(state).filter((next) => isEndless.has(next)));
    let lives = onwards.some((next) => live.has(next));
    if (!lives && onwards.some((next) => inside.has(next))) {
      if (circling.tryIgnored?.(component, inside) === true) {
        ignored = true;
        lives = true;
      } else lives = !isDoomed(component, inside, circling);
    }
    if (lives) for (const state of component) live.add(state);
  }
  return ignored ? undefined : endless.filter((state) => live.has(state));
}

/** Is there an act in this circle that has to happen, and is always discarded or leads out of it to where no run goes on? */
function isDoomed(component: readonly number[], inside: ReadonlySet<number>, { ways }: Circling): boolean {
  const succeeds = new Set<number>();
  const fails = new Set<number>();
  for (const state of component) for (const { deed, to } of ways(state)) (inside.has(to) ? succeeds : fails).add(deed);
  for (const deed of fails) if (!succeeds.has(deed) && hasToHappen(deed)) return true;
  return false;
}

/** The strongly connected components of a part of the graph, each behind those that it leads to (Tarjan 1972). */
function components(states: readonly number[], within: ReadonlySet<number>, { successors }: Circling): readonly (readonly number[])[] {
  const result: number[][] = [];
  const found = new Map<number, number>();
  const lowest = new Map<number, number>();
  const open: number[] = [];
  const isOpen = new Set<number>();
  for (const start of states) {
    if (found.has(start)) continue;
    const calls: { readonly state: number; readonly next: readonly number[]; at: number }[] = [];
    const enter = (state: number): void => {
      found.set(state, found.size);
      lowest.set(state, found.size - 1);
      open.push(state);
      isOpen.add(state);
      calls.push({ state, next: successors(state), at: 0 });
    };
    const lower = (state: number, to: number): void => {
      if (to < (lowest.get(state) as number)) lowest.set(state, to);
    };
    enter(start);
    for (let call = calls.at(-1); call !== undefined; call = calls.at(-1)) {
      const { state, next } = call;
      const to = next[call.at++];
      if (to === undefined) {
        calls.pop();
        const above = calls.at(-1);
        if (above !== undefined) lower(above.state, lowest.get(state) as number);
        if (lowest.get(state) !== found.get(state)) continue;
        const component: number[] = [];
        for (let last = -1; last !== state; ) {
          last = open.pop() as number;
          isOpen.delete(last);
          component.push(last);
        }
        result.push(component);
      } else if (!within.has(to)) continue;
      else if (!found.has(to)) enter(to);
      else if (isOpen.has(to)) lower(state, found.get(to) as number);
    }
  }
  return result;
}

/** Who leads where, among the states visited. */
export interface Edges {
  readonly from: readonly number[];
  readonly to: readonly number[];
}

/** By state: where it leads to. */
export function successorsOf(count: number, { from, to }: Edges): readonly (readonly number[])[] {
  const result: number[][] = Array.from({ length: count }, () => []);
  from.forEach((state, edge) => {
    (result[state] as number[]).push(to[edge] as number);
  });
  return result;
}

/** The states from which none of `finals` can be reached. */
export function endlessOf(count: number, { from, to }: Edges, finals: readonly number[]): readonly number[] {
  const into = successorsOf(count, { from: to, to: from });
  const ends = new Uint8Array(count);
  const stack = [...finals];
  for (const state of finals) ends[state] = 1;
  for (let state = stack.pop(); state !== undefined; state = stack.pop()) {
    for (const before of into[state] as readonly number[]) {
      if (ends[before] === 1) continue;
      ends[before] = 1;
      stack.push(before);
    }
  }
  const result: number[] = [];
  for (let state = 0; state < count; state++) if (ends[state] === 0) result.push(state);
  return result;
}

/** Caches that do not snoop: copies of lines, filled, dropped and written back. */
import type { State } from "./action.js";
import type { Machine } from "./machine.js";

/** Copies of lines in caches that do not snoop. */
export type Caches = ReturnType<typeof createCaches>;

/** Reads and writes through the copy where a location has one, and the cache's own moves. */
export function createCaches(machine: Machine) {
  const { layout, program } = machine;
  const locations = program.locations;
  const { memory } = layout;

  function line(location: number): number[] {
    const number = locations[location]?.line;
    const result: number[] = [];
    locations.forEach((other, index) => {
      if (other.line === number && (layout.copy[index] as number) >= 0) result.push(index);
    });
    return result;
  }

  const lines = locations.map((_, location) => ((layout.copy[location] as number) >= 0 ? line(location) : []));

  function fill(state: State, location: number): void {
    for (const word of lines[location] as number[]) {
      const at = layout.copy[word] as number;
      state[at] = 1;
      state[at + 1] = state[memory + word] as number;
    }
  }

  function drop(state: State, location: number): void {
    for (const word of lines[location] as number[]) {
      const at = layout.copy[word] as number;
      state[at] = 0;
      state[at + 1] = 0;
    }
  }

  function writeBack(state: State, location: number): void {
    for (const word of lines[location] as number[]) {
      const at = layout.copy[word] as number;
      state[memory + word] = state[at + 1] as number;
      state[at] = 1;
    }
  }

  const dirty = (state: State, location: number): boolean =>
    (lines[location] as number[]).some((word) => state[layout.copy[word] as number] === 2);

  function cpuRead(state: State, location: number): number {
    const at = layout.copy[location] as number;
    if (at < 0) return state[memory + location] as number;
    if (state[at] === 0) fill(state, location);
    return state[at + 1] as number;
  }

  function cpuWrite(state: State, location: number, value: number): void {
    const at = layout.copy[location] as number;
    if (at < 0) state[memory + location] = value;
    else {
      if (state[at] === 0) fill(state, location);
      state[at] = 2;
      state[at + 1] = value;
    }
  }

  function cachedValue(state: State, location: number): number {
    const at = layout.copy[location] as number;
    return at >= 0 && state[at] !== 0 ? (state[at + 1] as number) : (state[memory + location] as number);
  }

  /** What a location holds when all is over: a dirty line is written back some time. */
  function cachedFinal(state: State, location: number): number {
    const at = layout.copy[location] as number;
    if (at >= 0 && dirty(state, location)) return state[at + 1] as number;
    return state[memory + location] as number;
  }

  return { cachedFinal, cachedValue, cpuRead, cpuWrite, dirty, drop, fill, lines, writeBack };
}

/** What a function of the state looks at and writes: it is given a stand-in for the state that takes note. */
import type { State } from "../machine/step.js";

export interface Recording {
  /** The state at hand; fill it before `record`. Holds what was written afterwards. */
  readonly state: Int32Array;
  /** Runs a function on the stand-in. */
  record<Result>(run: (state: State) => Result): Result;
  /** Slots in the order in which they were first read, those left out that had been written before. */
  readonly reads: readonly number[];
  /** Slots that were written, each once. */
  readonly writes: readonly number[];
}

/** A recording of states of `size` slots. */
export function createRecording(size: number): Recording {
  const state = new Int32Array(size);
  const reads: number[] = [];
  const writes: number[] = [];
  const READ = 1;
  const WRITTEN = 2;
  const touched = new Uint8Array(size);
  const standIn = new Proxy(state, {
    get(target, property) {
      const slot = typeof property === "string" ? Number(property) : -1;
      // Only slots are asked for: a step knows no other property of a state.
      if (!(slot >= 0 && slot < size)) return undefined;
      if (touched[slot] === 0) {
        touched[slot] = READ;
        reads.push(slot);
      }
      return target[slot];
    },
    set(target, property, value: number) {
      const slot = Number(property);
      if (((touched[slot] as number) & WRITTEN) === 0) {
        touched[slot] = (touched[slot] as number) | WRITTEN;
        writes.push(slot);
      }
      target[slot] = value;
      return true;
    },
  });
  return {
    state,
    reads,
    writes,
    record(run) {
      reads.length = 0;
      writes.length = 0;
      touched.fill(0);
      return run(standIn);
    },
  };
}

/** A site: one place in a test that can be changed, with the strongest forms of the change, which the search tries, and the weaker ones, tried where a strongest one turns out to help. */
import type { Platform } from "../platform/platform.js";
import type { Change } from "./change.js";
import type { Subject } from "./source-program.js";

export interface Site {
  readonly strongest: readonly Change[];
  readonly weaker: readonly Change[];
}

/** Proposes the sites of one kind. Reads the test and what the platforms declare; knows no test and no cure. */
export type Proposer = (subject: Subject, platforms: readonly Platform[]) => readonly Site[];

export const single = (change: Change): Site => ({ strongest: [change], weaker: [] });

const PLAIN = { needs: undefined, helped: undefined, thread: undefined } as const;

/** A change with what most changes lack left out. */
export function change(
  fields: Omit<Change, "needs" | "helped" | "thread"> & Partial<Pick<Change, "needs" | "helped" | "thread">>,
): Change {
  return { ...PLAIN, ...fields };
}

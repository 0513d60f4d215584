/** A site: one place in a test that can be changed, with the strongest forms of the change, which the search tries, and the weaker ones, tried where a strongest one turns out to help. */
import type { Platform } from "../platform/platform.js";
import type { Change } from "./change.js";
import type { Subject } from "./source-program.js";

/** A place of the text, with the changes that can be made there; the strongest first. */
export interface Site {
  readonly strongest: readonly Change[];
  readonly weaker: readonly Change[];
}

/** Proposes the sites of one kind. Reads the test and what the platforms declare; knows no test and no cure. */
export type Proposer = (subject: Subject, platforms: readonly Platform[]) => readonly Site[];

/** A site with one change. */
export const single = (change: Change): Site => ({ strongest: [change], weaker: [] });

const LACKING = { needs: undefined, covers: [], helped: undefined, thread: undefined } as const;

type Optional = keyof typeof LACKING;

/** A change with what most changes lack left out. */
export function change(fields: Omit<Change, Optional> & Partial<Pick<Change, Optional>>): Change {
  return { ...LACKING, ...fields };
}

const sameOperation = (a: Change, b: Change): boolean => a.operation === b.operation;

/** Changes of one kind that may count only together (two mappings, two transactions): each is helped by all the others that are `alike`. */
export function together(sites: readonly Site[], alike: (a: Change, b: Change) => boolean = sameOperation): Site[] {
  const all = sites.flatMap(({ strongest }) => strongest);
  const others = (change: Change): readonly Change[] => {
    const seen = new Set([change.site]);
    return all.filter((other) => {
      if (!alike(other, change) || seen.has(other.site)) return false;
      seen.add(other.site);
      return true;
    });
  };
  const helped = (change: Change): Change => {
    const helpAlone = others(change).flatMap(({ edits }) => edits);
    return helpAlone.length === 0 ? change : { ...change, helped: { edits: [...change.edits, ...helpAlone], helpAlone } };
  };
  return sites.map(({ strongest, weaker }) => ({ strongest: strongest.map(helped), weaker }));
}

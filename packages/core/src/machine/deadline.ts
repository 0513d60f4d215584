/** Time that runs out while a machine is built or looked at: the work is given up where it stands, and what asked for it says that it was interrupted. */

/** Thrown where `Ask` finds that time is up. */
export class Interrupted extends Error {
  constructor() {
    super("interrupted");
  }
}

/** To be called now and then by what may take long: throws `Interrupted` when it has to be given up. */
export type Ask = () => void;

/** Nobody is waiting. */
export const forEver: Ask = () => undefined;

/** Calls from one question to the next: what is done between two calls takes microseconds, the question one more. */
const CALLS = 64;

/** Asks `interrupted` at the first call and at every so many. */
export function askOf(interrupted: (() => boolean) | undefined): Ask {
  if (interrupted === undefined) return forEver;
  let calls = 0;
  return () => {
    if (calls++ % CALLS === 0 && interrupted()) throw new Interrupted();
  };
}

/** What `work` makes, or undefined where it was interrupted. */
export function unlessInterrupted<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof Interrupted) return undefined;
    throw error;
  }
}

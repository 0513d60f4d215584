/** Exit codes: docs/../README.md lists them for users. */
export const EXIT = {
  /** All as expected, or nothing was expected. */
  ok: 0,
  /** Some verdict differs from its `expect`. */
  differs: 1,
  /** The command line is wrong. */
  usage: 2,
  /** An input is wrong. */
  input: 3,
  /** A budget ran out on a test without `expect`. */
  budget: 4,
  /** A fault of ours. */
  fault: 5,
  interrupted: 130,
} as const;

/** What a run came to; where several codes apply, the order is 5, 3, 1, 4. */
export function exitCode(run: {
  readonly faults: boolean;
  readonly wrongInput: boolean;
  readonly differs: boolean;
  readonly budget: boolean;
  readonly interrupted: boolean;
}): number {
  if (run.interrupted) return EXIT.interrupted;
  if (run.faults) return EXIT.fault;
  if (run.wrongInput) return EXIT.input;
  if (run.differs) return EXIT.differs;
  return run.budget ? EXIT.budget : EXIT.ok;
}

/** The command line is wrong: what to say about it. */
export class UsageError extends Error {}

/** The run that shows an outcome which a test does not expect, with the statements that it comes from. */
import type { Verdict } from "@fencepost/core/explore";
import { buildMachine } from "@fencepost/core/machine";
import type { Platform } from "@fencepost/core/platform";
import type { Program } from "@fencepost/core/program";
import { arrange, entriesOf, originOf, printState, replay } from "@fencepost/core/report";

export interface Step {
  /** From 1. */
  readonly number: number;
  readonly what: string;
  /** Whose doing it is; undefined for what the machine does of its own accord. */
  readonly thread: string | undefined;
  readonly span: { readonly start: number; readonly end: number } | undefined;
}

export interface Counterexample {
  readonly steps: readonly Step[];
  /** What the condition sees at the end: `0:r0=1; 0:r1=0;`. */
  readonly end: string;
}

/** Undefined where no run shows the verdict: it is forbidden, or unknown. */
export function counterexampleOf(
  program: Program,
  platform: Platform,
  settings: ReadonlyMap<string, string>,
  verdict: Verdict,
): Counterexample | undefined {
  const witness = verdict.result?.witness;
  if (witness === undefined) return undefined;
  const machine = buildMachine(program, platform, settings);
  const run = replay(machine, arrange(machine, witness));
  const steps = entriesOf(run).map((entry): Step => {
    const origin = originOf(run, entry);
    return { number: entry.number, what: entry.what, thread: origin?.thread, span: origin?.span };
  });
  return { steps, end: printState(program, run.values) };
}

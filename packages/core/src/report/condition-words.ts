import { printProposition } from "../litmus/print-condition.js";
import type { Test } from "../litmus/test.js";

/** The condition as it stands in the test: `exists (0:r0=1 /\ 0:r1=0)`. */
export function conditionWords({ condition }: Test): string {
  return condition === undefined ? "exists (true)" : `${condition.quantifier} (${printProposition(condition.proposition)})`;
}

/**
 * What a repair must leave possible. A good outcome is an end of the original test that does not satisfy the bad proposition and that the strictest machine there is reaches: every CPU in program
 * order, every packet in the order in which it was sent. Ends that only a reordering brings about are nobody's wish, and may go.
 */
import { ACCESS_KINDS, type Platform, platform } from "../platform/index.js";
import type { Program } from "../program/program.js";
import { endsOf, type TrialLimits } from "./trial.js";

let strictest: Platform | undefined;

/** x86 on PCIe, and its window lets nothing pass. */
export function strictPlatform(): Platform {
  if (strictest === undefined) {
    const base = platform("x86+pcie");
    if (base === undefined) throw new Error("x86+pcie is not among the built-in platforms");
    const rule = { id: "in-order", older: ACCESS_KINDS, younger: ACCESS_KINDS, when: [], pass: "no" as const, source: "" };
    strictest = { ...base, name: "in-order", cpu: { ...base.cpu, name: "in-order", window: [rule, ...base.cpu.window] } };
  }
  return strictest;
}

export interface Goods {
  /** Each as its values, joined; by the terms of `program.observed`. */
  readonly ends: ReadonlySet<string>;
  /** False where a budget ran out: then `ends` lacks some. */
  readonly complete: boolean;
}

export function goodsOf(program: Program, limits: TrialLimits): Goods {
  const { ends, complete } = endsOf(program, strictPlatform(), { ...limits, settings: new Map() });
  return { ends: new Set(ends.filter(({ satisfies }) => !satisfies).map(({ values }) => values.join())), complete };
}

/** The proof of an answer: forbidden on every platform under every option, not vacuously, with every good outcome still reachable and nothing newly stuck. */
import type { Platform } from "../platform/platform.js";
import type { Program } from "../program/program.js";
import { judge } from "../report/judge.js";
import { type Goods, goodsOf } from "./goods.js";
import { type Ends, endsOf, findEscape, type TrialLimits } from "./trial.js";

/** Why a changed test is no repair although the bad outcome is gone, or why that is not known. */
export type Proof =
  | { readonly kind: "proved" }
  | { readonly kind: "rejected"; readonly platform: string; readonly reason: string }
  | { readonly kind: "unknown"; readonly platform: string; readonly reason: string }
  /** The model does not reach: no answer, and no budget would change that. */
  | { readonly kind: "unreached"; readonly platform: string; readonly reason: string };

/** What a search without reductions says of a proved answer. */
export type Unreduced = { readonly kind: "confirmed" | "too-large" } | { readonly kind: "contradicted"; readonly platform: string };

/** Judges programs with changes made in them. */
export interface Judgement {
  /** Is the bad outcome gone, as far as `check` says? */
  forbidden(program: Program): Proof;
  /** The same, and the good outcomes are still there. */
  prove(program: Program): Proof;
  /** The same search without any reduction. */
  unreduced(program: Program, maxStates: number): Unreduced;
}

export function createJudgement(original: Program, platforms: readonly Platform[], limits: TrialLimits): Judgement {
  const before = new Map<Platform, Ends>();
  let goods: Goods | undefined;
  const endsBefore = (platform: Platform): Ends => {
    const known = before.get(platform) ?? endsOf(original, platform, limits);
    before.set(platform, known);
    return known;
  };
  const forbiddenOn = (program: Program, platform: Platform): Proof => {
    const verdict = judge(program, platform, { ...limits, mode: "verdict", reduce: "full" });
    const { name } = platform;
    if (verdict.verdict === "unknown") {
      const kind = verdict.result?.stopped === undefined ? "unreached" : "unknown";
      return { kind, platform: name, reason: verdict.reason ?? "not known" };
    }
    if (verdict.vacuous) return { kind: "rejected", platform: name, reason: "no run ends any more" };
    const open = verdict.variants.some((variant) => variant.verdict === "unknown");
    if (verdict.verdict === "forbidden" && open)
      return { kind: "unknown", platform: name, reason: "a budget ran out under one of its options" };
    return verdict.verdict === "forbidden" ? { kind: "proved" } : { kind: "rejected", platform: name, reason: `still ${verdict.verdict}` };
  };
  const lossOn = (program: Program, platform: Platform): Proof => {
    goods ??= goodsOf(original, limits);
    const old = endsBefore(platform);
    const now = endsOf(program, platform, limits);
    const { name } = platform;
    if (!now.complete || !old.complete || !goods.complete)
      return { kind: "unknown", platform: name, reason: "a budget ran out while its end states were listed" };
    if (now.deadlocks > 0 && old.deadlocks === 0) return { kind: "rejected", platform: name, reason: "a run gets stuck" };
    if (now.livelocks > 0 && old.livelocks === 0) return { kind: "rejected", platform: name, reason: "a run goes round for ever" };
    const reached = new Set(now.ends.map(({ values }) => values.join()));
    for (const { values } of old.ends) {
      const key = values.join();
      if (goods.ends.has(key) && !reached.has(key))
        return { kind: "rejected", platform: name, reason: `a good outcome is lost: ${stateWords(original, values)}` };
    }
    return { kind: "proved" };
  };
  const all = (check: (platform: Platform) => Proof): Proof => {
    for (const platform of platforms) {
      const proof = check(platform);
      if (proof.kind !== "proved") return proof;
    }
    return { kind: "proved" };
  };
  return {
    forbidden: (program) => all((platform) => forbiddenOn(program, platform)),
    prove(program) {
      const gone = all((platform) => forbiddenOn(program, platform));
      return gone.kind === "proved" ? all((platform) => lossOn(program, platform)) : gone;
    },
    unreduced(program, maxStates) {
      let result: "confirmed" | "too-large" = "confirmed";
      for (const platform of platforms) {
        const finding = findEscape(program, platform, { ...limits, maxStates }, "none");
        if (finding.kind === "escape") return { kind: "contradicted", platform: platform.name };
        if (finding.kind === "unknown") result = "too-large";
      }
      return { kind: result };
    },
  };
}

/** `0:r0=1; 0:r1=0`. */
function stateWords(program: Program, values: readonly number[]): string {
  return program.observed.map(({ label }, index) => `${label}=${values[index] ?? 0}`).join("; ");
}

/** A verdict in words. */
import type { Variant, Verdict } from "../explore/verdict.js";

/** `allowed`, `forbidden`, `unknown`, or `depends: allowed; forbidden if barrier = two-way`. */
export function verdictWords(verdict: Pick<Verdict, "verdict" | "byDefault" | "variants">): string {
  if (verdict.verdict !== "depends") return verdict.verdict;
  return `depends: ${[verdict.byDefault, ...verdict.variants.map(variantWords)].join("; ")}`;
}

/** `forbidden if barrier = two-way`. */
export function variantWords(variant: Variant): string {
  return `${variant.verdict} if ${variant.settings.map(({ option, value }) => `${option} = ${value}`).join(" and ")}`;
}

/** Verdicts against what a test's `expect` lines state. */
import type { Verdict } from "../explore/verdict.js";
import type { Expectation, StatedVerdict, Test } from "../litmus/test.js";
import { didYouMean } from "../nearest.js";
import type { Problem } from "../problem.js";
import type { Span } from "../source.js";

/** A verdict against the one that was expected. */
export interface Comparison {
  readonly stated: StatedVerdict;
  readonly met: boolean;
  /** Met by the default of an option that no source settles: the verdict is *depends*. */
  readonly byDefault: boolean;
  readonly span: Span;
}

/** What the test states for a platform: the line that names it, else the one for `all` where the platform conforms. Of several lines the last one holds. */
export function expectationFor(test: Test, platform: { readonly name: string; readonly conforming: boolean }): Expectation | undefined {
  return (
    test.expects.findLast((each) => each.platform === platform.name) ??
    (platform.conforming ? test.expects.findLast((each) => each.platform === "all") : undefined)
  );
}

/** `allowed` and `forbidden` are met by a *depends* whose default agrees; `depends` only by *depends*, `unknown` only by *unknown*. */
export function compareWith(expectation: Expectation, verdict: Pick<Verdict, "verdict" | "byDefault">): Comparison {
  const { verdict: stated, span } = expectation;
  const byDefault = verdict.verdict === "depends" && stated === verdict.byDefault;
  return { stated, met: verdict.verdict === stated || byDefault, byDefault, span };
}

/** The names that `expect` lines use and nothing defines. */
export function unknownPlatforms(test: Test, exists: (name: string) => boolean, names: Iterable<string>): readonly Problem[] {
  const known = ["all", ...names];
  return test.expects
    .filter((each) => each.platform !== "all" && !exists(each.platform))
    .map((each): Problem => {
      const hint = didYouMean(each.platform, known);
      return {
        code: "unknown-platform",
        severity: "error",
        span: each.span,
        message: `there is no platform \`${each.platform}\``,
        ...(hint === undefined ? { hint: "`fencepost platforms` lists them" } : { hint }),
      };
    });
}

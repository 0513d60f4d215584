/** What is known of a document: computed once for each text of it. */
import type { Problem, Source } from "@fencepost/core";
import { numberNames, parseTest, type Test } from "@fencepost/core/litmus";
import { platform, platformNames } from "@fencepost/core/platform";
import { lowerTest, type Program } from "@fencepost/core/program";
import { unknownPlatforms, unknownSettings } from "@fencepost/core/report";
import { findNames, type Names } from "./names.js";
import { readTokens, type Token } from "./tokens.js";

export interface Analysis {
  readonly source: Source;
  /** Undefined where the text is no test. */
  readonly test: Test | undefined;
  /** Undefined where it cannot be run. */
  readonly program: Program | undefined;
  /** All that is wrong, in the order of the text. */
  readonly problems: readonly Problem[];
  readonly tokens: readonly Token[];
  readonly names: Names;
}

/** Reads a text. Takes any, and never throws for what is in it. */
export function analyse(source: Source): Analysis {
  const tokens = readTokens(source.text);
  const names = findNames(tokens, numberNames(source.text));
  const parsed = parseTest(source);
  if (!parsed.ok) return { source, test: undefined, program: undefined, problems: parsed.problems, tokens, names };
  const test = parsed.value;
  const lowered = lowerTest(test, source);
  const unknown = unknownPlatforms(test, (name) => platform(name) !== undefined, platformNames());
  const settings = unknownSettings(test, () => platformNames().flatMap((name) => platform(name)?.options ?? []));
  const problems = [...parsed.problems, ...lowered.problems, ...unknown, ...settings].sort((a, b) => a.span.start - b.span.start);
  return { source, test, program: lowered.ok ? lowered.value : undefined, problems, tokens, names };
}

/** The token that holds the offset; of two that touch there, the later one. */
export function tokenAt(tokens: readonly Token[], offset: number): Token | undefined {
  return (
    tokens.find((token) => token.start <= offset && offset < token.end) ??
    tokens.find((token) => token.end === offset && token.kind !== "comment")
  );
}

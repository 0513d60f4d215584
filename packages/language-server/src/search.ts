/** Questions whose answer takes a search, and their answers: plain data, so that they can go to a worker and back. */
import type { Source, Span } from "@fencepost/core";
import { parseTest, type StatedVerdict, type Test } from "@fencepost/core/litmus";
import { platform } from "@fencepost/core/platform";
import { lowerTest } from "@fencepost/core/program";
import {
  arrange,
  compareWith,
  conditionWords,
  entriesOf,
  expectationFor,
  explain,
  explanationText,
  judge,
  ladderSvg,
  layOut,
  originOf,
  replay,
  unknown,
  verdictWords,
} from "@fencepost/core/report";

export interface Question {
  readonly kind: "verdict" | "explanation";
  readonly source: Source;
  readonly platform: string;
  readonly maxStates: number;
  /** Seconds. */
  readonly timeout: number;
}

/** What is known of a test on a platform. */
export interface Verdict {
  readonly platform: string;
  readonly verdict: "allowed" | "forbidden" | "depends" | "unknown";
  /** With what it depends on, or why it is unknown. */
  readonly words: string;
  /** What the test states, where it does. */
  readonly stated?: { readonly verdict: StatedVerdict; readonly met: boolean; readonly span: Span };
  /** The run that shows it, where it is not what the test states. */
  readonly steps: readonly { readonly what: string; readonly span: Span | undefined }[];
}

export interface Explanation extends Omit<Verdict, "steps"> {
  /** All of it, 100 columns wide. */
  readonly text: string;
  /** The same for a mail or a review. */
  readonly markdown: string;
  /** The ladder; undefined where there is no run to draw. */
  readonly svg: string | undefined;
}

/** A set of changes that forbids the outcome. */
export interface Change {
  /** What is done: `add dma_rmb() to P0, before line 16`. */
  readonly words: string;
  /** `sound`: forbidden on `portable` too; `platform-specific`: not there. */
  readonly soundness: "sound" | "platform-specific" | "timing-only";
  readonly edit: { readonly start: number; readonly end: number; readonly text: string };
}

/** What changes would forbid the outcome? Only workers answer it: it takes many searches. */
export interface RepairQuestion extends Omit<Question, "kind" | "platform"> {
  readonly kind: "repair";
  /** It has to be forbidden on all of them. */
  readonly platforms: readonly string[];
}

export type Answer =
  | { readonly kind: "repair"; readonly changes: readonly Change[] }
  | { readonly kind: "verdict"; readonly verdict: Verdict }
  | { readonly kind: "explanation"; readonly explanation: Explanation };

/** Answers a question; `stopped` says when to give up before its time is over. Never throws for what stands in a text. */
export function answer(question: Question, stopped: () => boolean): Answer {
  const { source, maxStates, timeout } = question;
  const on = platform(question.platform);
  const parsed = parseTest(source);
  const lowered = parsed.ok ? lowerTest(parsed.value, source) : parsed;
  if (on === undefined || !parsed.ok || !lowered.ok) {
    const problem = lowered.problems.find(({ severity }) => severity === "error");
    return withoutSearch(
      question,
      on === undefined ? `there is no platform ${question.platform}` : (problem?.message ?? "it is no test"),
      parsed.ok ? parsed.value : undefined,
    );
  }
  const end = performance.now() + timeout * 1000;
  let late = false;
  const interrupted = (): boolean => {
    late ||= performance.now() > end;
    return late || stopped();
  };
  const limits = { mode: "verdict", reduce: "full", maxStates, interrupted } as const;
  const program = lowered.value;
  const named = (verdict: ReturnType<typeof judge>): ReturnType<typeof judge> =>
    late && verdict.result?.stopped === "interrupted" ? { ...verdict, reason: `more than ${timeout} s` } : verdict;
  const tell = (verdict: ReturnType<typeof judge>): Omit<Verdict, "steps"> => {
    const expectation = expectationFor(parsed.value, on);
    const comparison = expectation && compareWith(expectation, verdict);
    return {
      platform: on.name,
      verdict: verdict.verdict,
      words: wordsOf(verdict),
      ...(comparison === undefined ? {} : { stated: { verdict: comparison.stated, met: comparison.met, span: comparison.span } }),
    };
  };
  if (question.kind === "verdict") {
    const verdict = named(judge(program, on, limits));
    const told = tell(verdict);
    const { machine, result } = verdict;
    const shows = told.stated?.met === false && machine !== undefined && result?.witness !== undefined;
    const run = shows ? replay(machine, arrange(machine, result.witness)) : undefined;
    const steps = run === undefined ? [] : entriesOf(run).map((entry) => ({ what: entry.what, span: originOf(run, entry)?.span }));
    return { kind: "verdict", verdict: { ...told, steps } };
  }
  const explained = explain(program, on, limits);
  const verdict = named(explained.verdict);
  const text = explanationText({ ...explained, verdict });
  const story = explained.story ?? explained.otherwise?.story;
  const svg = story && ladderSvg(layOut(story.run, story.entries, conditionWords(parsed.value)), verdictWords(verdict));
  return { kind: "explanation", explanation: { ...tell(verdict), text, markdown: markdownOf(source, text), svg } };
}

const wordsOf = (verdict: ReturnType<typeof judge>): string =>
  verdict.verdict === "unknown" && verdict.reason !== undefined ? `unknown, ${verdict.reason}` : verdictWords(verdict);

function withoutSearch({ kind, source, platform: name }: Question, reason: string, test: Test | undefined): Answer {
  const verdict = unknown(test?.name ?? source.name, name, reason);
  const told = { platform: name, verdict: "unknown", words: wordsOf(verdict) } as const;
  if (kind === "verdict") return { kind, verdict: { ...told, steps: [] } };
  const text = `${test?.name ?? source.name} on ${name}: unknown: ${reason}\n`;
  return { kind, explanation: { ...told, text, markdown: markdownOf(source, text), svg: undefined } };
}

/** The test and its explanation as two blocks, fenced with more backquotes than they hold. */
function markdownOf(source: Source, text: string): string {
  const block = (language: string, body: string): string => {
    const longest = Math.max(2, ...[...body.matchAll(/`+/g)].map(([run]) => run.length));
    const fence = "`".repeat(longest + 1);
    return `${fence}${language}\n${body.trimEnd()}\n${fence}\n`;
  };
  return `${block("c", source.text)}\n${block("text", text)}`;
}

/** What a worker that searches does: it answers each question that comes. */
import { parseTest } from "@fencepost/core/litmus";
import { platform } from "@fencepost/core/platform";
import { lowerTest } from "@fencepost/core/program";
import { repair } from "@fencepost/core/repair";
import { type Answer, answer, type Change, type Question, type RepairQuestion } from "./search.js";

export function answerOn(receive: (listener: (question: Question | RepairQuestion) => void) => void, send: (answer: Answer) => void): void {
  receive((question) => send(question.kind === "repair" ? answerRepair(question) : answer(question, () => false)));
}

/** Repairs offered at most. */
const MOST = 5;

/** States of one search of a repair: there are many. */
const STATES = 200_000;

/** The smallest sets of changes that forbid the outcome on all the platforms; none where there are none, or where time ran out before one was proved. */
function answerRepair({ source, platforms, maxStates, timeout }: RepairQuestion): Answer {
  const nothing: Answer = { kind: "repair", changes: [] };
  const parsed = parseTest(source);
  const lowered = parsed.ok ? lowerTest(parsed.value, source) : parsed;
  const on = platforms.flatMap((name) => platform(name) ?? []);
  if (!lowered.ok || on.length < platforms.length) return nothing;
  const end = performance.now() + timeout * 1000;
  const { answers } = repair(source, lowered.value, on, {
    maxStates: Math.min(maxStates, STATES),
    interrupted: () => performance.now() > end,
  });
  const changes = answers.slice(0, MOST).map(
    ({ changes: made, soundness, text }): Change => ({
      words: made.map(({ words }) => words).join("; "),
      soundness,
      edit: difference(source.text, text),
    }),
  );
  return { kind: "repair", changes };
}

/** The one edit that leads from a text to another: what is between their common beginning and their common end. */
function difference(from: string, to: string): Change["edit"] {
  let start = 0;
  while (start < from.length && from[start] === to[start]) start++;
  const most = Math.min(from.length, to.length) - start;
  let tail = 0;
  while (tail < most && from[from.length - 1 - tail] === to[to.length - 1 - tail]) tail++;
  return { start, end: from.length - tail, text: to.slice(start, to.length - tail) };
}

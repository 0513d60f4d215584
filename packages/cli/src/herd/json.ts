/** An answer as JSON: one object a line. */
import { type Answer, conditionText } from "@fencepost/core/axioms";
import type { Test } from "@fencepost/core/litmus";

export function answerJson(test: Test, file: string, answer: Answer): unknown {
  return {
    test: answer.name,
    file,
    condition: conditionText(test),
    observation: answer.observation,
    validated: answer.validated,
    positive: answer.positive,
    negative: answer.negative,
    states: answer.states.map((state) =>
      Object.fromEntries(
        answer.frame.columns.map(({ name, items, whole }) => [name, whole ? items.map((item) => state[item]) : state[items[0] as number]]),
      ),
    ),
    flags: answer.flags,
    loopCut: answer.cut,
  };
}

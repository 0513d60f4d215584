/** An answer as JSON: one object a line. */
import { type Answer, conditionText, typed } from "@fencepost/core/axioms";
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
        answer.frame.columns.map(({ name, items, whole, type }) => [
          name,
          whole ? items.map((item) => typed(state[item] ?? 0, type)) : typed(state[items[0] as number] ?? 0, type),
        ]),
      ),
    ),
    flags: answer.flags,
    loopCut: answer.cut,
  };
}

/** An answer as JSON: one object a line. */
import { type Answer, conditionText, itemText } from "@fencepost/core/axioms";
import type { Test } from "@fencepost/core/litmus";

export function answerJson(test: Test, file: string, answer: Answer): unknown {
  const shown = answer.frame.items.slice(0, answer.frame.shown).map(itemText);
  return {
    test: answer.name,
    file,
    condition: conditionText(test),
    observation: answer.observation,
    validated: answer.validated,
    positive: answer.positive,
    negative: answer.negative,
    states: answer.states.map((state) => Object.fromEntries(shown.map((name, index) => [name, state[index]]))),
    flags: answer.flags,
    loopCut: answer.cut,
  };
}

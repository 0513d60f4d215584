/** The statement of the test that the shown step is about. */
import { computed } from "@preact/signals";
import { account, step, story, tab, text } from "./state.js";

export const statementNow = computed(() => {
  const found = account.value;
  // The spans are those of the text that was explained.
  if (found === undefined || "fault" in found || found.question.text !== text.value || tab.value !== "why") return undefined;
  return story.value?.spans[step.value - 1];
});

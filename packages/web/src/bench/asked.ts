/** Something that a worker is asked about the selected cell while it is looked at, and asked again when that changes. */
import { effect, signal } from "@preact/signals";
import type { Remote } from "comlink";
import { useEffect } from "preact/hooks";
import { Cancelled, createLane } from "../engine/lane.js";
import type { Engine, Question } from "../engine/protocol.js";
import { questionFor, reading, selected } from "./state.js";

/** What there is to show: nothing yet, an answer, or why there is none. */
export type Asked<Answer> = { readonly of: string; readonly answer: Answer } | { readonly of: string; readonly fault: string } | undefined;

// Long searches, in a lane of their own: neither verdicts nor explanations wait for them.
const lane = createLane({ cancels: false });

/** `more` are further arguments; reading signals in it makes their changes count. */
export function asking<Answer, More>(
  ask: (engine: Remote<Engine>, question: Question, more: More) => Promise<Answer>,
  more: () => More,
): { readonly use: () => Asked<Answer> } {
  const shown = signal<Asked<Answer>>(undefined);
  const start = (): (() => void) =>
    effect(() => {
      const name = selected.value;
      if (name === undefined || reading.value?.runs !== true) return;
      const question = questionFor(name);
      const further = more();
      const of = JSON.stringify([question, further]);
      if (shown.peek()?.of === of) return;
      lane.cancel();
      shown.value = undefined;
      lane
        .ask((engine) => ask(engine, question, further))
        .then(
          (answer) => {
            shown.value = { of, answer };
          },
          (error: unknown) => {
            if (!(error instanceof Cancelled)) shown.value = { of, fault: error instanceof Error ? error.message : String(error) };
          },
        );
    });
  return {
    use() {
      useEffect(start, []);
      return shown.value;
    },
  };
}

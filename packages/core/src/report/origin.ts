/** Where in the text of a test the steps of a story come from. */
import { AGAIN, GUESS_SKIPPED, GUESS_TAKEN, HANDLE, MOVE, PERFORM, stepAction, stepSubject } from "../machine/step.js";
import type { Span } from "../source.js";
import type { Entry } from "./entry.js";
import type { Replay } from "./replay.js";

export interface Origin {
  /** The thread or device whose doing it is. */
  readonly thread: string;
  /** The statement; for an interrupt that is taken its handler. */
  readonly span: Span;
}

/** The statement whose doing an entry is; undefined for what the machine does of its own accord (a cache line that is dropped). */
export function originOf({ machine }: Replay, entry: Entry): Origin | undefined {
  const [first] = entry.events;
  if (first === undefined) return undefined;
  const subject = stepSubject(first.step);
  switch (stepAction(first.step)) {
    case PERFORM:
    case MOVE:
    case GUESS_TAKEN:
    case GUESS_SKIPPED:
    case AGAIN: {
      const instruction = machine.instructions[subject];
      const thread = machine.threads[instruction?.thread ?? -1];
      return instruction && thread && { thread: thread.name, span: instruction.operation.span };
    }
    case HANDLE: {
      const thread = machine.threads[subject];
      return (
        thread && { thread: thread.name, span: { start: thread.thread.span.start, end: thread.thread.span.start + thread.name.length } }
      );
    }
    default:
      return undefined;
  }
}

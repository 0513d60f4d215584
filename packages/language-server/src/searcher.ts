/** Asks questions one after another, in a worker where there is one, so that typing never waits for a search. */
import { type Answer, answer, type Question, type RepairQuestion } from "./search.js";

/** One end of a worker that runs `answerOn` (search-worker.ts). */
export interface Port {
  post(question: Question | RepairQuestion): void;
  /** Called for each answer, and once with a reason if the worker fails. */
  listen(onAnswer: (answer: Answer) => void, onFailure: (reason: string) => void): void;
  /** Ends the worker, whatever it is doing. */
  end(): void;
}

export interface Searcher {
  /** The answer; undefined where it was dropped first. `group` says what may be dropped together. */
  ask(question: Question | RepairQuestion, group: string): Promise<Answer | undefined>;
  /** Forgets the questions of a group, the one that is being answered too. */
  drop(group: string): void;
  /** True where searches run beside, and not between two messages. */
  readonly beside: boolean;
  close(): void;
}

interface Waiting {
  readonly question: Question | RepairQuestion;
  readonly group: string;
  readonly resolve: (answer: Answer | undefined) => void;
}

/** Seconds that a search may take between two messages, where there is no worker. */
const SLICE = 0.1;

/** Without `spawn`, or where the worker fails, searches run between two messages and are given up after a tenth of a second. */
export function createSearcher(spawn: (() => Port) | undefined): Searcher {
  const queue: Waiting[] = [];
  let current: Waiting | undefined;
  let port: Port | undefined;
  let usable = spawn !== undefined;

  const done = (result: Answer | undefined): void => {
    const finished = current;
    current = undefined;
    finished?.resolve(result);
    next();
  };
  const fail = (): void => {
    // The question that broke a worker would break the next one: it is answered here, in its slice.
    port?.end();
    port = undefined;
    usable = false;
    if (current !== undefined) here(current);
  };
  const here = ({ question }: Waiting): void => {
    setTimeout(() => {
      if (current?.question !== question) return;
      if (question.kind === "repair") {
        done(undefined);
        return;
      }
      const timeout = Math.min(question.timeout, SLICE);
      done(answer({ ...question, timeout }, () => false));
    }, 0);
  };
  const next = (): void => {
    if (current !== undefined) return;
    // Somebody waits for an explanation or a repair; verdicts come by themselves.
    const at = Math.max(
      0,
      queue.findIndex(({ question }) => question.kind !== "verdict"),
    );
    [current] = queue.splice(at, 1);
    if (current === undefined) return;
    if (!usable || spawn === undefined) {
      here(current);
      return;
    }
    if (port === undefined) {
      try {
        const created = spawn();
        created.listen(
          (result) => {
            if (port === created) done(result);
          },
          () => {
            if (port === created) fail();
          },
        );
        port = created;
      } catch {
        fail();
        return;
      }
    }
    port.post(current.question);
  };

  return {
    get beside() {
      return usable;
    },
    ask(question, group) {
      return new Promise((resolve) => {
        queue.push({ question, group, resolve });
        next();
      });
    },
    drop(group) {
      for (let at = queue.length - 1; at >= 0; at--) if (queue[at]?.group === group) queue.splice(at, 1)[0]?.resolve(undefined);
      if (current?.group !== group) return;
      // A search hears nothing while it runs: its worker ends with it.
      port?.end();
      port = undefined;
      done(undefined);
    },
    close() {
      for (const { resolve } of queue.splice(0)) resolve(undefined);
      port?.end();
      port = undefined;
      current?.resolve(undefined);
      current = undefined;
    },
  };
}

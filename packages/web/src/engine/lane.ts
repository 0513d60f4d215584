/**
 * A lane of work: one worker that answers one question at a time. A search runs to its end and hears nothing meanwhile, so a question that is no longer wanted is ended with its
 * worker; another one stands by, warm.
 */
import { type Remote, wrap } from "comlink";
import { hireWorker } from "./hire.js";
import type { Engine } from "./protocol.js";

/** What a question that was given up rejects with. */
export class Cancelled extends Error {
  override readonly name = "Cancelled";
}

export interface Lane {
  /** Asks the worker, when those before are answered. */
  ask<Answer>(question: (engine: Remote<Engine>) => Promise<Answer>): Promise<Answer>;
  /** Gives up all open questions; the worker that was on one is replaced. */
  cancel(): void;
}

interface Hand {
  readonly worker: Worker;
  readonly engine: Remote<Engine>;
}

function hire(): Hand {
  const worker = hireWorker("engines");
  return { worker, engine: wrap<Engine>(worker) };
}

/** Milliseconds that a cancelled question may still take before its worker is replaced: most are answered within. */
const GRACE = 15;

/** Milliseconds after an answer until another worker is kept warm. */
const SPARE_AFTER = 1200;

/** `cancels`: its worker starts at once and another one is kept warm, because what is cancelled must be replaced at once. Otherwise the worker starts with the first question. */
export function createLane({ cancels }: { readonly cancels: boolean }): Lane {
  let hand = cancels ? hire() : undefined;
  let spare: Hand | undefined;
  let busy = 0;
  const open = new Set<() => void>();
  let turn: Promise<unknown> = Promise.resolve();
  let generation = 0;

  let waiting: ReturnType<typeof setTimeout> | undefined;
  const keepSpare = (): void => {
    if (spare !== undefined || waiting !== undefined) return;
    // Not while the page is still being set up.
    waiting = setTimeout(() => {
      waiting = undefined;
      spare ??= hire();
    }, SPARE_AFTER);
  };

  const replace = (): void => {
    hand?.worker.terminate();
    hand = spare ?? hire();
    spare = undefined;
    busy = 0;
  };

  return {
    ask<Answer>(question: (engine: Remote<Engine>) => Promise<Answer>): Promise<Answer> {
      const mine = generation;
      const result = turn.then(
        () =>
          new Promise<Answer>((resolve, reject) => {
            if (mine !== generation) {
              reject(new Cancelled());
              return;
            }
            hand ??= hire();
            const on = hand;
            busy++;
            const giveUp = (): void => reject(new Cancelled());
            open.add(giveUp);
            on.worker.addEventListener("error", (event) => reject(new Error(event.message || "The engine could not be started.")), {
              once: true,
            });
            question(on.engine)
              .then(resolve, reject)
              .finally(() => {
                open.delete(giveUp);
                if (on === hand) busy--;
                // Warm another one when the first has proved to work.
                if (cancels) keepSpare();
              });
          }),
      );
      turn = result.catch(() => undefined);
      return result;
    },
    cancel() {
      generation++;
      for (const giveUp of open) giveUp();
      open.clear();
      if (busy === 0) return;
      const on = hand;
      turn = new Promise((resolve) => setTimeout(resolve, GRACE)).then(() => {
        if (busy > 0 && on === hand) replace();
      });
    },
  };
}

/** For what is looked up and never cancelled: platforms, tables, the catalogue's verdicts. */
export const lookups = createLane({ cancels: false });

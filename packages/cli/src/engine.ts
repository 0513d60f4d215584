/**
 * Runs searches so that Ctrl-C is heard. Most take a moment and run here; one that takes longer than a slice is started anew in a worker thread. Verdicts do not depend on
 * where they were found.
 */
import type { Worker } from "node:worker_threads";
import type { KnownSearches, Verdict } from "@fencepost/core/explore";
import type { Answer } from "./search-worker.js";
import { type Explained, explainWatched, judgeWatched, type Sent, type Task, watch } from "./task.js";

/** Milliseconds of CPU time that a search may take in the main thread: to begin anew in a worker costs that much and the worker's start. */
const SLICE = 500;

/** Milliseconds that may go by between searches without a look at signals. */
const BETWEEN_LOOKS = 150;

/** The clock is looked at from so many questions on: most machines are built, and searched, with fewer. */
const FIRST_LOOK = 8;

/** Milliseconds of CPU time so far: on a busy machine the clock says little about how much has been done. */
function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** True once a search has had its slice. It counts from the first look at the clock. */
function slice(): () => boolean {
  let begin: number | undefined;
  let asked = 0;
  return () => {
    if (++asked < FIRST_LOOK) return false;
    begin ??= cpuTime();
    return cpuTime() - begin > SLICE;
  };
}

export interface Engine {
  /** `known`: searches of the same program that need not be made again; a worker makes its own. */
  judge(task: Task, known?: KnownSearches): Promise<Verdict>;
  explain(task: Task): Promise<Explained>;
  /** Has somebody pressed Ctrl-C? */
  readonly stopped: boolean;
  close(): Promise<void>;
}

/** Another search began, took too long for the main thread and was given up. */
const SLICED = "slice";

export function createEngine(): Engine {
  const flag = new SharedArrayBuffer(4);
  const stop = new Int32Array(flag);
  let worker: Worker | undefined;
  let looked = Date.now();
  const onSignal = (): void => {
    // A second time: at once.
    if (Atomics.exchange(stop, 0, 1) === 1) process.exit(130);
  };
  process.on("SIGINT", onSignal);

  const inWorker = async (task: Task): Promise<Sent> => {
    if (worker === undefined) {
      // Most runs need no worker, nor what starts one.
      const threads = await import("node:worker_threads");
      worker = new threads.Worker(new URL("./search-worker.js", import.meta.url), { workerData: flag });
    }
    const thread = worker;
    return new Promise((resolve, reject) => {
      const done = (): void => {
        // An idle worker keeps no process alive.
        thread.unref();
        thread.off("message", onMessage);
        thread.off("error", onError);
        thread.off("exit", onExit);
      };
      // A worker that ends without an answer must not leave the question open.
      const onExit = (code: number): void => {
        done();
        worker = undefined;
        reject(new Error(`the worker ended with code ${code} and without an answer`));
      };
      const onMessage = (answer: Answer): void => {
        done();
        if (answer.ok) resolve(answer.sent);
        else reject(new Error(answer.fault));
      };
      const onError = (error: Error): void => {
        done();
        worker = undefined;
        reject(error);
      };
      thread.on("message", onMessage);
      thread.on("error", onError);
      thread.on("exit", onExit);
      thread.ref();
      thread.postMessage(task);
    });
  };

  return {
    get stopped() {
      return stop[0] === 1;
    },
    async judge(task, known) {
      if (Date.now() - looked > BETWEEN_LOOKS) {
        await new Promise((resolve) => setImmediate(resolve));
        looked = Date.now();
      }
      const over = slice();
      const watcher = watch(task.budget, () => (over() ? SLICED : undefined));
      const verdict = judgeWatched(task, watcher, known);
      if (watcher.cause() !== SLICED) return verdict;
      const sent = await inWorker(task);
      if (sent.kind !== "judge") throw new Error("the worker answered another question");
      return sent.verdict;
    },
    async explain(task) {
      const over = slice();
      const watcher = watch(task.budget, () => (over() ? SLICED : undefined));
      const explained = explainWatched(task, watcher);
      if (watcher.cause() !== SLICED) return explained;
      const sent = await inWorker(task);
      if (sent.kind !== "explain") throw new Error("the worker answered another question");
      return sent;
    },
    async close() {
      process.off("SIGINT", onSignal);
      await worker?.terminate();
    },
  };
}

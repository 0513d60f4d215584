/** A worker thread for what takes longer than a moment, so that the main thread can hear Ctrl-C. */
import { parentPort, workerData } from "node:worker_threads";
import { explainWatched, judgeWatched, type Sent, type Task, watch, withoutMachine } from "./task.js";

/** What the worker answers: the result, or what was thrown. */
export type Answer = { readonly ok: true; readonly sent: Sent } | { readonly ok: false; readonly fault: string };

const stopped = new Int32Array(workerData as SharedArrayBuffer);

parentPort?.on("message", (task: Task) => {
  const watcher = watch(task.budget, () => (Atomics.load(stopped, 0) === 0 ? undefined : "stopped by Ctrl-C"));
  let answer: Answer;
  try {
    const sent: Sent =
      task.kind === "judge"
        ? { kind: "judge", verdict: withoutMachine(judgeWatched(task, watcher)) }
        : { kind: "explain", ...explainWatched(task, watcher) };
    answer = { ok: true, sent };
  } catch (error) {
    answer = { ok: false, fault: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
  parentPort?.postMessage(answer);
});

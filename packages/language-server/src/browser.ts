/**
 * The server in a Web Worker. The worker's script is
 *
 *     import { serveWorker } from "@fencepost/language-server/browser";
 *     serveWorker(self);
 *
 * and its page speaks JSON-RPC objects with `postMessage`, one message each. Verdicts (lenses, problems, explanations) take searches. They run beside the server where it can start a
 * worker of its own, from a script that imports `@fencepost/language-server/search`:
 *
 *     serveWorker(self, { spawn: () => portOf(new Worker(new URL("./search.js", import.meta.url), { type: "module" })) });
 *
 * Without one they run between two messages, and what takes longer than a tenth of a second is unknown.
 *
 * @module
 */
import { BrowserMessageReader, BrowserMessageWriter, createConnection } from "vscode-languageserver/browser";
import type { Port } from "./searcher.js";
import { type ServeOptions, serve } from "./serve.js";

export { EXPLAIN, EXPLAIN_COMMAND, type ExplainParameters, type ExplainResult, type Explanation } from "./protocol.js";
export type { Port } from "./searcher.js";
export { type ServeOptions, serve } from "./serve.js";
export { DEFAULT_SETTINGS, type Settings } from "./settings.js";

/** Answers the messages that the worker's scope, or one end of a MessageChannel, receives. */
export function serveWorker(scope: DedicatedWorkerGlobalScope | MessagePort, options: ServeOptions = {}): void {
  // Both have `onmessage` and `postMessage`, which is all that is used; the library's types name the scope alone.
  const port = scope as DedicatedWorkerGlobalScope;
  serve(createConnection(new BrowserMessageReader(port), new BrowserMessageWriter(port)), options);
}

/** A Web Worker that runs `@fencepost/language-server/search`. */
export function portOf(worker: Worker): Port {
  return {
    post: (question) => worker.postMessage(question),
    listen(onAnswer, onFailure) {
      worker.onmessage = (event) => onAnswer(event.data);
      worker.onerror = (event) => onFailure(event.message);
    },
    end: () => worker.terminate(),
  };
}

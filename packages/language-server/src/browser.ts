/**
 * The server in a Web Worker. The worker's script is
 *
 *     import { serveWorker } from "@fencepost/language-server/browser";
 *     serveWorker(self);
 *
 * and its page speaks JSON-RPC objects with `postMessage`, one message each.
 *
 * @module
 */
import { BrowserMessageReader, BrowserMessageWriter, createConnection } from "vscode-languageserver/browser";
import { serve } from "./serve.js";

export { serve } from "./serve.js";
export { DEFAULT_SETTINGS, type Settings } from "./settings.js";

/** Answers the messages that the worker's scope, or one end of a MessageChannel, receives. */
export function serveWorker(scope: DedicatedWorkerGlobalScope | MessagePort): void {
  // Both have `onmessage` and `postMessage`, which is all that is used; the library's types name the scope alone.
  const port = scope as DedicatedWorkerGlobalScope;
  serve(createConnection(new BrowserMessageReader(port), new BrowserMessageWriter(port)));
}

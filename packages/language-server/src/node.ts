/** The server as a process: messages on standard input and output, searches in a worker thread. */
import { Worker } from "node:worker_threads";
import { createConnection, ProposedFeatures, StreamMessageReader, StreamMessageWriter } from "vscode-languageserver/node";
import type { Port } from "./searcher.js";
import { serve } from "./serve.js";

/** Answers on standard input and output; the process ends when the client says so, or is gone. */
export function serveStdio(): void {
  const connection = createConnection(
    ProposedFeatures.all,
    new StreamMessageReader(process.stdin),
    new StreamMessageWriter(process.stdout),
  );
  serve(connection, { spawn: () => spawnThread(new URL("./search-node.js", import.meta.url)) });
}

/** A worker thread that runs `search-node.js`, wherever that is. */
function spawnThread(script: URL): Port {
  const worker = new Worker(script);
  // A search alone keeps no process alive.
  worker.unref();
  return {
    post: (question) => worker.postMessage(question),
    listen(onAnswer, onFailure) {
      worker.on("message", onAnswer);
      worker.on("error", (error) => onFailure(error.message));
    },
    end: () => void worker.terminate(),
  };
}

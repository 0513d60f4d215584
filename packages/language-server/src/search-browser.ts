/** The script of a Web Worker that searches. */
import { answerOn } from "./search-worker.js";

const scope = globalThis as unknown as DedicatedWorkerGlobalScope;

answerOn(
  (listener) => {
    scope.onmessage = (event) => listener(event.data);
  },
  (answer) => scope.postMessage(answer),
);

/** The script of a worker thread that searches. */
import { parentPort } from "node:worker_threads";
import type { Question } from "./search.js";
import { answerOn } from "./searcher.js";

answerOn(
  (listener) => parentPort?.on("message", (question: Question) => listener(question)),
  (answer) => parentPort?.postMessage(answer),
);

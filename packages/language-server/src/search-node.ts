/** The script of a worker thread that searches. */
import { parentPort } from "node:worker_threads";
import type { Question, RepairQuestion } from "./search.js";
import { answerOn } from "./search-worker.js";

answerOn(
  (listener) => parentPort?.on("message", (question: Question | RepairQuestion) => listener(question)),
  (answer) => parentPort?.postMessage(answer),
);

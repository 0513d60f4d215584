/** A thread of `fencepost herd`: answers the tests that it is handed. */

import { parentPort, workerData } from "node:worker_threads";
import { noKnownParts } from "@fencepost/core/litmus";
import { loadModel } from "./model.js";
import type { HerdOptions } from "./options.js";
import { runFile } from "./run.js";

const options = workerData as HerdOptions;
const loaded = loadModel(options);
const shared = { loaded, session: loaded.model.session(), options, known: noKnownParts(), otherModels: new Map() };

parentPort?.on("message", ({ first, files }: { readonly first: number; readonly files: readonly string[] }) => {
  parentPort?.postMessage({ first, ran: files.map((file) => runFile(file, shared)) });
});

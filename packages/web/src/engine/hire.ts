/** Starts a worker. Its name says what it is to be: see `worker.ts`. (Written out, because the bundler has to read the options.) */
export function hireWorker(name: "engines" | "language"): Worker {
  return name === "engines"
    ? new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "engines" })
    : new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "language" });
}

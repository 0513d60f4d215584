/** The script of the server's worker. */
import { portOf, serveWorker } from "@fencepost/language-server/browser";

// A worker cannot be started from a script of another origin, but from one of its own that imports it.
serveWorker(globalThis as unknown as MessagePort, {
  spawn(initialization) {
    const { searchScript } = (initialization ?? {}) as { readonly searchScript?: string };
    if (searchScript === undefined) throw new Error("no script for searches");
    const url = URL.createObjectURL(new Blob([`importScripts(${JSON.stringify(searchScript)})`], { type: "text/javascript" }));
    const worker = new Worker(url);
    URL.revokeObjectURL(url);
    return portOf(worker);
  },
});

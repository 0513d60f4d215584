/**
 * The one worker script. By its name a worker is the engines, behind comlink; or the language server, whose code is loaded only then. Both share the core's code, so that it is
 * loaded once.
 */
import { expose } from "comlink";
import { engine } from "./engine.js";

if (self.name === "language") {
  // What arrives before the server listens is kept for it.
  const early: unknown[] = [];
  const keep = (event: MessageEvent): void => void early.push(event.data);
  addEventListener("message", keep);
  void import("./language-worker.js").then(({ serveLanguage }) => {
    removeEventListener("message", keep);
    serveLanguage();
    for (const data of early) dispatchEvent(new MessageEvent("message", { data }));
  });
} else expose(engine);

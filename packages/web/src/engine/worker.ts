/** The worker: the engines behind comlink. */
import { expose } from "comlink";
import { engine } from "./engine.js";

expose(engine);

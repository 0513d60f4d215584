/** What goes beyond the protocol: one request, and the command of the code lenses, which the client carries out. */
import type { Explanation } from "./search.js";

export type { Explanation } from "./search.js";

/** Request: why a verdict is what it is. */
export const EXPLAIN = "fencepost/explain";

export interface ExplainParameters {
  readonly uri: string;
  readonly platform: string;
}

/** `null`: the document is not open, or its text has changed since. */
export type ExplainResult = Explanation | null;

/** The command of a lens, with two arguments: the document's URI and the platform. A client shows what `EXPLAIN` answers. */
export const EXPLAIN_COMMAND = "fencepost.explain";

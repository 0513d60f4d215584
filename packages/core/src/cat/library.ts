/** The shipped models, and the files that models include (`cos.cat`, `cross.cat`...): written for Fencepost, under the names that herd7's library has. */
import type { Source } from "../source.js";
import { BUILTIN_MODELS, SHIPPED } from "./builtin.js";

/** A shipped file by its name, `lkmm.cat` or `cos.cat`; undefined where there is none. Where a user gives directories (-I), those come first. */
export function libraryFile(name: string): Source | undefined {
  const text = BUILTIN_MODELS.get(name);
  return text === undefined ? undefined : { name, text };
}

/** Names of the shipped models, without `.cat`. */
export function shippedModels(): readonly string[] {
  return SHIPPED;
}

/** Files that a command is asked to write. */
import { writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { UsageError } from "./exit.js";
import { unreadable } from "./inputs.js";

/** Writes a file; a UsageError says why it cannot be written. */
export function writeOutput(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    throw new UsageError(`cannot write ${path}: ${missing ? `there is no directory ${dirname(path)}` : unreadable(error)}`);
  }
}

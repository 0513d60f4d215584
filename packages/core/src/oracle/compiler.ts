/** What a compiler may do to a thread before its CPU sees it, where the test asks for `compiler=on`. */
import type { Operation, Program } from "../program/program.js";
import type { Act } from "./act.js";

export const compilerReorders = (program: Program): boolean => program.settings.findLast(([name]) => name === "compiler")?.[1] === "on";

/** Accessors of registers whose assembly says nothing of memory. */
const SILENT = /^(raw_|plain_)|_relaxed$|^(reads|writes)X$/;

/** What an operation is to a compiler. */
export function compiledAs(operation: Operation): Act["compiled"] {
  switch (operation.kind) {
    case "read":
    case "write":
      if (operation.accessor.startsWith("plain_")) return "plain";
      return /acquire|release|rcu_assign_pointer/.test(operation.accessor) ? "stops" : "crossed";
    case "pio-read":
    case "pio-write":
      return SILENT.test(operation.accessor) ? "crossed" : "stops";
    case "atomic":
    case "lock":
    case "unlock":
    case "trylock":
    case "barrier":
    case "migrate":
      return "stops";
    default:
      return "crossed";
  }
}

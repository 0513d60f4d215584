/** Whether a spin unlock has something to order: register writes made under a spin lock since the last one was given back (include/asm-generic/mmiowb.h). */
import type { Operation, Thread } from "../program/program.js";
import type { Act } from "./act.js";
import { Unsupported } from "./unsupported.js";

/** Does a register write wait for the unlock that comes next on this path? Handlers and the thread that they interrupt are asked apart. */
export function pendingWrite({ code }: Thread, path: readonly Act[]): boolean {
  // From the last unlock on; which locks are held there follows from what came before.
  const isUnlock = (act: Act): boolean => isSpin(code[act.operation], "unlock") && act.kind === "store";
  const since = path.findLastIndex(isUnlock) + 1;
  return path.some((act, at) => at >= since && act.pends && holdsAny(code, path.slice(0, at), isUnlock));
}

const isSpin = (operation: Operation | undefined, kind: "lock" | "unlock"): boolean =>
  operation?.kind === kind
    ? operation.flavour === "spin"
    : kind === "lock" && operation?.kind === "trylock" && operation.accessor === "spin_trylock";

/** Is a spin lock taken that is not given back? */
function holdsAny(code: readonly Operation[], path: readonly Act[], isUnlock: (act: Act) => boolean): boolean {
  return path.some((act, at) => {
    if (act.modify === undefined || act.half === "write" || !isSpin(code[act.operation], "lock")) return false;
    if (code[act.operation]?.kind === "trylock") {
      if (act.half === undefined) throw new Unsupported("a lock that is tried in one step, before an unlock that may have a barrier");
      if (!act.outcome) return false;
    }
    return !path.slice(at + 1).some((later) => isUnlock(later) && (later.location === act.location || later.location === undefined));
  });
}

/** Delays, and register reads that only take time: they make a bad run rarer and forbid nothing. */
import type { Platform } from "../platform/platform.js";
import type { Change } from "./change.js";
import { proposeRegisterReads } from "./propose-registers.js";
import { change } from "./site.js";
import { earlier, isAccess, quoted, type Subject, within } from "./source-program.js";

/** Register reads and delays. */
export function proposeTiming(subject: Subject, platforms: readonly Platform[], keep: readonly string[]): readonly Change[] {
  const reads = proposeRegisterReads(subject, platforms)
    .flatMap(({ strongest }) => strongest)
    .filter(({ kind, thread }) => kind === "pio-read" && !(thread !== undefined && keep.includes(thread)));
  return [...proposeDelays(subject, keep), ...reads];
}

/** A delay in every gap between two accesses of a CPU thread, and before the first of a handler. */
function proposeDelays(subject: Subject, keep: readonly string[]): readonly Change[] {
  return subject.statements.flatMap((placed): Change[] => {
    const thread = subject.program.threads.find(({ name }) => name === placed.thread);
    if (thread?.role !== "cpu" || keep.includes(thread.name) || placed.statement.kind === "block") return [];
    if (!within(subject, placed).some(({ operation }) => isAccess(operation))) return [];
    if (thread.on === undefined && !earlier(subject, placed).some(({ operation }) => isAccess(operation))) return [];
    const id = `${placed.thread}-delay-${placed.start}`;
    return [
      change({
        id,
        site: id,
        kind: "delay",
        words: `add udelay(1) to ${placed.thread}, before ${quoted(subject, placed)}`,
        short: `add a delay to ${placed.thread}`,
        operation: "udelay",
        thread: placed.thread,
        edits: placed.insert("udelay(1);", 0),
      }),
    ];
  });
}

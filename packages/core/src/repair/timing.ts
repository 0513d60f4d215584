/** Delays: they make a bad run rarer and forbid nothing. */
import type { Change } from "./change.js";
import { change } from "./site.js";
import { earlier, isAccess, quoted, type Subject, within } from "./source-program.js";

/** A delay in every gap between two accesses of a CPU thread, and before the first of a handler. */
export function proposeDelays(subject: Subject, keep: readonly string[]): readonly Change[] {
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

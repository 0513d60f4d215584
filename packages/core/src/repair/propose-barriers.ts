/** Barriers: every one that the vocabulary has and that does something on the platforms, in every gap between two accesses of a CPU thread. */
import type { Platform } from "../platform/platform.js";
import { primitive, primitiveNames } from "../program/primitives.js";
import { type Change, replacement } from "./change.js";
import type { Placed } from "./layout.js";
import { change, type Proposer, type Site } from "./site.js";
import { earlier, isAccess, quoted, type Subject, within } from "./source-program.js";
import { atLeast, doesSomething, strongest } from "./strength.js";

/** The last kernel whose drivers call mmiowb() themselves: 49ca6462fc9e and its series made the spinlocks do it in 5.2. */
const MMIOWB_UNTIL = [5, 2] as const;

/** The barriers that can be added on these platforms, in the vocabulary's order. Those that count only beside another access are never stronger than smp_mb, and left out. */
export function barriersFor(subject: Subject, platforms: readonly Platform[]): readonly string[] {
  const combining = subject.program.locations.some(({ memoryType }) => memoryType === "wc");
  const writesRegisters = subject.operations.some(({ operation }) => operation.kind === "pio-write");
  return [...primitiveNames()].filter((name) => {
    const meaning = primitive(name)?.meaning;
    if (meaning?.kind !== "barrier" || meaning.accessor !== name || !doesSomething(platforms, name)) return false;
    if (name.includes("__")) return false;
    if (name === "mmiowb") return platforms.some(({ era }) => before(era, MMIOWB_UNTIL));
    if (name === "mmio_flush_writes") return combining || writesRegisters;
    return combining || !(name === "mmio_wc_start" || name === "io_stop_wc");
  });
}

const before = (era: string, [major, minor]: readonly [number, number]): boolean => {
  const [a = 0, b = 0] = era.split(".").map(Number);
  return a < major || (a === major && b < minor);
};

export const proposeBarriers: Proposer = (subject, platforms) => {
  const names = barriersFor(subject, platforms);
  const top = strongest(platforms, names);
  return subject.statements.flatMap((placed): Site[] => {
    const thread = subject.program.threads.find(({ name }) => name === placed.thread);
    if (thread?.role !== "cpu" || placed.statement.kind === "block") return [];
    if (!within(subject, placed).some(({ operation }) => isAccess(operation))) return [];
    if (!earlier(subject, placed).some(({ operation }) => isAccess(operation))) return [];
    // One site for each strongest barrier: a drain of register writes and a fence of memory may both be needed in one gap.
    return top.map((strong) =>
      siteOf(
        subject,
        platforms,
        placed,
        strong,
        names.filter((name) => name !== strong && !top.includes(name) && atLeast(platforms, strong, name)),
      ),
    );
  });
};

function siteOf(subject: Subject, platforms: readonly Platform[], placed: Placed, strong: string, weaker: readonly string[]): Site {
  const site = `${placed.thread}-barrier-${placed.start}-${strong}`;
  const standing = barrierBefore(subject, placed);
  const made = (name: string): Change => {
    const replaces = standing !== undefined && standing.name !== name && atLeast(platforms, name, standing.name);
    const words = replaces
      ? `use ${name}() instead of ${standing.name}() in ${placed.thread}, before ${quoted(subject, placed)}`
      : `add ${name}() to ${placed.thread}, before ${quoted(subject, placed)}`;
    return change({
      id: `${site}-${name}`,
      site,
      kind: "barrier",
      words,
      short: replaces ? `use ${name}() instead of ${standing.name}() in ${placed.thread}` : `add ${name}() to ${placed.thread}`,
      operation: name,
      thread: placed.thread,
      edits: replaces ? [replacement(standing.span, `${name}()`)] : placed.insert(`${name}();`, 0),
    });
  };
  return { strongest: [made(strong)], weaker: weaker.filter((name) => name !== standing?.name).map(made) };
}

/** The barrier that stands right before a statement, with nothing but it in between. */
function barrierBefore(
  subject: Subject,
  placed: Placed,
): { readonly name: string; readonly span: { readonly start: number; readonly end: number } } | undefined {
  const last = earlier(subject, placed).at(-1);
  if (last?.operation.kind !== "barrier" || last.name === undefined) return undefined;
  const { span } = last.operation;
  return /^\s*;\s*$/.test(subject.source.text.slice(span.end, placed.start).replace(/\/\/[^\n]*/g, ""))
    ? { name: last.name, span }
    : undefined;
}

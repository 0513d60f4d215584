/** The other way round: what in a test is not needed for its outcome to stay forbidden, and what could be weaker. */
import { askedOf } from "../explore/formula.js";
import type { Platform } from "../platform/platform.js";
import { primitive } from "../program/primitives.js";
import { applyChanges } from "./apply.js";
import { cautionOf, idiom } from "./caution.js";
import { type Change, replacement, type TextEdit } from "./change.js";
import { barriersFor } from "./propose-barriers.js";
import { without } from "./propose-mappings.js";
import type { Judgement } from "./prove.js";
import { change } from "./site.js";
import { argumentsOf, pointee, type Subject, type Written } from "./source-program.js";
import { atLeast } from "./strength.js";
import { trialOf } from "./trial.js";

/** Something that the chosen platforms do not need. */
export interface Leaner {
  readonly words: string;
  readonly kind: "superfluous" | "over-strong";
  /** What may stand in its place, weakest first; empty where it may go. */
  readonly instead: readonly string[];
  readonly edits: readonly TextEdit[];
  /** May it go together with those before it in the list? What one does may be what makes another superfluous. */
  readonly together: boolean;
}

interface Thing {
  readonly name: string;
  readonly remove: Change | undefined;
  /** Weakest first. */
  readonly weaken: readonly Change[];
}

export function superfluousIn(subject: Subject, platforms: readonly Platform[], judgement: Judgement): readonly Leaner[] {
  const { source } = subject;
  const holds = (changes: readonly Change[]): boolean => {
    const trial = trialOf(source, applyChanges(source.text, changes));
    return trial !== undefined && judgement.prove(trial.program).kind === "proved";
  };
  const taken: Change[] = [];
  return thingsOf(subject, platforms).flatMap(({ name, remove, weaken }): Leaner[] => {
    const leaner = (kind: Leaner["kind"], words: string, chosen: Change, instead: readonly string[]): Leaner => {
      const together = taken.length === 0 || holds([...taken, chosen]);
      if (together) taken.push(chosen);
      return { words, kind, instead, edits: chosen.edits, together };
    };
    if (remove !== undefined && holds([remove])) return [leaner("superfluous", `${name} is superfluous`, remove, [])];
    const working = weaken.filter((weaker) => holds([weaker]));
    const first = working[0];
    if (first === undefined) return [];
    return [
      leaner(
        "over-strong",
        `${name} is stronger than needed: ${first.operation} does`,
        first,
        working.map(({ operation }) => operation),
      ),
    ];
  });
}

function thingsOf(subject: Subject, platforms: readonly Platform[]): Thing[] {
  return [...subject.operations.flatMap((written) => operationThing(subject, platforms, written)), ...mappingThings(subject)];
}

const lineOf = (text: string, at: number): number => text.slice(0, at).split("\n").length;

function operationThing(subject: Subject, platforms: readonly Platform[], written: Written): Thing[] {
  const { operation, thread, text, name } = written;
  const { source } = subject;
  const line = `line ${lineOf(source.text, operation.span.start)}`;
  const made = (what: string, edits: readonly TextEdit[]): Change =>
    change({
      id: `lean-${operation.span.start}-${what}`,
      site: `lean-${operation.span.start}`,
      kind: "barrier",
      words: what,
      short: what,
      operation: what,
      thread: thread.name,
      edits,
    });
  const renamed = (to: string): Change => made(to, [replacement(operation.span, to + text.slice(name?.length ?? 0))]);
  const statement = subject.statements.find(
    (placed) =>
      placed.thread === thread.name &&
      placed.start <= operation.span.start &&
      operation.span.end <= placed.end &&
      within(placed, subject) === 1,
  );
  const removal = statement === undefined ? undefined : made("nothing", [removalOf(source.text, statement)]);
  switch (operation.kind) {
    case "barrier": {
      if (name === undefined || statement === undefined || text.replace(/\s/g, "") !== `${name}()`) return [];
      const weaker = barriersFor(subject, platforms).filter(
        (other) => other !== name && atLeast(platforms, name, other) && !atLeast(platforms, other, name),
      );
      const changes = weaker.map(renamed);
      const rank = (barrier: Change): number => weaker.filter((other) => atLeast(platforms, barrier.operation, other)).length;
      const questioned = (barrier: Change): number => (cautionOf(subject, [barrier]) === undefined ? 0 : 1);
      changes.sort((a, b) => questioned(a) - questioned(b) || rank(a) - rank(b) || idiom(subject, a) - idiom(subject, b));
      return [{ name: `${name}() in ${thread.name} (${line})`, remove: removal, weaken: changes }];
    }
    case "dma-api":
      return statement === undefined
        ? []
        : [{ name: `${name ?? operation.call}() in ${thread.name} (${line})`, remove: removal, weaken: [] }];
    case "delay":
      return statement === undefined
        ? []
        : [{ name: `${name ?? operation.call}() in ${thread.name} (${line})`, remove: removal, weaken: [] }];
    case "pio-read": {
      const used = isRead(subject, written);
      const relaxed = name === undefined ? undefined : `${name}_relaxed`;
      const weaken = relaxed !== undefined && primitive(relaxed) !== undefined ? [renamed(relaxed)] : [];
      return [{ name: `${text.replace(/\s+/g, " ")} in ${thread.name} (${line})`, remove: used ? undefined : removal, weaken }];
    }
    case "pio-write": {
      const relaxed = name === undefined ? undefined : `${name}_relaxed`;
      if (relaxed === undefined || primitive(relaxed) === undefined) return [];
      return [{ name: `${text.replace(/\s+/g, " ")} in ${thread.name} (${line})`, remove: undefined, weaken: [renamed(relaxed)] }];
    }
    case "read": {
      const pointer = name === "smp_load_acquire" ? argumentsOf(text)?.[0] : undefined;
      if (pointer === undefined) return [];
      return [
        {
          name: `${text} in ${thread.name} (${line})`,
          remove: undefined,
          weaken: [made("READ_ONCE", [replacement(operation.span, `READ_ONCE(${pointee(pointer)})`)])],
        },
      ];
    }
    case "write": {
      const [pointer, value] = name === "smp_store_release" ? (argumentsOf(text) ?? []) : [];
      if (pointer === undefined || value === undefined) return [];
      const edit = replacement(operation.span, `WRITE_ONCE(${pointee(pointer)}, ${value})`);
      return [
        { name: `${text.replace(/\s+/g, " ")} in ${thread.name} (${line})`, remove: undefined, weaken: [made("WRITE_ONCE", [edit])] },
      ];
    }
    default:
      return [];
  }
}

/** How many operations are written in a statement. */
function within(placed: { readonly thread: string; readonly start: number; readonly end: number }, { operations }: Subject): number {
  return operations.filter(
    ({ thread, operation }) => thread.name === placed.thread && operation.span.start >= placed.start && operation.span.end <= placed.end,
  ).length;
}

/** Does anything look at the value that a register read gives? */
function isRead({ program, test, source }: Subject, { operation, thread }: Written): boolean {
  if (operation.kind !== "pio-read") return true;
  const register = thread.registers[operation.target] ?? "";
  if (register.startsWith("$")) return false;
  const observed = [...program.observed, ...askedOf(program).filtered].some(
    (term) => term.kind === "register" && program.threads[term.thread]?.name === thread.name && term.register === operation.target,
  );
  const tree = test.threads.find(({ name }) => name === thread.name);
  const body = tree === undefined ? "" : source.text.slice(tree.span.start, tree.span.end);
  return observed || [...body.matchAll(new RegExp(`\\b${register}\\b`, "g"))].length > 1;
}

/** A statement with its line, where it stands alone on one. */
function removalOf(text: string, placed: { readonly start: number; readonly end: number }): TextEdit {
  const lineStart = text.lastIndexOf("\n", placed.start - 1) + 1;
  const next = text.indexOf("\n", placed.end);
  const lineEnd = next === -1 ? text.length : next + 1;
  const alone =
    text.slice(lineStart, placed.start).trim() === "" && /^\s*(\/\/[^\n]*|\/\*[^\n]*\*\/)?\s*$/.test(text.slice(placed.end, lineEnd));
  return replacement(alone ? { start: lineStart, end: lineEnd } : { start: placed.start, end: placed.end }, "");
}

function mappingThings({ test, source }: Subject): Thing[] {
  return test.init.flatMap((declaration): Thing[] => {
    if (declaration.kind !== "location" || !declaration.dma) return [];
    return declaration.attributes.flatMap((attribute): Thing[] => {
      const made = (what: string, edit: TextEdit): Change =>
        change({
          id: `lean-${attribute.span.start}`,
          site: `lean-${attribute.span.start}`,
          kind: "mapping",
          words: what,
          short: what,
          operation: what,
          edits: [edit],
        });
      const line = `line ${lineOf(source.text, attribute.span.start)}`;
      if (["write_barrier", "dmaflush", "dmasync", "dma_barrier"].includes(attribute.name))
        return [
          {
            name: `the write barrier of ${declaration.name} (${line})`,
            remove: made("nothing", without(source.text, attribute.span)),
            weaken: [],
          },
        ];
      return [];
    });
  });
}
